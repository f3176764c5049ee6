"""Target pixel files: what is read, what is summed, and what is told where something is missing."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.pixels import TargetPixels, median_of, sampled_frames, with_aperture, with_pixel_preset
from desktop_app.core.progress import JobCancelled
from desktop_app.io import open_curve, open_file, summarise
from tests.fits_files import mission_file
from tests.pixel_files import CORNER, TARGET, Kind, optimal_mask, pixel_columns, pixel_file

KINDS: tuple[Kind, ...] = ("TESS", "Kepler", "K2", "TESScut")
SIZE = (5, 7)


def opened(path: Path) -> TargetPixels:
    data = open_file(path)
    assert isinstance(data, TargetPixels)
    return data


def sums(flux: NDArray[np.generic], mask: Bools) -> Floats:
    """What a person would sum."""
    inside = np.asarray(flux, np.float64)[:, mask]
    return np.where(np.isnan(inside).all(axis=1), np.nan, np.nansum(inside, axis=1))


@pytest.mark.parametrize("name", ["star_tp.fits", "star_tp.fits.gz"])
@pytest.mark.parametrize("kind", KINDS)
def test_that_frames_and_sums_are_those_of_the_file(kind: Kind, name: str, tmp_path: Path) -> None:
    pixels = opened(pixel_file(tmp_path, kind=kind, name=name))
    columns = pixel_columns(120, SIZE, kind)
    assert pixels.frames.shape == (120, *SIZE)
    assert all(np.array_equal(pixels.frames.frame(row), columns["FLUX"][row], equal_nan=True) for row in range(120))
    assert np.allclose(pixels.curve.flux, sums(columns["FLUX"], pixels.aperture), rtol=1e-12, equal_nan=True)
    errors = np.sqrt((columns["FLUX_ERR"][:, pixels.aperture].astype(np.float64) ** 2).sum(axis=1))
    assert np.allclose(pixels.curve.flux_err, errors, rtol=1e-12, equal_nan=True)
    for name_, values in (("TIME", pixels.curve.time), ("QUALITY", pixels.curve.quality)):
        assert np.array_equal(columns[name_], values, equal_nan=True)
    assert np.array_equal(pixels.curve.cadence, columns["CADENCENO"])


@pytest.mark.parametrize("kind", KINDS)
def test_that_object_mission_time_and_place_are_told(kind: Kind, tmp_path: Path) -> None:
    path = pixel_file(tmp_path, kind=kind)
    pixels, summary = opened(path), summarise(path)
    name = {
        "TESS": "TIC 261136679",
        "Kepler": "KIC 8462852",
        "K2": "EPIC 206103150",
        "TESScut": "84.29120 -80.46914",
    }[kind]
    segment = {"TESS": "sector 1", "Kepler": "quarter 16", "K2": "campaign 3", "TESScut": "sector 1"}[kind]
    assert (pixels.source.object_name, pixels.source.segment) == (name, segment)
    assert (summary.object_name, summary.segment, summary.kind) == (name, segment, "target pixels")
    assert (summary.rows, summary.shape) == (120, SIZE)
    assert summary.cadence_s == pytest.approx(float(np.nanmedian(np.diff(pixels.curve.time))) * 86400)
    assert pixels.curve.reference.label == ("BTJD, TDB" if kind in ("TESS", "TESScut") else "BKJD, TDB")
    assert pixels.corner == CORNER
    assert pixels.unit == "e-/s"


@pytest.mark.parametrize("name", ["star_tp.fits", "star_tp.fits.gz"])
def test_that_the_pipelines_aperture_is_summed_and_named(name: str, tmp_path: Path) -> None:
    pixels = opened(pixel_file(tmp_path, name=name))
    assert np.array_equal(pixels.mission_mask, optimal_mask(SIZE))
    assert np.array_equal(pixels.aperture, optimal_mask(SIZE) == 3)
    assert pixels.curve.flux_name == f"SUM {int(pixels.aperture.sum())} px"
    assert pixels.curve.flux_origin.startswith(f"row {CORNER[1] + 1}: ")


@pytest.mark.parametrize("name", ["star_tp.fits", "star_tp.fits.gz"])
def test_that_without_a_pipelines_aperture_the_bright_pixels_are_summed_and_said(name: str, tmp_path: Path) -> None:
    pixels = opened(pixel_file(tmp_path, kind="TESScut", name=name))
    assert pixels.aperture[2, 3]
    assert 1 < pixels.aperture.sum() < 20
    assert pixels.source.notes[0].startswith("The pipeline chose no aperture. Those that stand 3 sigma out")


def test_that_a_missing_aperture_extension_is_told(tmp_path: Path) -> None:
    pixels = opened(pixel_file(tmp_path, without=("APERTURE",)))
    assert pixels.source.notes[0].startswith("There is no APERTURE extension. Those that stand 3 sigma out")
    assert pixels.aperture[2, 3]


def test_that_an_aperture_of_another_size_is_told(tmp_path: Path) -> None:
    pixels = opened(pixel_file(tmp_path, aperture=np.full((3, 4), 3, np.int32)))
    assert "The APERTURE extension is of 4 × 3, the frames of 7 × 5." in pixels.source.notes[0]


def test_that_of_flat_frames_all_pixels_are_summed(tmp_path: Path) -> None:
    flat = np.zeros((20, *SIZE), np.float32)
    pixels = opened(pixel_file(tmp_path, kind="TESScut", n=20, changes={"FLUX": flat}))
    assert pixels.aperture.all()
    assert np.array_equal(pixels.curve.flux, np.zeros(20))
    assert "so all are summed" in pixels.source.notes[0]


@pytest.mark.parametrize("kind", ["TESScut", "Kepler"])
def test_that_a_row_of_zeros_among_others_counts_as_missing(kind: Kind, tmp_path: Path) -> None:
    flux = np.array(pixel_columns(120, SIZE, kind)["FLUX"])
    flux[50:53] = np.where(np.isnan(flux[50:53]), np.nan, 0)
    pixels = opened(pixel_file(tmp_path, kind=kind, changes={"FLUX": flux}))
    assert np.flatnonzero(np.isnan(pixels.curve.flux[40:70])).tolist() == [10, 11, 12]
    assert "3 rows have zero in every pixel, which counts as missing." in pixels.source.notes


def test_that_a_row_that_lacks_a_pixel_of_the_aperture_has_no_flux(tmp_path: Path) -> None:
    flux = pixel_columns(120, SIZE, "TESS")["FLUX"].copy()
    flux[60, 2, 3] = np.nan
    pixels = opened(pixel_file(tmp_path, changes={"FLUX": flux}))
    assert np.isnan(pixels.curve.flux[60])
    assert np.isfinite(pixels.curve.flux[61])


@pytest.mark.parametrize("name", ["star_tp.fits", "star_tp.fits.gz"])
def test_that_rows_out_of_order_keep_their_frames(name: str, tmp_path: Path) -> None:
    columns = pixel_columns(120, SIZE, "TESScut")
    back = columns["TIME"][::-1].copy()
    pixels = opened(pixel_file(tmp_path, kind="TESScut", name=name, changes={"TIME": back}))
    assert np.array_equal(pixels.curve.row, np.arange(120)[::-1])
    assert np.array_equal(pixels.frames.frame(0), columns["FLUX"][119])
    mask = np.zeros(SIZE, np.bool_)
    mask[1, 1] = True
    assert np.allclose(pixels.frames.sums(mask)[0], columns["FLUX"][::-1, 1, 1])


@pytest.mark.parametrize("name", ["star_tp.fits", "star_tp.fits.gz"])
def test_that_another_aperture_makes_another_curve_and_keeps_the_rest(name: str, tmp_path: Path) -> None:
    pixels = with_pixel_preset(opened(pixel_file(tmp_path, name=name)), "hard")
    mask = np.zeros(SIZE, np.bool_)
    mask[0, :2] = True
    drawn = with_aperture(pixels, mask)
    flux = pixel_columns(120, SIZE, "TESS")["FLUX"]
    assert np.allclose(drawn.curve.flux, sums(flux, mask), rtol=1e-12, equal_nan=True)
    assert drawn.curve.preset == "hard"
    assert np.array_equal(drawn.curve.quality, pixels.curve.quality)
    assert drawn.curve.flux_name == "SUM 2 px"
    assert drawn.curve.flux_choices == ("SUM 2 px",)
    assert drawn.curve.flux_origin == f"row {CORNER[1]}: {CORNER[0]}-{CORNER[0] + 1}"
    assert [key for key in drawn.curve.columns if key.startswith("SUM")] == ["SUM 2 px", "SUM 2 px_ERR"]
    assert drawn.digest != pixels.digest
    assert with_aperture(drawn, mask) is drawn


def test_that_summing_can_be_cancelled(tmp_path: Path) -> None:
    pixels = opened(pixel_file(tmp_path))

    def cancelled(_done: float, _text: str) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        with_aperture(pixels, np.ones(SIZE, np.bool_), cancelled)


def test_that_the_median_frame_is_that_of_rows_looked_at(tmp_path: Path) -> None:
    pixels = opened(pixel_file(tmp_path))
    flux = pixel_columns(120, SIZE, "TESS")["FLUX"].astype(np.float64)
    expected = np.median(flux[pixels.curve.usable][:, :4, :4], axis=0)
    median = median_of(sampled_frames(pixels))
    assert np.allclose(median[:4, :4], expected)
    assert np.isnan(median[-1, -1])


def test_that_the_target_is_where_the_wcs_says(tmp_path: Path) -> None:
    for kind in KINDS:
        pixels = opened(pixel_file(tmp_path, kind=kind))
        assert pixels.sky is not None
        assert pixels.sky.problem == ""
        x, y = pixels.sky.to_pixel(np.array([TARGET[0]]), np.array([TARGET[1]]))
        assert (x[0], y[0]) == pytest.approx((3.0, 2.0), abs=1e-6)


def test_that_the_wcs_is_that_of_the_flux_column_wherever_it_stands(tmp_path: Path) -> None:
    pixels = opened(pixel_file(tmp_path, without=("TIMECORR", "RAW_CNTS")))
    assert pixels.corner == CORNER
    assert pixels.sky is not None


def test_that_without_a_wcs_there_is_no_sky(tmp_path: Path) -> None:
    pixels = opened(pixel_file(tmp_path, without=("1CTYP5", "2CTYP5")))
    assert pixels.sky is None
    assert pixels.corner == CORNER


def test_that_the_wcs_of_the_aperture_stands_in_where_the_flux_column_has_none(tmp_path: Path) -> None:
    from astropy.io import fits

    path = pixel_file(tmp_path, without=("1CTYP5", "2CTYP5", "1CRV5P", "2CRV5P"))
    with fits.open(path, mode="update") as file:
        cards = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRPIX1": 4.0, "CRPIX2": 3.0, "CRVAL1": TARGET[0]}
        cards |= {"CRVAL2": TARGET[1], "CDELT1": -0.00583, "CDELT2": 0.00583}
        file["APERTURE"].header.update(cards | {"CRVAL1P": 11, "CRVAL2P": 22, "CRPIX1P": 1, "CRPIX2P": 1})
    pixels = opened(path)
    assert pixels.corner == (11, 22)
    assert pixels.sky is not None
    x, y = pixels.sky.to_pixel(np.array(TARGET[0]), np.array(TARGET[1]))
    assert (float(x), float(y)) == pytest.approx((3.0, 2.0), abs=1e-6)


def test_that_background_and_motion_stand_beside_the_flux(tmp_path: Path) -> None:
    curve = open_curve(pixel_file(tmp_path))
    background = pixel_columns(120, SIZE, "TESS")["FLUX_BKG"].astype(np.float64)
    assert np.allclose(curve.columns["FLUX_BKG mean"].values, background.mean(axis=(1, 2)))
    assert set(curve.columns) >= {"TIMECORR", "POS_CORR1", "POS_CORR2"}


def test_that_a_single_cadence_and_a_single_pixel_open(tmp_path: Path) -> None:
    one = opened(pixel_file(tmp_path, kind="TESScut", n=1))
    assert one.frames.shape == (1, *SIZE)
    pixel = opened(pixel_file(tmp_path, kind="TESScut", size=(1, 1)))
    assert pixel.frames.frame(3).shape == (1, 1)


def test_that_whole_numbers_are_scaled_and_their_null_is_missing(tmp_path: Path) -> None:
    counts = np.arange(40 * 35, dtype=np.int16).reshape(40, *SIZE)
    cards = {"TNULL5": 7, "TSCAL5": 0.5, "TZERO5": 100.0}
    pixels = opened(pixel_file(tmp_path, kind="TESScut", n=40, changes={"FLUX": counts}, cards=cards))
    frame = pixels.frames.frame(0)
    assert np.isnan(frame[1, 0])
    assert frame[0, :3].tolist() == [100.0, 100.5, 101.0]


def test_that_a_changed_file_is_not_read_on(tmp_path: Path) -> None:
    path = pixel_file(tmp_path)
    pixels = opened(path)
    os.utime(path, ns=(1, 1))
    with pytest.raises(ReadError, match="changed since it was opened"):
        pixels.frames.frame(0)
    with pytest.raises(ReadError, match="changed since it was opened"):
        pixels.frames.sums(np.ones(SIZE, np.bool_))


@pytest.mark.parametrize("name", ["star_tp.fits", "star_tp.fits.gz"])
def test_that_a_file_cut_short_is_refused(name: str, tmp_path: Path) -> None:
    import gzip

    path = pixel_file(tmp_path, name=name)
    content = gzip.decompress(path.read_bytes()) if name.endswith("gz") else path.read_bytes()
    short = content[: len(content) - 40_000]
    path.write_bytes(gzip.compress(short) if name.endswith("gz") else short)
    with pytest.raises(ReadError, match=r"is cut short: table PIXELS promises 120 rows and \d+ are there"):
        open_file(path)


def test_that_damaged_values_are_told_by_the_checksum(tmp_path: Path) -> None:
    path = pixel_file(tmp_path)
    content = bytearray(path.read_bytes())
    content[-30_000] ^= 1
    path.write_bytes(content)
    assert any("checksum of PIXELS does not agree" in note for note in open_file(path).source.notes)
    assert not any("checksum" in note for note in open_file(pixel_file(tmp_path, name="whole.fits")).source.notes)


def test_that_pixels_without_pictures_are_refused_by_name(tmp_path: Path) -> None:
    path = pixel_file(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"TDIM5   = '(7,5)", b"TDIM5   = '(9,9)"))
    with pytest.raises(
        ReadError, match=r"Column FLUX of table PIXELS of star_tp\.fits holds no pictures: TFORM5 = '35E'"
    ):
        open_file(path)
    with pytest.raises(ReadError, match=r"Table PIXELS of star_tp\.fits has no column FLUX"):
        open_file(pixel_file(tmp_path, without=("FLUX",)))
    with pytest.raises(ReadError, match=r"Table PIXELS of star_tp\.fits has no rows"):
        open_file(pixel_file(tmp_path, n=0))


def test_that_a_gzipped_file_beyond_memory_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pixel_file(tmp_path, name="star_tp.fits.gz")
    monkeypatch.setattr("desktop_app.io.pixels.pixel_scan.KEPT_LIMIT_BYTES", 1000)
    with pytest.raises(ReadError, match="is gzipped, and its frames would take") as caught:
        open_file(path)
    assert caught.value.hint == "Unpack it: frames of a plain file are read one by one."


def test_that_pictures_in_a_table_of_another_name_are_target_pixels(tmp_path: Path) -> None:
    assert opened(pixel_file(tmp_path, cards={"EXTNAME": "CUTOUTS"})).frames.shape == (120, *SIZE)


def test_that_a_light_curve_is_none_of_it(tmp_path: Path) -> None:
    assert summarise(mission_file(tmp_path)).kind == "light curve"


def test_that_a_flux_column_that_is_none_is_refused_by_the_name_of_the_sum(tmp_path: Path) -> None:
    path = pixel_file(tmp_path)
    with pytest.raises(ParamError, match="no flux column called 'SAP_FLUX'") as caught:
        open_file(path, flux="SAP_FLUX")
    assert caught.value.hint == "The flux columns are: SUM 9 px."
    assert open_curve(path, flux="SUM 9 px", quality="hard").preset == "hard"


def test_that_there_are_no_parts(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="has no parts"):
        open_file(pixel_file(tmp_path), part="2")
