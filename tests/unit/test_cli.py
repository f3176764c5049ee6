"""What the words on the command line lead to, without a process of its own."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rich.text import Text

from desktop_app.cli import cache, window
from desktop_app.cli.event_view import show_events
from desktop_app.cli.main import run
from desktop_app.cli.terminal import counted
from desktop_app.core.detection import Detection, Event, Provenance, Scores
from desktop_app.core.errors import UserError
from desktop_app.core.event_table import EventTable, event_table, join_tables
from desktop_app.paths import resources
from tests.data import quiet_curve

Opened = list[tuple[list[Path], bool]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """The calls for a window, on a machine where one can open."""
    monkeypatch.setattr(window, "why_no_window", lambda: None)
    return []


def call(opened: Opened, *words: str) -> int:
    def show_window(paths: Sequence[Path], detect_on_open: bool) -> int:
        opened.append((list(paths), detect_on_open))
        return 0

    return run(words, show_window)


def test_that_no_words_open_the_window(opened: Opened) -> None:
    assert call(opened) == 0
    assert opened == [([], False)]


def test_that_open_hands_files_to_the_window(opened: Opened) -> None:
    assert call(opened, "open", "a.fits", "b.fits") == 0
    assert opened == [([Path("a.fits"), Path("b.fits")], False)]


def test_that_a_file_without_a_command_is_opened_as_a_desktop_does(opened: Opened, tmp_path: Path) -> None:
    star = tmp_path / "star.fits"
    star.write_text("", encoding="utf-8")
    assert call(opened, str(star)) == 0
    assert opened == [([star], False)]


def test_that_samples_are_opened_and_looked_at(opened: Opened) -> None:
    assert call(opened, "open", "--samples") == 0
    ((paths, detect_on_open),) = opened
    assert detect_on_open
    assert paths == [resources() / "samples"]


def test_that_a_missing_display_is_told_instead_of_a_window(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(window, "why_no_window", lambda: UserError("There is none.", hint="Get one."))
    assert call(opened, "open", "a.fits") == 1
    assert opened == []
    assert capsys.readouterr().err == "peculiar: There is none.\n  Get one.\n"


def test_that_a_library_that_qt_lacks_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def show_window(paths: Sequence[Path], detect_on_open: bool) -> int:
        raise ImportError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr(window, "why_no_window", lambda: None)
    assert run((), show_window) == 1
    assert "Qt does not load (libEGL.so.1" in capsys.readouterr().err


def test_that_a_bug_is_written_down_and_told_in_two_lines(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_arguments: object) -> int:
        raise RuntimeError("the sky fell")

    monkeypatch.setattr(cache, "run", fail)
    assert call(opened, "cache", "info") == 1
    sentence, hint = capsys.readouterr().err.splitlines()
    assert "the sky fell" in sentence
    log = Path(hint.removeprefix("  The details are in ").removesuffix("."))
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert "the sky fell" in log.read_text(encoding="utf-8")


def test_that_ctrl_c_ends_with_a_sentence(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cache, "run", interrupted)
    assert call(opened, "cache", "info") == 130
    assert capsys.readouterr().err == "Stopped.\n"


@pytest.mark.parametrize(("n", "told"), [(0, "0 events"), (1, "1 event"), (1234, "1,234 events")])
def test_that_things_are_counted_as_people_do(n: int, told: str) -> None:
    assert counted(n, "event") == told


def test_that_a_terminal_of_eighty_columns_breaks_no_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    show_events(join_tables([table_of("field/a star with a long name [A].fits"), table_of("b.fits")]))
    lines = [Text.from_ansi(line).plain for line in capsys.readouterr().out.splitlines()]
    assert max(map(len, lines)) <= 80
    assert any("1327.04000" in line and "12.5" in line for line in lines)
    assert "[A].fits" in "".join(line.split("  ")[0].strip() for line in lines)


def test_that_a_list_without_events_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show_events(event_table(detection_of("a.fits"), ()))
    assert capsys.readouterr().out == "No events.\n"


def test_that_the_package_itself_is_cheap_to_import() -> None:
    code = "import sys, desktop_app; print(sorted({'numpy', 'pydantic', 'astropy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def detection_of(file: str) -> Detection:
    curve = quiet_curve()
    origin = Provenance(file, "", "", "flux", "default", "BTJD, TDB", "ensemble", 1, {}, 0, "cpu", "", "")
    return Detection(curve, Scores(np.zeros(len(curve))), origin, 5.0)


def table_of(file: str) -> EventTable:
    return event_table(detection_of(file), [Event(100, 106, 102, 12.5, "dip", {"depth": 0.01, "snr": 3.0})])
