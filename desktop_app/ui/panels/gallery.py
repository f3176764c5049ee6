"""The gallery page: stamps in a grid to be looked through and decided on, and the chosen one large beside its row."""

from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.arrays import Ints
from desktop_app.core.cutouts import CutoutSet
from desktop_app.ui.elided import ElidedLabel
from desktop_app.ui.flow import Flow
from desktop_app.ui.images.gallery_picture import GalleryPicture
from desktop_app.ui.images.heat_layer import HeatLayer
from desktop_app.ui.images.image_cell import ImageCell
from desktop_app.ui.images.image_picture import image_picture
from desktop_app.ui.images.image_words import stamp_readout
from desktop_app.ui.images.look_bar import LookBar, LookChoice
from desktop_app.ui.images.stamp_filter import kept, ordered
from desktop_app.ui.images.stamp_grid import SIZES_PX, StampGrid
from desktop_app.ui.images.stamp_table import (
    ARTEFACTS,
    BY_ID,
    EVERYTHING,
    LEARNED,
    LIKENESS,
    OBJECTS,
    SCORE,
    StampTable,
)
from desktop_app.ui.named import named
from desktop_app.ui.part_chooser import PartChooser
from desktop_app.ui.review.comment_dialog import CommentDialog
from desktop_app.ui.review.review_bar import ReviewBar
from desktop_app.ui.review.review_state import NOTHING_REVIEWED
from desktop_app.ui.review.review_words import reason, short_reason
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, Theme, tabular
from desktop_app.ui.words import counted

OWN, COMMON = "each stamp its own", "the same for all"
_TYPED_MS = 150
_SIDE_PX = (700, 340)
_LARGE_PX = (260, 780)
_STEP_PX = 16
_FILTER_PX = 190


