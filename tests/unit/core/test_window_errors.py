"""Bins and windows never cross a pause; scores find what a reconstruction leaves."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.error_scores import TAILS, Errors, levels_of, row_scores, to_gaussian
from desktop_app.core.planted_windows import planted
from desktop_app.core.window_errors import Binned, binned, clean_rows, factors, together, windows_of

N = 3000
PAUSES: Ints = np.array([0, 700, 707, 1900], np.int64)


def noise(seed: int = 0, n: int = N) -> Floats:
    return np.random.default_rng(seed).standard_normal(n)


def plain_bins(residual: Floats, pauses: Ints, factor: int) -> list[tuple[int, int, float]]:
    """First row, last row (exclusive) and sum over root of count of each bin, one at a time."""
    found = []
    for start, stop in zip(pauses, [*pauses[1:], residual.size], strict=True):
        bins = max(1, round((stop - start) / factor))
        for place in range(bins):
            first = start + place * factor
            last = stop if place == bins - 1 else first + factor
            found.append((int(first), int(last), float(residual[first:last].sum() / np.sqrt(last - first))))
    return found


@pytest.mark.parametrize("factor", [1, 4, 16])
def test_that_bins_are_those_of_a_plain_loop(factor: int) -> None:
    residual = noise()
    bins = binned(residual, PAUSES, factor)
    slow = plain_bins(residual, PAUSES, factor)
    np.testing.assert_array_equal(bins.first, [first for first, _, _ in slow] + [N])
    np.testing.assert_allclose(bins.value * bins.scatter, [value for _, _, value in slow], atol=1e-9)


@pytest.mark.parametrize("factor", [1, 4, 16])
def test_that_no_bin_and_no_window_crosses_a_pause(factor: int) -> None:
    bins = binned(noise(), PAUSES, factor)
    begin, windows = windows_of(bins, 32, 16)
    assert len(begin) == len(windows)
    inner = PAUSES[1:]
    for first, last in zip(bins.first[:-1], bins.first[1:], strict=True):
        assert not ((inner > first) & (inner < last)).any()
    for start in begin:
        assert not ((inner > bins.first[start]) & (inner < bins.first[start + 32])).any()


def test_that_rows_left_out_do_not_count_and_a_bin_without_any_is_unknown() -> None:
    residual, keep = np.ones(64), np.ones(64, np.bool_)
    keep[8:16], keep[16] = False, False
    residual[~keep] = 1e6
    value = binned(residual, np.array([0], np.int64), 8, keep).value
    assert np.isnan(value[1])
    assert value[2] / value[0] == pytest.approx(np.sqrt(7 / 8))


def test_that_windows_come_together_as_their_mean() -> None:
    begin = np.array([0, 2, 6], np.int64)
    made = np.array([[1, 1, 1, 1], [3, 3, 3, 3], [5, 5, 5, 5]], np.float32)
    np.testing.assert_array_equal(together(begin, made, 11), [1, 1, 2, 2, 3, 3, 5, 5, 5, 5, np.nan])


def test_that_time_scales_end_with_the_longest_event_and_the_curve() -> None:
    assert factors(20_000, 500, 64) == [1, 4, 16, 64]
    assert factors(20_000, 9, 64) == [1, 4]
    assert factors(300, 700, 64) == [1, 4]
    assert factors(10, 1, 64) == [1]


def test_that_clean_rows_keep_away_from_matches() -> None:
    clean = clean_rows(100, np.array([0, 50]), np.array([2, 60]))
    assert clean.tolist() == [not (row < 3 or 45 <= row < 65) for row in range(100)]


def errors_in(residual: Floats) -> list[Errors]:
    """Errors of a network that gives nothing back."""
    scales: list[Binned] = [binned(residual, PAUSES, factor) for factor in (1, 4, 16)]
    return [Errors(scale, scale.value) for scale in scales]


LEVELS = levels_of([errors_in(noise(seed)) for seed in range(10)], [100] * 10)


def test_that_levels_of_white_noise_are_those_of_a_gaussian() -> None:
    assert LEVELS.shape == TAILS.shape
    assert LEVELS[:5] == pytest.approx([1.405, 1.960, 2.326, 2.576, 2.968], rel=0.08)


def test_that_noise_is_quiet() -> None:
    tops = [row_scores(errors_in(noise(100 + seed)), LEVELS, 100, N).max() for seed in range(30)]
    assert sum(top >= 5 for top in tops) <= 1


@pytest.mark.parametrize("width", [1, 5, 20, 100])
def test_that_an_event_of_any_width_gets_one_score_and_its_edges(width: int) -> None:
    residual = noise()
    residual[1000 : 1000 + width] += 40 / np.sqrt(width)
    scores = row_scores(errors_in(residual), LEVELS, 200, N)
    rows = np.flatnonzero(scores >= 5)
    assert abs(rows[0] - 1000) <= max(1, width // 4)
    assert abs(rows[-1] + 1 - 1000 - width) <= max(1, width // 4)
    assert scores.max() > 10


def test_that_an_event_at_a_pause_stays_on_its_side() -> None:
    residual = noise()
    residual[1880:1900] -= 8
    scores = row_scores(errors_in(residual), LEVELS, 200, N)
    assert (scores[1880:1900] >= 5).mean() > 0.9
    assert (scores[1900:1920] < 5).all()


def test_that_sigmas_rise_with_the_level_and_never_exceed_it() -> None:
    level = np.linspace(0, 100, 2001)
    sigmas = to_gaussian(level, 1.3 * LEVELS)
    assert (np.diff(sigmas) >= 0).all()
    assert (sigmas <= level + 1e-12).all()
    assert sigmas[-1] > 50


def test_that_every_planted_window_holds_something() -> None:
    windows = np.zeros((500, 64), np.float32)
    event = planted(windows, np.random.default_rng(0))
    assert event.dtype == np.float32
    assert (np.abs(event).max(axis=1) > 0.3).mean() > 0.95
    assert (event.max(axis=1) > 1).any()
    assert (event.min(axis=1) < -1).any()
