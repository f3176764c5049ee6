"""How a network is trained: which optimiser, with which learning rate, for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

_MOMENTUM = 0.9


class Optimiser(StrEnum):
    """How steps are made of gradients."""

    ADAMW = "adamw"
    ADAM = "adam"
    SGD = "sgd"


class Fall(StrEnum):
    """How the learning rate falls: along a cosine, where the loss no longer does, or not at all."""

    COSINE = "cosine"
    PLATEAU = "plateau"
    NONE = "none"


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
        Learning rate at the start, and at the end or the smallest.
    decay : float
        Weight decay.
    clip : float
        Longest gradient; 0 for any.
    patience : int
        Stop after so many epochs without a better validation loss.
    seed : int
        The same seed gives the same weights on the same processor.
    optimiser : Optimiser
        SGD goes on with a momentum of 0.9.
    fall : Fall
    factor, wait : float, int
        On a plateau the rate is multiplied by ``factor`` after more than ``wait`` epochs without a better validation.
    """

    epochs: int = 30
    batch: int = 256
    rate: float = 2e-3
    last_rate: float = 1e-5
    decay: float = 1e-4
    clip: float = 1.0
    patience: int = 6
    seed: int = 0
    optimiser: Optimiser = Optimiser.ADAMW
    fall: Fall = Fall.COSINE
    factor: float = 0.5
    wait: int = 5


def rate_of(how: Schedule, judged: Sequence[float]) -> float:
    """The learning rate of the epoch after those that were ``judged``, the smaller the better."""
    match how.fall:
        case Fall.COSINE:
            share = float(0.5 * (1 + np.cos(np.pi * len(judged) / max(1, how.epochs))))
            return how.last_rate + (how.rate - how.last_rate) * share
        case Fall.NONE:
            return how.rate
        case Fall.PLATEAU:
            rate, best, waited = how.rate, np.inf, 0
            for value in judged:
                waited = 0 if value < best else waited + 1
                best = min(best, value)
                if waited > how.wait:
                    rate, waited = max(how.last_rate, rate * how.factor), 0
            return rate


def optimiser_of(network: "nn.Module", how: Schedule) -> "Optimizer":
    """The optimiser of the weights of ``network``."""
    import torch

    match how.optimiser:
        case Optimiser.ADAMW:
            return torch.optim.AdamW(network.parameters(), lr=how.rate, weight_decay=how.decay)
        case Optimiser.ADAM:
            return torch.optim.Adam(network.parameters(), lr=how.rate, weight_decay=how.decay)
        case Optimiser.SGD:
            return torch.optim.SGD(network.parameters(), lr=how.rate, momentum=_MOMENTUM, weight_decay=how.decay)
