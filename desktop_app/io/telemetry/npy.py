"""One array of numpy as telemetry, with its training stretch and labels where it lies in a telemanom folder."""

from pathlib import Path

from desktop_app.core.arrays import Floats
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Telemetry
from desktop_app.io.reader import FileSummary, Reader, the_only_part
from desktop_app.io.source import open_bytes
from desktop_app.io.telemetry.labels import with_labels_beside
from desktop_app.io.telemetry.npy_file import MAGIC, read_npy_head
from desktop_app.io.telemetry.telemanom import channel, folder_at, read_array


def accepts(_path: Path, head: bytes) -> bool:
    """Whether the file is an array of numpy."""
    return head.startswith(MAGIC)


def read(path: Path, part: str | None = None) -> Telemetry:
    """The channel in the array.

    Raises
    ------
    ReadError
        The array is broken, or holds something else than numbers.
    """
    the_only_part(path.name, part)
    name = path.name.removesuffix(".gz").removesuffix(".npy")
    folder = folder_at(path.parent) if path.parent.name in ("train", "test") else None
    labels = None if folder is None or path.parent.name == "train" else folder.labels()

    def training() -> Floats | None:
        nominal = None if folder is None or path.parent.name == "train" else folder.training
        return read_array(nominal / path.name) if nominal and (nominal / path.name).is_file() else None

    place = None if labels is None else (labels.name, labels)
    data = channel(Source(path=path, object_name=name), read_array(path), training, place)
    return with_labels_beside(data) if folder is None else data


def summarise(path: Path) -> FileSummary:
    """How many rows and columns the array has.

    Raises
    ------
    ReadError
    """
    with open_bytes(path) as file:
        head = read_npy_head(file, path.name)
    rows = head.shape[0] if head.shape else 1
    columns = head.shape[1] if len(head.shape) > 1 else 1
    return FileSummary(path, "telemetry", object_name=path.name.split(".")[0], rows=rows, shape=(columns,))


READER = Reader("npy", "Telemetry in arrays of numpy", (".npy",), accepts, read, summarise)
