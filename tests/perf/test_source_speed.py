"""How long a large picture takes from pixels to ranked sources, beside a plain recipe in the same run; and how soon a
cancel is heard."""

import os
import time
from threading import Thread

import numpy as np
import pytest

from desktop_app.core.images.background import background_of
from desktop_app.core.images.cutting import cut_stamps, side_for
from desktop_app.core.images.sources import find_sources
from desktop_app.core.progress import JobCancelled
from desktop_app.core.sky_image import SkyImage
from desktop_app.detectors import spec_of
from tests.star_fields import star_field

SIDE = int(os.environ.get("PECULIAR_PERF_SIDE", "1024"))
"""Pictures of 4096 pixels and 5,000 stars take a minute with the plain recipe: asked for by the environment."""
STARS = SIDE**2 * 5000 // 4096**2


@pytest.fixture(scope="module")
def image() -> SkyImage:
    return star_field(STARS, (SIDE, SIDE), seed=5).image


def plain_recipe(image: SkyImage) -> int:
    """Clipped median, threshold, connected pixels, and a loop over them that measures and cuts."""
    from scipy.ndimage import center_of_mass, find_objects, label

    pixels = image.pixels.astype(np.float64)
    sky, sigma = np.median(pixels), 1.4826 * np.median(np.abs(pixels - np.median(pixels)))
    numbers, count = label(pixels > sky + 3 * sigma)
    stamps = []
    for number, box in enumerate(find_objects(numbers), 1):
        own = numbers[box] == number
        if own.sum() < 5:
            continue
        light = np.where(own, pixels[box] - sky, 0)
        y, x = center_of_mass(light)
        row, column = int(y) + box[0].start, int(x) + box[1].start
        stamps.append(pixels[max(row - 16, 0) : row + 17, max(column - 16, 0) : column + 17].copy())
    assert count >= len(stamps)
    return len(stamps)


def told(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201  what the benchmark is for


def test_how_long_sources_take_to_be_found_and_cut(image: SkyImage, capsys: pytest.CaptureFixture[str]) -> None:
    find_sources(image)
    began = time.perf_counter()
    background = background_of(image.pixels, image.bad)
    sky = time.perf_counter()
    sources = find_sources(image, background=background)
    found = time.perf_counter()
    stamps = cut_stamps(image.pixels, sources.x, sources.y, side_for(sources.fwhm_px, sources.a_px))
    ours = time.perf_counter() - began
    plain_recipe(image)
    theirs = time.perf_counter() - began - ours
    said = f"{SIDE}², {len(stamps):,} sources: sky {sky - began:.2f} s, found {found - sky:.2f} s, in all {ours:.2f} s"
    told(capsys, f"{said}; a plain recipe {theirs:.2f} s, ratio {ours / theirs:.2f}")
    assert len(stamps) > 0.85 * STARS


def test_how_long_a_picture_takes_to_be_ranked_and_how_soon_a_cancel_is_heard(
    image: SkyImage, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = spec_of("sources", "image")
    heard: list[float] = []

    def report(_done: float, _text: str) -> None:
        heard.append(time.perf_counter())

    heard.append(time.perf_counter())
    detector = spec.build(spec.params()).fit(image, report)
    scores = detector.score(image, report)
    heard.append(time.perf_counter())
    gap = float(np.diff(heard).max())
    told(capsys, f"{SIDE}², {len(scores.values):,} ranked in {heard[-1] - heard[0]:.1f} s, longest silence {gap:.2f} s")
    assert np.isfinite(scores.values).sum() > 0.8 * STARS


def test_that_a_ranking_ends_when_it_is_cancelled(image: SkyImage, capsys: pytest.CaptureFixture[str]) -> None:
    spec = spec_of("sources", "image")
    asked: list[float] = []
    ended: list[float] = []

    def report(_done: float, _text: str) -> None:
        if asked:
            raise JobCancelled

    def work() -> None:
        detector = spec.build(spec.params()).fit(image, report)
        try:
            detector.score(image, report)
        except JobCancelled:
            ended.append(time.perf_counter())

    thread = Thread(target=work, name="ranking")
    thread.start()
    time.sleep(0.3)
    asked.append(time.perf_counter())
    thread.join()
    assert ended
    told(capsys, f"{SIDE}²: a cancel is heard after {ended[0] - asked[0]:.2f} s")
