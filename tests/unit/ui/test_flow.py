"""The layout in lines."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui.flow import Flow


class Box(QWidget):
    """A widget of a size of its own."""

    def __init__(self, width: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMinimumSize(width, 20)


@pytest.fixture
def bar(qtbot: QtBot) -> QWidget:
    """Three boxes of 100 pixels, of which the second takes the rest of its line."""
    bar = QWidget()
    qtbot.addWidget(bar)
    flow = Flow(gap_px=10, line_gap_px=5)
    bar.setLayout(flow)
    flow.setContentsMargins(0, 0, 0, 0)
    for place in range(3):
        flow.add(Box(100, bar), takes_rest=place == 1)
    return bar


def boxes(bar: QWidget, width: int) -> list[tuple[int, int, int]]:
    layout = bar.layout()
    assert layout is not None
    layout.setGeometry(QRect(0, 0, width, layout.heightForWidth(width)))
    return [(box.x(), box.y(), box.width()) for box in bar.findChildren(Box)]


def test_that_one_line_is_filled_up_by_the_one_that_takes_the_rest(bar: QWidget) -> None:
    assert boxes(bar, 420) == [(0, 0, 100), (110, 0, 200), (320, 0, 100)]


def test_that_what_has_no_room_goes_into_the_next_line(bar: QWidget) -> None:
    assert boxes(bar, 220) == [(0, 0, 100), (110, 0, 110), (0, 25, 100)]
    layout = bar.layout()
    assert layout is not None
    assert layout.heightForWidth(220) == 45
    assert layout.heightForWidth(120) == 70


def test_that_it_asks_for_no_more_width_than_its_widest_and_passes_over_what_is_hidden(bar: QWidget) -> None:
    layout = bar.layout()
    assert layout is not None
    assert layout.minimumSize().width() == 100
    bar.findChildren(Box)[0].hide()
    assert boxes(bar, 420)[1:] == [(0, 0, 310), (320, 0, 100)]
