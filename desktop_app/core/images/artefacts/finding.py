"""All searches for artefacts over one picture, and what several of them found told once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from desktop_app.core.arrays import Bools
from desktop_app.core.images.artefacts import columns, cosmic_rays, edges, ghosts, saturation, streaks
from desktop_app.core.images.artefacts.artefact import Artefact, mask_of
from desktop_app.core.images.artefacts.frame import Frame, frame_of
from desktop_app.core.images.background import Background
from desktop_app.core.images.polygons import pixels_inside
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.sky_image import SkyImage

_Search = Callable[[Frame, float, Report], tuple[Artefact, ...]]


def _quick(search: Callable[[Frame, float], tuple[Artefact, ...]]) -> _Search:
    """A search that has nothing to report on its way."""
    return lambda frame, least, _report: search(frame, least)


_SEARCHES: Mapping[str, _Search] = {
    edges.KIND: edges.find_edges,
    saturation.KIND: _quick(saturation.find_saturation),
    columns.KIND: columns.find_columns,
    cosmic_rays.KIND: cosmic_rays.find_cosmic_rays,
    streaks.KIND: streaks.find_streaks,
    ghosts.KIND: _quick(ghosts.find_ghosts),
}
LEAST_SIGMA: Mapping[str, float] = MappingProxyType(dict.fromkeys(_SEARCHES, 5.0))
"""The kinds that are looked for, and the lowest score of each that is told."""
_SHARED = 0.5


@dataclass(frozen=True, eq=False)
class Findings:
    """What in a picture is not of the sky.

    Attributes
    ----------
    artefacts : tuple of Artefact
        The weightiest first.
    hot : ndarray of bool, shape (ny, nx), or None
        Hot pixels of the sensor, where there are too many to tell each: no sources are built on them.
    notes : tuple of str
        What a person should know of the picture as a whole.
    """

    artefacts: tuple[Artefact, ...] = ()
    hot: Bools | None = None
    notes: tuple[str, ...] = ()


def find_artefacts(
    image: SkyImage,
    *,
    background: Background | None = None,
    least: Mapping[str, float] = LEAST_SIGMA,
    report: Report = silent,
) -> tuple[Artefact, ...]:
    """The artefacts of `search_artefacts`, the weightiest first."""
    return search_artefacts(image, background=background, least=least, report=report).artefacts


def search_artefacts(
    image: SkyImage,
    *,
    background: Background | None = None,
    least: Mapping[str, float] = LEAST_SIGMA,
    report: Report = silent,
) -> Findings:
    """What in a picture is not of the sky.

    Parameters
    ----------
    image : SkyImage
    background : Background, optional
        Where it was measured before.
    least : mapping of str to float
        The lowest score that is told, by kind; kinds that are not in it are not looked for.
    report : callable
        Told the progress; may raise `JobCancelled`.
    """
    report(0.0, "Measuring the background")
    frame = frame_of(image, background, part(report, 0.0, 0.1))
    if frame is None:
        report(1.0, "Nothing to look at")
        return Findings()
    found: list[Artefact] = []
    rays = cosmic_rays.CosmicRays()
    wanted = [kind for kind in _SEARCHES if kind in least]
    for place, kind in enumerate(wanted):
        stretch = part(report, 0.1 + 0.9 * place / len(wanted), 0.1 + 0.9 * (place + 1) / len(wanted))
        stretch(0.0, f"Looking for kind: {kind}")
        rest = _without(frame, found)
        if kind == cosmic_rays.KIND:
            rays = cosmic_rays.search_cosmic_rays(rest, least[kind], stretch)
            found += rays.told
            continue
        found += _SEARCHES[kind](rest, least[kind], stretch)
    report(1.0, f"{len(found):,} artefacts")
    many = f"{rays.n_hot:,} hot pixels of the sensor: too many to tell each, and left out of all sources."
    return Findings(_told_once(found, frame.shape), rays.hot, (many,) * (rays.n_hot > 0))


def _without(frame: Frame, found: list[Artefact]) -> Frame:
    """The frame less the strips and trails that were found in it: what they leave beside them is no other artefact."""
    large = [artefact for artefact in found if artefact.kind in (edges.KIND, streaks.KIND)]
    if not large:
        return frame
    good = frame.good & ~mask_of(large, frame.shape)
    return replace(frame, good=good, sigmas=np.where(good, frame.sigmas, 0).astype(np.float32))


def _told_once(found: list[Artefact], shape: tuple[int, int]) -> tuple[Artefact, ...]:
    """Without those that lie mostly inside one that was found by an earlier search, which knows more."""
    taken = np.zeros(shape, bool)
    kept = []
    for artefact in found:
        rows, cols, inside = pixels_inside(artefact.outline, shape)
        if inside.any() and np.count_nonzero(taken[rows, cols] & inside) > _SHARED * np.count_nonzero(inside):
            continue
        taken[rows, cols] |= inside
        kept.append(artefact)
    return tuple(sorted(kept, key=lambda artefact: -artefact.score))
