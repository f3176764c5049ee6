"""Makes of a peak in the spectrum a period, an epoch and a duration, and asks every single transit about them."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.compiled import compiled
from desktop_app.core.transits.single import Singles

_NEIGHBOURS = 2
_CLIP = 8.0
_TURNS = 8
_GRID = 4
_AGREE = 2.5
_DOUBT = 3.0


@dataclass(frozen=True)
class Candidate:
    """A period with its epoch, and how its transits agree.

    Attributes
    ----------
    period_d, epoch, duration_d : float
    depth : float
        In units of the usual noise of a row.
    snr : float
        Of all transits together.
    robust_snr : float
        The same where no transit counts for more than the others bear out.
    transits : int
        How many have data.
    sde : float
    """

    period_d: float
    epoch: float
    duration_d: float
    depth: float
    snr: float
    robust_snr: float
    transits: int
    sde: float = 0.0


def transit_numbers(time: Floats, period_d: float, epoch: float) -> Floats:
    """Which transit each of ``time`` is nearest to, counted from ``epoch``; shape (n,)."""
    return np.round((time - epoch) / period_d)


def refined(fine: list[Singles], period_d: float, which: int, least: int) -> Candidate | None:
    """The best candidate near a peak of the spectrum; None where fewer than ``least`` transits have data.

    Parameters
    ----------
    fine : list of Singles
        For each duration.
    period_d : float
    which : int
        Number of the duration.
    least : int
    """
    one = fine[which]
    sigmas = np.clip(one.sigmas, -_CLIP, _CLIP)
    phase = _best_phase(sigmas * np.sqrt(one.power), one.power, period_d / one.step_d, (least - 0.5) * one.whole)
    if phase < 0:
        return None
    span_d = one.total.size * one.step_d
    epoch = one.start + phase * one.step_d
    epoch += period_d * np.round((0.5 * span_d - phase * one.step_d) / period_d)
    best = (-np.inf, period_d, epoch, which)
    for number in range(max(0, which - _NEIGHBOURS), min(len(fine), which + _NEIGHBOURS + 1)):
        near = fine[number]
        # A step of the period moves the ends of the curve by an eighth of a duration.
        step = 0.25 * near.duration_d / max(span_d / period_d, 1.0)
        value, at, moment = _climb(
            near.total, near.power, near.start, near.step_d, period_d, epoch, step, 0.06 * near.duration_d
        )
        if value > best[0]:
            best = (value, at, moment, number)
    _, period_d, epoch, which = best
    return _judged(fine[which], period_d, epoch, least)


def _judged(one: Singles, period_d: float, epoch: float, least: int) -> Candidate | None:
    total, power = events_of(one, period_d, epoch)
    seen = power > 0.5 * one.whole
    if np.count_nonzero(seen) < least:
        return None
    known = power > 0
    total, power, seen = total[known], power[known], seen[known]
    depth = total / power
    usual = float(np.median(depth[seen]))
    limit = _AGREE * max(usual, 0.0) + _DOUBT / np.sqrt(power)
    whole = float(power.sum())
    return Candidate(
        period_d,
        epoch,
        one.duration_d,
        float(one.scatter * total.sum() / whole),
        float(total.sum() / np.sqrt(whole)),
        float((np.minimum(depth, limit) * power).sum() / np.sqrt(whole)),
        int(np.count_nonzero(seen)),
    )


def events_of(one: Singles, period_d: float, epoch: float) -> tuple[Floats, Floats]:
    """Matched sum and power of each transit between start and end of the curve; two arrays (m,)."""
    first = int(np.ceil((one.start - epoch) / period_d))
    last = int(np.floor((one.start + (one.total.size - 1) * one.step_d - epoch) / period_d))
    at = (epoch + period_d * np.arange(first, last + 1) - one.start) / one.step_d
    nearest: Ints = np.clip(np.round(at), 0, one.total.size - 1).astype(np.int64)
    return one.total[nearest], one.power[nearest]


@compiled
def _best_phase(total: Floats, power: Floats, period: float, least: float) -> float:
    """The first step of the transits that fit best at ``period`` steps; -1 where too few have data."""
    n = total.size
    best, place = -1e30, -1.0
    for phase in range(int(np.ceil(period))):
        x, y = 0.0, 0.0
        k = 0
        while True:
            at = int(phase + k * period + 0.5)
            if at >= n:
                break
            x += total[at]
            y += power[at]
            k += 1
        if y >= least and x / np.sqrt(y) > best:
            best, place = x / np.sqrt(y), float(phase)
    return place


@compiled
def _climb(
    total: Floats,
    power: Floats,
    start: float,
    step_d: float,
    period_d: float,
    epoch: float,
    period_step: float,
    epoch_step: float,
) -> tuple[float, float, float]:
    """The highest signal to noise near ``period_d`` and ``epoch``: its value, period and epoch."""
    n = total.size
    best = -1e30
    best_period, best_epoch = period_d, epoch
    for turn in range(8):
        centre_period, centre_epoch = best_period, best_epoch
        for i in range(-4, 5):
            period = centre_period + i * period_step
            for j in range(-4, 5):
                moment = centre_epoch + j * epoch_step
                at = (moment - start) / step_d
                stride = period / step_d
                at -= np.floor(at / stride) * stride
                x, y = 0.0, 0.0
                while at < n - 1:
                    low = int(at)
                    share = at - low
                    x += (1.0 - share) * total[low] + share * total[low + 1]
                    y += (1.0 - share) * power[low] + share * power[low + 1]
                    at += stride
                if y > 0.0:
                    value = x / np.sqrt(y)
                    if value > best:
                        best, best_period, best_epoch = value, period, moment
        if best_period == centre_period and best_epoch == centre_epoch:
            if turn > 0 and period_step < 1e-9:
                break
            period_step *= 0.4
            epoch_step *= 0.4
    return best, best_period, best_epoch
