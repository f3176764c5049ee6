"""The one way from worker threads into the window's thread; results that nobody waits for are dropped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from desktop_app.core.progress import Report
from desktop_app.engine.jobs import Cancelled, Failed, Finished, Job, Progressed, Work, Worker

Take = Callable[[Any], None]
"""Takes a result; the border of the thread: each job has its own type of result."""
_CLOSE_S = 1.5


@dataclass(frozen=True)
class _Task:
    job: Job
    take: Take


class Bridge(QObject):
    """Runs work in threads and hands results over in the window's thread.

    There is one foreground task at a time (opening, detecting), which a new one replaces, and any number of quiet
    ones beside it.

    Signals
    -------
    progressed(Progressed)
        Of the foreground task.
    ended()
        The foreground task came to its end; its result, if any, is handed over right after.
    failed(Exception)
        Any task raised.
    """

    progressed = Signal(object)
    ended = Signal()
    failed = Signal(object)
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = Worker("job-engine")
        self._files = Worker("job-files")
        self._quick = Worker("job-events")
        self._front: _Task | None = None
        self._beside: dict[int, _Task] = {}
        self._closed = False
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether a foreground task is on its way."""
        return self._front is not None

    def run(self, doing: Work, take: Take) -> None:
        """Do ``doing`` in place of the foreground task."""
        self.cancel()
        self._front = _Task(self._engine.submit(doing, self._tell), take)

    def cancel(self) -> bool:
        """Stop the foreground task and forget its result; whether there was one."""
        task, self._front = self._front, None
        if task is not None:
            task.job.cancel()
        return task is not None

    def run_beside(self, doing: Work, take: Take, *, files: bool = False) -> None:
        """Do ``doing`` without anyone waiting: headers of files on a thread of their own, quick things on another."""
        job = (self._files if files else self._quick).submit(doing, self._tell)
        self._beside[job.number] = _Task(job, take)

    def close(self) -> None:
        """Cancel everything and wait for the threads to end."""
        self._closed = True
        self.cancel()
        for task in self._beside.values():
            task.job.cancel()
        for worker in (self._files, self._quick, self._engine):
            worker.close(_CLOSE_S)

    def _tell(self, event: object) -> None:
        if not self._closed:
            self._told.emit(event)

    def _on_told(self, event: object) -> None:
        match event:
            case Progressed(job=number):
                if self._front is not None and number == self._front.job.number:
                    self.progressed.emit(event)
            case Finished(job=number, result=result):
                if (task := self._forget(number)) is not None:
                    task.take(result)
            case Failed(job=number, error=error):
                if self._forget(number) is not None:
                    self.failed.emit(error)
            case Cancelled(job=number):
                self._forget(number)

    def _forget(self, number: int) -> _Task | None:
        """The task that waits for the job ``number``, which has ended; None where nobody does any more."""
        if self._front is not None and self._front.job.number == number:
            task, self._front = self._front, None
            self.ended.emit()
            return task
        return self._beside.pop(number, None)


def without_progress(doing: Callable[[], object]) -> Work:
    """``doing`` as work that tells no progress."""

    def work(_report: Report) -> object:
        return doing()

    return work
