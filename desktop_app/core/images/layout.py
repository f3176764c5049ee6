"""Where objects lie on a map of two axes so that what looks alike lies together."""

import warnings
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import FitError

FEWEST = 5
_NEIGHBOURS = 15
WHY_NOT = "UMAP is not installed: pip install peculiar[umap]."


def umap_installed() -> bool:
    """Whether `umap_of` can be called."""
    return find_spec("umap") is not None


def umap_of(space: Floats, *, seed: int = 0) -> Floats:
    """Places on a map that keeps neighbours together, shape (m, 2); distances between groups mean nothing.

    Parameters
    ----------
    space : ndarray, shape (m, d)
        Rows with a value that is not finite have no place: NaN.
    seed : int

    Raises
    ------
    FitError
        There are too few rows, or the package is not installed.

    References
    ----------
    McInnes, L., Healy, J., & Melville, J., "UMAP: Uniform Manifold Approximation and Projection for Dimension
    Reduction", arXiv:1802.03426 (2018).
    """
    known = np.isfinite(space).all(axis=1)
    if not umap_installed():
        raise FitError("UMAP is not installed.", hint="Install it: pip install peculiar[umap].")
    if known.sum() < FEWEST or not space.shape[1]:
        raise FitError(
            f"A map needs {FEWEST} objects in a subspace.", hint="Choose a detector that measures distances."
        )
    with warnings.catch_warnings():
        # It warns of threads that a seed forbids, and of what it is built on.
        warnings.simplefilter("ignore")
        umap: Any = import_module("umap")

        neighbours = min(_NEIGHBOURS, int(known.sum()) - 1)
        placed = umap.UMAP(n_neighbors=neighbours, random_state=seed, init="pca").fit_transform(space[known])
    places = np.full((len(space), 2), np.nan)
    places[known] = placed
    return places
