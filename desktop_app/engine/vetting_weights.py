"""The judge of events as it lies on disk, and the one that ships."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.errors import ReadError
from desktop_app.core.vetting.judge import Judge
from desktop_app.nets.weights import load_weights

NAME = "vetting"
_WHOLE = ("feature", "left", "right")
_REAL = ("limit", "value", "start", "doubt_weight")


@lru_cache(maxsize=4)
def judge_called(name: str = NAME) -> Judge:
    """The judge that ships, or one in a folder of a user's own.

    Raises
    ------
    ReadError
        There is none, or its weights are not those of its card.
    """
    arrays, card = load_weights(name)
    try:
        return judge_of(arrays, card)
    except (KeyError, TypeError, ValueError) as error:
        raise ReadError(f"The weights called {name} do not judge events: {error}.", hint="Train them again.") from error


def judge_of(arrays: Mapping[str, NDArray[np.float32]], card: Mapping[str, Any]) -> Judge:
    """The judge that `arrays_of` took apart."""

    def whole(name: str) -> Ints:
        return np.asarray(arrays[name], np.int64)

    def real(name: str) -> Floats:
        return np.asarray(arrays[name], np.float64)

    return Judge(
        kinds=tuple(map(str, card["kinds"])),
        shape_names=tuple(map(str, card["shape_names"])),
        doubt_names=tuple(map(str, card["doubt_names"])),
        feature=whole("feature"),
        left=whole("left"),
        right=whole("right"),
        limit=real("limit"),
        value=real("value"),
        start=real("start"),
        temperature=float(arrays["temperature"][0]),
        doubt_weight=real("doubt_weight"),
        doubt_start=float(arrays["doubt_start"][0]),
    )


def arrays_of(judge: Judge) -> tuple[dict[str, NDArray[np.float32]], dict[str, object]]:
    """``judge`` as arrays for the weights, and names for the card."""
    arrays = {name: np.asarray(getattr(judge, name), np.float32) for name in (*_WHOLE, *_REAL)}
    arrays |= {name: np.array([getattr(judge, name)], np.float32) for name in ("temperature", "doubt_start")}
    return arrays, {name: list(getattr(judge, name)) for name in ("kinds", "shape_names", "doubt_names")}
