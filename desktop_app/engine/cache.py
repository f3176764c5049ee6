"""Scores of earlier runs, one HDF5 file a key: disposable, so anything unexpected in it counts as a miss."""

import json
import logging
import os
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import PeriodicSignal, Provenance, Scores
from desktop_app.core.images.objects import Objects

SCHEMA = 4
LIMIT_BYTES = 4 << 30
CUTS = "cuts"
"""The folder in that of the scores where stamps cut out of frames are kept."""

_OF_OBJECTS = ("x", "y", "ra_deg", "dec_deg", "space")
_TEXTS_OF_OBJECTS = ("kinds", "frames", "reasons", "outlines")

_log = logging.getLogger(__name__)


def cache_key(parts: Mapping[str, object]) -> str:
    """sha256 of the canonical JSON of all that the scores depend on."""
    text = json.dumps({"schema": SCHEMA, **parts}, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


class ScoreCache:
    """A folder of scores.

    Parameters
    ----------
    folder : Path
        Made when the first scores are kept.
    limit_bytes : int
        Where the files together outgrow it, those that were not read for longest go.
    """

    def __init__(self, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self.folder = folder
        self._limit_bytes = limit_bytes

    def load(self, key: str) -> tuple[Scores, Provenance] | None:
        """What was kept under ``key``, or None."""
        import h5py

        path = self._path(key)
        if not path.exists():
            return None
        try:
            with h5py.File(path, "r") as file:
                values = np.asarray(file["scores"], np.float64)
                tracks = {name: np.asarray(track, np.float64) for name, track in file["tracks"].items()}
                provenance = Provenance(**json.loads(str(file.attrs["provenance"])))
                notes = tuple(map(str, json.loads(str(file.attrs["notes"]))))
                signals = tuple(PeriodicSignal(**one) for one in json.loads(str(file.attrs["signals"])))
                objects = _objects_in(file["objects"]) if "objects" in file else None
            os.utime(path)
        except (OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
            _log.info("Cache entry %s cannot be read and is made again: %s", path.name, error)
            return None
        return Scores(values, tracks, signals, notes, objects), provenance

    def save(self, key: str, scores: Scores, provenance: Provenance) -> None:
        """Keep ``scores`` under ``key``; a full or read-only disk costs the entry, never the run."""
        import h5py

        # A name of its own: two processes may keep the same key at once.
        aside = self._path(key).with_suffix(f".{uuid.uuid4().hex[:8]}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with h5py.File(aside, "w") as file:
                file.attrs["provenance"] = json.dumps(asdict(provenance))
                file.attrs["signals"] = json.dumps([asdict(signal) for signal in scores.signals])
                file.attrs["notes"] = json.dumps(scores.notes)
                file.create_dataset("scores", data=scores.values, **_packing(scores.values))
                group = file.create_group("tracks")
                for name, track in scores.tracks.items():
                    group.create_dataset(name, data=track, **_packing(track))
                if scores.objects is not None:
                    _put_objects(file.create_group("objects"), scores.objects)
            aside.replace(self._path(key))
        except OSError as error:
            _log.info("Scores are not kept in %s: %s", self.folder, error)
            with suppress(OSError):
                aside.unlink()
            return
        self._trim()

    def clear(self) -> int:
        """Delete every entry, and the frames that were cut; how many files went."""
        files = self._files()
        for path in files:
            path.unlink(missing_ok=True)
        return len(files)

    def size(self) -> tuple[int, int]:
        """How many entries there are, cut frames among them, and their bytes together."""
        sizes = [path.stat().st_size for path in self._files() if path.suffix != ".part"]
        return len(sizes), sum(sizes)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.h5"

    def _files(self) -> list[Path]:
        places = (("", "h5"), ("", "part"), (CUTS, "npz"), (CUTS, "part"))
        return [path for within, end in places for path in (self.folder / within).glob(f"*.{end}")]

    def _trim(self) -> None:
        aged = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in self.folder.glob("*.h5"))
        excess = sum(size for _, size, _ in aged) - self._limit_bytes
        for _, size, path in aged:
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size


def _packing(values: Floats) -> dict[str, Any]:
    """Columns of commands are all NaN: worth packing; a light curve is not."""
    return {} if values.ndim == 1 else {"compression": "lzf", "shuffle": True, "chunks": True}


def _put_objects(group: Any, objects: Objects) -> None:  # h5py ships no types
    for name in _OF_OBJECTS:
        group.create_dataset(name, data=getattr(objects, name))
    numbers = group.create_group("numbers")
    for name, column in objects.numbers.items():
        numbers.create_dataset(name, data=column)
    texts = {name: getattr(objects, name) for name in _TEXTS_OF_OBJECTS}
    group.create_dataset("texts", data=np.frombuffer(json.dumps(texts).encode(), np.uint8))


def _objects_in(group: Any) -> Objects:
    texts = json.loads(np.asarray(group["texts"], np.uint8).tobytes())
    return Objects(
        **{name: np.asarray(group[name], np.float64) for name in _OF_OBJECTS},
        numbers={name: np.asarray(column, np.float64) for name, column in group["numbers"].items()},
        kinds=tuple(map(str, texts["kinds"])),
        frames=tuple(map(str, texts["frames"])),
        reasons=tuple(tuple(map(str, one)) for one in texts["reasons"]),
        outlines=tuple(tuple((float(x), float(y)) for x, y in one) for one in texts["outlines"]),
    )
