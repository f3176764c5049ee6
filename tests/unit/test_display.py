"""Whether a window can open is known before Qt is asked, and what is missing is named by package."""

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_app.cli import display
from desktop_app.cli.display import why_no_window

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere Qt brings all that it needs")


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


def loader_without(*missing: str) -> Callable[[str], None]:
    """A loader that finds every library but those whose name ends in one of ``missing``."""

    def load(name: str) -> None:
        if name.endswith(missing):
            raise OSError(f"{name}: cannot open shared object file: No such file or directory")

    return load


def test_that_without_any_display_the_command_line_is_pointed_to() -> None:
    reason = why_no_window()
    assert reason is not None
    assert "no display" in reason.message
    assert "peculiar detect" in reason.hint


def test_that_a_platform_that_needs_no_display_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert why_no_window() is None


def test_that_a_platform_that_qt_does_not_have_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "sundial")
    reason = why_no_window()
    assert reason is not None
    assert "no platform called 'sundial'" in reason.message


def test_that_missing_libraries_of_the_platform_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("ctypes.CDLL", loader_without("libqxcb.so", "libxcb-cursor.so.0", "libEGL.so.1"))
    reason = why_no_window()
    assert reason is not None
    assert "libxcb-cursor.so.0" in reason.message
    assert "apt install libegl1 libxcb-cursor0 " in reason.hint
    assert reason.hint.endswith("dnf install libglvnd-egl xcb-util-cursor")


def test_that_a_library_that_no_table_knows_is_told_in_the_loaders_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("ctypes.CDLL", loader_without("libqxcb.so"))
    reason = why_no_window()
    assert reason is not None
    assert "cannot open shared object file" in reason.message


def test_that_one_platform_that_can_start_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setattr("ctypes.CDLL", loader_without("libqwayland.so", "libwayland-cursor.so.0"))
    monkeypatch.setattr(display, "_x_server_answers", lambda: True)
    assert why_no_window() is None


def test_that_a_display_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(display, "_plugin_file", lambda _plugin: Path("nowhere", "libqxcb.so"))
    monkeypatch.setattr(display, "_x_server_answers", lambda: False)
    reason = why_no_window()
    assert reason is not None
    assert "':0' does not answer" in reason.message


def test_that_the_x_server_is_really_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    if not display._loads("libxcb.so.1"):
        pytest.skip("there is no libxcb on this machine")
    monkeypatch.setenv("DISPLAY", ":4321")
    assert not display._x_server_answers()


def test_that_asking_loads_no_qt_into_python() -> None:
    asking = "import sys; from desktop_app.cli.display import why_no_window; why_no_window()"
    code = f"{asking}; print('PySide6' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_that_the_wayland_server_is_really_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "way")
    assert not display._wayland_server_answers()
    monkeypatch.chdir(tmp_path)  # the name of a socket may have 107 letters at most
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("way")
        server.listen()
        monkeypatch.setenv("XDG_RUNTIME_DIR", ".")
        assert display._wayland_server_answers()
