"""What holds for every test: its own user folders, no thread, open file or unasked warning left behind."""

import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for each test."""
    home = tmp_path / "home"
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        (home / name.lower()).mkdir(parents=True)
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv("PECULIAR_CACHE", str(home / "scores"))
    return home


@pytest.fixture(autouse=True)
def no_job_thread_is_left() -> Iterator[None]:
    """Every worker a test starts, it closes."""
    yield
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("job")]
    assert not left, f"threads left running: {left}"


@pytest.fixture(autouse=True)
def no_hdf5_file_is_left_open() -> Iterator[None]:
    """Every HDF5 file a test opens, it closes."""
    yield
    import h5py

    left = h5py.h5f.get_obj_count(h5py.h5f.OBJ_ALL, h5py.h5f.OBJ_FILE)
    assert left == 0, f"{left} HDF5 files left open"


@pytest.fixture(autouse=True)
def no_unasked_log_warning(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A test that expects a warning in the log clears ``caplog`` after looking at it."""
    yield
    for phase in ("setup", "call"):
        bad = [record for record in caplog.get_records(phase) if record.levelno >= logging.WARNING]
        assert not bad, f"logged in {phase}: {[record.getMessage() for record in bad]}"
