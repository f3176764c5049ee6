"""Trains the autoencoder of pictures with numbers: on simulated ground, or on stamps with a catalogue of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.cutouts import CutoutSet, only_stamps
from desktop_app.core.errors import FitError, ReadError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part
from desktop_app.core.simulate_planetary import simulate_planetary
from desktop_app.detectors.cutouts.mmae_model import PairModel, learnt, named_columns, saved, usual_epochs
from desktop_app.engine.train import NO_DATA, Epoch, Told, TrainingSpec, TrainRequest
from desktop_app.nets.checkpoint import Keep
from desktop_app.nets.device import Device, chosen_device
from desktop_app.nets.schedule import Schedule
from desktop_app.nets.training import Turn
from desktop_app.paths import version

SIMULATED = 12_000
_CLEAN = 4000
_STATE = "unfinished"
_FEWEST = 60
_LEARNT, _STOPPED_BY = 0.6, 0.75


class PairTraining(Params):
    """The settings of the training."""

    columns: str = setting(
        "", title="Columns", help="Names of the numbers, with commas; nothing for all that a picture may tell."
    )
    epochs: int = setting(
        0,
        title="Epochs",
        help="At most so many turns through the pairs; 0 takes the more of them the fewer pairs there are.",
        zero="automatic",
        ge=0,
        le=10_000,
    )
    batch: int = setting(64, title="Batch", help="Pairs a step.", ge=8, le=100_000)
    rate: float = setting(2e-3, title="Learning rate", help="How long steps are at the start.", ge=1e-7, le=1.0)
    patience: int = setting(
        12, title="Patience", help="Stop after so many epochs without a better one.", ge=1, le=10_000
    )
    turned: bool = setting(
        True,
        title="Turned",
        help="Whether a picture that is turned or mirrored says the same; it then learns from all.",
    )
    pairs: int = setting(
        SIMULATED, title="Pairs", help="How many are simulated, where no data are named.", ge=200, le=1_000_000
    )
    seed: int = setting(0, title="Seed", help="The same seed gives the same weights.", ge=0, le=2**31)
    device: Device = setting(
        Device.AUTO, title="Device", help="Where to compute: auto, cpu, cuda or mps.", advanced=True
    )


@dataclass(frozen=True, eq=False)
class _Lessons:
    """What is learnt from, what decides when to stop, and clean pairs that set the scale of the scores."""

    learn: CutoutSet
    stop: CutoutSet
    clean: CutoutSet
    told: str


def train_mmae(request: TrainRequest, params: PairTraining, report: Report, told: Told) -> Mapping[str, Any]:
    """Train, set the scale of the scores on clean pairs that were not learnt from, save; the card.

    Without data the pairs are simulated ground, and weights like those that ship come out. A training that was killed
    goes on where it was, as its state after each epoch is kept in ``request.out``.

    Raises
    ------
    ReadError, FitError
    """
    lessons = _lessons(request.data, params, part(report, 0.0, 0.15))
    columns = named_columns(lessons.learn, params.columns)
    epochs = params.epochs or usual_epochs(len(lessons.learn))
    how = Schedule(epochs=epochs, batch=params.batch, rate=params.rate, patience=params.patience, seed=params.seed)
    state = request.out / _STATE / "state.safetensors"
    if not request.resume:
        state.unlink(missing_ok=True)
    mark = sha256(f"{lessons.learn.digest}/{columns}/{params.turned}/{how}".encode()).hexdigest()

    def heard(turn: Turn) -> None:
        told(Epoch("", turn.epoch, epochs, turn.training, turn.validation, turn.rate, turn.seconds))

    model, history = learnt(
        lessons.learn,
        lessons.stop,
        columns,
        how,
        part(report, 0.15, 0.95),
        turned=params.turned,
        device=chosen_device(params.device, worth=len(lessons.learn) > 20_000),
        keep=Keep(state, mark),
        heard=heard,
    )
    report(0.96, "Setting the scale of the scores")
    model = model.calibrated(lessons.clean, clean=True)
    card = _card(request, params, lessons, model, history.best + 1)
    saved(request.out, model, {**card, "seconds": round(history.seconds)})
    state.unlink(missing_ok=True)
    if state.parent.is_dir() and not any(state.parent.iterdir()):
        state.parent.rmdir()
    report(1.0, "Saved")
    return card


def _lessons(data: Path, params: PairTraining, report: Report) -> _Lessons:
    if data == NO_DATA:
        report(0.0, "Simulating ground")
        seeds = [1000 * params.seed + start for start in range(3)]
        many = params.pairs, max(100, params.pairs // 8), min(_CLEAN, params.pairs)
        learn, stop, clean = (simulate_planetary(n, seed=seed) for n, seed in zip(many, seeds, strict=True))
        return _Lessons(learn, stop, clean, f"{params.pairs:,} simulated pairs of seed {seeds[0]}, none odd")
    from desktop_app.io import open_file

    found = open_file(data, report=report)
    if not isinstance(found, CutoutSet):
        raise ReadError(f"{data.name} is no set of stamps.", hint="Name a folder of stamps with a catalogue in it.")
    if len(found) < _FEWEST:
        raise FitError(f"There are {len(found)} stamps; at least {_FEWEST} are needed.", hint="Name more of them.")
    order = np.random.default_rng(params.seed).permutation(len(found)).astype(np.int64)
    first, second = round(_LEARNT * len(found)), round(_STOPPED_BY * len(found))
    learn, stop, clean = (only_stamps(found, part) for part in np.split(order, [first, second]))
    return _Lessons(learn, stop, clean, f"{len(found):,} stamps of {data.name}, taken for usual")


def _card(
    request: TrainRequest, params: PairTraining, lessons: _Lessons, model: PairModel, epochs: int
) -> dict[str, Any]:
    """What the weights are, how they were made, and how clean pairs of another third score."""
    words = ["peculiar train mmae", *([request.data.name] if request.data != NO_DATA else []), f"--seed {params.seed}"]
    usual = PairTraining()
    words += [
        f"--set {name}={value}"
        for name, value in params.model_dump(mode="json").items()
        if value != getattr(usual, name) and name not in ("seed", "device")
    ]
    return {
        "model": "mmae",
        "what": "Which pictures and numbers go together: an autoencoder with a shared latent space.",
        "made_by": f"Peculiar {version()}",
        "command": " ".join(words),
        "trained_on": lessons.told,
        "scale_set_on": f"{len(lessons.clean):,} pairs that nothing was learnt from",
        "numbers": model.size,
        "scores": {"best_epoch": epochs, **model.measured(lessons.stop)},
    }


MMAE = TrainingSpec(
    "mmae",
    "Pictures with numbers",
    "The autoencoder that knows which pictures and numbers go together.",
    "cutouts",
    PairTraining,
    train_mmae,
    simulates=True,
)
