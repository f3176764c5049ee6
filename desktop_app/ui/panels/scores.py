"""The scores panel: how the scores are spread about the threshold, and a close look at the highest."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.named import named
from desktop_app.ui.score_histogram import ScoreHistogram
from desktop_app.ui.score_plots import HistogramPlot, TopWindow
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, Theme, tabular
from desktop_app.ui.words import counted

_NOT_YET = "Not detected yet. Press Run (Ctrl+R)."
_NO_CURVE = "How scores are spread stands here once something was looked at."
_ALL = "all channels"
_TALLEST_PX = 16_777_215
"""Qt's own word for no limit."""


class ScoresPanel(QWidget):
    """A histogram with the threshold in it above, the stretch with the highest score below."""

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "scores")
        self._session = session
        self._told = named(QLabel(self, wordWrap=True), "scores-share", label="Rows at the threshold or above")
        self._told.setFont(tabular(self._told.font()))
        self._top = named(QLabel(self, wordWrap=True), "scores-top", role="muted", label="Highest score")
        self._top.setFont(tabular(self._top.font()))
        self._show_top = named(
            QToolButton(self), "scores-show", label="Show in the curve", tip="Show the highest score in the curve"
        )
        self._show_top.setText("Show")
        self._show_top.clicked.connect(self._on_show)
        tip = "Whose scores are drawn: those of one channel, or of all of them"
        self.channel = named(QComboBox(self), "scores-channel", label="Channel", tip=tip)
        self.channel.activated.connect(self._on_channel)
        self.histogram = HistogramPlot(appearance.theme, self)
        self.window_plot = TopWindow(appearance.theme, self)
        self._stack = QStackedWidget(self)
        self._empty = QLabel(_NO_CURVE, self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(named(self._empty, "scores-empty", role="muted"))
        self._stack.addWidget(self._page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.histogram.threshold_dragged.connect(session.set_threshold)
        self.window_plot.clicked.connect(self._on_show)
        appearance.changed.connect(self._on_theme)
        session.changed.connect(self._on_changed)
        self._show(session.state)

    def _page(self) -> QWidget:
        line = QHBoxLayout()
        line.addWidget(self._top, 1)
        line.addWidget(self._show_top)
        below = self._below = QWidget(self)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.window_plot, 1)
        halves = QSplitter(Qt.Orientation.Vertical, self)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.histogram)
        halves.addWidget(below)
        halves.setSizes([1000, 1000])
        page = QWidget(self)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(12, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self.channel)
        layout.addWidget(self._told)
        layout.addWidget(halves, 1)
        return page

    def _on_theme(self, theme: Theme) -> None:
        self.histogram.set_theme(theme)
        self.window_plot.set_theme(theme)

    def _on_changed(self, old: AppState, new: AppState) -> None:
        drawn = new.scores is not old.scores or new.tracks is not old.tracks or new.spread is not old.spread
        if drawn or new.data is not old.data:
            self._show_channels(new)
            self._show(new)
        elif new.threshold != old.threshold:
            self._show_threshold(new)
        if new.events is not old.events or new.system is not old.system:
            self._show_window(new)

    def _show(self, state: AppState) -> None:
        spread = self._spread(state)
        self._stack.setCurrentIndex(0 if spread is None else 1)
        self._empty.setText(_NO_CURVE if state.looked_at is None else _NOT_YET)
        if spread is None:
            return
        self.histogram.show_histogram(spread, state.scale, f"{_noun(state).capitalize()}s")
        self._show_threshold(state)
        self._show_window(state)

    def _show_threshold(self, state: AppState) -> None:
        spread = self._spread(state)
        if spread is None:
            return
        self.histogram.show_threshold(state.threshold)
        n, above = spread.rows, spread.above(state.threshold)
        of = counted(n, _noun(state))
        at = state.scale.text(state.threshold)
        self._told.setText(f"{above:,} of {of} ({_share(above, n)}) at {at} or more")

    def _show_window(self, state: AppState) -> None:
        spread = self._spread(state)
        if spread is None:
            return
        self.window_plot.setVisible(state.curve is not None)
        self._below.setMaximumHeight(_TALLEST_PX if state.curve is not None else self._show_top.sizeHint().height() + 8)
        top, where = state.scale.text(spread.top_score), f", {spread.channel}" if spread.channel else ""
        self._top.setText(f"Highest score: {top}{where}{_with_model(state)}")
        self.window_plot.show_state(state, spread)

    def _show_channels(self, state: AppState) -> None:
        """The channels to choose from, where there are several."""
        tracks, data = state.tracks, state.data
        names = []
        if tracks is not None and isinstance(data, Telemetry):
            names = [name for name, one in zip(data.names, tracks.channels, strict=True) if one.histogram is not None]
        chosen = self.channel.currentText()
        with QSignalBlocker(self.channel):
            self.channel.clear()
            self.channel.addItems([_ALL, *names])
            self.channel.setCurrentText(chosen if chosen in names else _ALL)
        self.channel.setVisible(len(names) > 1)

    def _on_channel(self) -> None:
        self._show(self._session.state)

    def _spread(self, state: AppState) -> ScoreHistogram | None:
        """What is drawn: of a light curve, of all channels, or of the one chosen."""
        if state.scores is not None:
            return state.scores.histogram
        if state.spread is not None:
            return state.spread
        if state.tracks is None or not isinstance(state.data, Telemetry):
            return None
        chosen = self.channel.currentText()
        if self.channel.currentIndex() <= 0 or chosen not in state.data.names:
            return state.tracks.histogram
        return state.tracks.channels[state.data.names.index(chosen)].histogram

    def _on_show(self) -> None:
        spread = self._spread(self._session.state)
        if spread is None:
            return
        events = self._session.state.events
        place = next(
            (
                number
                for number, event in enumerate(events)
                if event.start <= spread.top_row < event.stop and event.channel == spread.channel
            ),
            None,
        )
        if place is not None:
            self._session.select_event(place)
            return
        self._session.select_row(spread.top_row, channel=spread.channel)
        self._session.step_row(0)  # the row stays, and the curve moves there


def _share(part: int, n: int) -> str:
    share = 100 * part / max(1, n)
    return f"{share:.2f} %" if share >= 0.01 or not part else "under 0.01 %"


def _noun(state: AppState) -> str:
    """What is counted."""
    if state.spread is not None:
        return "stamp" if isinstance(state.data, CutoutSet) else "object"
    return "row" if state.curve is not None else "sample"


def _with_model(state: AppState) -> str:
    has = state.scores is not None and len(state.scores.model) > 0
    return "; green: what the detector makes of the curve" if has else ""
