"""Asks where verdicts go, and where they come from."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.core.cutouts import CutoutSet
from desktop_app.ui.session import Session

_SHOWN, _EVERYTHING = "the stamps shown", "all that was ever decided"
_KINDS = (("CSV table", ".csv"), ("ECSV table", ".ecsv"), ("JSON", ".json"))


def export_verdicts(session: Session, parent: QWidget, folder: str) -> None:
    """Ask for a file, and write the verdicts on the stamps shown into it, or everything."""
    of_stamps = isinstance(session.state.data, CutoutSet)
    filters = {
        f"{label}, {which} (*{suffix})": (suffix, which == _EVERYTHING)
        for which in ((_SHOWN, _EVERYTHING) if of_stamps else (_EVERYTHING,))
        for label, suffix in _KINDS
    }
    wanted = str(Path(folder) / "verdicts.csv")
    name, chosen = QFileDialog.getSaveFileName(parent, "Export verdicts", wanted, ";;".join(filters))
    if name:
        suffix, everything = filters.get(chosen, (".csv", not of_stamps))
        session.review.export(Path(name) if Path(name).suffix else Path(name + suffix), everything=everything)


def import_verdicts(session: Session, parent: QWidget, folder: str) -> None:
    """Ask for a file of verdicts, and take them."""
    name, _ = QFileDialog.getOpenFileName(parent, "Import verdicts", folder, "Verdicts (*.csv *.ecsv *.json)")
    if name:
        session.review.take_file(Path(name))
