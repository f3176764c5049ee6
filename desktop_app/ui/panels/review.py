"""The review panel: what was decided on stamps, what the ranking learned from it, and how one decided before."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.images.learning import METHODS
from desktop_app.engine.verdict_statistics import VerdictStatistics
from desktop_app.engine.verdicts import Entry
from desktop_app.ui.named import named
from desktop_app.ui.review.found_curve import FoundCurve
from desktop_app.ui.review.review_state import ReviewState
from desktop_app.ui.review.review_words import entry_text, learned_text, said_text
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, Theme, tabular
from desktop_app.ui.words import counted

_MINIMUM_PX = 240
_LINES, _RECENT_LINES = 4, 6
_WORDS = {"logistic": "Logistic regression", "gaussian process": "Gaussian process"}
_ROWS = (
    ("interesting", "Interesting"),
    ("ordinary", "Ordinary"),
    ("artefact", "Artefacts"),
    ("unclassified", "Without a verdict"),
    ("confirmed", "Confirmed"),
    ("false_positives", "Flagged, not interesting"),
    ("false_negatives", "Interesting, not flagged"),
)
_PLACE = Qt.ItemDataRole.UserRole


class ReviewPanel(QWidget):
    """Progress and learning above, counts and history below.

    Signals
    -------
    export_asked(), import_asked()
    """

    export_asked = Signal()
    import_asked = Signal()

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "review").setMinimumWidth(_MINIMUM_PX)
        self._session = session
        self.curve = FoundCurve(appearance.theme, self)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        column.addLayout(self._learning())
        column.addWidget(self.curve)
        column.addLayout(self._statistics())
        column.addLayout(self._histories())
        column.addStretch(1)
        scroll = QScrollArea(self, widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(self._buttons())
        layout.addWidget(scroll, 1)
        self._connect(appearance)
        self._show(session.state)

    # Building

    def _buttons(self) -> QVBoxLayout:
        self.page_button = named(
            QPushButton("Next 20 to label", self),
            "review-next-page",
            tip="20 stamps whose labels are worth most (N)",
            role="primary",
        )
        self.bar = named(QProgressBar(self, textVisible=False), "review-progress", label="Labels of this page")
        self.says = named(QLabel(self, wordWrap=True), "review-says", role="muted")
        self.problem = named(QLabel(self, wordWrap=True), "review-problem", role="error")
        self.again = named(QPushButton("Write them now", self), "review-again", tip="Try once more to keep verdicts")
        column = QVBoxLayout()
        column.setSpacing(4)
        for widget in (self.page_button, self.bar, self.says, self.problem, self.again):
            column.addWidget(widget)
        return column

    def _learning(self) -> QVBoxLayout:
        self.learns = named(QCheckBox("Learn", self), "review-learns")
        self.learns.setToolTip("Whether the order and the suggestions follow the verdicts")
        self.method = named(QComboBox(self), "review-method", label="Method", tip="How it is learned")
        self.method.addItems([_WORDS[name] for name in METHODS])
        self.method.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.told = named(QLabel(self, wordWrap=True), "review-learned", role="muted")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.learns)
        row.addWidget(self.method, 1)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.told)
        return column

    def _statistics(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for column, text in enumerate(("", "shown", "ever")):
            grid.addWidget(named(QLabel(text, self), role="muted"), 0, column, Qt.AlignmentFlag.AlignRight)
        self.counts: dict[tuple[str, str], QLabel] = {}
        for row, (name, text) in enumerate(_ROWS, start=1):
            grid.addWidget(QLabel(text, self), row, 0)
            for column, which in enumerate(("shown", "ever"), start=1):
                label = named(QLabel(self), f"review-{name}-{which}", label=f"{text}, {which}")
                label.setFont(tabular(label.font()))
                self.counts[name, which] = label
                grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignRight)
        return grid

    def _histories(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        self.history_title = named(QLabel(self), "review-history-title", role="muted")
        self.history = self._list("review-history", "History of this stamp", _LINES)
        self.recent = self._list("review-recent", "The last verdicts", _RECENT_LINES)
        self.recent.itemActivated.connect(self._on_recent)
        self.recent.itemClicked.connect(self._on_recent)
        self.days = named(QLabel(self, wordWrap=True), "review-days", role="muted")
        for widget in (self.history_title, self.history, named(QLabel("Last verdicts", self), role="muted")):
            column.addWidget(widget)
        column.addWidget(self.recent)
        column.addWidget(self.days)
        row = QHBoxLayout()
        row.setSpacing(4)
        self.export_button = named(QPushButton("Export…", self), "review-export", tip="Write verdicts into a file")
        self.import_button = named(QPushButton("Import…", self), "review-import", tip="Take verdicts of a file")
        row.addWidget(self.export_button, 1)
        row.addWidget(self.import_button, 1)
        column.addLayout(row)
        return column

    def _list(self, name: str, label: str, lines: int) -> QListWidget:
        made = named(QListWidget(self), name, label=label)
        made.setFont(tabular(made.font()))
        made.setUniformItemSizes(True)
        made.setTextElideMode(Qt.TextElideMode.ElideRight)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setFixedHeight(lines * (made.fontMetrics().height() + 8) + 2)
        return made

    def _connect(self, appearance: Appearance) -> None:
        review = self._session.review
        self.page_button.clicked.connect(review.next_page)
        self.again.clicked.connect(review.write_again)
        self.learns.clicked.connect(review.set_learns)
        self.method.activated.connect(self._on_method)
        self.export_button.clicked.connect(self.export_asked)
        self.import_button.clicked.connect(self.import_asked)
        appearance.changed.connect(self._on_theme)
        self._session.changed.connect(self._on_changed)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.review is not old.review or new.data is not old.data or new.detection is not old.detection:
            self._show(new)
        elif new.selection.row != old.selection.row:
            self._show_history(new)

    def _show(self, state: AppState) -> None:
        review = state.review
        stamps = isinstance(state.data, CutoutSet)
        self.page_button.setEnabled(stamps and state.detection is not None)
        self._show_progress(state)
        self.problem.setText(_problem(review))
        self.problem.setVisible(bool(self.problem.text()))
        self.again.setVisible(bool(review.unwritten))
        with QSignalBlocker(self.learns), QSignalBlocker(self.method):
            self.learns.setChecked(review.learns)
            self.method.setCurrentIndex(METHODS.index(review.settings.method))
        self.told.setText(learned_text(review.learned, learns=review.learns))
        self.curve.show_course(review.course)
        self._show_counts("shown", review.statistics if stamps else None)
        self._show_counts("ever", review.everything)
        self._show_history(state)
        self._show_recent(review.everything)

    def _show_progress(self, state: AppState) -> None:
        review = state.review
        labels = review.labels
        page = review.page
        done = sum(one.place in labels for one in page.suggestions) if page is not None else 0
        of = len(page.suggestions) if page is not None else 1
        self.bar.setRange(0, of)
        self.bar.setValue(done)
        self.bar.setVisible(page is not None)
        if not isinstance(state.data, CutoutSet):
            self.says.setText("Open stamps, or cut the sources of a picture, to decide on them.")
        elif page is not None:
            self.says.setText(f"Page {page.number}: {done} of {of} labelled")
        else:
            self.says.setText(f"{counted(len(labels), 'label')} on {counted(len(state.data), 'stamp')}")

    def _show_counts(self, which: str, told: VerdictStatistics | None) -> None:
        verdicts = dict(told.verdicts) if told is not None else {}
        for name, _ in _ROWS:
            value = verdicts[name] if name in verdicts else getattr(told, name, None)
            self.counts[name, which].setText("–" if value is None else f"{value:,}")

    def _show_history(self, state: AppState) -> None:
        row, review = state.selection.row, state.review
        known = row is not None and row < len(review.subjects)
        name = review.subjects[row].object if known and row is not None else ""
        self.history_title.setText(f"History of {name}" if name else "History: choose a stamp")
        _fill(self.history, list(reversed(review.history)) if known else [], "Nothing decided yet" if known else "")

    def _show_recent(self, told: VerdictStatistics | None) -> None:
        entries = list(told.recent) if told is not None else []
        _fill(self.recent, entries, "Nothing decided yet", named_too=True)
        days = told.days[-7:] if told is not None else ()
        self.days.setText("   ".join(f"{day[5:]}: {n:,}" for day, n in days))
        self.days.setVisible(bool(days))

    # What a person does

    def _on_method(self, place: int) -> None:
        self._session.review.set_method(METHODS[place])

    def _on_recent(self, item: QListWidgetItem) -> None:
        key = item.data(_PLACE)
        keys = [subject.key for subject in self._session.state.review.subjects]
        if key in keys:
            self._session.select_row(keys.index(key))

    def _on_theme(self, theme: Theme) -> None:
        self.curve.set_theme(theme)


def _fill(box: QListWidget, entries: list[Entry], empty: str, *, named_too: bool = False) -> None:
    box.clear()
    for entry in entries:
        text = entry_text(entry)
        item = QListWidgetItem(f"{entry.subject.object}: {said_text(entry)}" if named_too else text)
        item.setToolTip(f"{entry.subject.object} in {entry.subject.source}\n{text}\n{_measured(entry)}".strip())
        item.setData(_PLACE, entry.subject.key)
        box.addItem(item)
    if not entries and empty:
        item = QListWidgetItem(empty)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        box.addItem(item)


def _measured(entry: Entry) -> str:
    """What the detector said when it was decided, and who decided."""
    score = f"{entry.detector}: {entry.score:.2f} σ" if entry.score == entry.score else ""
    return "\n".join(one for one in (score, f"by {entry.who}" if entry.who else "") if one)


def _problem(review: ReviewState) -> str:
    if review.unwritten:
        return f"{counted(review.unwritten, 'verdict')} not on the disk yet. {review.problem}"
    return review.problem
