"""One measured channel as a detector sees it, and the road from a detector of channels to one of telemetry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Scores
from desktop_app.core.errors import FitError
from desktop_app.core.progress import Report, part
from desktop_app.core.telemetry import Channel, Telemetry


@dataclass(frozen=True, eq=False)
class Series:
    """One measured channel; it holds no labels, so that no detector can see them.

    Attributes
    ----------
    channel : Channel
    time : ndarray, shape (n,)
        Seconds, or row numbers where the data have no times; never decreasing.
    values : ndarray, shape (n,)
        NaN where the channel has no value.
    commands : ndarray, shape (n, k)
        What was sent to the spacecraft, one column a command; k may be 0.
    training : Series or None
        An earlier stretch that is said to be nominal, with the same commands; None where the data have none.
    cadence_s : float
        The usual step in seconds; NaN where the rows have no times.
    """

    channel: Channel
    time: Floats
    values: Floats
    commands: Floats
    training: "Series | None" = None
    cadence_s: float = float("nan")

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class ChannelScores:
    """How strange each sample of one channel is: as `Scores`, with one dimension.

    Attributes
    ----------
    values : ndarray, shape (n,)
        How many times the limit of the channel; NaN exactly where the channel has no finite value, or the whole
        channel could not be looked at.
    tracks : mapping of str to ndarray, shape (n,)
    notes : tuple of str
        Without the name of the channel.
    """

    values: Floats
    tracks: Mapping[str, Floats] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class ChannelDetector(Protocol):
    """Finds what is strange in one channel; built anew for each."""

    def fit(self, series: Series, report: Report) -> Self:
        """Learn what is usual: from ``series.training`` where there is one.

        Raises
        ------
        FitError
            There is too little of the channel: it goes without scores, with the sentence as a note.
        """
        ...

    def score(self, series: Series, report: Report) -> ChannelScores:
        """How strange each sample is, after `fit`."""
        ...


class EachChannel:
    """A detector of telemetry that asks a detector of its own for every measured channel.

    Parameters
    ----------
    build : callable
        Makes the detector of one channel.
    """

    def __init__(self, build: Callable[[], ChannelDetector]) -> None:
        self._build = build
        self._fitted: dict[str, ChannelDetector | FitError] = {}

    def fit(self, data: Telemetry, report: Report) -> Self:
        """Learn what is usual, channel by channel.

        Raises
        ------
        FitError
            No channel can be looked at.
        """
        every = measured_series(data)
        for place, series in enumerate(every):
            told = part(report, place / len(every), (place + 1) / len(every))
            told(0.0, f"Learning {series.channel.name}")
            try:
                self._fitted[series.channel.name] = self._build().fit(series, told)
            except FitError as error:
                self._fitted[series.channel.name] = error
        if not any(not isinstance(fitted, FitError) for fitted in self._fitted.values()):
            raise next((fitted for fitted in self._fitted.values() if isinstance(fitted, FitError)), _nothing(data))
        report(1.0, "Learnt")
        return self

    def score(self, data: Telemetry, report: Report) -> Scores:
        """How strange each sample of each channel is."""
        every = measured_series(data)
        found: dict[str, ChannelScores] = {}
        for place, series in enumerate(every):
            name, told = series.channel.name, part(report, place / len(every), (place + 1) / len(every))
            told(0.0, f"Scoring {name}")
            match self._fitted[name]:
                case FitError() as error:
                    found[name] = ChannelScores(np.full(len(series), np.nan), notes=(error.message,))
                case fitted:
                    found[name] = fitted.score(series, told)
        report(1.0, "Scored")
        return together(data, found)


def measured_series(data: Telemetry) -> tuple[Series, ...]:
    """Every measured channel of ``data``, in order; those of a training stretch with it, by name."""
    trained = {series.channel.name: series for series in measured_series(data.training)} if data.training else {}
    commands = np.flatnonzero([channel.role == "command" for channel in data.channels])
    sent = np.nan_to_num(data.values[:, commands])
    return tuple(
        Series(channel, data.time, data.values[:, place], sent, trained.get(channel.name), data.cadence_s)
        for place, channel in enumerate(data.channels)
        if channel.role == "measured"
    )


def together(data: Telemetry, found: Mapping[str, ChannelScores]) -> Scores:
    """The scores of channels by name as those of ``data``; NaN for channels that are not among them."""
    names: Sequence[str] = list(dict.fromkeys(name for scores in found.values() for name in scores.tracks))
    empty = ChannelScores(np.full(len(data), np.nan))
    columns = [found.get(channel.name, empty) for channel in data.channels]
    shape = (len(data), len(columns))
    values, tracks = np.full(shape, np.nan), {name: np.full(shape, np.nan) for name in names}
    for place, scores in enumerate(columns):
        values[:, place] = scores.values
        for name, track in scores.tracks.items():
            tracks[name][:, place] = track
    notes = tuple(f"{name}: {note}" for name, scores in found.items() for note in scores.notes)
    return Scores(values, tracks, notes=notes)


def _nothing(data: Telemetry) -> FitError:
    name = data.source.object_name or "the file"
    return FitError(f"There is no measured channel in {name}.", hint="Open telemetry with numbers in it.")
