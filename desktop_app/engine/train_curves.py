"""The trainings on light curves, as the registry of trainings knows them."""

from collections.abc import Mapping
from typing import Any, TypedDict

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.engine.train import Epoch, Told, TrainingSpec, TrainRequest
from desktop_app.nets.device import Device
from desktop_app.nets.training import Heard, Turn


class _How(TypedDict):
    epochs: int
    device: str


class CurveTraining(Params):
    """The settings of a training on light curves."""

    seed: int = setting(0, title="Seed", help="The same seed gives the same weights.", ge=0, le=2**32 - 1)
    epochs: int = setting(
        0,
        title="Epochs",
        help="At most so many turns through the data; 0 takes what the model needs.",
        ge=0,
        le=100_000,
        zero="automatic",
    )
    device: Device = setting(
        Device.AUTO, title="Device", help="Where to compute; auto takes a GPU where there is one and it is worth it."
    )


def _checked(request: TrainRequest) -> TrainRequest:
    """The request, which light curves can answer."""
    if not request.data.is_dir():
        raise ReadError(f"There is no folder {request.data}.", hint="Name the folder with the files to learn from.")
    if request.channels:
        raise ParamError(f"Light curves have no channels such as {request.channels[0]!r}.", hint="Leave --channel out.")
    return request


def _hearing(params: CurveTraining, usual: int, told: Told) -> Heard:
    """What tells turns through the data as epochs."""

    def heard(turn: Turn) -> None:
        epochs = params.epochs or usual
        told(Epoch("", turn.epoch, epochs, turn.training, turn.validation, turn.rate, turn.seconds))

    return heard


def _flares(request: TrainRequest, params: CurveTraining, report: Report, told: Told) -> Mapping[str, Any]:
    from desktop_app.engine.train_flares import EPOCHS, train_flares

    asked, heard = _checked(request), _hearing(params, EPOCHS, told)
    how: _How = {"epochs": params.epochs, "device": params.device.value}
    return train_flares(asked.data, asked.out, params.seed, report, **how, heard=heard)


def _lstm_autoencoder(request: TrainRequest, params: CurveTraining, report: Report, told: Told) -> Mapping[str, Any]:
    from desktop_app.engine.train_lstm_autoencoder import EPOCHS, train

    asked, heard = _checked(request), _hearing(params, EPOCHS, told)
    how: _How = {"epochs": params.epochs, "device": params.device.value}
    return train(asked.data, asked.out, params.seed, report, **how, heard=heard)


def _vetting(request: TrainRequest, params: CurveTraining, report: Report, _told: Told) -> Mapping[str, Any]:
    from desktop_app.engine.train_vetting import train_vetting

    asked = _checked(request)
    if request.track:
        raise ParamError("The judge of events grows trees, which have no epochs to track.", hint="Leave --track out.")
    return train_vetting(asked.data, asked.out, params.seed, report, epochs=params.epochs, device=params.device.value)


FLARES = TrainingSpec(
    "flares",
    "Flares",
    "The network that tells flares from what only looks like one.",
    "light curve",
    CurveTraining,
    _flares,
)
LSTM_AUTOENCODER = TrainingSpec(
    "lstm_autoencoder",
    "LSTM autoencoder",
    "The network that gives back quiet stretches of many stars, without events.",
    "light curve",
    CurveTraining,
    _lstm_autoencoder,
)
VETTING = TrainingSpec(
    "vetting",
    "Vetting",
    "The judge that says what an event is, and whether the instrument made it.",
    "light curve",
    CurveTraining,
    _vetting,
)
