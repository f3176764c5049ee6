"""``peculiar evaluate telemetry`` and ``report`` as a user calls them."""

import json
from pathlib import Path

from tests.e2e.program import peculiar
from tests.telemetry_sets import write_set


def test_that_an_evaluation_of_telemetry_is_told_written_drawn_and_shown_again(tmp_path: Path) -> None:
    path, kept, plots = write_set(tmp_path), tmp_path / "report.json", tmp_path / "plots"
    words = ("--detector", "discord", "--json", kept, "--plots", plots, "--jobs", "1", "--strict")
    run = peculiar("evaluate", "telemetry", path, *words)
    assert run.status == 0, run.out + run.err
    for told in ("VUS-PR", "corr. F0.5", "SMAP, offline", "MSL, offline", "position only", "4 of 4 checks passed"):
        assert told in run.out
    assert "streaming (a score" not in run.out
    report = json.loads(kept.read_text(encoding="utf-8"))
    assert [method["name"] for method in report["methods"] if not method["control"]] == ["discord"]
    drawn = {file.name: file.stat().st_size for file in plots.iterdir()}
    assert {"methods.png", "roc.png", "precision_recall.png", "confusion_discord.png", "channels_discord.png"} < set(
        drawn
    )
    assert {f"timeline_discord_{channel}.png" for channel in ("P-1", "P-2", "M-1")} < set(drawn)
    assert min(drawn.values()) > 5000
    again = peculiar("evaluate", "report", kept)
    assert again.out == run.out


def test_that_a_check_that_fails_is_told_and_with_strict_ends_with_an_error(tmp_path: Path) -> None:
    run = peculiar("evaluate", "telemetry", write_set(tmp_path), "--detector", "limits", "--jobs", "1", "--strict")
    assert run.status == 1
    assert "FAILED CHECK: limits, " in run.out
    assert "does not exceed that of the control" in run.out


def test_that_the_report_that_ships_is_shown_as_tables_for_a_document() -> None:
    run = peculiar("evaluate", "report", "--markdown")
    assert run.status == 0, run.err
    assert "| discord | " in run.out
    assert "**SMAP, offline" in run.out


def test_that_data_without_labels_and_files_that_are_no_report_are_sentences(tmp_path: Path) -> None:
    run = peculiar("evaluate", "telemetry", write_set(tmp_path, labels=False), "--detector", "limits", "--jobs", "1")
    assert (run.status, run.out) == (1, "")
    assert "No label is known for" in run.err
    assert "--labels FILE" in run.err
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    run = peculiar("evaluate", "report", tmp_path / "other.json")
    assert run.status == 1
    assert "no report of an evaluation of telemetry" in run.err


def test_that_an_impossible_wish_is_a_wrong_call(tmp_path: Path) -> None:
    for words in (("--threshold", "0"), ("--jobs", "0"), ("--faults", "none"), ("--set", "windows")):
        run = peculiar("evaluate", "telemetry", tmp_path, *words)
        assert run.status == 2
        assert "is not" in run.err
