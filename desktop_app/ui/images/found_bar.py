"""The line of switches above a picture: which kinds of events are drawn, what else, and the heat map."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QSlider, QToolButton, QWidget

from desktop_app.core.detection import ARTEFACT_KINDS
from desktop_app.ui.flow import Flow
from desktop_app.ui.images.found import Found, Shown
from desktop_app.ui.images.heat_view import OPACITIES, HeatView
from desktop_app.ui.named import named
from desktop_app.ui.theme import Theme, kind_icon, kind_of
from desktop_app.ui.words import counted

_ICON_PX = 14
_SLIDER_PX = 72


class FoundBar(QWidget):
    """Switches by kind, artefacts together, other objects, heat.

    Signals
    -------
    shown_changed(Shown)
    heat_toggled(bool)
    opacity_changed(int)
        In per cent.
    """

    shown_changed = Signal(object)
    heat_toggled = Signal(bool)
    opacity_changed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "found-bar")
        self._theme = theme
        self._hidden: set[str] = set()
        self._kinds: dict[str, QToolButton] = {}
        self._flow = Flow(4, 4)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self.setLayout(self._flow)
        self.artefacts = self._switch("found-artefacts", "Artefacts", "Show what the instrument made (Shift+H)")
        self.artefacts.setChecked(True)
        self.others = self._switch("found-others", "Others", "Show the objects below the threshold as dots (O)")
        self.heat = self._switch("found-heat", "Heat map", "Colour the pixels that do not belong (Ctrl+H)")
        self.opacity = named(
            QSlider(Qt.Orientation.Horizontal, self), "found-opacity", label="Opacity", tip="How much the heat hides"
        )
        self.opacity.setRange(*OPACITIES)
        self.opacity.setFixedWidth(_SLIDER_PX)
        self.opacity.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for widget in (self.artefacts, self.others, self.heat, self.opacity):
            self._flow.add(widget)
        self.artefacts.toggled.connect(self._on_artefacts)
        self.others.toggled.connect(self._on_others)
        self.heat.toggled.connect(self.heat_toggled)
        self.opacity.valueChanged.connect(self.opacity_changed)

    @property
    def shown(self) -> Shown:
        """What is to be drawn."""
        return Shown(frozenset(self._hidden), self.others.isChecked())

    def show_found(self, found: Found) -> None:
        """A switch for each kind that there is, with how many there are."""
        counts = found.counts()
        if list(counts) != list(self._kinds):
            self._rebuild(list(counts))
        for name, n in counts.items():
            button = self._kinds[name]
            button.setText(f"{n:,}")
            button.setToolTip(f"{kind_of(name).label}: {counted(n, 'event')}. Click to show or hide them.")
        n = len(found.others_x)
        self.others.setText(f"Others ({n:,})" if n else "Others")
        self.artefacts.setVisible(any(name in ARTEFACT_KINDS for name in counts))
        self.updateGeometry()

    def show_heat(self, heat: HeatView) -> None:
        """Whether the map is on."""
        with QSignalBlocker(self.heat), QSignalBlocker(self.opacity):
            self.heat.setChecked(heat.on)
            self.opacity.setValue(heat.opacity)
        self.opacity.setVisible(heat.on)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self._theme = theme
        for name, button in self._kinds.items():
            button.setIcon(kind_icon(name, theme))

    def _rebuild(self, names: list[str]) -> None:
        for button in self._kinds.values():
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._kinds = {name: self._kind(name) for name in names}
        rest = (self.artefacts, self.others, self.heat, self.opacity)
        for widget in rest:
            self._flow.removeWidget(widget)
        sky = [button for name, button in self._kinds.items() if name not in ARTEFACT_KINDS]
        made = [button for name, button in self._kinds.items() if name in ARTEFACT_KINDS]
        for shown in (*sky, self.artefacts, *made, *rest[1:]):
            self._flow.add(shown)

    def _kind(self, name: str) -> QToolButton:
        button = self._switch(f"found-{name.replace(' ', '-')}", kind_of(name).label, "")
        button.setIcon(kind_icon(name, self._theme))
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setProperty("kind", name)
        button.setChecked(name not in self._hidden)
        button.toggled.connect(self._on_kind)
        button.show()
        return button

    def _switch(self, name: str, label: str, tip: str) -> QToolButton:
        button = named(QToolButton(self), name, label=label, tip=tip)
        button.setText(label)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _on_kind(self, on: bool) -> None:
        button = self.sender()
        if isinstance(button, QToolButton):
            name = str(button.property("kind"))
            self._hidden = self._hidden - {name} if on else self._hidden | {name}
            self.shown_changed.emit(self.shown)

    def _on_artefacts(self, on: bool) -> None:
        """All artefacts at once."""
        self._hidden = self._hidden - set(ARTEFACT_KINDS) if on else self._hidden | set(ARTEFACT_KINDS)
        for name, button in self._kinds.items():
            if name in ARTEFACT_KINDS:
                with QSignalBlocker(button):
                    button.setChecked(on)
        self.shown_changed.emit(self.shown)

    def _on_others(self, _on: bool) -> None:
        self.shown_changed.emit(self.shown)
