"""What a stamp's numbers are among stamps of objects as bright, as large and as concentrated."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.images.morphology import MORPHOLOGY, as_features
from desktop_app.core.progress import Report, silent

_ALIKE_IN = ("snr", "half_light_radius_px", "concentration")
_FEWEST, _MOST, _SHARE = 20, 100, 0.1
_LEAST_SPREAD = 0.3
_CHUNK = 512
_TOO_FEW, _ENOUGH = 200, 1000
"""Below and above so many stamps peers tell nothing, and all."""


@dataclass(frozen=True, eq=False)
class Peers:
    """The stamps of a set, to measure others by those of them that are most alike in brightness, size, concentration.

    A bright galaxy shows arms, knots and what a model leaves of it where a faint one shows noise: measured against
    all, the brightest are the strangest. Measured against their peers, what is strange is. In a small set nobody has
    peers, and each is measured against all.

    Attributes
    ----------
    features : ndarray, shape (m, d)
        As `as_features` gives them.
    middle, spread : ndarray, shape (3,)
        Of the three that peers are alike in.
    usual, scatter : ndarray, shape (d,)
        Of each feature among all: the median, and the robust sigma or, where most are alike, the plain one.
    floor : ndarray, shape (d,)
        The least spread of a feature among peers: a part of that among all.
    """

    features: Floats
    middle: Floats
    spread: Floats
    usual: Floats
    scatter: Floats
    floor: Floats

    @classmethod
    def fit(cls, numbers: Mapping[str, Floats]) -> Self:
        """The peers that the stamps with these `morphology` numbers are to each other; at least one stamp."""
        features = as_features(numbers)
        alike = features[:, _alike()]
        spread, whole = alike.std(axis=0), features.std(axis=0)
        usual = np.median(features, axis=0)
        scatter = 1.4826 * np.median(np.abs(features - usual), axis=0)
        scatter = np.where(scatter > 1e-3 * whole, scatter, whole)
        spread = np.where(spread > 0, spread, 1.0)
        return cls(features, alike.mean(axis=0), spread, usual, scatter, _LEAST_SPREAD * whole)

    @property
    def trust(self) -> float:
        """How much peers count beside the whole set, in [0, 1]."""
        return float(np.clip((len(self.features) - _TOO_FEW) / (_ENOUGH - _TOO_FEW), 0.0, 1.0))

    def apply(self, numbers: Mapping[str, Floats], report: Report = silent) -> Floats:
        """How far each number is from the median of the peers, in robust sigmas of theirs, shape (m, d).

        Parameters
        ----------
        numbers : mapping of str to ndarray, shape (m,)
            As `morphology` gives them, of the same set or another.
        report : callable
            Told the progress.
        """
        features = as_features(numbers)
        places = (features[:, _alike()] - self.middle) / self.spread
        known = (self.features[:, _alike()] - self.middle) / self.spread
        many = min(len(known), int(np.clip(_SHARE * len(known), _FEWEST, _MOST)))
        found = np.zeros(features.shape)
        for low in range(0, len(features), _CHUNK):
            report(low / len(features), "Comparing stamps with their peers")
            part = slice(low, low + _CHUNK)
            away = ((places[part, None, :] - known[None, :, :]) ** 2).sum(axis=2)  # (chunk, m)
            near = np.argpartition(away, many - 1, axis=1)[:, :many]
            peers = self.features[near]  # (chunk, many, d)
            middle = np.median(peers, axis=1)
            spread = 1.4826 * np.median(np.abs(peers - middle[:, None]), axis=1)
            spread = np.maximum(spread, self.floor)
            middle = self.trust * middle + (1 - self.trust) * self.usual
            spread = self.trust * spread + (1 - self.trust) * self.scatter
            found[part] = np.where(spread > 0, (features[part] - middle) / np.where(spread > 0, spread, 1.0), 0.0)
        return found


def _alike() -> list[int]:
    names = list(MORPHOLOGY)
    return [names.index(name) for name in _ALIKE_IN]
