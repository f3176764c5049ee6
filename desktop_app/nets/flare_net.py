"""A small convolutional network that tells flares from what only looks like one: learnt in torch, used in numpy."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.progress import Report
from desktop_app.nets.training import Heard, History, Schedule, arrays_of, seeded, train_network, unheard
from desktop_app.nets.weights import Arrays

if TYPE_CHECKING:
    from torch import Tensor, nn

Singles = NDArray[np.float32]

LAYERS = ((12, 7), (16, 5), (16, 3))
"""Filters and their length in each convolution; after each, every second value is kept, the larger of two."""
HIDDEN = 24
_BATCH = 2048


def flare_logits(arrays: Arrays, windows: Singles, facts: Singles) -> Singles:
    """How much rather each window shows a flare than anything else: the logarithm of the odds, shape (m,).

    Parameters
    ----------
    arrays : mapping of str to ndarray
        The weights, as `learn_flares` returns them.
    windows : ndarray of float32, shape (m, channels, bins)
    facts : ndarray of float32, shape (m, facts)
        Further numbers about each.
    """
    parts = [
        _forward(arrays, windows[low : low + _BATCH], facts[low : low + _BATCH])
        for low in range(0, len(windows), _BATCH)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def _forward(arrays: Arrays, windows: Singles, facts: Singles) -> Singles:
    value = windows
    for layer in range(len(LAYERS)):
        value = _pooled(_convolved(value, arrays[f"convolve.{layer}.weight"], arrays[f"convolve.{layer}.bias"]))
    scaled = (facts - arrays["middle"]) / arrays["spread"]
    together = np.concatenate([value.reshape(len(value), -1), scaled], axis=1)
    hidden = np.maximum(together @ arrays["hidden.weight"].T + arrays["hidden.bias"], 0)
    logits: Singles = hidden @ arrays["out.weight"][0] + arrays["out.bias"][0]
    return logits


def _convolved(value: Singles, weight: Singles, bias: Singles) -> Singles:
    """As many bins as before, zeros beyond the ends; (m, channels, bins) to (m, filters, bins)."""
    filters, channels, length = weight.shape
    padded = np.pad(value, ((0, 0), (0, 0), (length // 2, length // 2)))
    views = np.lib.stride_tricks.sliding_window_view(padded, length, axis=2)  # (m, channels, bins, length)
    columns = np.ascontiguousarray(views.transpose(0, 2, 1, 3)).reshape(-1, channels * length)
    answer = columns @ weight.reshape(filters, -1).T + bias
    return np.ascontiguousarray(answer.reshape(len(value), -1, filters).transpose(0, 2, 1))


def _pooled(value: Singles) -> Singles:
    return np.maximum(np.maximum(value[:, :, ::2], value[:, :, 1::2]), 0)


def learn_flares(
    training: tuple[Singles, Singles, Singles],
    validation: tuple[Singles, Singles, Singles],
    how: Schedule,
    report: Report,
    *,
    device: str = "cpu",
    heard: Heard = unheard,
) -> tuple[Arrays, History]:
    """The weights that tell flares from the rest.

    Parameters
    ----------
    training, validation : tuple of ndarray of float32
        Windows (m, channels, bins), facts (m, facts), and 1 for a flare, 0 for anything else (m,).
    how : Schedule
    report : callable
        Told the progress.
    device : str
        "cpu", "cuda" or "mps".
    heard : callable
        Told of each turn through the data.

    Raises
    ------
    FitError
        There is nothing to train on.
    """
    import torch

    middle, spread = training[1].mean(axis=0), np.maximum(training[1].std(axis=0), 1e-3)
    network = seeded(lambda: flare_network(training[0].shape[1:], middle, spread), how.seed)

    def loss(net: "nn.Module", batch: "tuple[Tensor, ...]") -> "Tensor":
        windows, facts, flare = batch
        return torch.nn.functional.binary_cross_entropy_with_logits(net(windows, facts), flare)

    def tensors(arrays: tuple[Singles, Singles, Singles]) -> "tuple[Tensor, ...]":
        return tuple(torch.from_numpy(np.ascontiguousarray(array, np.float32)) for array in arrays)

    history = train_network(
        network, loss, tensors(training), tensors(validation), how, report, device=device, heard=heard
    )
    return arrays_of(network), history


def flare_network(shape: tuple[int, ...], middle: Singles, spread: Singles) -> "nn.Module":
    """The network in torch, untrained; its forward pass is `flare_logits`.

    Parameters
    ----------
    shape : tuple of int
        Channels and bins of a window; the bins divide by two as often as there are convolutions.
    middle, spread : ndarray of float32, shape (facts,)
        What the facts are scaled by.
    """
    import torch
    from torch import nn

    class FlareNetwork(nn.Module):
        middle: "Tensor"
        spread: "Tensor"

        def __init__(self) -> None:
            super().__init__()
            sizes = [shape[0], *(filters for filters, _ in LAYERS)]
            self.convolve = nn.ModuleList(
                nn.Conv1d(sizes[layer], filters, length, padding=length // 2)
                for layer, (filters, length) in enumerate(LAYERS)
            )
            left = sizes[-1] * (shape[1] >> len(LAYERS))
            self.hidden = nn.Linear(left + len(middle), HIDDEN)
            self.out = nn.Linear(HIDDEN, 1)
            self.register_buffer("middle", torch.from_numpy(np.array(middle, np.float32)))
            self.register_buffer("spread", torch.from_numpy(np.array(spread, np.float32)))
            self.drop = nn.Dropout(0.1)

        def forward(self, windows: "Tensor", facts: "Tensor") -> "Tensor":
            value = windows
            for layer in self.convolve:
                value = nn.functional.max_pool1d(nn.functional.relu(layer(value)), 2)
            scaled = (facts - self.middle) / self.spread
            together = self.drop(torch.cat([value.flatten(1), scaled], dim=1))
            logits: Tensor = self.out(nn.functional.relu(self.hidden(together)))[:, 0]
            return logits

    return FlareNetwork()


def size_of(arrays: Mapping[str, Singles]) -> int:
    """How many numbers the weights are."""
    return sum(int(array.size) for array in arrays.values())
