"""How long it takes until a 4096 x 4096 image is seen, and until it is seen in another look."""

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from desktop_app.core.larger_pixels import Values
from desktop_app.core.stretch import STRETCHES
from desktop_app.ui.images.image_picture import image_picture
from desktop_app.ui.images.image_view import ImageView
from desktop_app.ui.images.look_bar import LookChoice
from desktop_app.ui.theme import DARK

SIDE = 4096
TARGET_MS, LOOK_MS = 250, 50
AROUND = (-4, 0, 4)


def large_image(*, holes: bool) -> Values:
    """Noise, a bright and a dark pixel, and perhaps rows without values."""
    pixels = np.random.default_rng(0).standard_normal((SIDE, SIDE), dtype=np.float32)
    pixels[1234, 3210], pixels[2345, 1111] = 60.0, -60.0
    if holes:
        pixels[3000:3004] = np.nan
    return pixels


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[ImageView]:
    widget = ImageView(DARK)
    widget.resize(1000, 800)
    widget.show()
    qtbot.waitExposed(widget)
    yield widget
    widget.close()
    widget.deleteLater()


def painted(view: ImageView) -> QImage:
    return view.grab().toImage()


def look_times(view: ImageView) -> list[float]:
    """Milliseconds until the image is seen in each stretch."""
    spent = []
    for stretch in STRETCHES:
        before = perf_counter()
        view.set_look(replace(view.look, stretch=stretch))
        painted(view)
        spent.append(1000 * (perf_counter() - before))
    return spent


def move_times(view: ImageView) -> list[float]:
    """Milliseconds for each frame of a zoom and a pan."""
    spent = []
    for step in range(20):
        before = perf_counter()
        view.zoom(1.25) if step % 4 == 0 else view.pan(0.01, 0.01)
        painted(view)
        spent.append(1000 * (perf_counter() - before))
    return spent


def colour_at(image: QImage, view: ImageView, x: int, y: int) -> str:
    at = view.place_of(x, y)
    return image.pixelColor(int(at.x()), int(at.y())).name()


@pytest.mark.slow
@pytest.mark.parametrize("holes", [False, True])
def test_that_single_pixels_are_seen_in_a_large_image(view: ImageView, holes: bool) -> None:
    pixels = large_image(holes=holes)
    painted(view)
    before = perf_counter()
    picture = image_picture(pixels)
    prepared = 1000 * (perf_counter() - before)
    before = perf_counter()
    view.show_picture(picture, LookChoice(cuts="min–max", stretch="linear").look_at(picture))
    image = painted(view)
    first = 1000 * (perf_counter() - before)
    assert "#ffffff" in [colour_at(image, view, 3210 + dx, 1234 + dy) for dx in AROUND for dy in AROUND]
    assert "#000000" in [colour_at(image, view, 1111 + dx, 2345 + dy) for dx in AROUND for dy in AROUND]
    seen = [QColor(colour_at(image, view, 2000, 3000 + dy)) for dy in range(-5, 8)]
    assert any(colour.red() > colour.green() + 40 for colour in seen) is holes
    looks, moves = look_times(view), move_times(view)
    told = (
        f"{SIDE} x {SIDE}{' with holes' if holes else ''}: prepare {prepared:.0f} ms, first paint {first:.0f} ms "
        f"(target {TARGET_MS} ms together); another look median {np.median(looks):.0f}, worst {max(looks):.0f} ms "
        f"(target {LOOK_MS} ms); a frame of zoom or pan median {np.median(moves):.0f}, worst {max(moves):.0f} ms"
    )
    print(f"\n{told}")  # noqa: T201  what the benchmark is for
