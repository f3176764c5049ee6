"""The scores panel: how the scores are spread about the threshold, and a close look at the highest."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from desktop_app.ui.named import named
from desktop_app.ui.score_histogram import ScoreHistogram
from desktop_app.ui.score_plots import HistogramPlot, TopWindow
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, Theme, tabular
from desktop_app.ui.words import counted

_NOT_YET = "Not detected yet. Press Run (Ctrl+R)."
_NO_CURVE = "How scores are spread stands here once a light curve was looked at."


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
        below = QWidget(self)
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
        layout.addWidget(self._told)
        layout.addWidget(halves, 1)
        return page

    def _on_theme(self, theme: Theme) -> None:
        self.histogram.set_theme(theme)
        self.window_plot.set_theme(theme)

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.scores is not old.scores or new.curve is not old.curve:
            self._show(new)
        elif new.threshold != old.threshold:
            self._show_threshold(new)
        if new.events is not old.events or new.system is not old.system:
            self._show_window(new)

    def _show(self, state: AppState) -> None:
        spread = _spread(state)
        self._stack.setCurrentIndex(0 if spread is None else 1)
        self._empty.setText(_NO_CURVE if state.curve is None else _NOT_YET)
        if spread is None:
            return
        self.histogram.show_histogram(spread)
        self._show_threshold(state)
        self._show_window(state)

    def _show_threshold(self, state: AppState) -> None:
        spread = _spread(state)
        if spread is None:
            return
        self.histogram.show_threshold(state.threshold)
        n, above = spread.rows, spread.above(state.threshold)
        self._told.setText(f"{above:,} of {counted(n, 'row')} ({_share(above, n)}) at {state.threshold:.1f} σ or more")

    def _show_window(self, state: AppState) -> None:
        spread = _spread(state)
        if spread is not None:
            self._top.setText(f"Highest score: {spread.top_score:.1f} σ{_with_model(state)}")
            self.window_plot.show_state(state, spread)

    def _on_show(self) -> None:
        spread = _spread(self._session.state)
        if spread is None:
            return
        events = self._session.state.events
        place = next((k for k, event in enumerate(events) if event.start <= spread.top_row < event.stop), None)
        if place is not None:
            self._session.select_event(place)
            return
        self._session.select_row(spread.top_row)
        self._session.step_row(0)  # the row stays, and the curve moves there


def _spread(state: AppState) -> ScoreHistogram | None:
    return state.scores.histogram if state.scores is not None else None


def _share(part: int, n: int) -> str:
    share = 100 * part / max(1, n)
    return f"{share:.2f} %" if share >= 0.01 or not part else "under 0.01 %"


def _with_model(state: AppState) -> str:
    has = state.scores is not None and len(state.scores.model) > 0
    return "; green: what the detector makes of the curve" if has else ""
