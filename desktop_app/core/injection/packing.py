"""Where injections go: several into one curve, as many as do not touch one another and do not change its noise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.injection.ground import Ground
from desktop_app.core.injection.kinds import Across, Kind, Measure
from desktop_app.core.injection.plan import DEEPEST_TRANSIT, Grid
from desktop_app.core.injection.putting import Planted, planted
from desktop_app.core.injection.signals import Signal

SLACK_D = 0.02
"""How far beside an injection an event may lie and still be it, in days; one cadence where that is more."""
_MOST_IN_RUN = 12
_MOST_STEPS = 2
_MOST_ROWS = 0.03
_TRIES = 40
_LEAST_COVERED = 0.6
_STEADY_D = 0.25
_STEADY_ROWS = 12
_HIGHEST_IMPACT = 0.8
_TURNS = 3
_DEEPEST = {"transit": DEEPEST_TRANSIT, "dip": 0.99, "step": 0.99}


@dataclass(frozen=True)
class Placed:
    """An injection with its cell."""

    row: int
    column: int
    planted: Planted


Cell = tuple[int, int]


def packed(
    ground: Ground, grid: Grid, cells: Sequence[Cell], taken: Bools, rng: np.random.Generator
) -> tuple[list[tuple[Placed, ...]], int]:
    """One injection for each of ``cells``, run by run, and for how many there was no room.

    Parameters
    ----------
    ground : Ground
    grid : Grid
    cells : sequence of (int, int)
        Row and column of each injection, as often as it is wanted.
    taken : ndarray of bool, shape (n,)
        Rows of the curve that are kept free of injections: what the detector finds there anyway.
    rng : Generator
    """
    runs: list[tuple[Placed, ...]] = []
    packer = _Packer(ground, grid, taken, rng)
    left_out = 0
    for cell in cells:
        found = packer.place(cell)
        if found is None and packer.placed:
            runs.append(packer.empty())
            found = packer.place(cell)
        left_out += found is None
    if packer.placed:
        runs.append(packer.empty())
    return runs, left_out


class _Packer:
    """One run after the other, as it fills."""

    def __init__(self, ground: Ground, grid: Grid, taken: Bools, rng: np.random.Generator) -> None:
        self._ground, self._grid, self._rng = ground, grid, rng
        self._taken = taken
        self._time = ground.curve.time[ground.rows]
        self._noise = ground.relative_noise
        self._most_rows = max(1, round(_MOST_ROWS * ground.rows.size))
        self._full = np.array(taken)
        self._rows = 0
        self.placed: list[Placed] = []

    def empty(self) -> tuple[Placed, ...]:
        """What was placed; from here on nothing is."""
        done, self.placed = tuple(self.placed), []
        self._full, self._rows = np.array(self._taken), 0
        return done

    def place(self, cell: Cell) -> Placed | None:
        """Put an injection of ``cell`` somewhere; None where there is no room beside the others."""
        kind = self._grid.kind
        most = {Kind.TRANSITS: 1, Kind.STEPS: _MOST_STEPS}.get(kind, _MOST_IN_RUN)
        if len(self.placed) >= most:
            return None
        for _ in range(_TRIES):
            signal = self._somewhere(cell)
            if not self._is_seen(signal):
                continue
            truth = self._strong_enough(signal, cell)
            truth = self._apart(truth) if kind is Kind.TRANSITS else truth
            rows = sum(stop - start for start, stop in truth.spans)
            if not truth.spans or (self.placed and self._rows + rows > self._most_rows) or self._meets(truth):
                continue
            self._occupy(truth)
            self._rows += rows
            self.placed.append(Placed(*cell, truth))
            return self.placed[-1]
        return None

    def _somewhere(self, cell: Cell) -> Signal:
        """A signal of the cell, of any strength in it, at a usable row."""
        grid, rng = self._grid, self._rng
        width = _between(rng, grid.width[cell[1]], grid.width[cell[1] + 1])
        other = _between(rng, *grid.other)
        duration, period = (other, width) if grid.across is Across.PERIOD else (width, other)
        if not grid.kind.lasts:
            duration = 0.0
        kind = grid.kind.signal
        moment = float(rng.choice(self._time))
        if kind != "outlier":
            moment += float(rng.uniform(-0.5, 0.5)) * self._ground.cadence_d
        impact = float(rng.uniform(0, _HIGHEST_IMPACT)) if kind == "transit" else 0.0
        return Signal(kind, moment, self._side(), duration, period, impact, int(rng.integers(1 << 31)))

    def _side(self) -> float:
        """A small change to the side that the kind goes to; steps and outliers go to either."""
        kind = self._grid.kind
        if kind in (Kind.STEPS, Kind.OUTLIERS):
            return 0.01 * float(self._rng.choice([-1.0, 1.0]))
        return -0.01 if kind is Kind.FLARES else 0.01

    def _is_seen(self, signal: Signal) -> bool:
        """Whether most of it falls on usable rows; a step needs a level on both sides."""
        if signal.kind == "outlier":
            return True
        cadence_d, time = self._ground.cadence_d, self._time
        if signal.kind == "step":
            reach = max(_STEADY_D, _STEADY_ROWS * cadence_d)
            edges = np.searchsorted(time, [signal.t0 - reach, signal.t0, signal.t0 + reach])
            return bool(np.all(np.diff(edges) >= _LEAST_COVERED * reach / cadence_d))
        half = 0.5 * max(signal.duration_d, cadence_d)
        low, high = np.searchsorted(time, [signal.t0 - half, signal.t0 + half])
        return bool(high - low >= max(1, np.floor(_LEAST_COVERED * 2 * half / cadence_d)))

    def _strong_enough(self, signal: Signal, cell: Cell) -> Planted:
        """``signal`` as strong as the cell wants it."""
        grid, rng = self._grid, self._rng
        wanted = _between(rng, grid.strength[cell[0]], grid.strength[cell[0] + 1])
        sign = 1.0 if signal.depth > 0 else -1.0
        if grid.measure is Measure.DEPTH:
            return planted(replace(signal, depth=sign * wanted), self._ground.curve, self._noise)
        truth = planted(signal, self._ground.curve, self._noise)
        for _ in range(_TURNS):
            if truth.snr <= 0 or abs(truth.snr / wanted - 1) < 1e-3:
                break
            depth = min(abs(truth.signal.depth) * wanted / truth.snr, _DEEPEST.get(signal.kind, inf))
            truth = planted(replace(signal, depth=sign * depth), self._ground.curve, self._noise)
        return truth

    def _apart(self, truth: Planted) -> Planted:
        """Of what repeats, only the repetitions away from what is found anyway."""
        free = tuple(span for span in truth.spans if not self._taken[slice(*span)].any())
        return replace(truth, spans=free if len(free) > 1 else ())

    def _meets(self, truth: Planted) -> bool:
        return any(self._full[slice(*self._around(span))].any() for span in truth.spans)

    def _occupy(self, truth: Planted) -> None:
        for span in truth.spans:
            self._full[slice(*self._around(span))] = True

    def _around(self, span: Cell) -> Cell:
        """The rows of ``span`` with as many free ones on both sides, at least the slack that matching allows."""
        margin = max(span[1] - span[0], round(2 * SLACK_D / self._ground.cadence_d), 4)
        return max(span[0] - margin, 0), span[1] + margin


def slack_rows(time: Floats, span: Cell, cadence_d: float) -> Cell:
    """Rows ``start:stop`` of ``span`` and of the slack about it; finite ``time`` never decreases."""
    # Times are rounded; a row at the very edge still counts.
    slack = max(SLACK_D, cadence_d) + 0.01 * cadence_d
    known = np.flatnonzero(np.isfinite(time))
    seen = time[known]
    low = np.searchsorted(seen, time[span[0]] - slack)
    high = np.searchsorted(seen, time[span[1] - 1] + slack, side="right")
    return int(known[low]), int(known[high - 1]) + 1


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    """A number from ``low`` to ``high``, as likely in every octave; NaN where they are."""
    if not (isfinite(low) and low > 0):
        return float(low)
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
