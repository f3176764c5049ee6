"""The telemetry page: channels in rows, what they show, and what is under the cursor."""

from math import isnan

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
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.detection import Event
from desktop_app.core.telemetry import Interval, Telemetry
from desktop_app.ui.elided import ElidedLabel
from desktop_app.ui.flow import Flow
from desktop_app.ui.named import named
from desktop_app.ui.part_chooser import PartChooser
from desktop_app.ui.score_scale import LIMITS
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.telemetry.against_link import AgainstLink
from desktop_app.ui.telemetry.channel_events import event_marks
from desktop_app.ui.telemetry.clock_axis import exact_time, stretch_text
from desktop_app.ui.telemetry.line_list import LineList
from desktop_app.ui.telemetry.lines import lines_of_channels, lines_of_parts
from desktop_app.ui.telemetry.telemetry_items import Stretch
from desktop_app.ui.telemetry.telemetry_picture import TelemetryPicture, same_samples
from desktop_app.ui.telemetry.telemetry_plots import TelemetryPlots
from desktop_app.ui.telemetry.telemetry_readout import sample_at, value_at
from desktop_app.ui.telemetry.telemetry_rows import row_at
from desktop_app.ui.telemetry.telemetry_words import data_facts, legend_of, parts_told
from desktop_app.ui.theme import Appearance, Theme
from desktop_app.ui.words import counted

