"""What is measured of every stamp of a set before it is compared: the rows of numbers of each view."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.images.elliptical import Elliptical, elliptical
from desktop_app.core.images.morphology import morphology
from desktop_app.core.images.peers import Peers
from desktop_app.core.images.stamp_heat import StampHeat, clipped, patch_score
from desktop_app.core.images.stamp_set import owners, require
from desktop_app.core.images.stamp_sky import in_sigmas
from desktop_app.core.images.stretching import SetStretch
from desktop_app.core.progress import Report, part
from desktop_app.detectors.cutouts.embedding import NONE, alone_seen_by

_PIXELS = 32
_LEAST = 1e-2
_FURTHEST = 8.0


@dataclass(frozen=True, eq=False)
class Measured:
    """The usable stamps of a set in numbers.

    Attributes
    ----------
    digest : str
        Of the set.
    usable : ndarray, shape (m,)
    images : ndarray, shape (n, ny, nx)
        The n usable ones.
    weights, owner : ndarray, shape (n,)
        How much each counts, and which object it is.
    numbers : mapping of str to ndarray, shape (n,)
        What morphology measures, as a person reads it.
    ellipses : Elliptical
    rows : mapping of str to ndarray, shape (n, d)
        By view; "shape" and "residual" always, as the subspace is made of them.
    peers : Peers
        Among which the numbers of "shape" were put in sigmas.
    """

    digest: str
    usable: Bools
    images: Stamps
    weights: Floats
    owner: Ints
    numbers: dict[str, Floats]
    ellipses: Elliptical
    rows: dict[str, Floats]
    peers: Peers


@dataclass(frozen=True, eq=False)
class Views:
    """Which views are measured, and with what; without ``peers`` the stamps that are measured are their own."""

    names: tuple[str, ...]
    encoder: str
    stretch: SetStretch
    heat: StampHeat | None = None
    peers: Peers | None = None


def measure(data: CutoutSet, views: Views, ellipses: Elliptical | None, report: Report) -> Measured:
    """Measure every usable stamp of ``data``.

    Parameters
    ----------
    data : CutoutSet
    views : Views
    ellipses : Elliptical, optional
        Of the usable stamps, where they are known already.
    report : callable

    Raises
    ------
    FitError
        There are too few stamps.
    """
    usable = require(data)
    weights, owner = owners(data, usable)
    images = data.images if usable.all() else data.images[usable]
    ellipses = ellipses or elliptical(images, part(report, 0.0, 0.3))
    shapes = morphology(images, part(report, 0.3, 0.6))
    residual = np.stack(list(ellipses.numbers.values()), axis=1)
    peers = views.peers or Peers.fit(shapes)
    rows = {
        "shape": np.clip(peers.apply(shapes), -_FURTHEST, _FURTHEST),
        "residual": np.log(np.maximum(residual, _LEAST)),
    }
    if "look" in views.names and views.encoder != NONE:
        rows["look"] = alone_seen_by(views.encoder, images, part(report, 0.6, 0.9))
    if "patches" in views.names and views.heat is not None:
        maps = views.heat.memory.maps(clipped(ellipses.residuals), part(report, 0.9, 1.0))
        rows["patches"] = patch_score(maps, views.heat.memory.layout, min(images.shape[1:]))[:, None]
    if "pixels" in views.names:
        rows["pixels"] = pixel_rows(images)
    if "catalogue" in views.names and data.columns:
        rows["catalogue"] = _catalogue(data, usable)
    return Measured(data.digest, usable, images, weights, owner, shapes, ellipses, rows, peers)


def pixel_rows(images: Stamps) -> Floats:
    """Every stamp as a row of at most 32 x 32 pixels: asinh of sigmas above its sky."""
    above, _ = in_sigmas(images)
    block = max(1, min(images.shape[1:]) // _PIXELS)
    ny, nx = (size // block * block for size in images.shape[1:])
    small = above[:, :ny, :nx].reshape(len(images), ny // block, block, nx // block, block).mean(axis=(2, 4))
    return np.arcsinh(small.reshape(len(images), -1).astype(np.float64))


def _catalogue(data: CutoutSet, usable: Bools) -> Floats:
    """The columns of numbers; what is not known takes the median of those that are."""
    rows = np.stack([series.values for series in data.columns.values()], axis=1)[usable]
    for column in rows.T:
        known = np.isfinite(column)
        column[~known] = np.median(column[known]) if known.any() else 0.0
    return rows
