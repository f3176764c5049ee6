"""Replays telemetry as if it came in live: rows in, scores and alarms out; content never depends on the speed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.alarms import Alarm, AlarmParams, AlarmState, Level, LogEntry
from desktop_app.core.channels.faults import FAULTS, Fault, planted, usual_of
from desktop_app.core.channels.series import Series, measured_series
from desktop_app.core.channels.streaming import StreamParams
from desktop_app.core.errors import FitError, ParamError
from desktop_app.core.progress import Report, silent
from desktop_app.core.telemetry import Telemetry, without_labels

if TYPE_CHECKING:
    from desktop_app.core.channels.streaming import StreamScorer

BLOCK_ROWS = 500
_FRESH_STREAM = StreamParams()
_FRESH_ALARMS = AlarmParams()


@dataclass(frozen=True)
class ReplayPlan:
    """What is replayed, and how it is judged.

    Attributes
    ----------
    channels : tuple of str
        Measured channels; () for all of them.
    first : int
        Row to begin at. Earlier rows come in before, unseen, so that a row is judged alike wherever a replay begins.
    stream : StreamParams
    alarms : AlarmParams
    """

    channels: tuple[str, ...] = ()
    first: int = 0
    stream: StreamParams = _FRESH_STREAM
    alarms: AlarmParams = _FRESH_ALARMS


@dataclass(frozen=True)
class Injected:
    """A fault that was put into the stream on purpose; everything that shows the stream says so."""

    channel: str
    fault: Fault

    @property
    def text(self) -> str:
        """What it is, in words."""
        return f"injected {self.fault.kind}, rows {self.fault.start:,} to {self.fault.stop - 1:,}"


@dataclass(frozen=True, eq=False)
class Frame:
    """The next rows of a replay, and what was made of them; arrays have the shape (rows, channels).

    Attributes
    ----------
    start, stop : int
        Rows of the data.
    values : ndarray
        As the detector saw them, with the faults that were injected.
    scores, model, limit : ndarray
        As `Streamed` has them.
    injected : ndarray of bool
        Which values were changed on purpose.
    levels : tuple of str
        Of each channel after the last row.
    entries : tuple of LogEntry
        What happened to alarms, in the order of rows.
    stale : tuple of str
        Channels whose reference is no longer like the data.
    seconds : float
        How long the work took; the only thing here that differs from run to run.
    """

    start: int
    stop: int
    values: Floats
    scores: Floats
    model: Floats
    limit: Floats
    injected: Bools
    levels: tuple[Level, ...]
    entries: tuple[LogEntry, ...]
    stale: tuple[str, ...]
    seconds: float = field(default=0.0)

    @property
    def latency_s(self) -> float:
        """From a sample's coming in to its score, on average; NaN where there was none."""
        n = int(np.isfinite(self.values).sum())
        return self.seconds / n if n else float("nan")


