"""Trains our encoder of stamps without labels: on stamps of one's own, or on simulated galaxies and stars."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.errors import FitError, ReadError
from desktop_app.core.images.stamp_views import views_of
from desktop_app.core.images.stretching import SetStretch
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part
from desktop_app.core.simulate_galaxies import simulate_galaxies
from desktop_app.engine.train import NO_DATA, Epoch, Told, TrainingSpec, TrainRequest
from desktop_app.nets.checkpoint import Keep
from desktop_app.nets.device import Device, chosen_device
from desktop_app.nets.encoders import MODEL
from desktop_app.nets.image_encoder import Objective, embed, fit_encoder
from desktop_app.nets.schedule import Schedule
from desktop_app.nets.training import Arrays, Turn
from desktop_app.nets.weights import save_weights
from desktop_app.paths import version

_STATE = "unfinished"
_FEWEST = 24
_SMALLEST = 8
_LEARNT = 0.85
_FEW, _MANY = 3, 40
_STEPS = 500
_INPUT = "stamps in [0, 1]: stretched by their set, alone over their peak, or stretched residuals"


class EncoderTraining(Params):
    """The settings of the training."""

    objective: Objective = setting(
        Objective.DENOISING,
        title="Objective",
        help="What is learnt: to give back what noise and holes hide (denoising), that turned and shifted stamps agree "
        "(vicreg), or both.",
    )
    epochs: int = setting(
        0,
        title="Epochs",
        help="At most so many turns through the stamps; 0 takes the more of them the fewer stamps there are.",
        zero="automatic",
        ge=0,
        le=10_000,
    )
    batch: int = setting(64, title="Batch", help="Stamps a step.", ge=8, le=100_000)
    rate: float = setting(2e-3, title="Learning rate", help="How long steps are at the start.", ge=1e-7, le=1.0)
    patience: int = setting(
        8, title="Patience", help="Stop after so many epochs without a better one.", ge=1, le=10_000
    )
    stamps: int = setting(
        2000, title="Stamps", help="How many are simulated, where no data are named.", ge=_FEWEST, le=1_000_000
    )
    seed: int = setting(0, title="Seed", help="The same seed gives the same weights.", ge=0, le=2**31)
    device: Device = setting(
        Device.AUTO, title="Device", help="Where to compute: auto, cpu, cuda or mps.", advanced=True
    )


def train_encoder(request: TrainRequest, params: EncoderTraining, report: Report, told: Told) -> Mapping[str, Any]:
    """Train an encoder and save it; the card.

    It learns from each stamp in three views: as the set is stretched, its object alone at one brightness, and what a
    smooth model leaves. No label is looked at. A training that was killed goes on where it was, as its state after
    each epoch is kept in ``request.out``.

    Raises
    ------
    ReadError, FitError
        There are no stamps, or too few of them.
    """
    images, source = _stamps(request.data, params, part(report, 0.0, 0.1))
    lessons = _lessons(images, part(report, 0.1, 0.15))
    order = np.random.default_rng(params.seed).permutation(len(lessons))
    learn, stop = np.split(lessons[order], [round(_LEARNT * len(lessons))])
    epochs = params.epochs or int(np.clip(_STEPS * params.batch // max(1, len(learn)), _FEW, _MANY))
    how = Schedule(epochs=epochs, batch=params.batch, rate=params.rate, patience=params.patience, seed=params.seed)
    state = request.out / _STATE / "state.safetensors"
    if not request.resume:
        state.unlink(missing_ok=True)
    mark = sha256(learn.tobytes() + f"{params.objective}/{how}".encode()).hexdigest()

    def heard(turn: Turn) -> None:
        told(Epoch("", turn.epoch, epochs, turn.training, turn.validation, turn.rate, turn.seconds))

    arrays, history = fit_encoder(
        learn,
        stop,
        how,
        part(report, 0.15, 0.97),
        objective=params.objective,
        device=chosen_device(params.device, worth=len(learn) > 20_000),
        keep=Keep(state, mark),
        heard=heard,
    )
    scores = {
        "training_loss": history.training[history.best],
        "validation_loss": history.validation[history.best],
        "epochs": history.best + 1,
        **_told_apart(arrays, stop),
    }
    card = _card(request, params, source, scores)
    save_weights(request.out, arrays, {**card, "seconds": round(history.seconds)})
    state.unlink(missing_ok=True)
    if state.parent.is_dir() and not any(state.parent.iterdir()):
        state.parent.rmdir()
    report(1.0, "Saved")
    return card


def _stamps(data: Path, params: EncoderTraining, report: Report) -> tuple[Stamps, str]:
    """The stamps to learn from, and a sentence about them."""
    if data == NO_DATA:
        report(0.0, "Simulating galaxies and stars")
        seed = 1000 * params.seed + 77
        found = simulate_galaxies(params.stamps, 0, seed=seed)
        return found.images, f"{params.stamps:,} simulated galaxies and stars of seed {seed}, none strange"
    from desktop_app.io import open_file

    opened = open_file(data, report=report)
    if not isinstance(opened, CutoutSet):
        raise ReadError(f"{data.name} is no set of stamps.", hint="Name a folder of stamps, or a cube of them.")
    if len(opened) < _FEWEST or min(opened.images.shape[1:]) < _SMALLEST:
        _, ny, nx = opened.images.shape
        raise FitError(
            f"There are {len(opened)} stamps of {nx} by {ny} pixels; at least {_FEWEST} of {_SMALLEST} are needed.",
            hint="Name more or larger ones; the encoder that ships works for any.",
        )
    return opened.images, f"{len(opened):,} stamps of {data.name}"


def _lessons(images: Stamps, report: Report) -> Stamps:
    """All three views of all stamps, in [0, 1]."""
    shape, left = views_of(images, report)
    return np.concatenate([SetStretch.fit(images).apply(images), shape, SetStretch.fit(left).apply(left)])


def _told_apart(arrays: Arrays, stop: Stamps) -> dict[str, float]:
    """How often a stamp that is turned and mirrored is nearest to itself among those that nothing was learnt from."""
    one, other = embed(arrays, stop), embed(arrays, np.rot90(stop, 1, (1, 2))[:, :, ::-1])
    scale = np.maximum(one.std(axis=0), 1e-9)
    one, other = one / scale, other / scale
    away = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None, :] - 2 * one @ other.T
    return {
        "unseen_found_when_turned": float(np.mean(away.argmin(axis=0) == np.arange(len(stop)))),
        "unseen_shift_when_turned": float(np.sqrt(np.mean((one - other) ** 2) / 2)),
    }


def _card(request: TrainRequest, params: EncoderTraining, source: str, scores: dict[str, float]) -> dict[str, Any]:
    words = [
        "peculiar train encoder",
        *([request.data.name] if request.data != NO_DATA else []),
        f"--seed {params.seed}",
    ]
    usual = EncoderTraining()
    words += [
        f"--set {name}={value}"
        for name, value in params.model_dump(mode="json").items()
        if value != getattr(usual, name) and name not in ("seed", "device")
    ]
    return {
        "model": MODEL,
        "what": "An encoder of stamps: means, deviations and maxima of its last two layers, 336 numbers.",
        "made_by": f"Peculiar {version()}",
        "command": " ".join(words),
        "trained_on": source,
        "input": _INPUT,
        "scores": scores,
    }


ENCODER = TrainingSpec(
    "encoder",
    "Encoder of stamps",
    "The small network that turns stamps into numbers, learnt without labels.",
    "cutouts",
    EncoderTraining,
    train_encoder,
    simulates=True,
)
