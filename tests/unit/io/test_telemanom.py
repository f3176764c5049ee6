"""Arrays of telemetry: telemanom folders, packed archives, single arrays, and what is refused of them."""

import time
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.telemetry import Interval, Telemetry
from desktop_app.io import open_file, summarise
from tests.telemetry_files import (
    CHANNELS,
    SEGMENTS,
    TEST_ROWS,
    TRAIN_ROWS,
    arrays,
    npy,
    npy_bytes,
    packed,
    telemanom_folder,
    zipped,
)


def opened(path: Path, part: str | None = None) -> Telemetry:
    data = open_file(path, part=part)
    assert isinstance(data, Telemetry)
    return data


def refused(path: Path) -> ReadError:
    """Why the file is refused; within two seconds, and in a sentence that names it."""
    start = time.perf_counter()
    with pytest.raises(ReadError) as caught:
        open_file(path)
    assert time.perf_counter() - start < 2
    assert path.name in caught.value.message
    assert caught.value.hint
    return caught.value


def test_that_a_folder_gives_each_channel_with_its_training_stretch_and_labels(tmp_path: Path) -> None:
    folder = telemanom_folder(tmp_path / "smap")
    for n, name in enumerate(CHANNELS):
        data = opened(folder, name)
        assert data.source.part == data.source.object_name == name
        assert data.source.mission == "SMAP"
        np.testing.assert_array_equal(data.values, arrays(2 * n + 1))
        assert data.training is not None
        np.testing.assert_array_equal(data.training.values, arrays(2 * n, rows=TRAIN_ROWS))
        assert data.training.channels == data.channels
        expected = [(start, end + 1) for start, end in SEGMENTS[name]]
        assert [(label.start, label.stop) for label in data.labels] == expected
        assert data.clock == "samples"


def test_that_channels_are_listed_as_people_count(tmp_path: Path) -> None:
    assert opened(telemanom_folder(tmp_path / "smap")).source.parts == ("A-2", "A-10", "P-1")


def test_that_kinds_of_labels_are_those_of_the_table(tmp_path: Path) -> None:
    data = opened(telemanom_folder(tmp_path / "smap"), "A-2")
    assert data.labels == (Interval(10, 20, "point"), Interval(30, 40, "contextual"))


@pytest.mark.parametrize(("columns", "commands"), [(25, 24), (55, 54), (7, 0)])
def test_that_commands_are_told_from_the_value_where_the_columns_are_those_of_smap_or_msl(
    tmp_path: Path, columns: int, commands: int
) -> None:
    data = opened(telemanom_folder(tmp_path / "any", commands=columns - 1))
    assert sum(channel.role == "command" for channel in data.channels) == commands
    assert data.values.shape == (TEST_ROWS, columns)
    assert data.channels[0].name == ("value" if commands else "column 0")


def test_that_columns_that_are_no_yes_and_no_are_no_commands(tmp_path: Path) -> None:
    folder = telemanom_folder(tmp_path / "any")
    table = arrays(0)
    table[3, 7] = 0.5
    np.save(folder / "test" / "P-1.npy", table)
    assert all(channel.role == "measured" for channel in opened(folder, "P-1").channels)


def test_that_labels_are_found_beside_the_folder_of_the_arrays(tmp_path: Path) -> None:
    folder = telemanom_folder(tmp_path / "data")
    (folder / "labeled_anomalies.csv").rename(tmp_path / "labeled_anomalies.csv")
    for place in (folder, tmp_path, folder / "test"):
        assert opened(place, "P-1").labels == (Interval(80, 90, "point"),), place


def test_that_an_array_opened_alone_finds_what_lies_around_it(tmp_path: Path) -> None:
    folder = telemanom_folder(tmp_path / "smap")
    alone, within = opened(folder / "test" / "A-10.npy"), opened(folder, "A-10")
    assert alone.labels == within.labels
    assert alone.digest == within.digest
    assert alone.training is not None
    nominal = opened(folder / "train" / "A-10.npy")
    assert nominal.labels == ()
    assert nominal.training is None


def test_that_a_folder_of_arrays_alone_has_a_part_for_each(tmp_path: Path) -> None:
    folder = tmp_path / "arrays"
    folder.mkdir()
    for n, name in enumerate(("x10", "x9")):
        np.save(folder / f"{name}.npy", arrays(n)[:, 0])
    data = opened(folder)
    assert data.source.parts == ("x9", "x10")
    np.testing.assert_array_equal(data.values[:, 0], arrays(1)[:, 0])
    assert data.training is None


def test_that_a_folder_of_all_kinds_of_files_is_no_telemetry(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", arrays(0))
    (tmp_path / "star.fits").write_bytes(b"")
    assert "folder" in refused(tmp_path).message


def test_that_a_broken_table_of_labels_costs_the_labels_only(tmp_path: Path) -> None:
    folder = telemanom_folder(tmp_path / "smap")
    (folder / "labeled_anomalies.csv").write_text("a,b\n1,2\n")
    data = opened(folder)
    assert data.labels == ()
    assert any("labeled_anomalies.csv" in note for note in data.source.notes)


def test_that_labels_beyond_the_rows_are_told_of(tmp_path: Path) -> None:
    folder = telemanom_folder(tmp_path / "smap", rows=85)
    data = opened(folder, "P-1")
    assert data.labels == (Interval(80, 85, "point"),)
    folder = telemanom_folder(tmp_path / "short", rows=25)
    data = opened(folder, "A-2")
    assert data.labels == (Interval(10, 20, "point"),)
    assert "1 label lies outside of the rows." in data.source.notes


def test_that_a_channel_that_is_not_there_is_an_error_that_lists_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="A-2, A-10, P-1"):
        open_file(telemanom_folder(tmp_path / "smap"), part="Z-9")


