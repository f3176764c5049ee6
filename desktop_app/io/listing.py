"""Which files of a folder are worth opening, told by their names alone; loops of links and absurd folders end it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FILES_LIMIT = 100_000
FOLDERS_LIMIT = 10_000

Version = tuple[int, int]
"""Changes when a file does: its time of change in nanoseconds, and its size."""


@dataclass(frozen=True)
class Listing:
    """What lies in a folder and below it.

    Attributes
    ----------
    files : tuple of (Path, Version)
        Files whose names end like those of readable files, in order of name.
    folders : tuple of Path
        The folder and those below it that were looked into.
    problem : str
        Why there may be more, "" where this is all.
    """

    files: tuple[tuple[Path, Version], ...]
    folders: tuple[Path, ...]
    problem: str = ""


def list_folder(folder: Path, endings: Sequence[str]) -> Listing:
    """The files below ``folder`` whose names end in one of ``endings``; what is hidden is left out.

    Parameters
    ----------
    folder : Path
    endings : sequence of str
        Lower case with the dot.
    """
    suffixes = tuple(endings)
    files: list[tuple[str, Version]] = []
    folders: list[str] = []
    seen: set[tuple[int, int]] = set()
    waiting = [str(folder)]
    problem = ""
    while waiting:
        place = waiting.pop()
        if len(files) > FILES_LIMIT or len(folders) >= FOLDERS_LIMIT:
            problem = f"{folder.name or folder} holds more than {min(len(files), FILES_LIMIT):,} files to open"
            problem += f" in {len(folders):,} folders; the rest is not listed."
            break
        if _is_new(place, seen):
            folders.append(place)
            waiting.extend(sorted(_into(place, suffixes, files), reverse=True))
    found = sorted(files[:FILES_LIMIT], key=_in_order)
    return Listing(tuple((Path(name), version) for name, version in found), tuple(map(Path, folders)), problem)


def _in_order(file: tuple[str, Version]) -> list[str]:
    return file[0].split(os.sep)


def _is_new(place: str, seen: set[tuple[int, int]]) -> bool:
    """Whether ``place`` is a folder that was not met before, by whatever name."""
    try:
        status = os.stat(place)
    except (OSError, ValueError):
        return False
    identity = (status.st_dev, status.st_ino)
    # Where a file system numbers nothing, links are not followed at all.
    if identity in seen and status.st_ino:
        return False
    seen.add(identity)
    return True


def _into(place: str, suffixes: tuple[str, ...], files: list[tuple[str, Version]]) -> list[str]:
    """Add the files in ``place`` to ``files``; the folders in it."""
    folders = []
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                try:
                    if entry.is_dir():
                        folders.append(entry.path)
                    elif entry.name.lower().endswith(suffixes) and len(files) <= FILES_LIMIT:
                        status = entry.stat()
                        files.append((entry.path, (status.st_mtime_ns, status.st_size)))
                except OSError:
                    continue
    except OSError:
        return []
    return folders
