"""The map panel: every object of the detection as a point, what looks alike together, linked with the pictures."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QSignalBlocker, Qt
from PySide6.QtGui import QColor, QHideEvent, QPixmap, QPolygonF, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Detection
from desktop_app.core.images.layout import WHY_NOT, umap_installed
from desktop_app.ui.flow import Flow
from desktop_app.ui.images.stamps_label import stamp_pixmap
from desktop_app.ui.named import named
from desktop_app.ui.scatter.map_columns import UMAP, MapColumn, columns_of, usual_axes
from desktop_app.ui.scatter.map_items import DENSE_FROM, MOST_COLOURS, MapPoints
from desktop_app.ui.scatter.map_plot import MapPlot, Tool
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import KINDS, Appearance, Theme, kind_colour
from desktop_app.ui.words import counted

MINIMUM_PX = 250
BY_SCORE, BY_KIND, BY_VERDICT = "score", "kind", "verdict"
_VERDICTS = ("", "interesting", "ordinary", "artefact")
_HOVER_PX = 72
_FAINT = 0.6
_TOOLS: tuple[tuple[Tool, str, str], ...] = (
    ("lasso", "Lasso", "Drag a line about objects to choose them"),
    ("box", "Box", "Drag a box about objects to choose them"),
    ("move", "Move", "Drag the map; the wheel zooms with every tool"),
)
_CHOOSER_CHARACTERS = 9


class MapPanel(QWidget):
    """Choosers on top, the map below, what the colours mean at the foot."""

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "map").setMinimumWidth(MINIMUM_PX)
        self._session, self._theme = session, appearance.theme
        self._columns: tuple[MapColumn, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._wanted = ("", "")
        self.plot = MapPlot(appearance.theme, self)
        self.hover = named(QLabel(self.plot), "map-hover", label="The object under the cursor")
        self.hover.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hover.hide()
        empty = QLabel("", self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter, margin=12)
        self._empty = named(empty, "map-empty", role="muted")
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.plot)
        self.says = named(QLabel(self, wordWrap=True), "map-says", role="muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(self._choosers())
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.says)
        self._connect(appearance)
        self._show(session.state)

    def _choosers(self) -> Flow:
        self.across = self._chooser("map-x", "Across", "What is drawn across")
        self.up = self._chooser("map-y", "Up", "What is drawn upwards")
        self.colour = self._chooser("map-colour", "Colour", "What the colours of the points mean")
        self.colour.addItems([BY_SCORE, BY_KIND, BY_VERDICT])
        self.tools = QButtonGroup(self)
        flow = Flow(6, 4)
        for chooser in (self.up, self.across, self.colour):
            flow.add_named(chooser)
        for tool, text, tip in _TOOLS:
            button = self._button(f"map-{tool}", text, tip)
            button.setCheckable(True)
            button.setChecked(tool == "lasso")
            self.tools.addButton(button)
            flow.add(button)
        self.umap = self._button("map-umap", "UMAP", "Place what looks alike together; takes a while")
        self.whole = self._button("map-fit", "Fit", "Show every object")
        self.clear = self._button("map-clear", "Clear", "Choose no objects")
        self.save = self._button("map-save", "PNG…", "Save the map as a picture")
        for button in (self.umap, self.whole, self.clear, self.save):
            flow.add(button)
        return flow

    def _chooser(self, name: str, label: str, tip: str) -> QComboBox:
        box = named(QComboBox(self), name, label=label, tip=tip)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.setMinimumContentsLength(_CHOOSER_CHARACTERS)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        return box

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        button = named(QToolButton(self), name, label=text, tip=tip)
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _connect(self, appearance: Appearance) -> None:
        for chooser in (self.across, self.up):
            chooser.activated.connect(self._on_axes)
        self.colour.activated.connect(self._on_colour)
        self.tools.buttonClicked.connect(self._on_tool)
        self.umap.clicked.connect(self._on_umap)
        self.whole.clicked.connect(self.plot.fit)
        self.clear.clicked.connect(self._on_clear)
        self.save.clicked.connect(self._on_save)
        self.plot.picked.connect(self._session.select_row)
        self.plot.outlined.connect(self._on_outlined)
        self.plot.pointed.connect(self._on_pointed)
        appearance.changed.connect(self._on_theme)
        self._session.changed.connect(self._on_changed)

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks: draw what has changed meanwhile."""
        super().showEvent(event)
        self._show(self._session.state)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self.hover.hide()

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if not self.isVisible():
            return
        told = ("detection", "events", "map", "data")
        if any(getattr(new, name) is not getattr(old, name) for name in told) or (
            new.review is not old.review and self.colour.currentText() == BY_VERDICT
        ):
            self._show(new)
        elif new.selection is not old.selection or new.chosen is not old.chosen:
            self._show_chosen(new)
        self._show_umap(new)

    def _show(self, state: AppState) -> None:
        detection = _with_objects(state)
        self._stack.setCurrentIndex(0 if detection is None else 1)
        self._show_umap(state)
        if detection is None:
            self._columns, self._shown = (), ()
            self._empty.setText(_why_empty(state))
            self.says.setText("")
            return
        self._fill(detection, state)
        x, y = self._column(self.across), self._column(self.up)
        points = MapPoints(x.values, y.values, *self._colours(detection, state), _flagged(state))
        shown = (detection.scores, x.name, y.name)
        self.plot.show_points(points, x.label, y.label, fit=shown != self._shown)
        self._shown = shown
        self._show_chosen(state)

    def _fill(self, detection: Detection, state: AppState) -> None:
        """The choosers; what was chosen stays where there is such a column."""
        self._columns = columns_of(detection, state.map)
        names = [column.name for column in self._columns]
        for chooser, usual, wanted in zip((self.across, self.up), usual_axes(self._columns), self._wanted, strict=True):
            with QSignalBlocker(chooser):
                chooser.clear()
                chooser.addItems(names)
                chooser.setCurrentText(wanted if wanted in names else usual)

    def _column(self, chooser: QComboBox) -> MapColumn:
        return self._columns[max(0, chooser.currentIndex())]

    def _colours(self, detection: Detection, state: AppState) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
        m, muted = len(detection.objects), self._theme.muted
        match self.colour.currentText():
            case str(by) if by == BY_KIND:
                names = [name for name in KINDS if name in {event.kind for event in state.events}]
                colour = np.zeros(m, np.uint8)
                for event in state.events:
                    colour[event.peak] = 1 + names.index(event.kind)
                return colour, (muted, *(kind_colour(name, self._theme).name() for name in names))
            case str(by) if by == BY_VERDICT:
                colour = np.zeros(m, np.uint8)
                for place, standing in state.review.standing.items():
                    if place < m and standing.entry.verdict in _VERDICTS:
                        colour[place] = _VERDICTS.index(standing.entry.verdict)
                return colour, (muted, self._theme.accent, self._theme.model, self._theme.warning)
        return _score_colours(detection.scores.values, state.threshold, self._theme)

    def _show_chosen(self, state: AppState) -> None:
        if _with_objects(state) is None:
            return
        self.plot.show_chosen(state.chosen, state.selection.row)
        self.clear.setEnabled(bool(len(state.chosen)))
        self.says.setText(_says(state, self.colour.currentText()))

    def _show_umap(self, state: AppState) -> None:
        can = umap_installed()
        detection = _with_objects(state)
        self.umap.setEnabled(can and detection is not None and detection.objects.space.shape[1] > 1)
        self.umap.setToolTip("Place what looks alike together; takes a while" if can else WHY_NOT)

    # What a person does

    def _on_axes(self) -> None:
        self._wanted = (self.across.currentText(), self.up.currentText())
        self._show(self._session.state)

    def _on_colour(self) -> None:
        self._show(self._session.state)

    def _on_tool(self, button: QToolButton) -> None:
        self.plot.box.tool = next(tool for tool, _text, _tip in _TOOLS if button.objectName() == f"map-{tool}")

    def _on_umap(self) -> None:
        self._wanted = UMAP
        self._session.map.lay_out()
        self._show(self._session.state)

    def _on_clear(self) -> None:
        self._session.closer.look_closer(())

    def _on_outlined(self, outline: QPolygonF) -> None:
        self._session.closer.look_closer(self.plot.points.within(outline).tolist())

    def _on_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the map", "", "PNG picture (*.png)")
        if not name:
            return
        path = Path(name).with_suffix(".png")
        if self.plot.grab().save(str(path)):
            self._session.notify("info", f"The map was written to {path}.")
        else:
            self._session.notify("error", f"{path} cannot be written.", "Choose another folder.")

    def _on_pointed(self, place: int, at: QPointF) -> None:
        """Show the object under the cursor beside it."""
        detection = _with_objects(self._session.state)
        if place < 0 or detection is None or place >= len(detection.objects):
            self.hover.hide()
            return
        if self.hover.property("place") != place or self.hover.isHidden():
            pixmap: QPixmap = stamp_pixmap(detection, place, _HOVER_PX, self._theme, self.devicePixelRatioF())
            self.hover.setPixmap(pixmap)
            self.hover.setProperty("place", place)
            self.hover.adjustSize()
        corner = at.toPoint() + QPoint(14, 14)
        room = self.plot.rect().adjusted(0, 0, -self.hover.width(), -self.hover.height())
        self.hover.move(min(corner.x(), room.right()), min(corner.y(), room.bottom()))
        self.hover.show()

    def _on_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.plot.set_theme(theme)
        self._show(self._session.state)


