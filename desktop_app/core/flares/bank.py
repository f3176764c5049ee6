"""A bank of matched filters for flares, whitened by the noise that the curve itself has."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats, Ints, robust_sigma
from desktop_app.core.flares.shapes import Template
from desktop_app.core.progress import Report

_SEGMENT = 256
_FEW_SEGMENTS = 4
_FILLED = 0.8
_REACH = 4.0
LIMIT = 12.0
"""What lies above is compressed, as its logarithm: a wild row must not ring through its neighbourhood."""
_COVERED = 0.5
_HALO = 512
_BLOCK = 1 << 17
_PAUSE = 160
_LEAST_PAUSE = 16
_SAMPLE = 20_000
_CERTAIN = 7.0
_FEW = 10
_TAIL = 0.01
_TAIL_SIGMA = 2.326


Sigmas = NDArray[np.float32]


def match_templates(residual: Floats, slots: Ints, bank: Sequence[Template], report: Report) -> Sigmas:
    """How many sigmas each template of ``bank`` stands out at each row; shape (templates, n).

    A template is whitened by the power spectrum of the residual, so that red noise weighs less than a flare that
    rises out of it; the response is then divided by its own robust scatter or by its tail, whichever is larger.
    Residuals above `LIMIT` are compressed, those below -4 sigma are cut off.

    Parameters
    ----------
    residual : ndarray, shape (n,)
        In units of the noise.
    slots : ndarray of int, shape (n,)
        The place of each row in a series without holes, as `even_slots` gives it.
    bank : sequence of Template
    report : callable
        Told the progress.
    """
    n = residual.size
    power = _noise_power(residual, slots)
    residual = _tamed(residual)
    sigmas = np.zeros((len(bank), n), np.float32)
    starts = _block_starts(slots)
    for low, high in zip(starts, np.append(starts[1:], n), strict=True):
        report(low / n, "Matching flares")
        first, last = np.searchsorted(slots, [slots[low] - _HALO, slots[high - 1] + _HALO + 1])
        place = slots[first:last] - slots[first]
        answers = _filtered(residual[first:last], place, bank, power)
        sigmas[:, low:high] = answers[:, low - first : high - first]
    for answer in sigmas:
        answer /= _one_sigma(answer)
    return sigmas


def even_slots(time: Floats, pauses: Ints, cadence_d: float) -> Ints:
    """Where each row belongs in a series that lacks no cadence; rising, shape (n,).

    Stretches are so far apart that no template reaches from one to the next; a little closer where there are so many
    that the series would grow out of proportion.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Days.
    pauses : ndarray of int
        First rows of the uninterrupted stretches.
    cadence_d : float
    """
    apart = max(_LEAST_PAUSE, min(_PAUSE, 4 * time.size // max(1, pauses.size)))
    step = np.maximum(np.round(np.diff(time) / cadence_d), 1.0)
    step = np.concatenate([[0.0], np.minimum(step, apart)])
    step[pauses[pauses > 0]] = apart
    return np.cumsum(step).astype(np.int64)


def _tamed(residual: Floats) -> Floats:
    above = np.maximum(residual - LIMIT, 0.0)
    return np.clip(residual, -_REACH, LIMIT) + LIMIT * np.arcsinh(above / LIMIT)


def _block_starts(slots: Ints) -> Ints:
    """First rows of blocks that are searched one by one, so that memory stays bounded."""
    return np.searchsorted(slots, np.arange(0, slots[-1] + 1, _BLOCK)).astype(np.int64)


def _noise_power(residual: Floats, slots: Ints) -> Floats:
    """The power of the noise at frequencies from 0 to half a cycle a cadence, white noise of the curve is 1.

    The median over many short segments, which flares and dips are too rare to change; not less than the usual at
    any frequency, as what the baseline took away is no reason to look there more closely.
    """
    white = np.ones(_SEGMENT // 2 + 1)
    number = int(slots[-1]) // (_SEGMENT // 2) - 1
    if number < _FEW_SEGMENTS:
        return white
    step = max(1, number // (2 * _SAMPLE // _SEGMENT)) * (_SEGMENT // 2)
    begin = np.arange(0, number * (_SEGMENT // 2), step)
    value, count = np.zeros(int(slots[-1]) + 1), np.zeros(int(slots[-1]) + 1)
    value[slots], count[slots] = np.clip(residual, -_REACH, _REACH), 1.0
    place = begin[:, None] + np.arange(_SEGMENT)[None, :]  # (segments, rows)
    filled = count[place].mean(axis=1) >= _FILLED
    if np.count_nonzero(filled) < _FEW_SEGMENTS:
        return white
    window = np.hanning(_SEGMENT)
    share = (count[place[filled]] * window**2).sum(axis=1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(value[place[filled]] * window, axis=1)) ** 2 / share
    power = np.median(spectrum, axis=0) / np.log(2)
    padded = np.concatenate([power[2:0:-1], power, power[-2:-4:-1]])
    power = np.convolve(padded, [0.1, 0.2, 0.4, 0.2, 0.1], "valid")
    return np.maximum(power, np.median(power))


def _filtered(residual: Floats, place: Ints, bank: Sequence[Template], power: Floats) -> Floats:
    """The response of each template at the rows at ``place`` in an even series; shape (templates, rows)."""
    length = int(place[-1]) + 1
    whole = _fast_length(length + _HALO)
    even, there = np.zeros(whole), np.zeros(whole)
    even[place], there[place] = residual, 1.0
    spectrum = np.fft.rfft(even)
    holed = bool(np.count_nonzero(there) < whole)
    presence = np.fft.rfft(there) if holed else spectrum
    noise = np.interp(np.fft.rfftfreq(whole), np.linspace(0, 0.5, power.size), power)
    answers = np.empty((len(bank), place.size))
    for row, template in enumerate(bank):
        shape = np.zeros(whole)
        shape[np.arange(template.shape.size) - template.peak] = template.shape
        kernel_spectrum = np.fft.rfft(shape) / noise
        matched = np.fft.irfft(spectrum * np.conj(kernel_spectrum), whole)[place]
        kernel = np.fft.irfft(kernel_spectrum, whole)
        matched /= np.sqrt(np.sum(kernel * shape))
        answers[row] = _fair(matched, presence, kernel, shape, place)
    return answers


def _fair(matched: Floats, presence: NDArray[np.complex128], kernel: Floats, shape: Floats, place: Ints) -> Floats:
    """``matched`` where rows are missing: over the scatter of those that are there, 0 where too few are."""
    whole = kernel.size
    share = np.fft.irfft(presence * np.conj(np.fft.rfft(kernel**2)), whole)[place] / np.sum(kernel**2)
    seen = np.fft.irfft(presence * np.conj(np.fft.rfft(shape**2)), whole)[place] / np.sum(shape**2)
    return np.where(seen > _COVERED, matched / np.sqrt(np.maximum(share, _COVERED / 2)), 0.0)


def _fast_length(n: int) -> int:
    """The next length from ``n`` on that a Fourier transform is fast at."""
    from scipy.fft import next_fast_len

    return int(next_fast_len(n, real=True))


def _one_sigma(answer: Sigmas) -> float:
    """What one sigma of a response is: its robust scatter, or more where its calmer side has heavy tails.

    Flares make the upper tail heavier and dips the lower; the calmer of the two tells what the noise does.
    """
    some = answer[:: max(1, answer.size // _SAMPLE)].astype(np.float64)
    scatter = max(1.0, robust_sigma(some))
    some = some[np.abs(some) < _CERTAIN * scatter]
    few = round(_TAIL * some.size)
    if few < _FEW:
        return scatter
    ends = np.partition(some, [few, some.size - 1 - few])
    return max(scatter, min(-float(ends[few]), float(ends[-1 - few])) / _TAIL_SIGMA)
