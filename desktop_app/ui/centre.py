"""The middle of the window: one page a kind of data, made when the first data of its kind are shown."""

from typing import Protocol, runtime_checkable

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_app.core.data import Kind, kind_of
from desktop_app.ui.panels import page
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance

_LEAST_PX = 540

# Kinds that are not here are shown on the first page, the one with the light curve.
PAGES: dict[Kind, str] = {
    "cutouts": "desktop_app.ui.panels.gallery:GalleryPage",
    "image": "desktop_app.ui.panels.image:ImagePage",
    "telemetry": "desktop_app.ui.panels.telemetry:TelemetryPage",
}


@runtime_checkable
class Page(Protocol):
    """What a page answers to the actions of the window; each of them means the same on every page.

    Attributes
    ----------
    hovered : Signal(str)
        What is under the cursor, "" where there is nothing.
    """

    hovered: SignalInstance

    def fit(self) -> None:
        """Show everything."""

    def fit_values(self) -> None:
        """Show every value of what is in view."""

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much about the middle."""

    def pan(self, share: float) -> None:
        """Move by ``share`` of the width."""

    def set_boxing(self, on: bool) -> None:
        """Whether a drag with the left button draws a box to zoom to."""

    def save_picture(self, path: str) -> bool:
        """Write what is drawn as a PNG file; whether that could be done."""


@runtime_checkable
class HasPositions(Protocol):
    """A page with pixels, and perhaps the sky, below the cursor."""

    def copy_position(self) -> None:
        """Put the position at the cursor on the clipboard."""

    def focus_go_to(self) -> None:
        """Let the user type where to go."""


@runtime_checkable
class HasEvents(Protocol):
    """A page on which events are drawn."""

    def zoom_to_event(self) -> None:
        """Show the stretch about the selected event or row."""


@runtime_checkable
class HasObjects(Protocol):
    """A page on which objects of a picture are drawn, artefacts apart from the sky."""

    def toggle_artefacts(self) -> None:
        """Show or hide what the instrument made."""

    def toggle_others(self) -> None:
        """Show or hide the objects that are no events."""


@runtime_checkable
class HasVerdicts(Protocol):
    """A page on whose objects a person decides."""

    def decide(self, verdict: str) -> None:
        """Call what is selected so; "" takes a verdict back."""

    def comment(self) -> None:
        """Ask for a kind and a comment on what is selected."""

    def more_like(self) -> None:
        """Put everything in the order of its likeness to what is looked at."""


class Centre(QStackedWidget):
    """Shows the page for the kind of data that is open.

    Signals
    -------
    hovered(str)
        What is under the cursor, on whichever page.
    """

    hovered = Signal(str)

    def __init__(self, curve: QWidget, session: Session, appearance: Appearance) -> None:
        super().__init__()
        self._session, self._appearance = session, appearance
        self._pages: dict[str, QWidget] = {}
        # In a small window the docks give way, not what is looked at.
        self.setMinimumWidth(_LEAST_PX)
        self._curve = curve
        self._boxing = False
        self._add(curve)
        session.changed.connect(self._on_changed)

    @property
    def page(self) -> Page:
        """The page in view."""
        shown = self.currentWidget()
        assert isinstance(shown, Page)
        return shown

    def set_boxing(self, on: bool) -> None:
        """Whether a drag with the left button draws a box, on every page."""
        self._boxing = on
        for place in range(self.count()):
            made = self.widget(place)
            if isinstance(made, Page):
                made.set_boxing(on)

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.data is not old.data:
            where = PAGES.get(kind_of(new.data)) if new.data is not None else None
            self.setCurrentWidget(self._page(where) if where else self._curve)

    def _page(self, where: str) -> QWidget:
        if where not in self._pages:
            self._pages[where] = page(where, self._session, self._appearance)
            self._add(self._pages[where])
        return self._pages[where]

    def _add(self, made: QWidget) -> None:
        assert isinstance(made, Page), f"{made} does not answer to the actions of the window"
        self.addWidget(made)
        made.set_boxing(self._boxing)
        made.hovered.connect(self.hovered)
