"""When scores of a channel become an alarm, and when the alarm is over: with hysteresis, sample by sample."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Literal

from desktop_app.core.params import Params, setting

Level = Literal["STANDBY", "NOMINAL", "WATCH", "ALARM"]
LEVELS: tuple[Level, ...] = ("STANDBY", "NOMINAL", "WATCH", "ALARM")
"""No data to judge by; nothing beyond the limit; something beyond, not yet enough; enough of it."""
What = Literal["raised", "cleared", "acknowledged", "open"]
SEVERE = ((5.0, "critical"), (2.0, "major"))
"""From how many limits on an alarm is called what; below the last it is minor."""
SILENCE = 100
"""After so many samples without a score the channel is on standby, its alarm as it was."""


class AlarmParams(Params):
    """When an alarm is raised and cleared."""

    threshold: float = setting(
        1.0,
        title="Threshold",
        help="From which score on a sample counts; 1 is the limit that the detector sets for the channel.",
        unit="× limit",
        ge=0.1,
        le=100.0,
    )
    raise_after: int = setting(
        3, title="Raise after", help="So many of the last samples at the threshold raise an alarm.", ge=1, le=1000
    )
    of_last: int = setting(5, title="Of the last", help="Samples that are counted to raise one.", ge=1, le=1000)
    clear_after: int = setting(
        50, title="Clear after", help="So many samples in a row below the threshold end an alarm.", ge=1, le=100_000
    )


@dataclass(frozen=True)
class Alarm:
    """One alarm of a channel.

    Attributes
    ----------
    number : int
        In the order they were raised in, from 1, over all channels of a replay.
    channel : str
    began, raised, ended : int
        Rows: the first sample at the threshold that led to it, where it was raised, and the last sample at the
        threshold before it was cleared; ``ended`` is -1 while it stands.
    peak_row, peak : int, float
        Where the score was highest, and how high.
    injected : bool
        Whether a fault that was injected on purpose was in the samples that raised it.
    acknowledged : bool
    """

    number: int
    channel: str
    began: int
    raised: int
    ended: int
    peak_row: int
    peak: float
    injected: bool = False
    acknowledged: bool = False

    @property
    def severity(self) -> str:
        """How far beyond the limit it went: "minor", "major" or "critical"."""
        return next((name for least, name in SEVERE if self.peak >= least), "minor")

    @property
    def stands(self) -> bool:
        """Whether it is not cleared yet."""
        return self.ended < 0


@dataclass(frozen=True)
class LogEntry:
    """What happened to an alarm.

    Attributes
    ----------
    what : str
        "raised", "cleared", "acknowledged", or "open" where the stream ended while it stood.
    row : int
        The sample at which it happened.
    alarm : Alarm
        As it was then.
    reason : str
        A phrase for a person.
    """

    what: What
    row: int
    alarm: Alarm
    reason: str


@dataclass(frozen=True)
class _Sample:
    row: int
    score: float
    over: bool
    injected: bool


class AlarmState:
    """Whether one channel is nominal, watched or in alarm: strictly causal, its memory a few samples.

    Parameters
    ----------
    channel : str
    params : AlarmParams
    """

    def __init__(self, channel: str, params: AlarmParams | None = None) -> None:
        self._channel = channel
        self.params = params or AlarmParams()
        self.alarm: Alarm | None = None
        self._lately: deque[_Sample] = deque(maxlen=self.params.of_last)
        self._below = self._silent = 0
        self._last_over = -1
        self._looked = False

    @property
    def level(self) -> Level:
        """What to show."""
        if not self._looked or self._silent >= SILENCE:
            return "STANDBY"
        if self.alarm is not None:
            return "ALARM"
        return "WATCH" if any(sample.over for sample in self._lately) else "NOMINAL"

    def set_params(self, params: AlarmParams) -> None:
        """Judge by other rules from the next sample on."""
        self.params = params
        self._lately = deque(self._lately, maxlen=params.of_last)

    def push(self, row: int, score: float, number: int, *, injected: bool = False) -> LogEntry | None:
        """Take the score of the next sample; what happened, if anything.

        Parameters
        ----------
        row : int
        score : float
            In limits; NaN where nothing can be told, which neither raises nor clears.
        number : int
            Of the alarm, should one be raised.
        injected : bool
            Whether the sample was changed on purpose.
        """
        if score != score:
            self._silent += 1
            return None
        self._silent, self._looked = 0, True
        over = score >= self.params.threshold
        self._lately.append(_Sample(row, score, over, injected))
        if over:
            self._last_over = row
        if self.alarm is None:
            return self._raise_if(row, number)
        if score > self.alarm.peak:
            self.alarm = replace(self.alarm, peak=score, peak_row=row)
        if injected and not self.alarm.injected:
            self.alarm = replace(self.alarm, injected=True)
        self._below = 0 if over else self._below + 1
        return self._clear(row) if self._below >= self.params.clear_after else None

    def acknowledge(self, row: int) -> LogEntry | None:
        """Somebody has seen the alarm; None where there is none that was not seen yet."""
        if self.alarm is None or self.alarm.acknowledged:
            return None
        self.alarm = replace(self.alarm, acknowledged=True)
        return LogEntry("acknowledged", row, self.alarm, "seen by the operator")

    def at_end(self, row: int) -> LogEntry | None:
        """What is left to say when the stream ends: an alarm that stands."""
        return None if self.alarm is None else LogEntry("open", row, self.alarm, "the stream ended while it stood")

    def _raise_if(self, row: int, number: int) -> LogEntry | None:
        over = [sample for sample in self._lately if sample.over]
        # More than are looked at can never be asked for.
        if not self._lately[-1].over or len(over) < min(self.params.raise_after, self.params.of_last):
            return None
        peak = max(over, key=lambda sample: sample.score)
        injected = any(sample.injected for sample in over)
        self.alarm = Alarm(number, self._channel, over[0].row, row, -1, peak.row, peak.score, injected)
        self._below = 0
        told = f"{len(over)} of the last {len(self._lately)} samples at {self.params.threshold:g} limits or more"
        return LogEntry("raised", row, self.alarm, told + (", with an injected fault in them" if injected else ""))

    def _clear(self, row: int) -> LogEntry:
        assert self.alarm is not None
        ended = replace(self.alarm, ended=self._last_over)
        self.alarm, self._below = None, 0
        self._lately.clear()
        return LogEntry("cleared", row, ended, f"{self.params.clear_after} samples in a row below the threshold")
