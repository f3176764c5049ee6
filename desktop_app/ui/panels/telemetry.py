"""The telemetry page: channels in rows, what they show, and what is under the cursor."""

from math import isfinite, isnan

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollBar,
    QSizePolicy,
    QSlider,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.telemetry import Interval, Telemetry
from desktop_app.ui.elided import ElidedLabel
from desktop_app.ui.flow import Flow
from desktop_app.ui.named import named
from desktop_app.ui.part_chooser import PartChooser
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.telemetry.channel_list import ChannelList
from desktop_app.ui.telemetry.clock_axis import exact_time, stretch_text
from desktop_app.ui.telemetry.telemetry_items import Stretch
from desktop_app.ui.telemetry.telemetry_marks import letter_of
from desktop_app.ui.telemetry.telemetry_picture import TelemetryPicture, same_samples
from desktop_app.ui.telemetry.telemetry_plots import TelemetryPlots
from desktop_app.ui.telemetry.telemetry_readout import sample_at, value_at
from desktop_app.ui.telemetry.telemetry_rows import row_at
from desktop_app.ui.theme import TRUTH, Appearance, Theme
from desktop_app.ui.words import counted, duration

STRETCHES = ("Test", "Training", "Both")
DRAWN = ("Lines", "Steps")
_LIST_PX, _LIST_SHARE = (220, 300), 0.24
_SCALES = 20
_DAY_S = 86400.0


