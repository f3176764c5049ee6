"""What the instrument did while an event lasted: gaps, flags, background, centroids, noise, and other targets.

How near something is, is told as a surprise: minus the logarithm of the share of all moments at which an event of that
length would be as near to it. So a thruster that fires every six hours is no surprise to a transit of five.
"""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.quality import quality_names
from desktop_app.core.systematics import Systematics, background_of, systematics_of
from desktop_app.core.vetting.view import Sums, View, contrast, usual_scatter

DUMP = "momentum dump"
JITTER = "poor pointing"
STRAY = "scattered light"
COSMIC = "cosmic ray"
OTHER = "detector trouble"
_FLAGS = {
    "Desaturation event": DUMP,
    "Thruster firing": "thruster firing",
    "Possible thruster firing": "thruster firing",
    "Attitude tweak": JITTER,
    "Coarse point": JITTER,
    "No fine point": JITTER,
    "Zero crossing": JITTER,
    "Safe mode": OTHER,
    "Earth point": OTHER,
    "Argabrightening": STRAY,
    "Argabrightening on CCD": STRAY,
    "Straylight": STRAY,
    "Scattered light": STRAY,
    "Cosmic ray in optimal aperture": COSMIC,
    "Sudden sensitivity dropout": "sensitivity dropout",
    "Detector anomaly": OTHER,
    "Manual exclude": "excluded by hand",
    "Rolling band in optimal aperture": "rolling band",
    "Discontinuity corrected": "corrected discontinuity",
    "Bad calibration exclude": OTHER,
}
_CENTROIDS = (
    ("MOM_CENTR1", "MOM_CENTR2"),
    ("PSF_CENTR1", "PSF_CENTR2"),
    ("SAP_X", "SAP_Y"),
    ("CENTROID_X", "CENTROID_Y"),
    ("CENTROID_COL", "CENTROID_ROW"),
)
_MOST_SURPRISED = 6.0
_NOISE_D = 0.25
_MOST = 30.0


@dataclass(frozen=True, eq=False)
class Context:
    """What the instrument did, event by event.

    Attributes
    ----------
    values : mapping of str to ndarray, shape (m,)
        "gap_surprise", "gap_h" and "gap_after" (1 where the event follows the gap), "flag_surprise", "flag_h"
        (0 for inside, negative where the flag comes before), "flagged_share", "background", "centroid", "pointing"
        (deviations in units of what is usual for stretches of that length), "noisy" (logarithm of the local noise over
        the usual one), "stray", "unsteady" and "storm" (share of the event's rows, weighted by how rare that is).
    flags : tuple of str
        Of each event the kind of flag that is most surprisingly near, "" for none.
    """

    values: dict[str, Floats]
    flags: tuple[str, ...] = field(default=())


def context_of(data: LightCurve, view: View) -> Context:
    """What the instrument did during and around each event of ``view``."""
    surprise, hours, names = _nearest_flags(data, view)
    known = _systematics(data)
    background = background_of(data)
    values = {
        **_gaps(view),
        "flag_surprise": surprise,
        "flag_h": hours,
        "flagged_share": _flagged_share(data, view),
        "background": _strongest(view, [] if background is None else [background]),
        "centroid": _strongest(view, _centroids(data)),
        "pointing": _strongest(view, [s.values for name, s in data.columns.items() if "POS_CORR" in name.upper()]),
        "noisy": _noisy(view),
        "stray": _rare_share(view, known.scattered_light),
        "unsteady": _rare_share(view, known.unsteady),
        "storm": _rare_share(view, known.storm),
    }
    return Context(values, names)


@lru_cache(maxsize=2)
def _systematics(data: LightCurve) -> Systematics:
    """Of the same data once: events are judged anew whenever somebody moves the threshold."""
    return systematics_of(data)


def _rare_share(view: View, where: Bools) -> Floats:
    """Share of the rows of each event that are ``where``, times minus the logarithm of the share of all rows."""
    here = where[view.rows].astype(np.float64)
    if not here.any():
        return np.zeros(view.first.size)
    rarity = min(-np.log(here.mean()), _MOST_SURPRISED)
    return rarity * np.nan_to_num(Sums.over(here).mean(view.first, view.stop))


def _centroids(data: LightCurve) -> list[Floats]:
    by_name: dict[str, Series] = {name.upper(): series for name, series in data.columns.items()}
    for pair in _CENTROIDS:
        found = [by_name[name].values for name in pair if name in by_name]
        if any(np.isfinite(values).any() for values in found):
            return found
    return []


