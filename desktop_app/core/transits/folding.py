"""Folds a series at very many periods at once, and keeps the best of each stretch of periods."""

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.compiled import compiled

Series = np.ndarray[tuple[int], np.dtype[np.float32]]


@compiled
def fold_into(
    numerator: Series,
    power: Series,
    least: float,
    first: int,
    last: int,
    step_d: float,
    scale: float,
    offset: float,
    number: int,
    best: Series,
    worst: Series,
    period: Floats,
    which: Ints,
) -> int:
    """Fold a series of matched sums at all periods from ``first`` to ``last + 1`` steps; the number of them comes back.

    The fast folding algorithm of Staelin (1969, Proc. IEEE 57, 724), which adds rows of one period pairwise so that
    sums of two, four, ... rows are shared by all periods between two whole numbers of steps; applied to transits as by
    Shahaf et al. (2022, MNRAS 513, 2732). Rows need not be a power of two in number: a stretch of rows is halved as
    evenly as it goes.

    Parameters
    ----------
    numerator, power : ndarray of float32, shape (n,)
        At each step of time the sum of weight, residual and template, and that of weight and template squared.
    least : float
        Phases with a smaller sum of ``power`` are passed over.
    first, last : int
        Whole steps.
    step_d : float
        Days.
    scale, offset : float
        A period P belongs to the stretch number ``scale * P**(-1/3) - offset`` of the spectrum.
    number : int
        Of the template, noted in ``which``.
    best, worst : ndarray of float32, shape (k,)
        For each stretch of the spectrum the highest square of the signal to noise, towards fainter and towards
        brighter; both positive; changed in place.
    period, which : ndarray, shape (k,)
        Period and template of ``best``; changed in place.
    """
    n = numerator.size
    size = n + last + 1
    sum_a, sum_b = np.zeros(size, np.float32), np.zeros(size, np.float32)
    power_a, power_b = np.zeros(size, np.float32), np.zeros(size, np.float32)
    squares = np.zeros(last + 1, np.float32)
    as_signed, as_unsigned = squares.view(np.int32), squares.view(np.uint32)
    one = np.zeros(1, np.uint32)
    one_signed, one_float = one.view(np.int32), one.view(np.float32)
    trials = 0
    for p in range(first, last + 1):
        rows = (n + p - 1) // p
        if rows < 2:
            break
        sum_a[:n], power_a[:n] = numerator, power
        sum_a[n : rows * p], power_a[n : rows * p] = np.float32(0.0), np.float32(0.0)
        depth = 0
        while (1 << depth) < rows:
            depth += 1
        for level in range(depth - 1, -1, -1):
            for node in range(1 << level):
                low, high = (node * rows) >> level, ((node + 1) * rows) >> level
                middle = ((2 * node + 1) * rows) >> (level + 1)
                if middle in (low, high):
                    for row in range(low, high):
                        sum_b[row * p : (row + 1) * p] = sum_a[row * p : (row + 1) * p]
                        power_b[row * p : (row + 1) * p] = power_a[row * p : (row + 1) * p]
                    continue
                drifts = high - low - 1
                in_head, in_tail = (middle - low - 1) / drifts, (high - middle - 1) / drifts
                for drift in range(drifts + 1):
                    of_head, of_tail = int(drift * in_head + 0.5), int(drift * in_tail + 0.5)
                    shift = drift - of_tail
                    if shift >= p:
                        shift %= p
                    head, tail, out = (low + of_head) * p, (middle + of_tail) * p, (low + drift) * p
                    straight = p - shift
                    x, y, z = sum_a[head : head + straight], sum_a[tail + shift : tail + p], sum_b[out : out + straight]
                    for j in range(straight):
                        z[j] = x[j] + y[j]
                    x, y, z = (
                        sum_a[head + straight : head + p],
                        sum_a[tail : tail + shift],
                        sum_b[out + straight : out + p],
                    )
                    for j in range(shift):
                        z[j] = x[j] + y[j]
                    x, y = power_a[head : head + straight], power_a[tail + shift : tail + p]
                    z = power_b[out : out + straight]
                    for j in range(straight):
                        z[j] = x[j] + y[j]
                    x, y = power_a[head + straight : head + p], power_a[tail : tail + shift]
                    z = power_b[out + straight : out + p]
                    for j in range(shift):
                        z[j] = x[j] + y[j]
            sum_a, sum_b = sum_b, sum_a
            power_a, power_b = power_b, power_a
        nearest = scale * (p * step_d) ** (-1.0 / 3.0) - offset
        along = (scale * ((p + 1) * step_d) ** (-1.0 / 3.0) - offset - nearest) / max(rows - 1, 1)
        for drift in range(rows):
            place = int(nearest + drift * along)
            if place < 0 or place >= best.size:
                continue
            x, y = sum_a[drift * p : (drift + 1) * p], power_a[drift * p : (drift + 1) * p]
            for j in range(p):
                enough = y[j] if y[j] >= least else np.float32(np.inf)
                squares[j] = x[j] * abs(x[j]) / enough
            # Floats that are read as whole numbers keep their order, and processors find the largest of many at once.
            top, bottom = np.int32(0), np.uint32(0)
            for j in range(p):
                top = max(top, as_signed[j])
                bottom = max(bottom, as_unsigned[j])
            at = (p + drift / max(rows - 1, 1)) * step_d
            trials += 1
            one_signed[0] = top
            if one_float[0] > best[place]:
                best[place], period[place], which[place] = one_float[0], at, number
            one[0] = bottom
            if -one_float[0] > worst[place]:
                worst[place] = -one_float[0]
    return trials
