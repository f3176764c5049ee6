"""What a star does anyway: a robust smooth line in time that stops at gaps and is not drawn by events."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints

BINS_PER_WINDOW = 12
_BIWEIGHT = 4.5
_ROUNDS = 4
_FEW = 3
_NOTHING = 1e-30
_SAMPLE = 20_000
_ROWS_PER_BLOCK = 500
_QUIETEST = 0.2
_DOUBT = 2.0
# The standard error of a scatter taken from the median absolute deviation of n rows is this over sqrt(n).
_MAD_ERROR = 1.17


@dataclass(frozen=True, eq=False)
class Bins:
    """Medians of rows in steps of time, none of them across a gap.

    Attributes
    ----------
    time, value, count : ndarray, shape (b,)
        Mean time, median, and number of rows used; an empty bin has its middle as time and NaN as value.
    segment : ndarray, shape (b,)
        Number of the uninterrupted stretch that the bin lies in.
    width_d : float
    """

    time: Floats
    value: Floats
    count: Ints
    segment: Ints
    width_d: float


def bin_medians(time: Floats, flux: Floats, keep: Bools, starts: Ints, width_d: float) -> Bins:
    """Medians of ``flux`` in bins of about ``width_d`` days, each stretch divided evenly.

    Parameters
    ----------
    time, flux : ndarray, shape (n,)
    keep : ndarray, shape (n,)
        Rows that count.
    starts : ndarray, shape (m,)
        First rows of the uninterrupted stretches.
    width_d : float
    """
    index, first, edges = _bin_index(time, starts, width_d)
    bins = int(edges[-1])
    segment = np.repeat(np.arange(starts.size), np.diff(edges))
    kept = np.flatnonzero(keep)
    order = kept[_sorted_in_bins(flux[kept], index[kept])]
    count = np.bincount(index[kept], minlength=bins)
    stop = np.cumsum(count)
    start = stop - count
    full = count > 0
    value = np.full(bins, np.nan)
    low = order[(start + (count - 1) // 2)[full]]
    high = order[(start + count // 2)[full]]
    value[full] = 0.5 * (flux[low] + flux[high])
    middle = np.array(first, dtype=np.float64)
    middle[full] = np.bincount(index[kept], weights=time[kept], minlength=bins)[full] / count[full]
    return Bins(middle, value, count.astype(np.int64), segment, width_d)


def _sorted_in_bins(flux: Floats, index: Ints) -> Ints:
    """The order that sorts ``flux`` within each bin; one sort of one key is several times faster than a lexsort."""
    low, high = np.quantile(flux[:: max(1, flux.size // _SAMPLE)], [0.25, 0.75]) if flux.size else (0.0, 0.0)
    reach = 100 * (high - low) or 1.0
    # Squeezed into (-1/2, 1/2) without changing its order, however far an outlier lies.
    squeezed = (flux - 0.5 * (low + high)) / reach
    squeezed /= 2 * (1 + np.abs(squeezed))
    return np.argsort(index + squeezed, kind="stable").astype(np.int64)


def _bin_index(time: Floats, starts: Ints, width_d: float) -> tuple[Ints, Floats, Ints]:
    """The bin of each row (n,), the middle of each bin (b,), and where the stretches begin among the bins (m + 1,)."""
    stops = np.append(starts[1:], time.size)
    begin, span = time[starts], time[stops - 1] - time[starts]
    number = np.maximum(1, np.round(span / width_d)).astype(np.int64)
    edges = np.concatenate([[0], np.cumsum(number)])
    step = np.where(span > 0, span / number, width_d)
    lengths = stops - starts
    inside = (time - np.repeat(begin, lengths)) / np.repeat(step, lengths)
    inside = np.minimum(inside.astype(np.int64), np.repeat(number, lengths) - 1)
    index = np.repeat(edges[:-1], lengths) + inside
    place = np.arange(edges[-1]) - np.repeat(edges[:-1], number)
    middle = np.repeat(begin, number) + (place + 0.5) * np.repeat(step, number)
    return index, middle, edges


def smooth_line(bins: Bins, window_d: float) -> tuple[Floats, Floats]:
    """Value and slope of a robust local straight line at each bin; two arrays of shape (b,).

    A straight line within ``window_d`` days around the bin, weighted towards the middle, refitted with Tukey's
    biweight so that what lies far from it does not draw it. NaN where the window holds no row at all.
    """
    half = BINS_PER_WINDOW // 2
    offset = np.arange(-half, half + 1)
    neighbour = np.arange(bins.time.size)[:, None] + offset[None, :]  # (b, window)
    inside = (neighbour >= 0) & (neighbour < bins.time.size)
    neighbour = np.clip(neighbour, 0, bins.time.size - 1)
    inside &= (bins.segment[neighbour] == bins.segment[:, None]) & (bins.count[neighbour] > 0)
    x = np.where(inside, (bins.time[neighbour] - bins.time[:, None]) / (0.5 * window_d), 0.0)
    y = np.where(inside, bins.value[neighbour], 0.0)
    full = inside.any(axis=1)
    kernel = np.where(inside, np.clip(1 - np.abs(x / 1.1) ** 3, 0, None) ** 3, 0.0)
    kernel *= np.minimum(bins.count[neighbour], 5)
    value, slope = _median_inside(y, inside), np.zeros(bins.time.size)
    floor = _usual_scatter(bins)
    for _ in range(_ROUNDS):
        residual = y - value[:, None] - slope[:, None] * x
        scale = np.maximum(1.4826 * _median_inside(np.abs(residual), inside), floor)
        weight = kernel * np.clip(1 - (residual / (_BIWEIGHT * scale[:, None])) ** 2, 0, None) ** 2
        value, slope = _weighted_line(x, y, weight, value, slope)
    return np.where(full, value, np.nan), slope / (0.5 * window_d)


def _median_inside(values: Floats, inside: Bools) -> Floats:
    """The median of each row's entries that are ``inside``, 0 where none is; several times faster than nanmedian."""
    count = inside.sum(axis=1)
    ordered = np.sort(np.where(inside, values, np.inf), axis=1)
    row = np.arange(count.size)
    low, high = ordered[row, np.maximum(count - 1, 0) // 2], ordered[row, np.minimum(count // 2, values.shape[1] - 1)]
    return np.where(count > 0, 0.5 * (np.where(count > 0, low, 0.0) + np.where(count > 0, high, 0.0)), 0.0)


def _usual_scatter(bins: Bins) -> float:
    """Half the robust scatter from one bin to the next, so that a window in perfect order keeps its neighbours."""
    known = bins.value[bins.count > 0]
    least = 1e-9 * float(np.abs(known).max(initial=0.0)) + _NOTHING
    step = np.abs(np.diff(known))
    return max(float(0.5 * 1.0484 * np.median(step)), least) if known.size >= _FEW else least


def _weighted_line(x: Floats, y: Floats, weight: Floats, value: Floats, slope: Floats) -> tuple[Floats, Floats]:
    total = weight.sum(axis=1)
    usable = total > 0
    safe = np.where(usable, total, 1.0)
    mean_x, mean_y = (weight * x).sum(axis=1) / safe, (weight * y).sum(axis=1) / safe
    spread = (weight * (x - mean_x[:, None]) ** 2).sum(axis=1) / safe
    shared = (weight * (x - mean_x[:, None]) * (y - mean_y[:, None])).sum(axis=1) / safe
    steep = np.where(spread > 1e-3, shared / np.maximum(spread, 1e-3), 0.0)
    return np.where(usable, mean_y - steep * mean_x, value), np.where(usable, steep, slope)


def draw_line(time: Floats, starts: Ints, bins: Bins, value: Floats, slope: Floats) -> Floats:
    """The smooth line at every row, shape (n,): between two bins their straight lines go over into each other."""
    known = np.isfinite(value)
    if not known.any():
        return np.zeros(time.size)
    stops = np.append(starts[1:], time.size)
    segment = np.repeat(np.arange(starts.size), stops - starts)
    # One key for time and stretch, so that a row never looks at a bin beyond a gap.
    far = 2.0 * (time[-1] - time[0]) + 1.0
    at = bins.time[known] - time[0] + far * bins.segment[known]
    row = time - time[0] + far * segment
    right = np.searchsorted(at, row)
    left = np.clip(right - 1, 0, at.size - 1)
    right = np.clip(right, 0, at.size - 1)
    belongs = bins.segment[known]
    left = np.where(belongs[left] == segment, left, right)
    right = np.where(belongs[right] == segment, right, left)
    moment, level, steep = bins.time[known], value[known], slope[known]
    span = moment[right] - moment[left]
    share = np.clip(np.divide(time - moment[left], span, out=np.zeros(time.size), where=span > 0), 0, 1)
    # Where bins are missing between the two, their slopes tell little of the middle.
    trust = np.minimum(1.0, np.divide(2 * bins.width_d, span, out=np.ones(time.size), where=span > 0))
    from_left = level[left] + trust * steep[left] * (time - moment[left])
    from_right = level[right] + trust * steep[right] * (time - moment[right])
    return (1 - share) * from_left + share * from_right


def local_noise(time: Floats, residual: Floats, keep: Bools, block_d: float) -> Floats:
    """One robust sigma of ``residual`` around each row, slowly varying; shape (n,).

    Median absolute values in blocks of ``block_d`` days, the middle one of five, joined by straight lines. A block
    is taken to differ from the usual only as far as its number of rows can tell, and never to fall under a fifth
    of it, so that a quantised quiet stretch does not make mountains of its steps.
    """
    some = slice(None, None, max(1, int(time.size * block_d / max(time[-1] - time[0], block_d)) // _ROWS_PER_BLOCK))
    size = np.abs(residual[some])
    blocks = bin_medians(time[some], size, keep[some], np.zeros(1, np.int64), block_d)
    well = (blocks.count >= min(20, max(1, int(np.median(blocks.count)) // 2))) & (np.nan_to_num(blocks.value) > 0)
    sigma, at, count = 1.4826 * blocks.value[well], blocks.time[well], blocks.count[well]
    if sigma.size == 0:
        return np.full(time.size, max(float(np.std(residual)), float(np.finfo(np.float64).tiny)))
    usual = 1.4826 * float(np.median(size[keep[some]]))
    usual = usual if usual > 0 else float(np.median(sigma))
    neighbour = np.clip(np.arange(sigma.size)[:, None] + np.arange(-2, 3)[None, :], 0, sigma.size - 1)
    change = np.log(np.median(sigma[neighbour], axis=1) / usual)
    doubt = _DOUBT * _MAD_ERROR / np.sqrt(3.0 * count)
    change = np.maximum(np.sign(change) * np.maximum(np.abs(change) - doubt, 0.0), np.log(_QUIETEST))
    return np.interp(time, at, usual * np.exp(change))
