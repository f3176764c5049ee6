"""The trainings on light curves, as the registry of trainings knows them."""

from collections.abc import Mapping
from typing import Any, Protocol

from desktop_app.core.errors import ReadError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.engine.train import Told, TrainingSpec, TrainRequest
from desktop_app.nets.device import Device


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


class _Trains(Protocol):
    def __call__(
        self, data: Any, out: Any, seed: int, report: Report, *, epochs: int, device: str
    ) -> Mapping[str, Any]: ...


def _run(trains: _Trains, request: TrainRequest, params: CurveTraining, report: Report) -> Mapping[str, Any]:
    if not request.data.is_dir():
        raise ReadError(f"There is no folder {request.data}.", hint="Name the folder with the files to learn from.")
    return trains(request.data, request.out, params.seed, report, epochs=params.epochs, device=params.device.value)


def _flares(request: TrainRequest, params: CurveTraining, report: Report, _told: Told) -> Mapping[str, Any]:
    from desktop_app.engine.train_flares import train_flares

    return _run(train_flares, request, params, report)


def _lstm_autoencoder(request: TrainRequest, params: CurveTraining, report: Report, _told: Told) -> Mapping[str, Any]:
    from desktop_app.engine.train_lstm_autoencoder import train

    return _run(train, request, params, report)


def _vetting(request: TrainRequest, params: CurveTraining, report: Report, _told: Told) -> Mapping[str, Any]:
    from desktop_app.engine.train_vetting import train_vetting

    return _run(train_vetting, request, params, report)


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
