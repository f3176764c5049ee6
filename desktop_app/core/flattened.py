"""A light curve as detectors look at it: usable rows, scaled, less what its star does anyway."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints, robust_sigma
from desktop_app.core.detrend import Detrended, detrend, detrend_again
from desktop_app.core.errors import FitError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.lone_rows import LoneRows, lone_rows
from desktop_app.core.matched import ROUNDS, SURE, Matches, Residual, find_matches, gauge, template_widths
from desktop_app.core.params import Params, setting
from desktop_app.core.pointing import Pointing, follows_pointing
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.recent import Recent
from desktop_app.core.red_noise import disturbed, louder, suspicion_of, whitened
from desktop_app.core.segments import joins_among, segment_bounds, segment_starts
from desktop_app.core.systematics import Systematics, position_of, systematics_of

MINIMUM_ROWS = 10
_MASKED_FROM = 4.5
_TURNS = 3
_ISLANDS = 24
_LONG = 6
_PAUSE_D = 0.1
_PAUSE_CADENCES = 6
_BLOCK_ROWS = 500_000


class BaselineParams(Params):
    """How the baseline is drawn: the settings that all detectors of light curves share."""

    window_d: float = setting(
        0.0,
        title="Baseline window",
        help="Length of the stretch that the baseline follows; 0 takes the longest that the star allows.",
        unit="d",
        zero="automatic",
        ge=0.0,
        le=1000.0,
    )
    gap_d: float = setting(
        0.0,
        title="Gap",
        help="A longer pause than this interrupts the baseline; 0 takes half a day or twelve cadences.",
        unit="d",
        zero="automatic",
        ge=0.0,
        le=1000.0,
    )
    rotation: bool = setting(
        True, title="Remove rotation", help="Take out what repeats, rotation or pulsation, before the baseline."
    )
    pointing: Pointing = setting(
        Pointing.AUTOMATIC,
        title="Follow the pointing",
        help="Take out what follows the star's place on the detector: for K2 where it helps, always, or never.",
        advanced=True,
    )


@dataclass(frozen=True)
class Bank:
    """Which templates to try.

    Attributes
    ----------
    shortest_d, longest_d : float
        Days; 0 is one cadence, and two thirds of the baseline window.
    signs : tuple of int
        1 for brightenings, -1 for dips.
    """

    shortest_d: float = 0.0
    longest_d: float = 0.0
    signs: tuple[int, ...] = (1, -1)

    def widths(self, curve: Detrended) -> list[int]:
        """In rows of ``curve``."""
        longest_d = self.longest_d or curve.window_d / 1.5
        return template_widths(round(self.shortest_d / curve.cadence_d), round(longest_d / curve.cadence_d))


EVERY_WIDTH = Bank()


@dataclass(frozen=True, eq=False)
class Flattened:
    """The usable rows of a light curve with a baseline that no strong event draws.

    Attributes
    ----------
    data : LightCurve
    rows : ndarray of int, shape (n,)
        Rows of ``data`` that are usable; everything below counts these.
    middle, unit : float
        ``(flux - middle) / unit`` is the flux of ``curve``: the unit of the file's flux does not matter.
    curve : Detrended
    pauses : ndarray of int
        First rows of the stretches that are not interrupted: no window and no template reaches over one.
    """

    data: LightCurve
    rows: Ints
    middle: float
    unit: float
    curve: Detrended
    pauses: Ints

    def spread(self, values: Floats, elsewhere: float = np.nan) -> Floats:
        """``values`` of the usable rows at all rows of the data."""
        spread = np.full(len(self.data), elsewhere)
        spread[self.rows] = values
        return spread

    def tracks(self) -> Mapping[str, Floats]:
        """Baseline, noise and steps at all rows, in the unit of the flux, as `Scores` takes them."""
        curve = self.curve
        return {
            "baseline": self.spread(self.middle + self.unit * curve.baseline),
            "noise": self.spread(self.unit * curve.noise),
            "step": self.spread(self.unit * curve.step, 0.0),
        }

    def matches(self, bank: Bank, report: Report, *, thorough: bool = True) -> Matches:
        """Events of any width, strongest first; searched in blocks, so that memory stays bounded."""
        found = _match(self.curve, self.pauses, bank, report, thorough=thorough)
        return self.lone_rows(bank).judged(found, self.curve.residual)

    def lone_rows(self, bank: Bank) -> LoneRows:
        """What single rows are worth in this curve."""
        residual = self.curve.residual
        return lone_rows(residual, SURE / gauge(residual.size, len(bank.widths(self.curve))))


_Parts = tuple[Ints, float, float, Detrended, Ints]
_recent: Recent[_Parts] = Recent()
"""What `Flattened` holds beside the data, of the curve that was flattened last."""


def flatten(data: LightCurve, how: BaselineParams, report: Report, bank: Bank = EVERY_WIDTH) -> Flattened:
    """``data`` less what its star does anyway; asked again for the same, it answers at once.

    Parameters
    ----------
    data : LightCurve
        In flux, not in magnitudes.
    how : BaselineParams
    report : callable
        Told the progress.
    bank : Bank
        Whose strong matches must not draw the baseline.

    Raises
    ------
    FitError
        Too few rows can be used, or all of them are alike.
    """
    report(0.0, "Drawing the baseline")
    settings = tuple(getattr(how, name) for name in BaselineParams.model_fields)
    return Flattened(data, *_recent.get(data, (settings, bank), lambda: _flat(data, how, report, bank)))


def _flat(data: LightCurve, how: BaselineParams, report: Report, bank: Bank) -> _Parts:
    rows = _checked_rows(data)
    middle, unit = _scale_of(data.flux[rows])
    joins = joins_among(data.joins, rows)
    time, flux = data.time[rows], (data.flux[rows] - middle) / unit

    def detrended(flux: Floats, told: Report) -> Detrended:
        return detrend(
            time, flux, window_d=how.window_d, gap_d=how.gap_d, rotation=how.rotation, joins=joins, report=told
        )

    doing = systematics_of(data)
    following = _following(data, rows, flux, how, doing, lambda less: detrended(less, silent).repeated)
    curve = detrended(flux - following, part(report, 0.0, 0.2)).with_instrument(following)
    pauses = segment_starts(curve.time, max(_PAUSE_D, _PAUSE_CADENCES * curve.cadence_d), joins)
    curve = _undisturbed(curve, pauses, bank, part(report, 0.2, 1.0))
    curve = whitened(louder(curve, disturbed(doing, rows)), suspicion_of(doing, rows))
    return rows, middle, unit, curve, pauses


def _following(
    data: LightCurve,
    rows: Ints,
    flux: Floats,
    how: BaselineParams,
    doing: Systematics,
    repeated_in: Callable[[Floats], Floats],
) -> Floats:
    """What in ``flux`` follows the pointing, as far as ``how`` asks for it; shape of ``rows``."""
    asked = how.pointing is Pointing.ALWAYS or (how.pointing is Pointing.AUTOMATIC and data.source.mission == "K2")
    if not asked:
        return np.zeros(rows.size)
    place = position_of(data)
    within = None if place is None else (place[0][rows], place[1][rows])
    following, helps = follows_pointing(data.time[rows], flux, within, ~doing.thruster[rows], repeated_in)
    return following if helps or how.pointing is Pointing.ALWAYS else np.zeros(rows.size)


def _checked_rows(data: LightCurve) -> Ints:
    rows = np.flatnonzero(data.usable)
    if rows.size < MINIMUM_ROWS:
        raise FitError(
            f"Only {rows.size} of {len(data)} rows can be used; at least {MINIMUM_ROWS} are needed.",
            hint="A milder quality preset or another flux column may help.",
        )
    if not np.ptp(data.flux[rows]) > 0:
        raise FitError("The flux is the same in every row.", hint="Choose another flux column.")
    if not np.ptp(data.time[rows]) > 0:
        raise FitError("The time is the same in every row.", hint="Check the time column of the file.")
    return rows


def _scale_of(flux: Floats) -> tuple[float, float]:
    """Middle and robust scatter of the flux, so that its unit does not matter."""
    return float(np.median(flux)), robust_sigma(flux) or float(np.std(flux))


def _undisturbed(curve: Detrended, pauses: Ints, bank: Bank, report: Report) -> Detrended:
    """The curve with a baseline that no strong event draws; a long one shows whole once part of it is out."""
    keep = curve.usual
    for turn in range(_TURNS):
        told = part(report, turn / _TURNS, (turn + 1) / _TURNS)
        matches = _match(curve, pauses, bank, part(told, 0.0, 0.8), thorough=False).above(_MASKED_FROM)
        less = _without(keep, matches, round(curve.window_d / _ISLANDS / curve.cadence_d))
        if np.array_equal(less, keep) or less.mean() < 0.5:
            return curve
        curve, keep = detrend_again(curve, less, part(told, 0.8, 1.0)), less
        longest = max(curve.time[matches.stop - 1] - curve.time[matches.start], default=0.0)
        if longest < curve.window_d / _LONG:
            return curve
    return curve


def _match(curve: Detrended, pauses: Ints, bank: Bank, report: Report, *, thorough: bool) -> Matches:
    n = curve.time.size
    begin, stop = segment_bounds(pauses, n)
    residual, found = curve.residual, []
    for low in range(0, n, _BLOCK_ROWS):
        high = min(n, low + _BLOCK_ROWS)
        block = Residual(
            residual[low:high], np.maximum(begin[low:high], low) - low, np.minimum(stop[low:high], high) - low
        )
        told = part(report, low / n, high / n)
        # A first look only finds what must not draw the baseline: every third width will do.
        widths, rounds = (bank.widths(curve), ROUNDS) if thorough else (bank.widths(curve)[::3], 1)
        found.append(find_matches(block, widths, bank.signs, told, rounds=rounds).moved(low))
    return Matches.joined(found)


def _without(keep: Bools, matches: Matches, shortest: int) -> Bools:
    """The rows of ``keep`` that no match holds and that are not in a run shorter than ``shortest`` between two."""
    less = keep.copy()
    for start, stop in zip(matches.start, matches.stop, strict=True):
        less[start:stop] = False
    edge = np.flatnonzero(np.diff(np.concatenate([[True], less, [True]]).astype(np.int8)))
    # What is left out are the runs edge[0]:edge[1], edge[2]:edge[3], ...; the islands lie between them.
    for start, stop in zip(edge[1:-1:2], edge[2::2], strict=True):
        if stop - start < shortest:
            less[start:stop] = False
    return less
