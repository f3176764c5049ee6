"""Stamps as rows of numbers: what an encoder sees in them, or, where there is none, what their shapes measure."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.images.morphology import as_features, morphology
from desktop_app.core.images.stamp_set import owners, require
from desktop_app.core.images.stamp_views import views_of
from desktop_app.core.images.stretching import SetStretch
from desktop_app.core.params import setting
from desktop_app.core.progress import Report, part
from desktop_app.nets.encoders import LITE0, OWN, available_encoders, encoder_called

if TYPE_CHECKING:
    from desktop_app.nets.encoders import ImageEncoder

AUTO, NONE = "auto", "none"
ENCODER_HELP = (
    "Which network looks at the stamps: auto takes EfficientNet-Lite0 where its package is installed, else own, the "
    "small one that ships; none goes by measured shapes; or a file of yours (.onnx, .pt)."
)


def encoder_setting() -> str:
    """The setting that all detectors with an encoder have."""
    chosen: str = setting(AUTO, title="Encoder", help=ENCODER_HELP)
    return chosen


@dataclass(frozen=True, eq=False)
class Embedding:
    """The stamps of a set that can be looked at, as numbers.

    Attributes
    ----------
    usable : ndarray, shape (m,)
    rows : ndarray, shape (n, d)
        Of the n usable ones.
    weights, owner : ndarray, shape (n,)
        How much each counts, and which object it is.
    note : str
        What the numbers are, for a person.
    """

    usable: Bools
    rows: Floats
    weights: Floats
    owner: Ints
    note: str


def embedding_of(data: CutoutSet, encoder: str, stretch: SetStretch, report: Report) -> Embedding:
    """The numbers of every usable stamp of ``data``.

    Raises
    ------
    FitError
        There are too few stamps.
    ParamError
        The encoder is not there.
    """
    usable = require(data)
    weights, owner = owners(data, usable)
    images = data.images if usable.all() else data.images[usable]
    chosen = resolved(encoder)
    if chosen == NONE:
        rows = as_features(morphology(images, report))
        return Embedding(usable, rows, weights, owner, "Stamps are compared by measured shapes; no encoder looked.")
    rows = seen_by(chosen, images, stretch, report)
    return Embedding(usable, rows, weights, owner, f"Encoder: {loaded(chosen).label}.")


def seen_by(encoder: str, images: Stamps, stretch: SetStretch, report: Report) -> Floats:
    """What the encoder of that name sees in ``images``, of shape (m, d)."""
    rows = loaded(encoder).embed(stretch.apply(images), part(report, 0.05, 1.0))
    return np.nan_to_num(np.asarray(rows, np.float64))


def alone_seen_by(encoder: str, images: Stamps, report: Report) -> Floats:
    """As `seen_by`, of the objects alone, each over its own peak: neighbours and brightness are not looked at."""
    rows = loaded(encoder).embed(views_of(images, part(report, 0.0, 0.5)).shape, part(report, 0.5, 1.0))
    return np.nan_to_num(np.asarray(rows, np.float64))


def resolved(encoder: str) -> str:
    """The name of the encoder that is meant: of "auto" the best that is here."""
    if encoder != AUTO:
        return encoder
    return LITE0 if any(found.name == LITE0 and found.here for found in available_encoders()) else OWN


def encoder_hash(encoder: str) -> str:
    """What tells this encoder from any other, for the cache; "" where none looks.

    Raises
    ------
    ParamError
        There is no such encoder.
    """
    chosen = resolved(encoder)
    if chosen == LITE0:
        from desktop_app.nets.efficientnet import SHA256

        return SHA256
    return "" if chosen == NONE else loaded(chosen).hash


@lru_cache(maxsize=2)
def loaded(encoder: str) -> "ImageEncoder":
    """The encoder of that name, ready to look."""
    return encoder_called(encoder)
