"""Several files of the list as one light curve: which belong together, what their entry is called, who offers it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from desktop_app.core.data import Dataset
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.stitch import together
from desktop_app.io.curves.together import by_object, one_a_segment
from desktop_app.io.reader import FileSummary
from desktop_app.ui.state import FileEntry, Notice
from desktop_app.ui.words import counted


def stitched_entry(files: Sequence[FileEntry], paths: Iterable[Path]) -> FileEntry:
    """The entry of the curve that the files ``paths`` are stitched to; one that is on the list already, where it is."""
    pieces = tuple(dict.fromkeys(piece for path in paths for piece in pieces_of(files, path) or (path,)))
    for entry in files:
        if entry.pieces and set(entry.pieces) == set(pieces):
            return entry
    known = {entry.path: entry.summary for entry in files}
    summaries = [known.get(path) or FileSummary(path, "light curve") for path in pieces]
    first = summaries[0]
    segment = together([summary.segment for summary in summaries])
    whole = replace(first, object_name=first.object_name or _stem(pieces[0]), segment=segment)
    name = f"{whole.object_name}, {segment}".replace("/", "∕")
    taken = {entry.path for entry in files}
    names = [name, *(f"{name} ({number})" for number in range(2, len(files) + 3))]
    path = next(path for path in (pieces[0].parent / free for free in names) if path not in taken)
    rows = [summary.rows for summary in summaries]
    return FileEntry(path, summary=replace(whole, path=path, rows=sum(rows) if min(rows) >= 0 else -1), pieces=pieces)


def pieces_of(files: Sequence[FileEntry], path: Path) -> tuple[Path, ...]:
    """The files that the entry ``path`` is stitched from; () where it is a file itself."""
    return next((entry.pieces for entry in files if entry.path == path), ())


def path_shown(data: Dataset | None, files: Sequence[FileEntry]) -> Path | None:
    """Under which path of the list ``data`` stands; None for none."""
    if not isinstance(data, LightCurve) or not data.pieces:
        return data.source.path if data else None
    pieces = {source.path for source in data.pieces}
    return next((entry.path for entry in files if entry.pieces and set(entry.pieces) == pieces), None)


def of_one_object(files: Sequence[FileEntry], path: Path | None) -> tuple[Path, ...]:
    """The files of the list that show the object of the file ``path``, one a segment; () where there is but one."""
    here = next((entry for entry in files if entry.path == path), None)
    whole = here.pieces[0] if here and here.pieces else path
    summaries = [entry.summary for entry in files if entry.summary and not entry.pieces]
    for group in by_object(summaries):
        like = next((summary for summary in group if summary.path == whole), None)
        if like is not None:
            chosen = one_a_segment(group, like)
            return tuple(summary.path for summary in chosen) if len(chosen) > 1 else ()
    return ()


def offer(files: Sequence[FileEntry], opened: Sequence[Path]) -> Notice | None:
    """What to tell where all that was opened at once belongs together."""
    entries = [entry for entry in files if not entry.pieces and (entry.path in opened or entry.folder in opened)]
    summaries = [entry.summary for entry in entries if entry.summary]
    groups = by_object(summaries)
    if len(entries) < 2 or len(groups) != 1 or len(groups[0]) < len(entries):
        return None
    chosen = one_a_segment(groups[0], groups[0][0])
    if len(chosen) < 2:
        return None
    said = together([summary.segment for summary in chosen]) if all(summary.segment for summary in chosen) else ""
    name = ", ".join(filter(None, (groups[0][0].object_name, said)))
    text = f"{counted(len(entries), 'file')} of one object: {name}."
    return Notice("info", text, "They can be looked at as one light curve.", action="stitch_object")


def _stem(path: Path) -> str:
    return path.name.split(".")[0]
