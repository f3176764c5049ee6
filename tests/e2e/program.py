"""Runs Peculiar as a user does: in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    status: int
    out: str
    err: str


def peculiar(*words: str | Path, cwd: Path | None = None, environ: Mapping[str, str] | None = None) -> Ran:
    """``python -m desktop_app`` with ``words``, without a display unless ``environ`` has one."""
    done = subprocess.run(
        [sys.executable, "-m", "desktop_app", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env=environment(environ or {}),
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def started(*words: str | Path, cwd: Path | None = None) -> "subprocess.Popen[str]":
    """``python -m desktop_app`` with ``words``, still running, to read from and to send signals to; not on Windows."""
    return subprocess.Popen(
        [sys.executable, "-m", "desktop_app", *map(str, words)],
        cwd=cwd,
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that run in the background of a shell have Ctrl+C ignored, and so would what they start.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of the test, with the package in reach, every warning an error, and no display."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "COLUMNS": "200"} | dict(changes)
