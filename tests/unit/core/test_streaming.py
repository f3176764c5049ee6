"""Scores of a stream: the past alone decides, blocks do not matter, memory is bounded, odd input is survived."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.stream_kernels import nearest_within
from desktop_app.core.channels.streaming import CALM, StreamParams, StreamScorer
from desktop_app.core.channels.tail import tail_limit
from desktop_app.core.errors import FitError

SMALL = StreamParams(window=8, history=400, quarantine=50)


def orbit(n: int, *, seed: int = 0, start: int = 0) -> Floats:
    """A sine with noise, the phase going on from ``start``."""
    rng = np.random.default_rng([seed, start])
    return np.sin(2 * np.pi * (start + np.arange(n)) / 60) + 0.05 * rng.standard_normal(n)


def rows(n: int, start: int = 0) -> Floats:
    return np.arange(start, start + n, dtype=np.float64)


def taught(params: StreamParams = SMALL, *, n: int = 600) -> StreamScorer:
    return StreamScorer(params).learn(rows(n), orbit(n))


def faulty(n: int = 900) -> Floats:
    values = orbit(n, start=600)
    values[420:480] = values[420]
    values[700] += 3.0
    return values


def distances_by_hand(reference: Floats, values: Floats, width: int, history: int) -> Floats:
    """The root mean square difference of each window to the nearest of the reference or of the past."""
    found = np.full(values.size, np.nan)
    for end in range(width - 1, values.size):
        window = values[end - width + 1 : end + 1]
        others = [reference[last - width + 1 : last + 1] for last in range(width - 1, reference.size)]
        earlier = range(max(width - 1, end - history), end - width + 1)
        others += [values[last - width + 1 : last + 1] for last in earlier]
        found[end] = min(np.sqrt(np.mean((window - other) ** 2)) for other in others)
    return found


def test_that_distances_are_those_of_an_obvious_search() -> None:
    params = StreamParams(window=8, history=400, quarantine=0)
    scorer = StreamScorer(params).learn(rows(120), orbit(120))
    values = orbit(250, start=120)
    values[150:170] += 0.5
    found = scorer.push(rows(250), values)
    by_hand = [distances_by_hand(orbit(120), values, width, 400) for width in params.windows]
    np.testing.assert_allclose((found.scores * found.limit)[40:], np.mean(by_hand, axis=0)[40:], rtol=1e-6)


def test_that_windows_within_the_reference_are_those_of_an_obvious_search() -> None:
    values, width = orbit(120), 10
    found = nearest_within(values, np.arange(1, 121), width)
    for end in range(width - 1, 120):
        window = values[end - width + 1 : end + 1]
        others = [last for last in range(width - 1, 120) if abs(last - end) >= width]
        nearest = min(np.sqrt(np.mean((window - values[last - width + 1 : last + 1]) ** 2)) for last in others)
        assert found[end] == pytest.approx(nearest, rel=1e-6)


@pytest.mark.parametrize("block", [1, 7, 512, 900])
def test_that_blocks_do_not_change_a_bit(block: int) -> None:
    values = faulty()
    values[100:130] = np.nan
    whole = taught().push(rows(900), values)
    scorer = taught()
    parts = [
        scorer.push(rows(900)[first : first + block], values[first : first + block]) for first in range(0, 900, block)
    ]
    for name in ("scores", "model", "limit"):
        np.testing.assert_array_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(whole, name))


def test_that_what_comes_later_changes_nothing_before() -> None:
    values = faulty()
    whole = taught().push(rows(900), values).scores
    for cut in (1, 33, 401, 703):
        np.testing.assert_array_equal(taught().push(rows(cut), values[:cut]).scores, whole[:cut])


def test_that_a_frozen_value_and_a_spike_are_beyond_the_limit_and_the_rest_is_not() -> None:
    scores = np.nan_to_num(taught().push(rows(900), faulty()).scores)
    assert scores[420:490].max() > 1.0
    assert scores[700:732].max() > 1.0
    calm = np.ones(900, bool)
    calm[420:520] = calm[700:740] = False
    assert (scores[calm] >= 1.0).mean() < 0.002


def test_that_an_anomaly_does_not_get_used_to_itself_before_its_quarantine_ends() -> None:
    values = orbit(900, start=600)
    values[300:] += 1.0
    short, long = (
        np.nan_to_num(taught(StreamParams(window=8, history=400, quarantine=quarantine)).push(rows(900), values).scores)
        for quarantine in (10, 300)
    )
    beyond_short, beyond_long = (int((scores[300:] >= 1.0).sum()) for scores in (short, long))
    assert beyond_long >= 300
    assert beyond_long > 1.5 * beyond_short


def test_that_memory_does_not_grow_and_long_streams_go_on() -> None:
    scorer = StreamScorer(StreamParams(window=4, history=400)).learn(rows(200), orbit(200))
    sizes = [array.nbytes for array in vars(scorer).values() if isinstance(array, np.ndarray)]
    for start in range(0, 12_000, 3000):
        found = scorer.push(rows(3000, start), orbit(3000, start=200 + start))
    assert [array.nbytes for array in vars(scorer).values() if isinstance(array, np.ndarray)] == sizes
    assert np.isfinite(found.scores).all()
    assert np.nanquantile(found.scores, 0.99) < 1.0
    assert CALM < 12_000  # the ring of calm distances has gone round


def test_that_a_gap_ends_windows_and_missing_values_have_no_score() -> None:
    time = rows(300)
    time[150:] += 50
    values = orbit(300, start=600)
    values[200:203] = np.nan, np.inf, -np.inf
    found = taught().push(time, values).scores
    assert np.isfinite(found[100:150]).all()
    assert np.isnan(found[150:157]).all()
    assert np.isfinite(found[157])
    assert np.isnan(found[200:203]).all()
    assert np.isfinite(found[203])


def test_that_without_training_the_first_samples_are_learnt_from() -> None:
    scorer = StreamScorer(StreamParams(window=8, warm_up=300))
    values = orbit(800)
    values[600:640] += 2.0
    found = scorer.push(rows(800), values)
    assert np.isnan(found.scores[:307]).all()
    assert np.isfinite(found.scores[307:]).all()
    assert found.scores[600:640].max() > 1.0
    one_by_one = StreamScorer(StreamParams(window=8, warm_up=300))
    again = [one_by_one.push(rows(1, row), values[row : row + 1]).scores[0] for row in range(800)]
    np.testing.assert_array_equal(again, found.scores)


def test_that_constant_training_has_a_floor() -> None:
    scorer = StreamScorer(SMALL).learn(rows(300), np.full(300, 5.0))
    values = np.full(300, 5.0)
    values[100:140] += 1e-6
    values[200:240] += 1.0
    scores = np.nan_to_num(scorer.push(rows(300), values).scores)
    assert scores[:200].max() < 1.0
    assert scores[200:240].max() > 1.0


def test_that_huge_values_leave_no_trace_once_they_are_gone() -> None:
    plain, spiked = orbit(900, start=600), orbit(900, start=600)
    spiked[300] = 1e300
    a, b = (taught().push(rows(900), values).scores for values in (plain, spiked))
    assert b[300] > 1000
    # Windows with the spike in them are lost as neighbours; most others are as far away as before.
    assert np.median(np.abs(a[340:] - b[340:])) < 1e-5


def test_that_a_stream_unlike_its_reference_says_so() -> None:
    scorer = taught()
    scorer.push(rows(500), orbit(500, start=600))
    assert not scorer.stale
    scorer.push(rows(1000, 500), 5 + np.random.default_rng(1).standard_normal(1000))
    assert scorer.stale


def test_that_too_short_a_reference_is_refused_with_a_way_out() -> None:
    with pytest.raises(FitError) as told:
        StreamScorer(SMALL).learn(rows(10), orbit(10))
    assert "10 values" in told.value.message
    assert told.value.hint


@pytest.mark.parametrize(("values", "expected"), [("exponential", 9.2), ("uniform", 1.0)])
def test_that_the_tail_tells_where_one_in_ten_thousand_lies(values: str, expected: float) -> None:
    rng = np.random.default_rng(2)
    drawn = rng.exponential(size=20_000) if values == "exponential" else rng.random(20_000)
    assert tail_limit(drawn, 0.98, 1e-4) == pytest.approx(expected, rel=0.1)


def test_that_a_tail_without_spread_is_its_largest_value() -> None:
    assert tail_limit(np.full(500, 0.25), 0.98, 1e-4) == 0.25
