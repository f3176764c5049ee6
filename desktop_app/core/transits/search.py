"""Finds dips that come back after one period: a spectrum of all periods, and which of its peaks is a signal."""

from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Floats, Ints, robust_sigma
from desktop_app.core.detection import PeriodicSignal
from desktop_app.core.flattened import Flattened
from desktop_app.core.progress import Report, part
from desktop_app.core.transits.candidates import Candidate, refined, transit_numbers
from desktop_app.core.transits.folding import fold_into
from desktop_app.core.transits.grid import Axis, durations, period_limits, plausible_periods, transit_table
from desktop_app.core.transits.single import Rows, Singles, singles

ECLIPSE_DEPTH = 0.04
"""Deeper dips than that of a planet in front of any star but a very small one are called eclipses."""
FINER = 3
_DIP_CLIP = 6.0
_LEAK = 0.5
_PEAKS = 30
_APART = 12
_BLOCKS = 40
_LEAST_SNR = 7.0
_LEAST_SDE = 6.0
_CHUNK = 20_000_000
_MASKED = 0.75


@dataclass(frozen=True)
class Search:
    """What a search for periodic transits tries.

    Attributes
    ----------
    shortest_period_d, longest_period_d : float
        Days; 0 is half a day, or fifteen cadences, and as long as the curve allows.
    transits : int
        How many transits there have to be data of.
    shortest_d, longest_d : float
        Durations in days; 0 is what is plausible for the period.
    oversampling : int
        Steps of time in a duration.
    signals : int
        How many to look for at most.
    box : bool
        Whether transits are boxes; else they have the round bottom of a limb-darkened star.
    least_snr, least_sde : float
        What a signal has to reach.
    """

    shortest_period_d: float = 0.0
    longest_period_d: float = 0.0
    transits: int = 3
    shortest_d: float = 0.0
    longest_d: float = 0.0
    oversampling: int = 6
    signals: int = 4
    box: bool = False
    least_snr: float = _LEAST_SNR
    least_sde: float = _LEAST_SDE


@dataclass(frozen=True, eq=False)
class Spectrum:
    """How well transits of any epoch and duration fit at each period.

    Attributes
    ----------
    period_d, sigma, mirror : ndarray, shape (k,)
        The best period of each step; the signal to noise of dips there, of which one alone counts no more than a
        clear one; the same of brightenings, which no transit makes.
    which : ndarray of int, shape (k,)
        Number of the duration.
    sde : ndarray, shape (k,)
        ``sigma`` less its running median, in robust sigmas of the whole.
    trials : int
        Periods that were tried, for each duration.
    """

    period_d: Floats
    sigma: Floats
    mirror: Floats
    which: Ints
    sde: Floats
    trials: int


def find_signals(flat: Flattened, how: Search, report: Report) -> tuple[PeriodicSignal, ...]:
    """Periodic signals, strongest first; none is the usual answer.

    Parameters
    ----------
    flat : Flattened
    how : Search
    report : callable
        Told the progress.
    """
    rows = rows_of(flat)
    span_d = float(rows.time[-1] - rows.time[0])
    axis = period_limits(span_d, rows.cadence_d, how.shortest_period_d, how.longest_period_d, how.transits)
    found: list[PeriodicSignal] = []
    if axis is None:
        return ()
    for turn in range(how.signals):
        told = part(report, turn / how.signals, (turn + 1) / how.signals)
        best, _ = strongest(rows, how, axis, told)
        if best is None:
            break
        found.append(_signal(best, flat))
        rows = without(rows, best)
    return tuple(sorted(found, key=lambda signal: -signal.snr))


def rows_of(flat: Flattened) -> Rows:
    """The usable rows as a search looks at them."""
    curve = flat.curve
    return Rows.of(curve.time, curve.residual, curve.noise, curve.cadence_d)


def strongest(rows: Rows, how: Search, axis: Axis, report: Report) -> tuple[Candidate | None, Spectrum]:
    """The best peak of the spectrum that holds, None where none does."""
    tried = durations(axis, rows.cadence_d, how.shortest_d, how.longest_d)
    table = transit_table(box=how.box)
    fine = []
    for number, duration in enumerate(tried):
        report(0.2 * number / tried.size, "Looking for single dips")
        fine.append(singles(rows, float(duration), FINER * how.oversampling, table))
    spectrum = spectrum_of(fine, how, axis, part(report, 0.2, 0.9))
    report(0.9, "Comparing periods")
    best: Candidate | None = None
    for peak in peaks(spectrum.sde, _PEAKS):
        if spectrum.sde[peak] < 0.5 * how.least_sde:
            break
        candidate = refined(fine, float(spectrum.period_d[peak]), int(spectrum.which[peak]), how.transits)
        if candidate is not None and (best is None or candidate.robust_snr > best.robust_snr):
            best = replace(candidate, sde=float(spectrum.sde[peak]))
    if best is None or best.robust_snr < how.least_snr or best.sde < how.least_sde:
        return None, spectrum
    return best, spectrum


