"""Damped least squares with few parameters, within bounds, that outliers do not pull."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, robust_sigma

Residuals = Callable[[Floats], Floats]
_TURNS = 25
_HUBER = 3.0
_ENOUGH = 1e-4
_DAMPING = (1e-3, 1e9)


@dataclass(frozen=True, eq=False)
class Solution:
    """Where the residuals are least.

    Attributes
    ----------
    values, errors : ndarray, shape (p,)
        Errors are one standard deviation, for residuals that are white; infinite where nothing tells, 0 where held.
    cost : float
        The sum of squares, far ones counted less.
    """

    values: Floats
    errors: Floats
    cost: float


def least_squares(
    residuals: Residuals, start: Floats, low: Floats, high: Floats, step: Floats, *, robust: bool
) -> Solution:
    """The parameters of least residuals, after Levenberg and Marquardt; robust after Huber (1964).

    Parameters
    ----------
    residuals : callable
        Residuals in units of their noise, shape (k,), of parameters of shape (p,).
    start, low, high, step : ndarray, shape (p,)
        Where to begin, the bounds, and steps over which the residuals bend little; a parameter of step 0 is held.
    robust : bool
        Whether residuals beyond three robust sigmas count less.
    """
    free = np.flatnonzero(step > 0)
    values = np.clip(start, low, high)
    rest = residuals(values)
    weight = _weights(rest, robust=robust)
    cost = float(np.sum(weight * rest**2))
    damping = _DAMPING[0]
    normal = np.zeros((free.size, free.size))
    for _ in range(_TURNS):
        slope = _slopes(residuals, values, free, low, high, step)
        normal = slope.T @ (slope * weight[:, None])
        pull = slope.T @ (weight * rest)
        better = False
        while damping < _DAMPING[1]:
            damped = normal + np.diag(damping * np.diagonal(normal) + 1e-30)
            trial = values.copy()
            trial[free] -= np.linalg.lstsq(damped, pull, rcond=None)[0]
            trial = np.clip(trial, low, high)
            there = residuals(trial)
            less = float(np.sum(weight * there**2))
            if less < cost:
                better = True
                damping /= 10
                break
            damping *= 10
        if not better:
            break
        gain = cost - less
        values, rest = trial, there
        weight = _weights(rest, robust=robust)
        cost = float(np.sum(weight * rest**2))
        if gain < _ENOUGH * max(1.0, 1e-3 * less):
            break
    errors = np.zeros(values.size)
    errors[free] = np.sqrt(_variances(normal))
    return Solution(values, errors, cost)


def _weights(rest: Floats, *, robust: bool) -> Floats:
    if not robust:
        return np.ones(rest.size)
    limit = _HUBER * max(1.0, robust_sigma(rest))
    return limit / np.maximum(np.abs(rest), limit)


def _slopes(
    residuals: Residuals,
    values: Floats,
    free: "np.ndarray[tuple[int], np.dtype[np.intp]]",
    low: Floats,
    high: Floats,
    step: Floats,
) -> Floats:
    columns = []
    for place in free:
        up, down = values.copy(), values.copy()
        up[place] = min(values[place] + step[place], high[place])
        down[place] = max(values[place] - step[place], low[place])
        columns.append((residuals(up) - residuals(down)) / max(up[place] - down[place], 1e-300))
    return np.column_stack(columns)


def _variances(normal: Floats) -> Floats:
    """The diagonal of the inverse; infinite for what the residuals do not depend on."""
    scale = np.sqrt(np.diagonal(normal))
    known = scale > 0
    variances = np.full(scale.size, np.inf)
    if known.any():
        scaled = normal[np.ix_(known, known)] / np.outer(scale[known], scale[known])
        inverse = np.diagonal(np.linalg.pinv(scaled, rcond=1e-10, hermitian=True))
        variances[known] = np.maximum(inverse, 0.0) / scale[known] ** 2
    return variances
