"""What the training panel shows: what is to be trained, how far that is, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from desktop_app.core.params import Params
from desktop_app.engine.train import Epoch, TrainingSpec

Scope = Literal["shown", "all", "chosen"]
"""Which channels: the part or channels shown, every one of the file, or those that were ticked."""


@dataclass(frozen=True)
class Course:
    """How the losses of one channel went; "" where one network learns from all.

    Attributes
    ----------
    channel : str
    epochs : tuple of Epoch
        Those that were told of: not those before a training that was gone on with.
    """

    channel: str
    epochs: tuple[Epoch, ...]

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest loss on validation data."""
        return min(self.epochs, key=lambda epoch: epoch.validation)


@dataclass(frozen=True)
class Running:
    """The training that is on its way; times on the monotonic clock, ``done`` in [0, 1]."""

    text: str
    done: float
    started_s: float
    told_s: float

    @property
    def remaining_s(self) -> float:
        """How long it will still take at this pace; NaN for the first seconds."""
        spent = self.told_s - self.started_s
        return spent * (1 - self.done) / self.done if self.done > 0.02 and spent > 2.0 else float("nan")


@dataclass(frozen=True, eq=False)
class TrainingState:
    """Training in the window; it goes on whatever is opened meanwhile.

    Attributes
    ----------
    spec, settings : TrainingSpec, Params, or None
        What is trained, and how; None until it is loaded.
    scope : str
    ticked : tuple of str
        The channels for the scope "chosen".
    chosen_out, out : Path or None
        The folder that a person chose, and where weights go; None where nobody did, and where there is nothing to
        learn from.
    jobs : int
        How many channels are trained at the same time.
    unfinished : bool
        Whether a training that was stopped lies in ``out``.
    running : Running or None
    courses : tuple of Course
        Of the last training, in the order they began.
    lines : tuple of str
        What happened in it.
    made : tuple of Path and mapping, or None
        Where the last training put its weights, and their card; None until it is done.
    model : str
        The name of the detector that the last training was for.
    problem, hint : str
        Why the last one failed, and what to do; "" where it did not.
    """

    spec: TrainingSpec | None = None
    settings: Params | None = None
    scope: Scope = "shown"
    ticked: tuple[str, ...] = ()
    chosen_out: Path | None = None
    out: Path | None = None
    jobs: int = 1
    unfinished: bool = False
    running: Running | None = None
    courses: tuple[Course, ...] = ()
    lines: tuple[str, ...] = ()
    made: tuple[Path, Mapping[str, Any]] | None = None
    model: str = ""
    problem: str = ""
    hint: str = ""


NOTHING_TRAINED = TrainingState()


def with_epoch(courses: tuple[Course, ...], epoch: Epoch) -> tuple[Course, ...]:
    """``courses`` with one more epoch."""
    known = {course.channel: course for course in courses}
    before = known[epoch.channel].epochs if epoch.channel in known else ()
    # A channel that begins anew counts from one again.
    kept = tuple(one for one in before if one.epoch < epoch.epoch)
    known[epoch.channel] = Course(epoch.channel, (*kept, epoch))
    return tuple(known.values())
