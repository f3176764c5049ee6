"""Telemetry in HDF5: datasets chosen in the tree of the file, by convention or by a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, prod
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import DatasetsUnclear, ParamError, ReadError
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.io.reader import FileSummary, Reader, chosen_part
from desktop_app.io.tables.text_table import number_of
from desktop_app.io.telemetry.clock import TimeName, times_of_dates, times_of_numbers
from desktop_app.io.telemetry.hdf5_choice import Candidate, Chosen, candidates
from desktop_app.io.telemetry.hdf5_process import Array, datasets
from desktop_app.io.telemetry.hdf5_tree import DATES, Node, Tree, tree
from desktop_app.io.telemetry.labels import with_labels_beside
from desktop_app.io.telemetry.moments import Moments, dates_in, of_floats
from desktop_app.io.telemetry.npy_file import VALUES_LIMIT_BYTES
from desktop_app.io.telemetry.telemetry_columns import Words, beside_name, marks_in, states_of
from desktop_app.io.telemetry.telemetry_rows import Columns, Marks, Times, row_numbers, telemetry_of

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_CHOOSE = "Choose its datasets in the tree: a time, and values with as many rows."
_LISTED = 8


def accepts(_path: Path, head: bytes) -> bool:
    """Whether the file is HDF5, which may begin behind a block of its user's."""
    return any(head.startswith(_SIGNATURE, at) for at in (0, 512, 1024, 2048, 4096, 8192))


def read(path: Path, part: str | None = None) -> Telemetry:
    """The channels of one group, chosen by what the names, shapes and units of its datasets say.

    Raises
    ------
    ReadError
        The file is damaged, or nothing in it looks like channels.
    ParamError
        There is no such group.
    """
    found = tree(path)
    choices = _choices(path, found)
    names = tuple(choice.name for choice in choices)
    place = chosen_part(path.name, names, part)
    source = Source(path=path, object_name=beside_name(path), part=names[place], parts=names)
    return _read(source, found, choices[place].chosen)


def read_hdf5(path: Path, chosen: Chosen) -> Telemetry:
    """The channels that a person has chosen in the tree.

    Raises
    ------
    ReadError
        The file is damaged, or the datasets do not fit together.
    ParamError
        There is no such dataset.
    """
    found = tree(path)
    names = tuple(choice.name for choice in candidates(found))
    return _read(Source(path=path, object_name=beside_name(path), parts=names), found, chosen)


def summarise(path: Path) -> FileSummary:
    """How many rows and channels the first group has that looks like channels.

    Raises
    ------
    ReadError
    """
    found = tree(path)
    first = _choices(path, found)[0]
    channels = sum(prod(node.shape[1:]) for name in first.chosen.values if (node := found.node(name)))
    return FileSummary(path, "telemetry", object_name=beside_name(path), rows=first.rows, shape=(channels,))


def _choices(path: Path, found: Tree) -> tuple[Candidate, ...]:
    root = found.node("/")
    if root is not None and "provenance" in root.attributes and found.node("/scores") is not None:
        raise ReadError(
            f"{path.name} holds scores that Peculiar kept of an earlier run, not data.",
            hint="Open the file that they were made of; the scores are found by themselves.",
        )
    choices = candidates(found)
    if choices:
        return choices
    listed = [f"{node.path} {node.problem}".strip() for node in found.nodes if node.kind != "group"]
    what = "; ".join(listed[:_LISTED]) + (f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else "")
    raise DatasetsUnclear(
        f"{path.name} has no dataset that looks like channels: {what or 'it is empty'}.", path=path, hint=_CHOOSE
    )


@dataclass(frozen=True)
class _Piece:
    """A dataset that was read: its node, its values, and the names of its states."""

    node: Node
    values: Array
    states: tuple[str, ...]


def _read(source: Source, found: Tree, chosen: Chosen) -> Telemetry:
    names = tuple(dict.fromkeys(name for name in (chosen.time, *chosen.values, chosen.label) if name))
    nodes = [_node(source, found, name) for name in names]
    blocks = [_node(source, found, item) for name in chosen.values if (item := _items(found, name))]
    _check_sizes(source, nodes)
    arrays, states = datasets(_path(source), [_asked(node) for node in (*nodes, *blocks)])
    pieces = {
        node.path: _Piece(node, array, said)
        for node, array, said in zip((*nodes, *blocks), arrays, states, strict=True)
    }
    n = len(pieces[chosen.values[0]].values) if chosen.values else 0
    odd = [piece for name in names if (piece := pieces[name]).values.shape[:1] != (n,)]
    if not chosen.values or odd:
        what = f"{odd[0].node.path} has {odd[0].values.shape[:1]} rows, not {n:,}" if odd else "no values are chosen"
        raise ReadError(f"The datasets of {_path(source).name} do not fit together: {what}.", hint=_CHOOSE)
    times = _times(pieces[chosen.time], n) if chosen.time else row_numbers(n)
    columns = [column for name in chosen.values for column in _columns(pieces[name], pieces.get(_items(found, name)))]
    marks = _marks(pieces[chosen.label]) if chosen.label else ()
    channels = tuple(channel for channel, _ in columns)
    return with_labels_beside(telemetry_of(source, times, Columns(channels, [values for _, values in columns], marks)))


