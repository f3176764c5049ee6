"""What there is to tell about pictures: their pixels, their place on the sky, their date; cut-outs; target pixels."""

import re
from math import isfinite

import numpy as np

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.pixels import TargetPixels
from desktop_app.core.sky import Sky
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.timescales import TimeReference, iso_dates
from desktop_app.engine.facts import Fact, Group, Value, counted, in_short, number, position

_CARD = 80
_CTYPE = re.compile(r"CTYPE\d([A-Z]?)\s*=\s*'([^']*)'")
_PROJECTION = re.compile(r"[A-Z-]{5}([A-Z]{3})(?:-SIP)?\s*$")


def image_groups(image: SkyImage) -> tuple[Group, ...]:
    """Size, values and date; then where the picture is on the sky."""
    ny, nx = image.pixels.shape
    finite = image.pixels[np.isfinite(image.pixels)]
    missing, bad = image.pixels.size - finite.size, 0 if image.bad is None else int(image.bad.sum())
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (float("nan"), float("nan"))
    facts = [
        Fact("Size", f"{nx} × {ny} pixels"),
        Fact("Unit", image.unit or "not told"),
        Fact("Values", f"{in_short(low)} to {in_short(high)}, {missing:,} of {image.pixels.size:,} NaN"),
        Fact("Date", _date(image.jd, image.time_scale)),
    ]
    if image.bad is not None:
        facts.append(Fact("Flagged", f"{counted(bad, 'pixel')} by the mask of the file"))
    if image.beside:
        facts.append(Fact("Beside", ", ".join(image.beside)))
    values: dict[str, Value] = {
        "size": [nx, ny],
        "unit": image.unit,
        "low": number(low),
        "high": number(high),
        "nan": int(missing),
        "flagged": bad,
        "jd": number(image.jd),
        "time_scale": image.time_scale,
        "beside": list(image.beside),
    }
    return (Group("", tuple(facts), values), sky_group(image.sky, nx, ny))


def pixel_groups(pixels: TargetPixels) -> tuple[Group, ...]:
    """Frames and aperture, and where the pixels are on the sky; what concerns the summed curve is not here."""
    n, ny, nx = pixels.frames.shape
    summed, optimal = int(pixels.aperture.sum()), int(pixels.optimal.sum())
    facts = (
        Fact("Frames", f"{n:,} of {nx} × {ny} pixels"),
        Fact("Unit", pixels.unit or "not told"),
        Fact("Aperture", f"{counted(summed, 'pixel')} summed, {optimal} in the pipeline's optimal one"),
        Fact("Corner", f"column {pixels.corner[0]}, row {pixels.corner[1]} of the detector"),
    )
    values: dict[str, Value] = {
        "frames": n,
        "size": [nx, ny],
        "unit": pixels.unit,
        "aperture_pixels": summed,
        "optimal_aperture_pixels": optimal,
        "corner": list(pixels.corner),
    }
    return (Group("", facts, values), sky_group(pixels.sky, nx, ny))


def cutout_groups(cutouts: CutoutSet) -> tuple[Group, ...]:
    """Number and size of the stamps, and the columns of their catalogue."""
    m, ny, nx = cutouts.images.shape
    placed = int(np.isfinite(cutouts.ra_deg).sum())
    facts = (
        Fact("Cut-outs", f"{m:,} of {nx} × {ny} pixels"),
        Fact("Unit", cutouts.unit or "not told"),
        Fact("Positions", f"known of {placed:,}"),
    )
    values: dict[str, Value] = {"cutouts": m, "size": [nx, ny], "unit": cutouts.unit, "positions": placed}
    columns: list[Fact] = []
    told: list[Value] = []
    for name, series in cutouts.columns.items():
        missing = int(np.isnan(series.values).sum())
        columns.append(Fact(name, f"[{series.unit}], {missing:,} NaN" if series.unit else f"{missing:,} NaN"))
        told.append({"name": name, "unit": series.unit, "nan": missing})
    for name, texts in cutouts.labels.items():
        kinds, missing = len(set(texts) - {""}), texts.count("")
        columns.append(Fact(name, f"text, {counted(kinds, 'different value')}, {missing:,} blank"))
        told.append({"name": name, "unit": "", "nan": missing})
    catalogue = tuple(columns) or (Fact("", "There is none."),)
    return (Group("", facts, values), Group("Catalogue", catalogue, {"catalogue": told}))


def sky_group(sky: Sky | None, nx: int, ny: int) -> Group:
    """Projection, frame, centre, scale and field of a WCS, or why there is none, and what was warned of."""
    if sky is None or sky.problem:
        told = "The header says nothing of the sky." if sky is None else sky.problem
        return Group("Sky", (Fact("", told),), {"wcs": None, "wcs_problem": told})
    middle = ((nx - 1) / 2, (ny - 1) / 2)
    (ra,), (dec,) = sky.to_sky(np.array([middle[0]]), np.array([middle[1]]))
    scale = sky.scale_arcsec(*middle)
    facts = [
        Fact("Projection", _projection(sky)),
        Fact("Frame", _frame(sky)),
        Fact("Centre", position(float(ra), float(dec))),
        Fact("Pixel", f"{in_short(scale)} arcsec" if isfinite(scale) else "not known"),
        Fact("Field", f"{_angle(nx * scale)} × {_angle(ny * scale)}" if isfinite(scale) else "not known"),
        *(Fact("Warning", note) for note in sky.notes),
    ]
    values: dict[str, Value] = {
        "projection": _projection(sky),
        "frame": _frame(sky),
        "centre_ra_deg": number(float(ra)),
        "centre_dec_deg": number(float(dec)),
        "pixel_arcsec": number(scale),
        "field_arcsec": [number(nx * scale), number(ny * scale)],
        "warnings": sky.notes,
    }
    return Group("Sky", tuple(facts), {"wcs": values})


def _projection(sky: Sky) -> str:
    """ "TAN (RA---TAN, DEC--TAN)"."""
    kinds = [value.strip() for key, value in _types(sky) if key == sky.key and "-" in value]
    letters = [match[1] for kind in kinds if (match := _PROJECTION.match(kind))]
    return f"{letters[0]} ({', '.join(kinds)})" if letters else ", ".join(kinds) or "not told"


def _types(sky: Sky) -> list[tuple[str, str]]:
    cards = (sky.cards[at : at + _CARD] for at in range(0, len(sky.cards), _CARD))
    return [(match[1], match[2]) for card in cards if (match := _CTYPE.match(card))]


def _frame(sky: Sky) -> str:
    """The celestial frame that the header names; ICRS where it names none, as the standard says."""
    names = {"GLON": "Galactic", "ELON": "ecliptic", "SLON": "supergalactic"}
    for key, value in _types(sky):
        if key == sky.key and value[:4] in names:
            return names[value[:4]]
    for keyword in (f"RADESYS{sky.key}", "RADECSYS"):
        match = re.search(rf"{keyword}\s*=\s*'([^']*)'", sky.cards)
        if match and match[1].strip():
            return match[1].strip()
    return "ICRS"


def _angle(arcsec: float) -> str:
    if arcsec < 120:
        return f"{arcsec:.3g}″"
    return f"{arcsec / 60:.3g}′" if arcsec < 7200 else f"{arcsec / 3600:.3g}°"


def _date(jd: float, scale: str) -> str:
    if not isfinite(jd):
        return "not told"
    date = iso_dates(np.zeros(1), TimeReference("JD", jd, scale or "UTC"))[0]
    return f"{date} {scale}\nJD {jd:.6f}" if scale else f"{date}, the header does not say in which scale\nJD {jd:.6f}"
