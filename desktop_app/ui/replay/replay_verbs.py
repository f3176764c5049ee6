"""What the session does about a replay: rows come in on a thread of their own, as fast as the speed asks for."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop_app.core.channels.alarms import AlarmParams, LogEntry
from desktop_app.core.errors import UserError
from desktop_app.core.params import Params
from desktop_app.core.progress import Report
from desktop_app.core.telemetry import Telemetry
from desktop_app.engine.alarm_log import LogOrigin, as_csv, as_text, record_of
from desktop_app.engine.jobs import Failed, Finished, Worker
from desktop_app.engine.pace import SPEEDS, Pace
from desktop_app.engine.replay import BLOCK_ROWS, Frame, Injected, Replay, ReplayPlan
from desktop_app.ui.replay.replay_state import ROLLING, ReplayState, Rolling
from desktop_app.ui.state import AppState
from desktop_app.ui.telemetry.telemetry_picture import same_samples
from desktop_app.ui.words import counted

if TYPE_CHECKING:
    from desktop_app.ui.session import Session

TICK_MS = 33
JOB_S = 0.04
"""A block of rows is as large as can be judged in this time, so that a pause or a fault is heard soon."""
RECORDS_KEPT = 5000
_CLOSE_S = 1.5
_RATE_OVER_S = 0.5
Update = Callable[..., None]
Asked = Callable[[Replay], object]

_log = logging.getLogger("peculiar")


class ReplayVerbs(QObject):
    """Changes the session's state; the panel and the actions call the verbs.

    The replay itself is only ever touched by jobs of its one worker; what a person asks for meanwhile (a fault, other
    rules) is done between two blocks of rows.
    """

    _told = Signal(object)

    def __init__(self, session: "Session", update: Update) -> None:
        super().__init__(session)
        self._session, self._update = session, update
        self._worker = Worker("job-replay")
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._replay: Replay | None = None
        self._pace: Pace | None = None
        self._run = ""
        self._job = 0
        self._last_s = 0.0
        self._most = 10
        self._waiting: list[Asked] = []
        self._held = self._ending = False
        self._since = (0.0, 0)
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        session.changed.connect(self._on_changed)

    @property
    def _state(self) -> ReplayState:
        return self._session.state.replay

    @property
    def at_work(self) -> bool:
        """Whether a block of rows is on its way, or the next one will be."""
        return bool(self._job) or self._timer.isActive()

    # Verbs

    def toggle(self) -> None:
        """Start, pause, or go on."""
        match self._state.status:
            case "running":
                self.pause()
            case "paused":
                self._go_on()
            case "idle" | "ended":
                self.start(0)

    def start(self, first: int = 0, *, held: bool = False) -> None:
        """Begin at the row ``first``; earlier rows come in at once. ``held``: pause after the first."""
        data = self._session.state.data
        if not isinstance(data, Telemetry) or not len(data):
            return
        self._drop()
        old, self._held = self._state, held
        plan = ReplayPlan(first=min(max(0, first), len(data) - 1), alarms=old.rules)
        self._run = uuid.uuid4().hex[:8]
        fresh = ReplayState("preparing", data, speed=old.speed, rules=old.rules, row=plan.first, first=plan.first)
        self._update(replay=replace(fresh, channel=old.channel))
        self._submit(partial(_prepared, data, plan))

    def pause(self) -> None:
        """Hold it where it is."""
        self._timer.stop()
        if self._state.status == "running":
            self._change(status="paused")

    def step(self) -> None:
        """Let one row come in."""
        if self._state.status in ("idle", "ended"):
            self.start(0, held=True)
            return
        self.pause()
        if self._state.status == "paused" and not self._job:
            self._submit_rows(1)

    def stop(self) -> None:
        """End it; what came in and what was logged stays to be seen."""
        self._timer.stop()
        if self._state.status == "preparing":
            self._drop()
            self._change(status="idle")
        elif self._replay is not None and self._job:
            self._ending = True
        elif self._replay is not None:
            self._end(self._replay)

    def restart(self) -> None:
        """From the first row again."""
        self.start(0)

    def set_speed(self, speed: float) -> None:
        """Times the clock of the data; infinite for as fast as it goes."""
        if self._pace is not None:
            self._pace.speed = speed
        self._change(speed=speed)

    def step_speed(self, step: int) -> None:
        """The next faster or slower speed."""
        speeds = (*SPEEDS, inf)
        place = min(range(len(speeds)), key=lambda one: abs(min(speeds[one], 1e9) - min(self._state.speed, 1e9)))
        self.set_speed(speeds[min(max(0, place + step), len(speeds) - 1)])

    def set_channel(self, channel: str) -> None:
        """Which channel is drawn."""
        self._change(channel=channel)

    def set_rules(self, rules: Params) -> None:
        """When alarms are raised and cleared, from the next row on."""
        if isinstance(rules, AlarmParams):
            self._change(rules=rules)
            self._ask(lambda replay: replay.set_alarms(rules))

    def acknowledge(self) -> None:
        """Say that the alarms that stand were seen."""
        self._ask(lambda replay: replay.acknowledge())

    def inject(self, kind: str) -> None:
        """Put a fault into the channel that is drawn; the detector is not told, everything else says so."""
        channel = self._state.channel
        self._ask(lambda replay: replay.inject(kind, channel))

    def export(self, path: Path) -> None:
        """Write the alarm log as text, or as CSV where the suffix says so."""
        from desktop_app.export.writer import write_together

        records = self._state.records
        text = as_csv(records) if path.suffix.lower() == ".csv" else as_text(records)
        try:
            write_together({path: text})
        except UserError as error:
            self._session.notify("error", error.message, error.hint)
            return
        self._session.notify("info", f"{counted(len(records), 'line')} of the alarm log written to {path}.")

    def close(self) -> None:
        """End the thread: the window closes."""
        self._drop()

    # Work

    def _drop(self) -> None:
        """Forget the replay, and what is on its way."""
        self._timer.stop()
        self._replay, self._job = None, 0
        self._waiting.clear()
        self._held = self._ending = False
        self._worker.close(_CLOSE_S)
        self._worker = Worker("job-replay")

    def _end(self, replay: Replay) -> None:
        self._log(replay, replay.at_stop())
        self._drop()
        self._change(status="ended")

    def _go_on(self) -> None:
        self._last_s = monotonic()
        self._since = (self._last_s, self._state.row)
        self._change(status="running")
        self._timer.start()

    def _ask(self, doing: Asked) -> None:
        """Do something with the replay between two blocks of rows."""
        if self._replay is None:
            return
        self._waiting.append(doing)
        if not self._job:
            self._submit_rows(0)

    def _on_tick(self) -> None:
        replay, pace = self._replay, self._pace
        if self._job or replay is None or pace is None:
            return
        now_s = monotonic()
        rows, self._last_s = pace.rows_due(replay.row, now_s - self._last_s, self._most), now_s
        if rows or self._waiting:
            self._submit_rows(rows)

    def _submit(self, work: Callable[[Report], object]) -> None:
        self._job = self._worker.submit(work, self._told.emit).number

    def _submit_rows(self, rows: int) -> None:
        """What was asked for meanwhile, then the next rows."""
        if self._replay is not None:
            asked, self._waiting = tuple(self._waiting), []
            self._submit(partial(_stepped, self._replay, asked, rows))

    def _on_told(self, event: object) -> None:
        match event:
            case Finished(job=number, result=result) if number == self._job:
                self._job = 0
                match result:
                    case Replay() as replay:
                        self._on_ready(replay)
                    case (Frame() as frame, tuple() as answers):
                        self._on_frame(frame, answers)
            case Failed(job=number, error=error) if number == self._job:
                self._job = 0
                self._timer.stop()
                self._replay = None
                self._change(status="idle")
                self._session.tell_error(error)

    def _on_ready(self, replay: Replay) -> None:
        self._replay = replay
        self._pace = Pace(replay.data, replay.row, self._state.speed)
        self._most = 10
        channel = self._state.channel if self._state.channel in replay.channels else replay.channels[0]
        self._change(
            channels=replay.channels, channel=channel, notes=replay.notes, row=replay.row, alarms=replay.standing
        )
        for note in replay.notes:
            _log.info("Replay, %s.", note)
        if self._held:
            self._change(status="paused")
            self._submit_rows(1)
        else:
            self._go_on()

    def _on_frame(self, frame: Frame, answers: tuple[object, ...]) -> None:
        replay, state = self._replay, self._state
        if replay is None or state.data is None:
            return
        rows = frame.stop - frame.start
        if rows:
            self._most = int(np.clip(rows * JOB_S / max(frame.seconds, 1e-6), 1, BLOCK_ROWS))
        told = [entry for answer in answers if isinstance(answer, tuple) for entry in answer]
        self._log(replay, (*told, *frame.entries))
        latency = frame.latency_s
        self._change(
            row=frame.stop,
            levels=frame.levels,
            rolling=_rolled(state.rolling, frame, state.data),
            stale=frame.stale,
            injections=tuple(f"{one.channel}: {one.text}" for one in replay.injections),
            latency_s=latency if latency == latency else state.latency_s,
            rate=self._rate(frame.stop),
        )
        for answer in answers:
            match answer:
                case Injected() as injected:
                    _log.info("Replay, %s: %s.", injected.channel, injected.text)
                case UserError() as error:
                    self._session.notify("warning", error.message, error.hint)
        if replay.done or self._ending:
            self._end(replay)
        elif self._waiting and not self._timer.isActive():
            self._submit_rows(0)

    def _rate(self, row: int) -> float:
        """Rows a second, measured anew each second."""
        now_s = monotonic()
        then_s, before = self._since
        if now_s - then_s < _RATE_OVER_S:
            return self._state.rate
        self._since = (now_s, row)
        return (row - before) / (now_s - then_s)

    def _log(self, replay: Replay, entries: tuple[LogEntry, ...]) -> None:
        if not entries:
            return
        state, origin = self._state, LogOrigin(self._run, replay.data)
        alarms = {alarm.number: alarm for alarm in state.alarms}
        alarms |= {entry.alarm.number: entry.alarm for entry in entries}
        records = [record_of(entry, origin, replay.plan.alarms.threshold) for entry in entries]
        kept = tuple(alarms[number] for number in sorted(alarms))[-RECORDS_KEPT:]
        self._change(records=(*state.records, *records)[-RECORDS_KEPT:], alarms=kept)

    def _on_changed(self, old: AppState, new: AppState) -> None:
        """Other data are shown: a replay of what is gone ends."""
        if new.data is old.data or self._state.data is None:
            return
        data = new.data if isinstance(new.data, Telemetry) else None
        if not same_samples(self._state.data, data):
            self._drop()
            self._update(replay=ReplayState(speed=self._state.speed, rules=self._state.rules))

    def _change(self, **changes: object) -> None:
        self._update(replay=replace(self._state, **changes))  # type: ignore[arg-type]  # by name


def _prepared(data: Telemetry, plan: ReplayPlan, report: Report) -> Replay:
    from desktop_app.ui import work

    with work.one_importer:
        import desktop_app.detectors.telemetry.stream  # noqa: F401  importing it takes a while

    replay = Replay(data, plan)
    replay.prepare(report)
    replay.step(0)
    return replay


def _stepped(
    replay: Replay, asked: tuple[Asked, ...], rows: int, _report: Report
) -> "tuple[Frame, tuple[object, ...]]":
    answers: list[object] = []
    for doing in asked:
        try:
            answers.append(doing(replay))
        except UserError as error:
            answers.append(error)
    return replay.step(rows), tuple(answers)


def _rolled(old: Rolling, frame: Frame, data: Telemetry) -> Rolling:
    """``old`` with the rows of ``frame`` behind it, as many as the plot shows."""
    if frame.stop == frame.start:
        return old
    stop = frame.stop
    start = max(old.start if old.time.size else frame.start, stop - ROLLING)

    def joined(before: np.ndarray, new: np.ndarray) -> np.ndarray:
        both = np.concatenate([before, new]) if before.size else new
        return both[-(stop - start) :]

    return Rolling(
        start,
        data.time[start:stop],
        joined(old.values, frame.values),
        joined(old.model, frame.model),
        joined(old.scores, frame.scores),
        joined(old.injected, frame.injected),
    )