def _path(source: Source) -> Path:
    return source.path or Path()


def _node(source: Source, found: Tree, name: str) -> Node:
    node = found.node(name)
    if node is None:
        raise ParamError(f"{_path(source).name} has no dataset {name!r}.", hint=_CHOOSE)
    if not node.is_readable or len(node.shape) not in (1, 2):
        why = node.problem or f"holds {node.dtype or 'no numbers'} of shape {node.shape}"
        raise ReadError(f"Dataset {name} of {_path(source).name} {why}.", hint=_CHOOSE)
    return node


def _check_sizes(source: Source, nodes: list[Node]) -> None:
    taken = sum(8 * prod(node.shape) for node in nodes)
    if taken > VALUES_LIMIT_BYTES // 2:
        raise ReadError(
            f"The datasets of {_path(source).name} have {taken // 8:,} values together, too many to look at.",
            hint="Choose fewer of them.",
        )


def _asked(node: Node) -> tuple[str, str]:
    return (node.parent, node.name) if node.kind == "field" else (node.path, "")


def _items(found: Tree, name: str) -> str:
    """The dataset with the names of the columns in a block of pandas; "" where there is none."""
    items = name.removesuffix("_values") + "_items"
    node = found.node(items) if name.endswith("_values") else None
    return items if node is not None and node.holds == "texts" and node.is_readable else ""


def _times(piece: _Piece, n: int) -> Times:
    if piece.values.dtype.kind == "S":
        return times_of_dates(dates_in(_texts(piece.values)))
    if piece.node.attributes.get("kind", "").startswith(DATES):
        name = TimeName("timestamp", "ns")
    else:
        name = TimeName(piece.node.name, piece.node.unit)
    if piece.values.dtype.kind == "i":
        whole = piece.values.astype(np.int64)
        return times_of_numbers(Moments(whole, np.zeros(n), whole > np.iinfo(np.int64).min), name)
    return times_of_numbers(of_floats(piece.values.astype(np.float64)), name)


def _columns(piece: _Piece, items: _Piece | None) -> Iterator[tuple[Channel, Floats]]:
    """The channels of a dataset: one, or one for each of its columns."""
    node, name = piece.node, piece.node.name
    if piece.values.dtype.kind == "S":
        words = Words()
        words.add(_texts(piece.values.reshape(len(piece.values), -1)[:, 0]))
        if not words.are_too_many:
            states, codes = states_of(words.words, words.codes)
            yield Channel(name, node.unit, states), codes
        return
    table = piece.values.reshape(len(piece.values), -1)
    called = None if items is None else [str(text) for text in _texts(items.values.reshape(-1))]
    for n in range(table.shape[1]):
        if called is not None and len(called) == table.shape[1]:
            column = called[n]
        else:
            column = name if piece.values.ndim == 1 else f"{name}[{n}]"
        yield Channel(column, node.unit, piece.states), _scaled(table[:, n], node)


def _scaled(values: Array, node: Node) -> Floats:
    """Values as netCDF packs them: scaled, and NaN where the number stands for no value."""

    def said(name: str) -> float:
        return _number(node.attributes.get(name, ""))

    floats = values.astype(np.float64)
    for fill in (said("_FillValue"), said("missing_value")):
        if isfinite(fill):
            floats[floats == fill] = np.nan
    scale, offset = said("scale_factor"), said("add_offset")
    if isfinite(scale) or isfinite(offset):
        with np.errstate(all="ignore"):
            floats = floats * (scale if isfinite(scale) else 1.0) + (offset if isfinite(offset) else 0.0)
    return floats


def _number(text: str) -> float:
    """The number that an attribute is; NaN where it is none."""
    number = number_of(text.strip())
    return float("nan") if number is None else number


def _texts(values: Array) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
    return np.char.strip(np.char.decode(values, "utf-8", "replace"))


def _marks(piece: _Piece) -> tuple[Marks, ...]:
    texts = _texts(piece.values) if piece.values.dtype.kind == "S" else np.char.mod("%g", piece.values)
    words = Words()
    words.add(texts)
    return marks_in(words.words, words.codes) or ()


READER = Reader("hdf5", "Telemetry in HDF5", (".h5", ".hdf5", ".hdf", ".he5", ".nc"), accepts, read, summarise)
