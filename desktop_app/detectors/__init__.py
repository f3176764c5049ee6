"""Detectors, one file each: from a dataset to scores; a registry for each kind of data they look at."""

from typing import TYPE_CHECKING, Literal

from desktop_app.core.detector import DetectorSpec
from desktop_app.core.registry import Registry

if TYPE_CHECKING:
    from desktop_app.core.data import Dataset

Looks = Literal["light curve", "telemetry", "image", "cutouts"]
"""What detectors look at; target pixels are looked at by the light curve they add up to."""

PLURAL: dict[Looks, str] = {
    "light curve": "light curves",
    "telemetry": "telemetry",
    "image": "pictures",
    "cutouts": "cut-outs",
}

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

IMAGE_DETECTORS: Registry[DetectorSpec] = Registry(
    "detector of images",
    {
        "sources": "desktop_app.detectors.images.sources:SPEC",
        "artefacts": "desktop_app.detectors.images.artefacts:SPEC",
        "difference": "desktop_app.detectors.images.difference:SPEC",
    },
)
DEFAULT_IMAGE_DETECTOR = "sources"

CUTOUT_DETECTORS: Registry[DetectorSpec] = Registry(
    "detector of cut-outs",
    {
        "strange": "desktop_app.detectors.cutouts.strange:SPEC",
        "mahalanobis": "desktop_app.detectors.cutouts.mahalanobis:SPEC",
        "knn": "desktop_app.detectors.cutouts.knn:SPEC",
        "patches": "desktop_app.detectors.cutouts.patches:SPEC",
        "embedding_pca": "desktop_app.detectors.cutouts.embedding_pca:SPEC",
        "triplet": "desktop_app.detectors.cutouts.triplet:SPEC",
        "mmae": "desktop_app.detectors.cutouts.mmae:SPEC",
    },
)
DEFAULT_CUTOUT_DETECTOR = "strange"

OF_KIND: dict[Looks, tuple[Registry[DetectorSpec], str]] = {
    "light curve": (DETECTORS, DEFAULT_DETECTOR),
    "telemetry": (TELEMETRY_DETECTORS, DEFAULT_TELEMETRY_DETECTOR),
    "image": (IMAGE_DETECTORS, DEFAULT_IMAGE_DETECTOR),
    "cutouts": (CUTOUT_DETECTORS, DEFAULT_CUTOUT_DETECTOR),
}
"""By kind of data: the detectors there are, and the one that is taken where nobody chose."""


def looks_of(data: "Dataset") -> Looks:
    """What a detector sees in ``data``; target pixels are looked at by their light curve."""
    from desktop_app.core.data import kind_of

    kind = kind_of(data)
    return "light curve" if kind == "target pixels" else kind


def looks_of_spec(spec: DetectorSpec) -> Looks:
    """What the detector of ``spec`` looks at."""
    from desktop_app.core.cutouts import CutoutSet
    from desktop_app.core.light_curve import LightCurve
    from desktop_app.core.sky_image import SkyImage
    from desktop_app.core.telemetry import Telemetry

    kinds: dict[type, Looks] = {
        LightCurve: "light curve",
        Telemetry: "telemetry",
        SkyImage: "image",
        CutoutSet: "cutouts",
    }
    return kinds[spec.kinds[0]]


def spec_of(name: str | None, looks: Looks) -> DetectorSpec:
    """The detector called ``name`` for one kind of data; the default one where ``name`` is None or "".

    Raises
    ------
    ParamError
        There is no such detector for this kind.
    """
    registry, default = OF_KIND[looks]
    return registry[name or default]
