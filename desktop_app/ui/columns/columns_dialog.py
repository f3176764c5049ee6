"""The dialog in which the columns of a table are told apart: what each is, its first rows, and the curve it makes."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.io.tables.column_choice import ColumnChoice
from desktop_app.ui.columns.column_verbs import Drawn, TableLook
from desktop_app.ui.columns.columns_view import ChosenPlot, rows_table
from desktop_app.ui.named import named
from desktop_app.ui.session import Session
from desktop_app.ui.theme import Appearance, Theme

_NONE = "none"
_AS_FILE = "as the file says"
_UNITS = ((_AS_FILE, ""), ("days", "d"), ("hours", "h"), ("minutes", "min"), ("seconds", "s"))
_ZEROS = (
    (_AS_FILE, ""),
    ("BTJD, BJD − 2457000", "BTJD"),
    ("BKJD, BJD − 2454833", "BKJD"),
    ("BJD, barycentric", "BJD"),
    ("HJD, heliocentric", "HJD"),
    ("MJD, JD − 2400000.5", "MJD"),
    ("JD, Julian date", "JD"),
)
_FORM_PX = 340


class ColumnsDialog(QDialog):
    """Time, flux, error and quality, the unit of time and what it counts from."""

    def __init__(self, session: Session, appearance: Appearance, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "columns", label="Choose columns")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Choose columns of {path.name}")
        self.resize(980, 680)
        self._session, self._path, self._appearance = session, path, appearance
        self._look = TableLook()
        self._drawing = self._again = self._closed = False
        self._make_boxes()
        self.plot = ChosenPlot(appearance.theme, self)
        self.said = named(QLabel("Reading the table…", self, wordWrap=True), "columns-said", role="muted")
        self.rows = rows_table(self)
        self._make_buttons()
        self._lay_out()
        appearance.changed.connect(self._on_theme)
        self.finished.connect(self._on_finished)
        session.columns.read_table(path, None, self._on_table)

    @property
    def choice(self) -> ColumnChoice:
        """What the boxes say."""
        time, flux, error, quality, unit = (str(box.currentData() or "") for box in self._boxes[:5])
        return ColumnChoice(time, flux, error, quality, unit, self._zero(), self._table_chosen())

    def accept(self) -> None:
        """Open the file by the choice, and remember it."""
        if self.open_button.isEnabled():
            self._session.columns.choose(self._path, self.choice)
            super().accept()

    # Building

    def _make_boxes(self) -> None:
        self.table = named(QComboBox(self), "columns-table", label="Table", tip="Which table of the file")
        self.time = named(QComboBox(self), "columns-time", label="Time", tip="The column of time")
        self.flux = named(QComboBox(self), "columns-flux", label="Flux", tip="The column of flux or magnitude")
        self.error = named(QComboBox(self), "columns-error", label="Error", tip="The column of the flux's error")
        self.quality = named(QComboBox(self), "columns-quality", label="Quality", tip="The column of QUALITY bits")
        self.unit = named(QComboBox(self), "columns-unit", label="Unit of time", tip="What the times are counted in")
        self.zero = named(
            QComboBox(self),
            "columns-zero",
            label="Time counts from",
            tip="The zero of the times; a Julian date can be typed",
        )
        self._typed = QLineEdit(self.zero)
        self.zero.setLineEdit(self._typed)
        self.zero.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._boxes = (self.time, self.flux, self.error, self.quality, self.unit, self.zero)
        for box, items in ((self.unit, _UNITS), (self.zero, _ZEROS)):
            for text, value in items:
                box.addItem(text, value)
        for box in self._boxes:
            box.setEnabled(False)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(16)

    def _make_buttons(self) -> None:
        kinds = QDialogButtonBox.StandardButton
        self.buttons = named(QDialogButtonBox(kinds.Ok | kinds.Cancel | kinds.Reset, self), "columns-buttons")
        self.open_button, self.forget_button = self.buttons.button(kinds.Ok), self.buttons.button(kinds.Reset)
        named(self.open_button, "columns-open", tip="Open the file so, and all tables laid out alike", role="primary")
        named(self.forget_button, "columns-forget", tip="Tell the columns by their names again")
        # A style's own icons are in colours of its own.
        for button in self.buttons.buttons():
            button.setIcon(QIcon())
        self.open_button.style().polish(self.open_button)
        self.open_button.setText("Open")
        self.forget_button.setText("Forget")
        self.open_button.setEnabled(False)
        self.forget_button.setEnabled(False)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.forget_button.clicked.connect(self._on_forget)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(8)
        for box in (self.table, *self._boxes):
            form.addRow(box.accessibleName(), box)
        form.setRowVisible(self.table, False)
        self._form = form
        left = QWidget(self)
        left.setLayout(form)
        left.setFixedWidth(_FORM_PX)
        right = QVBoxLayout()
        right.addWidget(self.plot, 1)
        right.addWidget(self.said)
        above = QHBoxLayout()
        above.setSpacing(12)
        above.addWidget(left, 0, Qt.AlignmentFlag.AlignTop)
        above.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(above, 1)
        layout.addWidget(named(QLabel("First rows", self), role="muted"))
        layout.addWidget(self.rows)
        layout.addWidget(self.buttons)

    # Following the table

    def _on_table(self, look: TableLook) -> None:
        if self._closed:
            return
        first = self._look.table is None
        self._look = look
        if look.table is None:
            self._tell(look.problem, wrong=True)
            return
        self._fill_boxes(look)
        self._fill_rows(look)
        self.forget_button.setEnabled(look.kept)
        if first:
            self._fill_tables(look.table.tables, look.table.name)
            self._connect_boxes()
            self.time.setFocus()
        self._on_chosen()

    def _fill_tables(self, names: tuple[str, ...], shown: str) -> None:
        self.table.addItems(list(names))
        self.table.setCurrentText(shown)
        self.table.currentTextChanged.connect(self._on_table_chosen)
        self._form.setRowVisible(self.table, len(names) > 1)

    def _connect_boxes(self) -> None:
        for box in self._boxes[:5]:
            box.currentIndexChanged.connect(self._on_chosen)
        self.zero.editTextChanged.connect(self._on_chosen)

    def _table_chosen(self) -> str:
        """The table, where it is not the first: for the first nothing need be said."""
        return self.table.currentText() if self.table.currentIndex() > 0 else ""

    def _on_table_chosen(self, name: str) -> None:
        self.open_button.setEnabled(False)
        self._tell("Reading the table…")
        self._session.columns.read_table(self._path, name, self._on_table)

    def _fill_boxes(self, look: TableLook) -> None:
        """Every column that can be what it is chosen for; nothing is drawn meanwhile."""
        for box in self._boxes:
            box.blockSignals(True)
        self._fill_blocked(look)
        for box in self._boxes:
            box.blockSignals(False)

    def _fill_blocked(self, look: TableLook) -> None:
        table, choice = look.table, look.choice
        if table is None:
            return
        numbers = [column for column in table.columns.every if column in table.named.numbers]
        times = [column for column in table.columns.every if column in numbers or column in table.columns.dates]
        for box, columns, optional, wanted in (
            (self.time, times, False, choice.time),
            (self.flux, numbers, False, choice.flux),
            (self.error, numbers, True, choice.flux_err),
            (self.quality, numbers, True, choice.quality),
        ):
            box.clear()
            if optional:
                box.addItem(_NONE, "")
            for column in columns:
                box.addItem(f"{column.name} [{column.unit}]" if column.unit else column.name, column.name)
            box.setCurrentIndex(max(box.findData(wanted), 0 if optional else -1))
            box.setEnabled(True)
        self.unit.setCurrentIndex(max(self.unit.findData(choice.time_unit), 0))
        at = self.zero.findData(choice.zero)
        self.zero.setCurrentIndex(max(at, 0))
        if at < 0:
            self.zero.setEditText(choice.zero)
        self.unit.setEnabled(True)
        self.zero.setEnabled(True)

    def _fill_rows(self, look: TableLook) -> None:
        rows, names = look.preview.rows, look.preview.names
        self.rows.setColumnCount(len(names))
        self.rows.setRowCount(len(rows))
        for row, fields in enumerate(rows):
            for place, field in enumerate(fields):
                self.rows.setItem(row, place, QTableWidgetItem(field))
        self._mark_columns()
        self.rows.resizeColumnsToContents()

    def _mark_columns(self) -> None:
        """What each column was chosen for: in words above its rows, which are shaded."""
        choice, preview = self.choice, self._look.preview
        roles = {choice.quality: "quality", choice.flux_err: "error", choice.flux: "flux", choice.time: "time"}
        theme = self._appearance.theme
        for place, (name, unit) in enumerate(zip(preview.names, preview.units, strict=True)):
            role = roles.get(name, "")
            self.rows.setHorizontalHeaderItem(
                place, QTableWidgetItem(f"{name} [{unit}]\n{role}" if unit else f"{name}\n{role}")
            )
            for item in filter(None, (self.rows.item(row, place) for row in range(self.rows.rowCount()))):
                item.setBackground(QColor(theme.raised if role else theme.panel))

    # Following the boxes

    def _zero(self) -> str:
        text = self.zero.currentText().strip()
        at = self.zero.findText(text)
        return str(self.zero.itemData(at)) if at >= 0 else text

    def _on_chosen(self) -> None:
        table = self._look.table
        if table is None:
            return
        self._mark_columns()
        if self.zero.findText(self.zero.currentText()) >= 0:
            self._typed.setCursorPosition(0)
        self.open_button.setEnabled(False)
        choice = self.choice
        if not (choice.time and choice.flux):
            self.plot.show_drawn(None)
            missing = " and a ".join(
                name for name, value in (("time", choice.time), ("flux", choice.flux)) if not value
            )
            self._tell(f"Choose a {missing}.")
            return
        self._again = self._drawing
        if not self._drawing:
            self._drawing = True
            self._session.columns.draw(table, choice, self._on_drawn)

    def _on_drawn(self, drawn: Drawn) -> None:
        if self._closed:
            return
        self._drawing = False
        if self._again:
            self._on_chosen()
            return
        if drawn.choice != self.choice:
            return
        self.plot.show_drawn(drawn)
        self._tell(drawn.problem or drawn.said, wrong=bool(drawn.problem))
        self.open_button.setEnabled(not drawn.problem)

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        self.said.setProperty("role", "error" if wrong else "muted")
        self.said.style().unpolish(self.said)
        self.said.style().polish(self.said)
        self.said.setText(text)

    def _on_forget(self) -> None:
        table = self._look.table
        if table is not None:
            self._session.columns.forget(self._path, table.shape)
            self.reject()

    def _on_theme(self, theme: Theme) -> None:
        self.plot.set_theme(theme)
        self._mark_columns()

    def _on_finished(self) -> None:
        self._closed = True
        self._appearance.changed.disconnect(self._on_theme)
