"""Tails, distances, patches and outlines: what the scores of stamps are made of."""

import numpy as np
import pytest

from desktop_app.core.images.elliptical import _find_lines, elliptical
from desktop_app.core.images.fusion import Tail, fused, sigmas_of
from desktop_app.core.images.outlines import outline_of
from desktop_app.core.images.patch_memory import PatchLayout, nearest, on_pixels
from desktop_app.core.images.strangeness import Gaussian, neighbour_distance, once_each
from desktop_app.core.simulate_galaxies import simulate_galaxies


def test_that_sigmas_are_those_of_a_normal_distribution() -> None:
    from scipy.stats import norm

    z = np.array([-2.0, 0.0, 3.0, 9.0])
    np.testing.assert_allclose(sigmas_of(-norm.logsf(z)), z, atol=1e-6)


@pytest.mark.parametrize("draw", ["standard_normal", "standard_exponential", "standard_cauchy"])
def test_that_a_set_without_anything_strange_has_hardly_any_high_sigmas(draw: str) -> None:
    scores = np.abs(getattr(np.random.default_rng(1), draw)(4000))
    sigmas = sigmas_of(Tail.fit(scores).surprise(scores))
    assert (sigmas >= 2.75).mean() <= (0.02 if draw == "standard_cauchy" else 0.006)
    assert (np.diff(sigmas[np.argsort(scores)]) >= -1e-9).all()


def test_that_one_far_off_among_thousands_has_many_sigmas() -> None:
    scores = np.append(np.abs(np.random.default_rng(2).standard_normal(2000)), 15.0)
    assert sigmas_of(Tail.fit(scores).surprise(scores))[-1] > 4


def test_that_equal_scores_are_no_surprise() -> None:
    assert (sigmas_of(Tail.fit(np.zeros(40)).surprise(np.zeros(40))) < 1).all()


def test_that_views_that_agree_outweigh_one_that_does_not() -> None:
    both, one = fused(np.array([[5.0, 5.0], [7.0, 0.5]]), np.ones(2))
    assert both > one


def test_that_what_is_strange_does_not_shape_what_is_usual() -> None:
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((400, 4))
    rows[:20] += 30.0
    weights = np.ones(400)
    robust, plain = (Gaussian.fit(rows, weights, robust=robust).distance(rows) for robust in (True, False))
    assert robust[:20].min() > 3 * robust[20:].max()
    assert plain[:20].min() < 3 * plain[20:].max()


def test_that_copies_of_one_object_weigh_as_much_as_one_and_are_no_neighbours() -> None:
    weights, owner = once_each(("a", "a", "", "b", ""), 5)
    np.testing.assert_array_equal(weights, [0.5, 0.5, 1, 1, 1])
    assert len(set(owner)) == 4
    rows = np.array([[0.0], [0.0], [5.0], [6.0], [9.0]])
    np.testing.assert_allclose(neighbour_distance(rows, owner, rows, owner, 1), [5, 5, 1, 1, 3])


def test_that_the_nearest_are_those_a_sort_finds() -> None:
    rng = np.random.default_rng(4)
    rows, kept = (rng.standard_normal((many, 6)).astype(np.float32) for many in (50, 30))
    slow = np.sort(np.linalg.norm(rows[:, None] - kept[None], axis=2), axis=1)[:, :3]
    np.testing.assert_allclose(nearest(rows, kept, 3), slow, atol=1e-3)


def test_that_a_map_of_patches_peaks_in_the_middle_of_its_patch() -> None:
    layout = PatchLayout(side=7, step=4)
    grid = np.zeros((1, 8, 8))
    grid[0, 2, 5] = 1.0
    heat = on_pixels(grid, (35, 35), layout)[0]
    assert np.unravel_index(heat.argmax(), heat.shape) == (3 + 8, 3 + 20)
    assert heat.max() == 1.0


def test_that_an_outline_goes_round_the_hottest_part_and_no_other() -> None:
    heat = np.zeros((20, 20))
    heat[4:7, 10:14], heat[15, 2] = 2.0, 1.9
    corners = np.array(outline_of(heat))
    np.testing.assert_allclose([corners.min(axis=0), corners.max(axis=0)], [[9.5, 3.5], [13.5, 6.5]])
    assert outline_of(np.zeros((5, 5))) == ()


def test_that_an_ellipse_leaves_little_of_a_smooth_galaxy_and_all_of_a_line() -> None:
    rows, columns = np.mgrid[:48, :48] - 23.5
    galaxy = 200 * np.exp(-(columns**2 / 60 + rows**2 / 25) / 2)
    noise = np.random.default_rng(5).standard_normal((2, 48, 48))
    images = (galaxy + noise).astype(np.float32)
    images[1, :, 30] += 12.0
    seen = elliptical(images)
    assert np.abs(seen.residuals[0]).mean() < 1.3
    assert seen.numbers["column"][1] > 4 * seen.numbers["column"][0]
    assert seen.numbers["line"][1] > 2 * seen.numbers["line"][0]
    np.testing.assert_allclose(seen.shape[0, :2], 23.5, atol=0.1)
    assert seen.numbers["elongation"][0] == pytest.approx(1 - np.sqrt(25 / 60), abs=0.03)


def test_that_lines_are_those_that_plain_python_finds() -> None:
    from inspect import unwrap

    residuals = simulate_galaxies(2, 0, seed=6, side_px=16).images - np.float32(100)
    fast, slow = np.zeros((2, 3)), np.zeros((2, 3))
    _find_lines(residuals, 6, fast)
    unwrap(_find_lines)(residuals, 6, slow)
    np.testing.assert_allclose(fast, slow, rtol=1e-5)
