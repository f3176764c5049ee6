"""Flags stamps that do not belong: several views of each, fused by how unlikely they are, with reasons and places."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import ParamError
from desktop_app.core.images.artefacts.artefact import Artefact
from desktop_app.core.images.artefacts.stamps import stamp_artefacts
from desktop_app.core.images.elliptical import elliptical
from desktop_app.core.images.fusion import Tail, fused, sigmas_of
from desktop_app.core.images.morphology import MORPHOLOGY
from desktop_app.core.images.objects import Outline
from desktop_app.core.images.outlines import outline_of
from desktop_app.core.images.stamp_heat import StampHeat
from desktop_app.core.images.stamp_reasons import reasons_of
from desktop_app.core.images.stamp_set import Found, by_content, require, scores_of
from desktop_app.core.images.strangeness import Levelled
from desktop_app.core.images.stretching import SetStretch
from desktop_app.core.images.subspace import Subspace
from desktop_app.core.images.views import FarView, Measure, fit_numbers, fit_view, well_known
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part
from desktop_app.detectors.cutouts.embedding import AUTO, NONE, encoder_setting, loaded, resolved
from desktop_app.detectors.cutouts.measured import Measured, Views, measure
from desktop_app.nets.encoders import OWN

VIEWS = ("shape", "residual", "numbers", "look", "patches", "pixels", "catalogue")
_SPACE = 48
_SPACE_CLIP = 6.0
_LOCATED_FROM = 2.0
_LOOKED_AT, _LOOKED_AT_LEAST = 0.1, 60
_PLAINEST = 10.0


class StrangeParams(Params):
    """The settings of the search for what does not belong."""

    views: str = setting(
        "shape, residual, numbers, look",
        title="Views",
        help="What stamps are compared by: shape (measured), residual (what an ellipse leaves), numbers (single ones "
        "that are far off), look (what an encoder sees), patches, pixels, catalogue (its columns of numbers).",
    )
    encoder: str = encoder_setting()
    components: int = setting(64, title="Components", help="Principal components of look and pixels.", ge=2, le=256)
    neighbours: int = setting(10, title="Neighbours", help="How many of the nearest are averaged.", ge=1, le=100)
    artefacts: bool = setting(
        True, title="Name artefacts", help="Whether streaks, bad columns and the like are told from what is strange."
    )
    seed: int = setting(0, title="Seed", help="For the patches that are remembered.", ge=0, le=2**31 - 1, advanced=True)


class Strange:
    """Surprises of several views, fused and calibrated on the set itself."""

    def __init__(self, params: StrangeParams) -> None:
        self._params = params
        self._names = _wanted(params.views)
        self._far: dict[str, FarView] = {}
        self._last: Measured | None = None

    def fit(self, data: CutoutSet, report: Report) -> Self:
        """Learn what is usual among the stamps, whatever is strange among them."""
        usable = require(data)
        images = data.images if usable.all() else data.images[usable]
        ellipses = elliptical(images, part(report, 0.0, 0.3))
        self._heat = StampHeat.of_residuals(ellipses.residuals[by_content(images)], seed=self._params.seed)
        encoder = self._encoder(data)
        self._how = Views(self._names, encoder, SetStretch.fit(images), self._heat)
        seen = self._last = measure(data, self._how, ellipses, part(report, 0.3, 0.9))
        self._how = replace(self._how, peers=seen.peers)
        self._far = {}
        for name in [name for name in seen.rows if name in self._names]:
            report(0.9, f"Learning what is usual: {name}")
            self._far[name] = fit_view(seen.rows[name], seen.weights, seen.owner, self._measure(name))
        report(0.95, "Learning what is usual: single numbers")
        self._single = fit_numbers(seen.rows["shape"], seen.weights)
        self._weights = _weights(seen)
        self._tail = Tail.fit(self._together(self._surprises(seen, seen.owner)), seen.weights)
        report(0.97, "Finding the subspace")
        self._level = Levelled.fit(_whole(seen), seen.weights)
        self._space = Subspace.fit(self._level.apply(_whole(seen), _SPACE_CLIP), _SPACE, weights=seen.weights)
        report(1.0, "What is usual is known")
        return self

    def score(self, data: CutoutSet, report: Report) -> Scores:
        """How unlikely each stamp is among what is usual, in sigmas; why, and where."""
        seen, whose = self._again(data, part(report, 0.0, 0.6))
        surprises = self._surprises(seen, whose)
        values = sigmas_of(self._tail.surprise(self._together(surprises)))
        report(0.6, "Looking for artefacts")
        found = self._told(seen, values, {name: sigmas_of(one) for name, one in surprises.items()}, report)
        report(1.0, "Compared")
        return scores_of(data, seen.usable, found)

    def heat(self, data: CutoutSet, place: int) -> Floats:
        """Where the stamp at ``place`` does not belong, of shape (ny, nx): 0 where all is usual."""
        return self._heat.heat(data.images[place])

    def _encoder(self, data: CutoutSet) -> str:
        """Which encoder looks; the small one that ships tells nothing more of sets that are known well by measuring."""
        if "look" not in self._names:
            return NONE
        chosen = resolved(self._params.encoder)
        told_enough = self._params.encoder == AUTO and well_known(len(data), len(MORPHOLOGY)) >= 1
        return NONE if chosen == OWN and told_enough else chosen

    def _again(self, data: CutoutSet, report: Report) -> tuple[Measured, Ints]:
        """What was measured of ``data``, and which of the objects that are known each stamp is, -1 for none."""
        if self._last is not None and self._last.digest == data.digest:
            return self._last, self._last.owner
        seen = measure(data, self._how, None, report)
        return seen, np.full(len(seen.owner), -1)

    def _measure(self, name: str) -> Measure:
        """How distances are taken in the view called ``name``."""
        settings = self._params
        return {
            "shape": Measure(neighbours=settings.neighbours),
            "look": Measure(middle=False, neighbours=settings.neighbours, components=settings.components),
            "pixels": Measure(middle=False, neighbours=settings.neighbours, components=settings.components),
        }.get(name, Measure())

    def _surprises(self, seen: Measured, whose: Ints) -> dict[str, Floats]:
        """-ln of the chance of each stamp by view."""
        found = {name: self._far[name].surprise(seen.rows[name], whose) for name in self._names if name in self._far}
        if "numbers" in self._names:
            found["numbers"] = self._single.surprise(seen.rows["shape"])
        return found

    def _together(self, surprises: dict[str, Floats]) -> Floats:
        weights = np.array([self._weights[name] for name in surprises])
        return fused(np.stack(list(surprises.values()), axis=1), weights)

    def _told(self, seen: Measured, values: Floats, tracks: dict[str, Floats], report: Report) -> Found:
        """Scores with kinds, outlines, reasons and what was measured."""
        named = self._artefacts(seen, values)
        report(0.8, "Finding where")
        kinds = [one.kind if one else "strange" for one in named]
        plain = np.array([min(one.score, _PLAINEST) if one else 0.0 for one in named])
        values = np.maximum(values, np.where(plain > 0, plain, values))
        outlines = self._outlines(seen, values, named)
        report(0.9, "Finding reasons")
        told = [one.reason if one else "" for one in named]
        reasons = reasons_of(told, tracks, self._single.each(seen.rows["shape"]), seen.numbers)
        space = self._space.transform(self._level.apply(_whole(seen), _SPACE_CLIP))
        return Found(values, space, tracks, seen.numbers, kinds, outlines, reasons, self._notes())

    def _artefacts(self, seen: Measured, values: Floats) -> list[Artefact | None]:
        """What the instrument left in the stamps that are strangest, or that a line or a column crosses."""
        found: list[Artefact | None] = [None] * len(values)
        if not self._params.artefacts:
            return found
        many = max(int(_LOOKED_AT * len(values)), _LOOKED_AT_LEAST)
        lines = np.maximum(seen.ellipses.numbers["line"], seen.ellipses.numbers["column"])
        picked = np.union1d(np.argsort(-values, kind="stable")[:many], np.argsort(-lines, kind="stable")[:many])
        for place, artefact in zip(picked, stamp_artefacts(seen.images[picked]), strict=True):
            found[int(place)] = artefact
        return found

    def _outlines(self, seen: Measured, values: Floats, named: Sequence[Artefact | None]) -> list[Outline]:
        """Where each stamp that may be flagged does not belong."""
        outlines: list[Outline] = [one.outline if one else () for one in named]
        places = np.array([place for place in np.flatnonzero(values >= _LOCATED_FROM) if not outlines[place]], np.int64)
        if len(places):
            maps = self._heat.of(seen.ellipses.only(places))
            for place, heat in zip(places, maps, strict=True):
                outlines[place] = outline_of(heat)
        return outlines

    def _notes(self) -> tuple[str, ...]:
        encoder = self._how.encoder
        if "look" not in self._names:
            return ()
        if encoder == NONE:
            return ("No encoder looks: stamps are compared by what is measured of them.",)
        return (f"Encoder: {loaded(encoder).label}. It is shown each object alone, at one brightness.",)


def _weights(seen: Measured) -> dict[str, float]:
    """How much each view counts.

    Chosen on simulated galaxies of two generators; what few stamps change was chosen on 130 real ones of a survey.
    """
    known = well_known(len(np.unique(seen.owner)), seen.rows["shape"].shape[1])
    return {
        "shape": 1.0,
        "residual": 0.5 - 0.2 * known,
        "numbers": known,
        "look": 1.0 - 0.5 * known,
        "patches": 0.3,
        "pixels": 0.3,
        "catalogue": 1.0,
    }


def _whole(seen: Measured) -> Floats:
    """All that is known of each stamp in one row."""
    return np.concatenate([seen.rows[name] for name in ("shape", "residual", "look") if name in seen.rows], axis=1)


def _wanted(text: str) -> tuple[str, ...]:
    """The views that ``text`` names, in the order of `VIEWS`.

    Raises
    ------
    ParamError
        There is no such view, or none is named.
    """
    named = text.replace(",", " ").split()
    unknown = [name for name in named if name not in VIEWS]
    if unknown or not set(named) - {"look", "catalogue"}:
        message = f"There is no view called {unknown[0]!r}." if unknown else "No view is named that every set has."
        raise ParamError(message, hint=f"Name some of these: {', '.join(VIEWS)}.")
    return tuple(name for name in VIEWS if name in named)


SPEC = DetectorSpec(
    name="strange",
    label="What does not belong",
    help="Flags stamps that are unlike the others in several views: shape, what an ellipse leaves, and what an encoder "
    "sees; says why and where, and keeps artefacts apart.",
    kinds=(CutoutSet,),
    version=2,
    params=StrangeParams,
    build=Strange,
    threshold=2.75,
    finds=("strange",),
)
