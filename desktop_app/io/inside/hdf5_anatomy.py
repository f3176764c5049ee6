"""What HDF5 files are made of: groups and datasets with their attributes, read by the process that reads HDF5."""

from collections.abc import Iterator
from math import prod
from pathlib import Path

import numpy as np

from desktop_app.core.errors import ReadError
from desktop_app.io.inside.anatomy import Clock, ColumnFacts, HeaderCard, Looked, Section
from desktop_app.io.inside.array_anatomy import columns_of
from desktop_app.io.telemetry.hdf5_process import Array, datasets
from desktop_app.io.telemetry.hdf5_tree import Node, Tree, tree

_COUNTED_BYTES = 64 << 20
_FIELDS_SHOWN = 256


def look(path: Path, clock: Clock) -> Looked:
    """The groups and datasets of an HDF5 file; links to other places are listed and not followed."""
    problems: list[str] = []
    try:
        found = tree(path)
    except ReadError as error:
        return "HDF5", (), (error.message,), ()
    sections: list[Section] = []
    for node in found.nodes:
        if node.kind == "dataset":
            sections.append(_dataset(path, len(sections), found, node, clock, problems))
        elif node.kind == "link":
            sections.append(Section(len(sections), node.path, "link", node.problem))
        elif node.kind == "group" and (node.attributes or node.path == "/"):
            sections.append(Section(len(sections), node.path, "group", "", 0, _cards(node)))
    notes = (f"Only the first {len(found.nodes):,} groups and datasets are listed.",) if found.is_cut else ()
    return "HDF5", sections, problems, notes


def _dataset(path: Path, place: int, found: Tree, node: Node, clock: Clock, problems: list[str]) -> Section:
    shape = " × ".join(map(str, node.shape)) or "one value"
    columns: tuple[ColumnFacts, ...] = ()
    if node.holds == "table":
        fields = [field for field in found.nodes if field.kind == "field" and field.parent == node.path]
        columns = tuple(ColumnFacts(field.name, "", field.holds) for field in fields[:_FIELDS_SHOWN])
    elif node.holds in ("numbers", "states") and not node.problem:
        columns = _facts(path, node, clock, problems)
    told = f"{shape}, {node.dtype}" + (f", {node.problem}" if node.problem else "")
    return Section(place, node.path, "dataset", told, node.stored_bytes, _cards(node), columns)


def _facts(path: Path, node: Node, clock: Clock, problems: list[str]) -> tuple[ColumnFacts, ...]:
    """What its columns hold, where there is time to count it."""
    uncounted = (ColumnFacts("values", node.unit, node.dtype),)
    if clock.over or not node.shape or 8 * prod(node.shape) > _COUNTED_BYTES:
        return uncounted
    try:
        (values,), _ = datasets(path, [(node.path, "")])
    except ReadError as error:
        problems.append(f"Dataset {node.path} cannot be read: {error.message}")
        return uncounted
    counted = columns_of(_once(values), node.shape, values.dtype)
    return tuple(
        ColumnFacts(one.name, node.unit or one.unit, node.dtype, one.missing, one.low, one.high) for one in counted
    )


def _once(values: Array) -> Iterator[np.ndarray | None]:
    yield np.ravel(values)


def _cards(node: Node) -> tuple[HeaderCard, ...]:
    return tuple(HeaderCard(name, text) for name, text in node.attributes.items())
