"""The course of a training in words: a line for each epoch, for the console and a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from desktop_app.core.errors import WriteError
from desktop_app.engine.train import Epoch


def line_of(epoch: Epoch) -> str:
    """One epoch: "P-1  epoch 3 of 30  training 0.0123  validation 0.0131  rate 0.0019  0.4 s"."""
    named = {"training": epoch.training, "validation": epoch.validation, **epoch.figures, "rate": epoch.rate}
    figures = [f"{name.replace('_', ' ')} {value:.4g}" for name, value in named.items()]
    start = [epoch.channel] if epoch.channel else []
    return "  ".join([*start, f"epoch {epoch.epoch} of {epoch.epochs}", *figures, f"{epoch.seconds:.1f} s"])


class TrainingLog:
    """A file that lines are added to, each with the time in UTC; readable while the training runs."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def say(self, text: str) -> None:
        """Add a line."""
        self._file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}  {text}\n")
        self._file.flush()

    def told(self, epoch: Epoch) -> None:
        """Add the line of an epoch."""
        self.say(line_of(epoch))


@contextmanager
def training_log(path: Path) -> Iterator[TrainingLog]:
    """The log in ``path``, behind what it holds already.

    Raises
    ------
    WriteError
        The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise WriteError(
            f"{path} cannot be written: {error.strerror}.", hint="Name another file for the log."
        ) from error
    with file:
        yield TrainingLog(file)
