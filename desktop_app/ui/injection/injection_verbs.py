"""What the session does about injections: measures a recovery map in the worker, and opens an example of a cell."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from desktop_app.core.injection.plan import InjectionPlan
from desktop_app.core.injection.putting import Planted
from desktop_app.core.injection.results import RecoveryMap
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import Params
from desktop_app.core.progress import Report
from desktop_app.detectors import DEFAULT_DETECTOR
from desktop_app.ui import work
from desktop_app.ui.bridge import Take
from desktop_app.ui.files.stitching import path_shown
from desktop_app.ui.injection.injection_state import Cell
from desktop_app.ui.words import duration, relative

if TYPE_CHECKING:
    from desktop_app.ui.session import Session

Update = Callable[..., None]
Start = Callable[[Literal["inject", "open"], str, Callable[[Report], object], Take], None]


@dataclass(frozen=True, eq=False)
class Example:
    """A curve with an injected signal, ready to be drawn, and its truth."""

    loaded: work.Loaded
    truth: tuple[Planted, ...]


class InjectionVerbs(QObject):
    """Changes the session's state; the panel and the actions call the verbs."""

    def __init__(self, session: "Session", update: Update, start: Start, take: Take) -> None:
        super().__init__(session)
        self._session, self._update, self._start, self._take = session, update, start, take

    def set_plan(self, plan: Params) -> None:
        """What is injected from now on."""
        if isinstance(plan, InjectionPlan):
            self._change(plan=plan)

    def run(self) -> None:
        """Inject into the curve shown, and let the chosen detector look."""
        state = self._session.state
        curve = state.curve
        if curve is None or state.busy is not None:
            return
        name = state.spec.name if state.spec else DEFAULT_DETECTOR
        doing = partial(_measured, curve, name, state.settings, state.threshold, state.injection.plan)
        self._start("inject", "Injecting", doing, partial(self._on_measured, curve))

    def select_cell(self, cell: Cell | None) -> None:
        """Look at a cell of the map."""
        self._change(cell=cell)

    def use_threshold(self) -> None:
        """Take the suggested threshold."""
        found = self._session.state.injection.found
        if found is not None:
            self._session.set_threshold(found.suggested)

    def show_example(self) -> None:
        """Open the curve that was injected into with one signal of the selected cell in it."""
        shown = self._session.state.injection
        if shown.found is None or shown.curve is None or shown.cell is None or self._session.state.busy is not None:
            return
        doing = partial(_example, shown.curve, shown.found, shown.cell)
        origin = path_shown(shown.curve, self._session.state.files)
        self._start("open", "Injecting an example", doing, partial(self._on_example, origin))

    def copy_table(self) -> None:
        """Put the map on the clipboard as tab-separated text."""
        from desktop_app.engine.inject_report import summary_of, table_of

        state = self._session.state
        found = state.injection.found
        if found is None:
            return
        lines = ["\t".join(row) for row in table_of(found, state.threshold)]
        QGuiApplication.clipboard().setText("\n".join([*lines, "", *summary_of(found, state.threshold)]))
        self._session.notify("info", "The recovery map is on the clipboard.")

    def _on_measured(self, curve: LightCurve, found: RecoveryMap) -> None:
        self._change(found=found, curve=curve, cell=None)

    def _on_example(self, origin: Path | None, example: Example) -> None:
        """Show it in place of the file it was made of, which a reload brings back."""
        self._take(example.loaded)
        self._update(path=origin)
        (truth,) = example.truth
        signal = truth.signal
        lasts = f", {duration(signal.duration_d)}" if signal.duration_d else ""
        lasts += f", every {duration(signal.period_d)}" if signal.repeats else ""
        at = float(example.loaded.curve.time[truth.peak]) if example.loaded.curve is not None else signal.t0
        text = f"An example, not as observed: {signal.kind} of {relative(truth.depth)}{lasts}, SNR {truth.snr:.1f}."
        hint = f"It is at {at:.4f}; run the detector to see what it makes of it, and reload the file to leave it."
        self._session.notify("info", text, hint)
        self._session.select_row(truth.peak)

    def _change(self, **changes: object) -> None:
        self._update(injection=replace(self._session.state.injection, **changes))  # type: ignore[arg-type]  # by name


def _measured(
    curve: LightCurve, name: str, settings: Params | None, threshold: float, plan: InjectionPlan, report: Report
) -> RecoveryMap:
    with work.one_importer:
        from desktop_app.engine.inject import recovery

    return recovery(curve, name, settings, plan, report, threshold=threshold)


def _example(curve: LightCurve, found: RecoveryMap, cell: Cell, report: Report) -> Example:
    with work.one_importer:
        from desktop_app.engine.inject import injected_example

    injected, truth = injected_example(curve, found.plan, cell, report)
    return Example(work.loaded_of(injected), truth)
