"""Detectors, one file each: from a dataset to scores; those of light curves and those of telemetry."""

from typing import TYPE_CHECKING, Literal

from desktop_app.core.detector import DetectorSpec
from desktop_app.core.registry import Registry

if TYPE_CHECKING:
    from desktop_app.core.data import Dataset

Looks = Literal["light curve", "telemetry"]
"""What detectors look at; target pixels are looked at by the light curve they add up to."""

DETECTORS: Registry[DetectorSpec] = Registry(
    "detector of light curves",
    {
        "ensemble": "desktop_app.detectors.curves.ensemble:SPEC",
        "flares": "desktop_app.detectors.curves.flares:SPEC",
        "transits": "desktop_app.detectors.curves.transits:SPEC",
        "discord": "desktop_app.detectors.curves.discord:SPEC",
        "lstm_autoencoder": "desktop_app.detectors.curves.lstm_autoencoder:SPEC",
    },
)
DEFAULT_DETECTOR = "ensemble"

TELEMETRY_DETECTORS: Registry[DetectorSpec] = Registry(
    "detector of telemetry",
    {
        "discord": "desktop_app.detectors.telemetry.discord:SPEC",
        "consensus": "desktop_app.detectors.telemetry.consensus:SPEC",
        "ewma": "desktop_app.detectors.telemetry.ewma:SPEC",
        "limits": "desktop_app.detectors.telemetry.limits:SPEC",
        "lstm_autoencoder": "desktop_app.detectors.telemetry.lstm_autoencoder:SPEC",
        "lstm_forecaster": "desktop_app.detectors.telemetry.lstm_forecaster:SPEC",
        "lstm_classifier": "desktop_app.detectors.telemetry.lstm_classifier:SPEC",
        "stream": "desktop_app.detectors.telemetry.stream:SPEC",
    },
)
DEFAULT_TELEMETRY_DETECTOR = "discord"

OF_KIND: dict[Looks, tuple[Registry[DetectorSpec], str]] = {
    "light curve": (DETECTORS, DEFAULT_DETECTOR),
    "telemetry": (TELEMETRY_DETECTORS, DEFAULT_TELEMETRY_DETECTOR),
}
"""By kind of data: the detectors there are, and the one that is taken where nobody chose."""


def looks_of(data: "Dataset") -> Looks | None:
    """Which of the two a detector sees in ``data``; None for pictures, which have detectors of their own."""
    from desktop_app.core.data import curve_in
    from desktop_app.core.telemetry import Telemetry

    if isinstance(data, Telemetry):
        return "telemetry"
    return None if curve_in(data) is None else "light curve"


def spec_of(name: str | None, looks: Looks) -> DetectorSpec:
    """The detector called ``name`` for one kind of data; the default one where ``name`` is None or "".

    Raises
    ------
    ParamError
        There is no such detector for this kind.
    """
    registry, default = OF_KIND[looks]
    return registry[name or default]
