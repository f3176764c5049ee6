"""How long a frame takes while a long curve is panned, and that no extremum is lost in it."""

from collections.abc import Iterator
from time import perf_counter

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop_app.core.light_curve import LightCurve
from desktop_app.ui.picture import CurvePicture, picture_of
from desktop_app.ui.plots import CurvePlots
from desktop_app.ui.raster import View, rasterise
from desktop_app.ui.theme import DARK
from tests.data import quiet_curve

FRAMES = 30


def long_picture(n: int) -> CurvePicture:
    """Noise with gaps, NaN and outliers of both signs."""
    made = quiet_curve(n, cadence_d=20 / 86400)
    rng = np.random.default_rng(1)
    flux, time = made.flux.copy(), made.time.copy()
    flux[rng.integers(0, n, 200)] *= 1 + 0.05 * rng.standard_normal(200)
    flux[rng.integers(0, n, n // 100)] = np.nan
    time[n // 2 :] += 1.0
    return picture_of(LightCurve(made.source, time, flux, made.flux_err, reference=made.reference))


@pytest.fixture
def plots(qtbot: QtBot) -> Iterator[CurvePlots]:
    widget = CurvePlots(DARK)
    widget.resize(1200, 700)
    widget.show()
    qtbot.waitExposed(widget)
    yield widget
    widget.close()
    widget.deleteLater()


def frame_times(plots: CurvePlots) -> list[float]:
    """Milliseconds for each frame of a slow pan over the middle half, paint included."""
    start, stop = plots.time_range
    plots.look_at(start + 0.1 * (stop - start), stop - 0.2 * (stop - start))
    image = QImage(plots.size(), QImage.Format.Format_ARGB32_Premultiplied)
    spent = []
    for _ in range(FRAMES):
        before = perf_counter()
        plots.pan(0.002)
        painter = QPainter(image)
        plots.render(painter)
        painter.end()
        spent.append(1000 * (perf_counter() - before))
    return spent


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "target_ms"), [(120_000, 33), (1_000_000, 60), (10_000_000, 100)])
def test_that_a_pan_keeps_every_extremum(plots: CurvePlots, rows: int, target_ms: int) -> None:
    picture = long_picture(rows)
    plots.show_picture(picture, upside_down=False)
    plots.fit()
    spent = frame_times(plots)
    told = f"pan at {rows:,} points: median {np.median(spent):.1f} ms, worst {max(spent):.1f} ms, target {target_ms} ms"
    print(f"\n{told}")  # noqa: T201  what the benchmark is for
    assert plots.raster is not None
    assert plots.raster.shades.shape[1] > 1000
    low, high = picture.value_range
    pad = 0.05 * (high - low)
    start, stop = picture.time_range
    view = View(start, stop, high + pad, low - pad, 1100, 400)
    raster = rasterise(picture.flux, view)
    assert raster.dense
    lit = raster.shades > 0
    bounds = picture.flux.columns(start, stop, view.width)
    for column in np.flatnonzero(np.diff(bounds)):
        values = picture.flux.values[bounds[column] : bounds[column + 1]]
        for extremum in (values.min(), values.max()):
            assert lit[int((view.top - extremum) * (view.height / (view.top - view.bottom))), column]
