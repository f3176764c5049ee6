"""Which pixels dim while a dip lasts, and how far from the star their middle is."""

from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.data import Dataset
from desktop_app.core.detection import PeriodicSignal, Scores
from desktop_app.core.pixels import Frames, TargetPixels
from desktop_app.core.progress import Report, silent
from desktop_app.core.transits.around import numbers_of

_INNER = 0.35
_BESIDE = (0.7, 1.7)
_MOST_FRAMES = 300
_FEW_FRAMES = 3
_SIGNIFICANT = 3.0
_BOX = 1


@dataclass(frozen=True, eq=False)
class Difference:
    """The frames beside dips less those in them.

    Attributes
    ----------
    lost, error : ndarray, shape (ny, nx)
        Light that is missing in dips, and its standard error, in the unit of the frames; NaN where none was collected.
    star : ndarray, shape (ny, nx)
        The mean frame beside dips.
    offset : float
        Pixels from the middle of the star to the middle of what dims; NaN where no pixel dims by three sigma.
    sigma : float
        ``offset`` over its error.
    """

    lost: Floats
    error: Floats
    star: Floats
    offset: float
    sigma: float


def on_pixels(data: Dataset, scores: Scores, report: Report = silent) -> Scores:
    """``scores`` with what the pixels of ``data`` tell of each signal: "difference_offset" and "difference_sigma".

    Unchanged where ``data`` are no target pixels. Raises `ReadError`.
    """
    if not isinstance(data, TargetPixels):
        return scores
    signals = []
    for place, signal in enumerate(scores.signals):
        report(place / len(scores.signals), "Comparing frames")
        seen = difference_image(data, signal)
        told = {"difference_offset": seen.offset, "difference_sigma": seen.sigma} if seen else {}
        signals.append(replace(signal, checks={**signal.checks, **told}))
    return replace(scores, signals=tuple(signals))


def difference_image(pixels: TargetPixels, signal: PeriodicSignal) -> Difference | None:
    """The frames beside the dips of ``signal`` less those in them; None where there are too few.

    After Bryson et al. (2013, PASP 125, 889): the light that is lost has its middle on the star that dims. Middles are
    those of the light in the three by three pixels about the brightest one.

    Raises
    ------
    ReadError
        A frame cannot be read.
    """
    curve = pixels.curve
    away = curve.time - signal.epoch
    if np.isfinite(signal.period_d):
        known = np.where(np.isfinite(curve.time), curve.time, signal.epoch)
        away = away - signal.period_d * numbers_of(known, signal.period_d, signal.epoch)
    length = np.abs(away) / signal.duration_d
    within = np.flatnonzero(curve.usable & (length < _INNER))
    beside = np.flatnonzero(curve.usable & (length > _BESIDE[0]) & (length < _BESIDE[1]))
    if min(within.size, beside.size) < _FEW_FRAMES:
        return None
    low, low_error = _mean(pixels.frames, within)
    star, star_error = _mean(pixels.frames, beside)
    lost, error = star - low, np.hypot(low_error, star_error)
    strong = lost > _SIGNIFICANT * np.where(error > 0, error, np.inf)
    if not strong.any():
        return Difference(lost, error, star, float("nan"), float("nan"))
    (x, y), (x_error, y_error) = _middle(lost, error, strong)
    (star_x, star_y), _ = _middle(_above(star), star_error, np.isfinite(star))
    offset = float(np.hypot(x - star_x, y - star_y))
    sigma = float(np.hypot((x - star_x) / x_error, (y - star_y) / y_error))
    return Difference(lost, error, star, offset, sigma)


def _mean(frames: Frames, rows: Ints) -> tuple[Floats, Floats]:
    """The mean of the frames at ``rows``, at most so many, and its standard error; each of shape (ny, nx)."""
    chosen = rows[np.linspace(0, rows.size - 1, min(rows.size, _MOST_FRAMES)).astype(np.int64)]
    _, ny, nx = frames.shape
    count, total, square = np.zeros((ny, nx)), np.zeros((ny, nx)), np.zeros((ny, nx))
    first = np.nan_to_num(frames.frame(int(chosen[0])))  # taken off, so that squares keep their digits
    for row in chosen:
        frame = frames.frame(int(row)) - first
        known = np.isfinite(frame)
        count += known
        total += np.where(known, frame, 0.0)
        square += np.where(known, frame, 0.0) ** 2
    some = np.maximum(count, 1)
    mean = total / some
    variance = np.maximum(square / some - mean**2, 0.0) / np.maximum(count - 1, 1)
    return np.where(count > 1, first + mean, np.nan), np.where(count > 1, np.sqrt(variance), np.nan)


def _above(frame: Floats) -> Floats:
    """``frame`` less its usual pixel, nowhere below 0: what stars put there."""
    return np.maximum(frame - np.nanmedian(frame), 0.0)


def _middle(light: Floats, error: Floats, among: Bools) -> tuple[tuple[float, float], tuple[float, float]]:
    """Column and row of the middle of the light about its brightest pixel ``among`` some, and their errors."""
    peak_y, peak_x = np.unravel_index(int(np.argmax(np.where(among, light, -np.inf))), light.shape)
    y, x = np.mgrid[: light.shape[0], : light.shape[1]].astype(np.float64)
    near = (np.abs(y - peak_y) <= _BOX) & (np.abs(x - peak_x) <= _BOX) & np.isfinite(light)
    weight = np.where(near, np.maximum(light, 0.0), 0.0)
    total = float(weight.sum())
    middle = float((weight * x).sum() / total), float((weight * y).sum() / total)
    noise = np.where(near & np.isfinite(error), error, 0.0)
    errors = [
        float(np.sqrt(((at - centre) ** 2 * noise**2).sum())) / total for at, centre in zip((x, y), middle, strict=True)
    ]
    return middle, (max(errors[0], 1e-6), max(errors[1], 1e-6))
