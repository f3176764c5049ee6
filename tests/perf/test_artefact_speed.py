"""How long the search for streaks takes beside a plain recipe in the same run, how soon a cancel is heard, and how long
a stamp takes."""

import os
import time

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.images.artefacts import find_artefacts, stamp_artefacts
from desktop_app.core.images.background import background_of
from desktop_app.core.simulate_galaxies import simulate_galaxies
from desktop_app.core.sky_image import SkyImage
from tests.star_fields import star_field

SIDE = int(os.environ.get("PECULIAR_PERF_SIDE", "1024"))
"""4096 pixels and 5,000 stars take half a minute with the plain recipe: asked for by the environment."""
STARS = SIDE**2 * 5000 // 4096**2
LONGEST_S = 12.0


def crossed(side: int, stars: int) -> SkyImage:
    """A field of stars with one trail from side to side."""
    image = star_field(stars, (side, side), seed=5).image
    y, x = np.mgrid[:side, :side]
    away = (y - 0.3 * side - 0.4 * x) / np.hypot(1, 0.4)
    return SkyImage(image.source, (image.pixels + 25 * np.exp(-((away / 2.5) ** 2))).astype(np.float32))


def plain_recipe(image: SkyImage) -> float:
    """Stars cut off, the picture turned about by six degrees at a time and summed down its columns."""
    from scipy.ndimage import rotate

    pixels: Floats = image.pixels.astype(np.float64) - np.median(image.pixels)
    clipped = np.clip(pixels, -15, 15)
    return max(float(rotate(clipped, turn, order=0).sum(axis=0).max()) for turn in np.arange(0, 180, 6.0))


def told(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201  what the benchmark is for


def test_how_long_streaks_take_to_be_found_and_how_soon_a_cancel_is_heard(capsys: pytest.CaptureFixture[str]) -> None:
    find_artefacts(crossed(128, 5), least={"streak": 5.0})
    image = crossed(SIDE, STARS)
    background = background_of(image.pixels)
    heard = [time.perf_counter()]
    began = time.process_time()
    found = find_artefacts(
        image,
        background=background,
        least={"streak": 5.0},
        report=lambda _done, _text: heard.append(time.perf_counter()),
    )
    ours = time.process_time() - began
    heard.append(time.perf_counter())
    plain_recipe(image)
    theirs = time.process_time() - began - ours
    said = f"{SIDE}²: {len(found)} streaks in {ours:.1f} s, longest silence {np.diff(heard).max():.2f} s"
    told(capsys, f"{said}; a plain recipe {theirs:.1f} s, ratio {ours / theirs:.2f}")
    assert [artefact.kind for artefact in found] == ["streak"]
    assert ours < LONGEST_S * max((SIDE / 4096) ** 2, 1) * 2


def test_how_long_stamps_take(capsys: pytest.CaptureFixture[str]) -> None:
    images = simulate_galaxies(160, 40, seed=7).images
    stamp_artefacts(images[:40])
    began = time.process_time()
    found = stamp_artefacts(images)
    each = (time.process_time() - began) / len(images)
    told(capsys, f"{len(images)} stamps of 64 px: {1e3 * each:.2f} ms each")
    assert any(artefact is not None for artefact in found)
