"""The main window: the curve in the middle, the panels docked about it, and what the actions do."""

import logging
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QVBoxLayout, QWidget

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.pixels import TargetPixels
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.telemetry import Telemetry
from desktop_app.core.timescales import TimeSystem
from desktop_app.ui.actions import build_actions, fill_menus, fill_toolbar, paint_actions
from desktop_app.ui.centre import Centre, HasPositions
from desktop_app.ui.commands import Commands
from desktop_app.ui.notices import NoticeBar
from desktop_app.ui.panels import PANELS
from desktop_app.ui.panels.curve import CurvePanel
from desktop_app.ui.panels.events import EventsPanel
from desktop_app.ui.panels.files import FilesPanel
from desktop_app.ui.panels.header import HeaderPanel
from desktop_app.ui.panels.injection import InjectionPanel
from desktop_app.ui.panels.log import LogPanel
from desktop_app.ui.panels.pixels import PixelsPanel
from desktop_app.ui.panels.replay import ReplayPanel
from desktop_app.ui.panels.review import ReviewPanel
from desktop_app.ui.panels.training import TrainingPanel
from desktop_app.ui.pixels.pixels_dock import PixelsDock
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.status import Status
from desktop_app.ui.stray_tabs import StrayTabs
from desktop_app.ui.theme import Appearance, Theme

LAYOUT_VERSION = 1
_log = logging.getLogger("peculiar")


