"""The plain recipe for pictures with numbers, kept to be measured against: two autoencoders that never meet."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats
from desktop_app.core.progress import Report
from desktop_app.nets.device import one_thread
from desktop_app.nets.schedule import Fall, Optimiser, Schedule
from desktop_app.nets.training import seeded, train_network

if TYPE_CHECKING:
    from torch import Tensor, nn

SIDE_PX = 32
_EPOCHS, _BATCH, _RATE = 15, 64, 5e-4
_AT_ONCE = 512

Rows = NDArray[np.float32]


def unfused_errors(training: tuple[Rows, Rows], test: tuple[Rows, Rows], seed: int, report: Report) -> Floats:
    """The sum of both squared errors of each pair of ``test``; shape (m,).

    A convolutional autoencoder of pictures (1-16-32 channels, 16 latents) and a dense one of numbers (16-8-16 cells),
    trained for 15 epochs on the sum of their errors; nothing connects the two.

    Parameters
    ----------
    training, test : tuple of ndarray
        Pictures of shape (m, 32, 32) from 0 to 1, and standardised numbers of shape (m, k).
    seed : int
    report : callable
    """
    import torch

    network = seeded(lambda: _network(training[1].shape[1]), seed)
    held = max(1, len(training[0]) // 10)
    data = tuple(torch.from_numpy(array) for array in training)
    how = Schedule(_EPOCHS, _BATCH, _RATE, fall=Fall.NONE, decay=0.0, clip=0.0, seed=seed, optimiser=Optimiser.ADAM)
    with one_thread():
        train_network(network, _loss, tuple(x[held:] for x in data), tuple(x[:held] for x in data), how, report)
        found = []
        with torch.no_grad():
            for low in range(0, len(test[0]), _AT_ONCE):
                batch = tuple(torch.from_numpy(array[low : low + _AT_ONCE]) for array in test)
                found.append(_errors(network, batch).numpy().astype(np.float64))
    return np.concatenate(found)


def _loss(network: "nn.Module", batch: "tuple[Tensor, ...]") -> "Tensor":
    return _errors(network, batch).mean()


def _errors(network: "nn.Module", batch: "tuple[Tensor, ...]") -> "Tensor":
    pictures, numbers = batch
    made, told = network(pictures, numbers)
    return ((made - pictures) ** 2).sum((1, 2)) + ((told - numbers) ** 2).sum(1)


def _network(values: int) -> "nn.Module":
    from torch import nn

    def branch(*layers: "nn.Module") -> "nn.Sequential":
        return nn.Sequential(*layers)

    class Unfused(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            few = SIDE_PX // 4
            self.pictures = branch(
                nn.Unflatten(1, (1, SIDE_PX)),
                nn.Conv2d(1, 16, 3, stride=2, padding=1),
                nn.ReLU(),
                nn.Conv2d(16, 32, 3, stride=2, padding=1),
                nn.ReLU(),
                nn.Flatten(),
                nn.Linear(32 * few**2, 16),
                nn.ReLU(),
                nn.Linear(16, 32 * few**2),
                nn.ReLU(),
                nn.Unflatten(1, (32, few, few)),
                nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1, output_padding=1),
                nn.ReLU(),
                nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1, output_padding=1),
                nn.Sigmoid(),
            )
            self.numbers = branch(
                nn.Linear(values, 16), nn.ReLU(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 16), nn.ReLU()
            )
            self.told = nn.Linear(16, values)

        def forward(self, pictures: "Tensor", numbers: "Tensor") -> "tuple[Tensor, Tensor]":
            return self.pictures(pictures)[:, 0], self.told(self.numbers(numbers))

    return Unfused()
