"""Fits an elliptical Gaussian to the middle of many small patches at once."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats

_TURNS = 14


@dataclass(frozen=True, eq=False)
class PointFit:
    """One Gaussian a patch; each of shape (m,).

    Attributes
    ----------
    peak, level : ndarray
        Height above the level around it, and that level.
    x, y : ndarray
        From the middle of the patch, in pixels.
    major_px, minor_px : ndarray
        Full widths at half maximum along its axes.
    angle_deg : ndarray
        Of the major axis, from x towards y.
    unexplained : ndarray
        Sum of the squared residuals within the mask.
    explained : ndarray
        Sum of the squared model within the mask.
    """

    peak: Floats
    level: Floats
    x: Floats
    y: Floats
    major_px: Floats
    minor_px: Floats
    angle_deg: Floats
    unexplained: Floats
    explained: Floats


def fit_points(patches: Floats, used: Bools, x: Floats, y: Floats, fwhm_px: Floats) -> PointFit:
    """Elliptical Gaussians fitted by damped least squares (Levenberg, 1944; Marquardt, 1963).

    Parameters
    ----------
    patches : ndarray, shape (m, p, p)
        NaN may stand where ``used`` is false.
    used : ndarray of bool, shape (m, p, p)
    x, y : ndarray, shape (m,)
        Where to begin, from the middle of the patch.
    fwhm_px : ndarray, shape (m,)
        The width to begin with.
    """
    m, side, _ = patches.shape
    grid = np.arange(side) - (side - 1) / 2
    weight = used.astype(np.float64)
    values = np.where(used, patches, 0.0)
    middle = np.take_along_axis(
        values.reshape(m, -1),
        (np.rint(y + (side - 1) / 2) * side + np.rint(x + (side - 1) / 2)).astype(np.int64)[:, None],
        axis=1,
    )[:, 0]
    shape = 1 / (fwhm_px / 2.3548) ** 2
    # Height, level, place, and the inverse of the covariance: xx, yy, xy.
    guess = np.column_stack([middle, np.zeros(m), x, y, shape, shape, np.zeros(m)])
    start, damping = guess.copy(), np.full(m, 1e-2)
    model, slopes = _model(guess, grid)
    loss = (weight * (values - model) ** 2).sum(axis=(1, 2))
    for _ in range(_TURNS):
        tried = guess + _step(slopes, weight, values - model, damping)
        tried = _bounded(tried, start)
        model_tried, slopes_tried = _model(tried, grid)
        loss_tried = (weight * (values - model_tried) ** 2).sum(axis=(1, 2))
        better = loss_tried < loss
        guess = np.where(better[:, None], tried, guess)
        model = np.where(better[:, None, None], model_tried, model)
        slopes = np.where(better[:, None, None, None], slopes_tried, slopes)
        loss = np.where(better, loss_tried, loss)
        damping = np.clip(np.where(better, damping / 5, damping * 8), 1e-9, 1e6)
    return _told(guess, loss, (weight * (model - guess[:, 1, None, None]) ** 2).sum(axis=(1, 2)))


def _model(guess: Floats, grid: Floats) -> tuple[Floats, Floats]:
    """The Gaussians, shape (m, p, p), and their slopes by each of seven parameters, shape (m, 7, p, p)."""
    peak, level, x, y, xx, yy, xy = (column[:, None, None] for column in guess.T)
    dx, dy = grid[None, None, :] - x, grid[None, :, None] - y
    shape = np.exp(-0.5 * np.clip(xx * dx**2 + yy * dy**2 + 2 * xy * dx * dy, 0, 200))
    high = peak * shape
    slopes = np.stack(
        [
            shape,
            np.ones_like(shape),
            high * (xx * dx + xy * dy),
            high * (yy * dy + xy * dx),
            -0.5 * high * dx**2,
            -0.5 * high * dy**2,
            -high * dx * dy,
        ],
        axis=1,
    )
    return high + level, slopes


def _step(slopes: Floats, weight: Floats, residual: Floats, damping: Floats) -> Floats:
    m, parameters = slopes.shape[:2]
    flat = slopes.reshape(m, parameters, -1)
    weighted = flat * weight.reshape(m, 1, -1)
    normal = weighted @ flat.transpose(0, 2, 1)
    diagonal = np.einsum("mii->mi", normal)
    normal = normal + (damping[:, None] * diagonal + 1e-12 * (1 + diagonal))[:, :, None] * np.eye(parameters)
    towards = (weighted @ residual.reshape(m, -1, 1))[:, :, 0]
    return np.asarray(np.linalg.solve(normal, towards[:, :, None])[:, :, 0], np.float64)


def _bounded(guess: Floats, start: Floats) -> Floats:
    """Kept near where it began, and the covariance positive."""
    guess = guess.copy()
    for place in (2, 3):
        guess[:, place] = np.clip(guess[:, place], start[:, place] - 2.5, start[:, place] + 2.5)
    for place in (4, 5):
        guess[:, place] = np.clip(guess[:, place], start[:, place] / 36, start[:, place] * 49)
    limit = 0.98 * np.sqrt(guess[:, 4] * guess[:, 5])
    guess[:, 6] = np.clip(guess[:, 6], -limit, limit)
    return guess


def _told(guess: Floats, unexplained: Floats, explained: Floats) -> PointFit:
    inverse = np.empty((len(guess), 2, 2))
    inverse[:, 0, 0], inverse[:, 1, 1] = guess[:, 4], guess[:, 5]
    inverse[:, 0, 1] = inverse[:, 1, 0] = guess[:, 6]
    sizes, axes = np.linalg.eigh(inverse)  # the smallest first: the longest axis
    widths = 2.3548 / np.sqrt(np.maximum(sizes, 1e-6))
    return PointFit(
        peak=guess[:, 0],
        level=guess[:, 1],
        x=guess[:, 2],
        y=guess[:, 3],
        major_px=widths[:, 0],
        minor_px=widths[:, 1],
        angle_deg=np.degrees(np.arctan2(axes[:, 1, 0], axes[:, 0, 0])) % 180,
        unexplained=unexplained,
        explained=explained,
    )
