"""The inspector: what is known of one event or cadence, and a close look at it."""

from html import escape

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.data import Kind
from desktop_app.core.data import kind_of as kind_of_data
from desktop_app.core.pyramid import Envelope
from desktop_app.ui.axes import TimeAxis, ValueAxis
from desktop_app.ui.facts import Fact
from desktop_app.ui.images.stamps_label import StampsLabel
from desktop_app.ui.inspection import Inspection
from desktop_app.ui.named import named
from desktop_app.ui.plot_items import CursorItem, EventsItem, LineItem, PlotItem, SeriesItem
from desktop_app.ui.plots import place_axes
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, Theme, kind_icon, kind_of, tabular
from desktop_app.ui.view_boxes import CurveBox, ScoreBox

_EMPTY: dict[Kind | None, str] = {
    None: "What is known of an event, a cadence or a sample stands here.",
    "light curve": "Click a point or an event, or press J, to see what is known of it.",
    "target pixels": "Click a point or an event, or press J, to see what is known of it.",
    "image": "Press Run (Ctrl+R), then click an outline or press J, to see what does not belong and why.",
    "cutouts": "Press Run (Ctrl+R), then click a stamp or press J, to see what is known of it.",
    "telemetry": "Click a sample or an event, or press J, to see what is known of it.",
}
_GAP_CADENCES = 8
MINIMUM_PX = 250
FACTS_SHOWN = 200


