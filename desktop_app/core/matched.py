"""Finds events of any width in a residual: a bank of templates, strongest match first, each with its edges."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.progress import Report, part

FALSE_EVENTS = 0.004
"""How many events of score 5 or more one curve of white noise holds on average."""
FLOOR = 3.3
"""Candidates of a lower score are left to their single rows."""
SURE = 5.0
"""The score that white noise reaches `FALSE_EVENTS` times a curve on average."""
_SLIDING = 8.0
ROUNDS = 4
_WIDEN = 4
_CLEAR = 4.0
_CERTAIN = 7.0
_FEW = 10
_SAMPLE = 8_000
_DECAY = ((1, 1.0), (3, 0.35), (8, 0.1))
"""A flare as three boxes one after the other: where each ends in units of the first, and its height."""


_Match = tuple[int, int, int, float]
"""First row, last row (exclusive), sign, score."""


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

    def moved(self, rows: int) -> "Matches":
        """The same, ``rows`` further on."""
        return replace(self, start=self.start + rows, stop=self.stop + rows)

    def above(self, score: float) -> "Matches":
        """Those that score more than ``score``."""
        strong = self.score > score
        return Matches(self.start[strong], self.stop[strong], self.sign[strong], self.score[strong])

    def scored(self, score: Floats) -> "Matches":
        """The same with other scores, shape (m,)."""
        order = np.argsort(-score, kind="stable")
        return Matches(self.start[order], self.stop[order], self.sign[order], score[order])

    @classmethod
    def joined(cls, parts: Sequence["Matches"]) -> "Matches":
        """Those of all ``parts``."""
        start, stop, sign, score = (
            np.concatenate([getattr(one, name) for one in parts]) for name in ("start", "stop", "sign", "score")
        )
        return Matches(start, stop, sign, score).scored(score)


@dataclass(frozen=True)
class _Template:
    """``width`` rows; a box, or where ``decays`` the three boxes of a flare."""

    width: int
    decays: bool

    @property
    def step(self) -> int:
        """How many rows apart the template is tried: a wide one need not be tried at each."""
        return max(1, self.width // (4 * _DECAY[-1][0] if self.decays else _DECAY[-1][0]))

    @property
    def boxes(self) -> list[tuple[int, int, float]]:
        """First row, last row (exclusive) and height of each part."""
        if not self.decays:
            return [(0, self.width, 1.0)]
        unit = self.width // _DECAY[-1][0]
        ends = [length * unit for length, _ in _DECAY]
        return [(a, b, height) for a, b, (_, height) in zip([0, *ends], ends, _DECAY, strict=False)]

    def response(self, sums: "_Sums", begin: Ints) -> Floats:
        """The matched sum over its scatter in white noise, for the template laid on the rows from ``begin`` on."""
        matched, power = np.zeros(begin.size), np.zeros(begin.size)
        for first, last, height in self.boxes:
            matched += height * (sums.total[begin + last] - sums.total[begin + first])
            power += height**2 * (sums.count[begin + last] - sums.count[begin + first])
        enough = 2 * power >= sum(height**2 * (last - first) for first, last, height in self.boxes)
        return np.where(enough, matched / np.sqrt(np.maximum(power, 1e-9)), 0.0)

    def response_everywhere(self, sums: "_Sums") -> tuple[Ints, Floats]:
        """The same at every `step`-th row of a curve that is whole: the rows, and the response there."""
        tries = np.arange(0, sums.total.size - self.width, self.step)
        matched = np.zeros(tries.size)
        for first, last, height in self.boxes:
            over, under = sums.total[last :: self.step], sums.total[first :: self.step]
            matched += height * (over[: tries.size] - under[: tries.size])
        matched /= np.sqrt(sum(height**2 * (last - first) for first, last, height in self.boxes))
        return tries, matched


@dataclass(frozen=True, eq=False)
class _Sums:
    """Running sums of a residual and of the rows that are free: n + 1 values each, the first is 0."""

    total: Floats
    count: Floats

    @classmethod
    def over(cls, value: Floats, free: Bools) -> "_Sums":
        """The sums of ``value`` where ``free``; both of shape (n,)."""
        total = np.concatenate([[0.0], np.cumsum(np.where(free, value, 0.0))])
        return cls(total, np.concatenate([[0.0], np.cumsum(free, dtype=np.float64)]))


def template_widths(shortest: int, longest: int) -> list[int]:
    """Widths in rows from ``shortest`` to ``longest``, each about four tenths above the one before."""
    widths: list[int] = []
    width = float(max(1, shortest))
    while round(width) <= max(longest, shortest):
        if not widths or round(width) > widths[-1]:
            widths.append(round(width))
        width *= 1.4
    return widths


def _trials(n: int, width: int) -> float:
    """How many independent places ``width`` rows sliding over ``n`` come to: neighbours share most of their rows."""
    return n * min(1.0, _SLIDING / width)


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
    return float(SURE / -ndtri(chance))


def find_matches(
    residual: Residual, widths: list[int], signs: tuple[int, ...], tell: Report, *, rounds: int = ROUNDS
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
        Told the progress.
    rounds : int
        How often the bank is run at most; 1 finds the strong ones.
    """
    n = residual.value.size
    bank = [_Template(width, decays=False) for width in widths if width <= n]
    if 1 in signs:
        bank += [_Template(width, decays=True) for width in widths if _DECAY[-1][0] <= width <= n]
    search = _Search(residual, bank, signs)
    found = search.first(part(tell, 0.0, 0.5))
    news = found
    for turn in range(1, rounds):
        if not news:
            break
        news = search.again(news, part(tell, 0.5 + 0.5 * (turn - 1) / ROUNDS, 0.5 + 0.5 * turn / ROUNDS))
        found = found + news
    found.sort(key=lambda match: -match[3])
    columns = np.array(found, dtype=np.float64).reshape(-1, 4)
    start, stop, sign = (columns[:, k].astype(np.int64) for k in range(3))
    return Matches(start, stop, sign, columns[:, 3])


