"""A trained network of pairs with all that belongs to it: scales, columns, and what its scores are worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import FitError, ParamError
from desktop_app.core.metrics.curves import roc_auc
from desktop_app.core.pair_scores import (
    IMAGE,
    NUMBERS_GIVEN_PICTURE,
    PICTURE_GIVEN_NUMBERS,
    TABLE,
    PairCalibration,
    PairScores,
    Parts,
    soft,
)
from desktop_app.core.pairs import MOST_COLUMNS, Pairs, PairScaling, usable_columns
from desktop_app.core.progress import Report, silent
from desktop_app.nets.checkpoint import Keep
from desktop_app.nets.multimodal import PairShape, Reading, fit_pairs, pictures_of, read_pairs, size_of
from desktop_app.nets.schedule import Schedule
from desktop_app.nets.training import Heard, History, unheard
from desktop_app.nets.weights import Arrays, load_weights, save_weights

_TINY = 1e-12
_SEEN, _FEWEST_EPOCHS, _MOST_EPOCHS = 60_000, 22, 250
_SHOWN = ("light", "briefs", "numbers")


@dataclass(frozen=True, eq=False)
class PairModel:
    """What reads pairs.

    Attributes
    ----------
    scaling : PairScaling
    shape : PairShape
    arrays : mapping of str to ndarray
        The weights of the network.
    calibration : PairCalibration or None
        None until `calibrated`.
    """

    scaling: PairScaling
    shape: PairShape
    arrays: Arrays
    calibration: PairCalibration | None = None

    @property
    def size(self) -> int:
        """How many numbers the network has."""
        return size_of(self.arrays)

    def read(self, pairs: Pairs, report: Report = silent) -> Reading:
        """What the network makes of pairs."""
        return read_pairs(self.arrays, self.shape, pairs, report)

    def calibrated(self, usual: CutoutSet, *, clean: bool) -> "PairModel":
        """With scores that are worth what they are among ``usual`` pairs, which nothing was learnt from."""
        pairs = self.scaling.applied(usual)
        return replace(self, calibration=PairCalibration.fitted(parts_of(self.read(pairs), pairs), clean=clean))

    def scored(self, reading: Reading, pairs: Pairs) -> PairScores:
        """Sigmas of what was read."""
        assert self.calibration is not None
        return self.calibration.scored(parts_of(reading, pairs))

    def pictures(self, pairs: Pairs) -> tuple[Floats, Floats]:
        """Each picture as it is made again of itself, and as the numbers alone make it: (m, side, side)."""
        return pictures_of(self.arrays, self.shape, pairs)

    def measured(self, others: CutoutSet) -> dict[str, float]:
        """How the network does on pairs that it did not learn from: errors, and how well it tells shuffled ones."""
        pairs = self.scaling.applied(others)
        usual = self.read(pairs)
        turned = np.roll(np.arange(len(pairs)), 1).astype(np.int64)
        mixed = self.read(replace(pairs, values=pairs.values[turned], known=pairs.known[turned]))
        shuffled = np.arange(2 * len(pairs)) >= len(pairs)
        return {
            "mean_error_of_pictures": round(float(usual.picture.mean()), 4),
            "mean_error_of_pictures_from_numbers": round(float(usual.crossed.mean()), 4),
            "mean_error_of_numbers": round(float(usual.numbers.mean()), 4),
            "auc_of_shuffled_pairs": round(roc_auc(-np.concatenate([usual.odds, mixed.odds]), shuffled), 4),
        }


def parts_of(reading: Reading, pairs: Pairs) -> Parts:
    """The raw scores of what was read; NaN where a picture or all of its numbers are missing."""
    seen = pairs.images[:, 1].any(axis=(1, 2))
    told = pairs.known.any(axis=1)
    both = seen & told
    return {
        IMAGE: np.where(seen, np.log(reading.picture + _TINY), np.nan),
        TABLE: np.where(told, soft(reading.numbers), np.nan),
        PICTURE_GIVEN_NUMBERS: np.where(both, soft(reading.given_numbers), np.nan),
        NUMBERS_GIVEN_PICTURE: np.where(both, soft(reading.given_picture), np.nan),
        "odds": np.where(both, -reading.odds, np.nan),
    }


def learnt(
    learn: CutoutSet,
    stop: CutoutSet,
    columns: Sequence[str],
    how: Schedule,
    report: Report,
    *,
    turned: bool = True,
    device: str = "cpu",
    keep: Keep | None = None,
    heard: Heard = unheard,
) -> tuple[PairModel, History]:
    """A model that knows ``learn``; ``stop`` decides which of its weights are kept."""
    scaling = PairScaling.fitted(learn, columns)
    training, validation = scaling.applied(learn), scaling.applied(stop)
    shape = PairShape(scaling.side, training.briefs.shape[1], len(columns), turned=turned)
    arrays, history = fit_pairs(training, validation, shape, how, report, device=device, keep=keep, heard=heard)
    return PairModel(scaling, shape, arrays), history


def usual_epochs(many: int) -> int:
    """How many turns through so many pairs a training needs."""
    return int(np.clip(_SEEN // max(many, 1), _FEWEST_EPOCHS, _MOST_EPOCHS))


def named_columns(data: CutoutSet, names: str) -> tuple[str, ...]:
    """The columns that ``names`` lists with commas; all that a picture may tell where it is "".

    Raises
    ------
    FitError
        The stamps have no numbers.
    ParamError
        A column is not there.
    """
    there = ", ".join(data.columns) or "none"
    if not names.strip():
        found = usable_columns(data)
        if not found:
            raise FitError(
                f"These {len(data)} stamps have no numbers that a picture could go with (columns: {there}).",
                hint="Join a catalogue with numbers of them, or choose a detector of pictures alone: strange.",
            )
        return found
    chosen = tuple(name.strip() for name in names.split(",") if name.strip())
    missing = [name for name in chosen if name not in data.columns]
    if missing or not 0 < len(chosen) <= MOST_COLUMNS:
        what = f"There is no column {missing[0]!r}" if missing else f"{len(chosen)} columns are too many or none"
        raise ParamError(f"{what}.", hint=f"The columns of numbers are: {there}; at most {MOST_COLUMNS} of them.")
    return chosen


def saved(out: Path, model: PairModel, card: Mapping[str, Any]) -> None:
    """Write ``model`` and its card into the folder ``out``."""
    scaling = model.scaling
    assert model.calibration is not None
    arrays = {
        **{f"net.{name}": array for name, array in model.arrays.items()},
        **{f"scale.{name}": getattr(scaling, name) for name in _SHOWN},
        **{f"worth.{name}": array for name, array in model.calibration.arrays.items()},
    }
    told = {
        "columns": list(scaling.columns),
        "stamp": list(scaling.shape),
        "side": scaling.side,
        "turned": model.shape.turned,
    }
    save_weights(
        out,
        {name: array.astype(np.float32) for name, array in arrays.items()},
        {**card, **told, "turned": model.shape.turned},
    )


def loaded(name: str, data: CutoutSet) -> PairModel:
    """The model in the folder ``name``, or that ships under this name, for stamps like those of ``data``.

    Raises
    ------
    ReadError
        There is no such model.
    FitError
        It was made for other stamps or other columns.
    """
    arrays, card = load_weights(name)
    if card.get("model") != "mmae":
        raise FitError(
            f"The weights in {name} are not of pictures with numbers.", hint="Name a folder of 'peculiar train mmae'."
        )
    columns, shape = tuple(map(str, card["columns"])), (int(card["stamp"][0]), int(card["stamp"][1]))
    if data.images.shape[1:] != shape:
        ny, nx = data.images.shape[1:]
        raise FitError(
            f"The weights in {name} are for stamps of {shape[1]} × {shape[0]} pixels; these have {nx} × {ny}.",
            hint="Train on stamps like these: leave the setting weights empty, or run 'peculiar train mmae FOLDER'.",
        )
    missing = [column for column in columns if column not in data.columns]
    if missing:
        raise FitError(
            f"The weights in {name} look at the columns {', '.join(columns)}; these stamps have no {missing[0]}.",
            hint="Train on stamps like these: leave the setting weights empty, or run 'peculiar train mmae FOLDER'.",
        )
    groups: dict[str, dict[str, Any]] = {"net": {}, "scale": {}, "worth": {}}
    for key, array in arrays.items():
        group, _, rest = key.partition(".")
        groups[group][rest] = array
    scales = {key: np.asarray(array, np.float64) for key, array in groups["scale"].items()}
    scaling = PairScaling(columns, shape, int(card["side"]), **scales)
    made_for = PairShape(scaling.side, scaling.briefs.shape[1], len(columns), turned=bool(card.get("turned", True)))
    return PairModel(scaling, made_for, groups["net"], PairCalibration.from_arrays(groups["worth"]))