def _strongest(view: View, series: list[Floats]) -> Floats:
    """The strongest deviation of any of ``series`` during each event, in units of the usual; 0 where there is none."""
    strongest = np.zeros(view.first.size)
    for values in series:
        if np.isfinite(values[view.rows]).sum() > view.rows.size // 2:
            own, references = contrast(view, Sums.over(values[view.rows]))
            scatter = usual_scatter(references)
            strongest = np.maximum(strongest, np.nan_to_num(np.abs(own) / scatter, posinf=0.0))
    return np.minimum(strongest, _MOST)


def _gaps(view: View) -> dict[str, Floats]:
    """How near the beginning or the end of the uninterrupted stretch is."""
    since = view.time - view.time[view.begin]
    until = view.time[view.end - 1] - view.time
    to_gap = np.minimum(since, until)
    after, before = since[view.first], until[view.stop - 1]
    near = np.minimum(after, before)
    surprise = _surprise(np.sort(to_gap), near + 0.5 * view.duration_d)
    # Where the whole curve is shorter than the event, all moments are near to its ends.
    return {"gap_surprise": surprise, "gap_h": 24 * near, "gap_after": (after <= before).astype(np.float64)}


def _surprise(sorted_distance: Floats, distance: Floats) -> Floats:
    """Minus the logarithm of the share of ``sorted_distance`` that is not farther than ``distance``."""
    share = np.searchsorted(sorted_distance, distance, side="right") / sorted_distance.size
    return np.minimum(-np.log(np.maximum(share, np.exp(-_MOST_SURPRISED))), _MOST_SURPRISED)


def _nearest_flags(data: LightCurve, view: View) -> tuple[Floats, Floats, tuple[str, ...]]:
    m = view.first.size
    best, hours, names = np.zeros(m), np.full(m, np.nan), np.full(m, "", dtype=object)
    for kind, flagged in _flagged_rows(data).items():
        moments = data.time[flagged & np.isfinite(data.time)]
        if not moments.size:
            continue
        distance = np.sort(np.abs(_distance(moments, view.time, view.time)))
        apart = _distance(moments, view.time[view.first], view.time[view.stop - 1])
        surprise = _surprise(distance, np.abs(apart) + 0.5 * view.duration_d)
        better = surprise > best
        best = np.where(better, surprise, best)
        hours = np.where(better, 24 * apart, hours)
        names[better] = kind
    return best, hours, tuple(str(name) for name in names)


def _flagged_rows(data: LightCurve) -> dict[str, Bools]:
    """Where each kind of flag is set, for those that are set somewhere but not nearly everywhere."""
    found: dict[str, Bools] = {}
    every = int(np.bitwise_or.reduce(data.quality)) if len(data) else 0
    for place in range(every.bit_length()):
        if every >> place & 1:
            kind = _FLAGS.get(quality_names(data.source.bits, 1 << place)[0])
            if kind:
                here = (data.quality >> place & 1).astype(np.bool_)
                found[kind] = found[kind] | here if kind in found else here
    return found


def _distance(moments: Floats, start: Floats, stop: Floats) -> Floats:
    """Days from each stretch to the nearest of ``moments``: negative where that comes before, 0 where inside."""
    inside = np.searchsorted(moments, start) < np.searchsorted(moments, stop, side="right")
    place = np.searchsorted(moments, start)
    before = start - moments[np.maximum(place - 1, 0)]
    before = np.where(place > 0, before, np.inf)
    place = np.searchsorted(moments, stop, side="right")
    after = np.where(place < moments.size, moments[np.minimum(place, moments.size - 1)] - stop, np.inf)
    return np.where(inside, 0.0, np.where(before <= after, -before, after))


def _flagged_share(data: LightCurve, view: View) -> Floats:
    """Share of the rows of each event that carry a flag the preset lets through."""
    sums = Sums.over((data.quality[view.rows] != 0).astype(np.float64))
    return np.nan_to_num(sums.mean(view.first, view.stop))


def _noisy(view: View) -> Floats:
    """The scatter from row to row around each event over that of the whole curve, as a logarithm."""
    steps = np.abs(np.diff(view.value, append=view.value[-1:]))
    usual = float(np.median(steps))
    reach = max(5, round(_NOISE_D / view.cadence_d)) if view.cadence_d > 0 else 5
    sums = Sums.over(np.minimum(steps, 6 * max(usual, 1e-9)))
    around = 0.5 * (
        np.nan_to_num(sums.mean(np.maximum(view.first - reach, 0), view.first), nan=usual)
        + np.nan_to_num(sums.mean(view.stop, np.minimum(view.stop + reach, steps.size)), nan=usual)
    )
    whole = float(np.mean(np.minimum(steps, 6 * max(usual, 1e-9)))) or 1.0
    return np.clip(np.log(np.maximum(around, 1e-9) / whole), -3.0, 3.0)
