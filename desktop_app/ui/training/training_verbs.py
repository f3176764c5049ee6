"""What the session does about training: starts it on a thread of its own, hears of every epoch, stops and goes on."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from desktop_app.core.errors import UserError
from desktop_app.core.params import Params
from desktop_app.core.progress import Report
from desktop_app.core.telemetry import Telemetry
from desktop_app.engine.jobs import Cancelled, Failed, Finished, Job, Progressed, Worker
from desktop_app.ui import work
from desktop_app.ui.bridge import Bridge, without_progress
from desktop_app.ui.state import AppState
from desktop_app.ui.training.training_state import Running, Scope, with_epoch
from desktop_app.ui.words import counted

if TYPE_CHECKING:
    from desktop_app.engine.train import Epoch, Told, TrainingSpec, TrainRequest
    from desktop_app.ui.session import Session

FIRST = "lstm_autoencoder"
_LINES = 500
_CLOSE_S = 3.0
_PERIOD_S = 0.15
_UNFINISHED = "unfinished"
Update = Callable[..., None]


class TrainingVerbs(QObject):
    """Changes the session's state; the panel calls the verbs. One training at a time, beside everything else."""

    _told = Signal(object)
    _moved_on = Signal()

    def __init__(self, session: "Session", bridge: Bridge, update: Update) -> None:
        super().__init__(session)
        self._session, self._bridge, self._update = session, bridge, update
        self._worker = Worker("job-training")
        self._job: Job | None = None
        self._closed = False
        self._wanted: tuple[str, Path] | None = None
        self._last: tuple[str, Path] | None = None
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        # The state may change only once everybody has heard of the change before.
        self._moved_on.connect(self._follow, Qt.ConnectionType.QueuedConnection)
        session.changed.connect(self._on_changed)

    # What is to be trained

    def load(self, model: str = FIRST) -> None:
        """Choose what to train; its settings start from their defaults."""
        self._bridge.run_beside(without_progress(partial(_loaded, model)), self._on_spec)

    def set_settings(self, settings: Params) -> None:
        """How it is trained from now on."""
        self._change(settings=settings)

    def set_scope(self, scope: Scope) -> None:
        """Which channels are trained."""
        self._change(scope=scope)

    def set_ticked(self, names: tuple[str, ...]) -> None:
        """The channels for the scope "chosen"."""
        self._change(ticked=names)

    def set_jobs(self, jobs: int) -> None:
        """How many channels are trained at the same time."""
        self._change(jobs=jobs)

    def set_out(self, out: Path | None) -> None:
        """Where the weights go; None for a folder that is named after the data."""
        self._change(chosen_out=out)
        self._place()

    # Training

    def start(self, *, anew: bool = False) -> None:
        """Train, from where an earlier training of the same stopped unless ``anew``."""
        state, data = self._session.state.training, self._session.state.data
        if self._job is not None or state.spec is None or state.settings is None or state.out is None:
            return
        if not isinstance(data, Telemetry) or data.source.path is None:
            return
        channels = self.channels
        if state.scope != "all" and not channels:
            self._change(problem="No channel is ticked.", hint="Tick the channels to train, or choose all of them.")
            return
        from desktop_app.engine.train import TrainRequest

        request = TrainRequest(
            state.spec.name,
            data.source.path,
            state.out,
            state.settings.model_dump(),
            () if state.scope == "all" else channels,
            state.jobs if state.spec.each_channel and (state.scope == "all" or len(channels) > 1) else 1,
            not anew,
        )
        now = monotonic()
        what = f"{state.spec.label} on {data.source.path.name}"
        goes_on = state.unfinished and not anew and self._last == (state.spec.name, state.out)
        self._last = state.spec.name, state.out
        self._change(
            running=Running("Starting", 0.0, now, now),
            courses=state.courses if goes_on else (),
            lines=(*state.lines, "Going on.") if goes_on else (f"Training {what}.",),
            made=None,
            model=state.spec.name,
            problem="",
            hint="",
        )
        self._job = self._worker.submit(partial(_trained, request, self._hear), self._tell)

    def cancel(self) -> None:
        """Stop; what is learnt so far is kept, and the next start goes on from there."""
        if self._job is not None:
            self._job.cancel()
            running = self._session.state.training.running
            if running is not None:
                self._change(running=replace(running, text="Stopping"))

    def use_weights(self) -> None:
        """Let the detector of the same name look with the weights that were made last."""
        made, model = self._session.state.training.made, self._session.state.training.model
        if made is None:
            return
        self._wanted = model, made[0]
        if not self._take_weights(self._session.state):
            self._session.load_detector(model)

    def close(self) -> None:
        """Stop, and wait for the thread to end; what is learnt so far is kept."""
        self._closed = True
        self._worker.close(_CLOSE_S)

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that the scope names, as trainings call them."""
        data, state = self._session.state.data, self._session.state.training
        names = channels_of(data)
        match state.scope:
            case "all":
                return names
            case "chosen":
                return tuple(name for name in names if name in state.ticked)
            case "shown":
                return shown_in(data)

    # From the thread

    def _hear(self, epoch: "Epoch") -> None:
        if not self._closed:
            self._told.emit(epoch)

    def _tell(self, event: object) -> None:
        if not self._closed:
            self._told.emit(event)

    def _on_told(self, event: object) -> None:
        state = self._session.state.training
        match event:
            case Progressed(done=done, text=text):
                if state.running is not None and monotonic() - state.running.told_s > _PERIOD_S:
                    self._change(running=replace(state.running, text=text, done=done, told_s=monotonic()))
            case Finished(result=(Path() as out, dict() as card)):
                self._end(f"Done: {_learnt(card)} in {out}.", made=(out, card))
                self._session.notify("info", "The training is done.", "Use the weights from the Training panel.")
            case Cancelled():
                self._end("Stopped. What is learnt so far is kept: Resume goes on from there.")
            case Failed(error=error):
                self._fail(error)
            case _ if _is_epoch(event):
                self._take_epoch(event)  # type: ignore[arg-type]  # checked in the line above

    def _take_epoch(self, epoch: "Epoch") -> None:
        from desktop_app.engine.training_log import line_of

        state = self._session.state.training
        lines = (*state.lines, line_of(epoch))[-_LINES:]
        self._change(courses=with_epoch(state.courses, epoch), lines=lines)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, UserError):
            hint = error.hint.replace("with --no-resume", "with the button Begin anew")
            self._end(error.message, problem=error.message, hint=hint)
            return
        self._end("Something went wrong inside Peculiar.", problem="Something went wrong inside Peculiar.")
        self._session.tell_error(error)

    def _end(self, line: str, **changes: object) -> None:
        self._job = None
        state = self._session.state.training
        self._change(running=None, lines=(*state.lines, line)[-_LINES:], **changes)
        self._place()

    # Following the state

    def _on_spec(self, spec: "TrainingSpec") -> None:
        # One network for all channels learns little from one of them.
        scope = self._session.state.training.scope
        scope = "all" if scope == "shown" and not spec.each_channel else scope
        self._change(spec=spec, settings=spec.params(), scope=scope)
        self._place()

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.data is not old.data or new.spec is not old.spec:
            self._moved_on.emit()

    def _follow(self) -> None:
        if not self._closed:
            self._place()
            self._take_weights(self._session.state)

    def _take_weights(self, state: AppState) -> bool:
        """Set the weights that are wanted, where the detector they are for is the one that is chosen."""
        if self._wanted is None or state.spec is None or state.settings is None:
            return False
        model, out = self._wanted
        if state.spec.name != model or Telemetry not in state.spec.kinds:
            return False
        self._wanted = None
        if "weights" in state.spec.params.model_fields:
            self._session.set_settings(state.settings.model_copy(update={"weights": str(out)}))
            self._session.notify("info", f"{state.spec.label} looks with the weights in {out}.")
        return True

    def _place(self) -> None:
        """Where weights would go, and whether something unfinished lies there."""
        state, data = self._session.state.training, self._session.state.data
        path = data.source.path if isinstance(data, Telemetry) else None
        out = state.chosen_out
        if out is None and path is not None and state.spec is not None:
            out = usual_folder(path, state.spec.name)
        unfinished = out is not None and (out / _UNFINISHED).is_dir()
        if (out, unfinished) != (state.out, state.unfinished):
            self._change(out=out, unfinished=unfinished)

    def _change(self, **changes: object) -> None:
        self._update(training=replace(self._session.state.training, **changes))  # type: ignore[arg-type]  # by name


def channels_of(data: object) -> tuple[str, ...]:
    """What can be trained of the file shown: its parts, or the measured channels of a file that has no parts."""
    if not isinstance(data, Telemetry):
        return ()
    from desktop_app.io.telemetry.telemetry_long import ALL

    parts = tuple(part for part in data.source.parts if part != ALL)
    measured = tuple(channel.name for channel in data.channels if channel.role == "measured")
    return parts if len(parts) > 1 else measured


def shown_in(data: object) -> tuple[str, ...]:
    """The part shown; all measured channels where the file has no parts, or shows them together."""
    names = channels_of(data)
    if isinstance(data, Telemetry) and data.source.part in names:
        return (data.source.part,)
    return names


def usual_folder(data: Path, model: str) -> Path:
    """Where weights go unless somebody says otherwise."""
    from platformdirs import user_data_path

    stem = data.name.split(".")[0] or "telemetry"
    return user_data_path("peculiar", appauthor=False) / "weights" / f"{stem}-{model}"


def _learnt(card: dict[str, object]) -> str:
    channels = card.get("channels")
    return counted(len(channels), "channel") if isinstance(channels, dict) else "one network"


def _is_epoch(event: object) -> bool:
    from desktop_app.engine.train import Epoch

    return isinstance(event, Epoch)


def _loaded(model: str) -> "TrainingSpec":
    with work.one_importer:
        from desktop_app.engine.train import TELEMETRY_TRAININGS

        return TELEMETRY_TRAININGS[model]


def _trained(request: "TrainRequest", told: "Told", report: Report) -> tuple[Path, dict[str, object]]:
    report(0.0, "Loading the network")
    with work.one_importer:
        from desktop_app.engine.train import train
        from desktop_app.nets.device import one_thread

        with one_thread():  # loads torch, which takes seconds, while nobody else loads anything
            pass

    return request.out, dict(train(request, report, told))
