"""Cosmic rays are told from hot pixels and from what is long but was drawn by the optics, fast and cancellable."""

import time

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.core.images.artefacts.cosmic_rays import CosmicRays, search_cosmic_rays
from desktop_app.core.images.artefacts.frame import frame_of
from desktop_app.core.images.artefacts.sharpness import laplacian, peaks, softness
from desktop_app.core.progress import JobCancelled, Report, silent
from desktop_app.core.simulate_frames import simulate_frame
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from tests.data import SHARED

SHAPE = (256, 288)


def stars(seed: int = 0, sigma_px: float = 1.6) -> NDArray[np.float64]:
    """Sixty round stars on a sky with a noise of 3."""
    rng = np.random.default_rng(seed)
    pixels = rng.normal(100.0, 3.0, SHAPE)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for _ in range(60):
        at = rng.uniform(10, SHAPE[0] - 10), rng.uniform(10, SHAPE[1] - 10)
        away = (y - at[0]) ** 2 + (x - at[1]) ** 2
        pixels += rng.uniform(100, 3000) * np.exp(-away / (2 * sigma_px**2))
    return pixels


def searched(pixels: NDArray[np.float64], report: Report = silent) -> CosmicRays:
    frame = frame_of(SkyImage(Source(), pixels.astype(np.float32)))
    assert frame is not None
    return search_cosmic_rays(frame, 5.0, report)


def with_track(pixels: NDArray[np.float64], height: float = 300.0) -> NDArray[np.float64]:
    """A particle's track from (60, 50) upwards to the right, one pixel wide."""
    pixels = pixels.copy()
    for step in range(20):
        pixels[50 + step // 2, 60 + step] += height
    return pixels


def test_that_a_long_source_as_wide_as_the_stars_is_no_cosmic_ray() -> None:
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    for seed, angle in enumerate((0.0, 0.4, 1.1)):
        u = (x - 140) * np.cos(angle) + (y - 120) * np.sin(angle)
        v = -(x - 140) * np.sin(angle) + (y - 120) * np.cos(angle)
        pixels = stars(seed) + 2000 * np.exp(-0.5 * ((u / 9) ** 2 + (v / 2) ** 2))
        assert searched(pixels).told == ()


def test_that_a_track_is_told_beside_stars() -> None:
    (ray,) = searched(with_track(stars())).told
    assert ray.x == pytest.approx(69.5, abs=1)
    assert ray.y == pytest.approx(54.5, abs=1)
    assert ray.numbers["length_px"] == pytest.approx(22, abs=3)


def test_that_few_single_pixels_are_told_each() -> None:
    pixels = stars()
    pixels[30, 40] += 500
    pixels[200, 100] += 500
    found = searched(pixels)
    assert sorted((ray.x, ray.y) for ray in found.told) == [(40.0, 30.0), (100.0, 200.0)]
    assert found.hot is None


def test_that_many_single_pixels_are_the_sensors_and_only_the_track_is_told() -> None:
    rng = np.random.default_rng(4)
    pixels = with_track(stars())
    y, x = rng.integers(80, SHAPE[0] - 5, 120), rng.integers(5, SHAPE[1] - 5, 120)
    pixels[y, x] += rng.uniform(100, 1000, 120)
    found = searched(pixels)
    assert [round(ray.x) for ray in found.told] == [70]
    assert found.hot is not None
    # Those in stars and those that touch in clumps are left.
    assert found.hot[y, x].mean() > 0.9
    assert np.count_nonzero(found.hot) <= 130
    assert 90 < found.n_hot <= 120


def test_that_the_hot_pixels_of_a_small_camera_are_no_cosmic_rays() -> None:
    from desktop_app.io import open_file

    folder = SHARED / "images" / "hatp32_timeseries"
    if not folder.exists():
        pytest.skip(f"the real data are not here: {folder}")
    for path in sorted(folder.iterdir())[:3]:
        image = open_file(path)
        assert isinstance(image, SkyImage)
        found = searched(image.pixels.astype(np.float64))
        assert len(found.told) <= 3
        assert found.n_hot > 100


def test_that_a_search_is_cancelled_within_a_second() -> None:
    searched(stars())
    rng = np.random.default_rng(1)
    pixels = np.tile(simulate_frame(seed=3).image.pixels.astype(np.float64), (4, 4)) + rng.normal(0, 1, (2048, 2048))
    frame = frame_of(SkyImage(Source(), pixels.astype(np.float32)))
    assert frame is not None
    silences: list[float] = []
    last = time.thread_time()

    def timed(_done: float, _text: str) -> None:
        nonlocal last
        silences.append(time.thread_time() - last)
        last = time.thread_time()

    search_cosmic_rays(frame, 5.0, timed)
    assert len(silences) > 10
    assert max(silences) < 1.0
    for after in (0.0, 0.3, 0.9):

        def cancelled(done: float, _text: str, after: float = after) -> None:
            if done >= after:
                raise JobCancelled

        with pytest.raises(JobCancelled):
            search_cosmic_rays(frame, 5.0, cancelled)


def test_that_progress_never_goes_back() -> None:
    done: list[float] = []
    searched(with_track(stars()), lambda share, _text: done.append(share))
    assert done == sorted(done)
    assert 0 <= done[0] <= done[-1] <= 1


def test_that_compiled_loops_are_what_they_say() -> None:
    values = np.random.default_rng(2).normal(100, 10, (9, 12)).astype(np.float32)
    values[4, 5] = 400
    good = np.ones(values.shape, bool)
    good[4, 6] = False
    lap = np.zeros(values.shape, np.float32)
    laplacian(values, good, lap, 0, 9)
    again = np.zeros(values.shape, np.float32)
    laplacian.__wrapped__(values, good, again, 0, 9)  # type: ignore[attr-defined]
    np.testing.assert_allclose(lap, again, rtol=1e-5)
    assert lap[4, 6] == 0
    level = ((values - 100) / 10).astype(np.float32)
    assert peaks(values, np.ones_like(good), level, 20.0).tolist() == [4 * 12 + 5]
    assert peaks(values, good, level, 20.0).tolist() == []
    assert softness(values, good, np.array([4 * 12 + 5]))[0] < 0.1
