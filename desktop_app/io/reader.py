"""What a reader is, and what a file says of itself before it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.data import Dataset, Kind
from desktop_app.core.errors import ParamError
from desktop_app.core.progress import Report

# Primary and table headers of every mission light curve lie in here; the longest known takes 40 KiB.
HEAD_BYTES = 128 << 10


@dataclass(frozen=True)
class FileSummary:
    """What the file browser and ``peculiar info`` show, read from the headers alone.

    Attributes
    ----------
    path : Path
    kind : str
        "light curve", "target pixels", "image", "cutouts" or "telemetry".
    object_name, mission, segment : str
        "" where the file does not say.
    cadence_s : float
        Exposure spacing as the header gives it; NaN where it does not.
    rows : int
        Rows, frames, stamps, or pictures of an image file; -1 where only reading the whole file would tell.
    shape : tuple of int
        Height and width of a picture in pixels, or the number of channels; () where there is no such thing.
    """

    path: Path
    kind: Kind
    object_name: str = ""
    mission: str = ""
    segment: str = ""
    cadence_s: float = float("nan")
    rows: int = -1
    shape: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reader:
    """One file format.

    Attributes
    ----------
    name, label : str
        The name in messages, the label in the open dialog.
    suffixes : tuple of str
        What such files usually end in, lower case with the dot; content decides, not the name.
    accepts : callable
        ``accepts(path, head)``: whether the file is of this format; ``head`` is its first `HEAD_BYTES` bytes,
        unpacked where the file is gzipped. May raise `ReadError` where its headers contradict themselves.
    read : callable
        ``read(path, part)``: the dataset, with its default flux and quality preset; ``part`` is a name out of
        ``source.parts``, or None for the reader's choice. Raises `ReadError`, and `ParamError` for an unknown part.
    summarise : callable
        ``summarise(path)``: a `FileSummary` from the headers alone, in a few milliseconds; raises `ReadError`.
    of_folders : bool
        Whether it reads folders, and those only; ``head`` is empty for them.
    read_told : callable or None
        ``read_told(path, part, report)``: the same as ``read`` with its progress told, for what takes long.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    accepts: Callable[[Path, bytes], bool]
    read: Callable[[Path, str | None], Dataset]
    summarise: Callable[[Path], FileSummary]
    of_folders: bool = False
    read_told: Callable[[Path, str | None, Report], Dataset] | None = None


def the_only_part(file: str, part: str | None) -> None:
    """For readers of files that hold one thing.

    Raises
    ------
    ParamError
        ``part`` names another.
    """
    if part:
        raise ParamError(f"{file} has no parts, so none called {part!r}.", hint="Leave out the part.")


def chosen_part(file: str, parts: tuple[str, ...], part: str | None) -> int:
    """The place of ``part`` among ``parts``, 0 for None.

    Raises
    ------
    ParamError
        There is none of that name.
    """
    if part is None:
        return 0
    if part not in parts:
        listed = ", ".join(parts[:20]) + (f" and {len(parts) - 20} more" if len(parts) > 20 else "")
        raise ParamError(f"{file} has no part called {part!r}.", hint=f"Its parts are: {listed}.")
    return parts.index(part)
