"""The curve panel: the plots, what they show, and what is under the cursor."""

from math import isfinite, isnan

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.light_curve import LightCurve
from desktop_app.core.quality import PRESETS, quality_names
from desktop_app.core.stitch import piece_name
from desktop_app.core.timescales import TimeSystem, show_time
from desktop_app.ui.elided import ElidedLabel
from desktop_app.ui.flow import Flow
from desktop_app.ui.named import named
from desktop_app.ui.part_chooser import PartChooser
from desktop_app.ui.picture import nearest_hidden, nearest_row
from desktop_app.ui.plots import CurvePlots
from desktop_app.ui.session import Session
from desktop_app.ui.signals.signal_verbs import shown_signal
from desktop_app.ui.state import AppState, Selection
from desktop_app.ui.theme import Appearance, Theme, tabular
from desktop_app.ui.words import counted, duration, significant

_TICKS_PX = 8
_CHOOSER_PX = 76
_LABEL_PX = 60
_BESIDE_PX = 14
_REASONS_SHOWN = 3
_SYSTEM_NAMES = {TimeSystem.NATIVE: "native", TimeSystem.ISO: "ISO date"}


class CurvePanel(QWidget):
    """The middle of the window.

    Signals
    -------
    hovered(str)
        Time and flux under the cursor, "" where there is none.
    open_asked(), samples_asked()
        From the buttons of the empty window.
    """

    hovered = Signal(str)
    open_asked = Signal()
    samples_asked = Signal()

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "curve")
        self._session = session
        self.plots = CurvePlots(appearance.theme, self)
        self.plots.setAccessibleName("Light curve")
        self.plots.setAccessibleDescription("Flux and score against time. J and K go from event to event.")
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty())
        self._stack.addWidget(self.plots)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._header())
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._footer())
        self.plots.moved.connect(self._on_moved)
        self.plots.clicked.connect(self._on_clicked)
        self.plots.hovered.connect(self._on_hovered)
        self.plots.threshold_dragged.connect(session.set_threshold)
        self._flux.activated.connect(self._on_flux_chosen)
        self._preset.activated.connect(self._on_preset_chosen)
        self._system.activated.connect(self._on_system_chosen)
        appearance.changed.connect(self._on_theme)
        session.changed.connect(self._on_changed)
        self._show_data(session.state)

    # What the actions call

    def zoom_to_event(self) -> None:
        """Show the stretch about the selected event or cadence."""
        inspection = self._session.state.inspection
        if inspection is not None:
            self.plots.look_at(*inspection.window)

    def fit(self) -> None:
        """Show the whole curve."""
        self.plots.fit()

    def fit_values(self) -> None:
        """Show every value of the stretch in view."""
        self.plots.fit_values()

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much time about the middle."""
        self.plots.zoom(factor)

    def pan(self, share: float) -> None:
        """Move by ``share`` of the width."""
        self.plots.pan(share)

    def set_boxing(self, on: bool) -> None:
        """Whether a drag with the left button draws a box to zoom to."""
        self.plots.curve_box.boxing = on
        self.plots.score_box.boxing = on

    def save_picture(self, path: str) -> bool:
        """Write what the plots show as a PNG file; whether that could be done."""
        self._under.hide()
        return self.plots.grab().save(path)

    # Building

    def _header(self) -> QWidget:
        bar = named(QFrame(self), "bar")
        self._title = named(ElidedLabel(bar), "curve-title", role="title")
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._title.setMinimumWidth(_LABEL_PX)
        self._meta = named(ElidedLabel(bar), "curve-meta", role="muted")
        self._flux = self._chooser("curve-flux", "Flux", "The column that is looked at")
        self._preset = self._chooser("curve-preset", "Quality", "Which QUALITY bits hide a row: none to hardest")
        self._system = self._chooser("curve-system", "Time", "How times are shown")
        for preset in PRESETS:
            self._preset.addItem(preset, preset)
        layout = Flow()
        bar.setLayout(layout)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.add(self._title)
        layout.add(self._meta, takes_rest=True)
        layout.add(PartChooser(self._session, bar))
        for box in (self._flux, self._preset, self._system):
            layout.add_named(box)
        self._bar = bar
        return bar

    def _chooser(self, name: str, label: str, tip: str) -> QComboBox:
        box = named(QComboBox(self), name, label=label, tip=tip)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMinimumWidth(_CHOOSER_PX)
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return box

    def _footer(self) -> QWidget:
        foot = named(QWidget(self), "curve-foot")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._hidden = named(ElidedLabel(foot), "curve-hidden", role="muted")
        self._under = named(QLabel(self.plots), "curve-under-cursor", role="floating")
        self._under.setFont(tabular(self._under.font()))
        self._under.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._under.hide()
        tip = "How many samples one column of pixels stands for; every extreme one is drawn."
        self._badge = named(QLabel(foot), "curve-badge", tip=tip, role="badge")
        layout = QHBoxLayout(foot)
        layout.setContentsMargins(12, 2, 12, 6)
        layout.setSpacing(12)
        layout.addWidget(self._hidden, 1)
        layout.addWidget(self._badge)
        self._foot = foot
        return foot

    def _empty(self) -> QWidget:
        page = named(QWidget(self), "curve-empty")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = named(QLabel("Drop files or folders here", page), role="title")
        hint = named(
            QLabel("Light curves, target pixel files, FITS images, cut-outs or telemetry.", page), role="muted"
        )
        open_ = named(QPushButton("Open…", page), "empty-open", role="primary")
        open_.clicked.connect(self.open_asked)
        samples = named(QPushButton("Open the samples", page), "empty-samples")
        samples.clicked.connect(self.samples_asked)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(open_)
        buttons.addWidget(samples)
        buttons.addStretch()
        layout = QVBoxLayout(page)
        layout.setSpacing(8)
        layout.addStretch()
        for label in (title, hint):
            layout.addWidget(label, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(8)
        layout.addLayout(buttons)
        layout.addStretch()
        return page

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.curve is not old.curve:
            self._show_data(new)
            if new.curve is None or old.curve is None or new.curve.source is not old.curve.source:
                self.plots.fit()
            else:
                self.plots.fit_values()
        if new.scores is not old.scores:
            self.plots.show_scores(new.scores)
        if new.threshold != old.threshold:
            self.plots.show_threshold(new.threshold)
        if new.events is not old.events:
            self._show_events(new)
        if new.signal is not old.signal or new.detection is not old.detection:
            chosen = shown_signal(new)
            self.plots.dips.set_times(chosen.dips if chosen else np.zeros(0))
        if new.selection is not old.selection:
            self._show_selection(new)
        if new.system is not old.system:
            self._show_system(new)
        if new.preset != old.preset:
            self._preset.setCurrentText(new.preset)

    def _show_data(self, state: AppState) -> None:
        data = state.curve
        self._stack.setCurrentIndex(0 if data is None else 1)
        self._bar.setVisible(data is not None)
        self._foot.setVisible(data is not None)
        self.plots.show_picture(state.picture, upside_down=data is not None and data.in_magnitudes)
        self.plots.show_scores(state.scores)
        self.plots.show_threshold(state.threshold)
        self._preset.setCurrentText(state.preset)
        self._under.hide()
        if data is None or state.picture is None:
            return
        self._title.setText(data.source.object_name)
        self._title.setToolTip(data.source.object_name)
        facts = (data.source.mission, data.source.segment, _cadence(state.picture.cadence_d))
        self._meta.setText("  ·  ".join(fact for fact in facts if fact))
        self._meta.setToolTip(self._meta.text())
        self._fill_fluxes(data)
        self._fill_systems(state)
        self.plots.value_axis.setLabel(_flux_title(data))
        self._show_system(state)
        self._hidden.setText(_hidden(state.picture.hidden, state.picture.reasons))
        why = "\n".join(f"{name}: {n:,}" for name, n in state.picture.reasons)
        self._hidden.setToolTip(why or "Every row is looked at.")

    def _fill_fluxes(self, data: LightCurve) -> None:
        self._flux.clear()
        self._flux.addItems(list(data.flux_choices) or [data.flux_name])
        self._flux.setCurrentText(data.flux_name)
        self._flux.setEnabled(self._flux.count() > 1)

    def _fill_systems(self, state: AppState) -> None:
        self._system.clear()
        for system in state.curve.reference.systems() if state.curve else ():
            name = state.curve.reference.name if system is TimeSystem.NATIVE and state.curve else str(system)
            self._system.addItem(name if system is TimeSystem.NATIVE else _SYSTEM_NAMES.get(system, name), system)
        self._system.setEnabled(self._system.count() > 1)

    def _show_system(self, state: AppState) -> None:
        if state.curve is not None:
            self.plots.show_times(state.curve.reference, state.system)
            self._system.setCurrentIndex(max(0, self._system.findData(state.system)))

    def _show_events(self, state: AppState) -> None:
        if state.curve is None:
            return
        series = state.picture.flux if state.picture else None
        for item in (self.plots.events, self.plots.strip_events):
            item.set_events(state.events, state.curve.time, state.curve.flux, series)

    def _show_selection(self, state: AppState) -> None:
        selection, data = state.selection, state.curve
        for item in (self.plots.events, self.plots.strip_events):
            item.set_selected(selection.event)
        row = selection.row
        at = None if row is None or data is None else (float(data.time[row]), float(data.flux[row]))
        self.plots.cursor_ring.set_at(at)
        if selection.centred and at is not None and isfinite(at[0]) and state.picture and state.inspection:
            self._centre(state, selection, at[0])

    def _centre(self, state: AppState, selection: Selection, time: float) -> None:
        """Move to ``time``; the event is seen whole, in time and in flux."""
        picture, inspection = state.picture, state.inspection
        if picture is None or inspection is None:
            return
        start, stop = self.plots.time_range
        first, last = picture.time_range
        around = inspection.window[1] - inspection.window[0]
        too_far, too_near = stop - start >= 0.9 * (last - first), stop - start < around
        if selection.event is not None and (too_far or too_near):
            half = max(4 * around, 0.04 * (last - first)) / 2
            self.plots.look_at(time - half, time + half)
            return
        self.plots.centre_on(time)
        if not self.plots.shows_values(*inspection.window):
            self.plots.fit_values()

    def _on_theme(self, theme: Theme) -> None:
        self.plots.set_theme(theme)

    # Following the mouse

    def _on_moved(self) -> None:
        self._under.hide()  # it named what was under the cursor before the curve moved away from it
        picture = self._session.state.picture
        if picture is None:
            return
        start, stop = self.plots.time_range
        first, last = picture.flux.between(start, stop)
        columns = max(1, round(self.plots.curve_box.width()))
        per_column = (last - first) / columns
        span = duration(stop - start)
        dense = f"{per_column:,.0f} samples per pixel" if per_column >= 1.5 else "every sample drawn"
        dense = dense if last > first else "nothing here"
        self._badge.setText(f"{span}  ·  {counted(last - first, 'sample')}  ·  {dense}")

    def _on_clicked(self, time: float, value: float) -> None:
        row = self._row_at(time, value)
        if row is not None:
            self._session.select_row(row)
            return
        for place, event in enumerate(self._session.state.events):
            data = self._session.state.curve
            if data is not None and data.time[event.start] <= time <= data.time[event.stop - 1]:
                self._session.select_event(place, centred=False)
                return
        self._session.select_event(None)

    def _on_hovered(self, time: float, value: float) -> None:
        data = self._session.state.curve
        if data is None or isnan(time):
            self._under.hide()
            self.hovered.emit("")
            return
        unit = f" {data.flux_unit}" if data.flux_unit else ""
        where = show_time(time, data.reference, self._session.state.system)
        self.hovered.emit(f"{where}   {significant(value, 6)}{unit}")
        dragging = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        row = None if dragging else self._row_at(time, value)
        self._show_under(time, value, "" if row is None else _of_row(data, row, self._session.state.system))

    def _show_under(self, time: float, value: float, text: str) -> None:
        """What is under the cursor, beside it and inside the plots."""
        self._under.setVisible(bool(text))
        if not text:
            return
        self._under.setText(text)
        self._under.adjustSize()
        at = self.plots.mapFromScene(self.plots.curve_box.mapViewToScene(QPointF(time, value)))
        room = self.plots.rect().adjusted(0, 0, -self._under.width() - 4, -self._under.height() - 4)
        beside = at.x() + _BESIDE_PX
        left = beside if beside <= room.right() else at.x() - _BESIDE_PX - self._under.width()
        self._under.move(max(4, left), min(max(4, at.y() + _BESIDE_PX), room.bottom()))

    def _row_at(self, time: float, value: float) -> int | None:
        picture = self._session.state.picture
        if picture is None:
            return None
        days, values = self.plots.pixel()
        row = nearest_row(picture, (time, value), (days, values))
        if row is not None:
            return row
        bottom = self.plots.curve_box.viewRange()[1][1 if self.plots.curve_box.yInverted() else 0]
        near_axis = abs(value - bottom) <= _TICKS_PX * values
        return nearest_hidden(picture, time, days) if near_axis else None

    # Following the choosers

    def _on_flux_chosen(self) -> None:
        self._session.set_flux(self._flux.currentText())

    def _on_preset_chosen(self) -> None:
        self._session.set_preset(self._preset.currentData())

    def _on_system_chosen(self) -> None:
        self._session.set_system(TimeSystem(self._system.currentData()))


def _cadence(days: float) -> str:
    return f"{duration(days)} cadence" if isfinite(days) else ""


def _flux_title(data: LightCurve) -> str:
    if data.in_magnitudes and data.flux_name.lower() in ("mag", "magnitude"):
        return f"Magnitude ({data.flux_unit})"
    unit = data.flux_unit.replace("electron", "e-") if data.flux_unit else "relative flux"
    return f"{data.flux_name} ({unit})" if data.flux_name.lower() != "flux" or data.flux_unit else "Relative flux"


def _hidden(n: int, reasons: tuple[tuple[str, int], ...]) -> str:
    """ "1,972 rows hidden: no time 815, Straylight 600, …"."""
    if not n:
        return "No rows hidden"
    said = ", ".join(
        f"{name.lower() if name.startswith('no ') else name} {k:,}" for name, k in reasons[:_REASONS_SHOWN]
    )
    return f"{counted(n, 'row')} hidden: {said}{', …' if len(reasons) > _REASONS_SHOWN else ''}"


def _of_row(data: LightCurve, row: int, system: TimeSystem) -> str:
    unit = f" {data.flux_unit}" if data.flux_unit else ""
    names = ", ".join(quality_names(data.source.bits, int(data.quality[row]))) or "no flags"
    time = show_time(float(data.time[row]), data.reference, system)
    hidden = "" if data.usable[row] else "hidden row  ·  "
    piece = f" of {piece_name(data.pieces[int(data.piece[row])])}" if data.pieces else ""
    flux = f"{significant(float(data.flux[row]), 7)}{unit}"
    return f"{hidden}{time}  ·  {flux}  ·  row {data.row[row]:,}{piece}  ·  {names}"
