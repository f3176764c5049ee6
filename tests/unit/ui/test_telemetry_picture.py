"""What is drawn of telemetry: every extremum, every gap, states by name, and what a channel is."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.pyramid import build_pyramid, build_pyramids
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.ui.raster import View
from desktop_app.ui.telemetry.telemetry_picture import ChannelPicture, Trace, telemetry_picture
from desktop_app.ui.telemetry.traces import columns_of, line_shades, switch_shades
from tests.telemetries import ALONE_ROW, GAP, MODES, SPIKE_ROW, commanded, housekeeping, many_channels


def lit_at(view: View, time: float, value: float) -> tuple[int, int]:
    """The line and the column of a pixel."""
    column = int((time - view.start) * view.width / (view.stop - view.start))
    return int((view.top - value) * view.height / (view.top - view.bottom)), column


def view_of(channel: ChannelPicture, start: float, stop: float, width: int = 400, height: int = 80) -> View:
    low, high = channel.heights
    pad = 0.1 * ((high - low) or 1.0)
    return View(start, stop, high + pad, low - pad, width, height)


def trace_of(time: list[float], values: list[float]) -> Trace:
    """A channel alone, drawn as telemetry is."""
    data = Telemetry(Source(), np.array(time), np.array(values)[:, None], (Channel("alone"),), "elapsed")
    return telemetry_picture(data).channels[0].data


def test_that_pyramids_of_many_columns_are_those_of_each_and_share_their_times() -> None:
    data = housekeeping()
    built = build_pyramids(data.time, data.values)
    for column, pyramid in zip(data.values.T, built, strict=True):
        alone = build_pyramid(data.time, np.ascontiguousarray(column))
        for name in ("time", "values", "rows", "block_low", "block_high"):
            np.testing.assert_array_equal(getattr(pyramid, name), getattr(alone, name))
    assert np.shares_memory(built[1].time, built[2].time)
    assert built[1].rows is built[2].rows
    assert built[0].rows is not built[1].rows


def test_that_every_kind_of_channel_is_told() -> None:
    forms = [channel.form for channel in telemetry_picture(housekeeping()).channels]
    assert forms == ["numbers", "states", "switch", "constant", "empty", "numbers"]


def test_that_commands_with_counts_are_switches_and_measured_counts_are_numbers() -> None:
    values = np.tile([0.0, 1.0, 2.0], 20)[:, None].repeat(2, axis=1)
    channels = (Channel("sent", role="command"), Channel("measured"))
    data = Telemetry(Source(), np.arange(60.0), values, channels)
    assert [channel.form for channel in telemetry_picture(data).channels] == ["switch", "numbers"]


def test_that_a_channel_constant_in_training_only_is_not_called_constant() -> None:
    data = commanded()
    assert data.training is not None
    still = data.training.values.copy()
    still[:, 0] = -1.0
    picture = telemetry_picture(replace(data, training=replace(data.training, values=still)))
    assert picture.channels[0].form == "numbers"


def test_that_the_value_and_the_active_commands_are_shown_first() -> None:
    picture = telemetry_picture(commanded())
    assert picture.shown == tuple(range(13))
    assert all(picture.channels[place].form == "constant" for place in range(13, 25))


def test_that_of_many_measured_channels_the_first_that_move_are_shown() -> None:
    assert telemetry_picture(many_channels(500, 20)).shown == tuple(range(8))
    assert telemetry_picture(housekeeping()).shown == (0, 1, 2, 5)


def test_that_the_training_stretch_ends_before_the_data() -> None:
    data = commanded()
    picture = telemetry_picture(data)
    assert picture.training_range is not None
    assert picture.training_range[1] + picture.training_shift_s < picture.time_range[0]


def test_that_dated_training_stays_where_it_was() -> None:
    data = housekeeping()
    earlier = replace(data, zero_unix_s=data.zero_unix_s - 1e6, labels=())
    picture = telemetry_picture(replace(data, training=earlier))
    assert picture.training_shift_s == pytest.approx(-1e6)


@pytest.mark.parametrize("steps", [False, True])
@pytest.mark.parametrize("n", [300, 5000, 60_000, 400_000])
def test_that_every_extremum_of_every_column_is_lit(n: int, steps: bool) -> None:
    channel = telemetry_picture(many_channels(n, 1, seed=n)).channels[0]
    series = channel.data.series
    for start, stop in ((0.0, n - 1.0), (0.31 * n, 0.62 * n), (0.5 * n, 0.5 * n + 90.3)):
        view = view_of(channel, start, stop)
        shades = line_shades(channel.data, view, steps=steps)
        bounds = series.columns(start, stop, view.width)
        for column in np.flatnonzero(np.diff(bounds)):
            values = series.values[bounds[column] : bounds[column + 1]]
            for extremum in (values.min(), values.max()):
                line = int((view.top - extremum) * view.height / (view.top - view.bottom))
                assert shades[max(0, line - 1) : line + 2, column].max() > 60, (column, extremum)


def test_that_a_gap_stays_dark_and_the_sample_alone_in_it_is_a_point() -> None:
    data = housekeeping()
    channel = telemetry_picture(data).channels[0]
    view = view_of(channel, float(data.time[GAP.start - 20]), float(data.time[GAP.stop + 20]))
    shades = line_shades(channel.data, view, steps=False)
    line, column = lit_at(view, float(data.time[ALONE_ROW]), 28.5)
    assert shades[line, column] == 255
    first, last = (lit_at(view, float(data.time[row]), 28.5)[1] for row in (GAP.start + 2, GAP.stop - 2))
    dark = shades[:, first:last].copy()
    dark[:, column - first - 4 : column - first + 5] = 0
    assert not dark.any()
    assert shades[:, : first - 12].any(axis=0).all()


def test_that_a_channel_with_a_value_in_every_tenth_row_is_a_line() -> None:
    channel = telemetry_picture(housekeeping()).channels[5]
    assert channel.missing == pytest.approx(0.9)
    assert channel.data.joined[:-1].all()


def test_that_two_channels_sampled_in_turn_are_lines_both() -> None:
    values = np.full((400, 2), np.nan)
    values[::2, 0] = values[1::2, 1] = np.sin(np.arange(200))
    data = Telemetry(Source(), np.arange(400.0), values, (Channel("a"), Channel("b")), "elapsed")
    assert all(channel.data.joined[:-1].all() for channel in telemetry_picture(data).channels)


def test_that_a_pause_breaks_the_line() -> None:
    time = [*np.arange(50.0), *(np.arange(50.0) + 100)]
    trace = trace_of(time, list(np.arange(100.0)))
    assert np.flatnonzero(~trace.joined).tolist() == [49, 99]


def test_that_equal_times_do_not_break_the_line() -> None:
    trace = trace_of([0.0, 0.0, 0.0, 1.0, 1.0, 2.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert trace.joined[:-1].all()


def test_that_steps_hold_a_value_until_the_next_and_lines_do_not() -> None:
    trace = trace_of([0.0, 10.0, 20.0], [0.0, 1.0, 0.0])
    view = View(0.0, 20.0, 1.5, -0.5, 40, 40)
    bounds = trace.series.columns(view.start, view.stop, view.width)
    _, low, high = columns_of(trace, view, bounds, steps=True)
    assert low[10] == high[10] == 0.0
    assert (low[19], high[19]) == (0.0, 0.0)
    assert high[20] == 1.0
    _, low, high = columns_of(trace, view, bounds, steps=False)
    assert low[10] == pytest.approx(0.5)
    assert high[10] == pytest.approx(0.55)


def test_that_states_are_evenly_spaced_and_keep_their_names() -> None:
    values = np.array([0.0, 7.0, 200.0, 7.0])[:, None]
    names = tuple(f"STATE {number}" for number in range(100))
    data = Telemetry(Source(), np.arange(4.0), values, (Channel("mode", states=names),))
    channel = telemetry_picture(data).channels[0]
    assert channel.levels == (0.0, 7.0, 200.0)
    assert channel.data.series.values.tolist() == [0.0, 1.0, 2.0, 1.0]
    assert [channel.level_name(level) for level in channel.levels] == ["STATE 0", "STATE 7", ""]


def test_that_blocks_of_states_keep_their_extrema() -> None:
    data = housekeeping(40_000)
    series = telemetry_picture(data).channels[1].data.series
    envelope = series.envelope(0.0, float(data.time[-1]), 3)
    assert envelope.low.tolist() == [0.0] * 3
    assert envelope.high.tolist() == [float(len(MODES) - 1)] * 3


def test_that_one_command_among_many_samples_is_seen_over_the_whole_height() -> None:
    values = np.zeros((20_000, 1))
    values[12_345] = 1.0
    data = Telemetry(Source(), np.arange(20_000.0), values, (Channel("sent", role="command"),))
    channel = telemetry_picture(data).channels[0]
    view = View(0.0, 19_999.0, 1.25, -0.25, 500, 20)
    shades = switch_shades(channel.data, view)
    column = int(12_345 / 19_999 * 500)
    assert (shades[5:15, column] > 100).all()
    assert (shades[5:15, column + 1] > 100).all()
    assert not shades[5:15, :column].any()
    assert not shades[5:15, column + 2 :].any()


def test_that_a_spike_of_one_sample_is_seen_from_afar() -> None:
    data = housekeeping()
    channel = telemetry_picture(data).channels[0]
    view = view_of(channel, 0.0, float(data.time[-1]), width=60)
    line, column = lit_at(view, float(data.time[SPIKE_ROW]), 31.0)
    assert line_shades(channel.data, view, steps=False)[line - 1 : line + 2, column].max() > 60


def test_that_telemetry_without_rows_or_values_is_drawn_as_nothing() -> None:
    data = Telemetry(Source(), np.zeros(0), np.zeros((0, 2)), (Channel("a"), Channel("b")))
    picture = telemetry_picture(data)
    assert [channel.form for channel in picture.channels] == ["empty", "empty"]
    assert not line_shades(picture.channels[0].data, View(0, 1, 1, 0, 50, 20), steps=False).any()
