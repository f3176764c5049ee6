"""What a writer is, and how files are written: all of them or none."""

import os
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from errno import EACCES, EDQUOT, EFBIG, ENAMETOOLONG, ENOSPC, EPERM, EROFS
from pathlib import Path
from typing import Literal

from desktop_app.core.errors import WriteError
from desktop_app.core.event_table import EventTable

_REASONS = {
    EACCES: ("you may not write there", "Choose a folder of your own."),
    EPERM: ("you may not write there", "Choose a folder of your own."),
    EROFS: ("the disk can only be read", "Choose another folder."),
    ENOSPC: ("the disk is full", "Make room or choose another folder."),
    EDQUOT: ("your share of the disk is used up", "Make room or choose another folder."),
    EFBIG: ("the file would be larger than is allowed there", "Choose another folder."),
    ENAMETOOLONG: ("the name is too long", "Choose a shorter name."),
}


@dataclass(frozen=True)
class Writer:
    """One export format.

    Attributes
    ----------
    name, label : str
        The name in commands, the label in the save dialog.
    suffix : str
        What names of such files end in, lower case; the more particular ones stand first in the registry.
    write : callable
        ``write(table, path)``: the paths that were written; raises `WriteError`.
    of : str
        "telemetry" or "pictures" where it takes no other events; "" where it takes all.
    """

    name: str
    label: str
    suffix: str
    write: Callable[[EventTable, Path], list[Path]]
    of: Literal["", "telemetry", "pictures"] = ""


def check_target(path: Path) -> None:
    """Make sure, before hours of work, that ``path`` can be written as far as can be told.

    Raises
    ------
    WriteError
        Its folder is missing, it is a folder itself, or it is not ours to write.
    """
    folder = _real(path).parent
    if not folder.is_dir():
        raise WriteError(f"{path} cannot be written: there is no folder {folder}.", hint="Make the folder first.")
    if path.is_dir():
        raise WriteError(f"{path} cannot be written: it is a folder.", hint="Give the name of a file.")
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise _write_error(path, PermissionError(EACCES, "denied"))


def write_together(contents: Mapping[Path, str | bytes]) -> list[Path]:
    """Write everything to its path, or none: first aside, then in place of what stood there.

    Raises
    ------
    WriteError
        A file cannot be written; what stood there is then left as it was.
    """
    # A link stays a link: what it points to is replaced.
    aside = {path: _real(path).with_name(f".{path.name[:80]}.{uuid.uuid4().hex[:8]}.part") for path in contents}
    try:
        for path, content in contents.items():
            check_target(path)
            _write_whole(aside[path], content, path)
        for path in contents:
            _replace(aside[path], path)
    finally:
        for left in aside.values():
            with suppress(OSError):
                left.unlink(missing_ok=True)
    return list(contents)


def _write_whole(aside: Path, content: str | bytes, path: Path) -> None:
    whole = content if isinstance(content, bytes) else content.encode("utf-8", errors="backslashreplace")
    try:
        with aside.open("wb") as file:
            file.write(whole)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _write_error(path, error) from error


def _replace(aside: Path, path: Path) -> None:
    try:
        aside.replace(_real(path))
    except OSError as error:
        raise _write_error(path, error) from error


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _write_error(path: Path, error: OSError) -> WriteError:
    reason, hint = _REASONS.get(error.errno or 0, (error.strerror or "the system refuses", "Choose another place."))
    return WriteError(f"{path} cannot be written: {reason}.", hint=hint)
