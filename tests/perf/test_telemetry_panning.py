"""How long a frame takes while many channels are panned, zoomed and read out, and that no extremum is lost."""

from collections.abc import Callable, Iterator
from time import perf_counter, thread_time

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop_app.ui.raster import View
from desktop_app.ui.telemetry.telemetry_items import Stretch
from desktop_app.ui.telemetry.telemetry_picture import TelemetryPicture, telemetry_picture
from desktop_app.ui.telemetry.telemetry_plots import TelemetryPlots
from desktop_app.ui.telemetry.traces import line_shades
from desktop_app.ui.theme import DARK
from tests.telemetries import many_channels

FRAMES = 20
TARGET_MS = 50


@pytest.fixture
def plots(qtbot: QtBot) -> Iterator[TelemetryPlots]:
    widget = TelemetryPlots(DARK)
    widget.resize(1200, 900)
    widget.show()
    qtbot.waitExposed(widget)
    yield widget
    widget.close()
    widget.deleteLater()


def show(plots: TelemetryPlots, picture: TelemetryPicture) -> None:
    plots.show_picture(picture)
    plots.show_stretches((Stretch(False, 0.0, *picture.time_range),), steps=False)
    plots.show_channels(tuple(range(len(picture.channels))))
    plots.fit()


def frames(plots: TelemetryPlots, move: Callable[[], None]) -> list[float]:
    """Milliseconds of the processor for each frame after a move, paint included."""
    image = QImage(plots.size(), QImage.Format.Format_ARGB32_Premultiplied)
    spent = []
    for _ in range(FRAMES):
        before = thread_time()
        move()
        painter = QPainter(image)
        plots.render(painter)
        painter.end()
        spent.append(1000 * (thread_time() - before))
    return spent


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "channels"), [(10_000, 55), (1_000_000, 10)])
def test_that_a_pan_of_many_channels_keeps_every_extremum(plots: TelemetryPlots, rows: int, channels: int) -> None:
    data = many_channels(rows, channels)
    before = perf_counter()
    picture = telemetry_picture(data)
    made_ms = 1000 * (perf_counter() - before)
    show(plots, picture)
    for name, move in (("pan", lambda: plots.pan(0.002)), ("zoom", lambda: plots.zoom(0.98))):
        spent = frames(plots, move)
        told = f"{name} of {channels} x {rows:,}: median {np.median(spent):.1f} ms, worst {max(spent):.1f} ms"
        print(f"\n{told}, target {TARGET_MS} ms; picture made in {made_ms:.0f} ms")  # noqa: T201  the benchmark
    start, stop = picture.time_range
    for channel in picture.channels[:10]:
        low, high = channel.heights
        view = View(start, stop, high + 1, low - 1, 900, 80)
        lit = line_shades(channel.data, view, steps=False) > 0
        bounds = channel.data.series.columns(start, stop, view.width)
        for column in np.flatnonzero(np.diff(bounds)):
            values = channel.data.series.values[bounds[column] : bounds[column + 1]]
            for extremum in (values.min(), values.max()):
                assert lit[int((view.top - extremum) * (view.height / (view.top - view.bottom))), column]
