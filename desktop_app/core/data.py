"""What a file can hold: one of five kinds of data, all frozen and read-only."""

from typing import Literal

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.pixels import TargetPixels
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.telemetry import Telemetry

Dataset = LightCurve | TargetPixels | SkyImage | CutoutSet | Telemetry

Seen = LightCurve | Telemetry | SkyImage | CutoutSet
"""What detectors look at; of target pixels the light curve they add up to."""

Kind = Literal["light curve", "target pixels", "image", "cutouts", "telemetry"]


def kind_of(data: Dataset) -> Kind:
    """The kind of ``data``, as file lists name it."""
    match data:
        case LightCurve():
            return "light curve"
        case TargetPixels():
            return "target pixels"
        case SkyImage():
            return "image"
        case CutoutSet():
            return "cutouts"
        case Telemetry():
            return "telemetry"


def curve_in(data: Dataset) -> LightCurve | None:
    """The light curve that ``data`` is, or that its pixels add up to; None where it has none."""
    match data:
        case LightCurve():
            return data
        case TargetPixels():
            return data.curve
        case SkyImage() | CutoutSet() | Telemetry():
            return None


def seen_in(data: Dataset) -> Seen:
    """What a detector sees of ``data``: target pixels by the light curve they add up to, all else as it is."""
    return data.curve if isinstance(data, TargetPixels) else data
