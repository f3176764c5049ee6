"""What was found, on the images of a page: drawn, pointed at, clicked, brought into view."""

from html import escape
from math import isnan

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop_app.core.sky_image import SkyImage
from desktop_app.ui.images.found import NOTHING_FOUND, REACH_PX, Shown, found_of
from desktop_app.ui.images.found_bar import FoundBar
from desktop_app.ui.images.found_layer import FoundLayer
from desktop_app.ui.images.heat_layer import HeatLayer
from desktop_app.ui.images.image_row import ImageRow
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Theme, kind_of

_FILLED = 0.12
_LEAST_SIDE_PX = 12.0
_INNER = 0.06


class FoundOnImage(QObject):
    """Follows the state; the page asks it what is under the cursor."""

    def __init__(self, session: Session, row: ImageRow, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._row = session, row
        self.bar = FoundBar(theme, page)
        self.layer, self.heat = FoundLayer(), HeatLayer()
        row.set_layers((self.heat, self.layer))
        self.bar.shown_changed.connect(self._on_shown)
        self.bar.heat_toggled.connect(session.closer.show_heat)
        self.bar.opacity_changed.connect(session.closer.set_opacity)
        session.changed.connect(self._on_changed)
        self.bar.hide()

    # What the page asks

    def event_at(self, x: float, y: float) -> int | None:
        """The event that is drawn at a pixel."""
        reach = REACH_PX / self._row.view.aim.scale
        return None if isnan(x) else self.layer.found.at(x, y, reach, self.layer.shown)

    def said_at(self, x: float, y: float) -> str:
        """ "Strange 7.3 σ: elongated" of the event at a pixel; "" where there is none."""
        place = self.event_at(x, y)
        if place is None:
            return ""
        event = self._session.state.events[place]
        why = f": {event.reasons[0]}" if event.reasons else ""
        return f"{kind_of(event.kind).label} {event.score:.1f} σ{why}"

    def show_tip(self, x: float, y: float) -> None:
        """Let the tip tell of the event at a pixel."""
        place = self.event_at(x, y)
        tip = ""
        if place is not None:
            event = self._session.state.events[place]
            head = f"<b>{escape(kind_of(event.kind).label)}</b> {event.score:.1f} σ"
            tip = "<br>".join([head, *(escape(reason) for reason in event.reasons[:4])])
        for view in self._row.views:
            if view.toolTip() != tip:
                view.setToolTip(tip)

    def select_at(self, x: float, y: float) -> bool:
        """Select the event at a pixel; whether there is one."""
        place = self.event_at(x, y)
        if place is not None:
            self._session.select_event(place, centred=False)
        return place is not None

    def zoom_to_selected(self) -> None:
        """Show the selected event closely, or the object looked at."""
        found, place = self.layer.found, self.layer.selected
        if place is not None and place < len(found):
            left, right, bottom, top = (float(edge) for edge in found.boxes[place])
        elif self.layer.here is not None:
            (left, bottom), (right, top) = self.layer.here, self.layer.here
        else:
            return
        more = max((_LEAST_SIDE_PX - max(right - left, top - bottom)) / 2, 0.0)
        self._row.view.show_box(left - more, right + more, bottom - more, top + more, 2.5 * _FILLED)

    def set_theme(self, theme: Theme) -> None:
        """Take other colours."""
        self.bar.set_theme(theme)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if not isinstance(new.data, SkyImage):
            return
        if new.events is not old.events or new.detection is not old.detection or new.data is not old.data:
            self._show_found(new)
            self._show_heat(new)
            self._show_selection(new)
        elif new.selection is not old.selection:
            self._show_selection(new)
        if new.heat is not old.heat:
            self._show_heat(new)

    def _show_found(self, state: AppState) -> None:
        detection = state.detection
        known = detection is not None and detection.scores.objects is not None
        found = found_of(detection, state.events) if detection is not None and known else NOTHING_FOUND
        self.layer.found = found
        self.bar.setVisible(known)
        self.bar.show_found(found)
        self.layer.shown = self.bar.shown
        self._row.repaint_layers()

    def _show_selection(self, state: AppState) -> None:
        selection, detection = state.selection, state.detection
        self.layer.selected, self.layer.here = selection.event, None
        if selection.event is None and selection.row is not None and detection is not None:
            objects = detection.scores.objects
            if objects is not None and selection.row < len(objects):
                self.layer.here = (float(objects.x[selection.row]), float(objects.y[selection.row]))
        if selection.event is not None and selection.event < len(self.layer.found) and selection.centred:
            found, place = self.layer.found, selection.event
            self._bring(float(found.x[place]), float(found.y[place]))
        elif self.layer.here is not None:
            self._bring(*self.layer.here)
        self._row.repaint_layers()

    def _bring(self, x: float, y: float) -> None:
        """Move there where it is not well in view; the zoom stays."""
        view = self._row.view
        at, dx, dy = view.place_of(x, y), _INNER * view.width(), _INNER * view.height()
        if not view.rect().adjusted(round(dx), round(dy), -round(dx), -round(dy)).contains(at.toPoint()):
            view.centre_on(x, y)

    def _show_heat(self, state: AppState) -> None:
        heat, detection = state.heat, state.detection
        mine = detection is not None and heat.of is detection.scores
        values = heat.values if heat.on and mine else None
        middle = None
        if values is not None and detection is not None and heat.place is not None:
            objects, picture = detection.objects, self._row.view.picture
            if picture is not None and values.shape != picture.shape:
                middle = (float(objects.x[heat.place]), float(objects.y[heat.place]))
        self.heat.opacity = heat.opacity / 100
        self.heat.set_heat(values, middle)
        self.bar.show_heat(heat)
        self._row.repaint_layers()

    def _on_shown(self, shown: Shown) -> None:
        self.layer.shown = shown
        self._row.repaint_layers()
