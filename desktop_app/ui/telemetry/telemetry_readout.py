"""What stands under the cursor in rows of telemetry: the nearest sample, and the value of each channel there."""

from collections.abc import Sequence

import numpy as np

from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.telemetry.telemetry_inspection import value_text
from desktop_app.ui.telemetry.telemetry_items import Scene, Stretch

_DIGITS = 6
_NO_VALUE = (float("nan"), "–")


def sample_at(data: Telemetry, stretches: Sequence[Stretch], time: float) -> tuple[Stretch, int] | None:
    """The stretch nearest to ``time`` and the row nearest in it; None where nothing is shown."""
    if not stretches:
        return None
    stretch = min(stretches, key=lambda one: max(one.start - time, time - one.stop, 0.0))
    times, own = stretch.samples(data).time, time - stretch.shift_s
    if not len(times):
        return None
    after = int(np.clip(np.searchsorted(times, own), 0, len(times) - 1))
    before = max(after - 1, 0)
    return stretch, before if own - times[before] <= times[after] - own else after


def value_at(of: Telemetry, scene: Scene, stretch: Stretch, place: int, row: int) -> tuple[float, str]:
    """The height and the text of a channel at ``row``.

    Where it has no value in that row but a line leads over it, that of the nearer sample is told, and of steps that of
    the sample that holds.
    """
    channel = scene.channels[place]
    trace = stretch.trace(channel)
    if trace is None or not len(trace.series):
        return _NO_VALUE
    rows = trace.series.rows
    at = int(np.searchsorted(rows, row, "right")) - 1
    if at < 0 or (rows[at] != row and not trace.joined[at]):
        return _NO_VALUE
    holds = scene.steps or channel.form != "numbers"
    if rows[at] != row and not holds and 2 * of.time[row] > of.time[rows[at]] + of.time[rows[at + 1]]:
        at += 1
    value = float(of.values[rows[at], place])
    return float(trace.series.values[at]), value_text(of.channels[place], value, _DIGITS)
