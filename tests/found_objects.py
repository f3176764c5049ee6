"""Detections in pictures with objects of known places, made without a detector."""

from collections.abc import Sequence

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Detection, Provenance, Scores
from desktop_app.core.images.objects import Objects, box
from desktop_app.core.sky_image import SkyImage
from desktop_app.ui import work
from desktop_app.ui.score_histogram import histogram_of_objects


def detection_of(
    data: SkyImage | CutoutSet, scores: Sequence[float], kinds: Sequence[str], *, seed: int = 0
) -> Detection:
    """Objects on a grid of the picture, ten pixels apart, with these scores; a box of 6 pixels about each."""
    m, rng = len(scores), np.random.default_rng(seed)
    places = np.arange(m)
    x: Floats = 15.0 + 10.0 * (places % 12).astype(np.float64)
    y: Floats = 15.0 + 10.0 * (places // 12).astype(np.float64)
    ra: Floats = np.full(m, np.nan)
    dec: Floats = np.full(m, np.nan)
    if isinstance(data, SkyImage) and data.sky is not None:
        ra, dec = data.sky.to_sky(x, y)
    objects = Objects(
        x,
        y,
        tuple(kinds),
        tuple(box(float(a), float(b), 3.0) for a, b in zip(x, y, strict=True)),
        ra,
        dec,
        numbers={"flux": np.linspace(100.0, 99.0 + m, m), "fwhm_px": np.full(m, 3.2)},
        space=np.column_stack([np.linspace(0, 9, m), rng.normal(0, 1, m), rng.normal(0, 0.1, m)]),
        reasons=tuple((f"reason {place}", "another") for place in range(m)),
    )
    values = np.array(scores, np.float64)
    return Detection(data, Scores(values, {"shape": values / 2}, objects=objects), provenance(data), 5.0)


def provenance(data: SkyImage | CutoutSet) -> Provenance:
    """As if the detector of sources had made it."""
    return Provenance(
        str(data.source.path), "", "", "", "", "", "sources", 1, {}, 0, "cpu", "Peculiar", "2026-01-01T00:00:00"
    )


def detected(detection: Detection, threshold: float = 5.0) -> work.Detected:
    """What the worker hands to the session."""
    return work.Detected(work.flag(detection, threshold), histogram_of_objects(detection), 0.1)
