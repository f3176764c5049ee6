"""Where in one object it does not belong: the heat map of a single stamp, made when somebody looks at it."""

from collections import OrderedDict
from threading import Lock
from typing import Protocol, runtime_checkable

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Detection
from desktop_app.core.errors import FitError
from desktop_app.core.images.stamp_heat import StampHeat
from desktop_app.core.images.stamp_set import by_content, require
from desktop_app.core.progress import Report, silent
from desktop_app.detectors import spec_of

_KEPT = 4
_OWN_HEAT = ("patches", "mmae", "triplet")
"""Detectors whose heat is another than that of the residuals; they are fitted again for it."""


@runtime_checkable
class HasHeat(Protocol):
    """A fitted detector, or what stands in for it, that tells where in a stamp it does not belong."""

    def heat(self, data: CutoutSet, place: int) -> Floats:
        """The heat of the stamp at ``place``, of shape (ny, nx): 0 where all is usual, NaN where it has no value."""
        ...


class _Residual:
    """The heat of what an ellipse leaves over, for detectors that have none of their own."""

    def __init__(self, data: CutoutSet, seed: int, report: Report) -> None:
        images = data.images[require(data)]
        self._heat = StampHeat.fit(images, by_content(images), seed=seed, report=report)

    def heat(self, data: CutoutSet, place: int) -> Floats:
        return self._heat.heat(data.images[place])


_fitted: OrderedDict[tuple[str, str, str], HasHeat] = OrderedDict()
_one_at_a_time = Lock()


def heat_of(detection: Detection, place: int, report: Report = silent) -> Floats:
    """Where the object at ``place`` does not belong, of the shape of its stamp.

    The first call for a set learns what is usual in it, which takes about a second for each thousand stamps; further
    ones take milliseconds, as what was learnt is kept for the last few sets.

    Parameters
    ----------
    detection : Detection
        Of cut-outs.
    place : int
        Row of its objects.
    report : callable
        Told the progress; may raise `JobCancelled`.

    Raises
    ------
    FitError
        It is a detection in something else, or there are too few stamps.
    """
    data = detection.data
    if not isinstance(data, CutoutSet):
        raise FitError("Only stamps have a map of heat.", hint="Cut the sources of the picture into stamps first.")
    provenance = detection.provenance
    key = data.digest, provenance.detector, repr(sorted(provenance.params.items()))
    with _one_at_a_time:
        found = _fitted.get(key)
        if found is None:
            found = _fitted[key] = _learnt(detection, data, report)
        _fitted.move_to_end(key)
        while len(_fitted) > _KEPT:
            _fitted.popitem(last=False)
    return found.heat(data, place)


def _learnt(detection: Detection, data: CutoutSet, report: Report) -> HasHeat:
    provenance = detection.provenance
    if provenance.detector in _OWN_HEAT:
        spec = spec_of(provenance.detector, "cutouts")
        detector = spec.build(spec.params.checked(dict(provenance.params))).fit(data, report)
        if isinstance(detector, HasHeat):
            return detector
    return _Residual(data, provenance.seed, report)
