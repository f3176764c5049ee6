"""Ties the rows of the telemetry page to the scatter of two channels: times in view there, selected rows here."""

import numpy as np
from PySide6.QtCore import QObject, QTimer

from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.session import Session
from desktop_app.ui.state import AppState
from desktop_app.ui.telemetry.against_items import RowsMarkItem
from desktop_app.ui.telemetry.telemetry_plots import TelemetryPlots
from desktop_app.ui.theme import Appearance, Theme

_AFTER_MS = 80


class AgainstLink(QObject):
    """Belongs to the page; draws one item into its rows."""

    def __init__(self, session: Session, plots: TelemetryPlots, appearance: Appearance) -> None:
        super().__init__(plots)
        self._session, self._plots = session, plots
        self.mark = RowsMarkItem()
        self.mark.set_theme(appearance.theme)
        plots.box.addItem(self.mark, ignoreBounds=True)
        # While the view moves the scatter stays; it follows when the view comes to rest.
        self._rest = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._rest.timeout.connect(self._on_rest)
        plots.moved.connect(self._on_moved)
        appearance.changed.connect(self._on_theme)
        session.changed.connect(self._on_changed)

    def _on_moved(self) -> None:
        self._rest.start()

    def _on_rest(self) -> None:
        shown = next((one for one in self._plots.scene_shown.stretches if not one.training), None)
        if shown is None:
            self._session.against.see(None)
            return
        start, stop = self._plots.time_range
        self._session.against.see((start - shown.shift_s, stop - shown.shift_s))

    def _on_changed(self, old: AppState, new: AppState) -> None:
        if new.against.brushed is old.against.brushed and new.data is old.data:
            return
        rows = np.array(new.against.brushed, np.int64).reshape(-1, 2)
        if not isinstance(new.data, Telemetry) or not len(rows):
            self.mark.set_stretches(np.zeros(0), np.zeros(0))
            return
        half = new.data.cadence_s / 2 if new.data.cadence_s == new.data.cadence_s else 0.5
        time = new.data.time
        self.mark.set_stretches(time[rows[:, 0]] - half, time[rows[:, 1] - 1] + half)

    def _on_theme(self, theme: Theme) -> None:
        self.mark.set_theme(theme)
