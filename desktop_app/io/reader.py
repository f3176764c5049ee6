"""What a reader is, and what a file says of itself before it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.data import Dataset

# Primary and table headers of every mission light curve lie in here; the longest known takes 40 KiB.
HEAD_BYTES = 128 << 10


@dataclass(frozen=True)
class FileSummary:
    """What the file browser and ``peculiar info`` show, read from the headers alone.

    Attributes
    ----------
    path : Path
    kind : str
        "light curve".
    object_name, mission, segment : str
        "" where the file does not say.
    cadence_s : float
        Exposure spacing as the header gives it; NaN where it does not.
    rows : int
        -1 where only reading the whole file would tell.
    """

    path: Path
    kind: str
    object_name: str = ""
    mission: str = ""
    segment: str = ""
    cadence_s: float = float("nan")
    rows: int = -1


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
        ``read(path)``: the dataset, with its default flux and quality preset; raises `ReadError`.
    summarise : callable
        ``summarise(path)``: a `FileSummary` from the headers alone, in a few milliseconds; raises `ReadError`.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    accepts: Callable[[Path, bytes], bool]
    read: Callable[[Path], Dataset]
    summarise: Callable[[Path], FileSummary]
