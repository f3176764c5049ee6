"""The journal of verdicts: nothing is lost, whatever happens to the process, the disk or the file."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import ParamError, ReadError, UserError, WriteError
from desktop_app.engine import verdict_journal
from desktop_app.engine.verdict_files import import_verdicts, read_verdicts, write_verdicts
from desktop_app.engine.verdict_statistics import statistics
from desktop_app.engine.verdicts import Subject, VerdictStore, subjects_called, subjects_of
from desktop_app.paths import verdicts_file
from tests.pictures import stamps


@pytest.fixture
def store(tmp_path: Path) -> VerdictStore:
    return VerdictStore(tmp_path / "verdicts.sqlite", patience_s=0.1)


def some(n: int = 3, *, data: str = "d1", ra: float = float("nan"), dec: float = float("nan")) -> list[Subject]:
    return [Subject(data, f"stamp_{place}", ra, dec, "night.fits") for place in range(n)]


def says(store: VerdictStore, subject: Subject) -> tuple[str, str, str]:
    return store.standing([subject])[subject.key].entry.says


def test_that_a_verdict_stands_and_the_last_one_holds(store: VerdictStore) -> None:
    subjects = some()
    store.decide(subjects, "interesting", kind="ring", comment="look again")
    store.decide(subjects[:1], "ordinary")
    assert says(store, subjects[0]) == ("ordinary", "ring", "look again")
    assert says(store, subjects[1]) == ("interesting", "ring", "look again")
    assert [entry.verdict for entry in store.history(subjects[0])] == ["interesting", "ordinary"]
    assert store.standing([Subject("other", "stamp_0")]) == {}


def test_that_a_batch_tells_which_could_not_be_decided_on(store: VerdictStore) -> None:
    subjects = [*some(2), Subject("d1", ""), Subject("d1", "stamp_0"), Subject("", "x")]
    batch = store.decide(subjects, "artefact")
    assert [entry.subject.object for entry in batch.entries] == ["stamp_0", "stamp_1"]
    assert len({entry.batch for entry in batch.entries}) == 1
    assert [why for _, why in batch.failed] == ["it has no id", "it was named twice", "it has no digest"]
    data = stamps(5)
    found, missing = subjects_called(data, ["stamp_00001", "nobody"])
    assert [subject.object for subject in found] == ["stamp_00001"]
    assert missing == (("nobody", "stamps has no stamp nobody"),)


def test_that_a_word_that_is_no_verdict_is_refused(store: VerdictStore) -> None:
    with pytest.raises(ParamError, match="no verdict maybe"):
        store.decide(some(), "maybe")


def test_that_rows_are_never_changed_or_deleted(store: VerdictStore) -> None:
    store.decide(some(), "ordinary")
    with closing(sqlite3.connect(store.path)) as connection:
        for statement in ("DELETE FROM journal", "UPDATE journal SET verdict = 'artefact'"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                connection.execute(statement)


def test_that_a_clock_that_was_set_back_does_not_bring_back_an_old_verdict(store: VerdictStore) -> None:
    subject = some(1)[0]
    first = store.decide([subject], "interesting").entries[0]
    later = replace(first, uid="b", verdict="ordinary", at="2001-01-01T00:00:00.000+00:00")
    written = store.add([later])
    assert says(store, subject)[0] == "ordinary"
    assert written[0].at > first.at


def test_that_stamps_keep_their_verdicts_under_another_folder_and_catalogue(store: VerdictStore) -> None:
    data = stamps(6)
    store.decide(subjects_of(data)[2:3], "interesting")
    moved = replace(data, source=replace(data.source, path=Path("/elsewhere")), columns={}, labels={})
    assert data.digest != moved.digest
    assert list(store.standing(subjects_of(moved))) == [subjects_of(data)[2].key]
    changed = replace(data, images=(data.images + np.float32(1)))
    assert store.standing(subjects_of(changed)) == {}


def test_that_an_object_is_known_in_another_frame_by_its_position(store: VerdictStore) -> None:
    store.decide([Subject("frame 1", "a", 359.9999, 10.0)], "interesting")
    here = Subject("frame 2", "b", 0.001, 10.0)
    near = Subject("frame 2", "c", 359.99995, 10.0)
    standing = store.standing([here, near])
    assert list(standing) == [near.key]
    assert standing[near.key].elsewhere
    together = store.standing([near, Subject("frame 1", "a", 359.9999, 10.0)])
    assert list(together) == ["frame 1:a"]  # two of one set are two, however near
    store.decide([near], "artefact")
    assert not store.standing([near])[near.key].elsewhere
    assert {entry.subject.data for entry in store.history(near)} == {"frame 1", "frame 2"}


def test_that_the_place_is_the_users_own_and_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert verdicts_file().name == "verdicts.sqlite"
    assert tmp_path in verdicts_file().parents
    monkeypatch.setenv("PECULIAR_VERDICTS", str(tmp_path / "mine.sqlite"))
    assert VerdictStore().path == tmp_path / "mine.sqlite"


_WRITER = """
import sys
from pathlib import Path
from desktop_app.engine.verdicts import Subject, VerdictStore
store = VerdictStore(Path(sys.argv[1]))
for batch in range(100000):
    store.decide([Subject("d", f"{batch}-{place}") for place in range(50)], "interesting")
    print(batch, flush=True)
