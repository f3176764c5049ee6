"""What a network of one telemetry channel is, and how one is trained: the road of all three of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.series import Series
from desktop_app.core.params import Params
from desktop_app.core.progress import Report
from desktop_app.nets.checkpoint import Keep
from desktop_app.nets.device import one_thread
from desktop_app.nets.training import (
    Arrays,
    Heard,
    History,
    Judge,
    Loss,
    Schedule,
    arrays_of,
    load_arrays,
    seeded,
    train_network,
    unheard,
)

if TYPE_CHECKING:
    from torch import nn

Examples = tuple[NDArray[np.generic], ...]
"""Arrays whose first axis counts the examples."""


@dataclass(frozen=True, eq=False)
class Lessons:
    """What a network learns from, and what decides when it stops: no sample is in both."""

    training: Examples
    validation: Examples


class ChannelNet(Protocol):
    """One kind of network: how its examples are cut, how it is built, what it is to make small, and what it says.

    Attributes
    ----------
    name : str
    params : type
        The settings of network and windows.
    supervised : bool
        Whether `lessons` needs labels.
    """

    name: str
    params: type[Params]
    supervised: bool

    def lessons(self, series: Series, labels: Bools | None, params: Any) -> Lessons:
        """The examples of one channel, split in time.

        Parameters
        ----------
        series : Series
        labels : ndarray of bool, shape (n,), or None
            Which samples of ``series`` are anomalous; only supervised networks get to see them.

        Raises
        ------
        FitError
            There are too few samples.
        """
        ...

    def build(self, series: Series, params: Any) -> "nn.Module":
        """The untrained network for the columns that ``series`` has."""
        ...

    def loss(self, params: Any) -> Loss:
        """The mean loss over one batch."""
        ...

    def says(self, network: "nn.Module", series: Series, params: Any, report: Report) -> Floats:
        """What the network says of each sample, shape (n,): an error, or the odds; NaN where nothing."""
        ...


def train_channel(
    net: ChannelNet,
    series: Series,
    params: Any,
    how: Schedule,
    report: Report,
    *,
    labels: Bools | None = None,
    device: str = "cpu",
    keep: Keep | None = None,
    heard: Heard = unheard,
) -> tuple[Arrays, History]:
    """Train one network on one channel; its weights, and how that went.

    Parameters
    ----------
    net, series, params, how, report, device, keep, heard
        As `train_network` has them.
    labels : ndarray of bool, shape (n,), optional
        For networks that are supervised.

    Raises
    ------
    FitError
        There is too little to learn from, or the loss is no number any more.
    """
    lessons = net.lessons(series, labels, params)
    build = partial(net.build, series, params)
    return train_lessons(net, build, lessons, params, how, report, device=device, keep=keep, heard=heard)


def train_lessons(
    net: ChannelNet,
    build: Callable[[], "nn.Module"],
    lessons: Lessons,
    params: Any,
    how: Schedule,
    report: Report,
    *,
    device: str = "cpu",
    judge: Judge | None = None,
    keep: Keep | None = None,
    heard: Heard = unheard,
) -> tuple[Arrays, History]:
    """As `train_channel`, with examples that are cut already: of many channels, say; ``build`` makes the network."""
    import torch

    network = seeded(build, how.seed)
    training, validation = (
        tuple(torch.from_numpy(np.ascontiguousarray(array)) for array in examples)
        for examples in (lessons.training, lessons.validation)
    )
    loss = net.loss(params)
    with one_thread():
        history = train_network(
            network, loss, training, validation, how, report, device=device, judge=judge, keep=keep, heard=heard
        )
    return arrays_of(network), history


def revive(net: ChannelNet, series: Series, params: Any, arrays: Arrays) -> "nn.Module":
    """The network with the weights that `train_channel` gave."""
    network = seeded(lambda: net.build(series, params), 0)
    load_arrays(network, arrays)
    return network
