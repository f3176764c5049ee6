"""Plain recipes that a detector of cut-outs has to beat, on the same stamps."""

from collections.abc import Callable, Mapping

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.images.stretching import SetStretch
from desktop_app.core.images.subspace import Subspace

_COMPONENTS = 64
_NEIGHBOURS = 10
_TREES = 200
_SEED = 0


def pixel_pca_error(data: CutoutSet) -> Floats:
    """How far each stamp is from the subspace of the principal components of all: the usual reconstruction error."""
    rows = _pixels(data)
    return Subspace.fit(rows, min(_COMPONENTS, len(rows) // 2)).error(rows)


def pixel_neighbours(data: CutoutSet) -> Floats:
    """The mean distance of the pixels to those of the nearest other stamps."""
    return _to_neighbours(_pixels(data))


def embedding_pca_error(data: CutoutSet) -> Floats:
    """As `pixel_pca_error`, of what the encoder sees, with two components: the rule of many a notebook."""
    rows = _embedded(data)
    return Subspace.fit(rows, 2, scaled=True).error(rows)


def embedding_forest(data: CutoutSet) -> Floats:
    """An isolation forest on what the encoder sees.

    References
    ----------
    Liu, F. T., Ting, K. M. and Zhou, Z.-H., "Isolation Forest", ICDM (2008).
    """
    from sklearn.ensemble import IsolationForest

    rows = _embedded(data)
    return np.asarray(
        -IsolationForest(n_estimators=_TREES, random_state=_SEED).fit(rows).score_samples(rows), np.float64
    )


def chance(data: CutoutSet) -> Floats:
    """Any order at all."""
    return np.random.default_rng(_SEED).random(len(data))


CONTROLS: Mapping[str, Callable[[CutoutSet], Floats]] = {
    "pixels, PCA error": pixel_pca_error,
    "pixels, neighbours": pixel_neighbours,
    "embedding, PCA error": embedding_pca_error,
    "embedding, isolation forest": embedding_forest,
    "chance": chance,
}


def _pixels(data: CutoutSet) -> Floats:
    stretched = SetStretch.fit(data.images).apply(data.images)
    return stretched.reshape(len(data), -1).astype(np.float64)


def _embedded(data: CutoutSet) -> Floats:
    """What the best encoder that is here sees: the one that `strange` takes as well."""
    from desktop_app.nets.encoders import LITE0, OWN, available_encoders, encoder_called

    here = {encoder.name for encoder in available_encoders() if encoder.here}
    encoder = encoder_called(LITE0 if LITE0 in here else OWN)
    return encoder.embed(SetStretch.fit(data.images).apply(data.images))


def _to_neighbours(rows: Floats) -> Floats:
    from sklearn.neighbors import NearestNeighbors

    count = min(_NEIGHBOURS + 1, len(rows))
    distances, _ = NearestNeighbors(n_neighbors=count).fit(rows).kneighbors(rows)
    return np.asarray(distances[:, 1:].mean(axis=1), np.float64)
