"""Light curves of teams beside the missions: each by its own columns, with its own errors and zero of time."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from desktop_app.io import open_curve, summarise
from tests.fits_files import Arrays, Cards, Team, k2_team_columns, write_table

N = 30
TIME = 1325.0 + np.arange(N) / 48
ONES = np.ones(N, np.float32)
FLAGS = np.arange(N, dtype=np.int32)
BTJD: Cards = {"BJDREFI": 2457000, "TIMESYS": "TDB"}


def columns(*fluxes: str, **others: object) -> Arrays:
    """Each flux is its place in the list, so that the right one is known when it is seen."""
    made = {name: (n + 1) * ONES for n, name in enumerate(fluxes)}
    return made | {name: np.asarray(values) for name, values in others.items()}


@pytest.mark.parametrize(
    ("made", "primary", "flux", "error"),
    [
        (
            columns("SAP_FLUX", "KSPSAP_FLUX", "KSPSAP_FLUX_ERR", TIME=TIME, QUALITY=FLAGS),
            {"ORIGIN": "MIT/QLP"},
            ("KSPSAP_FLUX", 2.0),
            3.0,
        ),
        (
            columns("SAP_FLUX", "DET_FLUX", "DET_FLUX_ERR", TIME=TIME, QUALITY=FLAGS),
            {"ORIGIN": "MIT/QLP"},
            ("DET_FLUX", 2.0),
            3.0,
        ),
        (
            columns("psf_flux", "cal_psf_flux", time=TIME, TESS_flags=FLAGS, TGLC_flags=ONES),
            {"ORIGIN": "UCSB/TGLC", "CPSF_ERR": 0.5},
            ("cal_psf_flux", 2.0),
            0.5,
        ),
        (
            columns(
                "RAW_FLUX",
                "CORR_FLUX",
                "FLUX_ERR",
                TIME=TIME,
                QUALITY=FLAGS,
                FFIINDEX=TIME,
            ),
            {"CREATOR": "astrocut"},
            ("CORR_FLUX", 2.0),
            3.0,
        ),
        (
            columns("FLUX", "FLUX_ERR", TIME=TIME, QUALITY=FLAGS),
            {"CREATOR": "lightkurve"},
            ("FLUX", 1.0),
            2.0,
        ),
    ],
    ids=["qlp", "qlp later", "tglc", "eleanor", "lightkurve"],
)
def test_that_a_tess_product_shows_its_corrected_flux(
    tmp_path: Path, made: Arrays, primary: Cards, flux: tuple[str, float], error: float
) -> None:
    path = write_table(tmp_path / "a.fits", made, primary={"TELESCOP": "TESS", "SECTOR": 13, **primary}, cards=BTJD)
    curve = open_curve(path)
    assert (curve.flux_name, curve.flux[0], curve.flux_err[0]) == (*flux, error)
    assert curve.quality.tolist() == list(range(N))
    assert (curve.reference.name, curve.source.mission, curve.source.segment) == ("BTJD", "TESS", "sector 13")
    assert summarise(path).rows == N


def test_that_cdips_counts_from_btjd_and_keeps_magnitudes(tmp_path: Path) -> None:
    made = columns("IFL1", "IFE1", "PCA1", TMID_BJD=2457000 + TIME)
    zero: Cards = {
        "BJDREFI": 0,
        "BJDREFF": 0,
        "TIMESYS": "TDB",
        "TELESCOP": "TESS",
        "ORIGIN": "CDIPS|Princeton",
    }
    curve = open_curve(write_table(tmp_path / "a.fits", made, primary=zero))
    assert curve.reference.name == "BTJD"
    np.testing.assert_allclose(curve.time, TIME, atol=1e-9)
    assert (curve.flux_name, curve.flux[0], curve.flux_err[0]) == ("IFL1", 1.0, 2.0)
    assert curve.columns["PCA1"].values[0] == 3.0


def test_that_k2sff_and_k2varcat_are_k2(tmp_path: Path) -> None:
    primary: Cards = {"TELESCOP": "Kepler", "CAMPAIGN": 4}
    made = columns("FRAW", "FCOR", T=TIME, ARCLENGTH=ONES, MOVING=ONES)
    curve = open_curve(write_table(tmp_path / "a.fits", made, primary=primary, cards={"BJDREFI": 2454833}))
    assert (curve.flux_name, curve.flux_choices) == ("FCOR", ("FCOR", "FRAW"))
    assert (curve.reference.name, curve.source.mission, curve.source.segment) == ("BKJD", "K2", "campaign 4")
    made = columns("APTFLUX", "APTFLUX_ERR", "DETFLUX", "DETFLUX_ERR", TIME=TIME)
    curve = open_curve(write_table(tmp_path / "b.fits", made, primary=primary, units={"TIME": "BJD - 2454833"}))
    assert (curve.flux_name, curve.flux_err[0], curve.reference.name) == ("DETFLUX", 4.0, "BKJD")
    assert open_curve(tmp_path / "b.fits", flux="APTFLUX").flux_err[0] == 2.0


EPIC: Cards = {"TELESCOP": "Kepler", "MISSION": "K2", "OBJECT": "EPIC 201367065", "CAMPAIGN": 1}


@pytest.mark.parametrize("product", get_args(Team))
def test_that_a_k2_curve_of_a_team_reads_as_astropy_reads_it(tmp_path: Path, product: Team) -> None:
    from astropy.io import fits

    made = k2_team_columns(product)
    unit = {"TIME": "BJD - 2454833", "time": "BJD - 2454833"}
    path = write_table(tmp_path / "a.fits", made, primary=EPIC, units=unit)
    curve, said = open_curve(path), summarise(path)
    with fits.open(path) as file:
        rows = {name.upper(): np.array(file[1].data[name]) for name in file[1].columns.names}
    np.testing.assert_array_equal(curve.time, rows["TIME"])
    np.testing.assert_array_equal(curve.flux, rows["FLUX"])
    np.testing.assert_array_equal(curve.flux_err, rows["FRAW_ERR" if product == "everest" else "ERROR"])
    np.testing.assert_array_equal(curve.quality, rows["QUALITY"])
    np.testing.assert_array_equal(curve.cadence, rows["CADN" if product == "everest" else "CADENCE"])
    assert (curve.source.mission, curve.source.segment, curve.reference.label) == ("K2", "campaign 1", "BKJD")
    assert (said.object_name, said.mission, said.segment, said.rows) == ("EPIC 201367065", "K2", "campaign 1", 60)
    assert curve.usable.sum() == 60 - 6 - 1
    assert "1 row has no flux." in curve.source.notes


@pytest.mark.parametrize("product", get_args(Team))
def test_that_a_k2_curve_of_a_team_that_names_no_zero_has_that_of_its_documentation(
    tmp_path: Path, product: Team
) -> None:
    curve = open_curve(write_table(tmp_path / "a.fits", k2_team_columns(product)))
    assert (curve.reference.name, curve.reference.zero_jd, curve.reference.scale) == ("BKJD", 2454833.0, "TDB")
    assert (curve.source.mission, curve.time[0]) == ("K2", 2144.1)


def test_that_everest_offers_its_three_fluxes_with_the_errors_of_the_raw_one(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.fits", k2_team_columns("everest"), primary=EPIC)
    assert open_curve(path).flux_choices == ("FLUX", "FCOR", "FRAW")
    raw = open_curve(path, flux="FRAW")
    assert (raw.flux_err[0], raw.columns["BKG"].values[0]) == (50.0, 200.0)
    assert raw.quality[7] == 1 << 24


@pytest.mark.parametrize("names", [{}, {"trtime": "trend_t", "trposi": "trend_p"}], ids=["second", "first"])
def test_that_k2sc_keeps_its_trends_and_says_what_is_taken_out(tmp_path: Path, names: dict[str, str]) -> None:
    made = {names.get(name, name): values for name, values in k2_team_columns("k2sc").items()}
    curve = open_curve(write_table(tmp_path / "a.fits", made, primary=EPIC))
    trends = set(names.values()) or {"trtime", "trposi"}
    assert set(curve.columns) == {"flux", "error", "flux_ERR", "x", "y", "mflags"} | trends
    assert any("free of the star's own slow variation" in note for note in curve.source.notes)


def test_that_a_moving_body_in_full_julian_dates_keeps_its_digits(tmp_path: Path) -> None:
    made = columns("FLUX", "FLUX_ERR", TIME=2457714.5 + np.arange(N) / 48)
    primary: Cards = {"TELESCOP": "Kepler", "HLSPNAME": "K2MovingBodies", "OBJECT": "Leucus"}
    curve = open_curve(write_table(tmp_path / "a.fits", made, primary=primary, units={"TIME": "JD"}))
    assert (curve.reference.name, curve.reference.zero_jd) == ("JD − 2457000", 2457000.0)
    assert not curve.reference.barycentric
    assert (curve.time[0], curve.source.mission, curve.source.object_name) == (714.5, "K2", "Leucus")


def test_that_times_in_two_parts_are_added_without_loss(tmp_path: Path) -> None:
    days = 2454953.0 + np.arange(N)
    fractions = np.linspace(-0.5, 0.5, N)
    made = columns("flux", "flux_err", time=np.column_stack([days, fractions]))
    zero: Cards = {"BJDREFI": 2454833, "BJDREFF": 0.0, "JDREF": 0.0, "TELESCOP": "Kepler"}
    curve = open_curve(write_table(tmp_path / "a.fits", made, cards=zero, units={"time": "d"}))
    np.testing.assert_array_equal(curve.time, (days - 2454833.0) + fractions)
    assert curve.reference.name == "BKJD"
