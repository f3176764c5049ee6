"""The panel of one channel against another: which two, the scatter, how they go together."""

from math import isnan

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.named import named
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.telemetry.against import AgainstPicture
from desktop_app.ui.telemetry.against_plot import AgainstPlot
from desktop_app.ui.theme import TRUTH, Appearance, Theme
from desktop_app.ui.words import counted, duration

MINIMUM_PX = 260
_DAY_S = 86400.0
_EVEN, _MOSTLY = 1e-2, 0.9
_WEAK, _BETTER = 0.3, 0.02


class ChannelChooser(QComboBox):
    """Channels by name; what is typed is found anywhere in a name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(6)
        completer = self.completer()
        assert completer is not None, "an editable box has one"
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)

    def show_names(self, names: tuple[str, ...], chosen: str) -> None:
        """List ``names``, ``chosen`` in view."""
        with QSignalBlocker(self):
            if [self.itemText(place) for place in range(self.count())] != list(names):
                self.clear()
                self.addItems(list(names))
            self.setCurrentIndex(self.findText(chosen, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive))


class AgainstPanel(QWidget):
    """Choosers on top, then the plot, then what is known of the two."""

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "against").setMinimumWidth(MINIMUM_PX)
        self._session, self._theme = session, appearance.theme
        self.plot = AgainstPlot(appearance.theme)
        self.empty = named(QLabel(self, wordWrap=True), "against-empty", role="muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setMargin(12)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.plot)
        self.says = named(QLabel(self, wordWrap=True), "against-says")
        self.says.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.legend = named(QLabel(self, wordWrap=True), "against-legend", role="muted")
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(self._choosers())
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.says)
        layout.addWidget(self.legend)
        self._connect(appearance)
        self._show(session.state)

    def _choosers(self) -> QGridLayout:
        self.across = named(ChannelChooser(self), "against-x", label="Across", tip="The channel across: type to search")
        self.up = named(ChannelChooser(self), "against-y", label="Up", tip="The channel upwards: type to search")
        self.swap = named(QToolButton(self), "against-swap", label="Swap", tip="The other way round")
        self.swap.setText("⇄")
        self.clear = named(QToolButton(self), "against-clear", label="Clear", tip="Select no samples")
        self.clear.setText("Clear")
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        for row, (text, chooser) in enumerate((("Up", self.up), ("Across", self.across))):
            label = named(QLabel(text, self), role="muted")
            label.setBuddy(chooser)
            grid.addWidget(label, row, 0)
            grid.addWidget(chooser, row, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.swap)
        buttons.addWidget(self.clear)
        grid.addLayout(buttons, 0, 2, 2, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _connect(self, appearance: Appearance) -> None:
        verbs = self._session.against
        for chooser in (self.across, self.up):
            chooser.activated.connect(self._on_chosen)
        self.swap.clicked.connect(verbs.swap)
        self.clear.clicked.connect(verbs.clear)
        self.plot.brushed.connect(self._on_brushed)
        self.plot.clicked.connect(self._on_clicked)
        self.plot.room_changed.connect(verbs.set_room)
        appearance.changed.connect(self._on_theme)
        self._session.changed.connect(self._on_changed)

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self._session.against.look(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is worked out."""
        super().hideEvent(event)
        self._session.against.look(False)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        before, after = old.against, new.against
        if new.data is not old.data or after.picture is not before.picture or after.asked is not before.asked:
            self._show(new)
        elif after.brushed is not before.brushed or new.selection is not old.selection or new.events is not old.events:
            self._show_chosen(new)

    def _show(self, state: AppState) -> None:
        data, against = state.data, state.against
        names = _names(data)
        self.across.show_names(names, against.asked.x)
        self.up.show_names(names, against.asked.y)
        why_not = _why_not(data, names)
        for widget in (self.across, self.up, self.swap):
            widget.setEnabled(not why_not)
        self.empty.setText(why_not)
        self._stack.setCurrentWidget(self.empty if why_not else self.plot)
        picture = against.picture if not why_not and against.of is data else None
        channels = None
        if picture is not None and isinstance(data, Telemetry):
            x, y = (data.channels[data.names.index(name)] for name in (picture.asked.x, picture.asked.y))
            channels = (x, y)
        self.plot.show_picture(picture, channels)
        self.says.setVisible(picture is not None)
        self.legend.setVisible(picture is not None)
        self.says.setText(_told(data, picture))
        self._show_chosen(state)

    def _show_chosen(self, state: AppState) -> None:
        against, selection = state.against, state.selection
        picture, brushed = (against.picture, against.brushed) if against.of is state.data else (None, ())
        self.clear.setEnabled(bool(brushed))
        if picture is None:
            return
        chosen = np.zeros(int(picture.rows[-1]) + 1 if len(picture.rows) else 0, bool)
        for start, stop in brushed:
            chosen[start:stop] = True
        n_brushed = sum(stop - start for start, stop in brushed)
        if selection.event is not None and selection.event < len(state.events):
            event = state.events[selection.event]
            chosen[event.start : event.stop] = True
        seen = chosen[picture.rows]
        here = None
        if selection.row is not None and not selection.training:
            place = int(np.searchsorted(picture.rows, selection.row))
            if place < len(picture.rows) and picture.rows[place] == selection.row:
                here = float(picture.x[place]), float(picture.y[place])
        self.plot.show_chosen(picture.x[seen], picture.y[seen], here)
        self.legend.setText(_legend(picture, n_brushed, self._theme))

    def _on_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.plot.set_theme(theme)
        self._show_chosen(self._session.state)

    # What a person does

    def _on_chosen(self) -> None:
        self._session.against.choose(self.across.currentText(), self.up.currentText())

    def _on_brushed(self, left: float, right: float, bottom: float, top: float) -> None:
        self._session.against.brush((left, right, bottom, top))

    def _on_clicked(self, x: float, y: float, across: float, up: float) -> None:
        self._session.against.select_near(x, y, (across, up))