STRETCHES = ("Test", "Training", "Both")
DRAWN = ("Lines", "Steps")
_LIST_PX, _LIST_SHARE = (240, 340), 0.4
_SCALES = 20
_ALL_IN_VIEW = 0.9


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
        self._theme = appearance.theme
        self._labels_seen: list[Interval] = []
        self.plots = TelemetryPlots(appearance.theme, self)
        self.plots.setAccessibleName("Telemetry")
        self.plots.setAccessibleDescription("Channels against time. Full stop and comma go from sample to sample.")
        self.list, self.parts = LineList("channels", self), LineList("parts", self)
        for one in (self.list, self.parts):
            one.set_theme(appearance.theme)
        self.against = AgainstLink(session, self.plots, appearance)
        self._bar, self._foot = self._header(), self._footer()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self._body(), 1)
        layout.addWidget(self._foot)
        self._connect(appearance)
        self._show_data(session.state)
        self._show_parts(session.state)

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

    def zoom_to_event(self) -> None:
        """Show the stretch about the selected event or sample."""
        inspection = self._session.state.inspection
        if inspection is not None:
            self.plots.look_at(*inspection.window)

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
        self._scored = self._switch("telemetry-scores", "Scores", "Scores and their threshold below each trace")
        self._expected = self._switch(
            "telemetry-expected", "Expected", "What the detector expected, and between which values it is usual"
        )
        self._listed = self._switch("telemetry-listed", "List", "The list of channels, and of the parts of the file")
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
        switches = (self._truth, self._scored, self._expected, self._listed)
        for widget in (self._stretch, self._drawn, self._height, *switches):
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
        self._tabs = named(QTabWidget(self), "telemetry-lists", label="Lists")
        self._tabs.setDocumentMode(True)
        self._tabs.setTabBarAutoHide(True)
        self._tabs.addTab(self.list, "Channels")
        self.parts.hide()
        split.addWidget(self._tabs)
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
        self._scored.toggled.connect(self._show_tracks)
        self._expected.toggled.connect(self.plots.expected.setVisible)
        self._listed.toggled.connect(self._tabs.setVisible)
        self.plots.threshold_dragged.connect(self._session.set_threshold)
        self.parts.opened.connect(self._on_part_opened)
        self.parts.run_asked.connect(self._session.parts.run)
        appearance.changed.connect(self._on_theme)
        self._session.changed.connect(self._on_changed)

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.data is not old.data:
            self._show_data(new)
        if new.tracks is not old.tracks:
            self._show_tracks()
        if new.threshold != old.threshold:
            self.plots.show_threshold(new.threshold)
        if new.events is not old.events or new.marking is not old.marking or new.tracks is not old.tracks:
            self._show_events(new)
        if new.parts is not old.parts or new.data is not old.data:
            self._show_parts(new)
        elif any(getattr(new, name) is not getattr(old, name) for name in ("busy", "threshold", "spec", "settings")):
            self._tell_parts(new)
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
            self.plots.show_events(None)
            self.list.show_lines(())
            return
        self._title.setText(data.source.object_name)
        self._title.setToolTip(data.source.object_name)
        self._meta.setText("  ·  ".join(data_facts(data, picture)))
        self._meta.setToolTip(self._meta.text())
        self._stretch.setVisible(data.training is not None)
        if same_samples(known, data):
            self._show_truth()  # only the labels are others: the view stays
            self._show_events(state)
            return
        self.plots.show_picture(picture)
        self.plots.show_threshold(state.threshold)
        self._show_stretches()
        self.list.show_lines(lines_of_channels(data, picture, state.tracks, state.events, state.marking), picture.shown)
        self._show_tracks()
        self._show_events(state)
        self.plots.fit()

    def _show_tracks(self) -> None:
        """Scores belong to the data, not to their training stretch."""
        wanted = self._scored.isChecked() and any(not one.training for one in self.plots.scene_shown.stretches)
        tracks = self._session.state.tracks
        self.plots.show_tracks(tracks if wanted else None)
        for switch in (self._scored, self._expected):
            switch.setVisible(tracks is not None)

    def _show_events(self, state: AppState) -> None:
        data, picture = self._data, self._picture
        if data is None or picture is None or data is not state.data:
            return
        right = state.marking.right if state.marking is not None else None
        seen = any(not one.training for one in self.plots.scene_shown.stretches)
        self.plots.show_events(event_marks(state.events, data, picture.step_s, right) if seen else None)
        self.list.tell_more(lines_of_channels(data, picture, state.tracks, state.events, state.marking))
        self._show_verdicts(state)

    def _show_parts(self, state: AppState) -> None:
        parts, shown = state.parts, self._tabs.indexOf(self.parts) >= 0
        if bool(parts.names) != shown:
            if shown:
                self._tabs.removeTab(self._tabs.indexOf(self.parts))
            else:
                self._tabs.insertTab(0, self.parts, "Parts")
                self._tabs.setCurrentIndex(0)
        if not parts.names:
            return
        self._tabs.setTabText(0, f"Parts ({len(parts.names):,})")
        self.parts.tell_more(lines_of_parts(parts))
        self._tell_parts(state)
        part = self._data.source.part if self._data is not None else ""
        self.parts.select(parts.names.index(part) if part in parts.names else None)

    def _tell_parts(self, state: AppState) -> None:
        self.parts.run_button.setEnabled(state.busy is None and state.spec is not None)
        self.parts.tell(parts_told(state))

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
        self._show_tracks()

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
        self._labels_seen = [label for label, *_ in seen] if self._truth.isChecked() else []
        self.plots.show_truth(tuple(seen) if self._truth.isChecked() else ())
        self._show_verdicts(self._session.state)

    def _show_verdicts(self, state: AppState) -> None:
        """Which labels were found, on the rows and in words."""
        data, marking = self._data, state.marking
        known = data is not None and marking is not None and len(marking.found) == len(data.labels)
        found = dict(zip(data.labels, marking.found.tolist(), strict=True)) if known and data and marking else {}
        for item in (self.plots.truth, self.plots.strip_truth):
            item.set_found(found)
        events = state.events if state.tracks is not None else None
        legend = legend_of(self._labels_seen, events, marking if known else None, self._theme)
        self._legend.setText(legend)
        self._legend.setToolTip(legend)
        self.plots.events.set_below_letters(bool(self._labels_seen))

    def _show_selection(self, state: AppState) -> None:
        selection = state.selection
        data, picture = self._data, self._picture
        self.plots.events.set_selected(selection.event)
        if data is None or picture is None or selection.row is None:
            self.plots.readout.pin(None)
            return
        if selection.event is not None and selection.centred:
            self._bring_into_view(state.events[selection.event])
        for stretch in self.plots.scene_shown.stretches:
            if stretch.training == selection.training:
                time = float(stretch.samples(data).time[selection.row]) + stretch.shift_s
                self.plots.readout.pin(time)
                self._look_at(time, event=selection.event is not None and selection.centred, go=selection.centred)

    def _bring_into_view(self, event: Event) -> None:
        """The stretch and the row that ``event`` is in."""
        if all(stretch.training for stretch in self.plots.scene_shown.stretches):
            self._stretch.setCurrentIndex(0)
            self._on_stretch_chosen()
        place = self._data.names.index(event.channel) if self._data and event.channel in self._data.names else None
        if place is None:
            return
        self.list.model.show_only(frozenset(self.list.model.shown) | {place})
        self.list.select(place)
        by_px = self.plots.scroll_for(place)
        if by_px is not None:
            self._on_scroll_asked(by_px)

    def _look_at(self, time: float, *, event: bool, go: bool) -> None:
        """Move to a sample that is out of view; to an event unless everything is in view anyway."""
        (start, stop), (first, last) = self.plots.time_range, self.plots.span
        everything = stop - start >= _ALL_IN_VIEW * (last - first)
        if (event and not everything) or (go and not start <= time <= stop):
            self.plots.centre_on(time)

    def _on_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.plots.set_theme(theme)
        for one in (self.list, self.parts):
            one.set_theme(theme)
        self._show_verdicts(self._session.state)

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

    def _on_clicked(self, time: float, y: float) -> None:
        data = self._data
        at = None if data is None else sample_at(data, self.plots.scene_shown.stretches, time)
        if data is None or at is None:
            return
        row = row_at(self.plots.scene_shown.rows, y)
        start, stop = self.plots.time_range
        pixel = (stop - start) / max(1.0, float(self.plots.box.width()))
        event = self.plots.events.event_at(row.place, time, pixel) if row is not None and not at[0].training else None
        if event is not None:
            self._session.select_event(event, centred=False)
            return
        self._session.select_row(at[1], training=at[0].training, channel=data.names[row.place] if row else None)

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
        scored = "" if stretch.training or under is None else self._score_text(row, under.place)
        self.hovered.emit(f"{told}{named_value}{scored}   row {of.row[row]:,}")

    def _score_text(self, row: int, place: int) -> str:
        """The score of one sample; "" where nobody looked."""
        detection = self._session.state.detection
        score = float(detection.scores.values[row, place]) if detection is not None else float("nan")
        return "" if isnan(score) else f"   score {LIMITS.text(score)}"

    # Following the choosers and the window

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width between the list and the rows, until the user does."""
        super().resizeEvent(event)
        if not self._split_by_hand:
            list_px = round(min(max(_LIST_SHARE * self.width(), _LIST_PX[0]), _LIST_PX[1]))
            self._split.setSizes([list_px, self.width() - list_px])

    def _on_split(self) -> None:
        self._split_by_hand = True

    def _on_part_opened(self, place: int) -> None:
        names = self._session.state.parts.names
        if place < len(names):
            self._session.show_part(names[place])

    def _on_channels_chosen(self) -> None:
        self.plots.show_channels(self.list.model.shown)

    def _on_stretch_chosen(self) -> None:
        self._show_stretches()
        self._show_events(self._session.state)
        self.plots.fit()
        if not self._session.state.selection.centred or self._session.state.selection.event is None:
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
