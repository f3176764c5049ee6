"""An autoencoder of two LSTMs: what is usual about a window comes through its narrow middle, what is odd does not."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.progress import Report, silent
from desktop_app.nets.training import (
    Arrays,
    Heard,
    History,
    Schedule,
    arrays_of,
    load_arrays,
    seeded,
    train_network,
    unheard,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

Windows = NDArray[np.float32]
"""Windows of one length, shape (w, steps), in sigmas about zero."""
_LIMIT = 8.0
"""Inputs beyond so many sigmas all look alike: what is odd anyway must not blow up the network."""
_AT_ONCE = 256
_AT_ONCE_GPU = 8192
_SPANS = (1, 4, 16)
"""Over so many neighbouring steps errors are averaged in the loss: a slow error counts although noise hides it."""


@dataclass(frozen=True)
class Size:
    """How wide the network is: cells of each LSTM, and numbers in the middle."""

    hidden: int = 32
    code: int = 12


def reconstruct(arrays: Arrays, windows: Windows, report: Report = silent, *, device: str = "cpu") -> Windows:
    """What the network makes of each window; shape of ``windows``.

    On the CPU this is numpy's work, because importing torch would take longer than the windows of a whole sector do;
    the tests hold it against torch.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        The weights.
    windows : ndarray of float32, shape (w, steps)
        Steps may be any number.
    report : callable
    device : str
        As `nets.device.chosen_device` gives it.
    """
    if device != "cpu":
        return _by_torch(arrays, windows, report, device)
    layers = _Layers.of(arrays)
    made = np.empty(windows.shape, np.float32)
    for low in range(0, len(windows), _AT_ONCE):
        report(low / len(windows), "Reconstructing windows")
        made[low : low + _AT_ONCE] = layers.through(windows[low : low + _AT_ONCE])
    return made


def fit_autoencoder(
    given: tuple[Windows, Windows],
    wanted: tuple[Windows, Windows],
    how: Schedule,
    report: Report,
    *,
    start: Arrays | None = None,
    size: Size | None = None,
    device: str = "cpu",
    heard: Heard = unheard,
) -> tuple[Arrays, History]:
    """Weights that make ``wanted`` windows of ``given`` ones.

    Parameters
    ----------
    given : tuple of ndarray
        Windows to train on and windows to decide by when to stop, each of shape (w, steps); events may be planted in.
    wanted : tuple of ndarray
        The same windows as they would be without events.
    how : Schedule
    report : callable
    start : mapping of str to ndarray, optional
        Weights to go on from; drawn by chance where not given.
    size : Size, optional
        The usual where not given; that of ``start`` where there is one.
    device : str
    heard : callable
        Told of each turn through the data.
    """
    import torch

    network = seeded(lambda: _network(_size_of(start) if start else size or Size()), how.seed)
    if start:
        load_arrays(network, start)
    training, validation = (
        (torch.from_numpy(np.ascontiguousarray(x)), torch.from_numpy(np.ascontiguousarray(y)))
        for x, y in zip(given, wanted, strict=True)
    )
    history = train_network(network, _loss, training, validation, how, report, device=device, heard=heard)
    return arrays_of(network), history


# In numpy


@dataclass(frozen=True, eq=False)
class _Layers:
    """The weights, laid out for one matrix product a step: gates in the order i, f, o, g.

    The logistic function of a gate is ``(1 + tanh(x / 2)) / 2``, so its weights are halved here and one tanh does all.
    """

    encoder_in: Windows
    encoder: Windows
    encoder_bias: Windows
    squeeze: tuple[Windows, Windows]
    decoder_in: Windows
    decoder: Windows
    decoder_bias: Windows
    out: tuple[Windows, Windows]

    @classmethod
    def of(cls, arrays: Arrays) -> "_Layers":
        hidden = arrays["squeeze.weight"].shape[1]
        scale = np.repeat(np.array([0.5, 0.5, 0.5, 1.0], np.float32), hidden)
        # torch has the order i, f, g, o.
        order = np.concatenate(
            [np.arange(2 * hidden), np.arange(3 * hidden, 4 * hidden), np.arange(2 * hidden, 3 * hidden)]
        )

        def part(layer: str, which: str) -> Windows:
            return np.ascontiguousarray((arrays[f"{layer}.weight_{which}_l0"][order] * scale[:, None]).T)

        def bias(layer: str) -> Windows:
            return (arrays[f"{layer}.bias_ih_l0"] + arrays[f"{layer}.bias_hh_l0"])[order] * scale

        return cls(
            part("encoder", "ih"),
            part("encoder", "hh"),
            bias("encoder"),
            (np.ascontiguousarray(arrays["squeeze.weight"].T), arrays["squeeze.bias"]),
            part("decoder", "ih"),
            part("decoder", "hh"),
            bias("decoder"),
            (arrays["out.weight"][0], arrays["out.bias"]),
        )

    def through(self, windows: Windows) -> Windows:
        """The reconstruction of a few windows; shape (w, steps)."""
        n, steps = windows.shape
        seen = np.tanh(windows / np.float32(_LIMIT))
        cells = _Cells.at_rest(n, self.encoder.shape[0])
        for step in range(steps):
            cells.advance(seen[:, step, None] * self.encoder_in + self.encoder_bias, self.encoder)
        weight, bias = self.squeeze
        code = np.tanh(cells.output @ weight + bias)
        fixed = code @ self.decoder_in[:-1] + self.decoder_bias
        moments = np.linspace(-1.0, 1.0, steps, dtype=np.float32)[:, None] * self.decoder_in[-1]
        cells, made = _Cells.at_rest(n, self.decoder.shape[0]), np.empty((n, steps), np.float32)
        weight, bias = self.out
        for step in range(steps):
            cells.advance(fixed + moments[step], self.decoder)
            made[:, step] = cells.output @ weight + bias[0]
        return made


@dataclass(eq=False)
class _Cells:
    """What the cells of an LSTM hold and put out; both of shape (w, hidden)."""

    memory: Windows
    output: Windows

    @classmethod
    def at_rest(cls, n: int, hidden: int) -> "_Cells":
        return cls(np.zeros((n, hidden), np.float32), np.zeros((n, hidden), np.float32))

    def advance(self, gates: Windows, weight: Windows) -> None:
        """One step on; ``gates`` is what the input gives them, shape (w, 4 hidden), and is overwritten."""
        hidden = self.memory.shape[1]
        gates += self.output @ weight
        np.tanh(gates, out=gates)
        doors, news = gates[:, : 3 * hidden], gates[:, 3 * hidden :]
        doors *= 0.5
        doors += 0.5
        self.memory *= doors[:, hidden : 2 * hidden]
        self.memory += doors[:, :hidden] * news
        np.tanh(self.memory, out=self.output)
        self.output *= doors[:, 2 * hidden :]


# In torch


def _network(size: Size) -> "nn.Module":
    import torch
    from torch import nn

    class Autoencoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = nn.LSTM(1, size.hidden, batch_first=True)
            self.squeeze = nn.Linear(size.hidden, size.code)
            # The decoder is told how far it has come: it need not learn to count.
            self.decoder = nn.LSTM(size.code + 1, size.hidden, batch_first=True)
            self.out = nn.Linear(size.hidden, 1)

        def forward(self, windows: "Tensor") -> "Tensor":
            _, (last, _) = self.encoder(torch.tanh(windows[:, :, None] / _LIMIT))
            code = torch.tanh(self.squeeze(last[0]))
            n, steps = windows.shape
            moments = torch.linspace(-1.0, 1.0, steps, device=windows.device).expand(n, steps)[:, :, None]
            told = torch.cat([code[:, None, :].expand(n, steps, size.code), moments], dim=2)
            return self.out(self.decoder(told)[0])[:, :, 0]

    return Autoencoder()


def _size_of(arrays: Arrays) -> Size:
    code, hidden = arrays["squeeze.weight"].shape
    return Size(hidden, code)


def _loss(network: "nn.Module", batch: tuple["Tensor", ...]) -> "Tensor":
    """Huber's loss of the errors, and of their means over several neighbouring steps in units of what noise leaves."""
    from torch.nn import functional

    given, wanted = batch
    error = (network(given) - wanted)[:, None, :]
    losses = []
    for span in _SPANS:
        if span <= error.shape[2]:
            mean = functional.avg_pool1d(error, span, stride=max(1, span // 2)) * span**0.5
            losses.append(functional.smooth_l1_loss(mean, mean.new_zeros(mean.shape)))
    total = losses[0]
    for loss in losses[1:]:
        total = total + loss
    return total / len(losses)


def _by_torch(arrays: Arrays, windows: Windows, report: Report, device: str) -> Windows:
    import torch

    network = _network(_size_of(arrays))
    load_arrays(network, arrays)
    network.to(device)
    made = np.empty(windows.shape, np.float32)
    with torch.no_grad():
        for low in range(0, len(windows), _AT_ONCE_GPU):
            report(low / len(windows), "Reconstructing windows")
            some = torch.from_numpy(np.ascontiguousarray(windows[low : low + _AT_ONCE_GPU])).to(device)
            made[low : low + _AT_ONCE_GPU] = network(some).cpu().numpy()
    return made