def _names(data: object) -> tuple[str, ...]:
    """Measured channels first, then commands; those that share a name with another cannot be told apart."""
    if not isinstance(data, Telemetry):
        return ()
    measured = [channel.name for channel in data.channels if channel.role == "measured"]
    commands = [channel.name for channel in data.channels if channel.role == "command"]
    return tuple(dict.fromkeys((*measured, *commands)))


def _why_not(data: object, names: tuple[str, ...]) -> str:
    """Why there is nothing to draw, and what to do; "" where there is."""
    if not isinstance(data, Telemetry):
        return "Open telemetry to see one of its channels against another."
    if len(names) > 1:
        return ""
    if len(data.source.parts) > 1:
        return (
            "This part holds one channel on a clock of its own. Choose a part that holds several, such as all channels "
            "together, or open a file whose channels share one clock."
        )
    return "This file holds one channel. Open telemetry with several channels on one clock."


def _told(data: object, picture: AgainstPicture | None) -> str:
    """How the two go together, in a line or two."""
    if picture is None or not isinstance(data, Telemetry):
        return ""
    found, x, y = picture.relation, picture.asked.x, picture.asked.y
    where = " in view" if picture.asked.seen is not None else ""
    if not found.samples:
        return f"There is no sample{where} where both have a value."
    if isnan(found.pearson):
        return f"{counted(found.samples, 'sample')}{where}. One of the two does not change, so nothing can be compared."
    first = f"{counted(found.samples, 'sample')}{where}: Pearson {_signed(found.pearson)}, Spearman "
    first += _signed(found.spearman)
    if isnan(found.at_lag):
        return f"{first}."
    if not found.lag or abs(found.at_lag) < max(_WEAK, abs(found.pearson) + _BETTER):
        return f"{first}. No shift in time makes them go together better."
    behind, ahead = (y, x) if found.lag > 0 else (x, y)
    return f"{first}. Best with {behind} {_lag(data, abs(found.lag))} behind {ahead}: {_signed(found.at_lag)}."


def _lag(data: Telemetry, rows: int) -> str:
    """So many rows, and how long that is where rows come evenly."""
    off = np.abs(np.diff(data.time) - data.cadence_s)
    even = bool(np.mean(off <= _EVEN * data.cadence_s) >= _MOSTLY) if len(off) else False
    return counted(rows, "row") + (f" ({duration(rows * data.cadence_s / _DAY_S)})" if even else "")


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _legend(picture: AgainstPicture, brushed: int, theme: Theme) -> str:
    """What the marks are, and how many."""
    marks = [
        (picture.n_flagged, "◆", theme.warning, "flagged"),
        (picture.n_labelled, "◯", TRUTH, "labelled"),
        (brushed, "■", theme.accent, "selected"),
    ]
    said = [f'<span style="color: {colour}">{mark}</span>&nbsp;{what} ({n:,})' for n, mark, colour, what in marks if n]
    return "&nbsp;&nbsp; ".join(said) or "Drag over samples to see where they are in the rows; click one to look at it."
