"""What is drawn of a curve and of its scores, made ready away from the window's thread."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.detection import Detection
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.pyramid import Pyramid, build_pyramid
from desktop_app.core.quality import preset_mask, quality_names
from desktop_app.core.stitch import piece_name
from desktop_app.ui.score_histogram import ScoreHistogram, histogram_of

REACH_PX = 14.0


@dataclass(frozen=True, eq=False)
class CurvePicture:
    """One light curve, ready to be drawn.

    Attributes
    ----------
    flux : Pyramid
        The rows that are looked at.
    hidden_time : ndarray, shape (h,)
        Times of the rows that are not, where they have one.
    hidden_rows : ndarray, shape (h,)
    hidden : int
        How many rows are not looked at, those without a time included.
    reasons : tuple of (str, int)
        Why, and how many rows; a row with two QUALITY bits counts for both.
    time_range, value_range : (float, float)
        First and last, lowest and highest of what is drawn.
    cadence_d : float
        The usual step from row to row.
    pieces : tuple of (float, str)
        The first time and the name of each piece of a stitched curve; () for any other.
    """

    flux: Pyramid
    hidden_time: Floats
    hidden_rows: Ints
    hidden: int
    reasons: tuple[tuple[str, int], ...]
    time_range: tuple[float, float]
    value_range: tuple[float, float]
    cadence_d: float
    pieces: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, eq=False)
class ScorePicture:
    """The scores of one detection and its baseline, ready to be drawn.

    Attributes
    ----------
    score : Pyramid
        Scores as `squeezed`.
    baseline, model : Pyramid
        Empty where the detector has none.
    top : float
        The highest squeezed score, at least that of ten sigma.
    histogram : ScoreHistogram or None
        None where no row was looked at.
    """

    score: Pyramid
    baseline: Pyramid
    model: Pyramid
    top: float
    histogram: ScoreHistogram | None


def squeezed(score: Floats | float) -> Floats:
    """Scores on the scale they are drawn in: linear about zero, logarithmic far from it, so 5 and 5,000 both show."""
    return np.arcsinh(np.asarray(score, np.float64))


def unsqueezed(height: float) -> float:
    """The score drawn at ``height``."""
    return float(np.sinh(height))


def picture_of(data: LightCurve) -> CurvePicture:
    """``data``, ready to be drawn."""
    usable = data.usable
    flux = build_pyramid(data.time, data.flux, usable)
    hidden_rows = np.flatnonzero(~usable & np.isfinite(data.time))
    return CurvePicture(
        flux=flux,
        hidden_time=data.time[hidden_rows],
        hidden_rows=hidden_rows,
        hidden=int(len(data) - usable.sum()),
        reasons=hidden_reasons(data),
        time_range=_ends(flux.time),
        value_range=_range(flux.values),
        cadence_d=_step(flux.time),
        pieces=_pieces(data),
    )


def score_picture(detection: Detection) -> ScorePicture:
    """The scores of ``detection``, ready to be drawn."""
    data, tracks = detection.curve, detection.scores.tracks
    score = build_pyramid(data.time, squeezed(detection.scores.values))
    nothing = np.full(len(data), np.nan)
    baseline, model = (build_pyramid(data.time, tracks.get(name, nothing)) for name in ("baseline", "model"))
    top = max(float(score.values.max()) if len(score) else 0.0, float(squeezed(10.0)))
    return ScorePicture(score, baseline, model, top, histogram_of(detection))


def nearest_row(picture: CurvePicture, at: tuple[float, float], pixel: tuple[float, float]) -> int | None:
    """The row drawn within `REACH_PX` of ``at``, or None.

    Parameters
    ----------
    at : (float, float)
        Time and value.
    pixel : (float, float)
        Days and values for one pixel.
    """
    series, reach = picture.flux, REACH_PX * pixel[0]
    first, last = series.between(at[0] - reach, at[0] + reach)
    if first == last:
        return None
    far = ((series.time[first:last] - at[0]) / pixel[0]) ** 2 + ((series.values[first:last] - at[1]) / pixel[1]) ** 2
    best = int(np.argmin(far))
    return int(series.rows[first + best]) if far[best] <= REACH_PX**2 else None


def nearest_hidden(picture: CurvePicture, time: float, pixel_d: float) -> int | None:
    """The hidden row whose tick is within `REACH_PX` of ``time``, or None."""
    first, last = np.searchsorted(picture.hidden_time, [time - REACH_PX * pixel_d, time + REACH_PX * pixel_d])
    if first == last:
        return None
    best = int(np.argmin(np.abs(picture.hidden_time[first:last] - time)))
    return int(picture.hidden_rows[first + best])


def hidden_reasons(data: LightCurve) -> tuple[tuple[str, int], ...]:
    """Why rows are not looked at, the commonest first."""
    timeless, fluxless = ~np.isfinite(data.time), ~np.isfinite(data.flux)
    counts = {"no time": int(timeless.sum()), "no flux": int((fluxless & ~timeless).sum())}
    mask = preset_mask(data.source.bits, data.preset)
    values, number = np.unique(data.quality[(data.quality & mask) != 0] & mask, return_counts=True)
    for value, n in zip(values, number, strict=True):
        for name in quality_names(data.source.bits, int(value)):
            counts[name] = counts.get(name, 0) + int(n)
    return tuple(sorted(((name, n) for name, n in counts.items() if n), key=lambda pair: -pair[1]))


def _pieces(data: LightCurve) -> tuple[tuple[float, str], ...]:
    found = []
    for place, source in enumerate(data.pieces):
        time = data.time[data.piece == place]
        found.append((float(np.nanmin(time)), piece_name(source)))
    return tuple(found)


def _ends(time: Floats) -> tuple[float, float]:
    return (float(time[0]), float(time[-1])) if len(time) else (0.0, 1.0)


def _range(values: Floats) -> tuple[float, float]:
    return (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)


def _step(time: Floats) -> float:
    steps = np.diff(time[:100_000])
    steps = steps[steps > 0]
    return float(np.median(steps)) if len(steps) else float("nan")
