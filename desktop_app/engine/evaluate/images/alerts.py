"""Alerts of surveys: real before bogus, and bodies of the solar system, against what the survey says."""

from collections.abc import Mapping, Sequence
from math import isnan, nan

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import UserError
from desktop_app.core.images.stamp_sky import sky_of
from desktop_app.core.metrics.curves import roc_auc
from desktop_app.core.progress import Report
from desktop_app.engine.detect import detect
from desktop_app.engine.evaluate.images.figures import AlertFigures
from desktop_app.engine.evaluate.images.truth import BOGUS, REAL, Known
from desktop_app.engine.evaluate.side_by_side import NothingKept

MOVING = "moving"


def alert_figures(
    folder: str,
    data: CutoutSet,
    known: Mapping[str, Known],
    detectors: Sequence[str],
    settings: Mapping[str, str],
    *,
    controls: bool,
    report: Report,
) -> tuple[AlertFigures, ...]:
    """The figures of each detector and of two plain recipes on the alerts of one folder.

    Parameters
    ----------
    folder : str
    data : CutoutSet
        With the three pictures of each alert.
    known : mapping of str to Known
        By the id of the alert.
    detectors : sequence of str
    settings : mapping
        Of the one detector.
    controls : bool
    report : callable
    """
    scores = np.array([known[name].real if name in known else nan for name in data.ids])
    moving = np.array([name in known and known[name].moving for name in data.ids])
    truth = _Truth(folder, scores >= REAL, scores < BOGUS, moving)
    found = [_of_detector(truth, data, name, settings, report) for name in detectors]
    if controls:
        peak, total = _in_difference(data)
        found += [truth.figures("peak of the difference", peak, control=True)]
        found += [truth.figures("sum of the difference", total, control=True)]
    return tuple(found)


class _Truth:
    """Which alerts of one folder are real, bogus, or move."""

    def __init__(self, folder: str, real: Bools, bogus: Bools, moving: Bools) -> None:
        self._folder, self._real, self._bogus, self._moving = folder, real, bogus, moving

    def figures(
        self, method: str, values: Floats, *, kinds: Sequence[str] = (), control: bool = False, problem: str = ""
    ) -> AlertFigures:
        """How well ``values`` tell them apart; of a method that names ``kinds``, how it names those that move."""
        judged = self._real | self._bogus
        real, bogus, moving = (int(which.sum()) for which in (self._real, self._bogus, self._moving))
        if problem:
            return AlertFigures(self._folder, method, control, real, bogus, moving, problem=problem)
        named = np.array([kind == MOVING for kind in kinds], np.bool_)
        as_moving = values
        if kinds:
            finite = np.nan_to_num(values, nan=-1e9)
            as_moving = np.where(named, finite - finite.min() + 1.0, finite - finite.max() - 1.0)
        return AlertFigures(
            self._folder,
            method,
            control,
            real,
            bogus,
            moving,
            auc=roc_auc(values[judged], self._real[judged]),
            moving_auc=roc_auc(as_moving, self._moving),
            moving_named=int((named & self._moving).sum()) if kinds else -1,
            others_named=int((named & ~self._moving).sum()) if kinds else -1,
        )


def _of_detector(
    truth: _Truth, data: CutoutSet, name: str, settings: Mapping[str, str], report: Report
) -> AlertFigures:
    try:
        scores = detect(data, name, settings, cache=NothingKept(), report=report).scores
    except UserError as error:
        return truth.figures(name, np.zeros(len(data)), problem=error.message)
    return truth.figures(name, scores.values, kinds=scores.objects.kinds if scores.objects is not None else ())


def _in_difference(data: CutoutSet) -> tuple[Floats, Floats]:
    """The highest pixel and the sum of the inner part of each difference, in sigmas of its sky; two arrays (m,)."""
    images = data.of_role("difference")
    if images is None:
        images = data.images
    sky = sky_of(images)
    noise = np.where(sky.noise > 0, sky.noise, 1.0)
    above = np.nan_to_num((images - sky.level[:, None, None]) / noise[:, None, None])
    _, ny, nx = images.shape
    inner = above[:, ny // 3 : ny - ny // 3, nx // 3 : nx - nx // 3]
    return inner.max(axis=(1, 2)).astype(np.float64), inner.sum(axis=(1, 2)).astype(np.float64)


def named_alike(known: Sequence[Known], ids: Sequence[str]) -> dict[str, Known]:
    """What is known of each alert, by its id: file names begin with ids, those of the science pictures are taken."""
    by_stem = {one.file.rsplit("/", 1)[-1].split(".")[0]: one for one in known}
    found: dict[str, Known] = {}
    for name in ids:
        mine = [one for stem, one in by_stem.items() if stem == name or stem.startswith(f"{name}_")]
        if mine:
            found[name] = next((one for one in mine if not isnan(one.real)), mine[0])
    return found
