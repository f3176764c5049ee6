"""FITS tables with a time and a rate: seconds become days since the right zero, and what cannot be told is refused."""

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.time import Time, TimeDelta

from desktop_app.core.errors import ReadError
from desktop_app.io import data_files, open_curve, summarise
from desktop_app.io.source import read_head
from tests.fits_files import Cards, xray_columns, xray_file

MJDREF = 51910 + 7.4287037e-4


def test_that_a_rate_reads_as_astropy_reads_it(tmp_path: Path) -> None:
    path = xray_file(tmp_path)
    curve = open_curve(path)
    with fits.open(path) as file:
        rows = file[1].data
        seconds, rate, error = (np.array(rows[name], np.float64) for name in ("TIME", "RATE", "ERROR"))
    np.testing.assert_allclose(curve.time, seconds / 86400, rtol=0, atol=1e-11)
    np.testing.assert_array_equal(curve.flux, rate)
    np.testing.assert_array_equal(curve.flux_err, error)
    assert (curve.flux_name, curve.flux_unit, len(curve)) == ("RATE", "count/s", 60)
    assert set(curve.columns) == {"RATE", "ERROR", "RATE_ERR", "FRACEXP"}
    assert curve.source.notes == ("1 row has no flux.",)


def test_that_the_date_is_that_of_the_mission(tmp_path: Path) -> None:
    reference = (curve := open_curve(xray_file(tmp_path))).reference
    assert (reference.name, reference.scale, reference.barycentric) == ("MJD − 51910.00074287", "TT", False)
    # Swift counts seconds of TT since 2001-01-01 00:00:00 UTC.
    moment = Time(reference.zero_jd, curve.time[0], format="jd", scale="tt")
    expected = Time("2001-01-01T00:00:00", scale="utc").tt + TimeDelta(6.0e8, format="sec")
    assert abs((moment - expected).to_value("s")) < 1e-3


@pytest.mark.parametrize(
    ("cards", "without", "first", "name", "scale"),
    [
        ({"TIMEZERO": 8640.0}, (), 0.1, "MJD − 51910.00074287", "TT"),
        ({"TIMEZERI": 86400, "TIMEZERF": 8640.0}, (), 1.1, "MJD − 51910.00074287", "TT"),
        ({"TIMEUNIT": "d", "TIMEZERO": 2.5}, (), 2.5, "MJD − 51910.00074287", "TT"),
        ({"MJDREF": 50814.0}, ("MJDREFI", "MJDREFF"), 0.0, "MJD − 50814", "TT"),
        ({"MJDREFI": 0, "MJDREFF": 0.0, "TIMESYS": "UTC"}, (), 0.0, "MJD", "UTC"),
        ({"TIMEREF": "SOLARSYSTEM", "TIMESYS": "TDB"}, (), 0.0, "BMJD − 51910.00074287", "TDB"),
        ({}, ("MJDREFI", "MJDREFF"), 0.0, "time", "TT"),
        ({}, ("MJDREFI", "MJDREFF", "TIMESYS"), 0.0, "time", ""),
    ],
)
def test_that_zero_and_scale_are_what_the_keywords_say(
    tmp_path: Path, cards: Cards, without: tuple[str, ...], first: float, name: str, scale: str
) -> None:
    changes = {"TIME": 100.0 * np.arange(60)}
    curve = open_curve(xray_file(tmp_path, changes=changes, cards=cards, without=without))
    assert curve.time[0] == pytest.approx(first, abs=1e-12)
    assert curve.time[1] - curve.time[0] == pytest.approx(100 / 86400, abs=1e-12)
    assert (curve.reference.name, curve.reference.scale) == (name, scale)
    assert curve.reference.known == (name != "time")


