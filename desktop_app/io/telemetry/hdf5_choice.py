"""Which datasets of an HDF5 file are a time and its channels, by what their names, shapes and units say."""

import re
from collections import Counter
from dataclasses import dataclass

from desktop_app.io.telemetry.channel_table import is_called_time
from desktop_app.io.telemetry.hdf5_tree import DATES, Node, Tree

_COLUMN_LIMIT = 4096
_LABELS = ("is_anomaly", "anomaly", "label", "labels", "ground_truth")


@dataclass(frozen=True)
class Chosen:
    """The datasets to read, by their places in the file; ``time`` is "" where rows have no times."""

    time: str
    values: tuple[str, ...]
    label: str = ""


@dataclass(frozen=True)
class Candidate:
    """Datasets that belong together: those of one group, or the fields of one table."""

    name: str
    chosen: Chosen
    rows: int


def candidates(tree: Tree) -> tuple[Candidate, ...]:
    """The sets of channels in a file; those with times stand first, then those of more rows."""
    places = dict.fromkeys(node.parent for node in tree.nodes if node.is_readable)
    found = [candidate for place in places if (candidate := _of_pandas(tree, place) or _of_group(tree, place))]
    return tuple(sorted(found, key=lambda candidate: candidate.chosen.time == ""))


def _of_group(tree: Tree, place: str) -> Candidate | None:
    """The datasets of the group, or fields of the table, that have as many rows as its time."""
    nodes = [node for node in tree.nodes if node.parent == place and node.is_readable and _is_table(node)]
    own = [node for node in nodes if is_time(node)]
    # A time may stand in a group above, for all groups below it.
    above = [node for node in tree.nodes if is_time(node) and place.startswith(node.parent) and node.is_readable]
    for time in own or sorted(above, key=lambda node: -len(node.parent)):
        values = [node for node in nodes if node.shape[0] == time.shape[0] and node not in own]
        if values:
            return _candidate(place, time.path, values)
    if own or not (nodes := [node for node in nodes if node.holds != "texts"]):
        return None
    rows = Counter(node.shape[0] for node in nodes).most_common(1)[0][0]
    return _candidate(place, "", [node for node in nodes if node.shape[0] == rows])


def _candidate(place: str, time: str, values: list[Node]) -> Candidate | None:
    flat = {node.name.lower(): node.path for node in values if len(node.shape) == 1}
    label = next((flat[name] for name in _LABELS if name in flat and len(values) > 1), "")
    shown = [node for node in values if node.path != label]
    chosen = Chosen(time, tuple(node.path for node in shown), label)
    return Candidate(place.strip("/") or "/", chosen, shown[0].shape[0])


def _of_pandas(tree: Tree, place: str) -> Candidate | None:
    """A frame that pandas wrote in its fixed format: axis1 is its index, and the blocks hold its columns."""
    group = tree.node(place)
    if group is None or not group.attributes.get("pandas_type", "").startswith("frame"):
        return None
    index = tree.node(f"{place.rstrip('/')}/axis1")
    blocks = [node for node in tree.nodes if node.parent == place and re.fullmatch(r"block\d+_values", node.name)]
    blocks = [node for node in blocks if node.is_readable and node.holds == "numbers" and len(node.shape) == 2]
    if index is None or not blocks:
        return None
    dated = index.attributes.get("kind", "").startswith(DATES)
    chosen = Chosen(index.path if dated else "", tuple(node.path for node in blocks))
    return Candidate(place.strip("/") or "/", chosen, blocks[0].shape[0])


def is_time(node: Node) -> bool:
    """Whether the dataset has one value a row, and is called like a time or counts since some date."""
    if len(node.shape) != 1 or node.shape[0] < 1 or node.holds not in ("numbers", "texts"):
        return False
    return is_called_time(node.name) or " since " in node.unit or node.attributes.get("kind") == DATES


def _is_table(node: Node) -> bool:
    """Whether the dataset has rows, with one value or a few columns in each."""
    if not node.shape or node.shape[0] < 1 or len(node.shape) > 2:
        return False
    return len(node.shape) == 1 or (0 < node.shape[1] <= _COLUMN_LIMIT and node.shape[0] > 1)
