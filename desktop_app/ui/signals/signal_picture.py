"""What is drawn of one signal, made ready away from the window's thread."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.detection import Detection, PeriodicSignal
from desktop_app.core.pyramid import Pyramid, build_pyramid
from desktop_app.core.transits.folded import Bins, Folded, Stretch, dip_times, fold
from desktop_app.ui.picture import REACH_PX

_HOURS = 24.0
_SHARE = 1e2
_PPM = 1e6
_SMALL = 2e-3
_IN_VIEW = (0.5, 99.5)
_SHALLOWEST = 1e-9
_FLAT = 6.0
_ROOM = 1.0


@dataclass(frozen=True, eq=False)
class SignalPicture:
    """One signal of a detection, ready to be drawn.

    Attributes
    ----------
    place : int
        Which signal of the detection.
    detection : Detection
        Whose curve was folded.
    stretch : Stretch
    points : Pyramid
        All rows: hours from the middle of the dip, or phase, against the difference from the baseline in ``unit``.
    rows : ndarray of int, shape (k,)
        The row of the data that each of ``points.rows`` is.
    bins, odd, even : Bins
        Medians, in the units of the points.
    model_at, model : ndarray, shape (m,)
    unit : str
        "ppm", "%", or that of the flux where it has no level to be relative to.
    value_range : (float, float)
        What to look at first: nearly all points, and the whole model.
    outside : int
        How many points that leaves above or below.
    dips : ndarray, shape (d,)
        Times of the middles of all dips within the curve.
    """

    place: int
    detection: Detection
    stretch: Stretch
    points: Pyramid
    rows: Ints
    bins: Bins
    odd: Bins
    even: Bins
    model_at: Floats
    model: Floats
    unit: str
    value_range: tuple[float, float]
    outside: int
    dips: Floats

    @property
    def signal(self) -> PeriodicSignal:
        """The signal itself."""
        return self.detection.scores.signals[self.place]

    def nearest_row(self, at: tuple[float, float], pixel: tuple[float, float]) -> int | None:
        """The row of the data drawn within `REACH_PX` of ``at``; ``pixel`` is what one pixel is in each direction."""
        first, last = self.points.between(at[0] - REACH_PX * pixel[0], at[0] + REACH_PX * pixel[0])
        if first == last:
            return None
        part = slice(first, last)
        far = ((self.points.time[part] - at[0]) / pixel[0]) ** 2 + ((self.points.values[part] - at[1]) / pixel[1]) ** 2
        best = int(np.argmin(far))
        return int(self.rows[self.points.rows[first + best]]) if far[best] <= REACH_PX**2 else None


def signal_picture(detection: Detection, place: int, stretch: Stretch) -> SignalPicture:
    """Signal number ``place`` of ``detection``, ready to be drawn."""
    data, signal = detection.curve, detection.scores.signals[place]
    folded = fold(data, detection.scores.tracks, signal, stretch)
    factor, unit = _unit(folded, data.flux_unit)
    wide = _HOURS if stretch is not Stretch.PERIOD or not np.isfinite(signal.period_d) else 1.0
    values = factor * (folded.light - 1)
    model = factor * (folded.model - 1)
    bins = _in_units(folded.bins(), wide, factor)
    low, high = _range(values, model, bins)
    time = data.time[data.usable]
    return SignalPicture(
        place,
        detection,
        stretch,
        build_pyramid(wide * folded.at, values),
        folded.row,
        bins,
        _in_units(folded.bins(folded.odd), wide, factor),
        _in_units(folded.bins(~folded.odd), wide, factor),
        wide * folded.model_at,
        model,
        unit,
        (low, high),
        int(np.count_nonzero((values < low) | (values > high))),
        dip_times(signal, float(time[0]), float(time[-1])) if time.size else np.zeros(0),
    )


def _unit(folded: Folded, flux_unit: str) -> tuple[float, str]:
    if folded.scale != 1.0:
        return folded.scale, flux_unit or "flux"
    deepest = float(1 - folded.model.min(initial=1.0))
    return (_PPM, "ppm") if deepest < _SMALL else (_SHARE, "%")


def _in_units(bins: Bins, wide: float, factor: float) -> Bins:
    return Bins(wide * bins.at, factor * (bins.light - 1), factor * bins.error)


def _range(values: Floats, model: Floats, bins: Bins) -> tuple[float, float]:
    """Nearly all points; where the means would be a flat line among them, the means with room about them."""
    if not values.size:
        return -1.0, 1.0
    low, high = (float(edge) for edge in np.percentile(values, _IN_VIEW))
    error = np.nan_to_num(bins.error)  # none is known of a bin of few points: no bar is drawn
    shown = np.concatenate([model, bins.light - error, bins.light + error])
    tall = float(np.ptp(shown))
    if high - low > _FLAT * tall:
        room = _ROOM * tall
        return float(shown.min()) - room, float(shown.max()) + room
    low, high = min(low, float(model.min())), max(high, float(model.max()))
    room = max(0.08 * (high - low), _SHALLOWEST)
    return low - room, high + room
