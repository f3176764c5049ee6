"""What a stamp looks like, as numbers that astronomers know: light, size, shape, asymmetry, residuals, defects."""

from collections.abc import Mapping

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.deblending import Neighbours, deblended
from desktop_app.core.images.footprints import Footprints, footprints_of, shape_asymmetry, smoothed
from desktop_app.core.images.isophotes import (
    Isophotes,
    ellipses_of,
    isophotes_of,
    residuals_of,
    ring_residuals,
    significant,
)
from desktop_app.core.images.light_shape import (
    Radii,
    clumpiness,
    gini_and_m20,
    mirrored,
    radii_of,
    turned_about,
)
from desktop_app.core.images.stamp_defects import coherence, column_excess, edge_gradient, line_excess
from desktop_app.core.images.stamp_sky import in_sigmas
from desktop_app.core.progress import Report, silent

_CHUNK = 256
_SMALLEST = 8
_FAINTEST = 0.03
_CALM = 5.0
_RINGS = ("inner", "middle", "outer")
_SIGNS = ((0, "residual"), (1, "hole"))

MORPHOLOGY: Mapping[str, str] = {
    "flux": "Light above the sky inside 1.5 Petrosian radii, in units of the stamp",
    "snr": "The light of the object over the noise of its pixels",
    "surface_brightness": "Mean light a pixel inside the half-light radius, in units of the stamp",
    "fwhm_px": "Width of the area above half of the peak, in pixels",
    "half_light_radius_px": "Radius that holds half of the light, in pixels",
    "petrosian_radius_px": "Where a ring has a fifth of the mean brightness inside it, in pixels",
    "ellipticity": "1 - b / a of the second moments",
    "concentration": "5 log10 (r80 / r20)",
    "gini": "How unevenly light is shared among the pixels: 0 evenly, 1 all in one",
    "m20": "log10 of the second moment of the brightest fifth of the light over that of all",
    "asymmetry": "Light that half a turn does not bring back, as a share",
    "outer_asymmetry": "The same outside the half-light radius",
    "shape_asymmetry": "Area of the object that half a turn does not bring back, as a share",
    "mirror_asymmetry": "Light that a reflection about the axes of the object does not bring back, as a share",
    "smoothness": "Light in clumps smaller than a quarter of the Petrosian radius, as a share",
    "offset": "How far the centroid of the light is off the centre, over the half-light radius",
    "blended_share": "Share of the pixels brighter than the sky around the object that neighbours have",
    "residual_inner": "Light above a smooth elliptical model inside the half-light radius, as a share",
    "residual_middle": "The same between the half-light and the Petrosian radius",
    "residual_outer": "The same out to 2.5 Petrosian radii",
    "hole_inner": "Light missing to a smooth elliptical model inside the half-light radius, as a share",
    "hole_middle": "The same between the half-light and the Petrosian radius",
    "hole_outer": "The same out to 2.5 Petrosian radii",
    "ring_excess": "Light in rings that are brighter than what is inside them, as a share",
    "residual_rms": "Scatter of what a smooth elliptical model leaves, smoothed, over noise and a tenth of the model",
    "residual_area": "Share of the pixels in which that is beyond three of its sigmas",
    "companions": "Number of peaks beside the object",
    "companion_ratio": "Brightness of the brightest of them over that of the object",
    "companion_distance_px": "How far off it is, in pixels; half the width of the stamp without any",
    "line_excess": "Brightest straight line across the stamp, in sigmas",
    "coherence": "How much the edges that are left point the same way: 0 not at all, 1 all",
    "column_excess": "Column furthest off its neighbours, in sigmas",
    "row_excess": "Row furthest off its neighbours, in sigmas",
    "edge_gradient": "Step of the sky between opposite sides, in sigmas of a pixel",
    "plateau": "Share of the pixels that have the highest value, as a saturated star has",
    "missing": "Share of the pixels without a value",
}
"""Every number with what it is, in this order."""


def morphology(images: Stamps, report: Report = silent) -> dict[str, Floats]:
    """The numbers of `MORPHOLOGY` of each stamp, shape (m,) each.

    None of them changes where the stamp is turned by 90 degrees or mirrored (but rows and columns change places), and
    only flux and surface brightness where its values are scaled. Sources stand with each measurement.

    Parameters
    ----------
    images : ndarray, shape (m, ny, nx)
        NaN counts as sky. A stamp in whose middle nothing stands out has NaN for what an object is needed for; one
        without a finite pixel, or narrower than 8 pixels, has NaN throughout but for "missing".
    report : callable
        Told the progress; may raise `JobCancelled`.
    """
    parts = []
    for low in range(0, len(images), _CHUNK):
        report(low / len(images), "Measuring stamps")
        parts.append(_measured(images[low : low + _CHUNK]))
    return {name: np.concatenate([np.zeros(0), *(part[name] for part in parts)]) for name in MORPHOLOGY}


