"""Periodic signals on the terminal, below the events they belong to."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from desktop_app.core.detection import UNKNOWN, PeriodicSignal
from desktop_app.core.event_table import Column, EventTable
from desktop_app.core.transits.checks import has_secondary, reasons_for_eclipse

_REASONS = {
    "odd_even": "odd/even",
    "secondary": "second dip",
    "radius": "too large",
    "v_shape": "grazing",
    "axis": "too close",
    "ellipsoidal": "ellipsoidal",
}
_HOURS = 24.0


def signal_columns(table: EventTable) -> Sequence[Column]:
    """What repeats as columns, one row a signal; the file first where there are several."""
    signals = [signal for _, signal in table.signals]

    def numbers(name: str, label: str, unit: str, value: Callable[[PeriodicSignal], float]) -> Column:
        return Column(name, label, unit, "", "", np.array([value(signal) for signal in signals], np.float64))

    def words(name: str, label: str, values: Sequence[str]) -> Column:
        return Column(name, label, "", "", "", np.array(values, np.str_))

    columns = [
        words("kind", "Signal", [signal.kind for signal in signals]),
        numbers("period", "Period", "d", lambda signal: signal.period_d),
        numbers("epoch", "Mid-time", "d", lambda signal: signal.epoch),
        numbers("depth", "Depth", "", lambda signal: signal.depth),
        numbers("hours", "Duration", "h", lambda signal: _HOURS * signal.duration_d),
        numbers("snr", "SNR", "", lambda signal: signal.snr),
        numbers("sde", "SDE", "", lambda signal: signal.sde),
        numbers("dips", "Dips", "", lambda signal: signal.checks.get("transits", UNKNOWN)),
        numbers("odd_even", "Odd/even", "σ", lambda signal: signal.checks.get("odd_even", UNKNOWN)),
        words("second", "Second dip", [_second(signal) for signal in signals]),
        words("why", "Why", [_why(signal) for signal in signals]),
    ]
    if len(table.provenance) > 1:
        columns.insert(0, words("file", "File", [Path(file).name for file, _ in table.signals]))
    return columns


def _second(signal: PeriodicSignal) -> str:
    """Its sigmas and its phase; "none" where noise does as well."""
    if not has_secondary(signal.checks):
        return "none"
    return f"{signal.checks['secondary']:.1f} σ at {signal.checks['secondary_phase']:.2f}"


def _why(signal: PeriodicSignal) -> str:
    return ", ".join(_REASONS[name] for name in reasons_for_eclipse(signal)) or "–"
