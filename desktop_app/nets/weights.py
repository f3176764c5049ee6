"""Trained weights on disk: a folder with ``weights.safetensors`` and ``card.json``, which says where they are from."""

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.errors import ReadError
from desktop_app.paths import models

Arrays = dict[str, NDArray[np.float32]]


def load_weights(name: str) -> tuple[Arrays, Mapping[str, Any]]:
    """The arrays of a model and its card.

    Parameters
    ----------
    name : str
        A folder among those that ship, or the path of one that a user trained.

    Raises
    ------
    ReadError
        There is no such model, or its weights are not those that the card speaks of.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    folder = folder_of(name)
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        content = (folder / "weights.safetensors").read_bytes()
        arrays = load(content)
    except (OSError, ValueError, SafetensorError) as error:
        raise ReadError(
            f"The trained weights in {folder} cannot be read: {error}.", hint="Train them again, or install again."
        ) from error
    if sha256(content).hexdigest() != card.get("sha256"):
        raise ReadError(f"The weights in {folder} are not those of their card.", hint="Train them again.")
    return arrays, card


def save_weights(folder: Path, arrays: Mapping[str, NDArray[np.float32]], card: Mapping[str, Any]) -> None:
    """Write a model into ``folder``: aside first, then in place; the card gets the sha256 of the weights.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    arrays : mapping of str to ndarray of float32
    card : mapping
        What it was trained on, by which command, and its scores; as JSON takes it.
    """
    from safetensors.numpy import save

    content = save({name: np.ascontiguousarray(array, np.float32) for name, array in arrays.items()})
    text = json.dumps({**card, "sha256": sha256(content).hexdigest()}, indent=2, ensure_ascii=False) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (("weights.safetensors", content), ("card.json", text.encode())):
        aside = folder / f"{name}.part"
        aside.write_bytes(data)
        aside.replace(folder / name)


def folder_of(name: str) -> Path:
    """Where the model called ``name`` is."""
    shipped = models() / name
    return shipped if shipped.is_dir() else Path(name)


def weights_hash(name: str) -> str:
    """The sha256 of the weights of a model, as its card says it; "" for no model, or one that is not there."""
    if not name:
        return ""
    card = folder_of(name) / "card.json"
    return _hash_in(card, card.stat().st_mtime_ns) if card.is_file() else ""


@lru_cache(maxsize=32)
def _hash_in(card: Path, _changed_ns: int) -> str:
    try:
        return str(json.loads(card.read_text(encoding="utf-8"))["sha256"])
    except (OSError, ValueError, KeyError):
        return ""
