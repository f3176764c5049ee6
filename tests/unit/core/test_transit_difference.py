"""Which pixels dim in a dip: the star's own, or those of a neighbour."""

from dataclasses import dataclass

import numpy as np
import pytest

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.detection import PeriodicSignal, Scores
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.pixels import TargetPixels
from desktop_app.core.progress import Report, silent
from desktop_app.core.source import Source
from desktop_app.core.transits.difference import difference_image, on_pixels
from tests.data import quiet_curve

SIGNAL = PeriodicSignal("transit", 2.0, 11.0, 0.3, 0.05, 50.0, 9.0)
STAR, NEIGHBOUR = (4.2, 3.9), (7.0, 6.1)


@dataclass(frozen=True, eq=False)
class Held:
    """Frames in memory."""

    cube: Floats

    @property
    def shape(self) -> tuple[int, int, int]:
        n, ny, nx = self.cube.shape
        return n, ny, nx

    def frame(self, row: int) -> Floats:
        return self.cube[row]

    def sums(self, mask: Bools, report: Report = silent) -> tuple[Floats, Floats]:
        report(1.0, "")
        return np.asarray(np.nansum(self.cube[:, mask], axis=1)), np.ones(len(self.cube))


def pixels(which: int, *, n: int = 800) -> TargetPixels:
    """Two stars; star number ``which`` dims."""
    rng = np.random.default_rng(4)
    time = 10 + 0.02 * np.arange(n, dtype=np.float64)
    inside = np.abs((time - 11 + 1) % 2 - 1) < 0.15
    y, x = np.mgrid[:9, :10]
    cube = rng.normal(50, 3, (n, 9, 10))
    for place, ((at_x, at_y), light) in enumerate(zip((STAR, NEIGHBOUR), (4000.0, 1500.0), strict=True)):
        shape = light * np.exp(-0.5 * ((x - at_x) ** 2 + (y - at_y) ** 2) / 0.8)
        cube += np.where(inside & (place == which), 0.7, 1.0)[:, None, None] * shape
    cube[:, 0, 0] = np.nan
    curve = LightCurve(Source(), time, np.nansum(cube, axis=(1, 2)), np.full(n, np.nan))
    mask = np.ones((9, 10), np.int64)
    return TargetPixels(Source(), curve, Held(cube), "e-/s", mask, mask > 0)


def test_that_a_star_that_dims_itself_is_where_the_light_is_lost() -> None:
    seen = difference_image(pixels(0), SIGNAL)
    assert seen is not None
    assert seen.offset < 0.1
    assert np.nanargmax(seen.lost) == 4 * 10 + 4
    assert np.isnan(seen.lost[0, 0])


def test_that_a_neighbour_that_dims_is_found_pixels_away() -> None:
    seen = difference_image(pixels(1), SIGNAL)
    assert seen is not None
    assert seen.offset == pytest.approx(np.hypot(2.8, 2.2), abs=0.3)
    assert seen.sigma > 10


def test_that_no_offset_is_made_of_noise() -> None:
    seen = difference_image(pixels(2), SIGNAL)
    assert seen is not None
    assert not seen.sigma > 5


def test_that_too_few_frames_say_nothing() -> None:
    elsewhere = PeriodicSignal("transit", float("nan"), 500.0, 0.3, 0.05, 50.0, 9.0)
    assert difference_image(pixels(0), elsewhere) is None


def test_that_signals_are_told_what_the_pixels_tell_and_curves_are_left_alone() -> None:
    data = pixels(1)
    scores = Scores(np.zeros(len(data)), {}, (SIGNAL,))
    checks = on_pixels(data, scores).signals[0].checks
    assert checks["difference_offset"] == pytest.approx(3.6, abs=0.3)
    curve = quiet_curve(20)
    plain = Scores(np.zeros(20), {}, (SIGNAL,))
    assert on_pixels(curve, plain) is plain
