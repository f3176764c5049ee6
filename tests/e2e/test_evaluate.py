"""``peculiar evaluate`` as a user calls it."""

import json
from pathlib import Path

from tests.e2e.program import peculiar
from tests.evaluations import rows_of, write_folder, write_table


def test_that_an_evaluation_is_told_and_written(tmp_path: Path) -> None:
    table = write_folder(tmp_path)
    run = peculiar("evaluate", "lightcurves", tmp_path, "--truth", table, "--json", tmp_path / "report.json")
    assert run.status == 0, run.err
    for told in ("Events found", "ensemble", "running median, 4 MAD", "random scores", "per 27 d", "bootstrap"):
        assert told in run.out
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [method["name"] for method in report["methods"]] == ["ensemble", "running-median", "windows", "random"]


def test_that_files_that_are_missing_are_told_and_unreadable_ones_end_with_an_error(tmp_path: Path) -> None:
    write_folder(tmp_path)
    (tmp_path / "curves" / "broken.fits").write_bytes(b"")
    rows = rows_of("curves/star0.csv") + rows_of("curves/broken.fits") + rows_of("elsewhere.csv")
    table = write_table(tmp_path / "truth" / "events.csv", rows)
    run = peculiar("evaluate", "lightcurves", tmp_path, "--truth", table, "--no-controls", "--quiet", "none")
    assert run.status == 1
    assert "1 file of the tables not found and left out: elsewhere.csv" in run.err
    assert "missed all events of curves/broken.fits" in run.err
    assert "Traceback" not in run.err


def test_that_a_table_without_its_columns_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("name,when\nflare,yesterday\n", encoding="utf-8")
    run = peculiar("evaluate", "lightcurves", tmp_path, "--truth", tmp_path / "t.csv")
    assert run.status == 1
    assert "has no column 'file'" in run.err


def test_that_a_report_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    table = write_folder(tmp_path)
    run = peculiar("evaluate", "lightcurves", tmp_path, "--truth", table, "--json", tmp_path / "none" / "report.json")
    assert run.status == 1
    assert "cannot be written" in run.err


def test_that_an_impossible_wish_is_a_wrong_call(tmp_path: Path) -> None:
    for words in (("--budget", "-3"), ("--threshold", "0"), ("--jobs", "0"), ("--set", "gap_d")):
        run = peculiar("evaluate", "lightcurves", tmp_path, "--truth", "t.csv", *words)
        assert run.status == 2
        assert "is not" in run.err
