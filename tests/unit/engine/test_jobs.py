"""Jobs: one ending each, cancel at any report, nothing lost."""

import threading
from collections.abc import Iterator
from time import monotonic, sleep

import pytest

from desktop_app.core.progress import JobCancelled, Report, part, silent
from desktop_app.engine.jobs import Cancelled, Failed, Finished, JobEvent, Progressed, Started, Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A worker that ends with the test."""
    worker = Worker()
    yield worker
    worker.close()


class Listener:
    """Keeps what a job tells, and waits for its ending."""

    def __init__(self) -> None:
        self.events: list[JobEvent] = []
        self._ended = threading.Event()

    def __call__(self, event: JobEvent) -> None:
        self.events.append(event)
        if isinstance(event, Finished | Failed | Cancelled):
            self._ended.set()

    def ending(self) -> JobEvent:
        assert self._ended.wait(10), "the job did not end"
        return self.events[-1]


def _until_cancelled(report: Report) -> None:
    while True:
        report(0.5, "going on")
        sleep(0.001)


def test_that_a_job_tells_its_start_and_its_result(worker: Worker) -> None:
    heard = Listener()
    job = worker.submit(lambda report: 6 * 7, heard)
    assert heard.ending() == Finished(job.number, 42)
    assert heard.events[0] == Started(job.number)


def test_that_an_error_is_told_and_the_worker_goes_on(worker: Worker) -> None:
    failed, next_one = Listener(), Listener()
    worker.submit(lambda report: 1 / 0, failed)
    worker.submit(lambda report: "still here", next_one)
    ending = failed.ending()
    assert isinstance(ending, Failed)
    assert isinstance(ending.error, ZeroDivisionError)
    assert isinstance(next_one.ending(), Finished)


def test_that_a_cancel_is_heeded_at_the_next_report(worker: Worker) -> None:
    heard = Listener()
    job = worker.submit(_until_cancelled, heard)
    sleep(0.05)
    asked = monotonic()
    job.cancel()
    assert heard.ending() == Cancelled(job.number)
    assert monotonic() - asked < 0.5


def test_that_a_queued_job_that_is_cancelled_never_starts(worker: Worker) -> None:
    running, queued = Listener(), Listener()
    first = worker.submit(_until_cancelled, running)
    second = worker.submit(lambda report: "done", queued)
    second.cancel()
    first.cancel()
    assert queued.ending() == Cancelled(second.number)
    assert not any(isinstance(event, Started) for event in queued.events)


def test_that_work_which_ends_after_its_cancel_counts_as_cancelled(worker: Worker) -> None:
    started, go_on = threading.Event(), threading.Event()

    def work(report: Report) -> str:
        started.set()
        go_on.wait(10)
        return "too late"

    heard = Listener()
    job = worker.submit(work, heard)
    started.wait(10)
    job.cancel()
    go_on.set()
    assert heard.ending() == Cancelled(job.number)


def test_that_progress_is_told_at_most_every_fifty_milliseconds(worker: Worker) -> None:
    def work(report: Report) -> None:
        for step in range(1000):
            report(step / 1000, "counting")

    heard = Listener()
    began = monotonic()
    worker.submit(work, heard)
    heard.ending()
    told = [event for event in heard.events if isinstance(event, Progressed)]
    assert 1 <= len(told) <= 1 + (monotonic() - began) / 0.05


def test_that_close_cancels_what_runs_and_what_waits() -> None:
    worker = Worker()
    running, queued = Listener(), Listener()
    worker.submit(_until_cancelled, running)
    worker.submit(_until_cancelled, queued)
    worker.close()
    assert isinstance(running.ending(), Cancelled)
    assert isinstance(queued.ending(), Cancelled)


def test_that_a_closed_worker_starts_nothing_any_more() -> None:
    worker = Worker()
    worker.close()
    told: list[JobEvent] = []
    worker.submit(lambda report: told.append(Started(0)), told.append)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("job")]
    assert not told


def test_that_a_listener_that_fails_does_not_end_the_thread(worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    def broken(event: JobEvent) -> None:
        raise RuntimeError("broken listener")

    heard = Listener()
    worker.submit(lambda report: None, broken)
    worker.submit(lambda report: "still here", heard)
    assert isinstance(heard.ending(), Finished)
    assert "listener" in caplog.text
    caplog.clear()


def test_that_a_part_maps_its_progress_into_the_whole() -> None:
    told: list[float] = []
    inner = part(lambda done, text: told.append(done), 0.2, 0.6)
    inner(0.0, "")
    inner(1.0, "")
    assert told == pytest.approx([0.2, 0.6])


def test_that_a_cancel_is_no_exception_that_libraries_swallow() -> None:
    assert not issubclass(JobCancelled, Exception)
    silent(0.5, "nobody listens")
