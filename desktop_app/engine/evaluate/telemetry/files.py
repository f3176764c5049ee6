"""The folder between the two processes of an evaluation: what methods found, and nothing that is known to be true."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.errors import ReadError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_MANIFEST = "manifest.json"
_HINT = "Run the evaluation again; a part of the channels gives no figure."


@dataclass(frozen=True)
class MethodRun:
    """How one method did on one part.

    Attributes
    ----------
    seconds : float
        For scores and events, without reading the file.
    output : str
        sha256 of its scores and events.
    notes : tuple of str
    nominal_events, nominal_samples : int
        Events in held-out nominal data, and the samples of those that were looked at.
    error : str
        Why there are no scores; "" where there are.
    """

    seconds: float = 0.0
    output: str = ""
    notes: tuple[str, ...] = ()
    nominal_events: int = 0
    nominal_samples: int = 0
    error: str = ""


@dataclass(frozen=True)
class PartRun:
    """What was done with one part of a file.

    Attributes
    ----------
    target : str
        The file with the scores and events, in the same folder.
    file, part : str
    digest : str
        Of the data that were looked at.
    samples : int
    channels : tuple of str
        The measured ones.
    methods : mapping of str to MethodRun
    """

    target: str
    file: str
    part: str
    digest: str
    samples: int
    channels: tuple[str, ...]
    methods: Mapping[str, MethodRun] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Found:
    """What one method found in one part.

    Attributes
    ----------
    scores : ndarray, shape (n, m)
        One column for each measured channel.
    events : ndarray, shape (k, 3)
        Number of the channel, start and stop.
    """

    scores: Floats
    events: Ints


def write_manifest(folder: Path, runs: tuple[PartRun, ...]) -> None:
    """Keep what was done beside the predictions."""
    (folder / _MANIFEST).write_bytes(_adapter().dump_json(runs, indent=1))


def read_manifest(folder: Path) -> tuple[PartRun, ...]:
    """What was done.

    Raises
    ------
    ReadError
        There is nothing, or it is damaged.
    """
    try:
        return _adapter().validate_json((folder / _MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise ReadError(f"{folder} holds no predictions that can be scored.", hint=_HINT) from error


def read_found(folder: Path, run: PartRun, methods: tuple[str, ...]) -> dict[str, Found]:
    """What each of ``methods`` found in one part; those that failed on it are left out.

    Raises
    ------
    ReadError
        The file is missing or damaged.
    """
    try:
        with np.load(folder / run.target, allow_pickle=False) as kept:
            return {
                name: Found(kept[f"{name}/scores"], kept[f"{name}/events"])
                for name in methods
                if not run.methods[name].error
            }
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        called = run.part or run.file
        raise ReadError(f"The predictions for {called} are missing or damaged.", hint=_HINT) from error


@lru_cache(maxsize=1)
def _adapter() -> "TypeAdapter[tuple[PartRun, ...]]":
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[PartRun, ...])
