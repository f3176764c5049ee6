"""What detectors of cut-outs share: which stamps can be looked at, and scores with their objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.detection import Scores
from desktop_app.core.errors import FitError
from desktop_app.core.images.objects import Objects, Outline
from desktop_app.core.images.strangeness import once_each

FEWEST = 10
_MOSTLY = 0.5
_SMALLEST = 8


@dataclass(frozen=True, eq=False)
class Found:
    """What a detector found out about the stamps that it looked at, one row each."""

    values: Floats
    space: Floats
    tracks: Mapping[str, Floats] = field(default_factory=dict)
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    kinds: Sequence[str] = ()
    outlines: Sequence[Outline] = ()
    reasons: Sequence[tuple[str, ...]] = ()
    notes: tuple[str, ...] = ()


def lookable(images: Stamps) -> Bools:
    """Which stamps have values in at least half of their pixels; of shape (m,)."""
    return np.asarray(np.isfinite(images).reshape(len(images), -1).mean(axis=1) >= _MOSTLY)


def require(data: CutoutSet) -> Bools:
    """As `lookable`; a sentence where a set is too small to tell what is usual in it.

    Raises
    ------
    FitError
    """
    usable = lookable(data.images) if len(data) else np.zeros(0, bool)
    if usable.sum() < FEWEST:
        raise FitError(
            f"There are {int(usable.sum())} stamps to look at; what is usual needs at least {FEWEST}.",
            hint="Open more of them, or cut the picture into more.",
        )
    if min(data.images.shape[1:]) < _SMALLEST:
        raise FitError(
            f"The stamps have {data.images.shape[2]} x {data.images.shape[1]} pixels; {_SMALLEST} x {_SMALLEST} are "
            "the fewest that have a shape.",
            hint="Cut larger stamps.",
        )
    return usable


def owners(data: CutoutSet, usable: Bools) -> tuple[Floats, Ints]:
    """Weights and objects of the usable stamps: a star that many frames show counts once."""
    names = data.labels.get("object", ())
    chosen = [name for name, use in zip(names, usable, strict=True) if use] if names else []
    return once_each(chosen, int(usable.sum()))


def by_content(images: Stamps) -> Ints:
    """An order of the stamps that depends on nothing but what they show, so that chance does not know their places."""
    keys = [blake2b(np.ascontiguousarray(image).tobytes(), digest_size=8).digest() for image in images]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


def scores_of(data: CutoutSet, usable: Bools, found: Found) -> Scores:
    """Scores of every stamp of ``data``; NaN where it could not be looked at."""
    m, places = len(data), np.flatnonzero(usable)

    def spread(values: Floats) -> Floats:
        whole = np.full((m, *values.shape[1:]), np.nan)
        whole[places] = values
        return whole

    kinds = ["strange"] * m
    outlines: list[Outline] = [()] * m
    reasons: list[tuple[str, ...]] = [()] * m
    for row, place in enumerate(places):
        kinds[place] = found.kinds[row] if found.kinds else "strange"
        outlines[place] = found.outlines[row] if found.outlines else ()
        reasons[place] = found.reasons[row] if found.reasons else ()
    _, ny, nx = data.images.shape
    objects = Objects(
        np.full(m, (nx - 1) / 2),
        np.full(m, (ny - 1) / 2),
        tuple(kinds),
        tuple(outlines),
        data.ra_deg,
        data.dec_deg,
        numbers={name: spread(values) for name, values in found.numbers.items()},
        space=np.nan_to_num(spread(found.space)),
        reasons=tuple(reasons),
    )
    left_out = m - len(places)
    notes = found.notes
    if left_out:
        notes = (*notes, f"{left_out} of {m} stamps have no values in most of their pixels and were not looked at.")
    return Scores(
        spread(found.values), {name: spread(track) for name, track in found.tracks.items()}, (), notes, objects
    )
