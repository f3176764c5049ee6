"""The image page: an image or a triplet, how it is shown, and what is under the cursor."""

from dataclasses import replace
from math import isfinite, isnan

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.cuts import Interval
from desktop_app.core.sky_image import SkyImage
from desktop_app.ui.elided import ElidedLabel
from desktop_app.ui.flow import Flow
from desktop_app.ui.images.compass import Compass
from desktop_app.ui.images.found_on_image import FoundOnImage
from desktop_app.ui.images.image_menu import ImageMenu
from desktop_app.ui.images.image_picture import ImageDrawing, ImagePicture
from desktop_app.ui.images.image_row import ImageRow
from desktop_app.ui.images.image_words import copied_text, place_named, readout
from desktop_app.ui.images.look_bar import MANUAL, LookBar, LookChoice
from desktop_app.ui.images.player import Player
from desktop_app.ui.images.sky_facts import SkyFacts
from desktop_app.ui.named import named
from desktop_app.ui.part_chooser import PartChooser
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.theme import Appearance, Theme, tabular

_GO_TO_PX = 150
_PART_PX = 150
_VISIBLE_SHARE = 99.5
NOWHERE = (float("nan"), float("nan"))
_ALIKE = 0.3


class ImagePage(QWidget):
    """The middle of the window for images.

    Signals
    -------
    hovered(str)
        What is under the cursor; the page says it itself, so always "".
    """

    hovered = Signal(str)

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "image")
        self._session = session
        self._data: SkyImage | None = None
        self._drawing = ImageDrawing(())
        self._held: Interval | None = None
        self._cursor = self._pinned = NOWHERE
        self.row = ImageRow(appearance.theme, self)
        self.look_bar = LookBar(self)
        self.found = FoundOnImage(session, self.row, appearance.theme, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header(appearance.theme))
        layout.addWidget(self.row, 1)
        layout.addWidget(self._footer())
        self._connect(appearance)
        self._show_data(session.state)

    # What the actions call

    def fit(self) -> None:
        """Show all of the image."""
        self.row.fit()

    def fit_values(self) -> None:
        """Cut at the values of the part in view."""
        cuts = self.row.view.cuts_in_view(_VISIBLE_SHARE)
        if cuts is not None:
            self.look_bar.choose(replace(self.look_bar.choice, cuts=MANUAL, manual=cuts))

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much about the middle."""
        self.row.view.zoom(1 / factor)

    def pan(self, share: float) -> None:
        """Move by ``share`` of the width."""
        self.row.view.pan(share, 0)

    def set_boxing(self, on: bool) -> None:
        """Whether a drag with the left button draws a box to zoom to."""
        self.row.set_boxing(on)

    def zoom_to_event(self) -> None:
        """Show the selected event closely."""
        self.found.zoom_to_selected()

    def toggle_artefacts(self) -> None:
        """Show or hide what the instrument made."""
        self.found.bar.artefacts.toggle()

    def toggle_others(self) -> None:
        """Show or hide the objects that are no events."""
        self.found.bar.others.toggle()

    def save_picture(self, path: str) -> bool:
        """Write the images as they are shown as a PNG file; whether that could be done."""
        for view in self.row.views:
            view.set_cross(None)
        return self.row.grab().save(path)

    def copy_position(self) -> None:
        """Put the place under the cursor, the one that was clicked or the middle on the clipboard."""
        x, y = self._place
        self._copy(*((x, y) if not isnan(x) else (self.row.view.aim.x, self.row.view.aim.y)))

    def focus_go_to(self) -> None:
        """Let the user type where to go."""
        self._go_to.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._go_to.selectAll()

    # Building

    def _header(self, theme: Theme) -> QWidget:
        bar = named(QFrame(self), "bar")
        self._title = named(ElidedLabel(bar), "image-title", role="title")
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._title.setMinimumWidth(60)
        self._meta = named(ElidedLabel(bar), "image-meta", role="muted")
        self._play = Player(self._session, theme, "image-play", bar)
        self._hold = self._switch(
            "image-hold", "Hold", "Keep the numbers of the cuts from part to part, where they suit"
        )
        self._hold.setChecked(True)
        self._go_to = named(
            QLineEdit(bar), "image-go-to", label="Go to", tip="Right ascension and declination, or a pixel (Ctrl+G)"
        )
        self._go_to.setPlaceholderText("RA Dec, or x y")
        self._go_to.setFixedWidth(_GO_TO_PX)
        first, second = Flow(), QHBoxLayout()
        first.add(self._title)
        first.add(self._meta, takes_rest=True)
        chooser = PartChooser(self._session, bar)
        chooser.box.setMaximumWidth(_PART_PX)
        for widget in (chooser, self._play, self._hold, self._go_to):
            first.add(widget)
        second.addWidget(self.look_bar)
        self._wcs = named(QComboBox(bar), "image-wcs", label="WCS", tip="Which WCS of the header gives the positions")
        self._wcs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._wcs.hide()
        second.addWidget(self._wcs)
        layout = QVBoxLayout(bar)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(6)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addWidget(self.found.bar)
        return bar

    def _switch(self, name: str, label: str, tip: str) -> QToolButton:
        button = named(QToolButton(self), name, label=label, tip=tip)
        button.setText(label)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _footer(self) -> QWidget:
        foot = named(QWidget(self), "image-foot")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.readout = named(ElidedLabel(foot), "image-readout")
        self.readout.setFont(tabular(self.readout.font()))
        tip = (
            "How large a pixel of the image is on the screen. "
            "Reduced: a pixel of the screen shows the mean of those it covers, or the one that stands out."
        )
        self._badge = named(QLabel(foot), "image-badge", tip=tip, role="badge")
        layout = QHBoxLayout(foot)
        layout.setContentsMargins(12, 2, 12, 6)
        layout.setSpacing(12)
        layout.addWidget(self.readout, 1)
        layout.addWidget(self._badge)
        return foot

    def _connect(self, appearance: Appearance) -> None:
        self.row.hovered.connect(self._on_hovered)
        self.row.clicked.connect(self._on_clicked)
        self.row.moved.connect(self._on_moved)
        self.row.contrasted.connect(self._on_contrasted)
        self.row.menu_asked.connect(self._on_menu_asked)
        self.look_bar.recut.connect(self._on_recut)
        self.look_bar.chosen.connect(self._on_chosen)
        self.look_bar.bad_shown.connect(self.row.set_shows_bad)
        self._hold.toggled.connect(self._on_hold)
        self._wcs.activated.connect(self._on_wcs)
        self._go_to.returnPressed.connect(self._on_go_to)
        appearance.changed.connect(self._on_theme)
        self._session.changed.connect(self._on_changed)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.data is not old.data:
            self._show_data(new)
        if new.sky is not old.sky:
            self._show_sky(new)
        if new.aimed is not old.aimed and new.aimed is not None:
            self._look_at(*new.aimed)

    def _show_data(self, state: AppState) -> None:
        drawing = state.drawing
        if not isinstance(state.data, SkyImage) or not isinstance(drawing, ImageDrawing):
            return
        before, was = self._drawing.pictures, self._data
        self._data, self._drawing = state.data, drawing
        same_file = was is not None and was.source.path == state.data.source.path
        if not same_file or was is None or was.pixels.shape != state.data.pixels.shape:
            self._pin(NOWHERE)
        if not (same_file and self._hold.isChecked() and before and _alike(self._held, before[0], drawing.pictures[0])):
            self._held = None
        source = state.data.source
        self._title.setText(source.object_name)
        self._title.setToolTip(source.object_name)
        self._meta.setText("  ·  ".join(drawing.facts))
        self._meta.setToolTip(self._meta.text())
        many = len(source.parts) > 1
        self._play.setVisible(many)
        self._hold.setVisible(many)
        self.look_bar.bad.setVisible(state.data.bad is not None)
        self._show_look(self.look_bar.choice)
        self._show_sky(state)

    def _show_look(self, choice: LookChoice) -> None:
        pictures = self._drawing.pictures
        if not pictures:
            return
        held = None if choice.cuts == MANUAL else self._held
        self.row.show_pictures(pictures, choice, held)
        self._held = self.row.look.cuts
        self.look_bar.show_cuts(self.row.look.cuts)
        self._on_moved()

    def _show_sky(self, state: AppState) -> None:
        sky = state.sky
        keys = sky.sky.keys if sky is not None and sky.sky is not None else ()
        self._wcs.setVisible(len(keys) > 1)
        if sky is not None and sky.sky is not None and len(keys) > 1:
            self._wcs.clear()
            for key in keys:
                self._wcs.addItem(f"WCS {key}" if key else "First WCS", key)
            self._wcs.setCurrentIndex(self._wcs.findData(sky.sky.key))
        known = sky is not None and not sky.problem
        self.row.set_compass(Compass(sky.north_deg, sky.east_deg, sky.scale_arcsec) if sky and known else None)
        self._say()

    @property
    def _sky(self) -> SkyFacts | None:
        return self._session.state.sky

    def _on_theme(self, theme: Theme) -> None:
        self.row.set_theme(theme)
        self._play.set_theme(theme)
        self.found.set_theme(theme)

    # Following the mouse

    def _on_hovered(self, x: float, y: float) -> None:
        self._cursor = (x, y)
        self.found.show_tip(x, y)
        self._say()

    def _on_clicked(self, x: float, y: float) -> None:
        """Select the event there, or keep the pixel in the read-out while the cursor is elsewhere."""
        if self.found.select_at(x, y):
            self._pin(NOWHERE)
        else:
            self._pin((x, y))

    def _pin(self, place: tuple[float, float]) -> None:
        self._pinned = place
        self.row.set_pin(None if isnan(place[0]) else place)
        self._say()

    def _say(self) -> None:
        data, place = self._data, self._place
        said = "" if data is None else readout(data, self._drawing.pictures, self._sky, *place)
        found = self.found.said_at(*place)
        self.readout.setText(f"{said}   {found}" if found else said)

    @property
    def _place(self) -> tuple[float, float]:
        """The pixel under the cursor, or else the one that was clicked."""
        return self._pinned if isnan(self._cursor[0]) else self._cursor

    def _on_moved(self) -> None:
        view = self.row.view
        if view.picture is None:
            return
        ny, nx = view.picture.shape
        ratio = view.aim.scale * view.devicePixelRatioF()
        said = [f"{nx:,} × {ny:,}", f"{100 * view.aim.scale:.3g} %{', reduced' if ratio < 1 else ''}"]
        look = view.look
        if (look.contrast, look.bias) != (1.0, 0.5):
            said.append(f"contrast {look.contrast:.2f}, bias {look.bias:.2f}")
        self._badge.setText("  ·  ".join(said))

    def _on_contrasted(self, contrast: float, bias: float) -> None:
        self.look_bar.set_contrast(contrast, bias)

    def _on_menu_asked(self, x: float, y: float, at: QPoint) -> None:
        self._menu_at = (x, y)
        menu = ImageMenu(self)
        menu.copied.connect(self._on_copy)
        menu.centred.connect(self._on_centre)
        menu.fitted.connect(self.fit)
        menu.enlarged.connect(self._on_whole)
        menu.recut.connect(self.fit_values)
        menu.contrast_reset.connect(self._on_reset_contrast)
        menu.popup(at)

    def _on_copy(self) -> None:
        self._copy(*self._menu_at)

    def _on_centre(self) -> None:
        self.row.view.centre_on(*self._menu_at)

    def _on_whole(self) -> None:
        view = self.row.view
        view.zoom(1 / (view.aim.scale * view.devicePixelRatioF()))

    def _on_reset_contrast(self) -> None:
        self._on_contrasted(1.0, 0.5)

    def _copy(self, x: float, y: float) -> None:
        text = copied_text(self._sky, x, y)
        QGuiApplication.clipboard().setText(text)
        self.readout.setText(f"Copied: {text}")

    # Following the choosers

    def _on_chosen(self, choice: LookChoice) -> None:
        self._show_look(choice)

    def _on_recut(self) -> None:
        """Cuts that were chosen, even if they are called as those before, are those of this image."""
        self._held = None

    def _on_wcs(self) -> None:
        self._session.set_wcs(str(self._wcs.currentData()))

    def _on_hold(self, on: bool) -> None:
        if not on:
            self._held = None
            self._show_look(self.look_bar.choice)

    def _on_go_to(self) -> None:
        if self._data is None:
            return
        place = place_named(self._go_to.text(), self._sky, self._drawing.pictures[0].shape)
        if isinstance(place, str):
            self._session.notify("info", place, "Write 13 29 52.7 +47 11 43, 202.4696 +47.1952, or a pixel: 120 85.")
            return
        self._look_at(*place)
        self.row.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_at(self, x: float, y: float) -> None:
        """Bring a pixel to the middle and mark it."""
        self.row.view.centre_on(x, y)
        self._pin((x, y))


def _alike(held: Interval | None, before: ImagePicture, now: ImagePicture) -> bool:
    """Whether cuts of the image before suit the one now: its size, its unit, and much the same values."""
    if held is None or before.shape != now.shape or before.unit != now.unit:
        return False
    own = now.cuts["99.5 %"]
    common = min(held[1], own[1]) - max(held[0], own[0])
    return isfinite(common) and common > _ALIKE * max(held[1] - held[0], own[1] - own[0])
