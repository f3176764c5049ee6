"""Turns raw scores into robust sigmas, so that one threshold fits every detector."""

import numpy as np

from desktop_app.core.arrays import Floats

_ONE_SIGMA = 0.8413
_FAR = 0.99
_FAR_SIGMA = 2.326


def to_sigmas(raw: Floats, usual: Floats, surrogate: Floats) -> Floats:
    """How many sigmas each of ``raw`` lies above the usual; shape of ``raw``.

    Parameters
    ----------
    raw : ndarray, shape (m,)
        Scores, higher is stranger.
    usual : ndarray, shape (k,)
        Scores of what was learnt from: its median is 0, its upper sixth begins at 1.
    surrogate : ndarray, shape (s,)
        Scores of made-up noise: where their tail is longer than a Gaussian one, the scale grows, so that noise alone
        stays below what the threshold asks for.
    """
    middle, one = np.quantile(usual, [0.5, _ONE_SIGMA])
    low, near, far = np.quantile(surrogate, [0.5, _ONE_SIGMA, _FAR])
    tail = max(1.0, (far - low) / max(near - low, 1e-12) / _FAR_SIGMA)
    scale = max(one - middle, near - low, 1e-12) * tail
    return np.maximum((raw - middle) / scale, 0.0)


def agreed(sigmas: Floats, share: float) -> Floats:
    """For each row of ``sigmas``, the level that at least ``share`` of its finite entries reach; shape (n,).

    Parameters
    ----------
    sigmas : ndarray, shape (n, m)
        NaN where there is nothing to vote; a row without a vote gives 0.
    share : float
        In (0, 1].
    """
    votes = np.isfinite(sigmas).sum(axis=1)
    ordered = -np.sort(-np.nan_to_num(sigmas, nan=-np.inf), axis=1)
    needed = np.clip(np.ceil(share * votes - 1e-9).astype(np.int64) - 1, 0, sigmas.shape[1] - 1)
    level = np.take_along_axis(ordered, needed[:, None], axis=1)[:, 0]
    return np.where(votes > 0, level, 0.0)
