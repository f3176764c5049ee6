"""HDF5: its tree, the choice of datasets, what is refused, and a library that crashes or hangs."""

import json
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.detection import Provenance, Scores
from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.telemetry import Interval, Telemetry
from desktop_app.engine.cache import ScoreCache
from desktop_app.io import open_file, summarise
from desktop_app.io.telemetry import hdf5_process
from desktop_app.io.telemetry.hdf5 import read_hdf5
from desktop_app.io.telemetry.hdf5_choice import Chosen
from desktop_app.io.telemetry.hdf5_tree import tree
from tests.telemetry_files import START_UNIX_S, hdf5_file


def opened(path: Path, part: str | None = None) -> Telemetry:
    data = open_file(path, part=part)
    assert isinstance(data, Telemetry)
    return data


def test_that_the_tree_lists_every_node_once_with_shape_and_unit(tmp_path: Path) -> None:
    found = {node.path: node for node in tree(hdf5_file(tmp_path / "a.h5")).nodes}
    assert found["/bus/voltage"].shape == (50,)
    assert found["/bus/voltage"].unit == "V"
    assert found["/bus/gyro"].shape == (50, 3)
    assert found["/bus/switch"].holds == "states"
    assert found["/bus/mode"].holds == "texts"
    assert found["/bus"].kind == "group"
    assert found["/bus/voltage"].parent == "/bus"
    assert {name for name, node in found.items() if node.kind == "link"} == {"/elsewhere", "/again"}
    # A group of two names is entered once.
    assert len([name for name in found if name.startswith(("/round/", "/bus/"))]) == 6


def test_that_groups_with_times_are_parts(tmp_path: Path) -> None:
    path = hdf5_file(tmp_path / "a.h5")
    data = opened(path)
    assert data.source.parts[:2] == ("bus", "thermal")
    assert data.names == ("gyro[0]", "gyro[1]", "gyro[2]", "mode", "switch", "voltage")
    assert data.clock == "utc"
    assert data.zero_unix_s + data.time[0] == START_UNIX_S
    assert data.labels == (Interval(45, 50),)
    by_name = dict(zip(data.names, data.channels, strict=True))
    assert by_name["switch"].states == ("OFF", "ON")
    assert by_name["mode"].states == ("NOMINAL", "SAFE")
    assert by_name["voltage"].unit == "V"


