"""The small commands, the window's stand-in without a display, and the way the program ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.paths import resources, version
from tests.e2e.program import environment, peculiar
from tests.e2e.stars import write_bad_files, write_star


def test_that_info_tells_columns_times_and_hidden_rows(tmp_path: Path) -> None:
    run = peculiar("info", write_star(tmp_path / "star.csv"))
    assert run.status == 0
    for told in ("Rows      2,000, of which 2,000 are looked at", "Cadence   28.80 min", "flux [relative], 0 NaN"):
        assert told in run.out


def test_that_info_tells_the_same_moment_in_two_time_systems(tmp_path: Path) -> None:
    run = peculiar("info", write_bad_files(tmp_path)["constant"], "--header")
    assert run.status == 0
    assert "1325.00000 BTJD to 1325.69306 BTJD (0.69 d)" in run.out
    assert "2018-07-25T12:00:00.000 TDB to 2018-07-26T04:38:00.000 TDB" in run.out
    assert "TELESCOP  TESS" in run.out


def test_that_info_goes_on_after_a_bad_file(tmp_path: Path) -> None:
    star = write_star(tmp_path / "star.csv")
    run = peculiar("info", write_bad_files(tmp_path)["empty"], star)
    assert run.status == 1
    assert "empty.fits is empty" in run.err
    assert str(star) in run.out


def test_that_samples_are_written_and_can_be_looked_at(tmp_path: Path) -> None:
    run = peculiar("samples", tmp_path / "samples", "--seed", "4")
    assert run.status == 0, run.err
    written = [Path(line) for line in run.out.splitlines()]
    assert written
    assert all(path.is_file() for path in written)
    assert peculiar("detect", tmp_path / "samples").status == 0


def test_that_samples_that_cannot_be_written_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    run = peculiar("samples", tmp_path / "taken")
    assert run.status == 1
    assert "Traceback" not in run.err
    assert "cannot be written" in run.err


def test_that_clearing_the_cache_empties_it(tmp_path: Path) -> None:
    peculiar("detect", write_star(tmp_path / "star.csv"))
    assert "Entries  1" in peculiar("cache", "info").out
    assert "1 file removed" in peculiar("cache", "clear").out
    assert "Entries  0" in peculiar("cache", "info").out


def test_that_detectors_are_listed_with_settings_and_defaults() -> None:
    run = peculiar("detectors")
    assert run.status == 0
    assert "ensemble (the default)" in run.out
    assert "--set seed=0" in run.out
    assert peculiar("detectors", "tarot").status == 2


def test_that_the_version_is_told() -> None:
    assert peculiar("--version").out == f"Peculiar {version()}\n"


def test_that_an_unknown_command_is_a_wrong_call() -> None:
    run = peculiar("divine")
    assert run.status == 2
    assert "invalid choice: 'divine'" in run.err


@pytest.mark.parametrize("words", [(), ("open",), ("open", "star.csv")])
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only on Linux a display can be absent")
def test_that_without_a_display_the_way_without_a_window_is_told(words: tuple[str, ...]) -> None:
    run = peculiar(*words)
    assert run.status == 1
    assert "no display" in run.err
    assert "peculiar detect" in run.err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only on Linux a display can be absent")
def test_that_without_a_display_the_events_of_the_samples_are_listed_and_written(tmp_path: Path) -> None:
    from astropy.table import Table

    run = peculiar("open", "--samples", cwd=tmp_path)
    assert run.status == 0, run.err
    assert f"written to {tmp_path / 'peculiar-samples-events.ecsv'}" in run.out
    table = Table.read(tmp_path / "peculiar-samples-events.ecsv", format="ascii.ecsv")
    assert {Path(name).parent for name in table["file"]} == {resources() / "samples"}
    assert "flare" in set(table["kind"])
    assert set(table["kind"]) & {"dip", "transit", "eclipse"}


def test_that_a_reader_that_leaves_a_pipe_early_is_no_error_to_show(tmp_path: Path) -> None:
    star = write_star(tmp_path / "star.csv")
    with subprocess.Popen(
        [sys.executable, "-m", "desktop_app", "info", *[str(star)] * 200],
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == ""


def test_that_help_loads_nothing_slow() -> None:
    slow = ("PySide6", "pyqtgraph", "torch", "sklearn", "astropy", "h5py", "scipy", "pydantic", "rich")
    code = (
        "import sys\nfrom desktop_app.cli.main import run\n"
        "try:\n    run(['--help'], None)\nexcept SystemExit:\n    pass\n"
        f"print('loaded:', sorted(set({slow}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment({}), capture_output=True, text=True, check=True)
    assert done.stdout.endswith("loaded: []\n")
