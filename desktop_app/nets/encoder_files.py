"""Encoders of others, from a file that a user named: ONNX, TorchScript, or an exported program of torch.

A TorchScript file may do whatever torch can while it runs: only a file that a user names is ever loaded.
"""

from collections.abc import Callable
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import Stamps
from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.progress import Report, silent

if TYPE_CHECKING:
    from collections.abc import Iterator

Forward = Callable[[NDArray[np.float32]], list[NDArray[np.float32]]]
"""From a batch of shape (n, channels, ny, nx) to what a network gives for it."""
_BATCH = 32
_CHANNELS = (3, 1)
_SIDES = (0, 64, 96, 128, 224, 256)
_MOST_BYTES = 2_000_000_000


class FileEncoder:
    """An encoder in a file; which input it wants is found out by trying.

    Stamps go in between 0 and 1, as one or three equal channels, resized where the network wants one size only. Maps
    that come out are pooled to means, deviations and maxima; vectors are taken as they are.

    Parameters
    ----------
    path : Path
    forward : callable
        Runs the network; raises `ReadError` where it does not take its input.
    digest : str
        The sha256 of the file.
    wants : tuple of int
        Channels, height and width that the file itself says, 0 for those that it leaves open.
    """

    def __init__(self, path: Path, forward: Forward, digest: str, wants: tuple[int, int, int] = (0, 0, 0)) -> None:
        self.name, self.label, self.hash = str(path), path.name, digest
        self._path, self._forward, self._wants = path, forward, wants

    def embed(self, images: Stamps, report: Report = silent) -> Floats:
        """What it sees, shape (m, d); as `ImageEncoder.embed`."""
        if not len(images):
            return np.zeros((0, 0))
        channels, side = self._input_for(images[:1])
        rows = []
        for low in range(0, len(images), _BATCH):
            report(low / len(images), f"Embedding stamps with {self.label}")
            batch = _shaped(images[low : low + _BATCH], channels, side)
            rows.append(_pooled(self._forward(batch), len(batch), self._path))
        found = np.concatenate(rows)
        if not np.isfinite(found).all():
            raise ReadError(f"The encoder {self.label} gives no finite numbers.", hint="Choose another encoder.")
        return found

    def _input_for(self, image: Stamps) -> tuple[int, tuple[int, int]]:
        """Channels, height and width (0 for the stamp's own) that the network takes."""
        channels, height, width = self._wants
        sides = [(height, width)] if height and width else [(side, side) for side in _SIDES]
        for side in sides:
            for many in (channels,) if channels else _CHANNELS:
                try:
                    _pooled(self._forward(_shaped(image, many, side)), 1, self._path)
                except ReadError as error:
                    last = error
                    continue
                return many, side
        raise ReadError(
            f"The encoder {self.label} takes no grey or colour image of {image.shape[2]} pixels or a usual size.",
            hint="Export it with an input of shape (batch, channels, height, width) in [0, 1].",
        ) from last


def encoder_in(path: Path) -> FileEncoder:
    """The encoder in a file that a user named.

    Raises
    ------
    ParamError
        What reads such files is not installed.
    ReadError
        There is no such file, or it holds no network.
    """
    digest = _digest(path)
    if path.suffix.lower() == ".onnx":
        return _onnx(path, digest)
    return FileEncoder(path, _torch(path), digest)


def _digest(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ReadError(f"{path.name} is larger than two gigabytes.", hint="Choose a smaller encoder.")
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ReadError(f"The encoder {path} cannot be read: {error.strerror}.", hint="Name another file.") from error


def _onnx(path: Path, digest: str) -> FileEncoder:
    from importlib import import_module

    try:
        onnxruntime: Any = import_module("onnxruntime")
    except ImportError as error:
        raise ParamError(
            f"{path.name} needs onnxruntime, which is not installed.", hint="Install it with: pip install onnxruntime."
        ) from error
    with _readable(path):
        session: Any = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        (entrance, *others) = session.get_inputs()
    if others or len(entrance.shape) != 4:
        raise ReadError(
            f"The encoder {path.name} wants {len(others) + 1} inputs of {len(entrance.shape)} axes.",
            hint="Export it with one input of shape (batch, channels, height, width).",
        )

    def forward(batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        with _readable(path):
            if entrance.shape[0] == 1:
                parts = [session.run(None, {entrance.name: batch[k : k + 1]}) for k in range(len(batch))]
                return [np.concatenate(each) for each in zip(*parts, strict=True)]
            return list(session.run(None, {entrance.name: batch}))

    wants = tuple(size if isinstance(size, int) and size > 0 else 0 for size in entrance.shape[1:])
    return FileEncoder(path, forward, digest, (wants[0], wants[1], wants[2]))


def _torch(path: Path) -> Forward:
    """What runs a TorchScript file or an exported program."""
    import torch

    read: Any = torch.jit.load
    with _readable(path):
        network: Any = torch.export.load(path).module() if _exported(path) else read(str(path), "cpu").eval()

    def forward(batch: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        with _readable(path), torch.inference_mode():
            made = network(torch.from_numpy(batch))
            each = made if isinstance(made, (list, tuple)) else [made]
            return [one.float().numpy() for one in each if isinstance(one, torch.Tensor)]

    return forward


def _exported(path: Path) -> bool:
    """Whether a file is the zip of an exported program, of this version of torch or an earlier one."""
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(path) as file:
            names = file.namelist()
    except (OSError, BadZipFile):
        return False
    return any(name.endswith("serialized_exported_program.json") or "/models/" in name for name in names)


@contextmanager
def _readable(path: Path) -> "Iterator[None]":
    """Whatever a network of others raises becomes a sentence: what it may raise is up to its file."""
    try:
        yield
    except (ReadError, MemoryError):
        raise
    except Exception as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise ReadError(
            f"The encoder {path.name} cannot be used: {said}",
            hint="Name an ONNX file, or one that torch.jit.save or torch.export.save wrote.",
        ) from error


def _shaped(images: Stamps, channels: int, side: tuple[int, int]) -> NDArray[np.float32]:
    """A batch of shape (n, channels, ny, nx), resized along straight lines where ``side`` is not (0, 0)."""
    from scipy.ndimage import zoom

    batch = np.asarray(images, np.float32)
    if all(side) and batch.shape[1:] != side:
        batch = zoom(
            batch, (1, side[0] / batch.shape[1], side[1] / batch.shape[2]), order=1, grid_mode=True, mode="nearest"
        )
    return np.ascontiguousarray(np.repeat(batch[:, None], channels, axis=1))


def _pooled(found: list[NDArray[np.float32]], n: int, path: Path) -> Floats:
    """What came out as rows of shape (n, d)."""
    rows = []
    for layer in found:
        if layer.ndim < 2 or len(layer) != n:
            continue
        if layer.ndim == 2:
            rows.append(layer)
            continue
        flat = layer.reshape(n, layer.shape[1], -1)
        rows += [flat.mean(axis=2), flat.std(axis=2), flat.max(axis=2)]
    if not rows:
        raise ReadError(f"The encoder {path.name} gives no rows of numbers.", hint="Export one that gives features.")
    return np.concatenate(rows, axis=1).astype(np.float64)