def test_that_an_archive_gives_what_the_folder_gives(tmp_path: Path) -> None:
    archive, folder = packed(tmp_path / "packed.npz"), telemanom_folder(tmp_path / "smap")
    assert opened(archive).source.parts == CHANNELS
    for name in CHANNELS:
        one, other = opened(archive, name), opened(folder, name)
        np.testing.assert_array_equal(one.values, other.values)
        assert one.digest == other.digest
        assert [(label.start, label.stop) for label in one.labels] == [(one.start, one.stop) for one in other.labels]
        assert one.source.mission == "MSL"


def test_that_summaries_count_channels_and_rows(tmp_path: Path) -> None:
    for path in (packed(tmp_path / "packed.npz"), telemanom_folder(tmp_path / "smap")):
        summary = summarise(path)
        assert (summary.kind, summary.rows, summary.shape) == ("telemetry", TEST_ROWS, (3,))
    summary = summarise(tmp_path / "smap" / "test" / "P-1.npy")
    assert (summary.kind, summary.rows, summary.shape) == ("telemetry", TEST_ROWS, (25,))


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", ">i4", "<u2", "|i1", "|b1", "<f2", ">i8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_that_arrays_of_every_type_and_order_are_read_like_numpy_reads_them(
    tmp_path: Path, dtype: str, order: str
) -> None:
    values = np.random.default_rng(3).integers(0, 2, (40, 3))
    table = np.asarray(values.astype(dtype), order="F" if order == "F" else "C")
    (tmp_path / "x.npy").write_bytes(npy(table))
    np.testing.assert_array_equal(opened(tmp_path / "x.npy").values, np.load(tmp_path / "x.npy").astype(float))


@pytest.mark.parametrize("version", [1, 2])
def test_that_both_versions_of_the_header_are_read(tmp_path: Path, version: int) -> None:
    content = np.arange(4.0).tobytes()
    (tmp_path / "x.npy").write_bytes(npy_bytes("'<f8'", "(4,)", content, version=version))
    assert opened(tmp_path / "x.npy").values[:, 0].tolist() == [0, 1, 2, 3]


def test_that_infinite_values_count_as_missing_and_are_told_of(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([1.0, np.inf, np.nan, -np.inf]))
    data = opened(tmp_path / "x.npy")
    np.testing.assert_array_equal(data.values[:, 0], [1, np.nan, np.nan, np.nan])
    assert data.source.notes == ("2 infinite values count as missing.",)


class Bomb:
    """Leaves a trace when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.place), "w")


def test_that_pickled_objects_are_never_unpacked(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    objects = np.array([Bomb(trace)], dtype=object)
    (tmp_path / "x.npy").write_bytes(npy(objects, allow_pickle=True))
    zipped(tmp_path / "x.npz", {"a.npy": npy(objects, allow_pickle=True)})
    assert "never unpacks" in refused(tmp_path / "x.npy").message
    assert "never unpacks" in refused(tmp_path / "x.npz").message
    assert not trace.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (npy_bytes("'<f8'", "(1000000000000,)", b""), "too many"),
        (npy_bytes("'<f8'", "(100000000,)", b"\0" * 80), "cut short"),
        (npy_bytes("'<f8'", "(10,)", b"\0" * 79), "cut short"),
        (npy_bytes("'<f8'", "(-1,)", b""), "damaged"),
        (npy_bytes("'<f8'", "(9999999999999999999,)", b""), "cannot be"),
        (npy_bytes("'<c16'", "(1,)", b"\0" * 16), "complex"),
        (npy_bytes("[('a', '<f8'), ('b', '<i4')]", "(1,)", b"\0" * 12), "records"),
        (npy_bytes("'<U8'", "(1,)", b"\0" * 32), "text"),
        (npy_bytes("'<M8[ns]'", "(1,)", b"\0" * 8), "dates"),
        (npy_bytes("__import__('os').system('true')", "(1,)", b""), "type"),
        (npy_bytes("'<f8'", "(2, 3, 4)", b"\0" * 192), "2 × 3 × 4"),
        (npy_bytes("'<f8'", "()", b"\0" * 8), "one number"),
        (npy_bytes("'<f8'", "(0, 3)", b""), "0 × 3"),
        (b"\x93NUMPY\x01\x00\xff\xff{" + b"(" * 60000, "damaged"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "damaged"),
        (b"\x93NUMPY\x09\x00", "does not begin"),
    ],
)
def test_that_headers_that_lie_are_refused_at_once(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "x.npy").write_bytes(content)
    assert words in refused(tmp_path / "x.npy").message
    zipped(tmp_path / "x.npz", {"a.npy": content})
    refused(tmp_path / "x.npz")


def test_that_an_archive_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    content = npy_bytes("'<f8'", "(40000000,)", b"\0" * 320_000_000)
    path = zipped(tmp_path / "bomb.npz", {"a.npy": content})
    assert path.stat().st_size < 1 << 20
    assert "unpacks to" in refused(path).message


def test_that_an_archive_without_arrays_is_refused(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "x.npz", {"a.txt": b"hello"}))


def test_that_a_value_and_commands_of_other_rows_are_refused(tmp_path: Path) -> None:
    members = {"A-1.test.value.npy": npy(np.zeros(5)), "A-1.test.commands.npy": npy(np.zeros((6, 2)))}
    assert "(6, 2)" in refused(zipped(tmp_path / "x.npz", members)).message
