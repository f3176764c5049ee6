"""Compiled loops of the search for artefacts beside slow twins, and stamps that are cut at the side of a picture."""

from collections.abc import Sequence

import numpy as np
import pytest

from desktop_app.core.images.artefacts import find_artefacts, stamp_artefacts
from desktop_app.core.images.artefacts.columns import find_columns, with_runs
from desktop_app.core.images.artefacts.frame import stamp_frame, stamp_frames
from desktop_app.core.images.artefacts.line_sums import joined
from desktop_app.core.images.artefacts.streaks import sums_of_known
from desktop_app.core.images.artefacts.trails import moved_mean, read_along, summed_along
from desktop_app.core.images.polygons import pixels_inside
from desktop_app.core.progress import JobCancelled
from desktop_app.core.simulate_frames import simulate_frame
from desktop_app.core.simulate_galaxies import simulate_galaxies


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(6)


def test_that_a_polygon_is_filled_as_its_crossings_say(rng: np.random.Generator) -> None:
    for corners in (3, 4, 9):
        outline = tuple((float(x), float(y)) for x, y in rng.uniform(-8, 40, (corners, 2)))
        rows, columns, inside = pixels_inside(outline, (30, 34))
        y, x = np.mgrid[rows, columns]
        expected = np.zeros(x.shape, bool)
        for (ax, ay), (bx, by) in zip(outline, (*outline[1:], outline[0]), strict=True):
            between = (y >= min(ay, by)) & (y < max(ay, by))
            expected ^= between & (x < ax + (y - ay) * (bx - ax) / (by - ay))
        assert expected.any()
        np.testing.assert_array_equal(inside, expected)


def test_that_what_is_read_along_a_course_is_what_the_pixels_hold(rng: np.random.Generator) -> None:
    sigmas, known = rng.normal(0, 3, (20, 25)).astype(np.float32), rng.uniform(size=(20, 25)) < 0.8
    x, y, v = np.linspace(-3, 22, 17), np.linspace(4, 24, 17), np.arange(-3, 4.0)
    turn = np.array([0.8, 0.6])
    values, counts = read_along(sigmas, known, x, y, v, turn, -2.0, 4.0)
    column, row = np.rint(x[:, None] - v * 0.6).astype(int), np.rint(y[:, None] + v * 0.8).astype(int)
    inside = (column >= 0) & (column < 25) & (row >= 0) & (row < 20)
    seen = inside & known[row.clip(0, 19), column.clip(0, 24)]
    expected = np.where(seen, np.clip(sigmas[row.clip(0, 19), column.clip(0, 24)], -2, 4), 0)
    np.testing.assert_array_equal(counts, seen)
    np.testing.assert_allclose(values, expected)
    edges = np.array([0, 5, 11, 17])
    sums, n = summed_along(sigmas, known, x, y, v, turn, -2.0, 4.0, edges)
    np.testing.assert_allclose(sums, np.add.reduceat(expected, edges[:-1], axis=0))
    np.testing.assert_array_equal(n, np.add.reduceat(seen.astype(float), edges[:-1], axis=0))


def test_that_profiles_are_moved_as_by_interpolation(rng: np.random.Generator) -> None:
    profiles, moved, v = rng.normal(size=(5, 31)), rng.uniform(-9, 9, 5), np.arange(31.0)
    expected = np.mean([np.interp(v + by, v, row) for by, row in zip(moved, profiles, strict=True)], axis=0)
    np.testing.assert_allclose(moved_mean(profiles, moved), expected, atol=1e-12)


