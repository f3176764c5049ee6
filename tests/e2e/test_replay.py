"""``peculiar replay`` as a user runs it: lines and a log, stopped and killed at any time."""

import csv
import os
import signal
import subprocess
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest

from desktop_app.cli.main import run
from tests.e2e.program import peculiar, started

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A voltage every second for half an hour, with two level shifts."""
    rng = np.random.default_rng(4)
    volts = 28 + np.sin(np.arange(1800) / 9) + 0.05 * rng.standard_normal(1800)
    volts[900:960] += 4
    volts[1500:1560] -= 4
    path = tmp_path / "power.csv"
    lines = [f"{1_700_000_000 + row},{value:.4f}" for row, value in enumerate(volts)]
    path.write_text("\n".join(["unix_time,bus_V", *lines]) + "\n")
    return path


def log_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def replaying(recording: Path, log: Path) -> "subprocess.Popen[str]":
    """A replay that takes longer than the test, with its first alarm in the log."""
    program = started("replay", recording, "--speed", "5", "--from", "896", "--log", log)
    until = monotonic() + 60
    while monotonic() < until and not (log.exists() and log_of(log)):
        sleep(0.05)
    return program


def test_that_alarms_are_told_and_logged(recording: Path, tmp_path: Path) -> None:
    log = tmp_path / "alarms.csv"
    ran = peculiar("replay", recording, "--channel", "bus_V", "--log", log, "--inject", "step@1200")
    assert ran.status == 0, ran.err
    assert "of bus_V" in ran.out
    assert "injected step" in ran.out
    assert "first 500 values were learnt from" in ran.err
    read = log_of(log)
    raised = [one for one in read if one["what"] == "raised"]
    assert len(raised) == 3
    assert [one["injected"] for one in raised] == ["no", "yes", "no"]
    assert f"{len(raised)} alarms" in ran.out.splitlines()[-2]
    assert "changed on purpose" in ran.out.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--speed", "0"], 2, "neither a number from 1 to 1000 nor max"),
        (["--channel", "none"], 2, "no part called 'none'"),
        (["--from", "99999"], 2, "There is no row 99999"),
        (["--inject", "flare@1000"], 2, "no fault called 'flare'"),
        (["--log", "alarms.pdf"], 1, "no kind of log"),
        (["--set", "window=1"], 2, "window"),
    ],
)
def test_that_wrong_words_get_a_sentence(
    recording: Path, words: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        ended = run(["replay", str(recording), *words], lambda _paths, _detect: 0)
    except SystemExit as end:
        ended = int(str(end.code))
    assert ended == status
    assert said in capsys.readouterr().err


@POSIX
def test_that_ctrl_c_ends_with_what_was_logged(recording: Path, tmp_path: Path) -> None:
    log = tmp_path / "alarms.csv"
    program = replaying(recording, log)
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=30)
    assert program.returncode == 130
    assert "Stopped at row" in err
    assert "1 alarm" in out.splitlines()[-1]
    assert log_of(log)[0]["what"] == "raised"
    assert "Traceback" not in err


@POSIX
def test_that_a_killed_replay_leaves_a_log_that_goes_on(recording: Path, tmp_path: Path) -> None:
    log = tmp_path / "alarms.csv"
    program = replaying(recording, log)
    program.kill()
    program.communicate(timeout=30)
    before = log_of(log)
    assert before[0]["what"] == "raised"
    assert peculiar("replay", recording, "--from", "896", "--log", log).status == 0
    after = log_of(log)
    assert after[: len(before)] == before
    assert len({one["run"] for one in after}) == 2
