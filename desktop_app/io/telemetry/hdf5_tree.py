"""The tree of an HDF5 file: its groups and datasets, with shape, type and unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from desktop_app.io.source import version_of
from desktop_app.io.telemetry.hdf5_process import ask

# What pandas writes beside an index of dates, which are nanoseconds since 1970.
DATES = "datetime64"
NodeKind = Literal["group", "dataset", "field", "link"]
Holds = Literal["", "numbers", "states", "texts", "table", "other"]


@dataclass(frozen=True)
class Node:
    """A group, a dataset, or a field of a dataset that is a table.

    Attributes
    ----------
    path : str
        Its place from the root: "/bus/voltage"; a field stands behind a colon: "/log/table:temp".
    kind : str
        "group", "dataset", "field", or "link" for what leads elsewhere and is not followed.
    shape : tuple of int
    holds : str
        "numbers", "states", "texts", "table" or "other"; "" but for datasets and fields.
    dtype, unit : str
        As the file writes them.
    problem : str
        Why it cannot be read, "" where it can.
    attributes : mapping of str to str
        What the file says of it, shortened.
    stored_bytes : int
        What a dataset takes in the file.
    """

    path: str
    kind: NodeKind
    shape: tuple[int, ...] = ()
    holds: Holds = ""
    dtype: str = ""
    unit: str = ""
    problem: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict, compare=False)
    stored_bytes: int = 0

    @property
    def name(self) -> str:
        """The last part of its place."""
        return self.path.rpartition(":")[2] if self.kind == "field" else self.path.rpartition("/")[2]

    @property
    def parent(self) -> str:
        """The place of the group, or the dataset of a field, that it stands in."""
        above = self.path.rpartition(":")[0] if self.kind == "field" else self.path.rpartition("/")[0]
        return above or "/"

    @property
    def is_readable(self) -> bool:
        """Whether its values are numbers, states or texts that can be read."""
        return self.kind in ("dataset", "field") and self.holds in ("numbers", "states", "texts") and not self.problem


@dataclass(frozen=True)
class Tree:
    """The nodes of a file, each behind the one it stands in; ``is_cut`` where there are more than are listed."""

    nodes: tuple[Node, ...]
    is_cut: bool = False

    def node(self, path: str) -> Node | None:
        """The node at ``path``."""
        return next((node for node in self.nodes if node.path == path), None)


def tree(path: Path) -> Tree:
    """The groups and datasets of ``path``; no link is followed out of its place, and none out of the file.

    Raises
    ------
    ReadError
        It is no HDF5, or damaged.
    """
    return _tree(path, version_of(path))


@lru_cache(maxsize=8)
def _tree(path: Path, _version: tuple[int, int]) -> Tree:
    told, _ = ask(path, {"do": "tree"})
    nodes = tuple(node for raw in told["nodes"] for node in _nodes(raw))
    return Tree(nodes, bool(told.get("cut")))


def _nodes(raw: Mapping[str, Any]) -> list[Node]:
    shape = tuple(int(size) for size in raw.get("shape", ()))
    problem, path = str(raw.get("problem", "")), str(raw["path"])
    node = Node(
        path=path,
        kind=raw["kind"],
        shape=shape,
        holds=raw.get("holds", ""),
        dtype=str(raw.get("dtype", "")),
        unit=str(raw.get("unit", "")).strip(),
        problem=problem,
        attributes=dict(raw.get("attributes", {})),
        stored_bytes=int(raw.get("stored", 0)),
    )
    dated = node.attributes.get("index_kind", "").startswith(DATES)
    fields = [
        Node(
            path=f"{path}:{one['name']}",
            kind="field",
            shape=(*shape, *(int(size) for size in one["shape"])),
            holds=one["holds"],
            problem=problem,
            attributes={"kind": DATES} if one["name"] == "index" and dated else {},
        )
        for one in raw.get("fields", ())
    ]
    return [node, *fields]
