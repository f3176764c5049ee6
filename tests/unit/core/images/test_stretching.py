"""One stretch for a whole set: between 0 and 1, the same for every stamp, and never at a loss."""

import numpy as np
import pytest

from desktop_app.core.images.stretching import SetStretch


def _stamps(n: int = 40) -> np.ndarray:
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:24, :24]
    spot = np.exp(-((rows - 11.5) ** 2 + (columns - 11.5) ** 2) / 8)
    light = rng.uniform(10, 300, n)[:, None, None] * spot
    return (500 + 3 * rng.standard_normal((n, 24, 24)) + 3 * light).astype(np.float32)


def test_that_the_sky_is_dark_the_peaks_are_bright_and_all_is_between_0_and_1() -> None:
    stretch = SetStretch.fit(_stamps())
    seen = stretch.apply(_stamps())
    assert stretch.sigma == pytest.approx(3, rel=0.1)
    assert seen.dtype == np.float32
    assert seen.min() == 0
    assert seen.max() == 1
    assert np.median(seen[:, :3]) < 0.35
    assert seen[:, 11, 11].min() > 0.5


def test_that_a_stamp_looks_the_same_whatever_it_is_looked_at_with() -> None:
    images = _stamps()
    stretch = SetStretch.fit(images)
    np.testing.assert_array_equal(stretch.apply(images)[5], stretch.apply(images[5:6])[0])


def test_that_the_quantiles_of_the_set_are_the_ends() -> None:
    images = _stamps()
    seen = SetStretch.fit(images).apply(images)
    assert (seen == 0).mean() == pytest.approx(0.02, abs=0.002)
    assert (seen == 1).mean() == pytest.approx(0.001, abs=0.0005)


def test_that_a_missing_pixel_has_the_value_of_the_sky() -> None:
    images = _stamps()
    holed = images.copy()
    holed[:, 12, 12] = np.nan
    stretch = SetStretch.fit(images)
    sky = np.arcsinh(0.0) - stretch.low
    np.testing.assert_allclose(stretch.apply(holed)[:, 12, 12], sky / (stretch.high - stretch.low), rtol=1e-5)


@pytest.mark.parametrize("value", [0.0, 7.0, np.nan, np.inf, 1e30])
@pytest.mark.filterwarnings("error")
def test_that_stamps_without_anything_in_them_are_seen_as_nothing(value: float) -> None:
    images = np.full((3, 12, 12), value, np.float32)
    seen = SetStretch.fit(images).apply(images)
    assert np.isfinite(seen).all()
    assert np.ptp(seen) == 0


def test_that_an_empty_set_has_a_stretch() -> None:
    assert SetStretch.fit(np.zeros((0, 12, 12), np.float32)).apply(np.zeros((0, 12, 12), np.float32)).shape == (
        0,
        12,
        12,
    )


def test_that_stretches_are_told_apart_by_their_digest() -> None:
    images = _stamps()
    assert SetStretch.fit(images).digest == SetStretch.fit(images.copy()).digest
    assert SetStretch.fit(images).digest != SetStretch.fit(2 * images).digest
