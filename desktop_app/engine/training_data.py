"""Which channels there are to learn from, in a file, an archive, or a folder of telemetry."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Bools
from desktop_app.core.channels.series import Series, measured_series
from desktop_app.core.errors import FitError, ParamError, ReadError, UserError
from desktop_app.core.progress import Report
from desktop_app.core.telemetry import Telemetry, without_labels
from desktop_app.io import data_files, open_file, summarise
from desktop_app.nets.channel_weights import training_digest


@dataclass(frozen=True)
class Learner:
    """One measured channel to learn from.

    Attributes
    ----------
    key : str
        Its name among all of them: that of the part where that holds one channel, else that of the channel; with
        those of part or file before it where several would be called alike.
    name : str
        The name of its series.
    path : str
    part : str
    digest : str
        Its `training_digest`.
    """

    key: str
    name: str
    path: str
    part: str
    digest: str


def learners_in(data: Path, wanted: Sequence[str], report: Report) -> tuple[Learner, ...]:
    """The measured channels of ``data``, or those of them that are ``wanted``.

    Raises
    ------
    ParamError
        A wanted channel is not among them.
    FitError
        There is none at all.
    ReadError
    """
    found: list[Learner] = []
    places = _places(data)
    for number, (path, part) in enumerate(places):
        report(number / len(places), f"Reading {part or path.name}")
        every = measured_series(_telemetry(str(path), part))
        for series in every:
            key = part if part and len(every) == 1 else series.channel.name
            found.append(Learner(key, series.channel.name, str(path), part, training_digest(series)))
    found = _told_apart(found, lambda learner: learner.part if learner.part != learner.key else "")
    found = _told_apart(found, lambda learner: Path(learner.path).stem)
    if not found:
        raise FitError(f"There is no measured channel in {data.name}.", hint="Name telemetry with numbers in it.")
    return tuple(_those(found, wanted)) if wanted else tuple(found)


def series_of(learner: Learner) -> Series:
    """The channel itself."""
    return next(
        series
        for series in measured_series(without_labels(_telemetry(learner.path, learner.part)))
        if series.channel.name == learner.name
    )


def labels_of(learner: Learner) -> Bools:
    """Which samples of the channel are labelled, shape (n,); for supervised training alone."""
    data = _telemetry(learner.path, learner.part)
    labelled = np.zeros(len(data), np.bool_)
    for label in data.labels_on(learner.name):
        labelled[label.start : label.stop] = True
    return labelled


def _places(data: Path) -> list[tuple[Path, str]]:
    """Files and their parts, in order; of a folder that is no telemetry itself, the telemetry files below it."""
    try:
        return [(data, part) for part in open_file(data).source.parts or ("",)]
    except ReadError:
        if not data.is_dir():
            raise
    places = []
    for path in data_files(data):
        try:
            if summarise(path).kind == "telemetry":
                places += [(path, part) for part in open_file(path).source.parts or ("",)]
        except UserError:
            continue
    return places


@lru_cache(maxsize=2)
def _telemetry(path: str, part: str) -> Telemetry:
    data = open_file(path, part=part or None)
    if not isinstance(data, Telemetry):
        raise ReadError(f"{Path(path).name} holds no telemetry.", hint="Name telemetry to learn from.")
    return data


def _told_apart(learners: Sequence[Learner], by: Callable[[Learner], str]) -> list[Learner]:
    often = Counter(learner.key for learner in learners)
    return [
        replace(learner, key=f"{by(learner)}/{learner.key}") if often[learner.key] > 1 and by(learner) else learner
        for learner in learners
    ]


def _those(learners: Sequence[Learner], wanted: Sequence[str]) -> list[Learner]:
    names = {name for learner in learners for name in (learner.key, learner.part, learner.name) if name}
    for name in wanted:
        if name not in names:
            near = get_close_matches(name, names, 1)
            meant = f"Do you mean {near[0]}? " if near else ""
            some = ", ".join(learner.key for learner in learners[:60])
            raise ParamError(f"There is no channel called {name!r}.", hint=f"{meant}The channels are: {some}.")
    return [learner for learner in learners if {learner.key, learner.part, learner.name} & set(wanted)]