class InspectorPanel(QWidget):
    """Facts above, a close look below."""

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "inspector").setMinimumWidth(MINIMUM_PX)
        self._theme = appearance.theme
        self._session = session
        self._mark = QLabel(self)
        self._title = named(QLabel(self), "inspector-title", role="title")
        self._kind = named(QLabel(self), "inspector-kind", role="muted")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._mark)
        head.addWidget(self._kind)
        copy = named(QToolButton(self), "inspector-copy", label="Copy facts", tip="Copy all of this as a table")
        copy.setText("Copy")
        copy.clicked.connect(self._on_copy)
        head.addWidget(copy)
        facts = QLabel(self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self.facts = named(facts, "inspector-facts", label="Facts")
        self.facts.setTextFormat(Qt.TextFormat.RichText)
        self.facts.setFont(tabular(self.facts.font()))
        self.facts.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        scroll = QScrollArea(self, widgetResizable=True)
        scroll.setWidget(self.facts)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.look = CloseLook(self._theme, self)
        self.stamps = StampsLabel(self._theme, self)
        self.stamps.clicked.connect(session.select_row)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 4, 4, 4)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(scroll, 3)
        column.addWidget(self.look, 2)
        column.addWidget(self.stamps)
        self._empty = empty = QLabel(_EMPTY[None], self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(named(empty, "inspector-empty", role="muted"))
        self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        appearance.changed.connect(self._on_theme)
        session.changed.connect(self._on_changed)
        self._show(session.state)

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.inspection is not old.inspection:
            self._show(new)
        if new.data is not old.data:
            self._empty.setText(_EMPTY[None if new.data is None else kind_of_data(new.data)])

    def _on_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.look.set_theme(theme)
        self.stamps.set_theme(theme)
        self._show(self._session.state)

    def _show(self, state: AppState) -> None:
        inspection = state.inspection
        self._stack.setCurrentIndex(0 if inspection is None else 1)
        if inspection is None:
            return
        self._title.setText(inspection.title)
        self._kind.setText(
            kind_of(inspection.kind).label if inspection.kind else "no event" if state.curve or state.detection else ""
        )
        self._mark.setVisible(bool(inspection.kind))
        if inspection.kind:
            self._mark.setPixmap(kind_icon(inspection.kind, self._theme).pixmap(16, 16))
        self.facts.setText(facts_as_html(inspection.facts, self._theme))
        self.look.setVisible(state.curve is not None)
        self.stamps.show_stamps(inspection.stamps)
        self.look.show_state(state, inspection)

    def _on_copy(self) -> None:
        inspection = self._session.state.inspection
        if inspection is not None:
            lines = [f"{fact.label}\t{fact.value}" for fact in inspection.facts]
            QGuiApplication.clipboard().setText("\n".join([inspection.title, *lines]))


def facts_as_html(facts: tuple[Fact, ...], theme: Theme) -> str:
    """The facts as a table with headings."""
    rows = []
    more = len(facts) - FACTS_SHOWN
    for fact in (*facts[:FACTS_SHOWN], *([Fact("", f"and {more:,} more, which Copy takes along")] if more > 0 else [])):
        if fact.heading:
            rows.append(f'<tr><td colspan="2" style="padding-top: 8px"><b>{escape(fact.heading)}</b></td></tr>')
        label = f'<td style="color: {theme.muted}; padding-right: 12px">{escape(fact.label)}</td>'
        rows.append(f"<tr>{label}<td>{escape(fact.value)}</td></tr>")
    return f'<table cellspacing="0" cellpadding="1">{"".join(rows)}</table>'


class CloseLook(pg.GraphicsLayoutWidget):
    """The stretch about the event: data with the baseline over it, and what is left without the baseline."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Close look at the selection")
        self.ci.setContentsMargins(0, 2, 6, 2)
        self.ci.setSpacing(2)
        self.box, self.below = CurveBox(), ScoreBox()
        self._axes = (ValueAxis(), ValueAxis(), TimeAxis())
        place_axes(self, self.box, 0, left=self._axes[0])
        place_axes(self, self.below, 1, left=self._axes[1], bottom=self._axes[2])
        self._axes[0].setLabel("Flux")
        self._axes[1].setLabel("Residual")
        self.ci.layout.setRowStretchFactor(0, 3)
        self.ci.layout.setRowStretchFactor(1, 2)
        self.below.setXLink(self.box)
        self.points, self.rest = SeriesItem(), SeriesItem()
        self.baseline, self.events, self.ring = LineItem(), EventsItem(marks=False), CursorItem()
        self._items: tuple[PlotItem, ...] = (self.points, self.baseline, self.events, self.ring)
        for item in self._items:
            self.box.addItem(item, ignoreBounds=True)
        self.below.addItem(self.rest, ignoreBounds=True)
        self._zero = pg.InfiniteLine(angle=0, pos=0)
        self.below.addItem(self._zero, ignoreBounds=True)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.setBackground(theme.panel)
        for item in (*self._items, self.rest):
            item.set_theme(theme)
        for box in (self.box, self.below):
            box.set_theme(theme)
        for axis in self._axes:
            axis.setPen(QPen(QColor(theme.line)))
            axis.setTextPen(QColor(theme.muted))
        self._zero.setPen(pg.mkPen(theme.accent, width=1))

    def show_state(self, state: AppState, inspection: Inspection) -> None:
        """Draw the stretch that ``inspection`` names."""
        data, picture = state.curve, state.picture
        if data is None or picture is None:
            return
        start, stop = inspection.window
        gap = _GAP_CADENCES * picture.cadence_d
        self.points.set_series(picture.flux)
        self.baseline.set_series(state.scores.baseline if state.scores else None, gap)
        self.events.set_events(state.events, data.time, data.flux, picture.flux)
        self.events.set_selected(state.selection.event)
        self.ring.set_at((float(data.time[inspection.row]), float(data.flux[inspection.row])))
        self._axes[2].show_as(data.reference, state.system)
        for box in (self.box, self.below):
            box.invertY(data.in_magnitudes)
        self._axes[0].setLabel("Magnitude" if data.in_magnitudes else "Flux")
        self.box.setXRange(start, stop, padding=0)
        low, high = _extent(picture.flux.envelope(start, stop, 1))
        self.box.setYRange(low, high, padding=0.12)
        rest = inspection.residual
        self.rest.set_series(rest)
        if rest is not None and len(rest):
            self.below.setYRange(float(rest.values.min()), float(rest.values.max()), padding=0.12)


def _extent(envelope: Envelope) -> tuple[float, float]:
    if not envelope.count[0]:
        return 0.0, 1.0
    low, high = float(envelope.low[0]), float(envelope.high[0])
    return (low, high) if high > low else (low - 0.5, high + 0.5)