def spectrum_of(fine: list[Singles], how: Search, axis: Axis, report: Report) -> Spectrum:
    """All periods of ``axis``, folded with every duration that is plausible there."""
    best, worst = np.zeros(axis.number, np.float32), np.zeros(axis.number, np.float32)
    period, which = np.zeros(axis.number), np.zeros(axis.number, np.int64)
    trials = 0
    for number, one in enumerate(fine):
        coarse = _coarse(one)
        step_d = FINER * one.step_d
        low, high = plausible_periods(one.duration_d, axis)
        first, last = int(low / step_d), int(np.ceil(high / step_d))
        chunk = max(1, _CHUNK // coarse[0].size)
        for begin in range(max(first, 2), last + 1, chunk):
            report((number + (begin - first) / max(last + 1 - first, 1)) / len(fine), "Folding")
            trials += fold_into(
                *coarse,
                (how.transits - 0.5) * one.whole,
                begin,
                min(begin + chunk - 1, last),
                step_d,
                axis.scale,
                axis.offset,
                number,
                best,
                worst,
                period,
                which,
            )
    sigma, mirror = np.sqrt(best.astype(np.float64)), np.sqrt(worst.astype(np.float64))
    return Spectrum(period, sigma, mirror, which, detection_efficiency(sigma), trials)


def _coarse(one: Singles) -> tuple[np.ndarray, np.ndarray]:
    """Total and power at every `FINER`-th step, so that no single dip makes a period."""
    sigmas = one.sigmas[::FINER]
    size = np.abs(sigmas)
    size = np.minimum(size, _DIP_CLIP + _LEAK * np.log(np.maximum(size, _DIP_CLIP) / _DIP_CLIP))
    power = one.power[::FINER]
    return (np.sign(sigmas) * size * np.sqrt(power)).astype(np.float32), power.astype(np.float32)


def detection_efficiency(sigma: Floats) -> Floats:
    """``sigma`` less its running median, in units of the robust scatter of what is left; shape (k,)."""
    seen = sigma > 0
    if np.count_nonzero(seen) < 10:
        return np.zeros(sigma.size)
    size = max(20, sigma.size // _BLOCKS)
    count = max(1, sigma.size // size)
    blocks = np.array_split(np.where(seen, sigma, np.nan), count)
    middle = np.array(
        [np.median(block[np.isfinite(block)]) if np.isfinite(block).any() else np.nan for block in blocks]
    )
    at = np.cumsum([0] + [block.size for block in blocks])
    known = np.isfinite(middle)
    level = np.interp(np.arange(sigma.size), (0.5 * (at[1:] + at[:-1]))[known], middle[known])
    left = np.where(seen, sigma - level, 0.0)
    return left / max(robust_sigma(left[seen]), 1e-6)


def peaks(height: Floats, number: int) -> list[int]:
    """Places of the highest values of ``height``, each `_APART` from all higher ones, highest first."""
    padded = np.concatenate([[-np.inf], height, [-np.inf]])
    tops = np.flatnonzero((height >= padded[:-2]) & (height > padded[2:]))
    tops = tops[np.argsort(-height[tops], kind="stable")][: 20 * number]
    chosen: list[int] = []
    for top in tops:
        if all(abs(top - other) > _APART for other in chosen):
            chosen.append(int(top))
        if len(chosen) == number:
            break
    return chosen


def without(rows: Rows, candidate: Candidate) -> Rows:
    """The same with no weight on the transits of ``candidate``."""
    number = transit_numbers(rows.time, candidate.period_d, candidate.epoch)
    away = np.abs(rows.time - candidate.epoch - number * candidate.period_d)
    return rows.without(away < _MASKED * candidate.duration_d)


def _signal(candidate: Candidate, flat: Flattened) -> PeriodicSignal:
    curve = flat.curve
    number = transit_numbers(curve.time, candidate.period_d, candidate.epoch)
    away = np.abs(curve.time - candidate.epoch - number * candidate.period_d)
    inside = away < 0.5 * candidate.duration_d
    level = flat.middle + flat.unit * float(np.median(curve.baseline[inside] if inside.any() else curve.baseline))
    depth = candidate.depth * float(np.median(curve.noise)) * flat.unit / (level if level > 0 else 1.0)
    kind = "eclipse" if depth > ECLIPSE_DEPTH else "transit"
    checks = {"transits": float(candidate.transits)}
    return PeriodicSignal(
        kind,
        candidate.period_d,
        candidate.epoch,
        candidate.duration_d,
        depth,
        candidate.snr,
        candidate.sde,
        checks,
    )
