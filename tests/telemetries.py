"""Telemetry made by seeded functions, for the tests of what is drawn of it."""

from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Clock, Interval, Telemetry

MODES = ("OFF", "SAFE", "IDLE", "NOMINAL", "MANOEUVRE")
GAP = slice(700, 760)
SPIKE_ROW = 1234
ALONE_ROW = 730
UNIX_2022 = 1_640_995_200.0


def housekeeping(n: int = 2000, *, clock: Clock = "utc", seed: int = 0, path: Path | None = None) -> Telemetry:
    """One channel of every kind: a voltage with a gap and a spike, modes, a heater, a constant, none, a rare one."""
    rng = np.random.default_rng(seed)
    time = np.arange(n, dtype=np.float64) * (1.0 if clock == "samples" else 5.0)
    voltage = 28 + 0.2 * np.sin(np.arange(n) / 60) + 0.02 * rng.standard_normal(n)
    voltage[SPIKE_ROW % n] = 31.0
    if n > GAP.stop:
        voltage[GAP] = np.nan
        voltage[ALONE_ROW] = 28.5
    modes = np.repeat(rng.integers(0, len(MODES), n // 100 + 1), 100)[:n].astype(np.float64)
    heater = (np.arange(n) % 300 < 40).astype(np.float64)
    rare = np.full(n, np.nan)
    rare[::10] = rng.standard_normal(len(rare[::10]))
    values = np.stack([voltage, modes, heater, np.full(n, 3.0), np.full(n, np.nan), rare], axis=1)
    channels = (
        Channel("bus voltage", "V"),
        Channel("mode", states=MODES),
        Channel("heater"),
        Channel("board id"),
        Channel("spare"),
        Channel("temperature", "°C"),
    )
    return Telemetry(
        Source(path=path, object_name="housekeeping"),
        time,
        values,
        channels,
        clock,
        UNIX_2022 if clock == "utc" else float("nan"),
        labels=(Interval(1200, 1260, "point"), Interval(400, 500, "contextual", "mode")) if n > 1300 else (),
    )


def commanded(n: int = 3000, commands: int = 24, *, seed: int = 0, part: str = "P-1") -> Telemetry:
    """One measured channel and one-hot commands, with a training stretch before them, as telemanom has them."""
    return Telemetry(
        Source(object_name=part, part=part, parts=("P-1", "P-2")),
        np.arange(n, dtype=np.float64),
        _commanded_values(n, commands, seed),
        _commanded_channels(commands),
        labels=(Interval(n // 2, n // 2 + 80, "point"),),
        training=Telemetry(
            Source(object_name=part),
            np.arange(n // 2, dtype=np.float64),
            _commanded_values(n // 2, commands, seed + 1),
            _commanded_channels(commands),
        ),
    )


def many_channels(n: int, channels: int, *, seed: int = 0) -> Telemetry:
    """Noise on slow waves, with a spike of its own in every channel."""
    rng = np.random.default_rng(seed)
    time = np.arange(n, dtype=np.float64)
    values = rng.standard_normal((n, channels)) + 5 * np.sin(time[:, None] / (n / 40) + np.arange(channels))
    values[rng.integers(0, n, channels), np.arange(channels)] = 40.0
    values[rng.integers(0, n, n // 50), rng.integers(0, channels, n // 50)] = np.nan
    named = tuple(Channel(f"channel {place}", "mV") for place in range(channels))
    return Telemetry(Source(object_name="many"), time, values, named, "elapsed")


def odd_telemetry() -> dict[str, Telemetry]:
    """Values and times at the ends of what numbers can say, and data with nothing or next to nothing in them."""
    n = 300
    rows = np.arange(n, dtype=np.float64)
    noise = np.random.default_rng(0).standard_normal((n, 2))
    huge = np.column_stack([np.where(rows % 2, 1.7e308, -1.7e308), rows * 1e300, rows * 1e-310, np.full(n, 1e308)])
    near = np.column_stack([1e9 + 1e-7 * noise[:, 0], 1 + np.finfo(float).eps * (rows % 2)])
    states = np.column_stack([rows % 3 - 1, rows % 100, rows % 5 + 0.5])
    named = (
        Channel("below", states=("x", "y")),
        Channel("many", states=tuple(f"s{k}" for k in range(99))),
        Channel("between", states=("q",)),
    )
    return {
        "huge values": _plain(rows, huge),
        "values that hardly differ": _plain(rows, near),
        "infinite values": _plain(rows, np.column_stack([np.where(rows % 7, rows, np.inf), np.full(n, -np.inf)])),
        "states without names": Telemetry(Source(object_name="odd"), rows, states, named),
        "one row": _plain(np.array([5.0]), np.array([[1.0, np.nan]])),
        "no rows": _plain(np.zeros(0), np.zeros((0, 2))),
        "no channels": _plain(rows, np.zeros((n, 0))),
        "one time": _plain(np.zeros(n), noise),
        "far times": _plain(rows * 1e300, noise),
        "fine times": _plain(rows * 1e-300, noise),
        "far dates": _plain(rows * 1e15, noise, "utc"),
        "fine dates": _plain(rows * 1e-9, noise, "utc"),
        "long names": Telemetry(
            Source(object_name="odd" * 99), rows, noise, (Channel("X" * 300, "u" * 90), Channel(""))
        ),
    }


def _plain(time: Floats, values: Floats, clock: Clock = "elapsed") -> Telemetry:
    channels = tuple(Channel(f"channel {place}") for place in range(values.shape[1]))
    zero = UNIX_2022 if clock == "utc" else float("nan")
    return Telemetry(Source(object_name="odd"), time, values, channels, clock, zero)


def _commanded_values(n: int, commands: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    value = np.round(np.sin(np.arange(n) / 90) + 0.05 * rng.standard_normal(n), 2)
    sent = (rng.random((n, commands)) < 0.01).astype(np.float64)
    sent[:, commands // 2 :] = 0.0
    return np.column_stack([value, sent])


def _commanded_channels(commands: int) -> tuple[Channel, ...]:
    sent = (Channel(f"command {place + 1}", role="command") for place in range(commands))
    return (Channel("value"), *sent)
