"""Our own small encoder of stamps: without labels it learns to give back what noise and holes hide of them."""

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import Stamps
from desktop_app.core.errors import ReadError
from desktop_app.core.progress import Report, silent
from desktop_app.nets.checkpoint import Keep
from desktop_app.nets.training import (
    Arrays,
    Heard,
    History,
    Loss,
    Schedule,
    arrays_of,
    load_arrays,
    seeded,
    train_network,
    unheard,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

WIDTHS = (16, 32, 48, 64)
_KERNELS = ((6, 2, 2), (4, 2, 1), (3, 1, 1), (4, 2, 1))
"""Width, step and padding of each layer."""
_BATCH = 128
_SHIFT = 3
_NOISE = 0.04
_GAIN = 0.15
_HIDDEN = 0.25
_INVARIANCE, _VARIANCE, _COVARIANCE = 25.0, 25.0, 1.0
_GIVING_BACK = 20.0
_TRUNK = "trunk."


class Objective(StrEnum):
    """What is learnt: that two views of a stamp are the same, to give back what noise and holes hide, or both."""

    VICREG = "vicreg"
    DENOISING = "denoising"
    BOTH = "both"


def fit_encoder(
    training: Stamps,
    validation: Stamps,
    how: Schedule,
    report: Report = silent,
    *,
    objective: Objective = Objective.DENOISING,
    device: str = "cpu",
    keep: Keep | None = None,
    heard: Heard = unheard,
) -> tuple[Arrays, History]:
    """Train an encoder; the weights that embed, and what the training was like.

    Parameters
    ----------
    training, validation : ndarray of float32, shape (m, ny, nx)
        In [0, 1], as `SetStretch` makes them.
    how : Schedule
    report, device, keep, heard
        As `nets.training.train_network` has them.
    objective : Objective
        VICReg is Bardes, Ponce & LeCun 2022 (ICLR, arXiv:2105.04906); denoising with hidden squares follows Vincent et
        al. 2008 (ICML) and Pathak et al. 2016 (CVPR).
    """
    import torch

    network = seeded(lambda: _learner(objective), how.seed)
    tensors = [(torch.from_numpy(np.ascontiguousarray(part, np.float32))[:, None],) for part in (training, validation)]
    loss = _loss_of(objective)
    history = train_network(network, loss, tensors[0], tensors[1], how, report, device=device, keep=keep, heard=heard)
    arrays = {name[len(_TRUNK) :]: value for name, value in arrays_of(network).items() if name.startswith(_TRUNK)}
    return arrays, history


def embed(arrays: Arrays, images: Stamps, report: Report = silent) -> Floats:
    """Means, standard deviations and maxima of the last two layers, shape (m, 336).

    Parameters
    ----------
    arrays : mapping of str to ndarray
        As `fit_encoder` gives them.
    images : ndarray, shape (m, ny, nx)
        In [0, 1], of any size from 8 pixels on.
    report : callable
        Told the progress after each batch.

    Raises
    ------
    ReadError
        The arrays are not those of an encoder.
    """
    import torch

    trunk = _trunk()
    try:
        load_arrays(trunk, arrays)
    except RuntimeError as error:
        raise ReadError("These are no weights of an encoder of stamps.", hint="Train it again.") from error
    rows = []
    with torch.inference_mode():
        for low in range(0, len(images), _BATCH):
            report(low / len(images), "Embedding stamps")
            batch = torch.from_numpy(np.ascontiguousarray(images[low : low + _BATCH], np.float32))
            rows.append(_pooled(trunk(batch[:, None])).double().numpy())
    return np.concatenate(rows) if rows else np.zeros((0, 0))


def _trunk() -> "nn.Module":
    """Four layers of convolutions, each but the third in steps of two pixels; gives the last two.

    Kernels of an even width lie the same way on stamps of an even width that are turned; odd ones would not.
    """
    from torch import nn

    class Trunk(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            layers, width = [], 1
            for out, (kernel, step, edge) in zip(WIDTHS, _KERNELS, strict=True):
                conv = nn.Conv2d(width, out, kernel, step, edge, bias=False)
                layers.append(nn.Sequential(conv, nn.BatchNorm2d(out), nn.LeakyReLU(0.1)))
                width = out
            self.layers = nn.ModuleList(layers)

        def forward(self, x: "Tensor") -> tuple["Tensor", "Tensor"]:
            before = x
            for layer in self.layers:
                before, x = x, layer(x)
            return before, x

    return Trunk()


def _pooled(layers: tuple["Tensor", ...]) -> "Tensor":
    import torch

    pools = [
        pool for layer in layers for pool in (layer.mean((2, 3)), layer.std((2, 3), correction=0), layer.amax((2, 3)))
    ]
    return torch.cat(pools, dim=1)


def _learner(objective: Objective) -> "nn.Module":
    """The trunk with what only its training needs."""
    from torch import nn

    class Learner(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.trunk = _trunk()
            if objective is not Objective.DENOISING:
                d = 3 * (WIDTHS[-1] + WIDTHS[-2])
                self.project = nn.Sequential(nn.Linear(d, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 256))
            if objective is not Objective.VICREG:
                steps: list[nn.Module] = []
                for width, out in ((WIDTHS[-1], 32), (32, 16)):
                    steps += [nn.Upsample(scale_factor=2), nn.Conv2d(width, out, 3, padding=1), nn.LeakyReLU(0.1)]
                self.give_back = nn.Sequential(*steps, nn.Conv2d(16, 1, 3, padding=1))

    return Learner()


def _loss_of(objective: Objective) -> Loss:
    from torch.nn.functional import avg_pool2d

    def loss(network: "nn.Module", batch: tuple["Tensor", ...]) -> "Tensor":
        (x,) = batch
        total, trunk = x.new_zeros(()), network.get_submodule("trunk")
        if objective is not Objective.DENOISING:
            project = network.get_submodule("project")
            total = total + _vicreg(*(project(_pooled(trunk(_seen_anew(x)))) for _ in range(2))) / 25
        if objective is not Objective.VICREG:
            turned = _turned(x)
            made = network.get_submodule("give_back")(trunk(_with_holes(_noisy(turned)))[1])
            # At half the resolution, where steps of noise are a quarter and the cost is.
            wanted = avg_pool2d(turned, 2)
            ny, nx = (min(pair) for pair in zip(made.shape[2:], wanted.shape[2:], strict=True))
            total = total + _GIVING_BACK * (made[..., :ny, :nx] - wanted[..., :ny, :nx]).square().mean()
        return total

    return loss


def _seen_anew(x: "Tensor") -> "Tensor":
    return _noisy(_shifted(_turned(x)))


def _turned(x: "Tensor") -> "Tensor":
    """Each stamp turned by 90 degrees as often as chance wants, and mirrored or not."""
    import torch

    turned = torch.empty_like(x)
    draw = torch.randint(0, 8, (len(x),))
    for k in range(8):
        chosen = draw == k
        part = torch.rot90(x[chosen], k % 4, (2, 3)) if x.shape[2] == x.shape[3] else x[chosen].flip(2 + k % 2)
        turned[chosen] = part.flip(3) if k >= 4 else part
    return turned


def _shifted(x: "Tensor") -> "Tensor":
    """Each stamp shifted by up to three pixels; the border is repeated beyond itself."""
    import torch
    from torch.nn.functional import pad

    wide = pad(x, [_SHIFT] * 4, mode="replicate")
    ny, nx = x.shape[2:]
    moves = torch.randint(0, 2 * _SHIFT + 1, (2,))
    return wide[..., moves[0] : moves[0] + ny, moves[1] : moves[1] + nx]


def _noisy(x: "Tensor") -> "Tensor":
    import torch

    shape = (len(x), 1, 1, 1)
    gain = 1 + _GAIN * (2 * torch.rand(shape) - 1).to(x.device)
    return x * gain + _NOISE * torch.rand(shape).to(x.device) * torch.randn(x.shape).to(x.device)


def _with_holes(x: "Tensor") -> "Tensor":
    """A quarter of each stamp, in squares of a sixteenth of it, has the value of its median."""
    import torch
    from torch.nn.functional import interpolate

    holes = (torch.rand(len(x), 1, 16, 16) < _HIDDEN).to(x)
    holes = interpolate(holes, x.shape[2:], mode="nearest")
    return x * (1 - holes) + holes * x.flatten(1).median(dim=1).values[:, None, None, None]


def _vicreg(one: "Tensor", other: "Tensor") -> "Tensor":
    """Variance, invariance, covariance: views of one stamp agree, all dimensions vary, none says what another says."""
    import torch

    loss = _INVARIANCE * (one - other).square().mean()
    n, d = one.shape
    for z in (one, other):
        centred = z - z.mean(dim=0)
        spread = torch.sqrt(centred.square().sum(dim=0) / max(n - 1, 1) + 1e-4)
        loss = loss + 0.5 * _VARIANCE * torch.relu(1 - spread).mean()
        together = centred.T @ centred / max(n - 1, 1)
        loss = loss + _COVARIANCE * (together.square().sum() - together.diagonal().square().sum()) / d
    return loss
