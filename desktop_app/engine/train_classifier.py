"""Trains the classifier of telemetry on labelled channels, and measures it on groups of channels it never saw."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.series import Series
from desktop_app.core.errors import FitError, UserError
from desktop_app.core.params import setting
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.telemetry import stretches
from desktop_app.engine.classifier_figures import (
    Labelled,
    average_precision,
    best_event_threshold,
    best_sample_threshold,
    by_group,
    f1_at_best,
    figures_of,
)
from desktop_app.engine.train import Epoch, Told, TrainingSpec, TrainRequest
from desktop_app.engine.training_data import labels_of, learners_in, series_of
from desktop_app.engine.training_groups import PARTS, Groups, dealt, groups_of
from desktop_app.engine.training_kept import Kept
from desktop_app.engine.training_settings import HowToTrain, command_of, schedule_of, told_of
from desktop_app.nets.channel_classifier import (
    ChannelClassifier,
    ChannelClassifierParams,
    Trained,
    classifier,
    judge_by,
    revived,
)
from desktop_app.nets.channel_net import Lessons, train_lessons
from desktop_app.nets.classifier_windows import examples_of
from desktop_app.nets.device import chosen_device
from desktop_app.nets.training import Arrays, History, Turn
from desktop_app.nets.weights import save_weights
from desktop_app.paths import version

_ALL = "all"
_Examples = tuple[NDArray[np.float32], NDArray[np.int64]]


class Split(StrEnum):
    """What is held back: whole groups of channels, or the later part of every channel."""

    GROUPS = "groups"
    TIME = "time"


class ThresholdBy(StrEnum):
    """What the threshold is chosen by, on validation: events that are found, or samples."""

    EVENTS = "events"
    SAMPLES = "samples"


class ClassifierTraining(ChannelClassifierParams, HowToTrain):
    """The settings of the classifier and of its training."""

    epochs: int = setting(20, title="Epochs", help="At most so many turns through the training data.", ge=1, le=10_000)
    batch: int = setting(64, title="Batch", help="Windows a step.", ge=1, le=100_000)
    rate: float = setting(2e-3, title="Learning rate", help="How long steps are at the start.", ge=1e-7, le=10.0)
    split: Split = setting(
        Split.GROUPS,
        title="Split",
        help="groups: whole groups of channels are held back; time: the later part of every channel is.",
    )
    groups: Groups = setting(
        Groups.BOTH,
        title="Groups",
        help="Channels of one subsystem (letters of the name) or with stretches labelled alike stay on one side.",
    )
    together: str = setting(
        "",
        title="Together",
        help='Channels known to show one incident, with commas; several sets with semicolons: "E-1, D-1; A-8, A-9"',
    )
    validation: float = setting(
        0.2, title="Validation", help="The share that chooses epoch and threshold.", ge=0.05, le=0.8
    )
    threshold_by: ThresholdBy = setting(
        ThresholdBy.EVENTS,
        title="Threshold by",
        help="The threshold has the best F1 on validation: of events, or of samples.",
    )
    test: float = setting(
        0.2, title="Test", help="The share that only tells how well it does; 0 for none.", ge=0.0, le=0.8
    )


def train_classifier(request: TrainRequest, params: ClassifierTraining, report: Report, told: Told) -> dict[str, Any]:
    """Train one network on all channels, choose epoch and threshold on validation, measure on test; the card.

    Raises
    ------
    FitError
        There are no labels, or too few groups with labels.
    """
    channels, groups = _channels(request, params, part(report, 0.0, 0.05))
    learn, judge = _lessons(channels, params, part(report, 0.05, 0.1))
    kept = Kept(request.out, request.model, told_of(params))
    if not request.resume:
        kept.forget()
    arrays, history = _learn(kept, channels, (learn, judge), params, part(report, 0.1, 0.9), told)
    said = _said(revived(arrays, params, 1.0), channels, part(report, 0.9, 0.98))
    by_events = params.threshold_by is ThresholdBy.EVENTS
    choose = best_event_threshold if by_events else best_sample_threshold
    threshold = choose(channels, said, "validation")
    figures = {name: figures_of(channels, said, name, threshold) for name in PARTS[1:]}
    card = {
        "model": request.model,
        "made_by": f"Peculiar {version()}",
        "command": command_of(request, params),
        "device": chosen_device(params.device),
        "settings": told_of(params),
        "threshold": threshold,
        "scores": {f"{name}_{key}": value for name in PARTS[1:] for key, value in figures[name].items()},
        "by_group": by_group(channels, said, groups, threshold),
        "split": {name: [one.key for one in channels if name in one.parts] for name in PARTS},
        "examples": {"training": len(learn[0]), "validation": len(judge[0])},
        "epochs": history.best + 1,
        "seconds": round(history.seconds, 1),
        "how_chosen": "epoch by the average precision on validation, threshold by the F1 of "
        f"{params.threshold_by.value} on validation; "
        "nothing was chosen on test",
    }
    report(0.99, "Saving")
    save_weights(request.out, arrays, card)
    kept.forget()
    return card


def _channels(
    request: TrainRequest, params: ClassifierTraining, report: Report
) -> tuple[list[Labelled], dict[str, str]]:
    """All channels with their parts, and the group of each."""
    learners = learners_in(request.data, request.channels, report)
    labels = {learner.key: labels_of(learner) for learner in learners}
    if not any(one.any() for one in labels.values()):
        raise FitError(
            f"{request.data.name} has no labels, and the classifier learns from nothing else.",
            hint="Put labeled_anomalies.csv or a JSON file of labels beside it.",
        )
    together = [[name.strip() for name in some.split(",")] for some in params.together.split(";") if some.strip()]
    groups = groups_of(labels, params.groups, together)
    shares = (1 - params.validation - params.test, params.validation, params.test)
    if shares[0] <= 0:
        raise FitError("Validation and test leave nothing to learn from.", hint="Choose smaller shares.")
    if params.split is Split.GROUPS:
        dealt_to = dealt(groups, labels, shares, params.seed)
        parts = {key: {dealt_to[key]: slice(0, len(one))} for key, one in labels.items()}
    else:
        parts = {key: _blocks(len(one), shares) for key, one in labels.items()}
    return [Labelled(one.key, one.digest, series_of(one), labels[one.key], parts[one.key]) for one in learners], groups


def _blocks(n: int, shares: Sequence[float]) -> dict[str, slice]:
    """The parts of one channel, one after the other; the border between two is one sample."""
    edges = np.round(np.concatenate([[0.0], np.cumsum(shares)]) * n).astype(int)
    return {name: slice(int(edges[i]), int(edges[i + 1])) for i, name in enumerate(PARTS) if shares[i] > 0}


def _lessons(channels: Sequence[Labelled], params: ClassifierTraining, report: Report) -> tuple[_Examples, _Examples]:
    """Windows of both parts; the nominal stretches before the channels of the training part teach as well."""
    training: list[_Examples] = []
    validation: list[_Examples] = []
    for number, one in enumerate(channels):
        report(number / len(channels), f"Cutting {one.key}")
        try:
            rows = one.rows("training")
            training.append(_cut(one.series, one.labels, params, rows, params.stride))
            known = one.series.training
            if known is not None and "training" in one.parts:
                nothing = np.zeros(len(known), np.bool_)
                training.append(_cut(known, nothing, params, slice(0, len(known)), params.stride))
            validation.append(_cut(one.series, one.labels, params, one.rows("validation"), params.window))
        except FitError:
            continue  # a channel without a value teaches nothing
    learn, judge = _joined(training), _joined(validation)
    for name, (_, wanted) in (("training", learn), ("validation", judge)):
        if not (wanted == 1).any() or not (wanted == 0).any():
            raise FitError(
                f"The {name} part holds no {'labelled' if (wanted == 0).any() else 'nominal'} samples.",
                hint="Choose another seed, another split, or a shorter window.",
            )
    return learn, judge


def _cut(series: Series, labels: Bools, params: ChannelClassifierParams, rows: slice, stride: int) -> _Examples:
    return examples_of(series, labels, params.window, stride, rows)


def _joined(examples: Sequence[_Examples]) -> _Examples:
    if not examples:
        raise FitError("There is nothing to learn from.", hint="Name channels with values.")
    windows, wanted = (np.concatenate(arrays) for arrays in zip(*examples, strict=True))
    # A window of which nothing is known would have no loss.
    some = (wanted >= 0).any(axis=1)
    return windows[some], wanted[some]


def _learn(
    kept: Kept,
    channels: Sequence[Labelled],
    examples: tuple[_Examples, _Examples],
    params: ClassifierTraining,
    report: Report,
    told: Told,
) -> tuple[Arrays, History]:
    how = schedule_of(params)

    def heard(turn: Turn) -> None:
        told(Epoch("", turn.epoch, how.epochs, *_of(turn)))

    digest = " ".join(f"{one.key} {one.digest} {stretches(one.labels)} {one.parts}" for one in channels)
    return train_lessons(
        ChannelClassifier(),
        lambda: classifier(params),
        Lessons(*examples),
        params,
        how,
        report,
        device=chosen_device(params.device),
        judge=judge_by(*examples[1], _judged),
        keep=kept.keep(_ALL, digest),
        heard=heard,
    )


def _judged(said: Floats, truth: Bools) -> tuple[float, Mapping[str, float]]:
    precision = average_precision(said, truth)
    return 1 - precision, {"average_precision": precision, "f1": f1_at_best(said, truth)}


def _of(turn: Turn) -> tuple[float, float, float, float, Mapping[str, float]]:
    return turn.training, turn.validation, turn.rate, turn.seconds, turn.figures


def _said(trained: Trained, channels: Sequence[Labelled], report: Report) -> dict[str, Floats]:
    """What the network says of every sample of the channels that judge."""
    net, said = ChannelClassifier(), {}
    judging = [one for one in channels if "validation" in one.parts or "test" in one.parts]
    for number, one in enumerate(judging):
        report(number / len(judging), f"Measuring on {one.key}")
        try:
            said[one.key] = net.says(trained.network, one.series, trained.params, silent)
        except UserError:
            said[one.key] = np.full(len(one.series), np.nan)
    return said


_RUN: Callable[[TrainRequest, ClassifierTraining, Report, Told], Mapping[str, Any]] = train_classifier
LSTM_CLASSIFIER = TrainingSpec(
    "lstm_classifier",
    "LSTM classifier",
    "One network that learns from the labels of many channels how faults look; it finds what is like them.",
    "telemetry",
    ClassifierTraining,
    _RUN,
)