class Replay:
    """Goes through telemetry row by row; only one thread may use it at a time.

    Parameters
    ----------
    data : Telemetry
        Its labels are not looked at.
    plan : ReplayPlan

    Raises
    ------
    ParamError
        There is no such channel or row.
    FitError
        There is no measured channel.
    """

    def __init__(self, data: Telemetry, plan: ReplayPlan) -> None:
        self.data, self.plan = without_labels(data), plan
        self._series = _chosen(self.data, plan.channels)
        if not 0 <= plan.first < max(1, len(data)):
            raise ParamError(f"There is no row {plan.first}.", hint=f"The data have rows 0 to {len(data) - 1}.")
        self.channels = tuple(series.channel.name for series in self._series)
        self.values = np.stack([series.values for series in self._series], axis=1)
        self.injections: tuple[Injected, ...] = ()
        self.notes: tuple[str, ...] = ()
        self.row = plan.first
        self._scorers: list[StreamScorer] = []
        self._alarms = [AlarmState(name, plan.alarms) for name in self.channels]
        self._number = 0
        self._changed = np.zeros(self.values.shape, np.bool_)

    @property
    def done(self) -> bool:
        """Whether the data are at their end."""
        return self.row >= len(self.data)

    @property
    def standing(self) -> tuple[Alarm, ...]:
        """The alarms that are not cleared."""
        return tuple(state.alarm for state in self._alarms if state.alarm is not None)

    def prepare(self, report: Report = silent) -> None:
        """Learn from the training stretches, and let the rows before the first come in."""
        from desktop_app.detectors.telemetry.stream import scorer_of

        notes: list[str] = []
        for place, series in enumerate(self._series):
            report(0.3 * place / len(self._series), f"Learning {series.channel.name}")
            scorer, told = scorer_of(series, self.plan.stream)
            self._scorers.append(scorer)
            notes += [f"{series.channel.name}: {note}" for note in told]
        self.notes = tuple(notes)
        self.row = 0
        while self.row < self.plan.first:
            report(0.3 + 0.7 * self.row / self.plan.first, f"Going to row {self.plan.first:,}")
            self.step(min(BLOCK_ROWS, self.plan.first - self.row))
        report(1.0, "Ready")

    def step(self, rows: int) -> Frame:
        """Let the next ``rows`` come in, or those that are left."""
        if not self._scorers:
            self.prepare()
        began = perf_counter()
        start, stop = self.row, min(len(self.data), self.row + max(0, rows))
        values = self.values[start:stop]
        scores, model, limit = (np.full(values.shape, np.nan) for _ in range(3))
        for place, scorer in enumerate(self._scorers):
            found = scorer.push(self.data.time[start:stop], values[:, place])
            scores[:, place], model[:, place], limit[:, place] = found.scores, found.model, found.limit
        entries = self._alarmed(start, scores)
        self.row = stop
        if stop > start and self.done:
            ends = [state.at_end(stop - 1) for state in self._alarms]
            entries += [entry for entry in ends if entry is not None]
        stale = tuple(
            name for name, scorer in zip(self.channels, self._scorers, strict=True) if scorer.ready and scorer.stale
        )
        levels = tuple(state.level for state in self._alarms)
        changed = self._changed[start:stop].copy()
        taken = perf_counter() - began
        return Frame(
            start, stop, values.copy(), scores, model, limit, changed, levels, tuple(entries), stale, seconds=taken
        )

    def inject(self, kind: str, channel: str, size: int = 2) -> Injected:
        """Change the values of ``channel`` from the next row on as a fault would; the detector is not told.

        Parameters
        ----------
        kind : str
            A name of `FAULTS`.
        channel : str
        size : int
            0 small, 1 medium, 2 large.

        Raises
        ------
        ParamError
            There is no such kind or channel.
        FitError
            It cannot be injected here.
        """
        if kind not in FAULTS:
            raise ParamError(f"There is no fault called {kind!r}.", hint=f"Choose from: {', '.join(FAULTS)}.")
        if channel not in self.channels:
            raise ParamError(f"{channel} is not replayed.", hint=f"Choose from: {', '.join(self.channels)}.")
        place = self.channels.index(channel)
        fault, after = self._planted(kind, place, size)
        changed = np.array(self.values)
        self._changed[:, place] |= (after != changed[:, place]) & np.isfinite(after)
        changed[:, place] = after
        self.values = changed
        injected = Injected(channel, fault)
        self.injections = (*self.injections, injected)
        return injected

    def set_alarms(self, params: AlarmParams) -> None:
        """Judge by other rules from the next row on."""
        self.plan = replace(self.plan, alarms=params)
        for state in self._alarms:
            state.set_params(params)

    def acknowledge(self) -> tuple[LogEntry, ...]:
        """Say that every alarm that stands was seen."""
        told = [state.acknowledge(max(0, self.row - 1)) for state in self._alarms]
        return tuple(entry for entry in told if entry is not None)

    def at_stop(self) -> tuple[LogEntry, ...]:
        """What is left to tell where a replay ends before the data do."""
        told = [] if self.done else [state.at_end(max(0, self.row - 1)) for state in self._alarms]
        return tuple(entry for entry in told if entry is not None)

    def _planted(self, kind: str, place: int, size: int) -> tuple[Fault, Floats]:
        series, column, told = self._series[place], self.values[:, place], FAULTS[kind]
        known = column[: self.row] if series.training is None else series.training.values
        if not np.isfinite(known).any() or self.done:
            raise FitError("Nothing came in yet to tell how large a fault has to be.", hint="Start the replay first.")
        usual = usual_of(known)
        each = usual.cycle if kind == "missing cycle" else 1
        if not each:
            raise FitError(f"{series.channel.name} has no cycle that could be missing.", hint="Choose another fault.")
        rng = np.random.default_rng([self.row, place, len(self.injections)])
        least, most = told.rows[size]
        rows = each * int(rng.integers(least, most + 1))
        fault = Fault(kind, self.row, min(len(self.data), self.row + rows), told.strengths[size])
        after = planted(column, fault, usual, rng)
        if not np.any((after != column) & np.isfinite(column)):
            text = f"A fault of the kind {kind} would change nothing in {series.channel.name} here."
            raise FitError(text, hint="Choose another fault, or wait.")
        return fault, after

    def _alarmed(self, start: int, scores: Floats) -> list[LogEntry]:
        """What happened, row by row, so that alarms have the same numbers whatever the blocks."""
        entries: list[LogEntry] = []
        reach = max(self.plan.stream.windows)
        for place in range(len(scores)):
            row = start + place
            for state, column, score in zip(self._alarms, self._changed.T, scores[place].tolist(), strict=True):
                lately = bool(self.injections) and bool(column[max(0, row - reach) : row + 1].any())
                entry = state.push(row, score, self._number + 1, injected=lately)
                if entry is not None:
                    self._number += entry.what == "raised"
                    entries.append(entry)
        return entries


def _chosen(data: Telemetry, names: Sequence[str]) -> tuple[Series, ...]:
    every = {series.channel.name: series for series in measured_series(data)}
    if not every:
        raise FitError("There is no measured channel to replay.", hint="Open telemetry with numbers in it.")
    missing = [name for name in names if name not in every]
    if missing:
        shown = ", ".join(list(every)[:12]) + (", …" if len(every) > 12 else "")
        raise ParamError(f"There is no measured channel called {missing[0]!r}.", hint=f"Choose from: {shown}.")
    return tuple(every[name] for name in names) if names else tuple(every.values())
