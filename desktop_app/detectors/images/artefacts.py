"""Finds what the instrument, a satellite or the reduction left in a picture, each with its kind, place and reason."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.images.artefacts import Artefact, search_artefacts
from desktop_app.core.images.objects import Objects
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.core.sky_image import SkyImage

_SENSITIVITY = "Artefacts of this kind with this score or more are told; 0 leaves the kind out."


def _sensitivity(title: str) -> float:
    kept: float = setting(5.0, title=title, help=_SENSITIVITY, unit="σ", ge=0, le=100, zero="not looked for")
    return kept


class ArtefactsParams(Params):
    """The settings of the search for artefacts."""

    streaks: float = _sensitivity("Streaks")
    cosmic_rays: float = _sensitivity("Cosmic rays")
    bad_columns: float = _sensitivity("Bad columns and rows")
    saturation: float = _sensitivity("Saturation")
    ghosts: float = _sensitivity("Ghosts")
    edges: float = _sensitivity("Edges")


_KINDS = {
    "streak": "streaks",
    "cosmic ray": "cosmic_rays",
    "bad column": "bad_columns",
    "saturation": "saturation",
    "ghost": "ghosts",
    "edge": "edges",
}


class Artefacts:
    """One search for each kind of artefact."""

    def __init__(self, params: ArtefactsParams) -> None:
        chosen = {kind: float(getattr(params, name)) for kind, name in _KINDS.items()}
        self._least = {kind: least for kind, least in chosen.items() if least > 0}

    def fit(self, data: SkyImage, report: Report) -> Self:
        """Nothing is learned beforehand."""
        if not np.isfinite(data.pixels).any():
            raise FitError("The picture has no value.", hint="Choose another part of the file.")
        report(1.0, "Ready")
        return self

    def score(self, data: SkyImage, report: Report) -> Scores:
        """One score for each artefact, in sigmas after the chance finds among all places looked at."""
        findings = search_artefacts(data, least=self._least, report=report)
        scores = np.array([artefact.score for artefact in findings.artefacts], np.float64)
        return Scores(scores, notes=findings.notes, objects=_objects(data, findings.artefacts))


def _objects(data: SkyImage, found: Sequence[Artefact]) -> Objects:
    x = np.array([artefact.x for artefact in found], np.float64)
    y = np.array([artefact.y for artefact in found], np.float64)
    ra, dec = data.sky.to_sky(x, y) if data.sky is not None and len(found) else (np.full(len(found), np.nan),) * 2
    names = dict.fromkeys(name for artefact in found for name in artefact.numbers)
    return Objects(
        x=x,
        y=y,
        kinds=tuple(artefact.kind for artefact in found),
        outlines=tuple(artefact.outline for artefact in found),
        ra_deg=ra,
        dec_deg=dec,
        numbers={name: np.array([artefact.numbers.get(name, np.nan) for artefact in found]) for name in names},
        reasons=tuple((artefact.reason,) for artefact in found),
    )


SPEC = DetectorSpec(
    name="artefacts",
    label="Artefacts",
    help="Finds streaks, cosmic rays, bad columns, saturation, ghosts and edges, and says where and why.",
    kinds=(SkyImage,),
    version=2,
    params=ArtefactsParams,
    build=Artefacts,
    threshold=5.0,
    finds=("streak", "cosmic ray", "bad column", "saturation", "ghost", "edge"),
)
