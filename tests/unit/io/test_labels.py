"""Label files beside the data and chosen by a person: rows or times, for one channel or for all."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from desktop_app.cli import window
from desktop_app.cli.main import run
from desktop_app.core.errors import ReadError
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Interval, Telemetry
from desktop_app.io import open_file
from desktop_app.io.telemetry.labels import choose_labels, load_labels
from tests.fits_files import mission_file
from tests.telemetry_files import SEGMENTS, START_UNIX_S, dates, packed, table_text


def telemetry(clock: str = "samples", n: int = 100, step: float = 1.0) -> Telemetry:
    time = step * np.arange(n, dtype=np.float64)
    channels = (Channel("a"), Channel("b"))
    source = Source(path=Path("/data/unit.csv"), object_name="unit")
    match clock:
        case "utc":
            return Telemetry(source, time, np.zeros((n, 2)), channels, "utc", 1.6e9)
        case "elapsed":
            return Telemetry(source, time, np.zeros((n, 2)), channels, "elapsed")
    return Telemetry(source, time, np.zeros((n, 2)), channels)


def label_file(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("l.csv", "start,end\n3,5\n", (Interval(3, 6),)),
        ("l.csv", "start;stop;class\n3;5;drift\n", (Interval(3, 6, "drift"),)),
        ("l.csv", "channel,start,end,kind\nb,3,5,spike\nz,1,2,x\n", (Interval(3, 6, "spike", "b"),)),
        ("l.json", {"a": [[3, 5]], "z": [[1, 2]]}, (Interval(3, 6, "anomaly", "a"),)),
        ("l.json", {"unit": {"anomalies": [[3, 5, "point"]]}}, (Interval(3, 6, "point"),)),
        ("l.json", [[3, 5], [7, 7]], (Interval(3, 6), Interval(7, 8))),
        ("l.json", [{"start": 3, "end": 5, "label": "odd"}], (Interval(3, 6, "odd"),)),
        (
            "l.json",
            [{"signal": "a", "events": [{"start_time": 3, "stop_time": 5, "tag": "odd"}]}],
            (Interval(3, 6, "odd", "a"),),
        ),
        ("l.csv", 'chan_id,anomaly_sequences,class\nunit,"[[3, 5]]",[point]\n', (Interval(3, 6, "point"),)),
        ("l.csv", "start,end\n97,300\n", (Interval(97, 100),)),
    ],
)
def test_that_rows_are_labelled_with_both_ends(
    tmp_path: Path, name: str, content: object, expected: tuple[Interval, ...]
) -> None:
    assert load_labels(telemetry(), label_file(tmp_path / name, content)).labels == expected


@pytest.mark.parametrize(
    "content",
    [
        "start,end\n2020-09-13T12:26:43Z,2020-09-13T12:26:45Z\n",
        "start,end\n1600000003,1600000005\n",
        "start,end\n1600000003000,1600000005000\n",
        "row_start,row_end\n3,5\n",
        [["2020-09-13 12:26:43", "2020-09-13 12:26:45"]],
    ],
)
def test_that_times_are_found_on_the_clock_of_the_data(tmp_path: Path, content: object) -> None:
    path = label_file(tmp_path / ("l.json" if isinstance(content, list) else "l.csv"), content)
    assert load_labels(telemetry("utc"), path).labels == (Interval(3, 6),)


def test_that_numbers_on_an_elapsed_clock_are_its_seconds(tmp_path: Path) -> None:
    path = label_file(tmp_path / "l.csv", "start,end\n1.5,2.5\n")
    assert load_labels(telemetry("elapsed", step=0.5), path).labels == (Interval(3, 6),)


def test_that_labels_follow_rows_that_were_put_into_order(tmp_path: Path) -> None:
    rows = np.arange(100)[::-1].copy()
    data = Telemetry(Source(object_name="unit"), np.arange(100.0), np.zeros((100, 1)), (Channel("a"),), row=rows)
    assert load_labels(data, label_file(tmp_path / "l.csv", "start,end\n3,5\n")).labels == (Interval(94, 97),)


def test_that_labels_are_added_once_to_those_that_are_there(tmp_path: Path) -> None:
    path = label_file(tmp_path / "l.json", [[3, 5], [3, 5], [1, 1]])
    data = load_labels(load_labels(telemetry(), path), path)
    assert data.labels == (Interval(1, 2), Interval(3, 6))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"z": [[1, 2]]}, "labels z, and none of them is in unit.csv"),
        ([[300, 400]], "within the rows"),
        ({"a": [["x", "y"]]}, "'x' to 'y'"),
        ({"a": 3}, "where a stretch should"),
        ("{", "cannot be read as labels"),
        ("a,b\n1,2\n", "none of which is a start and an end"),
        ("", "empty"),
        ("[" * 100_000, "cannot be read as labels"),
    ],
)
def test_that_files_that_label_nothing_are_refused_with_a_way_out(tmp_path: Path, content: object, words: str) -> None:
    path = label_file(tmp_path / "labels", content)
    with pytest.raises(ReadError) as caught:
        load_labels(telemetry(), path)
    assert words in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("name", ["hk_labels.csv", "hk_labels.json", "labels.csv", "labels.json"])
def test_that_labels_beside_the_data_come_with_them_and_are_told_of(tmp_path: Path, name: str) -> None:
    text = table_text(60).replace(",label", ",spare")
    (tmp_path / "hk.csv").write_text(text)
    first, last = dates(60)[20], dates(60)[29]
    label_file(tmp_path / name, [[first, last]] if name.endswith("json") else f"start,end\n{first},{last}\n")
    data = open_file(tmp_path / "hk.csv")
    assert isinstance(data, Telemetry)
    assert data.labels == (Interval(20, 30),)
    assert data.zero_unix_s + data.time[0] == START_UNIX_S
    assert f"The labels are those of {name}." in data.source.notes


def test_that_labels_in_the_data_go_before_those_beside_them(tmp_path: Path) -> None:
    (tmp_path / "hk.csv").write_text(table_text(60))
    label_file(tmp_path / "labels.csv", "start,end\n1,2\n")
    data = open_file(tmp_path / "hk.csv")
    assert isinstance(data, Telemetry)
    assert data.labels == (Interval(40, 50),)


def test_that_broken_labels_beside_the_data_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "hk.csv").write_text(table_text(60).replace(",label", ",spare"))
    label_file(tmp_path / "hk_labels.json", "{")
    data = open_file(tmp_path / "hk.csv")
    assert isinstance(data, Telemetry)
    assert data.labels == ()
    assert any("hk_labels.json" in note for note in data.source.notes)


def test_that_a_packed_archive_without_its_labels_can_be_given_them(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.npz")
    (tmp_path / "x_labels.json").rename(tmp_path / "truth.json")
    data = open_file(path, part="A-10")
    assert isinstance(data, Telemetry)
    assert data.labels == ()
    start, end = SEGMENTS["A-10"][0]
    assert load_labels(data, tmp_path / "truth.json").labels == (Interval(start, end + 1, "point"),)


def test_that_chosen_labels_come_with_every_part_of_the_file(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.npz")
    (tmp_path / "x_labels.json").rename(tmp_path / "truth.json")
    choose_labels(path, tmp_path / "truth.json")
    for part, stretches in SEGMENTS.items():
        data = open_file(path, part=part)
        assert isinstance(data, Telemetry)
        assert [(label.start, label.stop - 1) for label in data.labels] == stretches


def test_that_labels_about_something_else_are_not_chosen(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.npz")
    other = label_file(tmp_path / "other.json", {"Z-9": [[1, 2]]})
    with pytest.raises(ReadError, match="Z-9"):
        choose_labels(path, other)
    with pytest.raises(ReadError, match="no telemetry"):
        choose_labels(mission_file(tmp_path), other)


def test_that_open_takes_labels_for_the_file_and_refuses_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(window, "why_no_window", lambda: None)
    path = packed(tmp_path / "x.npz")
    (tmp_path / "x_labels.json").rename(tmp_path / "truth.json")
    other = label_file(tmp_path / "other.json", {"Z-9": [[1, 2]]})
    shown: list[Path] = []

    def show(paths: Sequence[Path], detect_on_open: bool) -> int:
        shown.extend(paths)
        return 0

    assert run(("open", str(path), "--labels", str(other)), show) == 1
    assert "Z-9" in capsys.readouterr().err
    assert run(("open", "--labels", str(other)), show) == 2
    assert shown == []
    assert run(("open", str(path), "--labels", str(tmp_path / "truth.json")), show) == 0
    assert shown == [path]
    data = open_file(path, part="P-1")
    assert isinstance(data, Telemetry)
    assert data.labels == (Interval(80, 90, "point"),)