def _with_objects(state: AppState) -> Detection | None:
    detection = state.detection
    has = detection is not None and detection.scores.objects is not None and len(detection.objects) > 0
    return detection if has else None


def _flagged(state: AppState) -> NDArray[np.int64]:
    return np.array([event.peak for event in state.events], np.int64)


def _score_colours(values: Floats, threshold: float, theme: Theme) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """From the colour of what is usual to that of a warning, which is reached at one and a half times the threshold."""
    top = np.arcsinh(1.5 * max(threshold, 1e-3))
    share = np.clip(np.nan_to_num(np.arcsinh(values), nan=0.0) / top, 0.0, 1.0)
    low = QColor(_between(QColor(theme.line), QColor(theme.muted), _FAINT))
    high = QColor(theme.warning if theme.dark else theme.error)
    palette = tuple(_between(low, high, place / (MOST_COLOURS - 1)) for place in range(MOST_COLOURS))
    return (share * (MOST_COLOURS - 1)).astype(np.uint8), palette


def _between(low: QColor, high: QColor, share: float) -> str:
    ends = ((low.red(), high.red()), (low.green(), high.green()), (low.blue(), high.blue()))
    return QColor(*(round(first + (last - first) * share) for first, last in ends)).name()


def _why_empty(state: AppState) -> str:
    if state.looks not in ("image", "cutouts"):
        return "The objects of a picture or of a set of stamps stand here, what looks alike together."
    if state.detection is None:
        return "Not detected yet. Press Run (Ctrl+R)."
    return "No object was found to draw."


def _says(state: AppState, colour: str) -> str:
    """How many there are, what the marks mean, and how many are chosen."""
    detection = state.detection
    assert detection is not None, "there are objects"
    m, chosen = len(detection.objects), len(state.chosen)
    said = [f"{counted(m, 'object')}, coloured by {colour}", f"{counted(len(state.events), 'event')} ringed"]
    if m > DENSE_FROM:
        said.append("the others as a density")
    if chosen:
        said.append(f"{chosen:,} chosen")
    return "; ".join(said) + "."
