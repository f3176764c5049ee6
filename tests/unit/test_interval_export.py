"""Events of telemetry as stretches of rows: what is written comes back as labels, row by row."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.channels.table import channel_event_table
from desktop_app.core.detection import Detection, Event, Provenance, Scores
from desktop_app.core.errors import WriteError
from desktop_app.core.event_table import EventTable, join_tables
from desktop_app.core.telemetry import Interval, Telemetry
from desktop_app.export import write_events, writers_of
from desktop_app.io.telemetry.label_file import read_labels
from desktop_app.io.telemetry.labels import load_labels
from tests.telemetries import commanded, housekeeping
from tests.unit.test_export import table_of

FORMATS = ("found.json", "labeled_anomalies.csv")
ALONE = (Event(40, 60, 50, 3.0, "spike", channel="value"), Event(700, 701, 700, 1.5, "pattern", channel="value"))
MANY = (
    Event(400, 500, 410, 2.0, "frozen", channel="mode"),
    Event(450, 470, 460, 2.0, "limit", channel="bus voltage"),
)


def table(data: Telemetry, events: tuple[Event, ...], file: str = "pass.npz") -> EventTable:
    origin = Provenance(file, "", "", data.source.part, "", data.time_label, "limits", 1, {}, 0, "cpu", "", "")
    return channel_event_table(Detection(data, Scores(np.zeros(data.values.shape)), origin, 1.0), events)


def labels(*intervals: tuple[int, int, str, str]) -> tuple[Interval, ...]:
    return tuple(Interval(*interval) for interval in intervals)


@pytest.mark.parametrize("name", FORMATS)
def test_that_the_channel_of_a_part_comes_back_by_the_name_of_the_part(tmp_path: Path, name: str) -> None:
    data = replace(commanded(part="P-1"), labels=())
    write_events(table(data, ALONE), tmp_path / name)
    assert {stretch.channel for stretch in read_labels(tmp_path / name).stretches} == {"P-1"}
    assert load_labels(data, tmp_path / name).labels == labels((40, 60, "spike", ""), (700, 701, "pattern", ""))


@pytest.mark.parametrize("clock", ["utc", "elapsed", "samples"])
@pytest.mark.parametrize("name", FORMATS)
def test_that_rows_come_back_on_every_clock(tmp_path: Path, name: str, clock: str) -> None:
    data = replace(housekeeping(clock=clock), labels=())  # type: ignore[arg-type]  # one of the three
    write_events(table(data, MANY), tmp_path / name)
    back = load_labels(data, tmp_path / name).labels
    assert back == labels((400, 500, "frozen", "mode"), (450, 470, "limit", "bus voltage"))


def test_that_rows_are_those_of_the_file(tmp_path: Path) -> None:
    data = replace(commanded(), labels=())
    data = replace(data, row=np.arange(len(data)) + 1000)
    write_events(table(data, ALONE), tmp_path / "found.json")
    assert '[1040, 1059, "spike"]' in (tmp_path / "found.json").read_text()
    assert load_labels(data, tmp_path / "found.json").labels[0] == Interval(40, 60, "spike")


def test_that_parts_of_a_file_are_channels_of_one_list(tmp_path: Path) -> None:
    both = join_tables([table(commanded(part=part), ALONE) for part in ("P-1", "P-2")])
    write_events(both, tmp_path / "found.json")
    assert [stretch.channel for stretch in read_labels(tmp_path / "found.json").stretches] == ["P-1"] * 2 + ["P-2"] * 2


@pytest.mark.parametrize("name", FORMATS)
def test_that_channels_of_one_name_in_two_files_are_refused(tmp_path: Path, name: str) -> None:
    both = join_tables([table(housekeeping(), MANY, file) for file in ("monday.csv", "tuesday.csv")])
    with pytest.raises(WriteError, match="cannot tell the channels apart that are called"):
        write_events(both, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_that_no_events_are_a_list_with_nothing_in_it(tmp_path: Path) -> None:
    for name in FORMATS:
        write_events(table(housekeeping(), ()), tmp_path / name)
        assert read_labels(tmp_path / name).stretches == ()


@pytest.mark.parametrize("name", FORMATS)
def test_that_events_of_a_light_curve_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WriteError, match="events of a light curve"):
        write_events(table_of(), tmp_path / name)


def test_that_formats_of_telemetry_are_offered_for_telemetry_alone() -> None:
    assert {writer.name for writer in writers_of(table_of())} == {"ecsv", "csv"}
    assert {writer.name for writer in writers_of(table(housekeeping(), ()))} == {
        "ecsv",
        "csv",
        "telemanom",
        "intervals",
    }
