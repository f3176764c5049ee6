"""Real target pixel files, compared with what astropy reads of them."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.pixels import TargetPixels
from desktop_app.io import open_file, summarise
from tests.data import SHARED

FOLDER = SHARED / "tpf"
CUT_SHORT = "lightkurve_tests/test-tpf-kplr-tabby-corrupted.fits"
# Name, mission, segment, cadence in seconds (NaN where the header does not say), pixels in the pipeline's aperture.
FILES: dict[str, tuple[str, str, str, float, int]] = {
    "ktwo211983544-c18_lpd-targ.fits": ("EPIC 211983544", "K2", "campaign 18", 1765.46, 2),
    "tess-s0001-4-2_84.291190_-80.469170_6x6_astrocut.fits": ("84.29119 -80.46917", "TESS", "sector 1", 1800.0, 0),
    "tic55525572_s05_transit_slice_tp.fits.gz": ("TIC 55525572", "TESS", "sector 5", 120.0, 12),
    "lightkurve_tests/asteroid_test.fits": ("38.39196 +50.15292", "TESS", "sector 18", 1800.0, 0),
    "lightkurve_tests/synthetic-k2-flat.targ.fits.gz": ("simulated_flat_star", "Kepler", "", np.nan, 49),
    "lightkurve_tests/synthetic-k2-planet.targ.fits.gz": ("simulated_planet_P5days", "Kepler", "", np.nan, 49),
    "lightkurve_tests/test-tpf-all-zeros.fits": ("EPIC 200071160", "K2", "campaign 91", 1765.46, 0),
    "lightkurve_tests/test-tpf-tesscut_1x1.fits": ("217.42894 -62.67949", "TESS", "sector 12", 1800.0, 0),
    "psfmachine/tpf_test_00.fits": ("KIC 12644769", "Kepler", "quarter 12", 1765.46, 21),
    "psfmachine/tpf_test_01.fits": ("KIC 12644774", "Kepler", "quarter 12", 1765.46, 7),
    "psfmachine/tpf_test_02.fits": ("KIC 12644778", "Kepler", "quarter 12", 1765.46, 8),
    "psfmachine/tpf_test_03.fits": ("KIC 12644714", "Kepler", "quarter 12", 1765.46, 3),
    "psfmachine/tpf_test_04.fits": ("KIC 12644822", "Kepler", "quarter 12", 1765.46, 5),
}


def real(name: str) -> Path:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the real data are not here: {path}")
    return path


def opened(name: str) -> TargetPixels:
    data = open_file(real(name))
    assert isinstance(data, TargetPixels)
    return data


def bare(path: Path) -> tuple[dict[str, NDArray[np.generic]], dict[str, object], NDArray[np.generic]]:
    """Columns, cards of the table and aperture as astropy reads them."""
    from astropy.io import fits

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(path) as file:
            rows = file[1].data
            names = ("TIME", "FLUX", "FLUX_ERR", "QUALITY", "CADENCENO")
            return {name: np.array(rows[name]) for name in names}, dict(file[1].header), np.array(file[2].data)


def summed(values: NDArray[np.generic], mask: Bools) -> Floats:
    inside = np.asarray(values, np.float64)[:, mask]
    return np.where(np.isnan(inside).all(axis=1), np.nan, np.nansum(inside, axis=1))


@pytest.mark.parametrize("name", list(FILES))
def test_that_a_real_file_is_named_as_its_header_does(name: str) -> None:
    object_name, mission, segment, cadence_s, _ = FILES[name]
    summary, source = summarise(real(name)), opened(name).source
    for said in (summary, source):
        assert (said.object_name, said.mission, said.segment) == (object_name, mission, segment)
    assert summary.kind == "target pixels"
    assert summary.cadence_s == pytest.approx(cadence_s, abs=0.01, nan_ok=True)


@pytest.mark.parametrize("name", list(FILES))
def test_that_frames_sums_and_columns_are_those_astropy_reads(name: str) -> None:
    pixels = opened(name)
    columns, _, aperture = bare(real(name))
    row = pixels.curve.row
    for key, values in (
        ("TIME", pixels.curve.time),
        ("QUALITY", pixels.curve.quality),
        ("CADENCENO", pixels.curve.cadence),
    ):
        np.testing.assert_array_equal(values, columns[key][row])
    for place in range(0, len(pixels), max(1, len(pixels) // 100)):
        np.testing.assert_array_equal(pixels.frames.frame(place), columns["FLUX"][row[place]])
    np.testing.assert_array_equal(pixels.mission_mask, aperture)
    n = FILES[name][-1]
    assert int(pixels.optimal.sum()) == n
    assert np.array_equal(pixels.aperture, (aperture.astype(np.int64) & 2) > 0) or n == 0
    drawn = np.random.default_rng(0).random(aperture.shape) < 0.5
    drawn[0, 0] = True
    for mask, flux in ((pixels.aperture, pixels.curve.flux), (drawn, pixels.frames.sums(drawn)[0])):
        np.testing.assert_allclose(flux, summed(columns["FLUX"], mask)[row], rtol=1e-12)
    known = np.isfinite(pixels.curve.flux_err)
    variance = summed(np.asarray(columns["FLUX_ERR"], np.float64) ** 2, pixels.aperture)[row]
    np.testing.assert_allclose(pixels.curve.flux_err[known], np.sqrt(variance[known]), rtol=1e-12)
    assert np.array_equal(known, np.isfinite(pixels.curve.flux) & np.isfinite(variance))


@pytest.mark.parametrize("name", [name for name in FILES if "synthetic" not in name and "1x1" not in name])
def test_that_the_target_is_in_the_frame_where_astropys_wcs_puts_it(name: str) -> None:
    from astropy.wcs import WCS

    pixels = opened(name)
    _, cards, _ = bare(real(name))
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = [cards["1CTYP5"], cards["2CTYP5"]]
    for attribute, key in (("crval", "CRVL5"), ("crpix", "CRPX5"), ("cdelt", "CDLT5")):
        setattr(wcs.wcs, attribute, [cards[f"1{key}"], cards[f"2{key}"]])
    wcs.wcs.pc = [[cards["11PC5"], cards["12PC5"]], [cards["21PC5"], cards["22PC5"]]]
    x, y = wcs.all_world2pix(pixels.source.ra_deg, pixels.source.dec_deg, 0)
    assert pixels.sky is not None
    ours = pixels.sky.to_pixel(np.array(pixels.source.ra_deg), np.array(pixels.source.dec_deg))
    assert (float(ours[0]), float(ours[1])) == pytest.approx((float(x), float(y)), abs=1e-6)
    height, width = pixels.frames.shape[1:]
    assert 0 <= ours[0] <= width - 1
    assert 0 <= ours[1] <= height - 1
    assert pixels.corner == (cards["1CRV5P"], cards["2CRV5P"])


def test_that_a_file_cut_short_says_so() -> None:
    with pytest.raises(ReadError, match="is cut short: table TARGETTABLES promises 1 row and 0 are there"):
        open_file(real(CUT_SHORT))


def test_that_every_real_file_is_looked_at() -> None:
    if FOLDER.exists():
        here = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.fits*")}
        assert here == {*FILES, CUT_SHORT}
