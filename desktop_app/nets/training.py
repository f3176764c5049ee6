"""Trains any network in one seeded loop: early stopping, falling learning rate, clipped gradients, progress, cancel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.errors import FitError
from desktop_app.core.progress import Report
from desktop_app.nets.checkpoint import Keep, read_state, write_state
from desktop_app.nets.course import Course
from desktop_app.nets.schedule import Schedule as Schedule
from desktop_app.nets.schedule import optimiser_of

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer

Loss = Callable[["nn.Module", tuple["Tensor", ...]], "Tensor"]
"""The mean loss of a network over one batch."""
Judge = Callable[["nn.Module"], tuple[float, Mapping[str, float]]]
"""How good a network is, the smaller the better, and figures about it to tell."""
Arrays = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Turn:
    """One turn through the training data: its number from 1 on, mean losses, learning rate, what a judge says.

    ``seconds`` count from the beginning of the training.
    """

    epoch: int
    training: float
    validation: float
    rate: float
    seconds: float
    figures: Mapping[str, float] = field(default_factory=dict)


Heard = Callable[[Turn], None]


def unheard(_turn: Turn) -> None:
    """Where nobody listens to turns."""


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
    judge: Judge | None = None,
    keep: Keep | None = None,
    heard: Heard = unheard,
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
    judge : callable, optional
        Says which weights do best, in place of the validation loss.
    keep : Keep, optional
        Where the state is kept after each epoch; a state that is there with the same mark is gone on with.
    heard : callable
        Told of each `Turn` through the data, not of those before a state that was gone on with.

    Raises
    ------
    FitError
        There is nothing to train on, or the loss is no number any more.
    """
    import torch

    if not len(training[0]) or not len(validation[0]):
        raise FitError("There is nothing to train on.", hint="Use more data, or a longer stretch of them.")
    network.to(device)
    training, validation = _on(device, training), _on(device, validation)
    optimiser = optimiser_of(network, how)
    course = Course(network, how)
    # Dropout and whatever else a network draws come from torch's own generator: seeded here, and as it was afterwards.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(how.seed)
        state = read_state(keep) if keep else None
        if state:
            course.go_on(state, optimiser)
        try:
            while not course.over:
                began = perf_counter()
                rate = course.rate
                for group in optimiser.param_groups:
                    group["lr"] = rate
                order = torch.randperm(len(training[0]))
                learnt = _learn(network, loss, training, order.to(device), optimiser, how, course.told_to(report))
                lost = _judge(network, loss, validation, how.batch)
                judged, figures = judge(network) if judge else (lost, {})
                course.add(learnt, lost, judged, perf_counter() - began)
                if keep:
                    write_state(keep, course.state(optimiser))
                heard(Turn(len(course.training), learnt, lost, rate, course.seconds, figures))
            network.load_state_dict(course.weights)
        finally:
            network.to("cpu")
            network.eval()
    return History(tuple(course.training), tuple(course.validation), course.best, course.seconds)


def arrays_of(network: "nn.Module") -> Arrays:
    """The weights of ``network`` by name, as they are saved."""
    return {name: value.detach().cpu().numpy().astype(np.float32) for name, value in network.state_dict().items()}


def load_arrays(network: "nn.Module", arrays: Arrays) -> None:
    """Give ``network`` the weights that `arrays_of` made."""
    import torch

    network.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in arrays.items()})
    network.eval()


def _on(device: str, tensors: tuple["Tensor", ...]) -> tuple["Tensor", ...]:
    return tuple(tensor.to(device) for tensor in tensors)


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
        if how.clip:
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
