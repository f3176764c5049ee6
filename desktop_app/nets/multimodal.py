"""An autoencoder of pictures with numbers: two branches, one shared middle, and each told from the other.

After Ngiam, J. et al., "Multimodal Deep Learning", ICML 28 (2011), 689: a picture comes through convolutions and the
numbers beside it through dense layers into one latent space, from which both are made again, also where only one of
them is given. Beside it stand densities of one given the other (Student's t, whose scale matrix the network says) and a
judge that tells pairs from shuffled ones (van den Oord, A. et al., arXiv:1807.03748).
"""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.pairs import Pairs
from desktop_app.core.progress import Report
from desktop_app.nets.checkpoint import Keep
from desktop_app.nets.device import one_thread
from desktop_app.nets.schedule import Schedule
from desktop_app.nets.training import Arrays, Heard, History, arrays_of, load_arrays, seeded, train_network, unheard

if TYPE_CHECKING:
    from torch import nn

    from desktop_app.nets.multimodal_net import PairNetwork

_AT_ONCE = 512


@dataclass(frozen=True)
class PairShape:
    """What a network of pairs is made for.

    Attributes
    ----------
    side : int
        Pixels along each side of the pictures; a multiple of 8.
    briefs, values : int
        How many numbers describe a picture in brief, and how many stand beside it.
    shared, own : int
        Latents that picture and numbers share, and those of the picture alone.
    turned : bool
        Whether a picture that is turned or mirrored says the same: it learns from all of them, and says their mean.
    """

    side: int
    briefs: int
    values: int
    shared: int = 16
    own: int = 24
    turned: bool = True


@dataclass(frozen=True, eq=False)
class Reading:
    """What a network makes of pairs; arrays of m rows.

    Attributes
    ----------
    picture, numbers : ndarray, shape (m,)
        Mean squared error of each, made again through its own branch alone.
    crossed : ndarray, shape (m,)
        Mean squared error of the picture that the numbers alone make.
    given_picture, given_numbers : ndarray, shape (m,)
        Squared Mahalanobis distance of the numbers from what the picture says, and of the picture's shared latents
        from what the numbers say.
    odds : ndarray, shape (m,)
        Logarithm of the odds that the two belong together.
    said, sigma : ndarray, shape (m, k)
        The numbers as the picture says them, and how surely.
    rest, rest_sigma : ndarray, shape (m, k)
        The same as the picture and all other numbers say them.
    latents : ndarray, shape (m, shared)
        Where picture and numbers together lie.
    """

    picture: Floats
    numbers: Floats
    crossed: Floats
    given_picture: Floats
    given_numbers: Floats
    odds: Floats
    said: Floats
    sigma: Floats
    rest: Floats
    rest_sigma: Floats
    latents: Floats


def fit_pairs(
    training: Pairs,
    validation: Pairs,
    shape: PairShape,
    how: Schedule,
    report: Report,
    *,
    device: str = "cpu",
    start: Arrays | None = None,
    keep: Keep | None = None,
    heard: Heard = unheard,
) -> tuple[Arrays, History]:
    """Weights that know which pictures and numbers go together, and how the training went.

    Parameters
    ----------
    training, validation : Pairs
        Usual ones; the second decide which weights are kept.
    shape : PairShape
    how : Schedule
    report : callable
        May raise `JobCancelled`.
    device, keep, heard
        As `train_network` takes them.
    start : mapping of str to ndarray, optional
        Weights to begin with.

    Raises
    ------
    FitError
    """
    import torch

    from desktop_app.nets.multimodal_net import loss_of

    network = _built(shape, how.seed)
    if start is not None:
        load_arrays(network, start)
    tensors = [tuple(torch.from_numpy(array) for array in pairs.tensors) for pairs in (training, validation)]
    with one_thread():
        history = train_network(
            network,
            loss_of(turned=shape.turned),
            tensors[0],
            tensors[1],
            how,
            report,
            device=device,
            keep=keep,
            heard=heard,
        )
    return arrays_of(network), history


def read_pairs(arrays: Arrays, shape: PairShape, pairs: Pairs, report: Report) -> Reading:
    """What the network of ``arrays`` makes of ``pairs``, in batches."""
    import torch

    network = _loaded(arrays, shape)
    found: dict[str, list[Floats]] = {field.name: [] for field in fields(Reading)}
    with torch.no_grad(), one_thread():
        for low in range(0, len(pairs), _AT_ONCE):
            report(low / len(pairs), "Comparing pictures and numbers")
            batch = tuple(torch.from_numpy(array[low : low + _AT_ONCE]) for array in pairs.tensors)
            for name, value in network.read(batch, turned=shape.turned).items():
                found[name].append(value.numpy().astype(np.float64))
    return Reading(**{name: np.concatenate(parts) for name, parts in found.items()})


def pictures_of(arrays: Arrays, shape: PairShape, pairs: Pairs) -> tuple[Floats, Floats]:
    """The pictures as they are made again through their own branch, and as the numbers alone make them.

    Each of shape (m, side, side).
    """
    import torch

    network = _loaded(arrays, shape)
    with torch.no_grad(), one_thread():
        own, crossed = network.pictures(tuple(torch.from_numpy(array) for array in pairs.tensors))
    return own.numpy().astype(np.float64), crossed.numpy().astype(np.float64)


def size_of(arrays: Arrays) -> int:
    """How many numbers a network has."""
    return int(sum(array.size for array in arrays.values()))


def _loaded(arrays: Arrays, shape: PairShape) -> "PairNetwork":
    network = _built(shape, 0)
    load_arrays(network, arrays)
    return network


def _built(shape: PairShape, seed: int) -> "PairNetwork":
    from desktop_app.nets.multimodal_net import PairNetwork

    def make() -> "nn.Module":
        return PairNetwork(shape.side, shape.briefs, shape.values, shape.shared, shape.own)

    network = seeded(make, seed)
    assert isinstance(network, PairNetwork)
    return network
