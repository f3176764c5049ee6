"""The header panel: what the file shown is made of, card by card and column by column, and what that comes to."""

from collections.abc import Callable, Sequence
from html import escape

from PySide6.QtCore import QAbstractTableModel, QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QBrush, QColor, QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedWidget,
    QTableView,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktop_app.engine.inside import Inside
from desktop_app.io.inside.anatomy import Anatomy, HeaderCard, Section
from desktop_app.ui.files.header_model import (
    COMMENT,
    HDU,
    KEYWORD,
    UNIT,
    VALUE,
    CardModel,
    ColumnModel,
    as_card,
    as_text,
)
from desktop_app.ui.named import named
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, Theme, tabular
from desktop_app.ui.words import counted

_PROBLEMS = 4
_COPY = QKeySequence.StandardKey.Copy
_EMPTY = "Open a file to see what it is made of."
_READING = "Looking into the file…"
_MARKS = {"good": "✓ good", "bad": "✗ bad checksum", "not checked": "? not checked", "none": ""}


class HeaderPanel(QWidget):
    """On the left the sections of the file, the first of them what all comes to; on the right what is in one."""

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "header")
        self._session, self._theme = session, appearance.theme
        self._inside: Inside | None = None
        self._seen = self._follows_dock = False
        self.cards, self.columns = CardModel(self), ColumnModel(self)
        self.search_box = named(
            QLineEdit(self, placeholderText="Search all cards…"), "header-search", label="Search all cards"
        )
        self.search_box.setClearButtonEnabled(True)
        self.sections = named(QListWidget(self), "header-sections", label="Sections of the file")
        self.sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.about = named(QTextBrowser(self), "header-about", label="About the file")
        self.about.setFont(tabular(self.about.font()))
        self.card_table = _table(self.cards, "header-cards", "Cards")
        self.column_table = _table(self.columns, "header-columns", "Columns")
        self.tabs = named(QTabWidget(self), "header-tabs")
        self.tabs.setDocumentMode(True)
        self._lay_out()
        self._add_actions()
        self.search_box.textChanged.connect(self._on_search)
        self.search_box.installEventFilter(self)
        self.sections.currentRowChanged.connect(self._on_section)
        appearance.changed.connect(self._on_theme)
        session.changed.connect(self._on_changed)
        self._show(session.state)

    def showEvent(self, event: QShowEvent) -> None:
        """The file is looked into once somebody wants to see it: a dock behind others counts as shown for Qt."""
        super().showEvent(event)
        dock = self.parentWidget()
        if isinstance(dock, QDockWidget) and not self._follows_dock:
            self._follows_dock = True
            dock.visibilityChanged.connect(self._on_seen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down leads from the search to what was found."""
        pressed = event.key() if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if pressed == Qt.Key.Key_Down and self.cards.searching and self.cards.rowCount():
            self.card_table.setFocus()
            self.card_table.selectRow(0)
            return True
        return super().eventFilter(watched, event)

    def focus_search(self) -> None:
        """Put the cursor into the search box."""
        self.search_box.setFocus()
        self.search_box.selectAll()

    # Building

    def _lay_out(self) -> None:
        self.tabs.addTab(self.card_table, "Cards")
        self.tabs.addTab(self.column_table, "Columns")
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.about)
        self._pages.addWidget(self.tabs)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.search_box)
        column.addWidget(self.sections, 1)
        split = QSplitter(Qt.Orientation.Horizontal, self, childrenCollapsible=False)
        split.addWidget(left)
        split.addWidget(self._pages)
        split.setStretchFactor(1, 1)
        split.setSizes([230, 570])
        self.message = QLabel(_EMPTY, self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(named(self.message, "header-empty", role="muted"))
        self._stack.addWidget(split)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(self._stack)
        letter = self.fontMetrics().horizontalAdvance("0")
        for table, widths in ((self.card_table, (10, 20, 5, 30, 12)), (self.column_table, (14, 12, 6, 10, 10, 10))):
            for place, letters in enumerate(widths):
                table.setColumnWidth(place, letters * letter)
        self.card_table.horizontalHeader().setSectionResizeMode(COMMENT, QHeaderView.ResizeMode.Stretch)
        self.card_table.setColumnHidden(HDU, True)

    def _add_actions(self) -> None:
        for name, text, keys, slot in (
            ("header-copy", "Copy as text", QKeySequence(QKeySequence.StandardKey.Copy), self._on_copy),
            ("header-copy-cards", "Copy as FITS cards", QKeySequence("Ctrl+Alt+C"), self._on_copy_cards),
        ):
            action = QAction(text, self.card_table)
            action.setObjectName(name)
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            self.card_table.addAction(action)
        self.card_table.copied.connect(self._on_copy)
        self.card_table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.data is not old.data or new.inside is not old.inside:
            self._show(new)
            if self._seen:
                self._session.inside.look()

    def _show(self, state: AppState) -> None:
        inside = state.inside
        self.message.setText(_EMPTY if state.data is None else _READING)
        # What was shown stays until the next is there, so that nothing flickers from file to file.
        if inside is None and state.data is not None and self._inside is not None:
            self._stack.setCurrentIndex(1 if state.data.source.path == self._inside.path else 0)
            return
        self._stack.setCurrentIndex(0 if inside is None else 1)
        same = inside is not None and self._inside is not None and inside.path == self._inside.path
        row = self.sections.currentRow() if same else 0
        self._inside = inside
        self._fill(inside, max(0, row))

    def _fill(self, inside: Inside | None, row: int) -> None:
        sections = inside.sections if inside else ()
        with QSignalBlocker(self.sections):
            self.sections.clear()
            self.sections.addItem("About this file")
            for section in sections:
                self.sections.addItem(self._item(section))
            self.sections.setCurrentRow(min(row, len(sections)))
        self.cards.show_sections(sections)
        self.about.setHtml(_as_html(inside, self._theme) if inside else "")
        self._on_section(self.sections.currentRow())

    def _item(self, section: Section) -> QListWidgetItem:
        what = ", ".join(part for part in (section.kind, section.told) if part)
        name = "  ".join(filter(None, (section.name, _MARKS[section.checksum])))
        item = QListWidgetItem("\n".join(filter(None, (name, what))))
        item.setToolTip("\n".join(filter(None, (name, what, section.why))))
        if section.checksum == "bad" or section.kind == "broken":
            item.setForeground(QBrush(QColor(self._theme.error)))
        return item

    def _on_seen(self, seen: bool) -> None:
        self._seen = seen
        if seen:
            self._session.inside.look()

    # What a person does

    def _on_section(self, row: int) -> None:
        self.cards.show_section(max(0, row - 1))
        self._show_page(row)

    def _on_search(self, text: str) -> None:
        self.cards.search(text)
        if self.cards.searching:
            self.tabs.setCurrentIndex(0)
        self._show_page(self.sections.currentRow())

    def _show_page(self, row: int) -> None:
        sections = self._inside.sections if self._inside else ()
        searching = self.cards.searching
        self._pages.setCurrentIndex(1 if searching or row > 0 else 0)
        self.card_table.setColumnHidden(HDU, not searching)
        section = sections[row - 1] if 0 < row <= len(sections) else None
        self.columns.show_columns(section.columns if section else ())
        count = self.cards.rowCount()
        found = f"{counted(count, 'card')} found" if searching else f"Cards ({count:,})"
        self.tabs.setTabText(0, found)
        self.tabs.setTabText(1, f"Columns ({self.columns.rowCount():,})")
        self.tabs.setTabVisible(1, self.columns.rowCount() > 0 and not searching)

    def _on_copy(self) -> None:
        self._copy(as_text)

    def _on_copy_cards(self) -> None:
        self._copy(as_card)

    def _copy(self, written: Callable[[HeaderCard], str]) -> None:
        rows = sorted(index.row() for index in self.card_table.selectionModel().selectedRows())
        if rows:
            QGuiApplication.clipboard().setText("\n".join(written(self.cards.card(row)) for row in rows))

    def _on_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._fill(self._inside, max(0, self.sections.currentRow()))


class _Table(QTableView):
    """A table of rows; the keys to copy are its own while it has the focus, not the window's."""

    copied = Signal()

    def event(self, event: QEvent) -> bool:
        """Claim the keys before an action of the window gets them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.matches(_COPY):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy whole rows, not one cell as any table does."""
        if event.matches(_COPY):
            self.copied.emit()
            event.accept()
            return
        super().keyPressEvent(event)


def _table(model: QAbstractTableModel, name: str, label: str) -> _Table:
    table = named(_Table(), name, label=label)
    table.setModel(model)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
    table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
    table.setFont(tabular(table.font()))
    rows = table.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(table.fontMetrics().height() + 6)
    table.horizontalHeader().setHighlightSections(False)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table


def _as_html(inside: Inside, theme: Theme) -> str:
    """The facts as a table with headings, and what is wrong with the file on top."""
    problems = _problems(inside.anatomy, theme) if inside.anatomy else ""
    file = _row("File", _file(inside.anatomy), theme) if inside.anatomy else ""
    unheaded = [fact for group in inside.groups if not group.heading for fact in group.facts]
    tables = [problems, _in_table("".join(_row(fact.label, fact.text, theme) for fact in unheaded) + file)]
    for group in inside.groups:
        if group.heading:
            tables.append(_heading(group.heading))
            tables.append(_in_table("".join(_row(fact.label, fact.text, theme) for fact in group.facts)))
    return "".join(tables)


def _in_table(rows: str) -> str:
    return f'<table cellspacing="0" cellpadding="1">{rows}</table>' if rows else ""


def _problems(anatomy: Anatomy, theme: Theme) -> str:
    bad = [f"{section.name}: {section.why}." for section in anatomy.sections if section.why]
    wrong = [*anatomy.problems, *bad]
    if len(wrong) > _PROBLEMS:
        wrong[_PROBLEMS:] = [f"And {len(wrong) - _PROBLEMS:,} more."]
    told = [f'<span style="color: {theme.error}">{escape(text)}</span>' for text in wrong]
    told += [f'<span style="color: {theme.muted}">{escape(text)}</span>' for text in anatomy.notes]
    return f"<p>{'<br>'.join(told)}</p>" if told else ""


def _heading(text: str) -> str:
    return f'<p style="margin: 8px 0 2px 0"><b>{escape(text)}</b></p>'


def _row(label: str, text: str, theme: Theme) -> str:
    value = "<br>".join(escape(line) for line in text.split("\n"))
    if not label:
        return f'<tr><td colspan="2">{value}</td></tr>'
    return f'<tr><td style="color: {theme.muted}; padding-right: 12px">{escape(label)}</td><td>{value}</td></tr>'


def _file(anatomy: Anatomy) -> str:
    verdict = {"good": "all checksums good", "bad": "a checksum is bad", "not checked": "checksums not checked"}
    parts: Sequence[str] = (anatomy.form, _size(anatomy.size_bytes), verdict.get(anatomy.checksum, "no checksums"))
    return ", ".join(part for part in parts if part)


def _size(size_bytes: int) -> str:
    if not size_bytes:
        return ""
    return f"{size_bytes / 1e6:,.3g} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:,.3g} kB"


assert (KEYWORD, VALUE, UNIT) == (0, 1, 2)
