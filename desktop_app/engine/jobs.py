"""One worker thread that does one job after the other, tells its progress, and can be cancelled at any report."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from queue import SimpleQueue
from time import monotonic

from desktop_app.core.progress import JobCancelled, Report

PROGRESS_PERIOD_S = 0.05
Work = Callable[[Report], object]

_log = logging.getLogger(__name__)
_numbers = count(1)


@dataclass(frozen=True)
class Started:
    """The job left the queue and runs."""

    job: int


@dataclass(frozen=True)
class Progressed:
    """``done`` of the whole in [0, 1], and what is being done."""

    job: int
    done: float
    text: str


@dataclass(frozen=True)
class Finished:
    """The work came to its end."""

    job: int
    result: object


@dataclass(frozen=True)
class Failed:
    """The work raised ``error``."""

    job: int
    error: Exception


@dataclass(frozen=True)
class Cancelled:
    """The work stopped because it was told to, or never started."""

    job: int


JobEvent = Started | Progressed | Finished | Failed | Cancelled
Tell = Callable[[JobEvent], None]


class Job:
    """One piece of work on its way; ``number`` tells its events from those of other jobs."""

    def __init__(self, work: Work, tell: Tell) -> None:
        self.number = next(_numbers)
        self._work = work
        self._tell = tell
        self._cancelled = threading.Event()
        self._last_told = 0.0

    def cancel(self) -> None:
        """Stop at the next report; a queued job never starts."""
        self._cancelled.set()

    def run(self) -> None:
        """Do the work in this thread: `Started`, `Progressed` any number of times, then exactly one ending."""
        if self._cancelled.is_set():
            self._tell(Cancelled(self.number))
            return
        self._tell(Started(self.number))
        self._tell(self._ending())

    def _ending(self) -> JobEvent:
        try:
            result = self._work(self._report)
            self._stop_if_cancelled()
        except JobCancelled:
            return Cancelled(self.number)
        except Exception as error:  # noqa: BLE001 - the edge of the job: whatever the work raises is told, not lost
            return Failed(self.number, error)
        return Finished(self.number, result)

    def _report(self, done: float, text: str) -> None:
        self._stop_if_cancelled()
        now = monotonic()
        if now - self._last_told >= PROGRESS_PERIOD_S:
            self._last_told = now
            self._tell(Progressed(self.number, done, text))

    def _stop_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise JobCancelled


class Worker:
    """The thread; it starts with the first job and ends with `close`, after which no job starts any more."""

    def __init__(self, name: str = "job-worker") -> None:
        self._name = name
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._jobs: set[Job] = set()
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, work: Work, tell: Tell) -> Job:
        """Queue ``work``; ``tell`` is called from the worker thread, and never once the worker is closed."""
        job = Job(work, tell)
        with self._lock:
            if self._closed:
                job.cancel()
                return job
            self._jobs.add(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name=self._name, daemon=True)
                self._thread.start()
        self._queue.put(job)
        return job

    def close(self, timeout_s: float = 5.0) -> None:
        """Cancel what runs and what waits, and wait for the thread to end."""
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
            for job in self._jobs:
                job.cancel()
        if thread is not None:
            self._queue.put(None)
            thread.join(timeout_s)

    def _loop(self) -> None:
        while (job := self._queue.get()) is not None:
            try:
                job.run()
            except Exception:  # noqa: BLE001 - the edge of the thread: a listener that fails must not end it
                _log.exception("A listener of job %d failed", job.number)
            finally:
                with self._lock:
                    self._jobs.discard(job)
