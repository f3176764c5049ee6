"""Makes of a peak in the spectrum a period, an epoch and a duration, and asks every single transit about them."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, Ints, robust_sigma
from desktop_app.core.compiled import compiled
from desktop_app.core.transits.single import Singles

_NEIGHBOURS = 2
_CLIP = 8.0
_AGREE = 2.5
_DOUBT = 3.0
_AWAY = 1.0
_FEW_PHASES = 8
_STRONG = 4.5
_ALIKE = 0.7


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
        The same where no transit counts for more than the others bear out, over the scatter at other phases.
    without_best : float
        Signal to noise of the others when the clearest transit is left out.
    brightening : float
        The strongest brightening at another phase, in the same units.
    scatter : float
        That at other phases, 1 at least.
    alignment : float
        How many sets of as many dips of this strength would be evenly spaced and alike by chance, where each is clear
        by itself.
    transits : int
        How many have data.
    sde, false_alarm : float
        See `PeriodicSignal`.
    """

    period_d: float
    epoch: float
    duration_d: float
    depth: float
    snr: float
    robust_snr: float
    without_best: float
    brightening: float
    scatter: float
    alignment: float
    transits: int
    sde: float = 0.0
    false_alarm: float = 1.0


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
    folded = _folded(sigmas * np.sqrt(one.power), one.power, period_d / one.step_d, (least - 0.5) * one.whole)
    if not np.isfinite(folded).any():
        return None
    phase = float(np.nanargmax(folded))
    span_d = one.total.size * one.step_d
    epoch = one.start + phase * one.step_d
    epoch += period_d * np.round((0.5 * span_d - phase * one.step_d) / period_d)
    best = (-np.inf, period_d, epoch, which)
    for number in range(max(0, which - _NEIGHBOURS), min(len(fine), which + _NEIGHBOURS + 1)):
        near = fine[number]
        # A step of the period moves the ends of the curve by an eighth of a duration.
        step = 0.25 * near.duration_d / max(span_d / period_d, 1.0)
        sums = near.total, near.power, near.start, near.step_d
        value, at, moment = _climb(*sums, period_d, epoch, step, 0.06 * near.duration_d)
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
    limit = _AGREE * max(float(np.median(depth[seen])), 0.0) + _DOUBT / np.sqrt(power)
    whole = float(power.sum())
    others = np.arange(total.size) != np.argmax(np.where(seen, total / np.sqrt(power), -np.inf))
    scatter, brightening = _elsewhere(one, period_d, epoch, least)
    return Candidate(
        period_d,
        epoch,
        one.duration_d,
        float(one.scatter * total.sum() / whole),
        float(total.sum() / np.sqrt(whole)),
        float((np.minimum(depth, limit) * power).sum() / np.sqrt(whole)) / scatter,
        float(total[others].sum() / np.sqrt(power[others].sum())) / scatter,
        brightening / scatter,
        scatter,
        _alignments(one, depth[seen], total[seen] / np.sqrt(power[seen])),
        int(np.count_nonzero(seen)),
    )


def _alignments(one: Singles, depth: Floats, strength: Floats) -> float:
    """How often dips that are strewn at random are as evenly spaced and as alike as those of a candidate.

    Any two dips make a period; each further one has to be where that says, within a duration, and as deep.

    Parameters
    ----------
    one : Singles
    depth, strength : ndarray, shape (m,)
        Of each dip of the candidate with data; ``strength`` is its signal to noise.
    """
    usual = float(np.median(strength))
    if usual < _STRONG:
        return 0.0
    strong = np.flatnonzero(one.sigmas > _ALIKE * usual)
    apart = one.duration_d / one.step_d
    dips = 1 + int(np.count_nonzero(np.diff(strong) > apart)) if strong.size else 0
    hit = min(1.0, dips * 2 * one.duration_d / (one.total.size * one.step_d))
    alike = min(1.0, 2 * float(np.hypot(np.std(depth) / np.mean(depth), 1 / usual)))
    return float(0.5 * dips**2 * hit ** (strength.size - 2) * alike ** (strength.size - 1))


def _elsewhere(one: Singles, period_d: float, epoch: float, least: int) -> tuple[float, float]:
    """Scatter of the signal to noise at the other phases, 1 at least, and the strongest brightening there."""
    folded = _folded(one.total, one.power, period_d / one.step_d, (least - 0.5) * one.whole)
    away = (np.arange(folded.size) * one.step_d + one.start - epoch) / period_d
    away = np.abs(away - np.round(away)) * period_d
    others = folded[(away > _AWAY * one.duration_d) & np.isfinite(folded)]
    if others.size < _FEW_PHASES:
        return 1.0, 0.0
    return max(1.0, robust_sigma(others)), max(0.0, -float(others.min()))


def events_of(one: Singles, period_d: float, epoch: float) -> tuple[Floats, Floats]:
    """Matched sum and power of each transit between start and end of the curve; two arrays (m,)."""
    first = int(np.ceil((one.start - epoch) / period_d))
    last = int(np.floor((one.start + (one.total.size - 1) * one.step_d - epoch) / period_d))
    at = (epoch + period_d * np.arange(first, last + 1) - one.start) / one.step_d
    nearest: Ints = np.clip(np.round(at), 0, one.total.size - 1).astype(np.int64)
    return one.total[nearest], one.power[nearest]


@compiled
def _folded(total: Floats, power: Floats, period: float, least: float) -> Floats:
    """The signal to noise of transits that begin at each step of a ``period`` in steps; NaN where ``power`` is low."""
    n = total.size
    folded = np.full(int(np.ceil(period)), np.nan)
    for phase in range(folded.size):
        x, y = 0.0, 0.0
        k = 0
        while True:
            at = int(phase + k * period + 0.5)
            if at >= n:
                break
            x += total[at]
            y += power[at]
            k += 1
        if y >= least:
            folded[phase] = x / np.sqrt(y)
    return folded


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
