"""The colour bar, the compass, markers and the view by itself."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_app.core.stretch import STRETCHES, Stretch
from desktop_app.ui.images.colour_bar import ColourBar
from desktop_app.ui.images.compass import Compass, draw_compass, length_text
from desktop_app.ui.images.image_marks import Box, Marker, Outline
from desktop_app.ui.images.image_picture import image_picture
from desktop_app.ui.images.image_raster import Aim, Look, coloured
from desktop_app.ui.images.image_view import ImageView
from desktop_app.ui.images.look_bar import LookChoice
from desktop_app.ui.images.sky_facts import sky_facts
from desktop_app.ui.theme import DARK
from tests.pictures import CENTRE_DEG, SCALE_ARCSEC, star_field, tan_sky
from tests.ui.conftest import double_click


@pytest.fixture
def view(qtbot: QtBot) -> ImageView:
    made = ImageView(DARK)
    qtbot.addWidget(made)
    made.resize(400, 300)
    picture = image_picture(star_field())
    made.show_picture(picture, LookChoice().look_at(picture))
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize("stretch", STRETCHES)
@pytest.mark.parametrize("cuts", [(90.0, 400.0), (-0.013, 2.57), (1e12, 1e12 + 5), (-3e-7, 4e-7)])
def test_that_the_values_of_the_colour_bar_stand_at_their_colours(
    qtbot: QtBot, stretch: Stretch, cuts: tuple[float, float]
) -> None:
    bar = ColourBar(DARK)
    qtbot.addWidget(bar)
    bar.resize(600, 40)
    low, high = cuts
    picture = image_picture(np.linspace(low, high, 10_000).reshape(100, 100))
    look = Look(cuts, stretch)
    bar.show_look(picture, look)
    ticks = bar.ticks
    assert len(ticks) >= 3
    for value, place in ticks:
        assert low <= value <= high
        values = np.array([[(value - picture.zero) / picture.size]], np.float32)
        grey = QColor.fromRgb(int(coloured(values, picture, look)[0, 0])).red()
        assert grey == pytest.approx(255 * place, abs=3)


def test_that_north_and_east_point_where_the_header_says() -> None:
    facts = sky_facts(tan_sky(), (120, 160))
    assert (facts.north_deg, facts.east_deg) == pytest.approx((90, 180), abs=1e-3)
    assert facts.scale_arcsec == pytest.approx(SCALE_ARCSEC, rel=1e-4)
    assert facts.position(79.5, 59.5) == pytest.approx(CENTRE_DEG, abs=1e-7)
    assert facts.pixel(*CENTRE_DEG) == pytest.approx((79.5, 59.5), abs=1e-4)


def test_that_lengths_have_the_unit_that_suits_them() -> None:
    assert [length_text(length) for length in (0.5, 10, 120, 7200)] == ["0.5″", "10″", "2′", "2°"]


@pytest.mark.parametrize(
    "compass", [Compass(90, 180, 0.5), Compass(float("nan"), 0, float("nan")), Compass(0, 90, 1e9)]
)
def test_that_a_compass_is_drawn_inside_the_image_or_not_at_all(compass: Compass) -> None:
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("#404040"))
    painter = QPainter(image)
    draw_compass(painter, compass, QRectF(20, 20, 360, 260), 3.0)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(300, 400)
    touched = np.argwhere(pixels != 0xFF404040)
    assert bool(len(touched)) is (compass.north_deg == 90 or compass.north_deg == 0)
    if len(touched):
        assert touched.min(axis=0).min() >= 20
        assert touched[:, 0].max() < 280
        assert touched[:, 1].max() < 380


def test_that_marks_are_drawn_where_they_belong(view: ImageView) -> None:
    view.set_aim(Aim(40, 30, 8))
    before = view.grab().toImage()
    mask = np.zeros((120, 160), np.bool_)
    mask[28:33, 38:43] = True
    for marks in ((Outline(mask),), (Marker(40, 30, "star"),), (Box(37.5, 27.5, 42.5, 32.5, "box"),)):
        view.set_marks("test", marks)
        shot = view.grab().toImage()
        assert shot != before
        edge = view.place_of(37.5, 30) if not isinstance(marks[0], Marker) else view.place_of(40, 30) - QPointF(9, 0)
        near = [shot.pixelColor(round(edge.x()) + dx, round(edge.y())) for dx in (-2, -1, 0, 1, 2)]
        assert any(colour.green() > colour.red() + 60 for colour in near)
        view.set_marks("test", ())
        assert view.grab().toImage() == before


def test_that_pixels_are_painted_instead_of_panned_where_that_is_asked_for(view: ImageView, qtbot: QtBot) -> None:
    view.painting = True
    aim = view.aim
    seen: list[tuple[object, ...]] = []
    view.pixel_pressed.connect(lambda x, y: seen.append(("pressed", x, y)))
    view.pixel_released.connect(lambda: seen.append(("released",)))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(40, 30).toPoint())
    assert seen == [("pressed", 40, 30), ("released",)]
    assert view.aim == aim


def test_that_a_resized_view_shows_all_until_the_user_looked_closer(view: ImageView) -> None:
    view.resize(800, 600)
    assert view.aim.scale == pytest.approx((600 - 8) / 120)
    view.zoom(2.0, QPointF(100, 100))
    closer = view.aim
    view.resize(500, 400)
    assert view.aim == closer
    double_click(view, QPoint(50, 50))
    assert view.aim.scale == pytest.approx((500 - 8) / 160)


def test_that_a_view_without_an_image_takes_every_gesture(qtbot: QtBot) -> None:
    view = ImageView(DARK)
    qtbot.addWidget(view)
    view.resize(200, 200)
    view.show()
    qtbot.waitExposed(view)
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
        QTest.mouseClick(view, button, pos=QPoint(50, 50))
        double_click(view, QPoint(50, 50), button)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_A):
        QTest.keyClick(view, key)
    assert view.cuts_in_view(99.5) is None
    assert not view.grab().isNull()