def test_that_values_are_those_of_h5py(tmp_path: Path) -> None:
    import h5py

    path = hdf5_file(tmp_path / "a.h5")
    data = opened(path)
    with h5py.File(path, "r") as file:
        np.testing.assert_array_equal(data.values[:, data.names.index("voltage")], file["bus/voltage"][()])
        np.testing.assert_array_equal(data.values[:, data.names.index("gyro[2]")], file["bus/gyro"][()][:, 2])
        np.testing.assert_array_equal(data.values[:, data.names.index("switch")], file["bus/switch"][()] // 5)


def test_that_times_may_be_dates(tmp_path: Path) -> None:
    data = opened(hdf5_file(tmp_path / "a.h5"), "thermal")
    assert data.names == ("temperature",)
    assert data.zero_unix_s + data.time[0] == START_UNIX_S
    assert data.cadence_s == 0.5


def test_that_the_datasets_that_a_person_chooses_are_read(tmp_path: Path) -> None:
    path = hdf5_file(tmp_path / "a.h5")
    data = read_hdf5(path, Chosen("/bus/time", ("/bus/gyro",)))
    assert data.names == ("gyro[0]", "gyro[1]", "gyro[2]")
    assert read_hdf5(path, Chosen("", ("/thermal/temperature",))).clock == "samples"


@pytest.mark.parametrize(
    ("chosen", "error", "words"),
    [
        (Chosen("/bus/time", ("/thermal/temperature",)), ReadError, "do not fit together"),
        (Chosen("", ("/elsewhere",)), ReadError, "points to another place"),
        (Chosen("", ("/again",)), ReadError, "points to another place"),
        (Chosen("", ("/nothing",)), ReadError, "too many"),
        (Chosen("", ("/bus",)), ReadError, "/bus"),
        (Chosen("", ()), ReadError, "no values"),
        (Chosen("", ("/missing",)), ParamError, "no dataset '/missing'"),
    ],
)
def test_that_a_choice_that_cannot_be_is_refused(
    tmp_path: Path, chosen: Chosen, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        read_hdf5(hdf5_file(tmp_path / "a.h5"), chosen)


def test_that_a_time_above_serves_the_groups_below_it(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["time"] = np.arange(20.0)
        file["time"].attrs["units"] = "seconds since 2022-01-27T02:20:37.125Z"
        file["power/volts"] = np.arange(20.0)
    data = opened(tmp_path / "a.h5")
    assert data.source.parts == ("power",)
    assert data.zero_unix_s + data.time[0] == START_UNIX_S


def test_that_frames_of_pandas_are_read_in_both_of_its_formats(tmp_path: Path) -> None:
    import h5py

    index = np.arange(5) * 10**9 + 1_640_995_200 * 10**9
    with h5py.File(tmp_path / "a.h5", "w") as file:
        fixed = file.create_group("fixed")
        fixed.attrs["pandas_type"] = "frame"
        fixed["axis0"] = fixed["block0_items"] = np.array([b"volts", b"amps"])
        fixed["axis1"] = index
        fixed["axis1"].attrs["kind"] = "datetime64"
        fixed["block0_values"] = np.arange(10.0).reshape(5, 2)
        kind = [("index", "i8"), ("values_block_0", "f8", (2,)), ("level", "i4")]
        rows = np.array([(moment, (n, 2 * n), 3 * n) for n, moment in enumerate(index)], dtype=kind)
        file.create_dataset("table/table", data=rows).attrs["index_kind"] = "datetime64"
    data = opened(tmp_path / "a.h5", "fixed")
    assert data.names == ("volts", "amps")
    assert (data.clock, data.cadence_s, data.zero_unix_s) == ("utc", 1, 1_640_995_200)
    data = opened(tmp_path / "a.h5", "table/table")
    assert data.names == ("values_block_0[0]", "values_block_0[1]", "level")
    assert data.values[4].tolist() == [4, 8, 12]
    assert data.clock == "utc"


def test_that_values_that_netcdf_packed_are_scaled_and_its_fills_are_missing(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "a.nc", "w") as file:
        file["time"] = np.arange(4)
        file["time"].attrs["units"] = "minutes since 2022-01-27 02:20:37.125"
        packed = file.create_dataset("temperature", data=np.array([0, 100, -999, 200], "i2"))
        packed.attrs.update({"_FillValue": np.int16(-999), "scale_factor": 0.5, "add_offset": 10.0, "units": "K"})
    data = opened(tmp_path / "a.nc")
    np.testing.assert_array_equal(data.values[:, 0], [10, 60, np.nan, 110])
    assert data.zero_unix_s + data.time[0] == START_UNIX_S
    assert data.cadence_s == 60


def test_that_what_lies_in_other_files_or_is_made_of_nothing_is_not_read(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "a.h5", "w") as file:
        layout = h5py.VirtualLayout((10,), "f8")
        layout[:] = h5py.VirtualSource("other.h5", "x", (10,))
        file.create_virtual_dataset("virtual", layout)
        file.create_dataset("outside", (10,), "f8", external=[("/etc/hostname", 0, 80)])
        file.create_dataset("bomb", (10**8,), "f8", chunks=(10**6,), compression="gzip", fillvalue=0)
        file["references"] = np.array([file["/"].ref], dtype=h5py.ref_dtype)
        file["complex"] = np.zeros(4, complex)
    found = {node.path: node for node in tree(tmp_path / "a.h5").nodes}
    assert "other files" in found["/virtual"].problem
    assert "another file" in found["/outside"].problem
    assert not found["/references"].is_readable
    assert not found["/complex"].is_readable
    for name in ("/virtual", "/outside", "/bomb"):
        with pytest.raises(ReadError):
            read_hdf5(tmp_path / "a.h5", Chosen("", (name,)))


def test_that_summaries_count_rows_and_channels(tmp_path: Path) -> None:
    summary = summarise(hdf5_file(tmp_path / "a.h5"))
    assert (summary.kind, summary.rows, summary.shape) == ("telemetry", 50, (6,))


def test_that_scores_of_earlier_runs_are_no_data(tmp_path: Path) -> None:
    made = Provenance("a", "", "", "flux", "default", "BTJD", "any", 1, {}, 0, "cpu", "0", "2022-01-01")
    ScoreCache(tmp_path).save("key", Scores(np.zeros(5), {}), made)
    with pytest.raises(ReadError, match="kept of an earlier run"):
        open_file(tmp_path / "key.h5")


def test_that_a_file_without_channels_says_what_it_holds(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["cube"] = np.zeros((2, 3, 4))
    with pytest.raises(ReadError, match="/cube") as caught:
        open_file(tmp_path / "a.h5")
    assert "tree" in caught.value.hint


def test_that_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    path = hdf5_file(tmp_path / "a.h5")
    assert len(opened(path)) == 50
    assert len(opened(hdf5_file(path, n=60))) == 60


def test_that_a_library_that_ends_its_process_or_hangs_costs_the_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = hdf5_file(tmp_path / "a.h5")
    hdf5_process._WORKER.end()
    monkeypatch.setattr(hdf5_process, "_ANSWER_S", 0.3)
    ready = json.dumps({"ready": True, "arrays": []}).encode()
    begin = "import sys, os, time; out = sys.stdout.buffer; "
    begin += f"out.write({struct.pack('<I', len(ready)) + ready!r}); out.flush(); "
    for end in ("sys.stdin.buffer.read(4); os.abort()", "time.sleep(60)", "out.write(b'\\xff' * 9); out.flush()"):
        monkeypatch.setattr(hdf5_process, "command", lambda end=end: [sys.executable, "-c", begin + end])
        hdf5_process._WORKER.end()
        hdf5_process._DEADLY.clear()
        start = time.perf_counter()
        with pytest.raises(ReadError, match="ended the HDF5 library"):
            tree(path)
        assert time.perf_counter() - start < 10
        with pytest.raises(ReadError, match="ended the HDF5 library"):
            tree(path)
    assert len(hdf5_process._DEADLY) == 1
    hdf5_process._DEADLY.clear()
    monkeypatch.undo()
    assert len(opened(path)) == 50


def test_that_the_process_is_started_through_the_program_where_that_is_not_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert hdf5_process.command() == [sys.executable, "-m", "desktop_app", hdf5_process.WORD]
    monkeypatch.setattr(sys, "executable", "/opt/peculiar/usr/bin/peculiar")
    assert hdf5_process.command() == ["/opt/peculiar/usr/bin/peculiar", hdf5_process.WORD]


def test_that_the_process_ends_when_nobody_asks_any_more() -> None:
    finished = subprocess.run(hdf5_process.command(), input=b"", capture_output=True, timeout=60, check=False)
    assert finished.returncode == 0
    assert b"ready" in finished.stdout
