"""Many target pixel files as one set: the picture of each star, and beside it what its light curve is like."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop_app.core.curve_features import UNITS, curve_features
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import FitError, UserError
from desktop_app.core.light_curve import Series
from desktop_app.core.pixels import TargetPixels, median_of, sampled_frames
from desktop_app.core.progress import Report, silent
from desktop_app.core.source import Source

LARGEST_PX = 32
_FRAMES = 61
_TOLD = 3
_OF_APERTURE = {"aperture_px": "pix", "share_in_aperture": ""}


@dataclass(frozen=True, eq=False)
class _Star:
    """What is kept of one file."""

    id: str
    name: str
    ra_deg: float
    dec_deg: float
    unit: str
    picture: np.ndarray
    numbers: dict[str, float]


def pixel_cutouts(paths: Sequence[Path], report: Report = silent) -> CutoutSet:
    """The median picture of every target pixel file with features of its light curve as columns.

    Pictures have the middle of the aperture in their middle and are as large as the largest of them, at most 32 pixels
    a side; what a file does not cover is NaN. Columns are those of `core.curve_features`, the pixels of the aperture,
    and which share of the light lies in it. A file that is of another kind or broken is left out and told in a note.

    Raises
    ------
    FitError
        No file holds target pixels.
    """
    stars: list[_Star] = []
    left: list[str] = []
    for place, path in enumerate(paths):
        report(place / max(len(paths), 1), f"Reading {path.name}")
        try:
            stars.append(_star(path))
        except UserError as error:
            left.append(error.message)
    if not stars:
        raise FitError(
            f"None of {len(paths)} files holds target pixels.", hint="Name a folder with target pixel files in it."
        )
    report(1.0, "Target pixels read")
    side = min(LARGEST_PX, max(max(star.picture.shape) for star in stars))
    names = [*UNITS, *_OF_APERTURE]
    table = np.array([[star.numbers[name] for name in names] for star in stars])
    units = {**UNITS, **_OF_APERTURE}
    folder = paths[0].parent
    return CutoutSet(
        source=Source(path=folder, object_name=folder.name, notes=_notes(left)),
        images=np.stack([_centred(star.picture, side) for star in stars]).astype(np.float32),
        ids=_once([star.id for star in stars]),
        unit=stars[0].unit,
        columns={name: Series(table[:, place], units[name]) for place, name in enumerate(names)},
        labels={"object": tuple(star.name for star in stars)},
        ra_deg=np.array([star.ra_deg for star in stars]),
        dec_deg=np.array([star.dec_deg for star in stars]),
    )


def _star(path: Path) -> _Star:
    from desktop_app.io import open_file

    pixels = open_file(path)
    if not isinstance(pixels, TargetPixels):
        raise FitError(f"{path.name} holds no target pixels.")
    picture = median_of(sampled_frames(pixels, _FRAMES))
    source = pixels.source
    return _Star(
        path.name.split(".")[0],
        source.object_name,
        source.ra_deg,
        source.dec_deg,
        pixels.unit,
        _moved(picture, pixels),
        {**curve_features(pixels.curve), **_of_aperture(picture, pixels)},
    )


def _of_aperture(picture: np.ndarray, pixels: TargetPixels) -> dict[str, float]:
    """How large the aperture is, and which share of the light above the background lies in it."""
    known = np.isfinite(picture)
    inside = pixels.aperture & known
    if not inside.any():
        return dict.fromkeys(_OF_APERTURE, np.nan)
    light = np.maximum(picture - np.nanmedian(picture), 0.0)
    total = float(light[known].sum())
    share = float(light[inside].sum()) / total if total > 0 else np.nan
    return {"aperture_px": float(pixels.aperture.sum()), "share_in_aperture": share}


def _moved(picture: np.ndarray, pixels: TargetPixels) -> np.ndarray:
    """``picture`` widened with NaN until the middle of the aperture is its middle, to a whole pixel."""
    places = np.argwhere(pixels.aperture)
    if not len(places):
        return picture
    middle = np.round(places.mean(axis=0)).astype(int)
    half = max(max(middle), max(np.array(picture.shape) - 1 - middle))
    wide = np.full((2 * half + 1, 2 * half + 1), np.nan)
    low = half - middle
    wide[low[0] : low[0] + picture.shape[0], low[1] : low[1] + picture.shape[1]] = picture
    return wide


def _centred(picture: np.ndarray, side: int) -> np.ndarray:
    """The middle ``side`` by ``side`` pixels of ``picture``; NaN outside."""
    stamp = np.full((side, side), np.nan)
    ny, nx = picture.shape
    from_y, from_x = max(0, (ny - side) // 2), max(0, (nx - side) // 2)
    to_y, to_x = max(0, (side - ny) // 2), max(0, (side - nx) // 2)
    high, wide = min(ny, side), min(nx, side)
    stamp[to_y : to_y + high, to_x : to_x + wide] = picture[from_y : from_y + high, from_x : from_x + wide]
    return stamp


def _once(ids: Sequence[str]) -> tuple[str, ...]:
    """Each id once: a second one of a name gets a number."""
    seen: dict[str, int] = {}
    found = []
    for name in ids:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)


def _notes(left: Sequence[str]) -> tuple[str, ...]:
    if not left:
        return ()
    more = f" and {len(left) - _TOLD} more" if len(left) > _TOLD else ""
    return (f"{len(left)} files are left out: {' '.join(left[:_TOLD])}{more}",)
