"""Finds the sources of a picture and flags those that do not look like the others; what the instrument left is told by
its kind."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.images.artefacts import Artefact, Findings, mask_of, search_artefacts
from desktop_app.core.images.background import Background, background_of, trusted
from desktop_app.core.images.cutting import cut_stamps, side_for
from desktop_app.core.images.objects import Objects
from desktop_app.core.images.source_outlines import ellipses, segment
from desktop_app.core.images.source_shapes import Shapes, either, reasons_of, shapes_of
from desktop_app.core.images.sources import Sources, find_sources
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from desktop_app.detectors.cutouts.embedding import NONE
from desktop_app.detectors.cutouts.strange import Strange, StrangeParams

# Sources from which on the outline is that of the pixels, and reasons are given: well below any threshold in use.
_TOLD_FROM = 2.0
_OUTLINE_SIGMA = 1.5
_MOST_TOLD = 2000
_FEWEST_STAMPS = 60
# Without a network: thousands of sources are compared in seconds.
_VIEWS = "shape, residual, numbers"


class SourcesParams(Params):
    """The settings of the search for sources."""

    least_sigma: float = setting(
        3.0,
        title="Detection",
        help="Pixels of a source are so many sigmas above the background.",
        unit="σ",
        ge=1,
        le=50,
    )
    least_px: int = setting(
        5, title="Least area", help="A source has so many pixels at least.", unit="px", ge=1, le=500
    )
    artefacts: bool = setting(
        True,
        title="Artefacts",
        help="Streaks, cosmic rays, bad columns and the like are told by their kind, and kept out of the sources.",
    )
    side_px: int = setting(
        0,
        title="Stamp",
        help="The side of the stamps by which sources are compared; 0 for one that fits them.",
        unit="px",
        ge=0,
        le=256,
        zero="automatic",
        advanced=True,
    )
    box_px: int = setting(
        64,
        title="Background box",
        help="The background is measured in boxes of this side; larger than any galaxy that fills one.",
        unit="px",
        ge=16,
        le=1024,
        advanced=True,
    )


class FoundSources:
    """Sources by connected pixels above the background, ranked by how their shapes and stamps differ from the body."""

    def __init__(self, params: SourcesParams) -> None:
        self._params = params

    def fit(self, data: SkyImage, report: Report) -> Self:
        """Nothing is learned beforehand."""
        if not trusted(data.pixels, data.bad).any():
            raise FitError("The picture has no value.", hint="Choose another part of the file.")
        report(1.0, "Ready")
        return self

    def score(self, data: SkyImage, report: Report) -> Scores:
        """How strange each source is, and each artefact, in sigmas; NaN for sources that are not whole."""
        report(0.0, "Measuring the background")
        background = background_of(data.pixels, data.bad, box_px=self._params.box_px, report=part(report, 0.0, 0.1))
        report(0.1, "Background measured")
        looked = part(report, 0.1, 0.4)
        findings = search_artefacts(data, background=background, report=looked) if self._wanted else Findings()
        found = findings.artefacts
        clean = _without(data, findings)
        sources = find_sources(
            clean,
            sigma=self._params.least_sigma,
            least_px=self._params.least_px,
            background=background,
            report=part(report, 0.4, 0.6),
        )
        report(0.6, f"Comparing {len(sources):,} sources")
        shapes = shapes_of(sources)
        values, tracks, notes = self._fused(clean, background, sources, shapes, part(report, 0.6, 0.95))
        objects = _objects(data, background, sources, shapes, values, found)
        report(1.0, "Compared")
        scores = np.append(values, [artefact.score for artefact in found])
        empty = np.full(len(found), np.nan)
        return Scores(
            scores,
            {name: np.append(track, empty) for name, track in tracks.items()},
            notes=(*notes, *findings.notes),
            objects=objects,
        )

    @property
    def _wanted(self) -> bool:
        return self._params.artefacts

    def _fused(
        self, image: SkyImage, background: Background, sources: Sources, shapes: Shapes, report: Report
    ) -> tuple[Floats, dict[str, Floats], tuple[str, ...]]:
        """Scores of shape (m,), what each view makes of them, and what a person should know."""
        whole = np.isfinite(shapes.values)
        left_out = int((~whole).sum())
        told = [f"{left_out:,} of {len(whole):,} sources are cut off or have bad pixels: not compared."] * (
            left_out > 0
        )
        if whole.sum() < _FEWEST_STAMPS:
            few = f"{whole.sum()} whole sources are too few to compare their stamps: they are compared by shape alone."
            return shapes.values, {"shape": shapes.values}, (*told, few)
        light = np.where(trusted(image.pixels, image.bad), image.pixels - background.level, np.nan)
        side = self._params.side_px or side_for(sources.fwhm_px, sources.a_px)
        stamps = cut_stamps(light, sources.x[whole], sources.y[whole], side)
        of_stamps = np.full(len(whole), np.nan)
        of_stamps[whole] = self._of_stamps(stamps, report)
        together = np.full(len(whole), np.nan)
        together[whole] = either(shapes.values[whole], of_stamps[whole])
        return together, {"shape": shapes.values, "stamp": of_stamps}, tuple(told)

    def _of_stamps(self, stamps: Stamps, report: Report) -> Floats:
        """How unlike the others each stamp looks, in sigmas, shape (m,); NaN where nothing is in it."""
        ids = tuple(map(str, range(len(stamps))))
        some = CutoutSet(Source(object_name="sources"), stamps, ids)
        # What artefacts are is told from the whole picture.
        strange = Strange(StrangeParams(views=_VIEWS, encoder=NONE, artefacts=False))
        return strange.fit(some, part(report, 0.0, 0.7)).score(some, part(report, 0.7, 1.0)).values


def _without(data: SkyImage, findings: Findings) -> SkyImage:
    """The picture with its artefacts and hot pixels masked."""
    if not findings.artefacts and findings.hot is None:
        return data
    masked = mask_of(findings.artefacts, (data.pixels.shape[0], data.pixels.shape[1]))
    if findings.hot is not None:
        masked |= findings.hot
    bad = masked if data.bad is None else masked | data.bad
    return SkyImage(data.source, data.pixels, data.unit, bad, data.sky, data.jd, data.time_scale)


def _objects(
    data: SkyImage,
    background: Background,
    sources: Sources,
    shapes: Shapes,
    values: Floats,
    found: Sequence[Artefact],
) -> Objects:
    """Sources first, artefacts behind them."""
    told = np.argsort(-np.nan_to_num(values, nan=-np.inf))[:_MOST_TOLD]
    told = told[np.nan_to_num(values[told], nan=-np.inf) >= _TOLD_FROM]
    why = reasons_of(sources, shapes, told.tolist())
    outlines = list(ellipses(sources))
    for place in told.tolist():
        outlines[place] = segment(data, background, sources, place, _OUTLINE_SIGMA) or outlines[place]
    x = np.append(sources.x, [one.x for one in found])
    y = np.append(sources.y, [one.y for one in found])
    ra, dec = data.sky.to_sky(x, y) if data.sky is not None and len(x) else (np.full(len(x), np.nan),) * 2
    names = [*sources.numbers, *dict.fromkeys(name for one in found for name in one.numbers)]
    missing = np.full(len(sources), np.nan)
    numbers = {
        name: np.append(sources.numbers.get(name, missing), [one.numbers.get(name, np.nan) for one in found])
        for name in dict.fromkeys(names)
    }
    return Objects(
        x=x,
        y=y,
        kinds=("strange",) * len(sources) + tuple(one.kind for one in found),
        outlines=(*outlines, *(one.outline for one in found)),
        ra_deg=ra,
        dec_deg=dec,
        numbers=numbers,
        space=np.vstack([shapes.space, np.zeros((len(found), shapes.space.shape[1]))]),
        reasons=(*(why.get(place, ()) for place in range(len(sources))), *((one.reason,) for one in found)),
    )


SPEC = DetectorSpec(
    name="sources",
    label="Sources",
    help="Finds the sources of a picture and flags those that do not look like the others, and artefacts.",
    kinds=(SkyImage,),
    version=4,
    params=SourcesParams,
    build=FoundSources,
    threshold=3.5,
    finds=("strange",),
)
