"""How long a frame of a pan or zoom takes over a large picture with thousands of outlines, and the map with a crowd."""

from collections.abc import Iterator
from time import process_time

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.detection import IMAGE_EVENT_KINDS, Detection, Event, Scores
from desktop_app.core.images.objects import Objects
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from desktop_app.ui.images.found import Found, Shown, found_of
from desktop_app.ui.images.found_layer import FoundLayer
from desktop_app.ui.images.image_picture import image_picture
from desktop_app.ui.images.image_view import ImageView
from desktop_app.ui.images.look_bar import LookChoice
from desktop_app.ui.plot_items import Frame
from desktop_app.ui.raster import View
from desktop_app.ui.scatter.map_items import MapPoints, points_image
from desktop_app.ui.theme import DARK
from tests.found_objects import provenance

SIDE, N, CORNERS = 4096, 5000, 16
TARGET_MS = 33


def crowded_field() -> tuple[SkyImage, Found]:
    """Noise, and outlines of sixteen corners all over it, of every kind."""
    rng = np.random.default_rng(0)
    image = SkyImage(Source(object_name="field"), rng.standard_normal((SIDE, SIDE), dtype=np.float32))
    x, y = rng.uniform(0, SIDE - 1, (2, N))
    steps = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    radius = rng.uniform(5, 40, N)
    outlines = tuple(
        tuple((float(a + r * np.cos(step)), float(b + r * np.sin(step))) for step in steps)
        for a, b, r in zip(x, y, radius, strict=True)
    )
    kinds = tuple(IMAGE_EVENT_KINDS[place % len(IMAGE_EVENT_KINDS)] for place in range(N))
    scores = Scores(np.full(N, 6.0), objects=Objects(x, y, kinds, outlines))
    events = tuple(Event(place, place + 1, place, 6.0, kinds[place], outline=outlines[place]) for place in range(N))
    return image, found_of(Detection(image, scores, provenance(image), 5.0), events)


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[ImageView]:
    widget = ImageView(DARK)
    widget.resize(1000, 800)
    widget.show()
    qtbot.waitExposed(widget)
    yield widget
    widget.close()
    widget.deleteLater()


def frame_times(view: ImageView, *, zooming: bool) -> list[float]:
    """Milliseconds of work for each frame."""
    spent = []
    for _ in range(12):
        before = process_time()
        view.zoom(1.1) if zooming else view.pan(0.004, 0.004)
        view.grab()
        spent.append(1000 * (process_time() - before))
    return spent


@pytest.mark.slow
def test_that_thousands_of_outlines_follow_the_mouse(view: ImageView) -> None:
    image, found = crowded_field()
    picture, layer = image_picture(image.pixels), FoundLayer()
    layer.found, layer.selected = found, 3
    view.show_picture(picture, LookChoice().look_at(picture))
    told = []
    for name, layers in (("without outlines", ()), (f"with {N:,}", (layer,))):
        view.set_layers(layers)
        view.fit()
        view.grab()
        pans = frame_times(view, zooming=False)
        zooms = frame_times(view, zooming=True)
        told.append(f"{name}: pan median {np.median(pans):.0f} ms, zoom median {np.median(zooms):.0f} ms")
    view.fit()
    seen = found.in_sight(view._sight.window(), 0.0)
    assert seen.sum() == N
    before = process_time()
    place = found.at(float(found.x[7]), float(found.y[7]), 5.0, Shown())
    hit = 1000 * (process_time() - before)
    assert place is not None
    print(f"\n{SIDE} x {SIDE}, {'; '.join(told)} (target {TARGET_MS} ms); under the cursor {hit:.1f} ms")  # noqa: T201


@pytest.mark.slow
def test_that_a_map_of_a_crowd_is_drawn_at_once() -> None:
    rng, told = np.random.default_rng(0), []
    frame = Frame(View(-4.0, 4.0, 4.0, -4.0, 800, 800, 1.0), 0.0, 0.0, 800.0, 800.0)
    for m in (2_000, 20_000, 200_000):
        x, y = rng.normal(0, 1, (2, m))
        points = MapPoints(x, y, rng.integers(0, 2, m).astype(np.uint8), ("#808080", "#ff0000"), np.arange(100))
        before = process_time()
        image = points_image(points, frame, "#808080")
        told.append(f"{m:,} in {1000 * (process_time() - before):.0f} ms")
        assert image.width() == 800
    print(f"\nMap of objects: {', '.join(told)} (target {TARGET_MS} ms)")  # noqa: T201