def test_that_squares_of_pixels_are_added_up_without_those_not_known(rng: np.random.Generator) -> None:
    sigmas, known = rng.normal(0, 9, (13, 18)).astype(np.float32), rng.uniform(size=(13, 18)) < 0.7
    sums, n = sums_of_known(sigmas, known, 4, -5.0, 10.0)
    squares = np.where(known, np.clip(sigmas, -5, 10), 0)[:12, :16].reshape(3, 4, 4, 4)
    np.testing.assert_allclose(sums, squares.sum(axis=(1, 3)), rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(n, known[:12, :16].reshape(3, 4, 4, 4).sum(axis=(1, 3)))


def test_that_strips_hold_the_sums_along_their_lines(rng: np.random.Generator) -> None:
    parts = rng.normal(size=(2, 8, 12)).astype(np.float32)
    sums = joined(parts, 1, 8)
    np.testing.assert_allclose(sums, joined(joined(parts, 1, 4), 4, 8), rtol=1e-6)
    # No step to the side is a sum down the column, and as many steps as rows the diagonal.
    np.testing.assert_allclose(sums[:, 0], parts.sum(axis=1), rtol=1e-4, atol=1e-5)
    for x in range(5):
        diagonal = sum(parts[0, row, x + row] for row in range(8))
        assert sums[0, 7, x] == pytest.approx(diagonal, abs=1e-5)


def stamps_with_lines(
    columns: Sequence[int], rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    stamps = rng.normal(100, 5, (len(columns), 48, 48)).astype(np.float32)
    for stamp, column in zip(stamps, columns, strict=True):
        if column:
            stamp[:, column] += 40
    return stamps


def test_that_stamps_without_a_run_have_no_bad_column(rng: np.random.Generator) -> None:
    stamps = stamps_with_lines([0, 20, 0, 31, 0, 0], rng)
    frames = [frame for frame in stamp_frames(stamps) if frame is not None]
    told = [bool(find_columns(frame, 6.0)) for frame in frames]
    assert told == [False, True, False, True, False, False]
    runs = with_runs(np.stack([frame.sigmas for frame in frames]))
    assert all(run for run, one in zip(runs, told, strict=True) if one)
    assert not runs.all()


def test_that_many_stamps_are_made_ready_as_one_is(rng: np.random.Generator) -> None:
    stamps = stamps_with_lines([0, 9, 0], rng)
    stamps[2, :5] = np.nan
    one, other, cut = stamp_frames(stamps)
    assert cut is None
    for frame, stamp in ((one, stamps[0]), (other, stamps[1])):
        alone = stamp_frame(stamp)
        assert frame is not None
        assert alone is not None
        np.testing.assert_allclose(frame.sigmas, alone.sigmas, rtol=1e-4, atol=1e-4)


def test_that_a_stamp_cut_at_the_side_of_a_picture_is_no_artefact_unless_its_object_is_cut() -> None:
    stamps = np.array(simulate_galaxies(3, 0, seed=4, side_px=64).images)
    stamps[0, :, 50:] = np.nan
    stamps[1, :30] = np.nan
    stamps[2, :8], stamps[2, -8:], stamps[2, :, :8], stamps[2, :, -8:] = (np.nan,) * 4
    beside, cut, framed = stamp_artefacts(stamps)
    assert beside is None
    assert framed is None
    assert cut is not None
    assert cut.kind == "edge"
    assert cut.numbers["width_px"] == 30


def test_that_an_artefact_in_a_stamp_with_margins_lies_where_it_is(rng: np.random.Generator) -> None:
    inner = stamps_with_lines([30], rng)[0]
    stamp = np.full((64, 60), np.nan, np.float32)
    stamp[8:56, 6:54] = inner
    (found,) = stamp_artefacts(stamp[None])
    assert found is not None
    assert found.kind == "bad column"
    assert found.x == 36
    assert found.y == pytest.approx(31.5, abs=1.5)


def test_that_the_search_for_streaks_tells_its_progress_and_hears_a_cancel() -> None:
    image = simulate_frame(("streak",), seed=100, shape=(256, 256)).image
    heard: list[float] = []

    def report(done: float, _text: str) -> None:
        heard.append(done)
        if done > 0.6:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        find_artefacts(image, least={"streak": 5.0}, report=report)
    assert len(heard) > 5
    assert max(heard[:-1]) <= 0.6
