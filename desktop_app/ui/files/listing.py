"""What the worker thread does for the list of files: finds them, reads their headers, and looks what has changed."""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from desktop_app.core.errors import UserError
from desktop_app.core.progress import Report
from desktop_app.io.listing import Listing, Version, list_folder
from desktop_app.io.source import version_of
from desktop_app.ui.state import FileEntry
from desktop_app.ui.work import one_importer

BATCH = 64
_BATCH_S = 0.06
_WHOLE_FOLDERS = 500
_log = logging.getLogger("peculiar")


@dataclass(frozen=True)
class Found:
    """What there is below the paths that were opened.

    Attributes
    ----------
    entries : tuple of FileEntry
        A folder that is one data set stands before its files.
    missing : tuple of Path
        Paths that are not there.
    folders : tuple of Path
        Every folder that was looked into.
    problems : tuple of str
        Why a listing is not all there is.
    """

    entries: tuple[FileEntry, ...]
    missing: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changes:
    """How files differ from what the list says.

    Attributes
    ----------
    found : Found
        Files that are new, and all folders there are now.
    changed : tuple of (Path, Version)
        Files that are others now, or there again.
    gone : tuple of Path
        Files that are no longer there.
    """

    found: Found
    changed: tuple[tuple[Path, Version], ...] = ()
    gone: tuple[Path, ...] = ()


def find(paths: Sequence[Path], report: Report) -> Found:
    """The files that ``paths`` are or hold; no header is read but those of folders that are one data set."""
    entries: list[FileEntry] = []
    missing: list[Path] = []
    folders: list[Path] = []
    problems: list[str] = []
    for path in paths:
        report(0.0, "Listing files")
        here: list[FileEntry] = []
        if not path.is_dir():
            version = version_of(path)
            entries.append(FileEntry(path, version=version))
            if version == (0, 0):
                missing.append(path)
            continue
        listing = _listed(path)
        folders.extend(listing.folders)
        problems.extend([listing.problem] if listing.problem else [])
        wholes = _wholes(path, listing)
        # A folder's own files stand before those of the folders in it.
        for file, version in sorted(listing.files, key=_folder_first):
            if file.parent in wholes:
                here.append(wholes.pop(file.parent))
            here.append(FileEntry(file, folder=path, version=version))
        entries += [*wholes.values(), *here]
    return Found(tuple(entries), tuple(missing), tuple(folders), tuple(problems))


def read_headers(entries: Sequence[FileEntry], report: Report) -> tuple[FileEntry, ...]:
    """As many of ``entries`` as can be read in a moment, with what their headers say; one at least."""
    began = monotonic()
    read: list[FileEntry] = []
    for entry in entries:
        report(0.0, "Reading headers")
        read.append(_summarised(entry))
        if monotonic() - began > _BATCH_S:
            break
    return tuple(read)


def look_again(roots: Sequence[Path], known: Mapping[Path, Version | None], report: Report) -> Changes:
    """What has changed below the folders ``roots`` and in the files ``known``.

    Parameters
    ----------
    roots : sequence of Path
        The folders that were opened.
    known : mapping of Path to Version or None
        What the list has; None where nobody looked yet, (0, 0) for what is gone.
    """
    changed: list[tuple[Path, Version]] = []
    gone: list[Path] = []
    found = find([root for root in roots if root.is_dir()], report)
    now = {entry.path: entry.version for entry in found.entries}
    for path, before in known.items():
        version = now.get(path) or version_of(path)
        if version == (0, 0) and before != (0, 0):
            gone.append(path)
        elif before is not None and version not in (before, (0, 0)):
            changed.append((path, version))
    new = tuple(entry for entry in found.entries if entry.path not in known)
    return Changes(replace(found, entries=new), tuple(changed), tuple(gone))


def _folder_first(file: tuple[Path, Version]) -> list[str]:
    return os.path.dirname(file[0]).split(os.sep)


def _listed(folder: Path) -> Listing:
    with one_importer:
        from desktop_app.io import suffixes

        endings = suffixes()
    return list_folder(folder, endings)


def _wholes(root: Path, listing: Listing) -> dict[Path, FileEntry]:
    """The folders that are one data set by themselves, by their paths."""
    found: dict[Path, FileEntry] = {}
    for folder in listing.folders[:_WHOLE_FOLDERS]:
        entry = _summarised(FileEntry(folder, folder=root, whole=True, version=version_of(folder)))
        if entry.summary is not None:
            found[folder] = entry
    return found


def _summarised(entry: FileEntry) -> FileEntry:
    try:
        with one_importer:
            from desktop_app.io import summarise

            return replace(entry, summary=summarise(entry.path), problem="")
    except UserError as error:
        return replace(entry, summary=None, problem=str(error))
    # One file that a reader stumbles over must not end the list.
    except Exception:  # noqa: BLE001
        _log.exception("The headers of %s could not be read.", entry.path)
        return replace(entry, summary=None, problem="Something went wrong inside Peculiar with this file; see the log.")
