"""Light curves of TESS, Kepler and K2: each column, number and name arrives."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.io import open_curve, summarise
from tests.fits_files import ZEROS, Mission, mission_columns, mission_file

MISSIONS = get_args(Mission)


@pytest.mark.parametrize("mission", MISSIONS)
def test_that_every_row_of_a_mission_file_arrives(tmp_path: Path, mission: Mission) -> None:
    made = mission_columns(mission=mission)
    curve = open_curve(mission_file(tmp_path, mission=mission))
    np.testing.assert_array_equal(curve.time, made["TIME"])
    np.testing.assert_array_equal(curve.flux, made["PDCSAP_FLUX"].astype(np.float64))
    np.testing.assert_array_equal(curve.flux_err, made["PDCSAP_FLUX_ERR"].astype(np.float64))
    np.testing.assert_array_equal(curve.quality, made["QUALITY" if mission == "TESS" else "SAP_QUALITY"])
    np.testing.assert_array_equal(curve.cadence, made["CADENCENO"])
    np.testing.assert_array_equal(curve.row, np.arange(200))
    assert (curve.flux_name, curve.flux_unit) == ("PDCSAP_FLUX", "e-/s")


@pytest.mark.parametrize(
    ("mission", "object_name", "segment", "system"),
    [
        ("TESS", "TIC 261136679", "sector 1", "BTJD"),
        ("Kepler", "KIC 8462852", "quarter 16", "BKJD"),
        ("K2", "EPIC 206103150", "campaign 3", "BKJD"),
    ],
)
def test_that_a_mission_file_says_what_it_is(
    tmp_path: Path, mission: Mission, object_name: str, segment: str, system: str
) -> None:
    path = mission_file(tmp_path, mission=mission)
    source = open_curve(path).source
    assert (source.object_name, source.mission, source.segment) == (object_name, mission, segment)
    assert (source.ra_deg, source.dec_deg) == (84.291198, -80.469143)
    reference = open_curve(path).reference
    assert (reference.name, reference.zero_jd, reference.scale) == (system, ZEROS[mission], "TDB")
    said = summarise(path)
    assert (said.object_name, said.mission, said.segment, said.rows) == (object_name, mission, segment, 200)


def test_that_the_name_of_a_file_does_not_matter(tmp_path: Path) -> None:
    path = mission_file(tmp_path, name="kepler.txt")
    assert open_curve(path).source.mission == "TESS"


@pytest.mark.parametrize("name", ["a.fits.gz", "a.fit.gz", "gzipped.fits"])
def test_that_gzip_is_told_by_content(tmp_path: Path, name: str) -> None:
    packed = mission_file(tmp_path, name="a.fits.gz").rename(tmp_path / name)
    assert open_curve(packed).digest == open_curve(mission_file(tmp_path, name="plain.fits")).digest


def test_that_another_flux_can_be_chosen_with_its_own_errors(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    curve = open_curve(path, flux="SAP_FLUX")
    assert curve.flux_choices == ("PDCSAP_FLUX", "SAP_FLUX")
    np.testing.assert_array_equal(curve.flux, mission_columns()["SAP_FLUX"].astype(np.float64))
    assert set(curve.flux_err) == {9.0}
    with pytest.raises(ParamError, match="PDCSAP_FLUX, SAP_FLUX"):
        open_curve(path, flux="NO_FLUX")


def test_that_sap_is_shown_where_pdcsap_is_empty(tmp_path: Path) -> None:
    curve = open_curve(mission_file(tmp_path, changes={"PDCSAP_FLUX": np.full(200, np.nan, np.float32)}))
    assert curve.flux_name == "SAP_FLUX"
    assert "PDCSAP_FLUX is empty in every row: SAP_FLUX is shown." in curve.source.notes


def test_that_missing_rows_are_kept_and_counted(tmp_path: Path) -> None:
    curve = open_curve(mission_file(tmp_path))
    assert len(curve) == 200
    assert curve.source.notes == ("4 rows have no time and 4 no flux.",)


def test_that_a_preset_hides_rows_and_loses_none(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    assert open_curve(path, quality="none").usable.sum() == 192
    assert open_curve(path).usable.sum() == 187
    with pytest.raises(ParamError, match="quality preset"):
        open_curve(path, quality="soft")  # type: ignore[arg-type]  # what a typo on the command line gives


def test_that_background_and_centroids_are_kept_with_their_units(tmp_path: Path) -> None:
    columns = open_curve(mission_file(tmp_path)).columns
    assert columns["SAP_BKG"].unit == "e-/s"
    assert columns["MOM_CENTR1"].unit == "pixel"
    np.testing.assert_array_equal(columns["MOM_CENTR1"].values, mission_columns()["MOM_CENTR1"])
    assert "CADENCENO" not in columns


@pytest.mark.parametrize(
    ("cards", "without", "unit", "zero"),
    [
        ({"BJDREFF": None}, (), "d", 2457000.0),
        ({}, ("BJDREFF",), "d", 2457000.0),
        ({"BJDREFF": 0.25}, (), "d", 2457000.25),
        ({"BJDREFI": 1e30}, (), "d", float("nan")),
        ({"BJDREFI": None}, (), "BJD - 2457000, days", 2457000.0),
        ({}, ("BJDREFI", "BJDREFF"), "btjd", 2457000.0),
        ({}, ("BJDREFI", "BJDREFF"), "d", float("nan")),
        ({"MJDREFI": 50000, "MJDREFF": 0.5}, ("BJDREFI", "BJDREFF"), "d", 2450001.0),
    ],
)
def test_that_the_zero_of_time_is_read_and_never_guessed(
    tmp_path: Path, cards: dict[str, str | int | float | None], without: tuple[str, ...], unit: str, zero: float
) -> None:
    curve = open_curve(mission_file(tmp_path, cards=cards, without=without, time_unit=unit))
    np.testing.assert_equal(curve.reference.zero_jd, zero)
    assert curve.reference.scale == "TDB"


def test_that_a_scale_nobody_knows_is_left_out(tmp_path: Path) -> None:
    assert open_curve(mission_file(tmp_path, cards={"TIMESYS": "STARDATE"})).reference.scale == ""


def test_that_seconds_become_days_and_unknown_units_are_refused(tmp_path: Path) -> None:
    seconds = mission_file(tmp_path, time_unit="s", changes={"TIME": 86400.0 * np.arange(200)})
    np.testing.assert_allclose(open_curve(seconds).time, np.arange(200))
    with pytest.raises(ReadError, match=r"star_lc\.fits counts time in 'fortnight'"):
        open_curve(mission_file(tmp_path, time_unit="fortnight"))


def test_that_times_that_go_back_are_put_into_order_with_their_row_numbers(tmp_path: Path) -> None:
    time = mission_columns()["TIME"].copy()
    time[[20, 30]] = time[[30, 20]]
    curve = open_curve(mission_file(tmp_path, changes={"TIME": time}))
    assert curve.row[[20, 30]].tolist() == [30, 20]
    assert "Time goes back: 2 rows were put into order." in curve.source.notes
    flux = mission_columns()["PDCSAP_FLUX"]
    np.testing.assert_array_equal(curve.flux, flux[curve.row].astype(np.float64))
    np.testing.assert_array_equal(curve.columns["SAP_BKG"].values, 200.0)


def test_that_a_row_without_time_stays_beside_its_neighbour(tmp_path: Path) -> None:
    time = mission_columns()["TIME"].copy()
    time[[20, 30]] = time[[30, 20]]
    curve = open_curve(mission_file(tmp_path, changes={"TIME": time}))
    assert curve.row[6:9].tolist() == [6, 7, 8]


def test_that_a_repeated_time_is_kept_and_counted(tmp_path: Path) -> None:
    time = mission_columns()["TIME"].copy()
    time[21] = time[20]
    curve = open_curve(mission_file(tmp_path, changes={"TIME": time}))
    assert len(curve) == 200
    assert "1 row has the time of the row before." in curve.source.notes


def test_that_the_header_is_there_card_by_card(tmp_path: Path) -> None:
    cards = {(card.hdu, card.keyword): card.value for card in open_curve(mission_file(tmp_path)).source.header}
    assert cards["PRIMARY", "TELESCOP"] == "TESS"
    assert cards["LIGHTCURVE", "BJDREFI"] == "2457000"


def test_that_a_damaged_value_is_told_by_the_checksum(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    content = bytearray(path.read_bytes())
    content[-2000] ^= 1
    path.write_bytes(content)
    notes = open_curve(path).source.notes
    assert "The checksum of LIGHTCURVE does not agree: values were damaged or changed." in notes


def test_that_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="has no rows"):
        open_curve(mission_file(tmp_path, n=0))
