"""Faults that sensors and spacecraft have, put into the values of a channel at a place that is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.cycles import cycle_rows

SIZES = ("small", "medium", "large")
_TRIES = 20
_SHOWS = 0.05


@dataclass(frozen=True)
class FaultKind:
    """One kind of fault.

    Attributes
    ----------
    name, help : str
        As people call it, and what it does in a sentence.
    strengths : tuple of float
        Of a small, a medium and a large one: a share of the usual range; of a frozen value, a dropout and a missing
        cycle, which are whole or not there, the share that is lost.
    rows : tuple of (int, int)
        How long they last, from and to, for each size; of a missing cycle in cycles.
    kinds : tuple of str
        What an event of it may rightly be called.
    """

    name: str
    help: str
    strengths: tuple[float, float, float]
    rows: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
    kinds: tuple[str, ...]


_LONG = (60, 200)
_KINDS = (
    FaultKind("spike", "One to three samples far off.", (0.25, 0.5, 1.0), ((1, 3),) * 3, ("spike", "limit")),
    FaultKind("step", "The level shifts, and comes back later.", (0.15, 0.3, 0.6), (_LONG,) * 3, ("step", "limit")),
    FaultKind("drift", "The level creeps away.", (0.25, 0.5, 1.0), ((100, 300),) * 3, ("drift", "limit")),
    FaultKind("frozen", "The value no longer moves.", (1.0, 1.0, 1.0), ((30, 60), (60, 120), (120, 240)), ("frozen",)),
    FaultKind(
        "dropout", "The value is stuck at zero.", (1.0, 1.0, 1.0), ((3, 10), (10, 40), (40, 120)), ("dropout", "limit")
    ),
    FaultKind("noise", "The scatter grows.", (0.05, 0.1, 0.2), (_LONG,) * 3, ("noise", "limit")),
    FaultKind(
        "missing cycle",
        "A cycle is half as high, or does not come, or two do not.",
        (0.5, 1.0, 1.0),
        ((1, 1), (1, 1), (2, 2)),
        ("pattern", "frozen", "step", "drift"),
    ),
)
FAULTS: Mapping[str, FaultKind] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""Every kind by its name, in the order they are told in."""


@dataclass(frozen=True)
class Fault:
    """A fault at its place.

    Attributes
    ----------
    kind : str
        A name of `FAULTS`.
    start, stop : int
        The rows ``start:stop`` it is in.
    strength : float
        As `FaultKind.strengths`; the sign tells the side.
    """

    kind: str
    start: int
    stop: int
    strength: float


@dataclass(frozen=True)
class Usual:
    """What a channel usually does, as far as faults depend on it.

    Attributes
    ----------
    spread : float
        From the lowest to the highest usual value, in the unit of the channel; above 0.
    cycle : int
        Rows of a cycle, 0 where it has none.
    """

    spread: float
    cycle: int


def usual_of(values: Floats) -> Usual:
    """What is usual in ``values``: the range of all but one in a hundred, and the cycle.

    A constant channel has a range as large as its value, or 1 where that is 0: something has to be a large change.

    Parameters
    ----------
    values : ndarray, shape (n,)
        At least one of them finite.
    """
    finite = values[np.isfinite(values)]
    low, high = np.percentile(finite, (0.5, 99.5))
    spread = float(high - low)
    if not spread > 0.0:
        spread = float(finite.max() - finite.min()) or abs(float(finite[0])) or 1.0
    return Usual(spread, cycle_rows(values))


def place(
    values: Floats, usual: Usual, kind: str, size: int, rng: np.random.Generator, *, margin: int = 0
) -> Fault | None:
    """A fault of one kind and size somewhere in ``values``; None where none would show.

    Parameters
    ----------
    values : ndarray, shape (n,)
    usual : Usual
        Of an earlier stretch.
    kind : str
        A name of `FAULTS`.
    size : int
        0 small, 1 medium, 2 large.
    margin : int
        So many rows at either end are left alone.
    """
    told, n = FAULTS[kind], len(values)
    each = usual.cycle if kind == "missing cycle" else 1
    least, most = (rows * each for rows in told.rows[size])
    room = n - 2 * margin
    if least < 1 or least > room // 2:
        return None
    for _ in range(_TRIES):
        rows = int(rng.integers(least, min(most, room // 2) + 1))
        start = margin + int(rng.integers(0, room - rows + 1))
        side = 1.0 if kind not in ("spike", "step", "drift") or rng.random() < 0.5 else -1.0
        fault = Fault(kind, start, start + rows, side * told.strengths[size])
        before = values[start : start + rows]
        after = planted(values, fault, usual, np.random.default_rng(0))[start : start + rows]
        if np.isfinite(before).all() and np.abs(after - before).max() > _SHOWS * usual.spread:
            return fault
    return None


def planted(values: Floats, fault: Fault, usual: Usual, rng: np.random.Generator) -> Floats:
    """``values`` with ``fault`` in them; a copy, values that are missing stay so.

    Parameters
    ----------
    values : ndarray, shape (n,)
    fault : Fault
    usual : Usual
        Tells how large a share of the range is.
    rng : Generator
        Draws the noise of a fault that is one.
    """
    changed = np.array(values)
    part = changed[fault.start : fault.stop]
    height, n = fault.strength * usual.spread, len(part)
    match fault.kind:
        case "spike" | "step":
            part += height
        case "drift":
            part += height * np.linspace(0.0, 1.0, n)
        case "frozen":
            part[np.isfinite(part)] = values[max(fault.start - 1, 0)]
        case "dropout":
            part[np.isfinite(part)] = 0.0
        case "noise":
            part += height * rng.standard_normal(n)
        case "missing cycle":
            bridge = np.linspace(values[fault.start], values[fault.stop - 1], n)
            part += fault.strength * (bridge - part)
    return changed
