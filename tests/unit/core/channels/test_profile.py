"""Distances of windows against ones worked out one by one."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.channels.long_profile import neighbour_distance, training_distance
from desktop_app.core.channels.profile import (
    distances_to,
    join_profile,
    nearest_window,
    sample_scores,
    self_profile,
)
from desktop_app.core.discord import covered_mean
from desktop_app.core.progress import JobCancelled, silent

WIDTH = 12
LONG = "desktop_app.core.channels.long_profile"


def values_of(seed: int, n: int) -> Floats:
    return np.random.default_rng(seed).normal(size=n)


def some_valid(seed: int, n: int, width: int = WIDTH) -> Bools:
    return np.random.default_rng(seed).random(n - width + 1) > 0.15


def apart_by_hand(one: Floats, other: Floats, width: int) -> Floats:
    """Root mean square difference of each window of one to each of the other."""
    return np.array(
        [
            [np.sqrt(np.mean((one[i : i + width] - other[j : j + width]) ** 2)) for j in range(other.size - width + 1)]
            for i in range(one.size - width + 1)
        ]
    )


@pytest.mark.parametrize("apart", [0, 40])
def test_that_the_profile_is_what_comparing_all_windows_gives(apart: int) -> None:
    values, valid = values_of(1, 250), some_valid(2, 250)
    found = self_profile(values, WIDTH, valid, apart=apart)
    every = apart_by_hand(values, values, WIDTH)
    every[:, ~valid], every[~valid] = np.inf, np.inf
    i, j = np.indices(every.shape)
    least = max(apart, WIDTH)
    np.testing.assert_allclose(found.before, np.where(j <= i - least, every, np.inf).min(axis=1), atol=1e-12)
    np.testing.assert_allclose(found.after, np.where(j >= i + least, every, np.inf).min(axis=1), atol=1e-12)


def test_that_the_distance_to_a_reference_is_what_comparing_all_windows_gives() -> None:
    values, reference = values_of(3, 200), values_of(4, 90)
    valid, known = some_valid(5, 200), some_valid(6, 90)
    found = join_profile(values, WIDTH, valid, reference, known)
    every = apart_by_hand(values, reference, WIDTH)
    every[:, ~known] = np.inf
    np.testing.assert_allclose(found, np.where(valid, every.min(axis=1), np.nan), atol=1e-12)


def test_that_a_reference_of_one_window_is_compared_with() -> None:
    values, reference = values_of(3, 60), values_of(4, WIDTH)
    found = join_profile(values, WIDTH, np.ones(49, bool), reference, np.ones(1, bool))
    np.testing.assert_allclose(found, apart_by_hand(values, reference, WIDTH)[:, 0], atol=1e-12)


def test_that_turning_time_round_exchanges_before_and_after() -> None:
    values, valid = values_of(7, 300), some_valid(8, 300)
    forth, back = self_profile(values, WIDTH, valid), self_profile(values[::-1].copy(), WIDTH, valid[::-1].copy())
    np.testing.assert_allclose(forth.before, back.after[::-1], atol=1e-12)
    np.testing.assert_allclose(forth.nearest, back.nearest[::-1], atol=1e-12)


def test_that_what_came_before_does_not_depend_on_what_comes_later() -> None:
    values = values_of(9, 300)
    whole = self_profile(values, WIDTH, np.ones(289, bool)).before
    cut = self_profile(values[:200], WIDTH, np.ones(189, bool)).before
    np.testing.assert_array_equal(cut, whole[:189])


def test_that_a_record_of_one_window_has_no_neighbours() -> None:
    found = self_profile(np.zeros(WIDTH), WIDTH, np.ones(1, bool))
    assert np.isnan(found.nearest).all()


def test_that_a_large_jump_leaves_no_rounding_behind() -> None:
    values = np.tile(np.sin(np.arange(50) / 8), 20)
    values[500] = 1e5
    nearest = self_profile(values, WIDTH, np.ones(values.size - WIDTH + 1, bool)).nearest
    assert nearest[:480].max() < 0.01
    assert nearest[510:].max() < 0.01


def test_that_distances_to_one_window_agree_with_the_plain_sum() -> None:
    values = values_of(10, 150)
    found = distances_to(values, values[40 : 40 + WIDTH])
    np.testing.assert_allclose(found, apart_by_hand(values, values, WIDTH)[40] ** 2, atol=1e-10)


def test_that_the_nearest_window_shares_no_sample_and_is_valid() -> None:
    values = np.tile(values_of(11, 40), 4)
    valid = np.ones(values.size - WIDTH + 1, bool)
    valid[50] = False
    assert nearest_window(values, 10, WIDTH, valid) in (90, 130)
    assert nearest_window(values, 10, WIDTH, np.zeros_like(valid)) == -1


def test_that_the_covered_mean_is_the_mean_over_windows_that_hold_a_sample() -> None:
    of_windows = np.array([1.0, np.nan, 3.0, 5.0])
    np.testing.assert_allclose(covered_mean(of_windows, 2), [1.0, 1.0, 3.0, 4.0, 5.0])
    assert np.isnan(covered_mean(np.full(3, np.nan), 2)).all()


def test_that_a_shape_that_comes_twice_is_found_by_the_second_neighbour() -> None:
    values = np.sin(np.arange(2000) / 9)
    for start in (400, 1300):
        values[start : start + 30] = 2.0
    valid = np.ones(values.size - 49, bool)
    first, second = (neighbour_distance(values, 50, valid, k, silent) for k in (1, 2))
    usual = np.nanmedian(second)
    assert first[395] < 0.3
    assert second[395] > 5 * max(usual, 0.05)


def test_that_chunks_find_what_comparing_all_finds_where_shapes_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.sin(np.arange(6000) / 11) + 0.01 * values_of(12, 6000)
    values[3210:3240] += 1.0
    valid = np.ones(values.size - 49, bool)
    whole = neighbour_distance(values, 50, valid, 1, silent)
    monkeypatch.setattr(f"{LONG}.CONSTANTS", replace(CONSTANTS, exact=1000, chunk=1600))
    chunked = neighbour_distance(values, 50, valid, 1, silent)
    assert (chunked >= whole - 1e-9).all()
    assert np.argmax(chunked) == pytest.approx(np.argmax(whole), abs=40)
    assert np.median(chunked / whole) < 1.3


def test_that_a_long_reference_stands_by_stretches_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{LONG}.CONSTANTS", replace(CONSTANTS, chunk=2000))
    reference, values = np.sin(np.arange(9000) / 11), np.sin(np.arange(500) / 11 + 1)
    found = training_distance(values, 50, np.ones(451, bool), reference, np.ones(8951, bool), silent)
    assert found.max() < 0.05


def test_that_a_cancel_is_heard_while_windows_are_compared() -> None:
    def cancelled(done: float, _text: str) -> None:
        if done > 0.2:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        self_profile(values_of(1, 3000), WIDTH, np.ones(2989, bool), cancelled)


def test_that_the_ends_take_the_score_that_half_a_width_of_windows_has() -> None:
    of_windows = values_of(13, 41) ** 2
    mean, score = covered_mean(of_windows, 10), sample_scores(of_windows, 10)
    np.testing.assert_array_equal(score[5:-5], mean[5:-5])
    np.testing.assert_array_equal(score[:5], mean[5])
    np.testing.assert_array_equal(score[-5:], mean[-6])
