"""The level and noise of the sky under pictures of every kind."""

import numpy as np
import pytest

from desktop_app.core.images.background import background_of
from tests.star_fields import add_galaxy, star_field


def slope(shape: tuple[int, int]) -> np.ndarray:
    up, across = np.mgrid[: shape[0], : shape[1]]
    return np.asarray(200 + 0.01 * across + 0.02 * up)


def test_that_stars_do_not_lift_the_sky_and_its_slope_is_followed() -> None:
    field = star_field(400, (400, 500), seed=1)
    found = background_of(field.image.pixels)
    off = found.level - slope((400, 500))
    assert abs(np.median(off)) < 0.5
    assert np.abs(off).max() < 2.5
    assert 4.5 < np.median(found.noise) < 5.7


def test_that_a_galaxy_that_fills_much_of_the_frame_is_no_sky() -> None:
    shape = (400, 400)
    light = np.zeros(shape)
    add_galaxy(light, 200, 200, 2e6, 60, ratio=0.8)
    rng = np.random.default_rng(2)
    pixels = (100 + light + rng.normal(0, 5, shape)).astype(np.float32)
    found = background_of(pixels)
    assert light[200, 200] > 100
    # A tenth of a galaxy's middle may be taken for sky under it, never half.
    assert found.level[200, 200] - 100 < 0.1 * light[200, 200]


@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f8", ">f8", "<i2", ">i2", "<i4", "u1"])
def test_that_pixels_of_any_type_and_byte_order_have_the_same_sky(kind: str) -> None:
    rng = np.random.default_rng(3)
    plain = np.round(rng.normal(100, 5, (150, 160))).astype(kind)
    plain.flags.writeable = False
    found = background_of(plain)
    assert np.median(found.level) == pytest.approx(100, abs=0.3)
    assert np.median(found.noise) == pytest.approx(5, abs=0.3)


def test_that_a_large_offset_does_not_hide_the_noise() -> None:
    pixels = 1e9 + np.random.default_rng(4).normal(0, 1, (200, 200))
    found = background_of(pixels)
    assert found.level.dtype == np.float64
    assert np.median(found.level) == pytest.approx(1e9, abs=0.2)
    assert np.median(found.noise) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_that_pixels_of_any_size_have_a_sky(scale: float) -> None:
    pixels = (scale * np.random.default_rng(4).normal(100, 5, (200, 200))).astype(np.float32)
    found = background_of(pixels)
    assert np.median(found.level) / scale == pytest.approx(100, abs=0.3)
    assert np.median(found.noise) / scale == pytest.approx(5, abs=0.3)


@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (1, 3), (2, 2), (15, 15), (17, 200), (200, 17)])
def test_that_a_picture_of_any_shape_has_a_sky(shape: tuple[int, int]) -> None:
    found = background_of(np.random.default_rng(5).normal(10, 1, shape))
    assert found.level.shape == found.noise.shape == shape
    assert np.isfinite(found.level).all()
    assert (found.noise > 0).all()


def test_that_a_constant_picture_has_its_value_as_level_and_next_to_no_noise() -> None:
    found = background_of(np.full((100, 100), 7.0, np.float32))
    assert (found.level == 7).all()
    assert (found.noise > 0).all()
    assert (found.noise < 1e-5).all()


def test_that_a_picture_without_a_value_has_no_sky() -> None:
    empty = background_of(np.full((50, 50), np.nan))
    masked = background_of(np.ones((50, 50)), np.ones((50, 50), bool))
    for found in (empty, masked):
        assert np.isnan(found.level).all()
        assert np.isnan(found.noise).all()


def test_that_missing_and_bad_pixels_do_not_tell_of_the_sky() -> None:
    pixels = np.random.default_rng(6).normal(50, 2, (300, 300))
    bad = np.zeros(pixels.shape, bool)
    pixels[:, 100:130], pixels[:40] = np.nan, np.inf
    pixels[200:260], bad[200:260] = 9000, True
    found = background_of(pixels, bad)
    assert np.abs(found.level - 50).max() < 1.5


def test_that_a_crowded_field_of_whole_numbers_has_the_sky_between_its_stars() -> None:
    field = star_field(1500, (500, 500), seed=7, noise=1.0, gain=20)
    found = background_of(np.round(field.image.pixels).astype(np.int16))
    assert abs(float(np.median(found.level - slope((500, 500))))) < 1.0
