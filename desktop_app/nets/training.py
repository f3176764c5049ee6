"""Trains any network in one seeded loop: early stopping, falling learning rate, clipped gradients, progress, cancel."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.errors import FitError
from desktop_app.core.progress import Report

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

Loss = Callable[["nn.Module", tuple["Tensor", ...]], "Tensor"]
"""The mean loss of a network over one batch."""
Arrays = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Schedule:
    """How a network is trained.

    Attributes
    ----------
    epochs : int
        At most so many turns through the training data.
    batch : int
        Examples a step.
    rate, last_rate : float
        Learning rate of AdamW at the start and at the end; it falls along a cosine.
    decay : float
        Weight decay.
    clip : float
        Longest gradient.
    patience : int
        Stop after so many epochs without a better validation loss.
    seed : int
        The same seed gives the same weights on the same processor.
    """

    epochs: int = 30
    batch: int = 256
    rate: float = 2e-3
    last_rate: float = 1e-5
    decay: float = 1e-4
    clip: float = 1.0
    patience: int = 6
    seed: int = 0


@dataclass(frozen=True)
class History:
    """What a training was like.

    Attributes
    ----------
    training, validation : tuple of float
        Mean loss of each epoch.
    best : int
        The epoch, from 0 on, whose weights were kept.
    seconds : float
    """

    training: tuple[float, ...]
    validation: tuple[float, ...]
    best: int
    seconds: float


def seeded(make: Callable[[], "nn.Module"], seed: int) -> "nn.Module":
    """The network that ``make`` builds, first weights drawn with ``seed``; the global generator is as before."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make()


def train_network(
    network: "nn.Module",
    loss: Loss,
    training: tuple["Tensor", ...],
    validation: tuple["Tensor", ...],
    how: Schedule,
    report: Report,
    *,
    device: str = "cpu",
) -> History:
    """Train ``network`` in place; it ends with the weights that did best on the validation data, on the CPU.

    Parameters
    ----------
    network : nn.Module
    loss : callable
        ``loss(network, batch)``; the network is in its training mode over training data only.
    training, validation : tuple of Tensor
        Of each tensor the first axis counts the examples; a batch is a tuple of slices of them.
    how : Schedule
    report : callable
        Told the progress after every step; where it raises, the training ends at once.
    device : str
        As `chosen_device` gives it. Only the same processor gives the same weights bit for bit.

    Raises
    ------
    FitError
        There is nothing to train on, or the loss is no number any more.
    """
    import torch

    if not len(training[0]) or not len(validation[0]):
        raise FitError("There is nothing to train on.", hint="Use more light curves, or longer ones.")
    began = perf_counter()
    network.to(device)
    training, validation = _on(device, training), _on(device, validation)
    optimiser = torch.optim.AdamW(network.parameters(), lr=how.rate, weight_decay=how.decay)
    course = _Course(network)
    # Dropout and whatever else a network draws come from torch's own generator: seeded here, and as it was afterwards.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(how.seed)
        try:
            for epoch in range(how.epochs):
                _set_rate(optimiser, how, epoch)
                order = torch.randperm(len(training[0]))
                told = _epoch_report(report, epoch, how.epochs, course)
                learnt = _learn(network, loss, training, order.to(device), optimiser, how, told)
                course.add(learnt, _judge(network, loss, validation, how.batch))
                if len(course.validation) - 1 - course.best >= how.patience:
                    break
            network.load_state_dict(course.weights)
        finally:
            network.to("cpu")
            network.eval()
    return History(tuple(course.training), tuple(course.validation), course.best, perf_counter() - began)


def arrays_of(network: "nn.Module") -> Arrays:
    """The weights of ``network`` by name, as they are saved."""
    return {name: value.detach().cpu().numpy().astype(np.float32) for name, value in network.state_dict().items()}


def load_arrays(network: "nn.Module", arrays: Arrays) -> None:
    """Give ``network`` the weights that `arrays_of` made."""
    import torch

    network.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in arrays.items()})
    network.eval()


class _Course:
    """The losses so far, and the best weights."""

    def __init__(self, network: "nn.Module") -> None:
        self._network = network
        self.training: list[float] = []
        self.validation: list[float] = []
        self.best = 0
        self.weights = self._copy()

    def add(self, training: float, validation: float) -> None:
        if not np.isfinite(training) or not np.isfinite(validation):
            raise FitError("The training came to nothing: its loss is no number.", hint="Try a smaller learning rate.")
        self.training.append(training)
        self.validation.append(validation)
        if len(self.validation) == 1 or validation < self.validation[self.best]:
            self.best = len(self.validation) - 1
            self.weights = self._copy()

    def _copy(self) -> "dict[str, Tensor]":
        return {name: value.detach().clone() for name, value in self._network.state_dict().items()}


def _on(device: str, tensors: tuple["Tensor", ...]) -> tuple["Tensor", ...]:
    return tuple(tensor.to(device) for tensor in tensors)


def _set_rate(optimiser: "Optimizer", how: Schedule, epoch: int) -> None:
    share = 0.5 * (1 + np.cos(np.pi * epoch / max(1, how.epochs)))
    for group in optimiser.param_groups:
        group["lr"] = how.last_rate + (how.rate - how.last_rate) * share


def _epoch_report(report: Report, epoch: int, epochs: int, course: _Course) -> Callable[[float], None]:
    best = f", best loss {course.validation[course.best]:.4f}" if course.validation else ""

    def told(done: float) -> None:
        report((epoch + done) / epochs, f"Epoch {epoch + 1} of {epochs}{best}")

    return told


def _learn(
    network: "nn.Module",
    loss: Loss,
    data: tuple["Tensor", ...],
    order: "Tensor",
    optimiser: "Optimizer",
    how: Schedule,
    told: Callable[[float], None],
) -> float:
    """One turn through the data; the mean loss."""
    import torch

    network.train()
    total = 0.0
    for low in range(0, len(order), how.batch):
        told(low / len(order))
        chosen = order[low : low + how.batch]
        optimiser.zero_grad(set_to_none=True)
        value = loss(network, tuple(tensor[chosen] for tensor in data))
        value.backward()  # type: ignore[no-untyped-call]  # torch ships it so
        torch.nn.utils.clip_grad_norm_(network.parameters(), how.clip)
        optimiser.step()
        total += float(value.detach()) * len(chosen)
    return total / len(order)


def _judge(network: "nn.Module", loss: Loss, data: tuple["Tensor", ...], batch: int) -> float:
    import torch

    network.eval()
    total, n = 0.0, len(data[0])
    with torch.no_grad():
        for low in range(0, n, batch):
            part = tuple(tensor[low : low + batch] for tensor in data)
            total += float(loss(network, part)) * len(part[0])
    return total / n
