"""Reads HDF5 in a process of its own: the library behind it can crash or hang on a damaged file, the window must not.

Requests come on stdin and answers go to stdout: a length in four bytes and that much JSON; behind an answer follow the
bytes of its arrays.
"""

import json
import re
import struct
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

_MEMORY_BYTES = 6 << 30
_NODES = 5000
_DEPTH = 32
_NAME_LETTERS = 400
_TEXT_BYTES = 64
_ATTRIBUTES = 100
_SHORT_ARRAY = 64
_TEXT_LETTERS = 2000
_FREE_BYTES = 64 << 20
_RATIO = 200
# Deflate, shuffle, Fletcher32, szip, nbit, scale and offset, LZF: those that need no plugin.
_FILTERS = frozenset({1, 2, 3, 4, 5, 6, 32000})
_BROKEN = (AttributeError, KeyError, OSError, RuntimeError, TypeError, ValueError, UnicodeError, IndexError)
_UNIT_NAMES = ("units", "unit", "UNITS", "Units", "UNIT")
_SHORT = re.compile(r"\s+")


def main() -> int:
    """Answer requests until stdin ends."""
    _bound_memory()
    import h5py  # noqa: F401  what takes long is done before the first request is timed

    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    _send(answers, {"ready": True}, [])
    while (request := _receive(requests)) is not None:
        try:
            answer, arrays = _answered(request)
        except MemoryError:
            answer, arrays = {"error": "it needs more memory than a file of telemetry does"}, []
        except _BROKEN as error:
            answer, arrays = {"error": _SHORT.sub(" ", str(error))[:200] or type(error).__name__}, []
        _send(answers, answer, arrays)
    return 0


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such bounds
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def _receive(stream: BinaryIO) -> dict[str, Any] | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    request: dict[str, Any] = json.loads(stream.read(struct.unpack("<I", head)[0]))
    return request


def _send(stream: BinaryIO, answer: dict[str, Any], arrays: list["np.ndarray[Any, Any]"]) -> None:
    described = [{"dtype": array.dtype.str, "shape": array.shape} for array in arrays]
    content = json.dumps({**answer, "arrays": described}).encode("utf-8", "replace")
    stream.write(struct.pack("<I", len(content)) + content)
    for array in arrays:
        stream.write(array.tobytes())
    stream.flush()


def _answered(request: dict[str, Any]) -> tuple[dict[str, Any], list["np.ndarray[Any, Any]"]]:
    import h5py

    with h5py.File(request["path"], "r", locking=False) as file:
        if request["do"] == "tree":
            nodes = list(_nodes(file))
            return {"nodes": nodes[:_NODES], "cut": len(nodes) > _NODES}, []
        arrays, states = [], []
        for name, field in request["datasets"]:
            array, names = _array(file, name, field, int(request["limit"]))
            arrays.append(array)
            states.append(names)
        return {"states": states}, arrays


def _nodes(file: Any) -> Iterator[dict[str, Any]]:
    """Every group and dataset, once, without following a link out of its place."""
    import h5py

    seen: set[int] = set()
    waiting: list[tuple[str, Any, int]] = [("/", file["/"], 0)]
    count = 0
    while waiting and count <= _NODES:
        path, group, depth = waiting.pop(0)
        address = int(h5py.h5o.get_info(group.id).addr)
        if address in seen:
            continue
        seen.add(address)
        yield {"path": path, "kind": "group", "attributes": _attributes(group)}
        count += 1
        for name in group:
            if count > _NODES:
                return
            place = f"{path.rstrip('/')}/{name}"
            count += 1
            try:
                link = group.get(name, getlink=True)
                if len(place) > _NAME_LETTERS or not isinstance(link, h5py.HardLink):
                    yield {"path": place[:_NAME_LETTERS], "kind": "link", "problem": "points to another place"}
                    continue
                found = group[name]
                if isinstance(found, h5py.Group):
                    if depth < _DEPTH:
                        waiting.append((place, found, depth + 1))
                elif isinstance(found, h5py.Dataset):
                    yield _dataset(place, found)
            except _BROKEN as error:
                yield {"path": place, "kind": "link", "problem": _SHORT.sub(" ", str(error))[:120]}


def _dataset(path: str, dataset: Any) -> dict[str, Any]:
    dtype, attributes = dataset.dtype, _attributes(dataset)
    fields = [] if dtype.names is None else [_field(name, dtype[name]) for name in dtype.names[:2000]]
    return {
        "path": path,
        "kind": "dataset",
        "shape": [int(size) for size in dataset.shape or ()],
        "holds": "table" if fields else _holds(dtype),
        "dtype": str(dtype)[:60],
        "fields": fields,
        "unit": next((attributes[name][:80] for name in _UNIT_NAMES if attributes.get(name)), ""),
        "attributes": attributes,
        "stored": int(dataset.id.get_storage_size()),
        "problem": _problem(dataset),
    }


