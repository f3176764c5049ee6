"""How soon a folder of a thousand files is listed, and how late the window comes meanwhile; how long a header takes."""

from contextlib import suppress
from pathlib import Path
from time import perf_counter, thread_time

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from desktop_app.core.errors import UserError
from desktop_app.io import data_files, summarise
from desktop_app.ui.window import MainWindow
from tests.data import SHARED
from tests.fits_files import mission_file
from tests.ui.conftest import (  # noqa: F401  fixtures of the window's own tests
    new_window,
    nothing_is_left,
    settings,
    window,
)

FILES = 1000
BEAT_MS = 5


class Busy:
    """Notes how late the window's thread comes to a beat, and how much of that it computed itself."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self.own_ms: list[float] = []
        self._wall, self._own = perf_counter(), thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_beat)
        self._timer.start(BEAT_MS)

    def stop(self) -> None:
        self._timer.stop()

    def _on_beat(self) -> None:
        wall, own = perf_counter(), thread_time()
        self.late_ms.append(1000 * (wall - self._wall) - BEAT_MS)
        self.own_ms.append(1000 * (own - self._own))
        self._wall, self._own = wall, own


@pytest.fixture
def thousand(tmp_path: Path) -> Path:
    """A folder of a thousand light curves of eight stars."""
    folder = tmp_path / "thousand"
    folder.mkdir()
    stars = [mission_file(tmp_path, seed=seed, name=f"{seed}.fits").read_bytes() for seed in range(8)]
    for number in range(FILES):
        (folder / f"star_{number:04d}.fits").write_bytes(stars[number % 8])
    return folder


@pytest.mark.slow
def test_that_a_thousand_files_are_listed_while_the_window_lives(
    window: MainWindow,  # noqa: F811
    thousand: Path,
    qtbot: QtBot,
) -> None:
    busy = Busy()
    began = perf_counter()
    window.session.open([thousand])
    qtbot.waitUntil(lambda: len(window.session.state.files) == FILES, timeout=60_000)
    listed = perf_counter() - began
    qtbot.waitUntil(lambda: all(entry.summary for entry in window.session.state.files), timeout=60_000)
    read = perf_counter() - began
    busy.stop()
    late, own = (", ".join(f"{ms:.0f}" for ms in np.sort(beats)[::-1][:4]) for beats in (busy.late_ms, busy.own_ms))
    print(f"\n{FILES} files: listed in {listed:.2f} s, headers read in {read:.2f} s")  # noqa: T201
    print(f"latest beats {late} ms; most that the window's thread computed between two {own} ms")  # noqa: T201
    assert window.files_panel.model.rowCount() == FILES + 1


@pytest.mark.slow
@pytest.mark.real_data
def test_that_the_headers_of_real_files_are_read_in_a_moment() -> None:
    files = data_files(SHARED) if SHARED.exists() else []
    if not files:
        pytest.skip(f"the real data are not here: {SHARED}")
    spent: list[float] = []
    for _ in range(2):  # the second time nothing is imported on the way
        spent = []
        for path in files:
            began = thread_time()
            with suppress(UserError):
                summarise(path)
            spent.append(1000 * (thread_time() - began))
    slow = sorted(zip(spent, (path.name for path in files), strict=True), reverse=True)[:5]
    over = sum(ms > 5 for ms in spent)
    told = ", ".join(f"{name} {ms:.0f} ms" for ms, name in slow)
    print(f"\n{len(files)} headers: {np.mean(spent):.2f} ms each, {over} over 5 ms; slowest {told}")  # noqa: T201
    assert len(spent) == len(files)