class MainWindow(QMainWindow):
    """Everything the user sees."""

    def __init__(self, session: Session, appearance: Appearance, settings: QSettings) -> None:
        super().__init__()
        self.session, self.appearance, self._settings = session, appearance, settings
        self.setObjectName("main-window")
        self.setWindowTitle("Peculiar")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.resize(1440, 900)
        self.curve = CurvePanel(session, appearance)
        self.notice = NoticeBar(appearance.theme)
        self._set_middle()
        self.commands = Commands(self)
        self.actions_by_name = build_actions(self, self.commands)
        fill_menus(self, self.actions_by_name)
        fill_toolbar(self, self.actions_by_name)
        self.docks: dict[str, QDockWidget] = {}
        self._add_docks()
        self._recent = self._recent_menu()
        self.status = Status(self)
        self._connect()
        paint_actions(self.actions_by_name, appearance.theme)
        self._default_layout = self.saveState(LAYOUT_VERSION)
        self._restore()
        self.pixels_dock.settle()
        self._show(session.state)

    # Building

    def _set_middle(self) -> None:
        middle = QWidget(self)
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notice)
        self.centre = Centre(self.curve, self.session, self.appearance)
        layout.addWidget(self.centre, 1)
        self.setCentralWidget(middle)

    def _add_docks(self) -> None:
        view = self.findChild(QMenu, "menu-view")
        for number, spec in enumerate(PANELS, start=1):
            dock = QDockWidget(spec.title, self)
            dock.setObjectName(f"dock-{spec.name}")
            dock.setWidget(spec.build(self.session, self.appearance))
            self.addDockWidget(spec.area, dock)
            toggle = dock.toggleViewAction()
            keys = f"Ctrl+{number}" if number <= 9 else f"Ctrl+Shift+{number - 9}"
            toggle.setShortcut(keys)
            toggle.setStatusTip(spec.help)
            toggle.setToolTip(f"{spec.help} ({keys})")
            if view is not None:
                view.addAction(toggle)
            self.docks[spec.name] = dock
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.tabifyDockWidget(self.docks["events"], self.docks["signals"])
        self.tabifyDockWidget(self.docks["signals"], self.docks["log"])
        self.tabifyDockWidget(self.docks["log"], self.docks["header"])
        self.tabifyDockWidget(self.docks["inspector"], self.docks["scores"])
        self.tabifyDockWidget(self.docks["scores"], self.docks["against"])
        self.docks["against"].hide()
        self.tabifyDockWidget(self.docks["against"], self.docks["review"])
        self.tabifyDockWidget(self.docks["scores"], self.docks["map"])
        self.tabifyDockWidget(self.docks["header"], self.docks["replay"])
        self.docks["replay"].hide()
        self.docks["inspector"].raise_()
        self.docks["events"].raise_()
        self.tabifyDockWidget(self.docks["detector"], self.docks["injection"])
        self.docks["injection"].hide()
        self.tabifyDockWidget(self.docks["injection"], self.docks["training"])
        self.docks["training"].hide()
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.resizeDocks([self.docks["files"], self.docks["inspector"]], [412, 300], across)
        self.resizeDocks([self.docks["files"], self.docks["detector"]], [360, 420], down)
        self.resizeDocks([self.docks["events"]], [220], down)
        self._stray_tabs = StrayTabs(self, tuple(self.docks.values()))
        self.pixels_dock = PixelsDock(self.docks["pixels"], (self.docks["files"], self.docks["detector"]), self.session)

    def _recent_menu(self) -> QMenu:
        file = self.findChild(QMenu, "menu-file")
        menu = QMenu("Open &recent", self)
        menu.setObjectName("menu-recent")
        if file is not None:
            file.insertMenu(self.actions_by_name["next_file"], menu)
        menu.triggered.connect(self.commands.on_recent)
        return menu

    def _connect(self) -> None:
        self.session.changed.connect(self._on_changed)
        self.session.undo_stack.canUndoChanged.connect(self.actions_by_name["undo"].setEnabled)
        self.session.undo_stack.canRedoChanged.connect(self.actions_by_name["redo"].setEnabled)
        self.appearance.changed.connect(self._on_theme_changed)
        self.notice.dismissed.connect(self.session.dismiss)
        self.notice.asked.connect(self._on_asked)
        self.centre.hovered.connect(self.status.show_cursor)
        self.pixels_panel.hovered.connect(self.status.show_cursor)
        self.curve.open_asked.connect(self.commands.on_open_files)
        self.curve.samples_asked.connect(self.commands.on_open_samples)
        for name in ("stitch_selected", "stitch_object", "cut_sources", "scan_folder", "close_file"):
            self.files_panel.view.addAction(self.actions_by_name[name])
        self.events_panel.export_asked.connect(self.commands.on_export_events)
        self.review_panel.export_asked.connect(self.commands.on_export_verdicts)
        self.review_panel.import_asked.connect(self.commands.on_import_verdicts)

    @property
    def files_panel(self) -> FilesPanel:
        """The list of files."""
        panel = self.docks["files"].widget()
        assert isinstance(panel, FilesPanel)
        return panel

    @property
    def header_panel(self) -> HeaderPanel:
        """What the file is made of."""
        panel = self.docks["header"].widget()
        assert isinstance(panel, HeaderPanel)
        return panel

    @property
    def events_panel(self) -> EventsPanel:
        """The table of events."""
        panel = self.docks["events"].widget()
        assert isinstance(panel, EventsPanel)
        return panel

    @property
    def pixels_panel(self) -> PixelsPanel:
        """The frame and its apertures."""
        panel = self.docks["pixels"].widget()
        assert isinstance(panel, PixelsPanel)
        return panel

    @property
    def injection_panel(self) -> InjectionPanel:
        """The recovery of injected signals."""
        panel = self.docks["injection"].widget()
        assert isinstance(panel, InjectionPanel)
        return panel

    @property
    def training_panel(self) -> TrainingPanel:
        """Training on telemetry."""
        panel = self.docks["training"].widget()
        assert isinstance(panel, TrainingPanel)
        return panel

    @property
    def replay_panel(self) -> ReplayPanel:
        """Telemetry as if it came in live."""
        panel = self.docks["replay"].widget()
        assert isinstance(panel, ReplayPanel)
        return panel

    @property
    def review_panel(self) -> ReviewPanel:
        """Verdicts and what is learned from them."""
        panel = self.docks["review"].widget()
        assert isinstance(panel, ReviewPanel)
        return panel

    @property
    def log_panel(self) -> LogPanel:
        """The log."""
        panel = self.docks["log"].widget()
        assert isinstance(panel, LogPanel)
        return panel

    def reset_layout(self) -> None:
        """Put every panel where it was at first."""
        for dock in self.docks.values():
            dock.setFloating(False)
            dock.show()
        self.restoreState(self._default_layout, LAYOUT_VERSION)
        self.pixels_dock.bring_back()
        self.pixels_dock.settle()

    # Following the state

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.notice is not old.notice:
            self.notice.show_notice(new.notice)
        if new.recent != old.recent:
            self._show_recent(new)
        self.status.show_state(new)
        self._show(new)

    def _show(self, state: AppState) -> None:
        can = self.actions_by_name
        open_, found, chosen = state.curve is not None, bool(state.events), state.selection.row is not None
        can["run"].setEnabled(state.looked_at is not None and state.busy is None)
        can["run_parts"].setEnabled(bool(state.parts.names) and state.spec is not None and state.busy is None)
        can["inject"].setEnabled(open_)
        can["cancel"].setEnabled(state.busy is not None)
        for name in ("fit", "fit_values", "zoom_in", "zoom_out", "pan_left", "pan_right", "save_plot"):
            can[name].setEnabled(state.data is not None)
        for name in ("stitch_selected", "stitch_object"):
            can[name].setEnabled(len(state.files) > 1)
        for name in ("close_file", "reload"):
            can[name].setEnabled(state.data is not None)
        for name in ("next_part", "previous_part"):
            can[name].setEnabled(state.data is not None and len(state.data.source.parts) > 1)
        for name in ("next_event", "previous_event", "copy_rows"):
            can[name].setEnabled(found)
        for name in ("zoom_event", "next_cadence", "previous_cadence", "select_nothing"):
            can[name].setEnabled(chosen)
        frames = isinstance(state.data, TargetPixels)
        for name in ("next_cadence", "previous_cadence"):
            can[name].setEnabled(chosen or frames)
        for name in ("show_pixels", "play_frames"):
            can[name].setEnabled(frames)
        for name in ("copy_position", "go_to"):
            can[name].setEnabled(isinstance(self.centre.page, HasPositions))
        picture = isinstance(state.data, SkyImage)
        can["cut_sources"].setEnabled(picture and state.busy is None)
        can["scan_folder"].setEnabled(state.busy is None)
        for name in ("show_artefacts", "show_others"):
            can[name].setEnabled(picture and state.detection is not None)
        can["show_heat"].setEnabled(picture or isinstance(state.data, CutoutSet))
        can["show_heat"].setChecked(state.heat.on)
        can["show_against"].setEnabled(isinstance(state.data, Telemetry))
        self._show_replay(state)
        for name in ("call_interesting", "call_ordinary", "call_artefact", "call_none", "comment", "more_like"):
            can[name].setEnabled(isinstance(state.data, CutoutSet) and chosen)
        for name in ("next_page", "all_stamps"):
            can[name].setEnabled(isinstance(state.data, CutoutSet))
        can["choose_columns"].setEnabled(self.session.columns.to_choose_from is not None)
        can["choose_datasets"].setEnabled(self.session.telemetry.to_choose_from is not None)
        can["load_labels"].setEnabled(isinstance(state.data, Telemetry))
        can["join_catalogue"].setEnabled(isinstance(state.data, CutoutSet))
        can["export_events"].setEnabled(state.table is not None)
        can["undo"].setEnabled(self.session.undo_stack.canUndo())
        can["redo"].setEnabled(self.session.undo_stack.canRedo())
        can["run_on_open"].setChecked(state.run_on_open)
        can[f"time_{state.system.name.lower()}"].setChecked(True)
        can[f"theme_{self.appearance.choice}"].setChecked(True)
        can["show_baseline"].setChecked(self.curve.plots.baseline.isVisible())
        can["show_model"].setChecked(self.curve.plots.model.isVisible())
        can["show_hidden"].setChecked(self.curve.plots.hidden.isVisible())
        systems = state.curve.reference.systems() if state.curve else (TimeSystem.NATIVE,)
        for system in TimeSystem:
            can[f"time_{system.name.lower()}"].setEnabled(system in systems)
        name = state.data.source.object_name if state.data else ""
        self.setWindowTitle(f"{name} – Peculiar" if name else "Peculiar")
        if not self._recent.actions():
            self._show_recent(state)

    def _show_replay(self, state: AppState) -> None:
        """Which actions of the replay can be called now."""
        can, going = self.actions_by_name, state.replay.status in ("running", "paused")
        for name in ("show_replay", "replay_toggle", "replay_step", "replay_restart"):
            can[name].setEnabled(isinstance(state.data, Telemetry))
        for name in ("replay_stop", "replay_inject", "replay_acknowledge"):
            can[name].setEnabled(going)

    def _on_asked(self, action: str) -> None:
        self.actions_by_name[action].trigger()

    def _show_recent(self, state: AppState) -> None:
        self._recent.clear()
        for path in state.recent:
            action = self._recent.addAction(path.name or str(path))
            action.setData(str(path))
            action.setStatusTip(str(path))
        self._recent.setEnabled(bool(state.recent))

    def _on_theme_changed(self, theme: Theme) -> None:
        paint_actions(self.actions_by_name, theme)
        self.notice.set_theme(theme)

    # Window

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.session.open(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, stop what runs, and go."""
        self._settings.setValue("geometry", self.saveGeometry())
        self._settings.setValue("layout", self.saveState(LAYOUT_VERSION))
        self._settings.setValue("theme", self.appearance.choice)
        self._settings.sync()
        self.log_panel.stop()
        self.session.close()
        event.accept()

    def _restore(self) -> None:
        """The layout of last time; the first one where there is none or it cannot be read."""
        geometry, layout = self._settings.value("geometry"), self._settings.value("layout")
        if isinstance(geometry, QByteArray) and not self.restoreGeometry(geometry):
            _log.info("The window's place could not be restored.")
        if layout is not None and not (isinstance(layout, QByteArray) and self.restoreState(layout, LAYOUT_VERSION)):
            _log.info("The layout could not be restored; this is the first one.")
            self.restoreState(self._default_layout, LAYOUT_VERSION)
