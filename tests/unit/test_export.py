"""Event lists in files: names, units, values and provenance come back; nothing is ever half written."""

import csv
import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.detection import Detection, Event, Provenance, Scores
from desktop_app.core.errors import WriteError
from desktop_app.core.event_table import EventTable, event_table, join_tables
from desktop_app.export import WRITERS, write_events
from desktop_app.export.writer import Writer, check_target
from tests.data import quiet_curve

DIP = {"depth": 0.0123456789012345, "duration_d": 0.12, "snr": 31.5, "quality": 2049.0}
EVENTS = (Event(100, 106, 102, 12.5, "dip", DIP), Event(400, 401, 400, 7.25, "outlier"))


unix_alone = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits, rights and links")


def table_of(*events: Event, file: str = "stars/quiet.fits") -> EventTable:
    curve = quiet_curve()
    origin = Provenance(
        file=file,
        sha256="ab" * 32,
        digest="cd" * 32,
        flux="PDCSAP_FLUX",
        quality_preset="default",
        time_system="BTJD, TDB",
        detector="ensemble",
        detector_version=3,
        params={"seed": 7, "vote": "either", "widths": [1, 3], "nu": 0.25, "trees": None},
        seed=7,
        device="cpu",
        application="Peculiar 0.1.0",
        created="2026-01-02T03:04:05+00:00",
    )
    return event_table(Detection(curve, Scores(np.zeros(len(curve))), origin, 5.5), events)