def as_features(numbers: Mapping[str, Floats]) -> Floats:
    """The numbers as coordinates to measure distances in, shape (m, d): logarithms of what spans decades, no NaN.

    What is not known takes the median of those that are. Nothing else is learnt from the set, so two sets are alike.
    """
    columns = [_LEVELLED.get(name, _plain)(np.asarray(numbers[name], np.float64)) for name in MORPHOLOGY]
    rows = np.stack(columns, axis=1) if columns else np.zeros((0, 0))
    for column in rows.T:
        known = np.isfinite(column)
        column[~known] = np.median(column[known]) if known.any() else 0.0
    return rows


def _plain(values: Floats) -> Floats:
    return values.copy()


def _decades(values: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values > 0, np.log10(values), np.nan)


def _softened(values: Floats) -> Floats:
    return np.arcsinh(values)


def _softened_share(values: Floats) -> Floats:
    return np.arcsinh(10 * values)


_LEVELLED = {
    **dict.fromkeys(
        (
            "flux",
            "snr",
            "surface_brightness",
            "fwhm_px",
            "half_light_radius_px",
            "petrosian_radius_px",
            "residual_rms",
            "plateau",
        ),
        _decades,
    ),
    **dict.fromkeys(
        ("companions", "companion_distance_px", "line_excess", "column_excess", "row_excess", "edge_gradient"),
        _softened,
    ),
    **dict.fromkeys(
        [f"{kind}_{ring}" for kind in ("residual", "hole") for ring in _RINGS]
        + [
            "ring_excess",
            "companion_ratio",
            "asymmetry",
            "outer_asymmetry",
            "mirror_asymmetry",
            "smoothness",
            "offset",
        ],
        _softened_share,
    ),
}


def _measured(images: Stamps) -> dict[str, Floats]:
    """All numbers of a few stamps."""
    m, ny, nx = images.shape
    known = np.isfinite(images)
    missing = 1.0 - known.reshape(m, -1).mean(axis=1) if ny * nx else np.ones(m)
    if min(ny, nx) < _SMALLEST:
        return {**{name: np.full(m, np.nan) for name in MORPHOLOGY}, "missing": missing}
    above, sky = in_sigmas(images)
    seen = footprints_of(above)
    found, alone = deblended(above, seen)
    prints = footprints_of(alone)
    radii = radii_of(alone, prints)
    isophotes = isophotes_of(alone, prints)
    left = residuals_of(alone, prints, isophotes)
    left[~known] = 0.0
    marked = significant(left, alone - left)
    numbers = {
        **_light(alone, prints, radii, sky.noise),
        **_shape(alone, seen, prints, radii),
        **_residuals(left, prints, radii, isophotes),
    }
    there = prints.there & (radii.flux > 0)
    numbers = {name: np.where(there, values, np.nan) for name, values in numbers.items()}
    numbers |= {**_beside(alone, prints, found), **_defects(above, marked), "plateau": _plateau(images)}
    numbers = {name: np.where(missing < 1, values, np.nan) for name, values in numbers.items()}
    return {**numbers, "missing": missing}


