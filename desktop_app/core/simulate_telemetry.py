"""Makes the telemetry of a small satellite with faults that are known: a stuck sensor, a wrong mode, a slow drift."""

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Interval, Telemetry

ROWS = 2400
STEP_S = 30.0
START_UNIX_S = 1_767_225_600.0
MODES = ("SAFE", "IDLE", "SCIENCE", "DOWNLINK")
_ORBIT_S = 5820.0
_SUNLIT = 0.62


def simulate_telemetry(*, seed: int = 0) -> Telemetry:
    """Twenty hours of seven channels, a sample every 30 s with a gap, from 2026-01-01 on; labels tell the faults."""
    rng = np.random.default_rng([seed, 73])
    time = STEP_S * np.arange(ROWS, dtype=np.float64)
    phase = time / _ORBIT_S % 1
    mode = np.where(phase < 0.1, 3, np.where(phase < 0.75, 2, 1)).astype(np.float64)
    heater = (phase > _SUNLIT + 0.1).astype(np.float64)
    current = np.where(phase < _SUNLIT, 1.8 + 0.2 * np.sin(np.pi * phase / _SUNLIT), 0.0)
    current += 0.02 * rng.standard_normal(ROWS)
    voltage = 7.6 + 0.5 * _smoothed(current - 1.0, 40) + 0.01 * rng.standard_normal(ROWS)
    panel = _smoothed(np.where(phase < _SUNLIT, 60.0, -25.0), 60) + 0.4 * rng.standard_normal(ROWS)
    wheel = 2000 + 400 * np.sin(2 * np.pi * time / 40_000) + 8 * rng.standard_normal(ROWS)
    labels = _broken(panel, wheel, mode)
    values = np.stack([voltage, current, panel, wheel, mode, heater, np.full(ROWS, 3.3)], axis=1)
    kept = np.ones(ROWS, bool)
    kept[900:930] = False
    rows = np.cumsum(kept) - 1
    return Telemetry(
        Source(object_name="Simulated: small satellite"),
        time[kept],
        values[kept],
        (
            Channel("battery_V", "V"),
            Channel("array_A", "A"),
            Channel("panel_degC", "degC"),
            Channel("wheel_rpm", "rpm"),
            Channel("mode", states=MODES),
            Channel("heater"),
            Channel("logic_V", "V"),
        ),
        clock="utc",
        zero_unix_s=START_UNIX_S,
        labels=tuple(
            Interval(int(rows[label.start]), int(rows[label.stop]), label.kind, label.channel) for label in labels
        ),
    )


def _broken(panel: Floats, wheel: Floats, mode: Floats) -> tuple[Interval, ...]:
    """Put the faults in, and tell where."""
    panel[600:690] = panel[600]
    wheel[1300:1500] += 250 * np.linspace(0, 1, 200)
    wheel[1500:1506] += 600
    mode[2050:2075] = 0
    return (
        Interval(600, 690, "stuck", "panel_degC"),
        Interval(1300, 1506, "drift", "wheel_rpm"),
        Interval(2050, 2075, "wrong mode", "mode"),
    )


def _smoothed(values: Floats, rows: int) -> Floats:
    """Each value pulled towards those before it, as by a body that warms up within ``rows``."""
    follow = np.empty_like(values)
    level = values[0]
    for row, value in enumerate(values):
        level += (value - level) / rows
        follow[row] = level
    return follow
