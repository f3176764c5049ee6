"""Trains a network for each channel of telemetry, side by side where wanted, and goes on where it was stopped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from statistics import median
from typing import Any, cast

from desktop_app.core.errors import FitError, ParamError
from desktop_app.core.params import Params
from desktop_app.core.progress import Report, part
from desktop_app.engine.train import Epoch, Told, TrainingSpec, TrainRequest
from desktop_app.engine.training_data import Learner, learners_in, series_of
from desktop_app.engine.training_kept import Done, Kept
from desktop_app.engine.training_settings import HowToTrain, command_of, schedule_of, those_of, told_of
from desktop_app.nets.channel_autoencoder import ChannelAutoencoderParams
from desktop_app.nets.channel_forecaster import ChannelForecasterParams
from desktop_app.nets.channel_net import ChannelNet, train_channel
from desktop_app.nets.channel_weights import save_channels
from desktop_app.nets.device import chosen_device
from desktop_app.nets.training import Turn
from desktop_app.paths import version

_MOST_JOBS = 256


class AutoencoderTraining(ChannelAutoencoderParams, HowToTrain):
    """The settings of the autoencoder and of its training."""


class ForecasterTraining(ChannelForecasterParams, HowToTrain):
    """The settings of the forecaster and of its training."""


@dataclass(frozen=True)
class Lesson:
    """What a process needs to know to train one channel.

    Attributes
    ----------
    model : str
        A name of `NETS`.
    learner : Learner
    kept : Kept
        Where the result goes.
    """

    model: str
    learner: Learner
    kept: Kept

    def told(self) -> dict[str, Any]:
        """As JSON takes it."""
        kept = {**asdict(self.kept), "out": str(self.kept.out.absolute())}
        return {"model": self.model, "learner": asdict(self.learner), "kept": kept}


NETS: dict[str, tuple[str, type[HowToTrain]]] = {
    "lstm_autoencoder": ("desktop_app.nets.channel_autoencoder:ChannelAutoencoder", AutoencoderTraining),
    "lstm_forecaster": ("desktop_app.nets.channel_forecaster:ChannelForecaster", ForecasterTraining),
}
"""The networks of one channel, and the settings of their trainings."""


def learn(lesson: Lesson, report: Report, told: Told) -> None:
    """Train one channel and keep the result.

    Raises
    ------
    FitError
        There is too little of it.
    """
    place, kind = NETS[lesson.model]
    module, name = place.split(":")
    net = cast("ChannelNet", getattr(import_module(module), name)())
    params = kind.model_validate(lesson.kept.settings)
    how, learner = schedule_of(params), lesson.learner

    def heard(turn: Turn) -> None:
        told(
            Epoch(
                learner.key,
                turn.epoch,
                how.epochs,
                turn.training,
                turn.validation,
                turn.rate,
                turn.seconds,
                turn.figures,
            )
        )

    arrays, history = train_channel(
        net,
        series_of(learner),
        those_of(net.params, params),
        how,
        report,
        device=chosen_device(params.device),
        keep=lesson.kept.keep(learner.key, learner.digest),
        heard=heard,
    )
    scores = {
        "training_loss": history.training[history.best],
        "validation_loss": history.validation[history.best],
    }
    about = {"name": learner.name, "epochs": history.best + 1, "epochs_run": len(history.training), "scores": scores}
    lesson.kept.add(learner.key, learner.digest, arrays, about)


def train_each_channel(
    model: str, request: TrainRequest, params: HowToTrain, report: Report, told: Told
) -> Mapping[str, Any]:
    """Train every channel that is not done yet, and save all of them; as `TrainingSpec.run`."""
    if not 1 <= request.jobs <= _MOST_JOBS:
        raise ParamError(f"jobs = {request.jobs} is not possible.", hint=f"It has to be from 1 to {_MOST_JOBS}.")
    kept = Kept(request.out, model, told_of(params))
    if not request.resume:
        kept.forget()
    learners = learners_in(request.data, request.channels, part(report, 0.0, 0.05))
    earlier = kept.earlier() if request.resume else {}
    lessons = [
        Lesson(model, learner, kept)
        for learner in learners
        if _digest_of(earlier.get(learner.key)) != learner.digest and not kept.done(learner.key, learner.digest)
    ]
    left_out = _taught(lessons, request.jobs, part(report, 0.05, 0.98), told)
    report(0.98, "Saving")
    done = {learner.key: kept.done(learner.key, learner.digest) for learner in learners}
    channels = {**earlier, **{key: found for key, found in done.items() if found}}
    if not channels:
        key, why = next(iter(left_out.items()))
        raise FitError(f"No channel could be learnt: {key}: {why}", hint="Name a longer stretch, or a shorter window.")
    card = _card(request, params, channels, left_out)
    save_channels(request.out, {key: arrays for key, (arrays, _) in channels.items()}, card)
    kept.forget()
    report(1.0, "Saved")
    return card


def _digest_of(done: Done | None) -> str:
    return str(done[1].get("training")) if done else ""


def _taught(lessons: Sequence[Lesson], jobs: int, report: Report, told: Told) -> dict[str, str]:
    """Train the channels; why some of them could not be."""
    if jobs > 1 and len(lessons) > 1:
        from desktop_app.engine.training_team import taught_by_team

        return taught_by_team(lessons, min(jobs, len(lessons)), report, told)
    left_out = {}
    for number, lesson in enumerate(lessons):
        key, at = lesson.learner.key, part(report, number / len(lessons), (number + 1) / len(lessons))
        try:
            learn(lesson, _naming(at, key), told)
        except FitError as error:
            left_out[key] = error.message
    return left_out


def _naming(report: Report, key: str) -> Report:
    return lambda done, text: report(done, f"{key}: {text}")


def _card(
    request: TrainRequest, params: HowToTrain, channels: Mapping[str, Done], left_out: Mapping[str, str]
) -> dict[str, Any]:
    told = {key: about for key, (_, about) in channels.items()}
    losses = [about["scores"]["validation_loss"] for about in told.values()]
    return {
        "model": request.model,
        "made_by": f"Peculiar {version()}",
        "command": command_of(request, params),
        "device": chosen_device(params.device),
        "settings": told_of(params),
        "scores": {"channels": len(told), "median_validation_loss": float(median(losses))},
        "left_out": dict(left_out),
        "channels": told,
    }


def _spec(model: str, label: str, help: str) -> TrainingSpec:
    run: Callable[[TrainRequest, Any, Report, Told], Mapping[str, Any]] = partial(train_each_channel, model)
    params: type[Params] = NETS[model][1]
    return TrainingSpec(model, label, help, "telemetry", params, run, each_channel=True)


LSTM_AUTOENCODER = _spec(
    "lstm_autoencoder",
    "LSTM autoencoder",
    "For each channel a network that gives back windows of its training stretch, and nothing else.",
)
LSTM_FORECASTER = _spec(
    "lstm_forecaster",
    "LSTM forecaster",
    "For each channel a network that says what comes next, as in its training stretch.",
)
