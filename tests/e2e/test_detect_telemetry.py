"""``peculiar detect`` with telemetry: parts, channels, folders of all kinds, and what is written of them."""

import csv
import signal
import sys
from pathlib import Path

import pytest

from desktop_app.core.telemetry import Telemetry
from desktop_app.io import open_file
from desktop_app.io.telemetry.labels import load_labels
from tests.e2e.program import peculiar, started
from tests.e2e.stars import write_star
from tests.telemetry_files import packed, table_text, telemanom_folder

LIMITS = ("--detector", "limits", "--no-cache")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_that_every_part_of_an_archive_is_looked_at_and_written_as_labels(tmp_path: Path) -> None:
    archive = packed(tmp_path / "three.npz")
    run = peculiar("detect", archive, *LIMITS, "--threshold", "0.98", "--out", tmp_path / "found.json")
    assert run.status == 0, run.err
    assert [line.split(":")[0].split()[-1] for line in run.err.splitlines()] == ["A-2", "A-10", "P-1"]
    assert "90 of 90 samples looked at" in run.err
    data = open_file(archive, part="P-1")
    assert isinstance(data, Telemetry)
    labelled = load_labels(data, tmp_path / "found.json")
    assert {label.kind for label in labelled.labels} > {"point"}


def test_that_a_folder_of_all_kinds_gives_a_list_for_each_kind(tmp_path: Path) -> None:
    telemanom_folder(tmp_path / "all" / "rover", rows=600)
    write_star(tmp_path / "all" / "star.csv")
    (tmp_path / "all" / "pass.csv").write_text(table_text(600))
    run = peculiar("detect", "all", "--set", "seed=1", cwd=tmp_path)
    assert run.status == 2  # what one kind does not know as a setting is told before any work
    assert "looked at" not in run.err
    run = peculiar("detect", "all", "--out", "events.csv", "--no-cache", "--threshold", "9", cwd=tmp_path)
    assert "all/rover A-10: " in run.err
    assert "all/rover/test" not in run.err
    assert {row["file"] for row in rows_of(tmp_path / "events.csv")} == {"all/star.csv"}
    assert rows_of(tmp_path / "events_telemetry.csv") == []
    assert (tmp_path / "events_telemetry.csv").read_text().startswith("file,part,channel,event_id,kind")


def test_that_channels_are_chosen_and_missing_ones_told(tmp_path: Path) -> None:
    folder = telemanom_folder(tmp_path / "rover")
    run = peculiar("detect", folder, *LIMITS, "--threshold", "0.9", "--channel", "P-1", "A-2", "X-9")
    assert run.status == 1
    assert [line.split(":")[0].split()[-1] for line in run.err.splitlines()[:2]] == ["A-2", "P-1"]
    assert "No channel that could be looked at is called X-9." in run.err
    assert run.out.splitlines()[0].split()[:2] == ["#", "Part"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--detector", "flares"), "There is no detector of telemetry called 'flares'"),
        (("--detector", "limits", "--set", "sigma=3"), "There is no setting called 'sigma'"),
        (("--channel", "P-1", "--part", "P-1"), "by --channel or by --part, not by both"),
    ],
)
def test_that_a_wrong_call_is_told_before_any_work(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    run = peculiar("detect", packed(tmp_path / "three.npz"), *words)
    assert run.status == 2
    assert told in run.err
    assert "looked at" not in run.err


def test_that_stretches_of_light_curves_are_refused_before_any_work(tmp_path: Path) -> None:
    run = peculiar("detect", write_star(tmp_path / "star.csv"), "--out", tmp_path / "found.json")
    assert run.status == 1
    assert "would be a file for events of telemetry" in run.err
    assert "looked at" not in run.err


def test_that_the_detectors_of_both_kinds_are_listed() -> None:
    listed = peculiar("detectors").out
    assert "ensemble (the default), of light curves" in listed
    assert "limits, of telemetry" in listed
    assert "1 × limit unless" in listed
    assert peculiar("detectors", "tarot").status == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT between processes")
def test_that_ctrl_c_keeps_the_parts_that_were_looked_at(tmp_path: Path) -> None:
    telemanom_folder(tmp_path / "rover", [f"A-{n}" for n in range(1, 400)])
    words = ("detect", "rover", *LIMITS, "--threshold", "0.5", "--out", "events.csv")
    with started(*words, cwd=tmp_path) as run:
        assert run.stderr is not None
        assert run.stderr.readline().startswith("rover A-1: ")
        run.send_signal(signal.SIGINT)
        rest = run.stderr.read()
    assert run.returncode == 130
    assert "Stopped: 0 of 1 file looked at, and " in rest
    assert "A-1" in {row["part"] for row in rows_of(tmp_path / "events.csv")}
