"""A whole light curve in a dozen numbers: brightness, scatter on several scales, what repeats, flares and dips."""

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.magnitudes import in_flux
from desktop_app.core.segments import cadence_of
from desktop_app.core.window_features import FEATURES, window_features

UNITS = {
    "brightness_mag": "mag",
    "scatter_ppt": "ppt",
    "rms_1_ppt": "ppt",
    "rms_8_ppt": "ppt",
    "rms_64_ppt": "ppt",
    "period_d": "d",
    "amplitude_ppt": "ppt",
    "flares_per_day": "1/d",
    "dips_per_day": "1/d",
    "skewness": "",
    "lag_one_correlation": "",
    "crossings": "",
}
FEWEST_ROWS = 64
_WINDOW, _BASELINE_ROWS = 64, 49
_MOST_BINS = 4096
_STRONG, _LONG = 4.0, 3
_PPT = 1e3


def curve_features(curve: LightCurve) -> dict[str, float]:
    """The numbers named in `UNITS`; NaN where the curve is too short or its flux is not positive.

    Brightness is -2.5 log10 of the median flux, on a zero point of its own; ppt are thousandths of the median flux.
    Scatter is that from row to row, rms the robust one of means of so many rows; a period is that of the strongest
    sinusoid, with its amplitude; flares and dips are runs of three rows beyond four sigmas of a running median.
    """
    flux = in_flux(curve)
    rows = np.flatnonzero(flux.usable)
    values: Floats = np.asarray(flux.flux[rows], np.float64)
    level = float(np.median(values)) if values.size else np.nan
    if values.size < FEWEST_ROWS or not level > 0:
        return dict.fromkeys(UNITS, np.nan)
    relative = _PPT * (values / level - 1)
    time: Floats = np.asarray(flux.time[rows], np.float64)
    cadence = cadence_of(time)
    days = max(values.size * cadence, 1e-9)
    period, amplitude = _strongest(relative, cadence)
    flares, dips = _runs(relative)
    begin = np.arange(0, values.size - _WINDOW + 1, _WINDOW)
    shapes = np.median(window_features(relative, begin, _WINDOW), axis=0)
    return {
        "brightness_mag": -2.5 * float(np.log10(level)),
        "scatter_ppt": robust_sigma(np.diff(relative)) / np.sqrt(2.0),
        **{f"rms_{width}_ppt": robust_sigma(_means(relative, width)) for width in (1, 8, 64)},
        "period_d": period,
        "amplitude_ppt": amplitude,
        "flares_per_day": flares / days,
        "dips_per_day": dips / days,
        "skewness": float(shapes[FEATURES.index("skewness")]),
        "lag_one_correlation": float(shapes[FEATURES.index("lag-one correlation")]),
        "crossings": float(shapes[FEATURES.index("crossings of the median")]),
    }


def _means(values: Floats, width: int) -> Floats:
    """Means of ``width`` rows each; what is left over at the end is left out."""
    many = max(1, values.size // width)
    return values[: many * width].reshape(many, -1).mean(axis=1)


def _strongest(values: Floats, cadence_d: float) -> tuple[float, float]:
    """Period in days and amplitude of the strongest sinusoid; rows count as evenly spaced."""
    width = max(1, values.size // _MOST_BINS)
    binned = _means(values, width)
    clipped = np.clip(binned - np.median(binned), *np.quantile(binned - np.median(binned), [0.005, 0.995]))
    spectrum = np.abs(np.fft.rfft(clipped - clipped.mean())) * 2 / clipped.size
    # The two slowest waves are trends rather than something that repeats.
    peak = 3 + int(np.argmax(spectrum[3:]))
    return clipped.size * width * cadence_d / peak, float(spectrum[peak])


def _runs(values: Floats) -> tuple[int, int]:
    """How many flares and dips there are."""
    from scipy.ndimage import median_filter

    rest = values - median_filter(values, _BASELINE_ROWS, mode="nearest")
    sigma = robust_sigma(rest)
    if not sigma > 0:
        return 0, 0
    return _many(rest > _STRONG * sigma), _many(rest < -_STRONG * sigma)


def _many(flagged: Bools) -> int:
    """How many runs of at least `_LONG` rows are flagged."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flagged.astype(np.int64), [0]])))
    return int(np.sum(edges[1::2] - edges[::2] >= _LONG))
