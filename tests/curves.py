"""Light curves with planted events, and the plain detector that ours has to beat."""

from collections.abc import Sequence

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.simulate import flare_shape
from desktop_app.core.source import Source
from desktop_app.engine.evaluate.controls import running_median_sigmas

NOISE = 1e-3


def curve_of(time: Floats, flux: Floats, *, noise: float = NOISE) -> LightCurve:
    """A light curve of these columns and nothing else."""
    return LightCurve(
        source=Source(object_name="made up", mission="TESS"),
        time=time,
        flux=flux,
        flux_err=np.full(time.size, noise),
    )


def eventful_curve(n: int, *, seed: int = 0, cadence_d: float = 2 / 1440) -> LightCurve:
    """A slowly turning star with a gap in the middle; every 3,000 rows a dip and a flare."""
    rng = np.random.default_rng(seed)
    time = 1325.0 + cadence_d * np.arange(n, dtype=np.float64)
    time[n // 2 :] += 1.0
    flux = 1 + NOISE * rng.standard_normal(n) + 2e-3 * np.sin(2 * np.pi * time / 7.1)
    for middle in range(1000, n - 501, 3000):
        flux[middle : middle + 60] -= 0.01
        late = slice(middle + 500, min(middle + 900, n))
        flux[late] += 0.05 * flare_shape(time[late], peak=float(time[middle + 500]), half_width_d=0.01)
    return curve_of(time, flux)


PLANTED = {"dip": -1.0, "flare": 1.0, "outlier": 1.0, "spike": 1.0, "step": 1.0}


def planted_curve(kind: str, *, seed: int = 3, n: int = 3000) -> tuple[LightCurve, slice]:
    """Noise and one event of ``kind``, and the rows it is at."""
    rng = np.random.default_rng(seed)
    time = 1325.0 + 0.01 * np.arange(n, dtype=np.float64)
    flux = 1 + NOISE * rng.standard_normal(n)
    at = n // 2 + 137
    match kind:
        case "dip":
            rows = slice(at, at + 15)
            flux[rows] -= 0.01
        case "flare":
            rows = slice(at, at + 12)
            flux += 0.04 * flare_shape(time, peak=time[at] + 1e-6, half_width_d=0.02)
        case "outlier":
            rows = slice(at, at + 1)
            flux[rows] += 0.03
        case "spike":
            rows = slice(at, at + 2)
            flux[rows] += 0.03
        case _:
            rows = slice(at, at + 1)
            flux[at:] += 0.02
    return curve_of(time, flux), rows


def running_median_detector(data: LightCurve) -> tuple[Bools, list[tuple[int, int]]]:
    """The control: a running median and four robust sigmas; flagged rows (n,), and runs of them."""
    rows = np.flatnonzero(data.usable)
    flagged = running_median_sigmas(data) >= 4
    strange = np.flatnonzero(flagged[rows])
    runs = np.split(strange, np.flatnonzero(np.diff(strange) > 1) + 1) if strange.size else []
    return flagged, [(int(rows[run[0]]), int(rows[run[-1]]) + 1) for run in runs]


def f1(hits: int, false: int, missed: int) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * hits / max(2 * hits + false + missed, 1)


def point_counts(flagged: Bools, true: Bools) -> tuple[int, int, int]:
    """Rows hit, falsely flagged, and missed."""
    return int((flagged & true).sum()), int((flagged & ~true).sum()), int((~flagged & true).sum())


def event_counts(found: Sequence[tuple[int, int]], true: Sequence[tuple[int, int]]) -> tuple[int, int, int]:
    """Events hit, found for nothing, and missed; an overlap is a hit."""
    hits = sum(any(a < stop and start < b for a, b in found) for start, stop in true)
    false = sum(not any(a < stop and start < b for start, stop in true) for a, b in found)
    return hits, false, len(true) - hits
