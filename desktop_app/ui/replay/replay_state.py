"""What the replay panel shows: where the replay is, what came in lately, and what its alarms did."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.alarms import Alarm, AlarmParams, Level
from desktop_app.core.telemetry import Telemetry
from desktop_app.engine.alarm_log import Cell

Status = Literal["idle", "preparing", "running", "paused", "ended"]
Record = dict[str, Cell]
ROLLING = 600
"""Rows that the live plot shows."""
_EMPTY = np.zeros((0, 0))
_AS_SHIPPED = AlarmParams()


@dataclass(frozen=True, eq=False)
class Rolling:
    """The last rows that came in; arrays of shape (rows, channels) but for ``time``.

    Attributes
    ----------
    start : int
        The row of the data that is the first.
    """

    start: int = 0
    time: Floats = field(default_factory=lambda: np.zeros(0))
    values: Floats = field(default_factory=lambda: _EMPTY)
    model: Floats = field(default_factory=lambda: _EMPTY)
    scores: Floats = field(default_factory=lambda: _EMPTY)
    injected: Bools = field(default_factory=lambda: np.zeros((0, 0), np.bool_))


@dataclass(frozen=True, eq=False)
class ReplayState:
    """The replay in the window.

    Attributes
    ----------
    status : str
    data : Telemetry or None
        What is replayed; None before the first start.
    channels : tuple of str
    channel : str
        The one that is drawn.
    row, first : int
        The next row, and the one it began at.
    speed : float
        Times the clock of the data, or samples a second; infinite for as fast as it goes.
    rules : AlarmParams
    levels : tuple of str
        Of each channel.
    rolling : Rolling
    alarms : tuple of Alarm
        Every alarm so far as it is known now, in the order of their numbers.
    records : tuple of dict
        The alarm log by the names of its columns, the oldest first.
    injections : tuple of str
        The faults that were put in, in words.
    stale : tuple of str
        Channels whose reference is no longer like the data.
    notes : tuple of str
    latency_s, rate : float
        From a sample's coming in to its score, and rows that came in a second; measured, NaN before.
    """

    status: Status = "idle"
    data: Telemetry | None = None
    channels: tuple[str, ...] = ()
    channel: str = ""
    row: int = 0
    first: int = 0
    speed: float = 20.0
    rules: AlarmParams = _AS_SHIPPED
    levels: tuple[Level, ...] = ()
    rolling: Rolling = field(default_factory=Rolling)
    alarms: tuple[Alarm, ...] = ()
    records: tuple[Record, ...] = ()
    injections: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    latency_s: float = float("nan")
    rate: float = float("nan")

    @property
    def place(self) -> int:
        """The column of the channel that is drawn; -1 where there is none."""
        return self.channels.index(self.channel) if self.channel in self.channels else -1

    @property
    def level(self) -> Level:
        """The gravest of all channels."""
        order: tuple[Level, ...] = ("STANDBY", "NOMINAL", "WATCH", "ALARM")
        return max(self.levels, key=order.index) if self.levels else "STANDBY"


NOTHING_REPLAYED = ReplayState()
