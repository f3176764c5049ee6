"""Trains the networks: the one road that ``peculiar train`` and the window take."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop_app.core.errors import ParamError, ReadError, UserError, WriteError
from desktop_app.core.params import Params
from desktop_app.core.progress import Report, silent
from desktop_app.core.registry import Registry
from desktop_app.detectors import Looks
from desktop_app.engine.training_config import checked_settings
from desktop_app.nets.device import chosen_device

NO_DATA = Path()
"""What a training learns from that simulates its own data."""
_FILES_LOOKED_AT = 20


@dataclass(frozen=True)
class TrainRequest:
    """What to train, on what, and where to.

    Attributes
    ----------
    model : str
        A name of the registry for the kind of data that ``data`` is.
    data : Path
        A folder of light curves; or telemetry: a file, an archive of channels, a folder of them; or a folder of stamps;
        or `NO_DATA` where a training simulates its own.
    out : Path
        The folder for weights and card.
    settings : mapping of str to object
        Settings that are not as usual, by name; in groups or with dots ("training.rate"), as `training_config` has it.
    channels : tuple of str
        Only these channels of telemetry; () for all.
    jobs : int
        How many channels are trained at the same time, each in a process of its own.
    resume : bool
        Whether to go on with what an earlier training with the same settings has done.
    track : tuple of str
        Where to write the course of the training to: "tensorboard", "wandb".
    """

    model: str
    data: Path
    out: Path
    settings: Mapping[str, object] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    jobs: int = 1
    resume: bool = True
    track: tuple[str, ...] = ()


@dataclass(frozen=True)
class Epoch:
    """One turn through the training data that is over.

    Attributes
    ----------
    channel : str
        "" where one network learns from all.
    epoch, epochs : int
        This one, from 1 on, of so many at most.
    training, validation : float
        Mean losses.
    rate : float
        The learning rate.
    seconds : float
        How long the training took so far, that before it was resumed among it.
    figures : mapping of str to float
        What else is known of the network after it: "average_precision", "f1" on validation data.
    """

    channel: str
    epoch: int
    epochs: int
    training: float
    validation: float
    rate: float
    seconds: float
    figures: Mapping[str, float] = field(default_factory=dict)


Told = Callable[[Epoch], None]


def unheard(_epoch: Epoch) -> None:
    """Where nobody listens to epochs."""


@dataclass(frozen=True)
class TrainingSpec:
    """One training as menus, forms and the command line see it.

    Attributes
    ----------
    name, label, help : str
        The name in commands, the label in menus, and a sentence for tooltips.
    looks : str
        The kind of data it learns from.
    params : type
        Its settings.
    run : callable
        ``run(request, params, report, told)`` trains, saves, and gives the card.
    each_channel : bool
        Whether every channel gets a network of its own, so that channels can be chosen and trained side by side.
    simulates : bool
        Whether it can do without data.
    """

    name: str
    label: str
    help: str
    looks: Looks
    params: type[Params]
    run: Callable[[TrainRequest, Any, Report, Told], Mapping[str, Any]]
    each_channel: bool = False
    simulates: bool = False


CURVE_TRAININGS: Registry[TrainingSpec] = Registry(
    "model to train on light curves",
    {
        "flares": "desktop_app.engine.train_curves:FLARES",
        "lstm_autoencoder": "desktop_app.engine.train_curves:LSTM_AUTOENCODER",
        "vetting": "desktop_app.engine.train_curves:VETTING",
    },
)
TELEMETRY_TRAININGS: Registry[TrainingSpec] = Registry(
    "model to train on telemetry",
    {
        "lstm_autoencoder": "desktop_app.engine.train_channels:LSTM_AUTOENCODER",
        "lstm_forecaster": "desktop_app.engine.train_channels:LSTM_FORECASTER",
        "lstm_classifier": "desktop_app.engine.train_classifier:LSTM_CLASSIFIER",
    },
)
CUTOUT_TRAININGS: Registry[TrainingSpec] = Registry(
    "model to train on stamps",
    {
        "mmae": "desktop_app.engine.train_mmae:MMAE",
        "encoder": "desktop_app.engine.train_encoder:ENCODER",
    },
)
TRAININGS: dict[Looks, Registry[TrainingSpec]] = {
    "light curve": CURVE_TRAININGS,
    "telemetry": TELEMETRY_TRAININGS,
    "cutouts": CUTOUT_TRAININGS,
}
"""The trainings there are, by the kind of data they learn from."""


def train(request: TrainRequest, report: Report = silent, told: Told = unheard) -> Mapping[str, Any]:
    """Train a model and save it in ``request.out``; its card.

    Parameters
    ----------
    request : TrainRequest
    report : callable
        Told the progress; where it raises `JobCancelled`, the training ends at once.
    told : callable
        Hears of every `Epoch`, in the calling thread.

    Raises
    ------
    ParamError
        No such model, device, channel or setting, or a value out of its range.
    ReadError, WriteError
        There are no such data, or ``request.out`` cannot be written into.
    FitError
        There is too little to train on.
    """
    spec = training_for(request.model, request.data)
    params = checked_settings(spec.params, request.settings)
    chosen_device(str(getattr(params, "device", "auto")), worth=False)
    _check_out(request.out)
    if request.jobs != 1 and not spec.each_channel:
        raise ParamError(
            f"{spec.label} trains one network, which is one job, not {request.jobs}.", hint="Leave --jobs out."
        )
    if not request.track:
        return spec.run(request, params, report, told)
    from desktop_app.engine.training_track import together, tracked

    with tracked(request.track, request.out, request.model, params.model_dump(mode="json")) as tracker:
        return spec.run(request, params, report, together(told, tracker))


def training_for(model: str, data: Path) -> TrainingSpec:
    """The training called ``model`` for the kind of data that ``data`` is.

    Raises
    ------
    ParamError
        There is none for this kind.
    ReadError
        There are no such data.
    """
    if data != NO_DATA:
        return TRAININGS[looks_at(data)][model]
    for trainings in TRAININGS.values():
        if model in tuple(trainings) and trainings[model].simulates:
            return trainings[model]
    raise ParamError("There is nothing to learn from.", hint="Name a file or folder behind the detector.")


def looks_at(data: Path) -> Looks:
    """What ``data`` is to be learnt from as; a folder is what the first of its files are.

    Raises
    ------
    ReadError
        There is no such file or folder.
    """
    from desktop_app.io import data_files, summarise

    if not data.exists():
        raise ReadError(f"There is no folder or file {data}.", hint="Name the data to learn from.")
    for path in (data, *(data_files(data)[:_FILES_LOOKED_AT] if data.is_dir() else ())):
        try:
            match summarise(path).kind:
                case "telemetry":
                    return "telemetry"
                case "cutouts":
                    return "cutouts"
                case _:
                    return "light curve"
        except UserError:
            continue
    return "light curve"


def _check_out(out: Path) -> None:
    """A long training should not end with a folder that cannot be written; nothing is made yet."""
    there = next((folder for folder in (out, *out.absolute().parents) if folder.exists()), out)
    if not there.is_dir():
        raise WriteError(f"{there} is a file, not a folder.", hint="Choose another folder.")
    if not os.access(there, os.W_OK):
        raise WriteError(f"Nothing can be written into {there}.", hint="Choose another folder.")
