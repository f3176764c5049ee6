"""All searches for artefacts over one picture, and what several of them found told once."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from desktop_app.core.images.artefacts import columns, cosmic_rays, edges, ghosts, saturation, streaks
from desktop_app.core.images.artefacts.artefact import Artefact, mask_of, pixels_inside
from desktop_app.core.images.artefacts.frame import Frame, frame_of
from desktop_app.core.images.background import Background
from desktop_app.core.progress import Report, silent
from desktop_app.core.sky_image import SkyImage

_SEARCHES: Mapping[str, Callable[[Frame, float], tuple[Artefact, ...]]] = {
    edges.KIND: edges.find_edges,
    saturation.KIND: saturation.find_saturation,
    columns.KIND: columns.find_columns,
    cosmic_rays.KIND: cosmic_rays.find_cosmic_rays,
    streaks.KIND: streaks.find_streaks,
    ghosts.KIND: ghosts.find_ghosts,
}
LEAST_SIGMA: Mapping[str, float] = MappingProxyType(dict.fromkeys(_SEARCHES, 5.0))
"""The kinds that are looked for, and the lowest score of each that is told."""
_SHARED = 0.5


def find_artefacts(
    image: SkyImage,
    *,
    background: Background | None = None,
    least: Mapping[str, float] = LEAST_SIGMA,
    report: Report = silent,
) -> tuple[Artefact, ...]:
    """What in a picture is not of the sky, the weightiest first.

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
    frame = frame_of(image, background)
    if frame is None:
        report(1.0, "Nothing to look at")
        return ()
    found: list[Artefact] = []
    wanted = [kind for kind in _SEARCHES if kind in least]
    for place, kind in enumerate(wanted):
        report(0.1 + 0.9 * place / len(wanted), f"Looking for kind: {kind}")
        found += _SEARCHES[kind](_without(frame, found), least[kind])
    report(1.0, f"{len(found):,} artefacts")
    return _told_once(found, frame.shape)


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
