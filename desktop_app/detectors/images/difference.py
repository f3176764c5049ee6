"""Finds what changed: between a picture and its template, or over the frames of a sequence."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.images.aligning import align
from desktop_app.core.images.background import background_of
from desktop_app.core.images.difference.candidates import candidates_in, measured, stamps_at
from desktop_app.core.images.difference.changes import Change, changes_in
from desktop_app.core.images.difference.seeing import seeing_of
from desktop_app.core.images.difference.stack import HELD_BYTES, aligned_frames, seeing_of_sources, warped
from desktop_app.core.images.difference.subtraction import subtract
from desktop_app.core.images.objects import Objects, Outline, box
from desktop_app.core.images.sources import find_sources
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from desktop_app.detectors.cutouts.alert_weights import NAME, alert_judge
from desktop_app.detectors.cutouts.triplet import judged

_COPIES = 5
_STAMP_PX = 128


class DifferenceParams(Params):
    """The settings of the search for changes."""

    peak_sigma: float = setting(
        5.5,
        title="Detection",
        help="From which height on a peak of a difference is looked at.",
        unit="σ",
        ge=3,
        le=50,
    )
    subtract_anew: bool = setting(
        False,
        title="Subtract anew",
        help="Make the difference from science and template, even where one lies beside them.",
    )
    most_frames: int = setting(
        60,
        title="Frames",
        help="Of a longer sequence so many are taken, spread evenly; fewer where they would not fit into memory.",
        ge=2,
        le=1000,
    )


class Difference:
    """A picture less its template, or each frame of a sequence less the median of the others."""

    def __init__(self, params: DifferenceParams) -> None:
        self._params = params

    def fit(self, data: SkyImage, report: Report) -> Self:
        """Nothing is learned beforehand; there has to be something to compare with."""
        compared = {"science", "template"} <= set(data.beside) or "difference" in data.beside
        if not compared and (data.sequence is None or len(data.sequence.names) < 2):
            raise FitError(
                "There is nothing to compare this picture with.",
                hint="Open a folder with frames of one field, or a picture with a template beside it.",
            )
        report(1.0, "Ready")
        return self

    def score(self, data: SkyImage, report: Report) -> Scores:
        """How sure each change is, in sigmas."""
        if data.beside:
            return self._from_template(data, report)
        return self._from_sequence(data, report)

    def _from_template(self, data: SkyImage, report: Report) -> Scores:
        report(0.0, "Comparing with the template")
        nothing = np.full(data.pixels.shape, np.nan)
        science, template, given = (
            np.asarray(data.beside.get(role, nothing), np.float64) for role in ("science", "template", "difference")
        )
        anew = self._params.subtract_anew or not np.isfinite(given).any()
        seen = science if np.isfinite(science).any() else given
        seeing = _seeing(data, seen)
        notes: tuple[str, ...] = ()
        difference = given
        if anew and np.isfinite(science).any() and np.isfinite(template).any():
            template, width, notes = _aligned(data, science, template)
            made = subtract(science, template, seeing, width)
            difference, seeing = made.difference, made.fwhm_px
        report(0.6, "Looking at the difference")
        known = difference[np.isfinite(difference)]
        if not known.size:
            raise FitError("The difference has no value.", hint="Choose another picture.")
        noise = max(float(1.4826 * np.median(np.abs(known - np.median(known)))), 1e-12)
        found = candidates_in(difference - float(np.median(known)), noise, seeing, self._params.peak_sigma, both=True)
        numbers = measured((science, template, difference), found, seeing)
        if numbers is None:
            return Scores(np.zeros(0), notes=notes, objects=Objects(np.zeros(0), np.zeros(0), ()))
        report(1.0, f"{found.x.size:,} changes looked at")
        ra, dec = _on_sky(data, numbers.x, numbers.y)
        stamps = CutoutSet(
            source=Source(part="science"),
            images=stamps_at(science, found.x, found.y),
            ids=tuple(map(str, range(found.x.size))),
            ra_deg=ra,
            dec_deg=dec,
        )
        return judged(numbers, stamps, notes)

    def _from_sequence(self, data: SkyImage, report: Report) -> Scores:
        assert data.sequence is not None
        names, notes = self._chosen(data)
        aligned = aligned_frames(data.sequence, names, part(report, 0.0, 0.6))
        changes = changes_in(aligned, alert_judge(), self._params.peak_sigma, part(report, 0.6, 1.0))
        return Scores(
            np.array([change.score for change in changes]),
            notes=(*notes, *aligned.notes),
            objects=_objects(changes),
        )

    def _chosen(self, data: SkyImage) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The frames to look at, and a note where they are not all."""
        assert data.sequence is not None
        names = data.sequence.names
        # As opened, aligned, usual, and subtracted.
        fitting = max(HELD_BYTES // (_COPIES * 4 * data.pixels.size), 2)
        most = min(self._params.most_frames, fitting)
        if len(names) <= most:
            return names, ()
        places = np.unique(np.linspace(0, len(names) - 1, most).round().astype(int))
        note = f"{len(places):,} of {len(names):,} frames were looked at, spread evenly."
        return tuple(names[place] for place in places), (note,)


def _seeing(data: SkyImage, pixels: Floats) -> float:
    """The seeing; a picture as small as a stamp is measured like one."""
    if max(pixels.shape) <= _STAMP_PX:
        return float(seeing_of(pixels[None].astype(np.float32))[0])
    return seeing_of_sources(find_sources(SkyImage(data.source, pixels.copy()), sigma=4.0))


def _aligned(data: SkyImage, science: Floats, template: Floats) -> tuple[Floats, float, tuple[str, ...]]:
    """The template on the pixels of the science, its seeing, and a note where it was moved."""
    both = [find_sources(SkyImage(data.source, pixels.copy()), sigma=4.0) for pixels in (template, science)]
    width = seeing_of_sources(both[0])
    theirs, ours = (np.column_stack([sources.x, sources.y]) for sources in both)
    found = align(theirs, both[0].flux, ours, both[1].flux)
    if found is None:
        return template, width, ()
    ny, nx = science.shape
    corners = np.array([[0, 0], [nx - 1, 0], [0, ny - 1], [nx - 1, ny - 1]], np.float64)
    off = float(np.abs(found.applied(corners) - corners).max())
    if off < 0.1:
        return template, width, ()
    level = background_of(template).level
    moved = warped((template - level).astype(np.float32), np.isfinite(template), found)
    note = f"The template was moved by up to {off:.1f} pixels onto the science."
    return moved.astype(np.float64), width, (note,)


def _on_sky(data: SkyImage, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return data.sky.to_sky(x, y) if data.sky is not None else (np.full(x.size, np.nan), np.full(x.size, np.nan))


def _objects(changes: Sequence[Change]) -> Objects:
    """Each change in the frame that it is seen best in, in the pixels of that frame."""
    places = [change.frame.own(change.x, change.y) for change in changes]
    x, y = np.array([x for x, _ in places]), np.array([y for _, y in places])
    ra, dec = np.full(x.size, np.nan), np.full(x.size, np.nan)
    for row, change in enumerate(changes):
        if change.frame.sky is not None:
            one, other = change.frame.sky.to_sky(x[[row]], y[[row]])
            ra[row], dec[row] = float(one[0]), float(other[0])
    names = sorted({name for change in changes for name in change.numbers})
    return Objects(
        x=x,
        y=y,
        kinds=tuple(change.kind for change in changes),
        outlines=tuple(_outline(change) for change in changes),
        ra_deg=ra,
        dec_deg=dec,
        numbers={name: np.array([change.numbers.get(name, np.nan) for change in changes]) for name in names},
        frames=tuple(change.frame.name for change in changes),
        reasons=tuple(change.reasons for change in changes),
    )


def _outline(change: Change) -> Outline:
    """A square about the place; of a moving object a strip along its path, in the pixels of its frame."""
    half = 2.0 * change.frame.fwhm_px
    path = np.array([change.frame.own(x, y) for x, y in change.path])
    if len(path) < 2:
        return box(float(path[0, 0]), float(path[0, 1]), half)
    along = path[-1] - path[0]
    along = along / max(float(np.hypot(*along)), 1e-9)
    across = np.array([-along[1], along[0]])
    begin, end = path[0] - half * along, path[-1] + half * along
    corners = (begin - half * across, end - half * across, end + half * across, begin + half * across)
    return tuple((float(x), float(y)) for x, y in corners)


SPEC = DetectorSpec(
    name="difference",
    label="Changes",
    help="Finds what moves, varies or is new: over the frames of a sequence, or between a picture and its template.",
    kinds=(SkyImage,),
    version=2,
    params=DifferenceParams,
    build=Difference,
    threshold=2.0,
    finds=("transient", "variable", "moving", "cosmic ray", "bogus"),
    weights=NAME,
    whole_sequence=True,
)