class _Search:
    """The best template at each row of what no event has taken yet."""

    def __init__(self, residual: Residual, bank: list[_Template], signs: tuple[int, ...]) -> None:
        self._residual = residual
        self._bank = bank
        self._signs = signs
        self._free = np.ones(residual.value.size, dtype=np.bool_)
        self._scales: list[float] = []

    def first(self, report: Report) -> list[_Match]:
        """Matches in the whole curve."""
        sums = _Sums.over(self._residual.value, self._free)
        best = _Best.nothing(self._free.size)
        for place, template in enumerate(self._bank):
            report(place / len(self._bank), "Matching templates")
            begin, sigma = template.response_everywhere(sums)
            trials = _trials(self._free.size, template.width)
            self._scales.append(response_scale(sigma, template.width / template.step) / gauge(trials, len(self._bank)))
            self._take(best, place, begin, sigma)
        return self._strongest_first(best)

    def again(self, last: list[_Match], report: Report) -> list[_Match]:
        """Matches that show once the ``last`` ones are taken out: only templates over their rows have changed."""
        sums = _Sums.over(self._residual.value, self._free)
        best = _Best.nothing(self._free.size)
        start = np.array([match[0] for match in last], np.int64)
        stop = np.array([match[1] for match in last], np.int64)
        for place, template in enumerate(self._bank):
            report(place / len(self._bank), "Matching templates")
            begin = _near(start, stop, self._free.size, template)
            self._take(best, place, begin, template.response(sums, begin))
        return self._strongest_first(best)

    def _take(self, best: "_Best", place: int, begin: Ints, sigma: Floats) -> None:
        template, scale = self._bank[place], self._scales[place]
        signs = (1,) if template.decays else self._signs
        toward = np.abs(sigma) if len(signs) > 1 else signs[0] * sigma
        strong = np.flatnonzero(toward >= FLOOR * scale)
        rows, sigma, score = begin[strong], sigma[strong], toward[strong] / scale
        middle = rows + (0 if template.decays else (template.width - 1) // 2)
        better = (self._residual.stop[rows] >= rows + template.width) & (score > best.score[middle])
        middle = middle[better]
        best.score[middle] = score[better]
        best.begin[middle], best.width[middle] = rows[better], template.width
        best.head[middle] = template.boxes[0][1]
        best.sign[middle] = np.where(sigma[better] > 0, 1, -1)

    def _strongest_first(self, best: "_Best") -> list[_Match]:
        """Matches that do not overlap, with their edges; their rows are not free any more."""
        places = np.flatnonzero(best.score >= FLOOR)
        padded = np.concatenate([[0.0], best.score, [0.0]])
        hill = (best.score[places] >= padded[places]) & (best.score[places] >= padded[places + 2])
        places = places[hill]
        places = places[np.argsort(-best.score[places], kind="stable")]
        taken = np.zeros(self._free.size, dtype=np.bool_)
        news = []
        for place in places:
            begin = int(best.begin[place])
            end = begin + int(best.width[place])
            # Most that overlap show it at an end or in the middle, which is cheaper to ask.
            if taken[begin] or taken[end - 1] or taken[place] or taken[begin:end].any():
                continue
            sign = int(best.sign[place])
            head = begin + int(best.head[place])
            start, stop = _edges(self._residual, self._free, taken, (begin, head, end), sign)
            taken[start:stop] = True
            news.append((start, stop, sign, float(best.score[place])))
        self._free &= ~taken
        return news


def _near(start: Ints, stop: Ints, n: int, template: _Template) -> Ints:
    """First rows from which ``template`` covers any of the stretches ``start:stop``, a step apart."""
    low = np.maximum(start - template.width + 1, 0) // template.step
    high = np.minimum(stop - 1, n - template.width) // template.step
    change = np.zeros(n // template.step + 2, np.int64)
    np.add.at(change, low, 1)
    np.add.at(change, np.maximum(high + 1, low), -1)
    begin = np.flatnonzero(np.cumsum(change) > 0) * template.step
    return begin[begin <= n - template.width]


@dataclass(eq=False)
class _Best:
    """The best score around each row so far, and the template that gave it: its first row, width, width of
    its highest part, and sign."""

    score: Floats
    begin: Ints
    width: Ints
    head: Ints
    sign: Ints

    @classmethod
    def nothing(cls, n: int) -> "_Best":
        return cls(np.zeros(n), *(np.zeros(n, np.int64) for _ in range(4)))


def response_scale(response: Floats, width: float) -> float:
    """What one sigma of a response is: its robust scatter, or more where its calmer side has heavy tails.

    Real events make one tail heavier; the calmer of the two tells what the noise does. What no noise does, beyond
    `_CERTAIN` times the scatter, is left out.
    """
    some = response[:: max(1, response.size // _SAMPLE)]
    scatter = max(1.0, robust_sigma(some))
    some = some[np.abs(some) < _CERTAIN * scatter]
    if some.size < _FEW:
        return scatter
    share = float(np.clip(20.0 * width / response.size, 0.003, 0.1))
    few = max(1, round(share * some.size))
    ends = np.partition(some, [few, some.size - 1 - few])
    low, high = float(ends[few]), float(ends[-1 - few])
    return max(scatter, min(-low, high) / -float(ndtri(share)))


def _edges(residual: Residual, free: Bools, taken: Bools, span: tuple[int, int, int], sign: int) -> tuple[int, int]:
    """Where the event under a template begins and ends: trimmed to what stands out, widened to what still shows.

    The residual is averaged over as many rows as it takes to stand out, a fifth of the template at most. Trimming
    stops at three tenths of the top; widening goes on while two sigma are left (three for
    the narrowest), and stops at other events.
    """
    begin, head, end = span
    width = end - begin
    low = max(int(residual.start[begin]), begin - _WIDEN * width)
    high = min(int(residual.stop[begin]), end + _WIDEN * width)
    toward = sign * residual.value[low:high]
    mean = float(toward[begin - low : head - low].mean())
    half = int(min(width // 10, 0.5 * (_CLEAR / max(mean, 1e-9)) ** 2))
    total = np.concatenate([[0.0], np.cumsum(toward)])
    place = np.arange(high - low)
    left, right = np.maximum(place - half, 0), np.minimum(place + half + 1, high - low)
    sigma = (total[right] - total[left]) / np.sqrt(right - left)
    inside = sigma[begin - low : end - low]
    stands_out = inside > max(1.0, min(0.3 * float(inside.max()), 3.0))
    if half == 0:
        # An outlier speaks for itself: what the template covers beside it is another event, or none.
        ordinary = np.flatnonzero(~stands_out)
        at = int(np.searchsorted(ordinary, np.argmax(inside)))
        first = int(ordinary[at - 1]) + 1 if at > 0 else 0
        last = int(ordinary[at]) if at < ordinary.size else width
        if last - first <= 2:
            stands_out[:first] = stands_out[last:] = False
    core = np.flatnonzero(stands_out)
    if core.size == 0:
        return begin, end
    start, stop = begin - low + int(core[0]), begin - low + int(core[-1]) + 1
    # One row or two have little to lose to a neighbour that is high by chance.
    enough = 2.0 if stop - start > 2 else 3.0
    may = (sigma > enough) & free[low:high] & ~taken[low:high]
    closed = np.flatnonzero(~may[stop:])
    stop = stop + int(closed[0]) if closed.size else high - low
    closed = np.flatnonzero(~may[:start][::-1])
    start = start - int(closed[0]) if closed.size else 0
    return low + start, low + stop
