"""Makes the telemetry of a spacecraft in orbit: a nominal stretch to learn from, and a later one with known faults."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.channels.faults import FAULTS, Fault, Usual, place, planted, usual_of
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Interval, Telemetry

ORBIT_ROWS = 97
STEP_S = 60.0
MODES = ("safe", "idle", "science", "downlink")
_SUNLIT = 0.62
_APART_ROWS = 60
_EDGE_ROWS = 100
_TRIES = 30


@dataclass(frozen=True, eq=False)
class _Orbit:
    """What all channels depend on; arrays of shape (n,): the phase in [0, 1), the mode, the row number."""

    phase: Floats
    mode: Ints
    row: Floats


_Signal = Callable[[_Orbit, np.random.Generator], Floats]


def _array_a(orbit: _Orbit, rng: np.random.Generator) -> Floats:
    lit = orbit.phase < _SUNLIT
    return np.where(lit, 1.8 + 0.2 * np.sin(np.pi * orbit.phase / _SUNLIT), 0.02) + _noise(orbit, rng, 0.02)


def _battery_v(orbit: _Orbit, rng: np.random.Generator) -> Floats:
    return 7.6 + _lagged(np.where(orbit.phase < _SUNLIT, 0.6, -0.6), 30) + _noise(orbit, rng, 0.01)


def _panel_degc(orbit: _Orbit, rng: np.random.Generator) -> Floats:
    return _lagged(np.where(orbit.phase < _SUNLIT, 60.0, -25.0), 20) + _noise(orbit, rng, 0.4)


def _load_w(orbit: _Orbit, rng: np.random.Generator) -> Floats:
    return np.array([3.0, 4.5, 9.0, 14.0])[orbit.mode] + _noise(orbit, rng, 0.15)


def _wheel_rpm(orbit: _Orbit, rng: np.random.Generator) -> Floats:
    slow = 400 * np.sin(2 * np.pi * orbit.row / (6.9 * ORBIT_ROWS))
    return 2000 + slow + 30 * np.sin(4 * np.pi * orbit.phase) + _noise(orbit, rng, 8.0)


def _gyro_dps(orbit: _Orbit, rng: np.random.Generator) -> Floats:
    return 0.06 * np.sin(2 * np.pi * orbit.phase) + _noise(orbit, rng, 0.01)


def _logic_v(orbit: _Orbit, _rng: np.random.Generator) -> Floats:
    return np.full(len(orbit.row), 3.3)


_SIGNALS: tuple[tuple[str, str, _Signal], ...] = (
    ("array_A", "A", _array_a),
    ("battery_V", "V", _battery_v),
    ("panel_degC", "degC", _panel_degc),
    ("load_W", "W", _load_w),
    ("wheel_rpm", "rpm", _wheel_rpm),
    ("gyro_dps", "deg / s", _gyro_dps),
    ("logic_V", "V", _logic_v),
)


def simulate_spacecraft(
    *, rows: int = 2000, training_rows: int = 1500, channels: int = 7, faults: int = 2, seed: int = 0
) -> Telemetry:
    """Channels with orbital sines, temperature, power and modes, the commands that set the modes, and known faults.

    Labels tell the faults by channel, with kinds of `core.channels.faults.FAULTS`; every kind comes where there are
    as many faults as kinds. The training stretch, of the orbits before, holds none.

    Parameters
    ----------
    rows, training_rows : int
        One a minute; an orbit has 97.
    channels : int
        Measured ones; beyond seven the same sensors come again, with values of their own.
    faults : int
        Of each channel, where they have room; 0 for nominal data.
    seed : int
    """
    rng = np.random.default_rng([seed, 97])
    n = training_rows + rows
    orbit = _orbit(n, rng)
    told = [_SIGNALS[number % len(_SIGNALS)] for number in range(channels)]
    again = ["" if number < len(_SIGNALS) else f"_{number // len(_SIGNALS) + 1}" for number in range(channels)]
    names = [name + suffix for (name, _, _), suffix in zip(told, again, strict=True)]
    measured = [signal(orbit, np.random.default_rng([seed, number])) for number, (_, _, signal) in enumerate(told)]
    values = np.column_stack([*measured, _sent(orbit)])
    labels = _with_faults(values, training_rows, names, faults, rng)
    units = [unit for _, unit, _ in told]
    every = (
        *(Channel(name, unit) for name, unit in zip(names, units, strict=True)),
        *(Channel(f"set {mode}", role="command") for mode in MODES),
    )
    time = STEP_S * np.arange(n, dtype=np.float64)
    source = Source(object_name="Simulated: spacecraft")
    training = Telemetry(source, time[:training_rows], values[:training_rows], every, "elapsed")
    return Telemetry(
        source, time[training_rows:], values[training_rows:], every, "elapsed", labels=labels, training=training
    )


def _orbit(n: int, rng: np.random.Generator) -> _Orbit:
    """Science in sunlight, idle in shadow, a pass over a ground station in about two of three orbits."""
    row = np.arange(n, dtype=np.float64)
    phase = row / ORBIT_ROWS % 1
    turn = (row // ORBIT_ROWS).astype(np.int64)
    passes = rng.random(int(turn[-1]) + 1) < 2 / 3 if n else np.zeros(0, bool)
    mode = np.where(phase < _SUNLIT, 2, 1)
    mode = np.where((phase > 0.7) & (phase < 0.82) & passes[turn], 3, mode)
    return _Orbit(phase, mode, row)


def _sent(orbit: _Orbit) -> Floats:
    """The commands that set the modes, one column a mode; shape (n, 4)."""
    sent = np.zeros((len(orbit.row), len(MODES)))
    changes = np.flatnonzero(np.diff(orbit.mode, prepend=-1))
    sent[changes, orbit.mode[changes]] = 1.0
    return sent


def _with_faults(
    values: Floats, training_rows: int, names: list[str], faults: int, rng: np.random.Generator
) -> tuple[Interval, ...]:
    """Put faults into the rows after training, and tell where; the kind that came least recently first."""
    waiting = list(FAULTS)
    labels: list[Interval] = []
    for _ in range(faults):
        for column in rng.permutation(len(names)):
            later = values[training_rows:, column]
            usual = usual_of(values[: training_rows or None, column])
            taken = [label for label in labels if label.channel == names[column]]
            found = (_free(later, kind, taken, usual, rng) for kind in waiting)
            fault = next((one for one in found if one is not None), None)
            if fault is None:
                continue
            later[:] = planted(later, fault, usual, rng)
            labels.append(Interval(fault.start, fault.stop, fault.kind, names[column]))
            waiting = [kind for kind in waiting if kind != fault.kind] + [fault.kind]
    return tuple(sorted(labels, key=lambda label: (label.start, label.channel)))


def _free(values: Floats, kind: str, taken: list[Interval], usual: Usual, rng: np.random.Generator) -> Fault | None:
    """A medium or large fault that is well apart from those that the channel has already; None where there is none."""
    for _ in range(_TRIES):
        fault = place(values, usual, kind, int(rng.integers(1, 3)), rng, margin=_EDGE_ROWS)
        if fault is None:
            return None
        if all(fault.start > one.stop + _APART_ROWS or fault.stop < one.start - _APART_ROWS for one in taken):
            return fault
    return None


def _noise(orbit: _Orbit, rng: np.random.Generator, sigma: float) -> Floats:
    return sigma * rng.standard_normal(len(orbit.row))


def _lagged(values: Floats, rows: int) -> Floats:
    """Each value pulled towards those before it, as by a body that warms up within ``rows``; settled from the start."""
    from scipy.signal import lfilter

    weight = 1.0 / rows
    lead = np.concatenate((np.tile(values[:ORBIT_ROWS], 5), values))
    follow, _ = lfilter([weight], [1.0, weight - 1.0], lead, zi=np.array([(1.0 - weight) * lead.mean()]))
    return np.asarray(follow[len(lead) - len(values) :], np.float64)
