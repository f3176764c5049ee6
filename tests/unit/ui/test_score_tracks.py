"""What is drawn of the scores of telemetry: mini-traces, lanes, histograms of one channel and of all."""

import numpy as np
import pytest

from desktop_app.core.detection import Detection, Event, Provenance, Scores
from desktop_app.core.pyramid import build_pyramid
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.ui.score_scale import LIMITS, SIGMAS
from desktop_app.ui.telemetry.score_tracks import heights_of, lane_top, score_tracks
from desktop_app.ui.telemetry.thumbs import COLUMNS, shares, thumb_of, with_marks

N = 400


def detection() -> Detection:
    """Two measured channels with scores and a command without; the second is the stranger one."""
    rng = np.random.default_rng(3)
    data = Telemetry(
        Source(object_name="made"),
        np.arange(N, dtype=np.float64),
        rng.standard_normal((N, 3)),
        (Channel("a"), Channel("b"), Channel("go", role="command")),
        "elapsed",
    )
    scores = np.abs(rng.standard_normal((N, 3))) / 4
    scores[100, 0], scores[200, 1], scores[:, 2] = 2.0, 7.0, np.nan
    low = np.where(np.isfinite(scores), -1.0, np.nan)
    low[:, 1] = np.nan
    made = Provenance("", "", "", "", "", "", "limits", 1, {}, 0, "cpu", "Peculiar", "")
    return Detection(data, Scores(scores, {"low": low}), made, 1.0)


def test_that_each_channel_has_its_scores_and_only_the_tracks_that_say_something() -> None:
    found = score_tracks(detection()).channels
    assert [round(one.top, 6) for one in found[:2]] == [2.0, 7.0]
    assert np.isnan(found[2].top)
    assert len(found[2].score) == 0
    assert [list(one.tracks) for one in found] == [["low"], [], []]


def test_that_the_histogram_of_all_channels_counts_all_and_names_the_strangest() -> None:
    made = detection()
    tracks = score_tracks(made)
    spread = tracks.histogram
    assert spread is not None
    assert (spread.channel, spread.top_row, spread.top_score) == ("b", 200, 7.0)
    assert spread.rows == 2 * N == spread.counts.sum()
    for threshold in (0.1, 0.25, 2.0, 7.0, 7.1):
        assert spread.above(threshold) == int((made.scores.values >= threshold).sum())
    one = tracks.channels[0].histogram
    assert one is not None
    assert (one.channel, one.rows, one.above(1.0)) == ("a", N, int((made.scores.values[:, 0] >= 1.0).sum()))
    assert tracks.channels[2].histogram is None


def test_that_a_lane_has_room_for_the_threshold_where_nothing_is_strange() -> None:
    tracks = score_tracks(detection()).channels
    assert lane_top(tracks[2]) > np.arcsinh(1.0)
    assert lane_top(tracks[1]) > np.arcsinh(7.0)


def test_that_levels_of_states_are_drawn_where_their_steps_are() -> None:
    assert heights_of((0.0, 2.0, 9.0), np.array([0.0, 2.0, 9.0])).tolist() == [0.0, 1.0, 2.0]
    assert heights_of((), np.array([5.0])).tolist() == [5.0]


def test_that_a_mini_trace_keeps_the_extremes_and_marks_events() -> None:
    time, values = np.arange(N, dtype=np.float64), np.zeros(N)
    values[123], values[300] = 5.0, -5.0
    thumb = thumb_of(build_pyramid(time, values), (0.0, N - 1.0), (-5.0, 5.0))
    assert len(thumb.low) == COLUMNS
    assert np.nanmax(thumb.high) == pytest.approx(1.0)
    assert np.nanmin(thumb.low) == pytest.approx(0.0)
    event = Event(123, 124, 123, 2.0, "spike", channel="a")
    at = shares(detection().telemetry, (event,))
    assert with_marks(thumb, at).marks.tolist() == [round(123 / (N - 1), 2)]


def test_that_a_mini_trace_of_huge_or_level_values_is_drawn() -> None:
    time = np.arange(10, dtype=np.float64)
    huge = thumb_of(build_pyramid(time, np.where(time > 4, 1e300, -1e300)), (0.0, 9.0), (-1e300, 1e300))
    assert np.nanmax(huge.high) == pytest.approx(1.0)
    level = thumb_of(build_pyramid(time, np.full(10, 3.0)), (0.0, 9.0), (3.0, 3.0))
    assert set(level.high[np.isfinite(level.high)]) == {0.5}


def test_that_scores_are_written_in_their_unit_and_thresholds_stay_in_range() -> None:
    assert (SIGMAS.text(5.04), LIMITS.text(1.2)) == ("5.0 σ", "1.20 × limit")
    assert LIMITS.text(float("nan")) == "not looked at"
    assert (LIMITS.within(0.01), SIGMAS.within(0.01), LIMITS.within(1e9)) == (0.1, 1.0, 1000.0)
