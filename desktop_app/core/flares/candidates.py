"""What may be a flare: the hills of the matched filters, each with its edges and what a network needs to judge it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.flares.bank import LIMIT, Sigmas, even_slots, match_templates
from desktop_app.core.flares.measure import EDGE_SIGMA
from desktop_app.core.flares.shapes import Template, template_bank
from desktop_app.core.flattened import Flattened
from desktop_app.core.progress import Report

LEAST_SIGMAS = 3.0
"""Hills of the filters from which on a network is asked."""
LONGEST_MIN = 60.0
"""Full width at half maximum of the widest template, minutes, where nobody says otherwise."""
LONGEST_ROWS = 100.0
_LEAST_ROWS = 2.9
BEFORE, AFTER = 16, 48
"""Bins of a window on both sides of the peak."""
CHANNELS, FACTS = 4, 7
"""Channels of a window, and numbers beside it."""
_BINS_PER_WIDTH = 4.0
_COARSER = 4
_FAR_BACK, _FAR_ON = 4.0, 16.0
_DAY_MIN = 1440.0


@dataclass(frozen=True, eq=False)
class Candidates:
    """Brightenings that do not overlap, strongest first.

    Attributes
    ----------
    peak : ndarray of int, shape (m,)
        Row at which the filter answers most.
    template : ndarray of int, shape (m,)
        Which template of the bank.
    sigmas : ndarray, shape (m,)
        Its answer; for a peak beyond what filters are shown (`LIMIT`), the plain matched sum.
    start, stop : ndarray of int, shape (m,)
        Rows above `EDGE_SIGMA`, half open.
    """

    peak: Ints
    template: Ints
    sigmas: Floats
    start: Ints
    stop: Ints

    def __len__(self) -> int:
        return self.peak.size

    def only(self, chosen: Bools | Ints) -> "Candidates":
        """Some of them."""
        return Candidates(*(getattr(self, name)[chosen] for name in ("peak", "template", "sigmas", "start", "stop")))


@dataclass(frozen=True, eq=False)
class Search:
    """A curve with what the bank says to it.

    Attributes
    ----------
    residual : ndarray, shape (n,)
        In units of the noise.
    slots : ndarray of int, shape (n,)
        Places in an even series (`even_slots`).
    begin, end : ndarray of int, shape (n,)
        Where the stretch of each row begins and ends, half open.
    cadence_d : float
    bank : sequence of Template
    sigmas : ndarray of float32, shape (templates, n)
    """

    residual: Floats
    slots: Ints
    begin: Ints
    end: Ints
    cadence_d: float
    bank: Sequence[Template]
    sigmas: Sigmas

    def best(self) -> Floats:
        """The answer of the best template at each row, shape (n,)."""
        return self.sigmas.max(axis=0).astype(np.float64)

    def candidates(self, least: float = LEAST_SIGMAS) -> Candidates:
        """The hills above ``least``; what a stronger one covers is not another."""
        best = self.best()
        template = self.sigmas.argmax(axis=0)
        padded = np.concatenate([[-np.inf], best, [-np.inf]])
        hills = np.flatnonzero((best > least) & (best >= padded[:-2]) & (best >= padded[2:]))
        taken = np.zeros(best.size, dtype=np.bool_)
        found: list[tuple[int, int, int]] = []
        for row in hills[np.argsort(-best[hills], kind="stable")]:
            if taken[row]:
                continue
            start, stop = self._edges(int(row), self.bank[template[row]], taken)
            width = max(1, round(self.bank[template[row]].fwhm))
            taken[max(0, min(start, row - width)) : max(stop, row + width + 1)] = True
            found.append((int(row), start, stop))
        columns = np.array(found, np.int64).reshape(-1, 3)
        peak = columns[:, 0]
        template = template[peak].astype(np.int64)
        sigmas = [self._strength(row, self.bank[one], best[row]) for row, one in zip(peak, template, strict=True)]
        strongest = np.argsort(-np.array(sigmas), kind="stable")
        found_all = Candidates(peak, template, np.array(sigmas, np.float64), columns[:, 1], columns[:, 2])
        return found_all.only(strongest)

    def _strength(self, row: int, template: Template, answer: float) -> float:
        """The answer of the filter, or where the peak is beyond its `LIMIT` the plain matched sum."""
        low, high = max(int(self.begin[row]), row - template.peak), int(self.end[row])
        flux = self.residual[low : min(high, row - template.peak + template.shape.size)]
        if flux.max(initial=0.0) <= LIMIT:
            return answer
        shape = template.shape[low - (row - template.peak) :][: flux.size]
        return max(answer, float(np.sum(shape * flux) / np.sqrt(np.sum(shape**2))))

    def _edges(self, row: int, template: Template, taken: Bools) -> tuple[int, int]:
        """Rows around ``row`` that stay above `EDGE_SIGMA`, averaged over a third of the flare's width."""
        low = max(int(self.begin[row]), row - max(8, round(_FAR_BACK * template.fwhm)))
        high = min(int(self.end[row]), row + max(16, round(_FAR_ON * template.fwhm)))
        while True:
            flux = self.residual[low:high]
            half = round(template.fwhm / 6)
            total = np.concatenate([[0.0], np.cumsum(flux)])
            place = np.arange(flux.size)
            left, right = np.maximum(place - half, 0), np.minimum(place + half + 1, flux.size)
            above = (total[right] - total[left]) / np.sqrt(right - left) > EDGE_SIGMA
            above[row - low] = True
            over = np.flatnonzero(~above | taken[low:high])
            at = int(np.searchsorted(over, row - low))
            start = int(over[at - 1]) + 1 if at > 0 else 0
            stop = int(over[at]) if at < over.size else flux.size
            # A large flare is longer than any template.
            if stop < flux.size or high == self.end[row]:
                return low + start, max(low + stop, row + 1)
            high = min(int(self.end[row]), row + 2 * (high - row))