def _field(name: str, dtype: Any) -> dict[str, Any]:
    return {"name": str(name)[:200], "holds": _holds(dtype.base), "shape": [int(size) for size in dtype.shape]}


def _holds(dtype: Any) -> str:
    """What values are: numbers, states, texts, or something that is not read."""
    import h5py

    if h5py.check_enum_dtype(dtype) is not None:
        return "states"
    if h5py.check_string_dtype(dtype) is not None or dtype.kind in "SU":
        return "texts"
    if h5py.check_ref_dtype(dtype) is not None or h5py.check_vlen_dtype(dtype) is not None:
        return "other"
    return "numbers" if dtype.kind in "iufb" and dtype.itemsize <= 16 else "other"


def _problem(dataset: Any) -> str:
    """Why the dataset is not read, "" where it can be."""
    if dataset.is_virtual:
        return "is put together from other files"
    if dataset.external:
        return "lies in another file"
    if dataset.shape is None:
        return "is empty"
    plan = dataset.id.get_create_plist()
    for n in range(plan.get_nfilters()):
        code, _, _, name = plan.get_filter(n)
        if code not in _FILTERS:
            called = name.decode("latin-1")[:40] or f"filter {code}"
            return f"is packed with {called}, which needs a plugin"
    return ""


def _attributes(thing: Any) -> dict[str, str]:
    """The attributes as short texts; those of many numbers, and references, by their shape alone."""
    found: dict[str, str] = {}
    for name in list(thing.attrs)[:_ATTRIBUTES] if len(thing.attrs) else ():
        try:
            attribute = thing.attrs.get_id(name)
            count = int(np.prod(attribute.shape or (1,), dtype=object))
            short = attribute.shape is not None and count <= _SHORT_ARRAY and _holds(attribute.dtype.base) != "other"
            found[str(name)[:80]] = _shown(thing.attrs[name]) if short else f"{count:,} values"
        except _BROKEN:
            found[str(name)[:80]] = ""
    return found


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")[:_TEXT_LETTERS]
    if isinstance(value, np.ndarray):
        return ", ".join(_shown(one) for one in value.reshape(-1).tolist())[:_TEXT_LETTERS]
    return str(value)[:_TEXT_LETTERS]


def _array(file: Any, path: str, field: str, limit: int) -> tuple["np.ndarray[Any, Any]", list[str]]:
    """The values of a dataset or of one field of it as numbers, texts or states, and the names of the states."""
    import h5py

    found = _followed(file, path)
    problem = _problem(found)
    if problem:
        raise ValueError(f"{path} {problem}")
    dtype = found.dtype[field] if field else found.dtype
    size = int(np.prod(found.shape, dtype=object)) * int(np.prod(dtype.shape, dtype=object) or 1)
    taken = int(np.prod(found.shape, dtype=object)) * found.dtype.itemsize
    if size * 8 > limit or taken > limit:
        raise ValueError(f"{path} has {size:,} values, too many to look at")
    if taken > max(_FREE_BYTES, _RATIO * int(found.id.get_storage_size())):
        raise ValueError(f"{path} unpacks to {taken >> 20:,} MiB from next to nothing")
    values = found.fields(field)[()] if field else found[()]
    names = h5py.check_enum_dtype(dtype.base)
    if names is not None:
        return _as_states(np.asarray(values), names)
    if _holds(dtype.base) == "texts":
        texts = [_bytes(text) for text in np.asarray(values, dtype=object).reshape(-1)]
        return np.array(texts, dtype=f"S{_TEXT_BYTES}").reshape(np.shape(values)), []
    if _holds(dtype.base) != "numbers":
        raise ValueError(f"{path} holds no numbers")
    numbers = np.asarray(values)
    whole = numbers.dtype.kind in "iub"
    with np.errstate(all="ignore"):
        return np.ascontiguousarray(numbers, dtype="<i8" if whole and numbers.dtype != "u8" else "<f8"), []


def _followed(file: Any, path: str) -> Any:
    """The dataset at ``path``, step by step, so that no link leads out of the file."""
    import h5py

    place = file["/"]
    for name in path.strip("/").split("/"):
        if not isinstance(place, h5py.Group) or not isinstance(place.get(name, getlink=True), h5py.HardLink):
            raise ValueError(f"{path} points to another place")
        place = place[name]
    if not isinstance(place, h5py.Dataset):
        raise ValueError(f"{path} is no dataset")
    return place


def _as_states(values: "np.ndarray[Any, Any]", names: dict[str, int]) -> tuple["np.ndarray[Any, Any]", list[str]]:
    ordered = sorted(names.items(), key=lambda pair: pair[1])[:1000]
    places = np.full(values.shape, np.nan)
    for n, (_, value) in enumerate(ordered):
        places[values == value] = n
    return places, [name[:_TEXT_BYTES] for name, _ in ordered]


def _bytes(text: object) -> bytes:
    raw = text if isinstance(text, bytes) else str(text).encode("utf-8", "replace")
    return raw[:_TEXT_BYTES]
