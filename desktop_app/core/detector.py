"""What a detector is, and how it is told about."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Scores
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import Params
from desktop_app.core.progress import Report
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.telemetry import Telemetry

Sees = TypeVar("Sees", LightCurve, Telemetry, SkyImage, CutoutSet, contravariant=True)


class Detector(Protocol[Sees]):
    """Finds what is strange in a dataset; built from its parameters, holds no data of its own before `fit`."""

    def fit(self, data: Sees, report: Report) -> Self:
        """Learn what is usual.

        Raises
        ------
        FitError
            The data are too few, or there is nothing to look at.
        """
        ...

    def score(self, data: Sees, report: Report) -> Scores:
        """How strange each row is, after `fit`."""
        ...


@dataclass(frozen=True)
class DetectorSpec:
    """One detector as menus, forms and the command line see it.

    Attributes
    ----------
    name, label, help : str
        The name in commands and files, the label in menus, and a sentence for tooltips.
    kinds : tuple of type
        The datasets it can look at.
    version : int
        Raised whenever the same data and parameters give other scores: it is part of the cache key.
    params : type
        The parameter set; has a field ``seed`` where chance is involved.
    build : callable
        Makes the detector from its parameters.
    threshold : float
        The score from which on rows are flagged unless someone moves it, in ``unit``.
    finds : tuple of str
        The shapes it is there for, as `core.events` names them; the contract tests plant each of these.
    weights : str
        The folder in ``models`` whose weights it uses; "" where it needs none.
    unit : str
        What scores are counted in, as panels print it: "σ" for sigmas, "× limit" for telemetry.
    causal : bool
        Whether, given a training stretch, the score of a sample depends on nothing that comes after it.
    whole_sequence : bool
        Whether it looks at the other frames of a picture's sequence as well.
    """

    name: str
    label: str
    help: str
    kinds: tuple[type, ...]
    version: int
    params: type[Params]
    build: Callable[[Any], Detector[Any]]  # the border: each build takes its own parameter set
    threshold: float = 5.0
    finds: tuple[str, ...] = ("dip", "flare", "outlier", "spike", "step")
    weights: str = ""
    unit: str = "σ"
    causal: bool = False
    whole_sequence: bool = False