def search(flat: Flattened, report: Report, *, shortest_min: float = 0.0, longest_min: float = 0.0) -> Search:
    """What matched filters say to a flattened curve.

    Parameters
    ----------
    flat : Flattened
    report : callable
        Told the progress.
    shortest_min, longest_min : float
        Full widths at half maximum of the templates, minutes; 0 takes one cadence, and `LONGEST_MIN`.
    """
    from desktop_app.core.segments import segment_bounds

    curve = flat.curve
    cadence_min = curve.cadence_d * _DAY_MIN
    longest = (longest_min or LONGEST_MIN) / cadence_min
    bank = template_bank(min(shortest_min / cadence_min, LONGEST_ROWS), min(max(longest, _LEAST_ROWS), LONGEST_ROWS))
    residual = curve.residual
    slots = even_slots(curve.time, flat.pauses, curve.cadence_d)
    begin, end = segment_bounds(flat.pauses, residual.size)
    sigmas = match_templates(residual, slots, bank, report)
    return Search(residual, slots, begin, end, curve.cadence_d, bank, sigmas)


def windows_of(looked: Search, found: Candidates) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What a network is shown of each candidate.

    Returns
    -------
    windows : ndarray of float32, shape (m, CHANNELS, BEFORE + AFTER)
        Mean sigmas and share of rows that are there, in bins of a quarter of the template's width and in bins four
        times as long, the peak at bin `BEFORE`.
    facts : ndarray of float32, shape (m, FACTS)
        The filters' answers, the template, the cadence.
    """
    shortest = np.array([one.fwhm for one in looked.bank])[found.template]
    bins = np.maximum(1, np.round(shortest / _BINS_PER_WIDTH)).astype(np.int64)
    fine = _binned(looked, found.peak, bins)
    coarse = _binned(looked, found.peak, bins * _COARSER)
    return np.stack([*fine, *coarse], axis=1).astype(np.float32), _facts(looked, found)


def _binned(looked: Search, peak: Ints, rows: Ints) -> tuple[Floats, Floats]:
    """Sigmas (compressed where large) and share of rows in bins of ``rows`` rows; two arrays (m, bins)."""
    size = int(looked.slots[-1]) + 2
    total, count = np.zeros(size), np.zeros(size)
    total[looked.slots + 1], count[looked.slots + 1] = looked.residual, 1.0
    total, count = np.cumsum(total), np.cumsum(count)
    edge = np.arange(-BEFORE, AFTER + 1)[None, :] * rows[:, None] - (rows // 2)[:, None]
    edge = np.clip(looked.slots[peak][:, None] + edge, 0, size - 1)  # (m, bins + 1)
    value, there = np.diff(total[edge], axis=1), np.diff(count[edge], axis=1)
    return np.arcsinh(value / np.sqrt(np.maximum(there, 1.0))), there / rows[:, None]


def _facts(looked: Search, found: Candidates) -> NDArray[np.float32]:
    decaying = sum(template.decays for template in looked.bank)
    # A symmetric template stands behind the decaying ones; its neighbours in width are those of its decaying twin.
    twin = np.where(found.template < decaying, found.template, found.template - decaying)
    narrower, wider = np.maximum(twin - 1, 0), np.minimum(twin + 1, decaying - 1)
    fwhm = np.array([template.fwhm for template in looked.bank])[found.template]
    answer = looked.sigmas[found.template, found.peak]
    return np.column_stack(
        [
            np.arcsinh(found.sigmas),
            looked.sigmas[narrower, found.peak] / answer,
            looked.sigmas[wider, found.peak] / answer,
            looked.sigmas[decaying, found.peak] / answer,
            np.log(fwhm),
            found.template >= decaying,
            np.full(len(found), np.log(looked.cadence_d * _DAY_MIN)),
        ]
    ).astype(np.float32)
