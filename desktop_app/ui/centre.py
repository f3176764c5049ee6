"""The middle of the window: one page a kind of data, made when the first data of its kind are shown."""

from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.core.data import Kind, kind_of
from desktop_app.ui.panels import page
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance

# Kinds that are not here are shown on the first page, the one with the light curve.
PAGES: dict[Kind, str] = {}


class Centre(QStackedWidget):
    """Shows the page for the kind of data that is open."""

    def __init__(self, curve: QWidget, session: Session, appearance: Appearance) -> None:
        super().__init__()
        self._session, self._appearance = session, appearance
        self._pages: dict[str, QWidget] = {}
        self._curve = curve
        self.addWidget(curve)
        session.changed.connect(self._on_changed)

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.data is not old.data:
            where = PAGES.get(kind_of(new.data)) if new.data is not None else None
            self.setCurrentWidget(self._page(where) if where else self._curve)

    def _page(self, where: str) -> QWidget:
        if where not in self._pages:
            self._pages[where] = page(where, self._session, self._appearance)
            self.addWidget(self._pages[where])
        return self._pages[where]
