"""Every real image opens as an independent reading says, and the folders of them as sequences and sets of stamps."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.sky_image import SkyImage
from desktop_app.io import open_file, summarise
from desktop_app.io.images.cutouts import open_cutouts
from tests.data import SHARED

pytestmark = pytest.mark.real_data

IMAGES = SHARED / "images"
FILES = sorted(path for path in IMAGES.rglob("*") if path.is_file()) if IMAGES.exists() else []
NAMES = [str(path.relative_to(IMAGES)) for path in FILES] or ["misc/M51.fits"]
# Twice their frame's DATE-OBS, in local time with its zone, and MJD-OBS to the minute tell when they were taken.
FIRST_FRAME_JD = 2458107.56543192


def real_image(name: str) -> Path:
    path = IMAGES / name
    if not path.exists():
        pytest.skip(f"the real data are not here: {path}")
    return path


@pytest.mark.parametrize("name", NAMES)
def test_that_every_picture_of_a_real_file_is_as_astropy_reads_it(name: str) -> None:
    from astropy.io import fits

    path = real_image(name)
    image = open_file(path)
    assert isinstance(image, SkyImage)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(path) as file:
            expected = [(hdu.data, hdu.header, hdu.header.get("BLANK")) for hdu in file if hdu.is_image and hdu.size]
    parts = image.source.parts or (None,)
    assert len(parts) == len(expected) == summarise(path).rows
    for part, (pixels, header, blank) in list(zip(parts, expected, strict=True))[:3]:
        shown = open_file(path, part=part)
        assert isinstance(shown, SkyImage)
        floats = pixels.astype(shown.pixels.dtype)
        if blank is not None and header["BITPIX"] > 0:
            # astropy leaves the blank ones of unsigned pixels as they are.
            floats[np.isnan(shown.pixels)] = np.nan
            assert np.isnan(shown.pixels).mean() < 0.01
        np.testing.assert_array_equal(shown.pixels, floats)
        assert shown.pixels.dtype == (np.float64 if abs(pixels.dtype.itemsize) > 4 or header["BITPIX"] == 32 else "f4")
        assert shown.unit == str(header.get("BUNIT") or "").strip()
        _check_sky(shown, header)


def _check_sky(shown: SkyImage, header: object) -> None:
    from astropy.wcs import WCS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wcs = WCS(header)
        if not wcs.has_celestial:
            assert shown.sky is None or shown.sky.problem
            return
        x, y = np.array([0.0, 3.5, shown.pixels.shape[1] - 1.0]), np.array([0.0, 7.25, 2.0])
        expected = wcs.pixel_to_world(x, y).icrs
    assert shown.sky is not None
    ra, dec = shown.sky.to_sky(x, y)
    np.testing.assert_allclose(ra, expected.ra.deg, rtol=0, atol=1e-9)
    np.testing.assert_allclose(dec, expected.dec.deg, rtol=0, atol=1e-9)
    back = shown.sky.to_pixel(ra, dec)
    np.testing.assert_allclose(back, (x, y), rtol=0, atol=1e-3)


def test_that_real_alerts_stand_beside_one_another() -> None:
    for science in sorted(real_image("alert_stamps").glob("*_science.fits")):
        image = open_file(science)
        assert isinstance(image, SkyImage)
        assert list(image.beside) == ["science", "template", "difference"], science.name


def test_that_a_real_time_series_is_a_sequence_in_order_of_time() -> None:
    folder = real_image("hatp32_timeseries")
    first = open_file(folder)
    assert isinstance(first, SkyImage)
    assert len(first.source.parts) == summarise(folder).rows == 12
    assert first.jd == pytest.approx(FIRST_FRAME_JD, abs=1e-6)
    times = [open_file(folder, part=part) for part in first.source.parts]
    assert all(isinstance(frame, SkyImage) for frame in times)
    spacing = np.diff([frame.jd for frame in times if isinstance(frame, SkyImage)])
    np.testing.assert_allclose(spacing * 1440, 36, atol=1)


def test_that_the_real_stars_and_galaxies_are_joined_with_their_labels() -> None:
    folder = real_image("ztf_star_galaxy")
    stamps = open_cutouts(folder, catalogue=SHARED / "truth" / "images.csv")
    assert stamps.images.shape == (130, 20, 20)
    assert all(stamp.startswith(label) for stamp, label in zip(stamps.ids, stamps.labels["label"], strict=True))
    assert np.isfinite(stamps.ra_deg).all()
    assert summarise(folder).kind == "cutouts"


def test_that_the_folder_of_real_alerts_is_a_set_of_stamps_with_three_parts() -> None:
    folder = real_image("alert_stamps")
    counts = set()
    for part in ("science", "template", "difference"):
        stamps = open_file(folder, part=part)
        assert isinstance(stamps, CutoutSet)
        counts.add((stamps.ids, stamps.images.shape))
        assert stamps.images.shape == (33, 81, 81)
        assert "margins without values" in stamps.source.notes[0]
        assert set(stamps.beside) == {"science", "template", "difference"} - {part}
        assert all(np.isfinite(other).any(axis=(1, 2)).all() for other in stamps.beside.values())
    assert len(counts) == 1