def _light(above: Stamps, prints: Footprints, radii: Radii, noise: Floats) -> dict[str, Floats]:
    m = len(above)
    within = np.where(prints.inside, above, 0.0).reshape(m, -1)
    peak = within.max(axis=1, initial=0.0)
    wide = (within > 0.5 * peak[:, None]).sum(axis=1)
    area = np.maximum(prints.area_px, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.pi * np.maximum(radii.r50, 0.5) ** 2
        return {
            "flux": radii.flux * noise,
            "snr": within.sum(axis=1, dtype=np.float64) / np.sqrt(area),
            "surface_brightness": 0.5 * radii.flux * noise / half,
            "fwhm_px": 2 * np.sqrt(wide / np.pi),
            "half_light_radius_px": radii.r50,
            "petrosian_radius_px": radii.petrosian,
            "concentration": 5 * np.log10(radii.r80 / np.maximum(radii.r20, 1e-3)),
        }


def _shape(alone: Stamps, seen: Footprints, prints: Footprints, radii: Radii) -> dict[str, Floats]:
    outer = np.minimum(1.5 * radii.petrosian, 0.5 * min(alone.shape[1:]))
    r50 = np.nan_to_num(radii.r50, nan=1.0)
    asymmetry, outside = turned_about(alone, prints.x, prints.y, r50, outer)
    gini, m20 = gini_and_m20(alone, prints.inside, prints.x, prints.y)
    return {
        "ellipticity": 1.0 - prints.b_px / prints.a_px,
        "gini": gini,
        "m20": m20,
        "asymmetry": asymmetry,
        "outer_asymmetry": outside,
        "shape_asymmetry": shape_asymmetry(prints.inside, prints.x, prints.y),
        "mirror_asymmetry": mirrored(alone, prints.x, prints.y, prints.theta, outer),
        "smoothness": clumpiness(alone, prints.x, prints.y, radii.petrosian),
        "offset": _offset(alone, prints) / np.maximum(r50, 1.0),
        "blended_share": 1.0 - np.minimum(prints.area_px / np.maximum(seen.area_px, 1), 1.0),
    }


def _residuals(left: Stamps, prints: Footprints, radii: Radii, isophotes: Isophotes) -> dict[str, Floats]:
    r50 = np.nan_to_num(radii.r50, nan=1.0)
    ends = np.stack([r50, np.maximum(radii.petrosian, r50), 2.5 * np.maximum(radii.petrosian, r50)], axis=1)
    x, y, ratio, theta = ellipses_of(prints)
    flux = np.maximum(radii.flux, 1.0)[:, None]
    shares = ring_residuals(left, x, y, ratio, theta, ends) / flux
    risen = np.maximum(isophotes.profile - isophotes.model, 0.0)
    rings = np.arange(risen.shape[1])
    around = np.where(rings <= ends[:, 1:2] * 2.5, 2 * np.pi * rings, 0.0)
    named = {f"{kind}_{ring}": shares[:, 2 * a + b] for a, ring in enumerate(_RINGS) for b, kind in _SIGNS}
    return {**named, "ring_excess": np.sum(risen * around, axis=1) / flux[:, 0]}


def _beside(alone: Stamps, prints: Footprints, found: Neighbours) -> dict[str, Floats]:
    """The neighbours, whether there is an object or not."""
    m, _, nx = alone.shape
    smooth = smoothed(alone).reshape(m, -1)
    column, row = (np.rint(axis).astype(np.int64) for axis in (prints.x, prints.y))
    own = np.maximum(smooth[np.arange(m), row * nx + column], 1.0)
    seen = np.isfinite(found.x) & (found.peak > _FAINTEST * own[:, None])
    brightest = np.where(seen[:, 0], found.peak[:, 0] / own, 0.0)
    away = np.hypot(found.x[:, 0] - prints.x, found.y[:, 0] - prints.y)
    return {
        "companions": seen.sum(axis=1).astype(np.float64),
        "companion_ratio": brightest,
        "companion_distance_px": np.where(seen[:, 0], away, 0.5 * nx),
    }


def _defects(above: Stamps, left: Stamps) -> dict[str, Floats]:
    """What does not need an object; ``left`` is what is significant of the residuals."""
    calm = np.clip(smoothed(left), -_CALM, _CALM)
    return {
        "residual_rms": np.sqrt(np.mean(np.square(calm, dtype=np.float64), axis=(1, 2))),
        "residual_area": np.mean(np.abs(calm) > 1.0, axis=(1, 2)),
        "line_excess": line_excess(left),
        "coherence": coherence(left),
        "column_excess": column_excess(left),
        "row_excess": column_excess(np.ascontiguousarray(left.transpose(0, 2, 1))),
        "edge_gradient": edge_gradient(above),
    }


def _offset(alone: Stamps, prints: Footprints) -> Floats:
    """How far the centroid of all light of the object is off its centre, in pixels."""
    _, ny, nx = alone.shape
    light = np.where(prints.inside, np.maximum(alone, 0.0), 0.0)
    total = np.maximum(light.sum(axis=(1, 2), dtype=np.float64), 1e-9)
    x = light.sum(axis=1, dtype=np.float64) @ np.arange(nx) / total
    y = light.sum(axis=2, dtype=np.float64) @ np.arange(ny) / total
    return np.hypot(x - prints.x, y - prints.y)


def _plateau(images: Stamps) -> Floats:
    flat = images.reshape(len(images), -1)
    highest = np.where(np.isfinite(flat), flat, -np.inf).max(axis=1)
    return (flat == highest[:, None]).mean(axis=1)
