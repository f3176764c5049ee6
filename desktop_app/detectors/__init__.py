"""Detectors, one file each: from a dataset to scores."""

from desktop_app.core.detector import DetectorSpec
from desktop_app.core.registry import Registry

DETECTORS: Registry[DetectorSpec] = Registry(
    "detector",
    {
        "ensemble": "desktop_app.detectors.ensemble:SPEC",
        "flares": "desktop_app.detectors.flares:SPEC",
        "transits": "desktop_app.detectors.transits:SPEC",
        "discord": "desktop_app.detectors.discord:SPEC",
        "lstm_autoencoder": "desktop_app.detectors.lstm_autoencoder:SPEC",
    },
)
DEFAULT_DETECTOR = "ensemble"
