"""Columns named on the command line and remembered, and files of one object stitched, as a user runs them."""

import csv
from pathlib import Path

import numpy as np

from tests.e2e.program import peculiar
from tests.fits_files import mission_file
from tests.tables import odd_columns, write_fits, write_text

FAINTER = ("dip", "transit", "eclipse")


def _dips(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] in FAINTER]


def test_that_named_columns_are_looked_at_and_remembered(tmp_path: Path) -> None:
    path = write_text(tmp_path / "odd.csv", odd_columns(2000))
    words = ("--time", "a", "--flux", "c", "--flux-err", "d", "--time-unit", "s", "--time-zero", "BTJD")
    run = peculiar("detect", path, *words, "--out", tmp_path / "events.csv")
    assert run.status == 0, run.err
    assert "remembered" in run.err
    (dip,) = _dips(tmp_path / "events.csv")
    assert abs(int(dip["row_start"]) - 100) <= 3
    assert dip["time_system"] == "BTJD, TDB"
    again = peculiar("detect", write_text(tmp_path / "other.csv", odd_columns(2000, seed=1)))
    assert again.status == 0, again.err
    assert any(kind in again.out for kind in FAINTER)
    assert "remembered" not in again.err


def test_that_an_unknown_column_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    path = write_text(tmp_path / "odd.csv", odd_columns())
    run = peculiar("detect", path, "--time", "a", "--flux", "nope")
    assert run.status == 1
    assert "no column 'nope' for the flux" in run.err
    assert "a, b, c, d, e" in run.err
    assert "Traceback" not in run.err


def test_that_flux_alone_is_enough_where_the_time_is_told(tmp_path: Path) -> None:
    columns = odd_columns(2000)
    path = write_text(tmp_path / "half.csv", {"BTJD": columns["a"] / 86400, "x": columns["b"], "y": columns["c"]})
    assert "y" in peculiar("detect", path).err
    run = peculiar("detect", path, "--flux", "y")
    assert run.status == 0, run.err
    assert any(kind in run.out for kind in FAINTER)


def test_that_flux_keeps_its_meaning_where_the_columns_are_told(tmp_path: Path) -> None:
    run = peculiar("detect", mission_file(tmp_path, n=500), "--flux", "SAP_FLUX")
    assert run.status == 0, run.err
    assert "remembered" not in run.err
    wrong = peculiar("detect", mission_file(tmp_path, n=500, name="b_lc.fits"), "--flux", "NOPE")
    assert "The flux columns are: PDCSAP_FLUX, SAP_FLUX" in wrong.err


def test_that_choices_are_listed_and_forgotten(tmp_path: Path) -> None:
    assert "No columns were chosen yet" in peculiar("columns").out
    path = write_fits(tmp_path / "odd.fits", odd_columns())
    words = ("--time", "a", "--flux", "c", "--time-unit", "s")
    assert peculiar("detect", path, *words).status == 0
    listed = peculiar("columns").out
    assert "time from a, flux from c, times in s" in listed
    assert "odd.fits" in listed
    assert peculiar("columns", "forget", "2").status == 2
    assert peculiar("columns", "forget").status == 2
    assert "1 choice forgotten" in peculiar("columns", "forget", "1").out
    assert "No columns were chosen yet" in peculiar("columns", "list").out


def test_that_the_help_of_a_command_explains_the_columns() -> None:
    for command in ("open", "detect"):
        assert "--time-zero" in peculiar(command, "--help").out


def _sectors(folder: Path) -> list[Path]:
    paths = []
    for number in (1, 2, 5):
        time = 1325.29 + 27 * (number - 1) + 120 / 86400 * np.arange(2000)
        cards = {"SECTOR": number, "OBJECT": "TIC 42"}
        paths.append(
            mission_file(folder, name=f"s{number}_lc.fits", n=2000, seed=number, changes={"TIME": time}, cards=cards)
        )
    return paths


def test_that_files_of_one_object_are_stitched_and_events_name_file_and_row(tmp_path: Path) -> None:
    from astropy.io import fits

    paths = _sectors(tmp_path)
    with fits.open(paths[2], mode="update") as hdus:
        hdus[1].data["PDCSAP_FLUX"][1000:1020] *= 0.95
    other = mission_file(tmp_path, name="other_lc.fits", n=2000, cards={"OBJECT": "TIC 7"})
    run = peculiar("detect", "--stitch", *paths, other, "--out", tmp_path / "events.csv")
    assert run.status == 0, run.err
    assert "TIC 42, sectors 1, 2, 5: " in run.err
    assert f"{other}: " in run.err
    (dip,) = _dips(tmp_path / "events.csv")
    assert dip["file"] == str(paths[2])
    assert abs(int(dip["row_start"]) - 1000) <= 3
    assert abs(int(dip["row_end"]) - 1019) <= 3


def test_that_text_files_named_one_by_one_are_stitched_and_those_of_a_folder_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "nights"
    folder.mkdir()
    nights = []
    for night in range(2):
        columns = odd_columns(500, seed=night)
        table = {"BTJD": columns["a"] / 86400 + 20 * night, "flux": columns["b"]}
        nights.append(write_text(folder / f"night{night}.csv", table))
    assert "2 files: " in peculiar("detect", "--stitch", *nights).err
    apart = peculiar("detect", "--stitch", folder).err
    assert f"{nights[0]}: " in apart
    assert f"{nights[1]}: " in apart


def test_that_of_products_of_one_sector_in_a_folder_one_is_taken_and_the_others_told(tmp_path: Path) -> None:
    folder = tmp_path / "sectors"
    folder.mkdir()
    paths = _sectors(folder)
    twin = folder / "z1_lc.fits"
    twin.write_bytes(paths[0].read_bytes())
    run = peculiar("detect", "--stitch", folder)
    assert run.status == 0, run.err
    assert "TIC 42, sectors 1, 2, 5: " in run.err
    assert f"{twin}: left out" in run.err
    assert "left out" not in peculiar("detect", "--stitch", *paths).err


def test_that_files_that_cannot_be_stitched_are_told_and_the_others_looked_at(tmp_path: Path) -> None:
    paths = _sectors(tmp_path)
    broken = tmp_path / "broken.fits"
    broken.write_bytes(paths[0].read_bytes()[:3000])
    run = peculiar("detect", "--stitch", *paths, broken)
    assert run.status == 1
    assert "broken.fits" in run.err
    assert "TIC 42, sectors 1, 2, 5: " in run.err
    assert "Traceback" not in run.err


def test_that_info_reads_by_the_named_columns(tmp_path: Path) -> None:
    path = write_text(tmp_path / "odd.csv", odd_columns())
    run = peculiar("info", path, "--time", "a", "--flux", "c", "--time-unit", "s", "--time-zero", "BTJD")
    assert run.status == 0, run.err
    assert "1325.00000 BTJD" in run.out
    assert "remembered" in run.err
    assert peculiar("info", path, "--time", "a", "--flux", "nope").status == 2
    assert "1325.00000 BTJD" in peculiar("info", path).out
