"""Telemetry: many channels on one clock, kept as irregular as they are."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Literal

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, frozen_floats, frozen_ints
from desktop_app.core.source import Source

Clock = Literal["utc", "elapsed", "samples"]
Role = Literal["measured", "command"]


@dataclass(frozen=True)
class Channel:
    """One channel.

    Attributes
    ----------
    name, unit : str
    states : tuple of str
        Names of the values 0, 1, ... of an enumeration; () for numbers.
    role : str
        "measured", or "command" for what was sent to the spacecraft: it explains the others and is not judged itself.
    """

    name: str
    unit: str = ""
    states: tuple[str, ...] = ()
    role: Role = "measured"


@dataclass(frozen=True)
class Interval:
    """A stretch of rows ``start:stop`` that somebody labelled; ``channel`` is "" where it is about all of them."""

    start: int
    stop: int
    kind: str = "anomaly"
    channel: str = ""


@dataclass(frozen=True, eq=False)
class Telemetry:
    """Values of channels against time.

    Attributes
    ----------
    source : Source
    time : ndarray, shape (n,)
        Seconds since ``zero_unix_s``; finite, never decreasing. Row numbers where the file has no times.
    values : ndarray, shape (n, c)
        NaN where a channel has no value at that time; never filled, never resampled.
    channels : tuple of Channel
        c of them.
    clock : str
        "utc" where times are dates, "elapsed" where they count from nobody knows when, "samples" where they are rows.
    zero_unix_s : float
        Unix time of time zero; NaN but for the clock "utc".
    row : ndarray, shape (n,)
        Row numbers in the file, from 0.
    labels : tuple of Interval
        Ground truth that came with the data; () where none did.
    training : Telemetry or None
        An earlier stretch of the same channels that is said to be nominal.
    """

    source: Source
    time: Floats
    values: Floats
    channels: tuple[Channel, ...]
    clock: Clock = "samples"
    zero_unix_s: float = float("nan")
    row: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    labels: tuple[Interval, ...] = ()
    training: "Telemetry | None" = None

    def __post_init__(self) -> None:
        n = len(self.time)
        for name in ("time", "values"):
            object.__setattr__(self, name, frozen_floats(getattr(self, name)))
        object.__setattr__(self, "row", frozen_ints(self.row if len(self.row) or not n else np.arange(n)))
        if self.values.shape != (n, len(self.channels)) or self.row.shape != (n,):
            raise ValueError(f"values have shape {self.values.shape}, not ({n}, {len(self.channels)})")
        if not np.isfinite(self.time).all() or np.any(self.time[1:] < self.time[:-1]):
            raise ValueError("time is not finite or goes back")
        if any(not 0 <= label.start < label.stop <= n for label in self.labels):
            raise ValueError("a label lies outside of the rows")

    def __len__(self) -> int:
        return len(self.time)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the channels, in their order."""
        return tuple(channel.name for channel in self.channels)

    @cached_property
    def cadence_s(self) -> float:
        """The usual step from row to row, in seconds; NaN where the rows have no times or are fewer than two."""
        steps = np.diff(self.time)
        return float(np.median(steps)) if len(steps) and self.clock != "samples" else float("nan")

    @property
    def time_label(self) -> str:
        """What times count from: "s since 2026-01-01T00:00:00 UTC", "s", or "samples"."""
        if self.clock == "utc":
            return f"s since {utc_dates(np.array([self.zero_unix_s]))[0]} UTC"
        return "s" if self.clock == "elapsed" else "samples"

    def labels_on(self, channel: str) -> tuple[Interval, ...]:
        """The labels that are about ``channel``, those about all channels among them."""
        return tuple(label for label in self.labels if label.channel in ("", channel))

    @cached_property
    def labelled(self) -> Bools:
        """Which rows carry a label, shape (n,)."""
        rows = np.zeros(len(self), bool)
        for label in self.labels:
            rows[label.start : label.stop] = True
        return rows

    @cached_property
    def digest(self) -> str:
        """sha256 over times, values and channel names, and those of the training stretch; not over labels."""
        state = sha256(f"telemetry/{[channel.name for channel in self.channels]}".encode())
        for array in (self.time, self.values):
            state.update(array.data)
        if self.training is not None:
            state.update(self.training.digest.encode())
        return state.hexdigest()


def stretches(marked: Bools) -> list[tuple[int, int]]:
    """The runs ``start:stop`` of rows that are marked.

    Parameters
    ----------
    marked : ndarray, shape (n,)
    """
    edges = np.flatnonzero(np.diff(np.concatenate(([False], marked, [False])).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def with_labels(data: Telemetry, labels: Iterable[Interval]) -> Telemetry:
    """``data`` with further labels, each of them once, in the order of their rows."""
    every = dict.fromkeys((*data.labels, *labels))
    return replace(data, labels=tuple(sorted(every, key=lambda label: (label.start, label.stop, label.channel))))


def without_labels(data: Telemetry) -> Telemetry:
    """``data``, its training stretch too, with no labels: what a detector gets to see."""
    training = None if data.training is None else without_labels(data.training)
    return replace(data, labels=(), training=training)


def only_channels(data: Telemetry, names: Iterable[str]) -> Telemetry:
    """``data`` with the channels of these names and all commands, its training stretch and labels as well."""
    wanted = set(names)
    chosen = [n for n, one in enumerate(data.channels) if one.name in wanted or one.role == "command"]
    if len(chosen) == len(data.channels):
        return data
    kept = {"", *(data.channels[n].name for n in chosen)}
    return replace(
        data,
        values=data.values[:, chosen],
        channels=tuple(data.channels[n] for n in chosen),
        labels=tuple(label for label in data.labels if label.channel in kept),
        training=None if data.training is None else only_channels(data.training, wanted),
    )


def utc_dates(unix_s: Floats) -> list[str]:
    """Dates of Unix times to the millisecond, "" where they are not finite or out of the years 1 to 9999."""
    known = np.isfinite(unix_s) & (unix_s > -6.2e10) & (unix_s < 2.5e11)
    moments = np.round(np.where(known, unix_s, 0.0) * 1000).astype("datetime64[ms]")
    return [str(text) if told else "" for text, told in zip(np.datetime_as_string(moments), known, strict=True)]
