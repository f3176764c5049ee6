"""What the actions of the window do: one method an action."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from desktop_app.core.timescales import TimeSystem
from desktop_app.paths import resources
from desktop_app.ui.centre import HasEvents, HasObjects, HasPositions, HasVerdicts
from desktop_app.ui.files.stitching import of_one_object
from desktop_app.ui.help_window import CommandPalette, HelpWindow, about_text, help_text, shortcuts_text
from desktop_app.ui.words import counted

if TYPE_CHECKING:
    from desktop_app.ui.window import MainWindow

_ZOOM = 2.0
_PAN = 0.25


class Commands(QObject):
    """The methods ``on_<action>``; what each does is its action's tip."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session

    # Actions: files

    def on_open_files(self) -> None:
        from desktop_app.io import suffixes

        kinds = " ".join(f"*{suffix}" for suffix in suffixes())
        names, _ = QFileDialog.getOpenFileNames(
            self._window, "Open files", self._folder(), f"Files that open ({kinds});;All files (*)"
        )
        self._session.open([Path(name) for name in names])

    def on_open_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self._window, "Open a folder", self._folder())
        if name:
            self._session.open([Path(name)])

    def on_open_samples(self) -> None:
        self._session.open([resources() / "samples"])

    def on_recent(self, action: QAction) -> None:
        self._session.open([Path(str(action.data()))])

    def on_next_file(self) -> None:
        self._session.step_file(1)

    def on_previous_file(self) -> None:
        self._session.step_file(-1)

    def on_next_part(self) -> None:
        self._session.step_part(1)

    def on_previous_part(self) -> None:
        self._session.step_part(-1)

    def on_stitch_selected(self) -> None:
        paths = self._window.files_panel.selected()
        if len(paths) > 1:
            self._session.stitch(paths)
            return
        self._session.notify("info", "Only one file is selected.", "Select two or more with Ctrl or Shift held.")

    def on_stitch_object(self) -> None:
        paths = of_one_object(self._session.state.files, self._session.state.path)
        if paths:
            self._session.stitch(paths)
            return
        self._session.notify("info", "No other file of the list shows this object in another sector or quarter.")

    def on_reload(self) -> None:
        self._session.reload()

    def on_choose_datasets(self) -> None:
        from desktop_app.ui.telemetry.datasets_dialog import DatasetsDialog

        path = self._session.telemetry.to_choose_from
        if path is not None:
            DatasetsDialog(self._session, self._window.appearance, path, self._window).open()

    def on_join_catalogue(self) -> None:
        kinds = "Catalogues (*.csv *.ecsv *.fits *.fits.gz *.tsv *.vot *.votable *.xml);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self._window, "Join a catalogue", self._folder(), kinds)
        if name:
            self._session.cutouts.join_catalogue(Path(name))

    def on_load_labels(self) -> None:
        kinds = "Labels (*.csv *.json);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self._window, "Load labels", self._folder(), kinds)
        if name:
            self._session.telemetry.load_labels(Path(name))

    def on_close_file(self) -> None:
        self._session.close_file()

    def on_export_events(self) -> None:
        from desktop_app.export import writers_of

        table = self._session.state.table
        if table is None:
            return
        shown = self._session.state.path
        stem = shown.name.split(".")[0] if shown else "light_curve"
        wanted = str(Path(self._folder()) / f"{stem}_events.ecsv")
        kinds = {f"{writer.label} (*{writer.suffix})": writer.suffix for writer in writers_of(table)}
        name, chosen = QFileDialog.getSaveFileName(self._window, "Export events", wanted, ";;".join(kinds))
        if name:
            self._session.export(Path(name) if Path(name).suffix else Path(name + kinds[chosen]))

    def on_save_plot(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self._window, "Save the plots", self._folder(), "PNG picture (*.png)")
        if not name:
            return
        path = Path(name).with_suffix(".png")
        if self._window.centre.page.save_picture(str(path)):
            self._session.notify("info", f"The plots were written to {path}.")
        else:
            self._session.notify("error", f"{path} cannot be written.", "Choose another folder.")

    def _folder(self) -> str:
        path = self._session.state.path
        return str(path.parent if path else Path.home())

    def on_quit(self) -> None:
        self._window.close()

    # Actions: edit and view

    def on_undo(self) -> None:
        self._session.undo_stack.undo()

    def on_redo(self) -> None:
        self._session.undo_stack.redo()

    def on_copy_rows(self) -> None:
        self._window.statusBar().showMessage(f"{counted(self._window.events_panel.copy_rows(), 'event')} copied", 4000)

    def on_copy_position(self) -> None:
        page = self._window.centre.page
        if isinstance(page, HasPositions):
            page.copy_position()

    def on_find_events(self) -> None:
        self._window.docks["events"].show()
        self._window.docks["events"].raise_()
        self._window.events_panel.focus_filter()

    def on_find_files(self) -> None:
        self._window.docks["files"].show()
        self._window.docks["files"].raise_()
        self._window.files_panel.focus_filter()

    def on_find_cards(self) -> None:
        self._window.docks["header"].show()
        self._window.docks["header"].raise_()
        self._window.header_panel.focus_search()

    def on_fit(self) -> None:
        self._window.centre.page.fit()

    def on_fit_values(self) -> None:
        self._window.centre.page.fit_values()

    def on_zoom_in(self) -> None:
        self._window.centre.page.zoom(1 / _ZOOM)

    def on_zoom_out(self) -> None:
        self._window.centre.page.zoom(_ZOOM)

    def on_box_zoom(self, on: bool) -> None:
        self._window.centre.set_boxing(on)

    def on_go_to(self) -> None:
        page = self._window.centre.page
        if isinstance(page, HasPositions):
            page.focus_go_to()

    def on_pan_left(self) -> None:
        self._window.centre.page.pan(-_PAN)

    def on_pan_right(self) -> None:
        self._window.centre.page.pan(_PAN)

    def on_show_baseline(self, on: bool) -> None:
        self._window.curve.plots.baseline.setVisible(on)

    def on_show_model(self, on: bool) -> None:
        self._window.curve.plots.model.setVisible(on)

    def on_show_hidden(self, on: bool) -> None:
        self._window.curve.plots.hidden.setVisible(on)

    def on_show_artefacts(self) -> None:
        page = self._window.centre.page
        if isinstance(page, HasObjects):
            page.toggle_artefacts()

    def on_show_others(self) -> None:
        page = self._window.centre.page
        if isinstance(page, HasObjects):
            page.toggle_others()

    def on_show_heat(self, on: bool) -> None:
        self._session.closer.show_heat(on)

    def on_show_map(self) -> None:
        self._window.docks["map"].show()
        self._window.docks["map"].raise_()

    def on_time(self) -> None:
        chosen = next(
            system for system in TimeSystem if self._window.actions_by_name[f"time_{system.name.lower()}"].isChecked()
        )
        self._session.set_system(chosen)

    def on_theme(self) -> None:
        for choice in ("system", "light", "dark"):
            if self._window.actions_by_name[f"theme_{choice}"].isChecked():
                self._window.appearance.choose(choice)

    def on_full_screen(self, on: bool) -> None:
        self._window.showFullScreen() if on else self._window.showNormal()

    def on_reset_layout(self) -> None:
        self._window.reset_layout()

    def on_show_pixels(self) -> None:
        self._window.pixels_dock.bring_back()
        self._window.pixels_panel.view.setFocus()

    def on_show_against(self) -> None:
        self._window.docks["against"].show()
        self._window.docks["against"].raise_()

    def on_play_frames(self) -> None:
        self._window.pixels_panel.play()

    # Actions: detection and events

    def on_run(self) -> None:
        self._session.run()

    def on_inject(self) -> None:
        dock = self._window.docks["injection"]
        dock.show()
        dock.raise_()
        self._window.injection_panel.focus_run()

    def on_train(self) -> None:
        dock = self._window.docks["training"]
        dock.show()
        dock.raise_()
        self._window.training_panel.focus_start()

    def on_run_parts(self) -> None:
        self._session.parts.run()

    def on_cut_sources(self) -> None:
        self._session.cutting.cut_sources()

    def on_scan_folder(self) -> None:
        folder = self._window.files_panel.folder_chosen()
        if folder is None:
            name = QFileDialog.getExistingDirectory(self._window, "Scan a folder", self._folder())
            folder = Path(name) if name else None
        if folder is not None:
            self._session.cutting.scan(folder)

    def on_cancel(self) -> None:
        self._session.cancel()

    def on_run_on_open(self, on: bool) -> None:
        self._session.set_run_on_open(on)

    def on_threshold_up(self) -> None:
        state = self._session.state
        self._session.set_threshold(state.threshold + state.scale.step)

    def on_threshold_down(self) -> None:
        state = self._session.state
        self._session.set_threshold(state.threshold - state.scale.step)

    def on_threshold_default(self) -> None:
        spec = self._session.state.spec
        if spec is not None:
            self._session.set_threshold(spec.threshold)

    def on_next_event(self) -> None:
        self._session.step_event(1)

    def on_previous_event(self) -> None:
        self._session.step_event(-1)

    def on_zoom_event(self) -> None:
        page = self._window.centre.page
        if isinstance(page, HasEvents):
            page.zoom_to_event()

    def on_next_cadence(self) -> None:
        self._session.step_row(1)

    def on_previous_cadence(self) -> None:
        self._session.step_row(-1)

    def on_select_nothing(self) -> None:
        self._session.select_event(None)

    # Actions: review

    def on_call_interesting(self) -> None:
        self._decide("interesting")

    def on_call_ordinary(self) -> None:
        self._decide("ordinary")

    def on_call_artefact(self) -> None:
        self._decide("artefact")

    def on_call_none(self) -> None:
        self._decide("")

    def _decide(self, verdict: str) -> None:
        page = self._window.centre.page
        if isinstance(page, HasVerdicts):
            page.decide(verdict)

    def on_comment(self) -> None:
        page = self._window.centre.page
        if isinstance(page, HasVerdicts):
            page.comment()

    def on_more_like(self) -> None:
        page = self._window.centre.page
        if isinstance(page, HasVerdicts):
            page.more_like()

    def on_next_page(self) -> None:
        self._session.review.next_page()

    def on_all_stamps(self) -> None:
        self._session.review.end_page()
        self._session.review.end_like()

    def on_export_verdicts(self) -> None:
        from desktop_app.ui.review.verdict_dialogs import export_verdicts

        export_verdicts(self._session, self._window, self._folder())

    def on_import_verdicts(self) -> None:
        from desktop_app.ui.review.verdict_dialogs import import_verdicts

        import_verdicts(self._session, self._window, self._folder())

    # Actions: replay

    def on_show_replay(self) -> None:
        self._window.docks["replay"].show()
        self._window.docks["replay"].raise_()
        self._window.replay_panel.focus_start()

    def on_replay_toggle(self) -> None:
        self._session.replay.toggle()

    def on_replay_step(self) -> None:
        self._session.replay.step()

    def on_replay_stop(self) -> None:
        self._session.replay.stop()

    def on_replay_restart(self) -> None:
        self._session.replay.restart()

    def on_replay_faster(self) -> None:
        self._session.replay.step_speed(1)

    def on_replay_slower(self) -> None:
        self._session.replay.step_speed(-1)

    def on_replay_acknowledge(self) -> None:
        self._session.replay.acknowledge()

    def on_replay_inject(self) -> None:
        self._window.replay_panel.bar.inject()

    # Actions: tools and help

    def on_choose_columns(self) -> None:
        from desktop_app.ui.columns.columns_dialog import ColumnsDialog

        path = self._session.columns.to_choose_from
        if path is not None:
            ColumnsDialog(self._session, self._window.appearance, path, self._window).open()

    def on_commands(self) -> None:
        palette = CommandPalette(self._window.actions_by_name, self._window)
        palette.show()
        palette.box.setFocus()

    def on_clear_log(self) -> None:
        self._window.log_panel.text.clear()

    def on_guide(self) -> None:
        self._show_text("User guide", help_text("guide"))

    def on_shortcuts(self) -> None:
        self._show_text("Shortcuts", shortcuts_text())

    def on_changes(self) -> None:
        self._show_text("Changes", help_text("changes"))

    def on_about(self) -> None:
        self._show_text("About Peculiar", about_text())

    def _show_text(self, title: str, markdown: str) -> None:
        window = HelpWindow(title, markdown, self._window)
        window.text.document().setBaseUrl(QUrl.fromLocalFile(str(resources() / "help") + "/"))
        window.show()
