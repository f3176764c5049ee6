"""Weights of networks of channels on disk: those of many channels in one file, each known by what it was trained on."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.channels.series import Series
from desktop_app.nets.weights import Arrays, load_weights, save_weights, weights_hash


def training_digest(series: Series) -> str:
    """sha256 over what a network of one channel learns from: the training stretch, or where there is none, ``series``.

    Values and commands count, times and names do not: the same stretch is the same wherever it was opened from.
    """
    known = series.training if series.training is not None else series
    state = sha256(f"training/{known.commands.shape}".encode())
    for array in (known.values, known.commands):
        state.update(np.ascontiguousarray(array, np.float64).data)
    return state.hexdigest()


def save_channels(folder: Path, channels: Mapping[str, Arrays], card: Mapping[str, Any]) -> None:
    """Write the weights of ``channels`` into ``folder``, as `nets.weights.save_weights` does.

    Parameters
    ----------
    folder : Path
    channels : mapping of str to mapping of str to ndarray of float32
        The weights of each channel by their names; they are called "<channel>/<name>" in the file.
    card : mapping
        With ``card["channels"][channel]`` for each: "training" (its `training_digest`), "name" (of the series, where
        the channel is called otherwise in its file), "scores", "epochs".
    """
    arrays = {f"{channel}/{name}": array for channel, found in channels.items() for name, array in found.items()}
    save_weights(folder, arrays, card)


def load_channel(weights: str, channel: str, digest: str) -> Arrays | None:
    """The weights that were trained on the channel in hand; None where there are none.

    Parameters
    ----------
    weights : str
        A model that ships, or the path of one that a user trained.
    channel : str
        The name of the series. Where several files call their channel alike ("value"), the digest tells them apart.
    digest : str
        Its `training_digest`.

    Raises
    ------
    ReadError
        There is no such model, or its weights are not those that the card speaks of.
    """
    by_channel, card = loaded_channels(weights)
    for key, told in card.get("channels", {}).items():
        if told.get("training") == digest and channel in (key, told.get("name", key)):
            return by_channel.get(key)
    return None


def loaded_channels(weights: str) -> tuple[Mapping[str, Arrays], Mapping[str, Any]]:
    """The weights of every channel of a model, and its card; the files are read when they have changed.

    Raises
    ------
    ReadError
    """
    return _loaded(weights, weights_hash(weights))


@lru_cache(maxsize=4)
def _loaded(weights: str, _hash: str) -> tuple[Mapping[str, Arrays], Mapping[str, Any]]:
    arrays, card = load_weights(weights)
    by_channel: dict[str, Arrays] = {}
    for key, array in arrays.items():
        channel, _, name = key.rpartition("/")
        by_channel.setdefault(channel, {})[name] = array
    return by_channel, card
