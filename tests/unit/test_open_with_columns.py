"""``peculiar open`` with columns named: they are tried and kept before the window shows."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from desktop_app.cli import main
from desktop_app.cli.window import ShowWindow
from desktop_app.io.tables.column_choice import ColumnChoice, remembered
from tests.tables import odd_columns, write_text


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setattr("desktop_app.cli.window.why_no_window", lambda: None)
    return []


def shows(into: list[Path]) -> ShowWindow:
    def show_window(paths: Sequence[Path], _detect: bool) -> int:
        into.extend(paths)
        return 0

    return show_window


def test_that_named_columns_are_kept_before_the_window_opens_the_file(
    tmp_path: Path, shown: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_text(tmp_path / "odd.csv", odd_columns())
    words = ["open", str(path), "--time", "a", "--flux", "c", "--time-unit", "s", "--time-zero", "BTJD"]
    assert main.run(words, shows(shown)) == 0
    assert shown == [path]
    assert remembered()[0].choice == ColumnChoice("a", "c", time_unit="s", zero="BTJD")
    assert "remembered" in capsys.readouterr().err


def test_that_a_wrong_column_is_told_and_no_window_opens(
    tmp_path: Path, shown: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_text(tmp_path / "odd.csv", odd_columns())
    assert main.run(["open", str(path), "--time", "a", "--flux", "nope"], shows(shown)) == 2
    assert shown == []
    assert remembered() == ()
    assert "no column 'nope'" in capsys.readouterr().err


def test_that_columns_without_a_file_are_a_wrong_call(shown: list[Path], tmp_path: Path) -> None:
    assert main.run(["open", str(tmp_path), "--time", "a", "--flux", "b"], shows(shown)) == 2
    assert shown == []