class GalleryPage(QWidget):
    """The middle of the window for sets of stamps.

    Signals
    -------
    hovered(str)
        What is under the cursor in the large stamp.
    """

    hovered = Signal(str)

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "gallery")
        self._session, self._appearance = session, appearance
        self._picture: GalleryPicture | None = None
        self._table: StampTable | None = None
        self._large = False
        self._heat = HeatLayer()
        self.grid = StampGrid(appearance.theme, self)
        self.look_bar = LookBar(self)
        self.look_bar.bad.hide()
        self.review_bar = ReviewBar(appearance.theme, self)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(_TYPED_MS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header())
        layout.addWidget(self._body(), 1)
        layout.addWidget(self._footer())
        self._connect()
        self._show_data(session.state)

    # What the actions call

    def fit(self) -> None:
        """Show all of the large stamp."""
        self.stamp.view.fit()

    def fit_values(self) -> None:
        """Scroll to the chosen stamp."""
        self.grid.scrollTo(self.grid.currentIndex())

    def zoom(self, factor: float) -> None:
        """Draw the stamps larger or smaller."""
        self._size.setValue(round(self._size.value() / factor**0.5))

    def pan(self, share: float) -> None:
        """Scroll by a share of the height."""
        bar = self.grid.verticalScrollBar()
        bar.setValue(bar.value() + round(share * self.grid.viewport().height()))

    def set_boxing(self, on: bool) -> None:
        """Whether a drag draws a box to zoom to, in the large stamp."""
        self.stamp.view.boxing = on

    def save_picture(self, path: str) -> bool:
        """Write the grid and the large stamp as a PNG file; whether that could be done."""
        return self._split.grab().save(path)

    def decide(self, verdict: str) -> None:
        """Call the stamps that are selected "interesting", "ordinary" or "artefact"; "" takes a verdict back."""
        places = self._meant()
        self._session.review.decide(places, verdict)
        if verdict and len(places) == 1 and self.review_bar.goes_on.isChecked():
            self.grid.step(1)

    def comment(self) -> None:
        """Ask for a kind and a comment on the stamps that are selected."""
        places, table = self._meant(), self._table
        if not places or table is None:
            return
        about = table.ids[places[0]] if len(places) == 1 else counted(len(places), "stamp")
        standing = table.standing(places[0])
        entry = standing.entry if standing is not None else None
        everything = self._session.state.review.everything
        kinds = [name for name, _ in everything.kinds] if everything is not None else []
        take = partial(self._session.review.describe, places)
        said = (entry.kind, entry.comment) if entry is not None else ("", "")
        CommentDialog(about, kinds, *said, take, self.window()).open()

    def more_like(self) -> None:
        """Put all stamps in the order of their likeness to the chosen one."""
        row = self._session.state.selection.row
        if row is not None:
            self._session.review.more_like(row)

    def _meant(self) -> list[int]:
        """The stamps that are selected; else the one that is looked at."""
        row = self._session.state.selection.row
        return self.grid.selected() or ([row] if row is not None and self.grid.stamps.row_of(row) >= 0 else [])

    # Building

    def _header(self) -> QWidget:
        bar = named(QFrame(self), "bar")
        self._title = named(ElidedLabel(bar), "gallery-title", role="title")
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._title.setMinimumWidth(60)
        self._meta = named(ElidedLabel(bar), "gallery-meta", role="muted")
        self._filter = named(
            QLineEdit(bar),
            "gallery-filter",
            label="Filter",
            tip="Conditions and words: score > 0.8, type = star, ztf18",
        )
        self._filter.setPlaceholderText("Filter: score > 0.8, star…")
        self._filter.setClearButtonEnabled(True)
        self._filter.setMinimumWidth(_FILTER_PX)
        self._sort = self._chooser("gallery-sort", "Sort", "The column by which the stamps are in order")
        self._falling = named(QToolButton(bar), "gallery-falling", label="Falling order", tip="Largest or last first")
        self._falling.setText("▼")
        self._falling.setCheckable(True)
        self._caption = self._chooser("gallery-caption", "Below", "The column that is written below the stamps")
        self._common = self._chooser("gallery-common", "Cuts for", "Whether each stamp has cuts of its own")
        self._common.addItems([OWN, COMMON])
        self._size = named(QSlider(Qt.Orientation.Horizontal, bar), "gallery-size", label="Size of the stamps")
        self._size.setToolTip("Size of the stamps (Ctrl and the wheel)")
        self._size.setRange(*SIZES_PX)
        self._size.setFixedWidth(96)
        layout = QVBoxLayout(bar)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(6)
        layout.addLayout(self._row(self._title, self._meta, PartChooser(self._session, bar), self._filter))
        second = QHBoxLayout()
        second.addWidget(self.look_bar)
        layout.addLayout(second)
        layout.addLayout(self._row(self._common, self._sort, self._falling, self._caption, self._size))
        layout.addWidget(self.review_bar)
        return bar

    def _row(self, *widgets: QWidget) -> Flow:
        row = Flow()
        for widget in widgets:
            if isinstance(widget, QComboBox):
                row.add_named(widget)
            else:
                row.add(widget, takes_rest=widget in (self._meta, self._filter))
        return row

    def _chooser(self, name: str, label: str, tip: str) -> QComboBox:
        box = named(QComboBox(self), name, label=label, tip=tip)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.setMinimumContentsLength(8)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return box

    def _body(self) -> QWidget:
        self._split = named(QSplitter(Qt.Orientation.Horizontal, self), "gallery-split")
        side = named(QWidget(self._split), "gallery-side")
        self.stamp = ImageCell(self._appearance.theme, side)
        self.stamp.title.show()
        self.stamp.view.set_layers((self._heat,))
        self.heat = named(
            QToolButton(side), "gallery-heat", label="Heat map", tip="Show which pixels of the stamp do not belong"
        )
        self.heat.setText("Heat map")
        self.heat.setCheckable(True)
        self.table = named(QTableWidget(0, 2, side), "gallery-row", label="What the catalogue says of the stamp")
        self.table.setHorizontalHeaderLabels(["Column", "Value"])
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setFont(tabular(self.table.font()))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        line = QHBoxLayout()
        line.setContentsMargins(0, 2, 8, 2)
        line.addWidget(self.stamp.title, 1)
        line.addWidget(self.heat)
        layout.addLayout(line)
        layout.addWidget(self.stamp, 3)
        layout.addWidget(self.table, 2)
        self._split.addWidget(self.grid)
        self._split.addWidget(side)
        self._split.setSizes(list(_SIDE_PX))
        self._split.setChildrenCollapsible(False)
        return self._split

    def _footer(self) -> QWidget:
        foot = named(QWidget(self), "gallery-foot")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._shown = named(QLabel(foot), "gallery-shown")
        self._problem = named(ElidedLabel(foot), "gallery-problem", role="error")
        self._copy = named(QToolButton(foot), "gallery-copy", label="Copy ids", tip="Copy the ids selected (Ctrl+C)")
        self._copy.setText("Copy ids")
        layout = QHBoxLayout(foot)
        layout.setContentsMargins(12, 2, 12, 6)
        layout.setSpacing(12)
        self._notes = named(ElidedLabel(foot), "gallery-notes", role="muted")
        layout.addWidget(self._shown)
        layout.addWidget(self._notes, 1)
        layout.addWidget(self._problem, 1)
        layout.addWidget(self._copy)
        return foot

    def _connect(self) -> None:
        self.grid.chosen.connect(self._session.select_row)
        self.grid.enlarged.connect(self._on_enlarged)
        self.grid.double_clicked.connect(self._session.cutting.show_place)
        self.grid.resized_by.connect(self._on_notches)
        self.stamp.view.hovered.connect(self._on_hovered)
        self.stamp.view.contrasted.connect(self._on_contrasted)
        self.look_bar.chosen.connect(self._on_chosen)
        self._common.activated.connect(self._show_look)
        self._connect_review()
        self._sort.activated.connect(self._show_kept)
        self._falling.toggled.connect(self._show_kept)
        self._caption.activated.connect(self._on_caption)
        self._size.valueChanged.connect(self.grid.set_side)
        self._filter.textChanged.connect(self._on_typed)
        self._typed.timeout.connect(self._show_kept)
        self._copy.clicked.connect(self._on_copy)
        self._size.setValue(self.grid.side)
        self._appearance.changed.connect(self._on_theme)
        self._session.changed.connect(self._on_changed)

    def _connect_review(self) -> None:
        bar, review = self.review_bar, self._session.review
        bar.decided.connect(self.decide)
        bar.comment_asked.connect(self.comment)
        bar.like_asked.connect(self.more_like)
        bar.page_asked.connect(review.next_page)
        bar.page_ended.connect(review.end_page)
        bar.like_ended.connect(review.end_like)
        bar.chosen_ended.connect(self._on_chosen_ended)
        bar.group_chosen.connect(self._show_kept)
        self.heat.toggled.connect(self._session.closer.show_heat)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.data is not old.data:
            self._show_data(new)
            return
        if self._picture is None or self._picture.data is not new.data:
            return
        scores = new.detection.scores if new.detection is not None else None
        if scores is not (old.detection.scores if old.detection is not None else None):
            self._show_detection(new)
        elif new.review is not old.review or new.threshold != old.threshold or new.chosen is not old.chosen:
            self._show_review(old, new)
        if new.selection is not old.selection:
            self._show_stamp(new.selection.row)
        if new.heat is not old.heat:
            self._show_heat(new)

    def _show_detection(self, state: AppState) -> None:
        """Stamps that were detected in come in the order of their scores, artefacts in a group of their own."""
        self._take_table(state)
        table = self._table
        assert table is not None
        found = table.found is not None
        self._fill(table)
        if found:
            self._sort.setCurrentText(SCORE)
            with QSignalBlocker(self._falling):
                self._falling.setChecked(True)
        self.review_bar.show_group(OBJECTS if found and table.artefacts.any() else EVERYTHING)
        self._show_kept()
        self._show_heat(state)

    def _show_review(self, old: AppState, new: AppState) -> None:
        """Verdicts are painted at once; the order stays as it is until somebody asks for another."""
        before = self._table.names if self._table is not None else []
        self._take_table(new)
        assert self._table is not None
        if self._table.names != before:
            self._fill(self._table)
        ended = old.review.page is not None and new.review.page is None
        if ended and LEARNED in self._table.columns:
            self._sort.setCurrentText(LEARNED)  # what a page was labelled for
        moved = new.review.page is not old.review.page or new.review.like is not old.review.like
        if moved or new.chosen is not old.chosen:
            self._show_kept()
        else:
            self.grid.show_table(self._table)
        if (moved or new.review.standing is not old.review.standing) and new.selection.row is not None:
            self._show_row(self._table, new.selection.row)

    def _take_table(self, state: AppState) -> None:
        """What is known of the stamps, as of now."""
        if isinstance(state.data, CutoutSet):
            of = state.review.of
            same = of is not None and of.images is state.data.images
            review = state.review if same else NOTHING_REVIEWED
            detection = state.detection if state.detection is not None and state.detection.data is state.data else None
            self._table = StampTable(state.data, detection, review, state.threshold)

    def _show_data(self, state: AppState) -> None:
        if not isinstance(state.drawing, GalleryPicture) or not isinstance(state.data, CutoutSet):
            return
        data, self._picture = state.data, state.drawing
        self._title.setText(data.source.object_name)
        self._title.setToolTip(data.source.object_name)
        _, ny, nx = data.images.shape
        unit = f"  ·  {data.unit}" if data.unit else ""
        self._meta.setText(f"{counted(len(data), 'stamp')}  ·  {nx} × {ny} pixels{unit}")
        self._take_table(state)
        assert self._table is not None
        self.review_bar.show_group(EVERYTHING)
        self._fill(self._table)
        self._show_look()
        self._show_kept()
        self._show_stamp(state.selection.row)

    def _fill(self, table: StampTable) -> None:
        """The columns, keeping what was chosen where it is still there."""
        for box in (self._sort, self._caption):
            before = box.currentText()
            box.clear()
            box.addItems(table.names)
            box.setCurrentText(before if before in table.names else BY_ID)
        self.grid.set_caption(self._caption.currentText())

    def _show_look(self) -> None:
        picture = self._picture
        common = self._common.currentText() == COMMON
        missing = self._appearance.theme.missing
        self.grid.thumbnails.show_look(picture, self.look_bar.choice, missing, common=common)
        self.grid.viewport().update()
        self._show_stamp(self._session.state.selection.row)

    def _show_kept(self) -> None:
        table, state = self._table, self._session.state
        if self._picture is None or table is None:
            return
        data = table.data
        found = kept(table, self._filter.text())
        page, like = table.review.page, table.review.like
        reasons: dict[int, str] = {}
        if page is not None:
            places = np.array([one.place for one in page.suggestions], np.int64)
            reasons = {one.place: short_reason(one) for one in page.suggestions}
        else:
            shown = self._in_group(table, found.places)
            by, falling = (
                (LIKENESS, True) if like is not None else (self._sort.currentText(), self._falling.isChecked())
            )
            places = ordered(table, shown, by, falling=falling)
        self.grid.show_stamps(table, places, state.selection.row, reasons)
        self._show_count(table, len(places), found.problem)
        self._show_chips(table, state)
        self._notes.setText(" ".join(data.source.notes))
        self._notes.setToolTip("\n".join(data.source.notes))

    def _in_group(self, table: StampTable, places: Ints) -> Ints:
        """Of the chosen group, and of those that somebody chose on the map."""
        group, chosen = self.review_bar.group.currentText(), self._session.state.chosen
        if len(chosen):
            places = places[np.isin(places, chosen)]
        if group == EVERYTHING:
            return places
        return places[table.artefacts[places] == (group == ARTEFACTS)]

    def _show_count(self, table: StampTable, n: int, problem: str) -> None:
        of = len(table)
        text = counted(n, "stamp") if n == of else f"{n:,} of {counted(of, 'stamp')}"
        apart = int(table.artefacts.sum()) if self.review_bar.group.currentText() == OBJECTS else 0
        self._shown.setText(f"{text}, {counted(apart, 'artefact')} apart" if apart else text)
        self._problem.setText(problem or ("" if n else "No stamp fulfils the filter."))
        self._problem.setVisible(bool(self._problem.text()))

    def _show_chips(self, table: StampTable, state: AppState) -> None:
        page, like = table.review.page, table.review.like
        self.review_bar.show_chips(
            page=f"Page {page.number}: {counted(len(page.suggestions), 'stamp')} to label" if page else "",
            like=f"Like {table.ids[like.place]}" if like is not None else "",
            chosen=f"{counted(len(state.chosen), 'stamp')} chosen on the map" if len(state.chosen) else "",
        )
        self.review_bar.show_can(stamp=bool(len(table)), detected=table.found is not None)

    def _show_heat(self, state: AppState) -> None:
        """The map of the stamp that is looked at, where one is wanted and known."""
        heat, detected = state.heat, state.detection is not None
        with QSignalBlocker(self.heat):
            self.heat.setChecked(heat.on)
        self.heat.setEnabled(detected)
        self.heat.setToolTip(heat.why_not or "Show which pixels of the stamp do not belong")
        of_this = detected and heat.on and heat.place == state.selection.row
        self._heat.opacity = heat.opacity / 100
        self._heat.set_heat(heat.values if of_this else None, None)
        self.stamp.view.update()

    def _show_stamp(self, place: int | None) -> None:
        picture = self._picture
        if picture is None or place is None or place >= len(picture.data):
            self.stamp.show_picture(None, self.stamp.view.look)
            self.stamp.title.setText("Click a stamp to see it large")
            self.table.setRowCount(0)
        else:
            data = picture.data
            self.grid.choose(place)
            look = self.grid.thumbnails.look_of(place)
            self.stamp.show_picture(image_picture(data.images[place], unit=data.unit), look)
            self.stamp.title.setText(data.ids[place])
            self.look_bar.show_cuts(look.cuts)
            if self._table is not None:
                self._show_row(self._table, place)
        self._show_heat(self._session.state)
        self.stamp.title.show()

    def _show_row(self, table: StampTable, place: int) -> None:
        rows = [
            (name, text)
            for name in table.names
            if name != BY_ID and ((text := table.text(name, place)) or _given(name, table))
        ]
        page = table.review.page
        why = next((one for one in page.suggestions if one.place == place), None) if page is not None else None
        if why is not None:
            rows.insert(0, ("suggested", reason(why, table.ids)))
        ra, dec = float(table.ra_deg[place]), float(table.dec_deg[place])
        if ra == ra and dec == dec:
            rows += [("RA", f"{ra:.5f}°"), ("Dec", f"{dec:+.5f}°".replace("-", "−"))]
        if not rows:
            rows = [("Catalogue", "none beside the stamps")]
        self.table.setRowCount(len(rows))
        for row, (name, text) in enumerate(rows):
            for column, said in enumerate((name, text or "not known")):
                item = QTableWidgetItem(said)
                item.setToolTip(said)
                self.table.setItem(row, column, item)

    # Following the choosers

    def _on_chosen(self, _choice: LookChoice) -> None:
        self._show_look()

    def _on_contrasted(self, contrast: float, bias: float) -> None:
        self.look_bar.set_contrast(contrast, bias)

    def _on_caption(self) -> None:
        self.grid.set_caption(self._caption.currentText())

    def _on_chosen_ended(self) -> None:
        self._session.closer.look_closer(())

    def _on_typed(self) -> None:
        self._typed.start()

    def _on_notches(self, notches: int) -> None:
        self._size.setValue(self._size.value() + notches * _STEP_PX)

    def _on_copy(self) -> None:
        n = self.grid.copy_ids()
        self._problem.setText("")
        self._shown.setText(f"{counted(n, 'id')} copied")

    def _on_enlarged(self) -> None:
        self._large = not self._large
        with QSignalBlocker(self._split):
            self._split.setSizes(list(_LARGE_PX if self._large else _SIDE_PX))
        self.grid.scrollTo(self.grid.currentIndex())

    def _on_hovered(self, x: float, y: float) -> None:
        picture = self.stamp.view.picture
        self.hovered.emit("" if picture is None else stamp_readout(picture, x, y))

    def _on_theme(self, theme: Theme) -> None:
        self.grid.set_theme(theme)
        self.stamp.set_theme(theme)
        self.review_bar.set_theme(theme)
        self._show_look()


def _given(name: str, table: StampTable) -> bool:
    """Whether the catalogue has the column: what it does not know is said."""
    return name.removeprefix("catalogue ") in (*table.data.columns, *table.data.labels)