"""


def test_that_what_was_told_as_written_survives_a_kill_in_the_middle_of_a_write(store: VerdictStore) -> None:
    process = subprocess.Popen([sys.executable, "-c", _WRITER, str(store.path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(3)]
    time.sleep(0.02)  # into the next batches, wherever that is
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    done = 1 + int((told + rest.split())[-1])
    counts: dict[str, int] = {}
    for entry in store.entries():
        counts[entry.batch] = counts.get(entry.batch, 0) + 1
    assert set(counts.values()) == {50}  # no batch in part
    assert len(counts) in (done, done + 1)  # the last one may have been written and not told
    assert store.journal.notes == []


def test_that_a_full_disk_is_told_and_what_stood_stays(store: VerdictStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.decide(some(), "ordinary")
    connect = sqlite3.connect

    def small(path: Path, timeout: float, isolation_level: None = None) -> sqlite3.Connection:
        connection = connect(path, timeout=timeout, isolation_level=isolation_level)
        connection.execute("PRAGMA max_page_count = 12")
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(WriteError, match="disk is full") as told:
        store.decide([Subject("d", f"s{place}" * 50) for place in range(2000)], "interesting")
    assert "Make room" in told.value.hint
    monkeypatch.undo()
    assert len(store.entries()) == 3


def test_that_a_locked_file_is_told(store: VerdictStore) -> None:
    store.decide(some(), "ordinary")
    with closing(sqlite3.connect(store.path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WriteError, match="another program holds it"):
            store.decide(some(), "interesting")
        assert len(store.entries()) == 3  # to look is allowed meanwhile


def test_that_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(UserError, match="cannot be"):
        VerdictStore(tmp_path / "folder.sqlite").decide(some(), "ordinary")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be"):
        VerdictStore(tmp_path / "file" / "v.sqlite").decide(some(), "ordinary")


def test_that_a_file_that_may_only_be_read_is_read(store: VerdictStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.decide(some(), "ordinary")

    def refused(_journal: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(verdict_journal.Journal, "_connected", refused)
    assert len(store.entries()) == 3
    with pytest.raises(WriteError, match="may only be read"):
        store.decide(some(), "interesting")


def test_that_a_damaged_file_is_put_aside_and_its_readable_rows_are_kept(store: VerdictStore) -> None:
    for batch in range(40):
        store.decide([Subject("d", f"{batch}-{place}") for place in range(20)], "interesting", comment="x" * 200)
    whole = bytearray(store.path.read_bytes())
    middle = len(whole) // 2 // 4096 * 4096
    whole[middle : middle + 40_960] = b"\xff" * 40_960
    store.path.write_bytes(whole)
    fresh = VerdictStore(store.path)
    fresh.decide(some(1), "ordinary")
    (note,) = fresh.journal.notes
    assert "damaged" in note
    aside = next(store.path.parent.glob("verdicts.damaged-*.sqlite"))
    assert aside.name in note
    assert aside.read_bytes() == whole
    kept = fresh.entries()
    assert 1 < len(kept) <= 801
    assert kept[-1].verdict == "ordinary"


def test_that_a_file_that_is_something_else_is_put_aside(store: VerdictStore) -> None:
    store.path.write_text("not a database, but notes of somebody " * 100)
    assert store.entries() == ()
    store.decide(some(1), "ordinary")
    assert len(store.entries()) == 1
    assert next(store.path.parent.glob("verdicts.damaged-*")).read_text().startswith("not a database")


def test_that_a_file_of_a_newer_version_is_left_alone(store: VerdictStore) -> None:
    store.decide(some(1), "ordinary")
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ReadError, match="newer Peculiar"):
        store.entries()


@pytest.mark.parametrize("name", ["verdicts.csv", "verdicts.ecsv", "verdicts.json"])
def test_that_an_export_comes_back_whole_and_only_once(store: VerdictStore, tmp_path: Path, name: str) -> None:
    store.decide(some(2, ra=10.5, dec=-3.25), "interesting", comment='#1, "so-called"\nline ü', kind="arc")
    store.decide(some(1), "artefact", score={"stamp_0": 7.5}, threshold=4.0, detector="knn")
    written = write_verdicts(store.entries(), tmp_path / name)
    other = VerdictStore(tmp_path / "other.sqlite")
    assert import_verdicts(other, written).added == 3
    again = import_verdicts(other, written)
    assert (again.added, again.known, again.conflicts, again.refused) == (0, 3, (), ())
    for here, there in zip(store.entries(), other.entries(), strict=True):
        assert repr(replace(there, act=here.act)) == repr(here)  # NaN is not equal to itself


def test_that_an_ecsv_export_is_read_by_astropy(store: VerdictStore, tmp_path: Path) -> None:
    from astropy.table import Table

    store.decide(some(2, ra=10.5, dec=-3.25), "interesting", kind="arc")
    table = Table.read(write_verdicts(store.entries(), tmp_path / "verdicts.ecsv"), format="ascii.ecsv")
    assert list(table["verdict"]) == ["interesting", "interesting"]
    assert str(table["ra_deg"].unit) == "deg"


def test_that_an_import_tells_conflicts_and_what_it_refuses(store: VerdictStore, tmp_path: Path) -> None:
    store.decide(some(2), "interesting")
    path = tmp_path / "theirs.csv"
    path.write_text(
        "data,object,verdict,at\n"
        "d1,stamp_0,ordinary,2099-01-01T00:00:00+00:00\n"
        "d1,stamp_1,ordinary,2001-01-01T00:00:00+00:00\n"
        "d1,stamp_2,splendid,2001-01-01T00:00:00+00:00\n"
        ",stamp_3,ordinary,2001-01-01T00:00:00+00:00\n"
    )
    merged = import_verdicts(store, path)
    assert merged.added == 2
    assert len(merged.conflicts) == 2
    assert "ordinary holds" in merged.conflicts[0]
    assert "interesting holds" in merged.conflicts[1]
    assert merged.refused == ("Row 3: “splendid” is no verdict.", "Row 4: it has no data.")
    assert says(store, some(1)[0])[0] == "ordinary"
    assert says(store, some(2)[1])[0] == "interesting"
    assert import_verdicts(store, path).added == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.csv", "x,y\n1,2\n"), ("a.json", "{"), ("a.json", '{"verdicts": 3}'), ("a.csv", "\0"), ("a.txt", "")],
)
def test_that_a_file_without_verdicts_is_refused_in_a_sentence(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match=name):
        read_verdicts(tmp_path / name)
    with pytest.raises(ReadError, match="cannot be read"):
        read_verdicts(tmp_path / "missing.csv")


def test_that_statistics_count_against_what_was_flagged(store: VerdictStore) -> None:
    subjects = some(5)
    scores = {subject.object: score for subject, score in zip(subjects, (9.0, 9.0, 1.0, 1.0, 9.0), strict=True)}
    for subject, verdict in zip(subjects, ("interesting", "ordinary", "interesting", "ordinary", ""), strict=True):
        store.decide([subject], verdict, score=scores, threshold=4.0, kind="ring" if verdict else "")
    told = statistics(store.latest(), of=20)
    assert (told.confirmed, told.false_positives, told.false_negatives) == (1, 1, 1)
    assert (told.objects, told.flagged, told.unclassified) == (4, 2, 16)
    assert told.verdicts == (("interesting", 2), ("ordinary", 2), ("artefact", 0))
    assert told.kinds == (("ring", 4),)
    assert [entry.subject.object for entry in told.recent] == ["stamp_3", "stamp_2", "stamp_1", "stamp_0"]
    assert sum(n for _, n in told.days) == 4
