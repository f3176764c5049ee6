"""What long pieces of work share on the command line: a line of progress, and reports that are whole or not there."""

from functools import partial
from pathlib import Path
from typing import TypeVar

from desktop_app.cli.progress import progress
from desktop_app.cli.work import ending_of, worker
from desktop_app.core.errors import WriteError
from desktop_app.engine.jobs import Failed, Finished, Work

Done = TypeVar("Done")


def awaited(work: Work, kind: type[Done], doing: str = "Evaluating") -> Done:
    """What ``work`` comes to, a ``kind``; its progress is shown meanwhile, and Ctrl+C ends it."""
    with worker() as thread, progress(1) as (report, _note):
        match ending_of(work, thread, partial(report, 0, doing)):
            case Finished(result=done) if isinstance(done, kind):
                return done
            case Failed(error=error):
                raise error
    raise KeyboardInterrupt


def check_target(path: Path) -> None:
    """Raise a `WriteError` now where a report could not be written later."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise WriteError(f"{path} cannot be written.", hint="Name a file in a folder that is there.")


def write_whole(path: Path, content: bytes) -> None:
    """All of ``content`` in ``path``, or the file as it was.

    Raises
    ------
    WriteError
    """
    aside = path.with_name(f"{path.name}.part")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror or error}.", hint="Name another file.") from error
