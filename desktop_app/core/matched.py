"""Finds events of any width in a residual: a bank of templates, strongest match first, each with its edges."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma

FALSE_EVENTS = 0.02
"""How many events of score 5 or more one curve of white noise holds on average."""
FLOOR = 3.0
"""Candidates of a lower score are left to their single rows."""
_FIVE = 5.0
_ROUNDS = 5
_WIDEN = 4
_SAMPLE = 200_000
_DECAY = ((1, 1.0), (3, 0.35), (8, 0.1))
"""A flare as three boxes one after the other: where each ends in units of the first, and its height."""


@dataclass(frozen=True, eq=False)
class Residual:
    """What is left of a curve, in units of its noise.

    Attributes
    ----------
    value : ndarray, shape (n,)
    start, stop : ndarray, shape (n,)
        Where the uninterrupted stretch around each row starts and stops (half open).
    """

    value: Floats
    start: Ints
    stop: Ints


@dataclass(frozen=True, eq=False)
class Matches:
    """Events, strongest first.

    Attributes
    ----------
    start, stop : ndarray, shape (m,)
        Rows, half open.
    sign : ndarray, shape (m,)
        1 where brighter, -1 where fainter.
    score : ndarray, shape (m,)
    """

    start: Ints
    stop: Ints
    sign: Ints
    score: Floats


@dataclass(frozen=True)
class _Template:
    """``width`` rows; a box, or where ``decays`` the three boxes of a flare."""

    width: int
    decays: bool

    def response(self, residual: Residual, total: Floats, count: Floats) -> tuple[Floats, Ints, Ints]:
        """The matched sum over its white-noise scatter when the template begins at each row, and the rows it covers."""
        n = residual.value.size
        place = np.arange(n)
        begin = np.maximum(residual.start, place - (0 if self.decays else (self.width - 1) // 2))
        end = np.minimum(residual.stop, begin + self.width)
        if not self.decays:
            rows = count[end] - count[begin]
            enough = 2 * rows >= self.width
            return _over((total[end] - total[begin]), rows, enough), begin, end
        unit = max(1, self.width // _DECAY[-1][0])
        matched, power, left = np.zeros(n), np.zeros(n), begin
        for length, height in _DECAY:
            right = np.minimum(residual.stop, begin + length * unit)
            matched += height * (total[right] - total[left])
            power += height**2 * (count[right] - count[left])
            left = right
        enough = count[np.minimum(end, begin + unit)] > count[begin]
        return _over(matched, power, enough), begin, end


def _over(matched: Floats, power: Floats, enough: Bools) -> Floats:
    return np.where(enough, matched / np.sqrt(np.maximum(power, 1e-9)), 0.0)


def template_widths(shortest: int, longest: int) -> list[int]:
    """Widths in rows from ``shortest`` to ``longest``, each about four tenths above the one before."""
    widths: list[int] = []
    width = float(max(1, shortest))
    while round(width) <= max(longest, shortest):
        if not widths or round(width) > widths[-1]:
            widths.append(round(width))
        width *= 1.4
    return widths


def gauge(trials: float, bank: int) -> float:
    """What turns the sigmas of one template into a score.

    Parameters
    ----------
    trials : float
        Independent places the template can be at.
    bank : int
        Number of templates that share the chance of a false event.
    """
    chance = FALSE_EVENTS / max(1.0, trials) / max(1, bank) / 2
    return float(_FIVE / -ndtri(chance))


def find_matches(
    residual: Residual, widths: list[int], signs: tuple[int, ...], tell: Callable[[float], None]
) -> Matches:
    """Every event in ``residual`` that scores `FLOOR` or more.

    A template's response is divided by its own robust scatter and by the weight of its tails, so that red noise
    and jitter raise the bar for the widths they live at. The strongest match is taken first and its rows are
    taken out; the bank is then run again, so that a strong event neither smears nor hides its neighbours.

    Parameters
    ----------
    residual : Residual
    widths : list of int
        In rows.
    signs : tuple of int
        1 to look for brightenings, -1 for dips.
    tell : callable
        Told the share of the work that is done, in [0, 1].
    """
    bank = [_Template(width, decays=False) for width in widths]
    if 1 in signs:
        bank += [_Template(width, decays=True) for width in widths if width >= _DECAY[-1][0]]
    free = np.ones(residual.value.size, dtype=np.bool_)
    scales: list[float] = []
    found: list[tuple[int, int, int, float]] = []
    for turn in range(_ROUNDS):
        best = _Best.nothing(residual.value.size)
        total = np.concatenate([[0.0], np.cumsum(np.where(free, residual.value, 0.0))])
        count = np.concatenate([[0.0], np.cumsum(free, dtype=np.float64)])
        for place, template in enumerate(bank):
            tell((turn + place / len(bank)) / _ROUNDS)
            response, begin, end = template.response(residual, total, count)
            if turn == 0:
                scales.append(_scale(response, template.width) / gauge(free.size / template.width, len(bank)))
            best.take(response / scales[place], begin, end, (1,) if template.decays else signs)
        news = _strongest_first(residual, best, free)
        found += news
        if not news:
            break
    found.sort(key=lambda match: -match[3])
    columns = np.array(found, dtype=np.float64).reshape(-1, 4)
    start, stop, sign = (columns[:, k].astype(np.int64) for k in range(3))
    return Matches(start, stop, sign, columns[:, 3])


@dataclass(eq=False)
class _Best:
    """The best response at each row so far, and the rows of the template that gave it."""

    score: Floats
    begin: Ints
    end: Ints
    sign: Ints

    @classmethod
    def nothing(cls, n: int) -> "_Best":
        return cls(np.zeros(n), np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64))

    def take(self, response: Floats, begin: Ints, end: Ints, signs: tuple[int, ...]) -> None:
        strength = np.abs(response) if len(signs) > 1 else np.maximum(0.0, signs[0] * response)
        better = np.flatnonzero(strength > self.score)
        self.score[better] = strength[better]
        self.begin[better], self.end[better] = begin[better], end[better]
        self.sign[better] = np.where(response[better] > 0, 1, -1)


def _scale(response: Floats, width: int) -> float:
    """What one sigma of a response is: its robust scatter, or more where its calmer side has heavy tails.

    Real events make one tail heavier; the calmer of the two tells what the noise does.
    """
    some = response[:: max(1, response.size // _SAMPLE)]
    scatter = max(1.0, robust_sigma(some))
    share = float(np.clip(20.0 * width / response.size, 0.003, 0.1))
    low, high = np.quantile(some, [share, 1 - share])
    return max(scatter, min(-low, high) / -float(ndtri(share)))


def _strongest_first(residual: Residual, best: _Best, free: Bools) -> list[tuple[int, int, int, float]]:
    """Matches that do not overlap, with their edges; takes their rows out of ``free``."""
    padded = np.concatenate([[0.0], best.score, [0.0]])
    hill = (best.score >= FLOOR) & (best.score >= padded[:-2]) & (best.score >= padded[2:])
    places = np.flatnonzero(hill)
    places = places[np.argsort(-best.score[places], kind="stable")]
    taken = np.zeros(free.size, dtype=np.bool_)
    news = []
    for place in places:
        begin, end = int(best.begin[place]), int(best.end[place])
        if taken[begin:end].any():
            continue
        sign = int(best.sign[place])
        start, stop = _edges(residual, lambda rows: free[rows] & ~taken[rows], (begin, end), sign)
        taken[start:stop] = True
        news.append((start, stop, sign, float(best.score[place])))
    free[taken] = False
    return news


def _edges(residual: Residual, open_to: Callable[[slice], Bools], span: tuple[int, int], sign: int) -> tuple[int, int]:
    """Where the event under a template begins and ends: trimmed and widened to where it is one sigma up.

    The residual is averaged over a fifth of the template first. Widening stops at rows of other events.
    """
    begin, end = span
    width = end - begin
    low = max(int(residual.start[begin]), begin - _WIDEN * width)
    high = min(int(residual.stop[begin]), end + _WIDEN * width)
    half = width // 10
    total = np.concatenate([[0.0], np.cumsum(sign * residual.value[low:high])])
    place = np.arange(high - low)
    left, right = np.maximum(place - half, 0), np.minimum(place + half + 1, high - low)
    rises = (total[right] - total[left]) > np.sqrt(right - left)
    core = np.flatnonzero(rises[begin - low : end - low])
    if core.size == 0:
        return begin, end
    start, stop = begin - low + int(core[0]), begin - low + int(core[-1]) + 1
    may = rises & open_to(slice(low, high))
    closed = np.flatnonzero(~may[stop:])
    stop = stop + int(closed[0]) if closed.size else high - low
    closed = np.flatnonzero(~may[:start][::-1])
    start = start - int(closed[0]) if closed.size else 0
    return low + start, low + stop
