"""Every real light curve opens as an independent reading says, or is refused with a clear sentence."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import ReadError
from desktop_app.core.quality import quality_names
from desktop_app.io import data_files, open_curve, summarise
from tests.data import REAL, real_file

pytestmark = pytest.mark.real_data

FILES = [path for path in data_files(REAL) if ".fit" in path.name] if REAL.exists() else []
REFUSED = {"test-lc-tess-pimen-corrupted.fits": "table LIGHTCURVE promises 100 rows and 23 are there"}
NAMES = [str(path.relative_to(REAL)) for path in FILES if path.name not in REFUSED] or ["k2"]
QUALITIES = ("QUALITY", "SAP_QUALITY", "TESS_FLAGS")
TIMES = ("TIME", "T", "TMID_BJD")


@pytest.mark.parametrize("name", NAMES)
def test_that_a_real_file_reads_as_astropy_reads_it(name: str) -> None:
    from astropy.io import fits

    path = real_file(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(path) as file:
            rows, header = file[1].data, file[1].header
            expected = {column.name: np.array(rows[column.name]) for column in file[1].columns}
            keys = {**file[0].header, **header}
    curve = open_curve(path)
    assert len(curve) == summarise(path).rows == header["NAXIS2"]
    assert (np.diff(curve.row) == 1).all()
    time = next(values for column, values in expected.items() if column.upper() in TIMES)
    zero = float(keys.get("BJDREFI") or 0) + float(keys.get("BJDREFF") or 0)
    if time.ndim == 2:
        time, zero = time.sum(axis=1), 0.0
    if curve.reference.zero_jd != zero:
        # Full Julian dates, and zeros that only the unit of TIME gives.
        unit = str(header["TUNIT1"]).lower()
        assert zero == 0.0
        time = time - curve.reference.zero_jd if np.nanmin(time) > 2e6 else time
        spelt = {"btjd": 2457000, "bjd - 2454833": 2454833}
        assert unit not in spelt or spelt[unit] == curve.reference.zero_jd
    np.testing.assert_allclose(curve.time, time, rtol=0, atol=2e-9)
    np.testing.assert_array_equal(curve.flux, expected[curve.flux_name].astype(np.float64))
    for column, series in curve.columns.items():
        if column in expected:
            np.testing.assert_array_equal(series.values, expected[column].astype(np.float64))
    quality = next((values for column, values in expected.items() if column.upper() in QUALITIES), None)
    if quality is not None:
        np.testing.assert_array_equal(curve.quality, quality)
    assert curve.source.object_name == (str(keys.get("OBJECT") or "") or path.name.split(".")[0])
    mission = {"k2": "K2", "k2_moving": "K2"}.get(path.parent.name, "TESS" if "tess" in str(path).lower() else "Kepler")
    assert curve.source.mission == mission
    units = {str(header[f"TTYPE{n}"]): str(header.get(f"TUNIT{n}", "")).strip() for n in range(1, len(expected) + 1)}
    assert curve.flux_unit == units[curve.flux_name]
    cadence_s = summarise(path).cadence_s
    step_s = 86400 * float(np.median(np.diff(time[np.isfinite(time)])))
    assert np.isnan(cadence_s) or len(time) < 20 or cadence_s == pytest.approx(step_s, rel=0.05)
    assert np.isnan(cadence_s) == ("TIMEDEL" not in keys)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("k2/hlsp_k2sff_k2_lightcurve_060021426-cet_kepler_v1_llc.fits", 21),
        ("k2_moving/hlsp_k2movingbodies_k2_lightcurve_Leucus_c111_v0.3.dev1.fits", 10),
    ],
)
def test_that_every_aperture_of_a_real_file_reads_as_astropy_reads_it(name: str, parts: int) -> None:
    from astropy.io import fits

    path = real_file(name)
    assert open_curve(path).source.part == "BESTAPER"
    with fits.open(path) as file:
        tables = [hdu.name for hdu in file if isinstance(hdu, fits.BinTableHDU)]
        assert open_curve(path).source.parts == tuple(tables)
        assert len(tables) == parts
        for table in tables:
            curve = open_curve(path, part=table)
            assert curve.source.part == table
            np.testing.assert_array_equal(curve.flux, file[table].data[curve.flux_name].astype(np.float64)[curve.row])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (
            "hlsp_qlp_tess_ffi_s0024-0000000188589164_tess_v01_llc.fits",
            4128,
            ["Desaturation event", "Low precision (QLP)"],
        ),
        ("hlsp_tess-spoc_tess_phot_0000000188589164-s0024_tess_v1_lc.fits", 4096, ["Scattered light"]),
        (
            "hlsp_tglc_tess_ffi_gaiaid-6399196263939178880-s0001-cam2-ccd1_tess_v1_llc.fits",
            4,
            ["Coarse point"],
        ),
    ],
)
def test_that_quality_flags_are_named_as_the_product_means_them(name: str, value: int, expected: list[str]) -> None:
    curve = open_curve(real_file(f"tess_hlsp/{name}"))
    assert quality_names(curve.source.bits, value) == expected


def test_that_a_real_cdips_curve_offers_its_magnitudes() -> None:
    path = real_file("tess_hlsp/hlsp_cdips_tess_ffi_gaiatwo0003007171311355035136-0006_tess_v01_llc.fits")
    assert open_curve(path).flux_choices[:4] == ("IFL1", "IFL2", "IFL3", "PCA1")
    magnitudes = open_curve(path, flux="TFA2")
    assert (magnitudes.flux_unit, magnitudes.in_magnitudes) == ("mag", True)
    np.testing.assert_array_equal(magnitudes.flux_err, magnitudes.columns["IRE2"].values)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_that_a_broken_real_file_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(ReadError, match=REFUSED[name]):
        open_curve(real_file(f"robustness/{name}"))


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("EPIC206154641.csv", 3203, {"flux"}),
        ("KOI-3278_selflensing_events_sap.txt", 2112, {"flux", "flux_err", "flux_ERR"}),
        ("V606Vul_nova_TESS_S41.csv", 3658, {"flux", "flux_err", "flux_ERR", "centroid_col", "centroid_row"}),
    ],
)
def test_that_a_real_text_file_opens(name: str, rows: int, columns: set[str]) -> None:
    path = real_file(f"text/{name}")
    curve = open_curve(path)
    delimiter = "," if path.suffix == ".csv" else None
    expected = np.genfromtxt(path, delimiter=delimiter, skip_header=int(path.read_text()[0] == "t"))
    assert len(curve) == rows
    assert set(curve.columns) == columns
    np.testing.assert_array_equal(curve.time, expected[:, 0])
    np.testing.assert_array_equal(curve.flux, expected[:, 1])
    assert not curve.reference.known


def test_that_what_is_no_light_curve_is_refused() -> None:
    folder = real_file("").parent
    for path in sorted((folder / "images").rglob("*.fits"))[::20]:
        with pytest.raises(ReadError, match="no light curve"):
            open_curve(path)


def test_that_the_listing_finds_every_light_curve() -> None:
    real_file("")
    assert {Path(path).suffix for path in data_files(REAL)} == {".fits", ".gz", ".csv", ".txt", ".parquet"}
