"""All that was cut out of many frames as one table, and which of it is one object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.images.aligning import SAME, Alignment, align
from desktop_app.core.images.matching import chord, match_frames, names_of, towards
from desktop_app.engine.cutting_settings import Cutting
from desktop_app.engine.frame_cuts import FrameCut

_LEAST_RADIUS_PX, _LEAST_RADIUS_ARCSEC = 1.5, 1.0
# Sources of one object lie within half their width; what lies further apart is told apart by the eye as well.
_RADIUS_IN_FWHM = 0.5
_FEWEST_CLEAN = 8
_TOLD = 5


@dataclass(frozen=True, eq=False)
class CutTable:
    """One row for each stamp, frame after frame.

    Attributes
    ----------
    frame, place, object, rows : ndarray of int, shape (n,)
        Which frame, which of its stamps, which object, and which row of the catalogue, -1 for none.
    columns : mapping of str to ndarray, shape (n,)
        "x", "y", what was measured, "jd" and "seen".
    ra_deg, dec_deg : ndarray, shape (n,)
    slopes_deg : ndarray, shape (n, 2, 2)
    names, frames : tuple of str
        Of the objects and of the frames, by their numbers.
    unit : str
    notes : tuple of str
    """

    frame: Ints
    place: Ints
    object: Ints
    rows: Ints
    columns: Mapping[str, Floats]
    ra_deg: Floats
    dec_deg: Floats
    slopes_deg: Floats
    names: tuple[str, ...]
    frames: tuple[str, ...]
    unit: str
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.frame)

    def _by_quality(self) -> Ints:
        """The rows object after object, the highest signal-to-noise ratio first."""
        quality = np.nan_to_num(self.columns["snr"], nan=-np.inf) if "snr" in self.columns else np.zeros(len(self))
        return np.lexsort((-quality, self.object)).astype(np.int64)

    def best(self) -> Ints:
        """The row of each object with the highest signal-to-noise ratio, in order of the objects."""
        order = self._by_quality()
        return order[np.unique(self.object[order], return_index=True)[1]]

    def best_of(self, objects: Ints, most: int) -> tuple[Ints, Ints]:
        """The rows of up to ``most`` stamps of each of ``objects``, and which of these each is of."""
        order = self._by_quality()
        first = np.searchsorted(self.object[order], objects)
        after = np.searchsorted(self.object[order], objects, side="right")
        counts = np.minimum(after - first, most)
        owners = np.repeat(np.arange(len(objects)), counts)
        within = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        return order[first[owners] + within], owners


def table_of(cuts: Sequence[FrameCut], cutting: Cutting) -> CutTable:
    """Everything that was cut, with the object that each stamp shows."""
    counts = [len(cut) for cut in cuts]
    frame = np.repeat(np.arange(len(cuts)), counts)
    place = np.concatenate([np.arange(count) for count in counts])
    x, y, ra, dec = (np.concatenate([getattr(cut, name) for cut in cuts]) for name in ("x", "y", "ra_deg", "dec_deg"))
    rows = np.concatenate([cut.rows for cut in cuts]).astype(np.int64)
    objects, names, notes = _objects(cuts, cutting)
    columns = {"x": x, "y": y}
    for name in cuts[0].numbers:
        columns[name] = np.concatenate([cut.numbers[name] for cut in cuts])
    columns["jd"] = np.repeat([cut.jd for cut in cuts], counts)
    columns["seen"] = np.bincount(objects, minlength=len(names))[objects].astype(np.float64)
    units = {cut.unit for cut in cuts}
    return CutTable(
        frame=frame,
        place=place,
        object=objects,
        rows=rows,
        columns=columns,
        ra_deg=ra,
        dec_deg=dec,
        slopes_deg=np.concatenate([cut.slopes_deg for cut in cuts]),
        names=names,
        frames=tuple(cut.frame for cut in cuts),
        unit=units.pop() if len(units) == 1 else "",
        notes=notes,
    )


def _objects(cuts: Sequence[FrameCut], cutting: Cutting) -> tuple[Ints, tuple[str, ...], tuple[str, ...]]:
    """The number of the object of each stamp, the names of the objects, and what could not be told."""
    if not sum(map(len, cuts)):
        return np.zeros(0, np.int64), (), ()
    if cutting.by == "catalogue":
        rows = np.concatenate([cut.rows for cut in cuts])
        numbers = np.unique(rows, return_inverse=True)[1].astype(np.int64)
        return numbers, _names(cuts, [SAME] * len(cuts), numbers), ()
    if all(np.isfinite(cut.ra_deg).all() for cut in cuts) and cutting.by == "sources":
        points = [towards(cut.ra_deg, cut.dec_deg) for cut in cuts]
        numbers = np.concatenate(match_frames(points, chord(_radius_arcsec(cuts))))
        return numbers, _names(cuts, [SAME] * len(cuts), numbers), ()
    if cutting.by == "grid":
        # Squares stay where they are, whatever the sky does.
        squares = np.column_stack([np.concatenate([getattr(cut, name) for cut in cuts]) for name in ("x", "y")])
        numbers = np.unique(squares, axis=0, return_inverse=True)[1].ravel().astype(np.int64)
        return numbers, _names(cuts, [SAME] * len(cuts), numbers, by_pixel=True), ()
    return _by_alignment(cuts)


def _by_alignment(cuts: Sequence[FrameCut]) -> tuple[Ints, tuple[str, ...], tuple[str, ...]]:
    """As `_objects`, of frames without a place on the sky."""
    alignments = _aligned(cuts)
    together = [place for place, one in enumerate(alignments) if one is not None]
    points = [_moved(cuts[place], alignments[place] or SAME) for place in together]
    matched = dict(zip(together, match_frames(points, _radius_px(cuts)), strict=True))
    count = max((int(given.max()) + 1 for given in matched.values() if len(given)), default=0)
    numbers = []
    for place, cut in enumerate(cuts):
        if place in matched:
            numbers.append(matched[place])
        else:
            numbers.append(count + np.arange(len(cut)))
            count += len(cut)
    every = np.concatenate(numbers)
    alone = [cut.frame for place, cut in enumerate(cuts) if place not in matched and len(cut)]
    notes = [f"{name} has no pattern of stars in common with the others: its objects are its own." for name in alone]
    more = [f"{len(notes) - _TOLD:,} more frames have objects of their own."] if len(notes) > _TOLD else []
    return every, _names(cuts, [one or SAME for one in alignments], every), (*notes[:_TOLD], *more)


def _aligned(cuts: Sequence[FrameCut]) -> list[Alignment | None]:
    """The alignment of each frame onto the first with stars enough; None where there is none.

    A frame that has drifted too far from the first is aligned by the one before it.
    """
    first = next((place for place, cut in enumerate(cuts) if cut.clean.sum() >= _FEWEST_CLEAN), None)
    found: list[Alignment | None] = [None] * len(cuts)
    if first is None:
        # Too few to tell: as they come, which is right where nothing moved.
        return [SAME] * len(cuts)
    found[first] = SAME
    before = first
    for place, cut in enumerate(cuts):
        if place == first:
            continue
        direct = _onto(cut, cuts[first])
        if direct is None and before != first:
            step, further = _onto(cut, cuts[before]), found[before]
            direct = step.then(further) if step is not None and further is not None else None
        found[place] = direct
        before = place if direct is not None else before
    return found


def _onto(cut: FrameCut, other: FrameCut) -> Alignment | None:
    one, two = cut.clean, other.clean
    return align(
        np.column_stack([cut.x, cut.y])[one],
        cut.numbers["flux"][one],
        np.column_stack([other.x, other.y])[two],
        other.numbers["flux"][two],
    )


def _moved(cut: FrameCut, alignment: Alignment) -> Floats:
    return alignment.applied(np.column_stack([cut.x, cut.y]))


def _widths(cuts: Sequence[FrameCut]) -> Floats:
    return np.concatenate([cut.numbers["fwhm_px"] for cut in cuts if "fwhm_px" in cut.numbers] or [np.zeros(0)])


def _radius_px(cuts: Sequence[FrameCut]) -> float:
    widths = _widths(cuts)
    middle = float(np.nanmedian(widths)) if np.isfinite(widths).any() else 0.0
    return max(_LEAST_RADIUS_PX, _RADIUS_IN_FWHM * middle)


def _radius_arcsec(cuts: Sequence[FrameCut]) -> float:
    scales = np.array([cut.pixel_arcsec for cut in cuts])
    scale = float(np.nanmedian(scales)) if np.isfinite(scales).any() else 0.0
    return max(_LEAST_RADIUS_ARCSEC, _radius_px(cuts) * scale)


def _names(
    cuts: Sequence[FrameCut], alignments: Sequence[Alignment], numbers: Ints, *, by_pixel: bool = False
) -> tuple[str, ...]:
    """The names of the objects, by the middle of where they were seen."""
    points = np.concatenate([_moved(cut, one) for cut, one in zip(cuts, alignments, strict=True)])
    x, y = (_means(values, numbers) for values in points.T)
    ra_all, dec_all = (np.concatenate([getattr(cut, name) for cut in cuts]) for name in ("ra_deg", "dec_deg"))
    if by_pixel or not np.isfinite(ra_all).all():
        return names_of(np.full(len(x), np.nan), np.full(len(x), np.nan), x, y)
    across, up, north = (_means(values, numbers) for values in towards(ra_all, dec_all).T)
    ra = np.degrees(np.arctan2(up, across)) % 360
    return names_of(ra, np.degrees(np.arctan2(north, np.hypot(across, up))), x, y)


def _means(values: Floats, numbers: Ints) -> Floats:
    return np.bincount(numbers, values) / np.bincount(numbers)
