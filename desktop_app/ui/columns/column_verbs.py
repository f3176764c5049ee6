"""What the session does about tables whose columns a person has to tell apart: read, drawn, chosen, forgotten."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from PySide6.QtCore import QObject

from desktop_app.core.errors import ColumnsUnclear, TablePreview, UserError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import Report
from desktop_app.core.quality import Preset
from desktop_app.core.telemetry import Telemetry
from desktop_app.core.timescales import TimeReference, show_time
from desktop_app.io.reader import FileSummary
from desktop_app.io.tables.column_choice import ColumnChoice, TableShape, forget
from desktop_app.ui import work
from desktop_app.ui.bridge import Bridge, Take, without_progress
from desktop_app.ui.picture import CurvePicture, picture_of
from desktop_app.ui.state import AppState, FileEntry
from desktop_app.ui.words import counted, duration

if TYPE_CHECKING:
    from desktop_app.io.tables.any_table import AnyTable
    from desktop_app.ui.session import Session

_NO_PREVIEW, _NO_CHOICE, _NO_REFERENCE = TablePreview((), ()), ColumnChoice(), TimeReference()
Update = Callable[..., None]
Start = Callable[[Literal["open", "detect"], str, Callable[[Report], object], Take], None]


@dataclass(frozen=True, eq=False)
class TableLook:
    """A table that was read to be looked at.

    Attributes
    ----------
    table : AnyTable or None
    preview : TablePreview
    choice : ColumnChoice
        What was chosen before, or what the names tell.
    kept : bool
        Whether it was chosen before.
    problem : str
        Why the table could not be read.
    """

    table: "AnyTable | None" = None
    preview: TablePreview = _NO_PREVIEW
    choice: ColumnChoice = _NO_CHOICE
    kept: bool = False
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Drawn:
    """The light curve that a choice makes, ready to be drawn; ``problem`` says why it makes none."""

    choice: ColumnChoice
    picture: CurvePicture | None = None
    reference: TimeReference = _NO_REFERENCE
    said: str = ""
    title: str = ""
    upside_down: bool = False
    problem: str = ""


class ColumnVerbs(QObject):
    """Follows the session's state and changes it; the dialog calls the verbs."""

    def __init__(self, session: "Session", bridge: Bridge, update: Update, start: Start, take: Take) -> None:
        super().__init__(session)
        self._session, self._bridge = session, bridge
        self._update, self._start, self._take = update, start, take
        self._tried: Path | None = None
        self._unclear: Path | None = None
        session.changed.connect(self._on_changed)
        bridge.failed.connect(self._on_failed)

    @property
    def to_choose_from(self) -> Path | None:
        """The table that columns can be chosen for: the one just refused, else the one shown."""
        state = self._session.state
        if self._unclear is not None and state.notice is not None and state.notice.action == "choose_columns":
            return self._unclear
        data = state.data
        has_table = isinstance(data, Telemetry) or (isinstance(data, LightCurve) and not data.pieces)
        return data.source.path if data is not None and has_table else None

    def read_table(self, path: Path, table: str | None, take: Take) -> None:
        """Read a table of ``path``, for None the one chosen before or the first; ``take`` gets a `TableLook`."""
        self._bridge.run_beside(without_progress(partial(look_at, path, table)), take)

    def draw(self, table: "AnyTable", choice: ColumnChoice, take: Take) -> None:
        """Make the light curve of ``choice`` ready to be drawn; ``take`` gets a `Drawn`."""
        self._bridge.run_beside(without_progress(partial(drawn, table, choice)), take)

    def choose(self, path: Path, choice: ColumnChoice) -> None:
        """Open ``path`` by ``choice``, and so all tables laid out alike from now on."""
        doing = partial(_load_chosen, path, choice, self._session.state.preset)
        self._start("open", f"Opening {path.name}", doing, self._on_chosen)
        self._update(path=path)

    def forget(self, path: Path, shape: TableShape) -> None:
        """Open ``path`` by the names of its columns, and so all tables laid out alike from now on."""
        forget(frozenset({shape.key}))
        self._session.show(path)

    def _on_chosen(self, chosen: tuple[work.Loaded, FileSummary]) -> None:
        loaded, summary = chosen
        self._session.files.merge([FileEntry(summary.path, summary=summary)])
        self._take(loaded)
        self._session.notify(
            "info",
            f"The columns of {summary.path.name} are remembered for tables laid out alike.",
            "Tools › Choose columns forgets them.",
        )

    def _on_changed(self, _old: AppState, new: AppState) -> None:
        if new.busy is not None and new.busy.what == "open":
            self._tried = new.path

    def _on_failed(self, error: Exception) -> None:
        """Offer the choice; the session has told the error already."""
        notice = self._session.state.notice
        if isinstance(error, ColumnsUnclear) and error.can_be_told and notice is not None and self._tried is not None:
            self._unclear = self._tried
            self._update(notice=replace(notice, action="choose_columns"))


def look_at(path: Path, name: str | None = None) -> TableLook:
    """A table of ``path`` with what was chosen or is told of its columns; the one chosen before for no name."""
    with work.one_importer:
        from desktop_app.io.tables.any_table import open_table
        from desktop_app.io.tables.column_names import QUALITY_NAMES, first_called
        from desktop_app.io.tables.mapping import recalled

        try:
            earlier = recalled(path)
            wanted = earlier or ColumnChoice()
            table = open_table(path, wanted.table if name is None else name, has=(wanted.time, wanted.flux))
            preview = table.preview
        except UserError as error:
            return TableLook(problem=str(error))
    quality = first_called(tuple(table.named.numbers), QUALITY_NAMES)
    told = ColumnChoice(preview.time, preview.flux, preview.flux_err, quality.name if quality else "")
    fits_here = earlier is not None and {earlier.time, earlier.flux} <= {"", *table.shape.names}
    return TableLook(table, preview, earlier if earlier and fits_here else told, kept=earlier is not None)


def drawn(table: "AnyTable", choice: ColumnChoice) -> Drawn:
    """The light curve that ``choice`` makes of ``table``, ready to be drawn."""
    with work.one_importer:
        from desktop_app.io.tables.mapping import curve_from

    try:
        curve = curve_from(table, choice)
    except UserError as error:
        return Drawn(choice, problem=str(error))
    picture = picture_of(curve)
    if not len(picture.flux):
        return Drawn(choice, problem="No row has both a time and a flux.")
    known = curve.time[np.isfinite(curve.time)]
    ends = (float(known[0]), float(known[-1]))
    span = f"{ends[0]:.5f} to {ends[1]:.5f} d from an unknown zero"
    if curve.reference.known:
        span = " to ".join(show_time(end, curve.reference) for end in ends)
    said = f"{counted(len(curve), 'row')}, {span}, every {duration(picture.cadence_d)}"
    unit = f" ({curve.flux_unit})" if curve.flux_unit else ""
    return Drawn(choice, picture, curve.reference, said, f"{curve.flux_name}{unit}", curve.in_magnitudes)


def _load_chosen(path: Path, choice: ColumnChoice, preset: Preset, report: Report) -> tuple[work.Loaded, FileSummary]:
    report(0.0, f"Reading {path.name}")
    with work.one_importer:
        from desktop_app.io import open_file
        from desktop_app.io.tables.mapping import remember_for, summarise_mapped

        data = open_file(path, quality=preset, columns=choice)
        remember_for(path, choice)
        summary = summarise_mapped(path)
    report(0.7, f"Drawing {path.name}")
    return work.loaded_of(data), summary