@contextmanager
def files_no_larger_than(limit_bytes: int) -> Iterator[None]:
    """The kernel itself refuses to write more, as a full disk does."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(params=[name for name in WRITERS if not WRITERS[name].of])
def writer(request: pytest.FixtureRequest) -> Writer:
    return WRITERS[request.param]


def test_that_ecsv_gives_back_names_units_values_and_descriptions(tmp_path: Path) -> None:
    from astropy.table import Table

    table = table_of(*EVENTS)
    write_events(table, tmp_path / "events.ecsv")
    back = Table.read(tmp_path / "events.ecsv", format="ascii.ecsv")
    assert back.colnames == [column.name for column in table.columns]
    for column in table.columns:
        assert str(back[column.name].unit or "") == column.unit
        assert back[column.name].description == column.help
        assert back[column.name].meta["ucd"] == column.ucd
        values = back[column.name]
        if column.values.dtype.kind == "U":
            values = np.ma.filled(values, "")  # astropy reads an empty text as a missing one
        np.testing.assert_array_equal(np.asarray(values), column.values)


def test_that_ecsv_carries_the_whole_provenance(tmp_path: Path) -> None:
    from astropy.table import Table

    table = table_of(*EVENTS)
    write_events(table, tmp_path / "events.ecsv")
    back = Table.read(tmp_path / "events.ecsv", format="ascii.ecsv")
    assert back.meta["provenance"] == [asdict(table.provenance[0])]
    assert set(back["threshold"]) == {5.5}


def test_that_csv_gives_back_every_number_bit_for_bit_and_leaves_the_unknown_empty(tmp_path: Path) -> None:
    table = table_of(*EVENTS)
    write_events(table, tmp_path / "events.csv")
    with (tmp_path / "events.csv").open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    assert names == [column.name for column in table.columns]
    for place, column in enumerate(table.columns):
        for cell, value in zip((row[place] for row in rows), column.values, strict=True):
            if isinstance(value, np.floating):
                assert (cell == "") if np.isnan(value) else (float(cell) == value)
            else:
                assert cell == str(value)


def test_that_csv_lines_end_as_rfc_4180_says(tmp_path: Path) -> None:
    write_events(table_of(*EVENTS), tmp_path / "events.csv")
    raw = (tmp_path / "events.csv").read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") == 3


def test_that_the_file_beside_the_csv_tells_units_and_provenance(tmp_path: Path) -> None:
    table = table_of(*EVENTS)
    written = write_events(table, tmp_path / "events.csv")
    assert written == [tmp_path / "events.csv", tmp_path / "events.csv.json"]
    beside = json.loads(written[1].read_text(encoding="utf-8"))
    assert {column["name"]: column["unit"] for column in beside["columns"]} == {
        column.name: column.unit for column in table.columns
    }
    assert beside["provenance"] == [json.loads(json.dumps(asdict(table.provenance[0])))]


@pytest.mark.parametrize("name", ["=HYPERLINK(A1)", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
def test_that_no_csv_cell_starts_a_formula(tmp_path: Path, name: str) -> None:
    write_events(table_of(*EVENTS, file=name), tmp_path / "events.csv")
    with (tmp_path / "events.csv").open(encoding="utf-8", newline="") as file:
        cells = [row["file"] for row in csv.DictReader(file)]
    assert cells == [f"'{name}"] * 2


def test_that_a_negative_number_in_a_csv_stays_a_number(tmp_path: Path) -> None:
    flare = Event(10, 12, 10, 9.0, "flare", {"depth": -0.5})
    write_events(table_of(flare), tmp_path / "events.csv")
    with (tmp_path / "events.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["depth"] == "-0.5"


def test_that_a_file_name_that_is_no_text_is_written_all_the_same(tmp_path: Path, writer: Writer) -> None:
    name = os.fsdecode(b"star-\xff.fits")
    write_events(table_of(*EVENTS, file=name), tmp_path / f"events{writer.suffix}")
    assert r"star-\udcff.fits" in (tmp_path / f"events{writer.suffix}").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["a,b.fits", 'a"b.fits', "a\nb.fits", "étoile ☆.fits"])
def test_that_any_file_name_survives_every_format(tmp_path: Path, writer: Writer, name: str) -> None:
    from astropy.table import Table

    path = tmp_path / f"events{writer.suffix}"
    write_events(table_of(*EVENTS, file=name), path)
    if writer.name == "ecsv":
        assert set(Table.read(path, format="ascii.ecsv")["file"]) == {name}
    else:
        with path.open(encoding="utf-8", newline="") as file:
            assert {row["file"] for row in csv.DictReader(file)} == {name}


def test_that_a_table_without_events_keeps_columns_and_provenance(tmp_path: Path) -> None:
    from astropy.table import Table

    table = table_of()
    write_events(table, tmp_path / "none.ecsv")
    write_events(table, tmp_path / "none.csv")
    back = Table.read(tmp_path / "none.ecsv", format="ascii.ecsv")
    assert len(back) == 0
    assert back.colnames == [column.name for column in table.columns]
    assert back.meta["provenance"][0]["sha256"] == "ab" * 32
    assert (tmp_path / "none.csv").read_text(encoding="utf-8").splitlines() == [",".join(back.colnames)]
    assert json.loads((tmp_path / "none.csv.json").read_text(encoding="utf-8"))["events"] == 0


def test_that_a_joined_table_tells_where_each_of_its_events_comes_from(tmp_path: Path) -> None:
    from astropy.table import Table

    table = join_tables([table_of(*EVENTS, file="a.fits"), table_of(file="b.fits"), table_of(*EVENTS, file="c.fits")])
    write_events(table, tmp_path / "all.ecsv")
    back = Table.read(tmp_path / "all.ecsv", format="ascii.ecsv")
    assert list(back["file"]) == ["a.fits", "a.fits", "c.fits", "c.fits"]
    assert [origin["file"] for origin in back.meta["provenance"]] == ["a.fits", "b.fits", "c.fits"]


def test_that_an_unknown_suffix_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"\.ecsv .*\.csv"):
        write_events(table_of(), tmp_path / "events.xlsx")


def test_that_a_missing_folder_is_named(tmp_path: Path, writer: Writer) -> None:
    with pytest.raises(WriteError, match="there is no folder"):
        write_events(table_of(), tmp_path / "nowhere" / f"events{writer.suffix}")
    assert not (tmp_path / "nowhere").exists()


def test_that_a_folder_in_place_of_the_file_is_refused(tmp_path: Path, writer: Writer) -> None:
    (tmp_path / f"events{writer.suffix}").mkdir()
    with pytest.raises(WriteError, match="it is a folder"):
        write_events(table_of(), tmp_path / f"events{writer.suffix}")


@unix_alone
def test_that_a_disk_that_fills_up_leaves_the_older_file_and_nothing_else(tmp_path: Path, writer: Writer) -> None:
    path = tmp_path / f"events{writer.suffix}"
    before = {written: written.read_bytes() for written in write_events(table_of(*EVENTS), path)}
    with files_no_larger_than(200), pytest.raises(WriteError, match="cannot be written"):
        write_events(table_of(*EVENTS[:1]), path)
    assert {left: left.read_bytes() for left in tmp_path.iterdir() if left.is_file()} == before


@unix_alone
def test_that_a_disk_that_fills_up_leaves_no_new_file(tmp_path: Path, writer: Writer) -> None:
    with files_no_larger_than(200), pytest.raises(WriteError, match="cannot be written"):
        write_events(table_of(*EVENTS), tmp_path / f"events{writer.suffix}")
    assert [left for left in tmp_path.iterdir() if left.is_file()] == []


def test_that_a_place_that_is_not_ours_is_told_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write anywhere, so the answer of the system is given by hand.
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with pytest.raises(WriteError, match="you may not write there"):
        check_target(tmp_path / "events.csv")


@unix_alone
def test_that_a_folder_without_permission_is_refused(tmp_path: Path, writer: Writer) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(WriteError, match="you may not write there"):
        write_events(table_of(), folder / f"events{writer.suffix}")


@unix_alone
def test_that_a_link_stays_a_link(tmp_path: Path, writer: Writer) -> None:
    real, link = tmp_path / "real", tmp_path / f"events{writer.suffix}"
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    write_events(table_of(*EVENTS), link)
    assert link.is_symlink()
    assert "quiet.fits" in real.read_text(encoding="utf-8")
