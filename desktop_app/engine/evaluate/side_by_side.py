"""How evaluations work through many files: in processes side by side, with nothing kept, and told by which code."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from multiprocessing.pool import IMapIterator
from pathlib import Path
from typing import TypeVar

from desktop_app.core.detection import Provenance, Scores
from desktop_app.core.progress import Report
from desktop_app.engine.cache import ScoreCache

_POLL_S = 0.1
Task = TypeVar("Task")
Result = TypeVar("Result")


class NothingKept(ScoreCache):
    """A cache that neither knows nor keeps anything: each run is timed, and each answer is new."""

    def __init__(self) -> None:
        super().__init__(Path())

    def load(self, key: str) -> None:
        """Nothing."""

    def save(self, key: str, scores: Scores, provenance: Provenance) -> None:
        """Let go of it."""


def code_hash() -> str:
    """sha256 over all that decides what is found: the sources of the numerics, detectors, networks and vetting."""
    return _code_hash(Path(__file__).parents[2])


@contextmanager
def side_by_side(
    work: Callable[[Task], Result], tasks: Sequence[Task], jobs: int, report: Report
) -> Iterator[Iterator[Result]]:
    """The results of ``work`` on each task as they come, from ``jobs`` processes; in turn and here with one.

    Parameters
    ----------
    work : callable
        A function of a module, which another process can find.
    tasks : sequence
    jobs : int
    report : callable
        Told that there is work; may raise `JobCancelled`, which ends the processes.
    """
    if jobs <= 1 or len(tasks) < 2:
        yield _in_turn(work, tasks, report)
        return
    import multiprocessing

    # What is forked would hold the locks of our threads.
    with multiprocessing.get_context("spawn").Pool(min(jobs, len(tasks)), _quietly) as pool:
        yield _while_told(pool.imap_unordered(work, tasks), len(tasks), report)


def elsewhere(work: Callable[[Task], Result], task: Task, report: Report) -> Result:
    """The result of ``work`` on one task, from a process of its own that shares no memory with this one."""
    import multiprocessing

    with multiprocessing.get_context("spawn").Pool(1, _quietly) as pool:
        return next(_while_told(pool.imap_unordered(work, [task]), 1, report))


@lru_cache
def _code_hash(package: Path) -> str:
    state = sha256()
    for folder in ("core", "detectors", "nets"):
        for path in sorted((package / folder).rglob("*.py")):
            state.update(path.relative_to(package).as_posix().encode())
            state.update(path.read_bytes())
    return state.hexdigest()


def _in_turn(work: Callable[[Task], Result], tasks: Sequence[Task], report: Report) -> Iterator[Result]:
    for place, task in enumerate(tasks):
        report(place / len(tasks), "Looking")
        yield work(task)


def _while_told(results: "IMapIterator[Result]", number: int, report: Report) -> Iterator[Result]:
    import multiprocessing

    done = 0
    while done < number:
        report(done / number, "Looking")
        try:
            result = results.next(_POLL_S)
        except multiprocessing.TimeoutError:
            continue
        done += 1
        yield result


def _quietly() -> None:
    """In a process of the pool: Ctrl+C is for the one that started it, and warnings are for nobody."""
    import signal
    import warnings

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
