"""One object over frames that drift, turn and lose stars has one number and one name."""

import numpy as np
import pytest

from desktop_app.core.images.aligning import SAME, align
from desktop_app.core.images.matching import match_frames, names_of, pixel_name, sky_name


def moved(points: np.ndarray, degrees: float, shift: tuple[float, float]) -> np.ndarray:
    turn = np.radians(degrees)
    return np.asarray(points @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + shift)


@pytest.mark.parametrize(
    ("degrees", "shift"), [(0.0, (12.3, -40.2)), (3.0, (5.0, 9.0)), (180.0, (600.0, 600.0)), (71, (0, 0))]
)
def test_that_frames_are_aligned_whatever_they_are_moved_and_turned(degrees: float, shift: tuple[float, float]) -> None:
    rng = np.random.default_rng(1)
    stars, flux = rng.uniform(0, 600, (150, 2)), rng.pareto(1.2, 150) + 1
    kept = rng.random(150) > 0.2
    other = moved(stars, degrees, shift) + rng.normal(0, 0.1, stars.shape)
    others = np.concatenate([other[kept], rng.uniform(0, 600, (30, 2))])
    fluxes = np.concatenate([flux[kept] * rng.uniform(0.8, 1.2, kept.sum()), rng.pareto(1.2, 30) + 1])
    found = align(others, fluxes, stars, flux)
    assert found is not None
    assert np.abs(found.applied(other) - stars).max() < 0.6
    assert np.cos(np.radians(found.turned_deg + degrees)) == pytest.approx(1, abs=1e-3)


def test_that_frames_of_different_fields_are_not_aligned() -> None:
    rng = np.random.default_rng(2)
    assert align(rng.uniform(0, 600, (100, 2)), rng.random(100), rng.uniform(0, 600, (100, 2)), rng.random(100)) is None


def test_that_too_few_stars_align_nothing() -> None:
    three = np.array([[0.0, 0], [5, 1], [2, 9]])
    assert align(three, np.ones(3), three, np.ones(3)) is None


def test_that_alignments_follow_one_another() -> None:
    points = np.random.default_rng(3).uniform(0, 100, (20, 2))
    one = align(moved(points, 5, (3, 4)), np.arange(20.0), points, np.arange(20.0))
    two = align(points, np.arange(20.0), moved(points, -9, (1, 2)), np.arange(20.0))
    assert one is not None
    assert two is not None
    assert np.allclose(one.then(two).applied(moved(points, 5, (3, 4))), moved(points, -9, (1, 2)), atol=1e-6)
    assert np.array_equal(SAME.applied(points), points)


def test_that_one_object_has_one_number_over_frames() -> None:
    rng = np.random.default_rng(4)
    places = rng.uniform(0, 1000, (80, 2))
    frames, truth = [], []
    for _ in range(12):
        order = rng.permutation(80)[: rng.integers(50, 80)]
        frames.append(places[order] + rng.normal(0, 0.2, (len(order), 2)))
        truth.append(order)
    numbers = np.concatenate(match_frames(frames, 1.5))
    names = np.concatenate(truth)
    pairs = {(int(one), int(other)) for one, other in zip(numbers, names, strict=True)}
    assert len(pairs) == len(set(names.tolist())) == len(set(numbers.tolist()))


def test_that_two_sources_of_one_frame_are_never_one_object() -> None:
    frames = [np.array([[10.0, 10], [11.0, 10]]), np.array([[10.0, 10], [11.0, 10]])]
    numbers = match_frames(frames, 3.0)
    assert numbers[0][0] != numbers[0][1]
    assert numbers[0].tolist() == numbers[1].tolist()


def test_that_objects_seen_apart_in_turns_are_joined() -> None:
    # The second frame is just too far from the first, and the third lies between.
    frames = [np.array([[0.0, 0]]), np.array([[1.2, 0]]), np.array([[0.5, 0]])]
    assert len(set(np.concatenate(match_frames(frames, 1.0)).tolist())) == 1


def test_that_frames_without_sources_are_no_hindrance() -> None:
    numbers = match_frames([np.zeros((0, 2)), np.array([[1.0, 1]]), np.zeros((0, 2)), np.array([[1.1, 1]])], 1.0)
    assert [one.tolist() for one in numbers] == [[], [0], [], [0]]


def test_that_names_cut_positions_off_as_the_union_wants_it() -> None:
    assert sky_name(150.1, 2.2) == "J100024.00+021200.0"
    assert sky_name(0.0, -0.5) == "J000000.00-003000.0"
    assert sky_name(359.99999, 89.99999) == "J235959.99+895959.9"
    assert sky_name(15.0 * 59.9999999 / 3600, 0.0).startswith("J000059.99")
    assert pixel_name(122.6, 455.5) == "x123y456"


def test_that_each_name_is_given_once() -> None:
    nowhere = np.full(40, np.nan)
    names = names_of(nowhere, nowhere, np.full(40, 7.0), np.full(40, 9.0))
    assert len(set(names)) == 40
    assert names[:2] == ("x7y9", "x7y9b")