def test_that_the_headers_say_what_the_file_is(tmp_path: Path) -> None:
    path = xray_file(tmp_path)
    said = summarise(path)
    assert (said.object_name, said.mission, said.cadence_s, said.rows) == ("GRB 200101A", "", 100.0, 60)
    source = open_curve(path).source
    assert (source.object_name, source.ra_deg, source.dec_deg) == ("GRB 200101A", 12.5, -3.25)
    assert data_files(tmp_path) == [path]
    assert summarise(xray_file(tmp_path, without=("TIMEUNIT",))).cadence_s == 100.0


@pytest.mark.parametrize(("place", "word"), [(0.0, "start"), (1.0, "end")])
def test_that_times_that_are_not_mid_bin_are_told(tmp_path: Path, place: float, word: str) -> None:
    notes = open_curve(xray_file(tmp_path, cards={"TIMEPIXR": place})).source.notes
    assert f"The times are those of the {word} of each bin." in notes


def test_that_the_best_rate_is_shown_and_the_others_can_be_chosen(tmp_path: Path) -> None:
    ones = np.ones(60)
    changes = {"COUNTS": 500 * ones, "COUNT_RATE": 5 * ones, "NET_RATE": 4 * ones, "ERR_RATE": 0.2 * ones}
    path = xray_file(tmp_path, changes=changes, without=("RATE", "ERROR", "FRACEXP"))
    curve = open_curve(path)
    assert (curve.flux_name, curve.flux[0], curve.flux_err[0]) == ("NET_RATE", 4.0, 0.2)
    assert curve.flux_choices == ("NET_RATE", "COUNT_RATE", "COUNTS")
    assert np.isnan(open_curve(path, flux="COUNTS").flux_err).all()


def test_that_a_flux_of_another_name_beside_a_spelt_time_opens(tmp_path: Path) -> None:
    changes = {"BJD_TDB": 2459000.5 + np.arange(60) / 48, "flux_w_offset": np.arange(60.0)}
    curve = open_curve(xray_file(tmp_path, changes=changes, without=tuple(xray_columns()), units={}))
    assert (curve.flux_name, curve.flux[1], curve.time[0]) == ("flux_w_offset", 1.0, 0.5)
    assert (curve.reference.name, curve.reference.scale) == ("BJD − 2459000", "TDB")


@pytest.mark.parametrize(
    ("changes", "without", "message"),
    [
        ({"RATE1": np.ones(60), "RATE2": np.ones(60)}, ("RATE",), "several columns of flux.*: RATE1, RATE2"),
        ({"FLUX_A": np.ones(60), "FLUX_B": np.ones(60)}, ("RATE",), "several columns of flux.*: FLUX_A, FLUX_B"),
        ({"RATE": np.ones((60, 4))}, (), "RATE of source.lc has 4 numbers in each row: its columns are TIME, RATE"),
        ({}, ("TIME",), "no light curve that Peculiar knows: its columns are RATE, ERROR, FRACEXP"),
    ],
    ids=["numbered", "two fluxes", "bands", "no time"],
)
def test_that_an_ambiguous_table_is_refused_with_its_columns(
    tmp_path: Path,
    changes: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]],
    without: tuple[str, ...],
    message: str,
) -> None:
    path = xray_file(tmp_path, changes=changes, without=without)
    for face in (open_curve, summarise):
        with pytest.raises(ReadError, match=message) as refused:
            face(path)
        assert refused.value.hint


def test_that_times_without_a_unit_are_refused_and_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"TIME of source\.lc has no unit: it may count days or seconds"):
        open_curve(xray_file(tmp_path, without=("TIMEUNIT",), units={}))
    with pytest.raises(ReadError, match="'fortnight', which is no unit of time"):
        open_curve(xray_file(tmp_path, units={"TIME": "fortnight"}))


def test_that_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = xray_file(tmp_path)
    path.write_bytes(path.read_bytes()[: len(read_head(path)) - 2880])
    with pytest.raises(ReadError, match=r"source\.lc is cut short: table RATE promises 60 rows"):
        open_curve(path)
