"""Shades of pixels: every extremum lit, a density that tells thick from thin, points where there is room."""

import numpy as np
import pytest

from desktop_app.core.pyramid import build_pyramid
from desktop_app.ui.axes import places
from desktop_app.ui.raster import View, rasterise


@pytest.mark.parametrize("n", [50, 900, 40_000])
@pytest.mark.parametrize("upside_down", [False, True])
def test_that_one_outlier_is_lit_among_any_number_of_points(n: int, upside_down: bool) -> None:
    values = np.random.default_rng(0).standard_normal(n)
    values[n // 3] = 90.0
    series = build_pyramid(np.linspace(0, 1, n), values)
    top, bottom = (-10.0, 100.0) if upside_down else (100.0, -10.0)
    raster = rasterise(series, View(0.0, 1.0, top, bottom, 300, 110))
    line = int((top - 90.0) * 110 / (top - bottom))
    column = min(299, int(series.time[n // 3] * 300))
    assert raster.shades[max(0, line - 1) : line + 2, max(0, column - 1) : column + 2].max() >= 200
    assert raster.dense == (n > 750)


def test_that_a_crowd_is_darker_than_a_few() -> None:
    rng = np.random.default_rng(0)
    values = rng.standard_normal(100_000)
    series = build_pyramid(np.linspace(0, 1, len(values)), values)
    shades = rasterise(series, View(0.0, 1.0, 6.0, -6.0, 300, 120)).shades.astype(float)
    assert shades[58:62].mean() > 1.3 * shades[40:44][shades[40:44] > 0].mean()


def test_that_an_empty_stretch_stays_empty() -> None:
    time = np.concatenate([np.linspace(0, 1, 5000), np.linspace(2, 3, 5000)])
    series = build_pyramid(time, np.zeros(10_000))
    shades = rasterise(series, View(0.0, 3.0, 1.0, -1.0, 300, 20)).shades
    assert shades[:, 105:195].max() == 0
    assert shades[:, :98].max(axis=0).min() > 0


@pytest.mark.parametrize(("spacing", "wanted"), [(5.0, 0), (1.0, 0), (0.5, 1), (0.02, 2), (0.001, 3)])
def test_that_ticks_have_as_many_places_as_tell_them_apart(spacing: float, wanted: int) -> None:
    assert places(spacing) == wanted
