"""Does work in a thread, so that Ctrl+C ends the program at once and the progress is told meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from desktop_app.core.progress import Report
from desktop_app.engine.jobs import Cancelled, Failed, Finished, JobEvent, Progressed, Work, Worker

_LAST_WAIT_S = 0.1
# Windows hears Ctrl+C only between two waits.
_WAIT_S = 0.2


@contextmanager
def worker() -> Iterator[Worker]:
    """A worker that is cancelled and left to itself when the block ends."""
    opened = Worker("job-cli")
    try:
        yield opened
    finally:
        opened.close(_LAST_WAIT_S)


def ending_of(work: Work, worker: Worker, report: Report) -> Finished | Failed | Cancelled:
    """How ``work`` ended; ``report`` hears its progress in the calling thread."""
    events: SimpleQueue[JobEvent] = SimpleQueue()
    worker.submit(work, events.put)
    while True:
        match _next_of(events):
            case Progressed(done=done, text=text):
                report(done, text)
            case Finished() | Failed() | Cancelled() as ending:
                return ending


def _next_of(events: SimpleQueue[JobEvent]) -> JobEvent:
    while True:
        try:
            return events.get(timeout=_WAIT_S)
        except Empty:
            continue
