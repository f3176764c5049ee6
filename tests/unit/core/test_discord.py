"""The matrix profile is the one that comparing every pair of windows gives, and what deviates is cut out."""

from itertools import pairwise

import numpy as np
import pytest

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.discord import covered_mean, deviating_part, long_profile, matrix_profile


def slow_profile(values: Floats, width: int, valid: Bools, k: int) -> tuple[Floats, Ints]:
    """Every pair of windows, one after the other."""
    m = valid.size
    distance, nearest = np.full(m, np.nan), np.full(m, -1, np.int64)
    for i in np.flatnonzero(valid):
        of_pair = {
            int(j): float(((values[i : i + width] - values[j : j + width]) ** 2).sum())
            for j in np.flatnonzero(valid)
            if abs(i - j) >= width
        }
        taken: list[int] = []
        while len(taken) < k and of_pair:
            taken.append(min(of_pair, key=lambda j: of_pair[j]))
            last = of_pair[taken[-1]]
            of_pair = {j: far for j, far in of_pair.items() if abs(j - taken[-1]) >= width}
        if taken:
            nearest[i] = taken[0]
        if len(taken) == k:
            distance[i] = last
    return distance, nearest


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("width", [1, 7, 20])
def test_that_the_profile_is_that_of_all_pairs(width: int, k: int) -> None:
    rng = np.random.default_rng(width)
    values = rng.standard_normal(160)
    valid = rng.random(160 - width + 1) > 0.2
    distance, neighbour = slow_profile(values, width, valid, k)
    found = matrix_profile(values, width, valid, k=k)
    np.testing.assert_allclose(found.distance, distance, atol=1e-9)
    np.testing.assert_array_equal(found.neighbour, neighbour)


def test_that_rounding_does_not_add_up_behind_a_giant() -> None:
    values = np.random.default_rng(0).standard_normal(400)
    values[50] = 30.0
    valid = np.ones(381, dtype=np.bool_)
    np.testing.assert_allclose(
        matrix_profile(values, 20, valid).distance, slow_profile(values, 20, valid, 1)[0], rtol=1e-10
    )


@pytest.mark.parametrize("n", [20, 39])
def test_that_windows_without_another_to_compare_with_have_no_distance(n: int) -> None:
    found = matrix_profile(np.zeros(n), 20, np.ones(n - 19, dtype=np.bool_))
    assert np.isnan(found.distance).all()
    assert (found.neighbour == -1).all()


def test_that_the_kth_neighbour_tells_twins_from_what_comes_often() -> None:
    values = 0.1 * np.random.default_rng(1).standard_normal(600)
    shape = 5 * np.sin(np.arange(20))
    for at in (100, 400):
        values[at : at + 20] += shape
    valid = np.ones(581, dtype=np.bool_)
    once, twice = (matrix_profile(values, 20, valid, k=k).distance for k in (1, 2))
    assert once[100] < 2
    assert twice[100] > 100


def test_that_chunks_find_what_the_whole_does_where_its_neighbour_is_near() -> None:
    values = np.random.default_rng(2).standard_normal(900)
    valid = np.ones(881, dtype=np.bool_)
    whole = matrix_profile(values, 20, valid)
    np.testing.assert_array_equal(long_profile(values, 20, valid, longest=900).distance, whole.distance)
    chunks = long_profile(values, 20, valid, longest=400)
    assert np.isfinite(chunks.distance).all()
    assert (chunks.distance >= whole.distance - 1e-9).all()
    assert (np.abs(chunks.neighbour - np.arange(881)) < 400).all()
    for i in (0, 350, 650, 880):
        j = int(chunks.neighbour[i])
        assert chunks.distance[i] == pytest.approx(((values[i : i + 20] - values[j : j + 20]) ** 2).sum())


def test_that_long_profiles_tell_their_progress() -> None:
    told = list[float]()
    valid = np.ones(1981, dtype=np.bool_)
    long_profile(np.zeros(2000), 20, valid, longest=400, report=lambda done, _text: told.append(done))
    assert len(told) > 3
    assert all(later > earlier for earlier, later in pairwise(told))


def test_that_the_mean_over_covering_windows_is_taken_value_by_value() -> None:
    of_windows = np.array([1.0, np.nan, 4.0, 7.0, np.nan, np.nan, np.nan])
    expected = [1, 1, 2.5, 5.5, 5.5, 7, np.nan, np.nan, np.nan]
    np.testing.assert_allclose(covered_mean(of_windows, 3), expected)


@pytest.mark.parametrize(("start", "stop"), [(0, 5), (40, 70), (95, 100)])
def test_that_what_deviates_is_cut_out_of_a_window(start: int, stop: int) -> None:
    difference = 0.5 * np.random.default_rng(3).standard_normal(100)
    difference[start:stop] += 6
    assert deviating_part(difference) == (start, stop)


def test_that_a_fading_tail_belongs_to_what_deviates() -> None:
    difference = np.zeros(60)
    difference[20:30] = [40, 25, 15, 9, 7, 5, 4, 3, 2.5, 1.5]
    assert deviating_part(difference) == (20, 29)