class TelemetryPage(QWidget):
    """The middle of the window for telemetry.

    Signals
    -------
    hovered(str)
        Time and value under the cursor, "" where there is none.
    """

    hovered = Signal(str)

    def __init__(self, session: Session, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "telemetry")
        self._session = session
        self._data: Telemetry | None = None
        self._picture: TelemetryPicture | None = None
        self.plots = TelemetryPlots(appearance.theme, self)
        self.plots.setAccessibleName("Telemetry")
        self.plots.setAccessibleDescription("Channels against time. Full stop and comma go from sample to sample.")
        self.list = ChannelList(self)
        self._bar, self._foot = self._header(), self._footer()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self._body(), 1)
        layout.addWidget(self._foot)
        self._connect(appearance)
        self._show_data(session.state)

    # What the actions call

    def fit(self) -> None:
        """Show all times and all values."""
        self.plots.fit()

    def fit_values(self) -> None:
        """Show every value of the stretch in view, row by row."""
        self.plots.fit_values()

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much time about the middle."""
        self.plots.zoom(factor)

    def pan(self, share: float) -> None:
        """Move by ``share`` of the width."""
        self.plots.pan(share)

    def set_boxing(self, on: bool) -> None:
        """Whether a drag with the left button draws a box to zoom to."""
        self.plots.box.boxing = on

    def save_picture(self, path: str) -> bool:
        """Write what the rows show as a PNG file; whether that could be done."""
        self.plots.readout.show_at(None)
        return self.plots.grab().save(path)

    # Building

    def _header(self) -> QWidget:
        bar = named(QFrame(self), "bar")
        self._title = named(ElidedLabel(bar), "telemetry-title", role="title")
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._meta = named(ElidedLabel(bar), "telemetry-meta", role="muted")
        self._stretch = self._chooser(
            "telemetry-stretch", "Stretch", "The test data, the training stretch before them, or both", STRETCHES
        )
        self._drawn = self._chooser("telemetry-drawn", "Draw", "Numbers as lines, or held until the next sample", DRAWN)
        self._truth = self._switch("telemetry-truth", "Labels", "Outline the stretches that were labelled")
        self._listed = self._switch("telemetry-listed", "Channels", "The list of channels")
        self._height = named(QSlider(Qt.Orientation.Horizontal, bar), "telemetry-height", label="Row height")
        self._height.setToolTip("Row height (Ctrl and the wheel)")
        self._height.setRange(-_SCALES, _SCALES)
        self._height.setFixedWidth(84)
        layout = Flow()
        bar.setLayout(layout)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.add(self._title)
        layout.add(self._meta, takes_rest=True)
        layout.add(PartChooser(self._session, bar))
        for widget in (self._stretch, self._drawn, self._height, self._truth, self._listed):
            layout.add(widget)
        return bar

    def _chooser(self, name: str, label: str, tip: str, entries: tuple[str, ...]) -> QComboBox:
        box = named(QComboBox(self), name, label=label, tip=tip)
        box.addItems(list(entries))
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return box

    def _switch(self, name: str, text: str, tip: str) -> QToolButton:
        button = named(QToolButton(self), name, label=text, tip=tip)
        button.setText(text)
        button.setCheckable(True)
        button.setChecked(True)
        return button

    def _body(self) -> QWidget:
        beside = QWidget(self)
        self.scroll_bar = named(QScrollBar(Qt.Orientation.Vertical, beside), "telemetry-scroll", label="Rows")
        keeps = self.scroll_bar.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)  # else the rows would jump aside whenever it comes or goes
        self.scroll_bar.setSizePolicy(keeps)
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.plots, 1)
        row.addWidget(self.scroll_bar)
        split = named(QSplitter(Qt.Orientation.Horizontal, self), "telemetry-split")
        split.setHandleWidth(1)
        split.addWidget(self.list)
        split.addWidget(beside)
        split.setStretchFactor(1, 1)
        split.setCollapsible(1, False)
        split.splitterMoved.connect(self._on_split)
        self._split, self._split_by_hand = split, False
        return split

    def _footer(self) -> QWidget:
        foot = named(QWidget(self), "curve-foot")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._legend = named(QLabel(foot), "telemetry-legend", role="muted")
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        tip = "How many samples one column of pixels stands for; every extreme one is drawn."
        self._badge = named(QLabel(foot), "telemetry-badge", tip=tip, role="badge")
        layout = QHBoxLayout(foot)
        layout.setContentsMargins(12, 2, 12, 6)
        layout.setSpacing(12)
        layout.addWidget(self._legend, 1)
        layout.addWidget(self._badge)
        return foot

    def _connect(self, appearance: Appearance) -> None:
        self.plots.moved.connect(self._on_moved)
        self.plots.clicked.connect(self._on_clicked)
        self.plots.hovered.connect(self._on_hovered)
        self.plots.laid_out.connect(self._on_laid_out)
        self.plots.scroll_asked.connect(self._on_scroll_asked)
        self.plots.height_asked.connect(self._on_height_asked)
        self.scroll_bar.valueChanged.connect(self.plots.scroll_to)
        self.list.model.shown_changed.connect(self._on_channels_chosen)
        self._stretch.activated.connect(self._on_stretch_chosen)
        self._drawn.activated.connect(self._on_drawn_chosen)
        self._height.valueChanged.connect(self._on_height_chosen)
        self._truth.toggled.connect(self._show_truth)
        self._listed.toggled.connect(self.list.setVisible)
        appearance.changed.connect(self._on_theme)
        self._session.changed.connect(self._on_changed)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.data is not old.data:
            self._show_data(new)
        if new.selection is not old.selection:
            self._show_selection(new)

    def _show_data(self, state: AppState) -> None:
        known = self._data
        self._data = state.data if isinstance(state.data, Telemetry) else None
        self._picture = state.drawing if isinstance(state.drawing, TelemetryPicture) else None
        data, picture = self._data, self._picture
        if data is None or picture is None:
            self.plots.show_picture(None)
            self.plots.show_stretches((), steps=False)
            self.list.show_picture(None)
            return
        self._title.setText(data.source.object_name)
        self._title.setToolTip(data.source.object_name)
        self._meta.setText("  ·  ".join(_facts(data, picture)))
        self._meta.setToolTip(self._meta.text())
        self._stretch.setVisible(data.training is not None)
        if same_samples(known, data):
            self._show_truth()  # only the labels are others: the view stays
            return
        self.plots.show_picture(picture)
        self._show_stretches()
        self.list.show_picture(picture)
        self.plots.fit()

    def _show_stretches(self) -> None:
        data, picture = self._data, self._picture
        if data is None or picture is None:
            return
        chosen = STRETCHES[self._stretch.currentIndex()] if picture.training_range else STRETCHES[0]
        stretches = []
        if chosen != STRETCHES[0] and picture.training_range is not None:
            shift = picture.training_shift_s if chosen == STRETCHES[2] else 0.0
            first, last = picture.training_range
            stretches.append(Stretch(True, shift, first + shift, last + shift))
        if chosen != STRETCHES[1]:
            stretches.append(Stretch(False, 0.0, *picture.time_range))
        alone = data.training if chosen == STRETCHES[1] else None
        self.plots.time_axis.show_clock(alone if alone is not None else data)
        self.plots.show_stretches(tuple(stretches), steps=self._drawn.currentText() == DRAWN[1])
        self._show_truth()

    def _show_truth(self) -> None:
        data, picture = self._data, self._picture
        if data is None or picture is None:
            return
        seen: list[tuple[Interval, float, float]] = []
        for stretch in self.plots.scene_shown.stretches:
            of, half = stretch.samples(data), picture.step_s / 2
            for label in of.labels:
                start, stop = of.time[label.start] - half, of.time[label.stop - 1] + half
                seen.append((label, float(start) + stretch.shift_s, float(stop) + stretch.shift_s))
        self._truth.setEnabled(bool(data.labels))
        shown = self._truth.isChecked()
        self.plots.show_truth(tuple(seen) if shown else ())
        self._legend.setText(_legend([label for label, *_ in seen]) if shown else "")

    def _show_selection(self, state: AppState) -> None:
        selection = state.selection
        data, picture = self._data, self._picture
        if data is None or picture is None or selection.row is None:
            self.plots.readout.pin(None)
            return
        for stretch in self.plots.scene_shown.stretches:
            if stretch.training == selection.training:
                time = float(stretch.samples(data).time[selection.row]) + stretch.shift_s
                self.plots.readout.pin(time)
                start, stop = self.plots.time_range
                if selection.centred and not start <= time <= stop:
                    self.plots.centre_on(time)

    def _on_theme(self, theme: Theme) -> None:
        self.plots.set_theme(theme)

    # Following the mouse

    def _on_moved(self) -> None:
        self.plots.readout.show_at(None)
        self._tell_view()

    def _tell_view(self) -> None:
        data, picture = self._data, self._picture
        if data is None or picture is None:
            return
        start, stop = self.plots.time_range
        rows = 0
        for stretch in self.plots.scene_shown.stretches:
            edges = [start - stretch.shift_s, stop - stretch.shift_s]
            first, last = np.searchsorted(stretch.samples(data).time, edges)
            rows += int(last - first)
        per_column = rows / max(1, round(self.plots.box.width()))
        dense = f"{per_column:,.0f} samples per pixel" if per_column >= 1.5 else "every sample drawn"
        dense = dense if rows else "nothing here"
        span = [stretch_text(data, stop - start)] if data.clock != "samples" else []
        self._badge.setText("  ·  ".join([*span, counted(rows, "sample"), dense]))

    def _on_clicked(self, time: float) -> None:
        at = None if self._data is None else sample_at(self._data, self.plots.scene_shown.stretches, time)
        if at is not None:
            self._session.select_row(at[1], training=at[0].training)

    def _on_hovered(self, time: float, y: float) -> None:
        data, scene = self._data, self.plots.scene_shown
        at = None if data is None or isnan(time) else sample_at(data, scene.stretches, time)
        dragging = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if at is None or dragging or data is None:
            self.plots.readout.show_at(None)
            self.hovered.emit("")
            return
        stretch, row = at
        of = stretch.samples(data)
        own = float(of.time[row])
        seen = self.plots.rows_in_view
        texts = {one.place: value_at(of, scene, stretch, one.place, row) for one in seen}
        told = exact_time(of, own) + (" of the training" if stretch.training else "")
        self.plots.readout.show_at(own + stretch.shift_s, told, texts)
        under = row_at(seen, y)
        named_value = f"   {of.channels[under.place].name} {texts[under.place][1]}" if under is not None else ""
        self.hovered.emit(f"{told}{named_value}   row {of.row[row]:,}")

    # Following the choosers and the window

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width between the list and the rows, until the user does."""
        super().resizeEvent(event)
        if not self._split_by_hand:
            list_px = round(min(max(_LIST_SHARE * self.width(), _LIST_PX[0]), _LIST_PX[1]))
            self._split.setSizes([list_px, self.width() - list_px])

    def _on_split(self) -> None:
        self._split_by_hand = True

    def _on_channels_chosen(self) -> None:
        self.plots.show_channels(self.list.model.shown)

    def _on_stretch_chosen(self) -> None:
        self._show_stretches()
        self.plots.fit()
        self._show_selection(self._session.state)

    def _on_drawn_chosen(self) -> None:
        self._show_stretches()

    def _on_height_chosen(self, value: int) -> None:
        self.plots.set_scale(4.0 ** (value / _SCALES))

    def _on_height_asked(self, factor: float) -> None:
        self._height.setValue(self._height.value() + round(_SCALES * np.log(factor) / np.log(4.0)))

    def _on_scroll_asked(self, by_px: float) -> None:
        self.scroll_bar.setValue(round(self.scroll_bar.value() + by_px))

    def _on_laid_out(self) -> None:
        room, height = self.plots.room_px, self.plots.height_of_rows
        with QSignalBlocker(self.scroll_bar):
            self.scroll_bar.setRange(0, max(0, height - room))
            self.scroll_bar.setPageStep(room)
            self.scroll_bar.setSingleStep(20)
        self.scroll_bar.setVisible(height > room)
        self._tell_view()


def _facts(data: Telemetry, picture: TelemetryPicture) -> list[str]:
    constant = sum(one.form == "constant" for one in picture.channels)
    facts = [
        data.source.mission,
        counted(len(data.channels), "channel") + (f", {constant} constant" if constant else ""),
        counted(len(data), "row"),
        f"{duration(data.cadence_s / _DAY_S)} cadence" if isfinite(data.cadence_s) else "",
        counted(len(data.labels), "label") if data.labels else "",
    ]
    return [fact for fact in facts if fact]


def _legend(labels: list[Interval]) -> str:
    """What the outlined stretches are."""
    kinds: dict[str, int] = {}
    for label in labels:
        kinds[label.kind] = kinds.get(label.kind, 0) + 1
    if not kinds:
        return ""
    marks = [
        f'<span style="background: {TRUTH}; color: #ffffff"><b>&nbsp;{letter_of(Interval(0, 1, kind))}&nbsp;</b></span>'
        f"&nbsp;{kind} ({n})"
        for kind, n in sorted(kinds.items())
    ]
    return "Ground truth: " + "&nbsp;&nbsp; ".join(marks)
