"""Trains channels side by side, each in a process of its own, that end with the training and lose nothing."""

import json
import os
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from desktop_app.core.errors import FitError, UserError
from desktop_app.core.progress import Report
from desktop_app.engine.train import Epoch, Told
from desktop_app.io.telemetry.hdf5_process import command

if TYPE_CHECKING:
    from desktop_app.engine.train_channels import Lesson

WORD = "--train-channels"
_WAIT_S = 0.1
_Message = tuple[int, dict[str, Any] | None]
"""Which process, and what it says; None once it says nothing more."""


def taught_by_team(lessons: "Sequence[Lesson]", jobs: int, report: Report, told: Told) -> dict[str, str]:
    """Train the channels, ``jobs`` at the same time; why some of them could not be.

    Parameters
    ----------
    lessons : sequence of Lesson
    jobs : int
    report, told : callable
        Called in this thread; where ``report`` raises, all processes are ended.

    Raises
    ------
    UserError
        A process was ended by something else.
    """
    team = _Team(jobs)
    try:
        return _Course(lessons, team, report, told).through()
    finally:
        team.end()


class _Team:
    """The processes, and a queue of what they say."""

    def __init__(self, jobs: int) -> None:
        self.said: SimpleQueue[_Message] = SimpleQueue()
        self._processes = [_started() for _ in range(jobs)]
        self._ears = [
            threading.Thread(target=self._listen, args=(number,), name=f"training-{number}", daemon=True)
            for number in range(jobs)
        ]
        for ear in self._ears:
            ear.start()

    @property
    def size(self) -> int:
        """How many processes there are."""
        return len(self._processes)

    def give(self, number: int, lesson: "Lesson") -> None:
        """Give a process something to do; one that has ended will be heard of."""
        stream = self._processes[number].stdin
        try:
            if stream is not None:
                stream.write(json.dumps(lesson.told()).encode() + b"\n")
                stream.flush()
        except OSError:
            return

    def end(self) -> None:
        """End all processes."""
        for process in self._processes:
            process.kill()
        for process, ear in zip(self._processes, self._ears, strict=True):
            process.wait()
            ear.join()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    # What was not written yet has no reader any more.
                    try:
                        stream.close()
                    except OSError:
                        continue

    def _listen(self, number: int) -> None:
        stream = self._processes[number].stdout
        for line in stream if stream is not None else ():
            try:
                self.said.put((number, json.loads(line)))
            except ValueError:
                break
        self.said.put((number, None))


class _Course:
    """Which channels are done, in hand, and still to come."""

    def __init__(self, lessons: "Sequence[Lesson]", team: _Team, report: Report, told: Told) -> None:
        self._to_come = list(reversed(lessons))
        self._team = team
        self._report = report
        self._told = told
        self._total = len(lessons)
        self._in_hand: dict[int, tuple[str, float]] = {}
        self._over = 0
        self._left_out: dict[str, str] = {}

    def through(self) -> dict[str, str]:
        """Until all are over."""
        for number in range(self._team.size):
            self._next(number)
        text = "Starting"
        while self._in_hand:
            shares = sum(done for _, done in self._in_hand.values())
            self._report((self._over + shares) / self._total, text)
            try:
                number, message = self._team.said.get(timeout=_WAIT_S)
            except Empty:
                continue
            text = self._hear(number, message) or text
        return self._left_out

    def _next(self, number: int) -> None:
        self._in_hand.pop(number, None)
        if self._to_come:
            lesson = self._to_come.pop()
            self._in_hand[number] = (lesson.learner.key, 0.0)
            self._team.give(number, lesson)

    def _hear(self, number: int, message: dict[str, Any] | None) -> str:
        """Take what a process says; what is to be shown of it."""
        if number not in self._in_hand:
            return ""
        key = self._in_hand[number][0]
        match message:
            case {"epoch": dict() as epoch}:
                self._told(Epoch(**epoch))
            case {"done": float() | int() as done, "text": str() as text}:
                self._in_hand[number] = (key, float(done))
                return f"{key}: {text}"
            case {"over": str() as why}:
                if why:
                    self._left_out[key] = why
                self._over += 1
                self._next(number)
            case {"refused": str() as message_, "hint": str() as hint}:
                raise FitError(message_, hint=hint)
            case {"bug": str() as trace}:
                raise RuntimeError(f"in the process that trains {key}:\n{trace}")
            case _:
                raise UserError(
                    f"The process that trained {key} was ended from outside.",
                    hint="Give the same command again: it goes on where it was. Fewer jobs take less memory.",
                )
        return ""


def _started() -> "subprocess.Popen[bytes]":
    root = str(Path(__file__).parents[2])
    ways = [root, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return subprocess.Popen(
        command(WORD),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, ways))},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
