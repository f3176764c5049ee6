"""From pictures to cut-outs: one, many, or a folder of frames of which only one is in memory at a time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from desktop_app.core.arrays import Ints
from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.errors import FitError, ReadError
from desktop_app.core.images.cutting import LEAST_SIDE_PX, side_for
from desktop_app.core.light_curve import Series
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from desktop_app.engine.cutting_settings import BY, ONE, Cutting
from desktop_app.engine.frame_cuts import FrameCut, Kept, cut_frame, key_of, sources_of
from desktop_app.engine.frame_objects import CutTable, table_of
from desktop_app.io import open_file
from desktop_app.io.images.catalogue import Catalogue, read_catalogue
from desktop_app.io.images.folders import image_names
from desktop_app.io.images.triplets import stem_of

__all__ = ["BY", "ONE", "Cutting", "Pictures", "cutouts_of"]

MOST_BYTES = 2 << 30
_OF_A_MEDIAN = 9
_MEDIANS_AT_ONCE_BYTES = 256 << 20
_TOLD = 5
_UNITS = {"x": "pix", "y": "pix", "a_px": "pix", "b_px": "pix", "theta_deg": "deg", "fwhm_px": "pix", "jd": "d"}
_OF_FLUX = ("flux", "flux_err", "peak")

Pictures = SkyImage | Path | Sequence[SkyImage | Path]


def cutouts_of(
    images: Pictures, cutting: Cutting, report: Report = silent, *, kept_in: Path | None = None
) -> CutoutSet:
    """The stamps of one picture, of many, or of a folder of frames, with what was measured of each.

    A source that is in many frames is known as one object: by its place on the sky where all frames have one, else by
    frames that are aligned by their stars. Columns are "x", "y", those of `Sources`, "jd", "seen" (in how many
    frames) and those of the catalogue; labels are "frame", "object" and those of the catalogue. The level of the sky
    is taken off; what is bad or missing is NaN.

    Parameters
    ----------
    images : SkyImage, Path, or a sequence of both
        Files and folders are read frame by frame, and each is let go once it is cut.
    cutting : Cutting
    report : callable
        Told the progress; may raise `JobCancelled`.
    kept_in : Path, optional
        A folder in which cut frames stay, so that a run that was ended goes on where it was.

    Raises
    ------
    ReadError
        There is no frame that can be read, or the catalogue cannot.
    FitError
        There is nothing to cut, or more than memory should hold.
    """
    frames = _frames_of(images)
    catalogue = None if cutting.catalogue is None else read_catalogue(cutting.catalogue)
    with _keeping(kept_in, frames) as kept:
        every = _all_cut(frames, cutting, catalogue, kept, part(report, 0.0, 0.9))
        report(0.9, "Telling which sources are one object")
        table = table_of([cut for cut, _again in every.cuts], cutting)
        if not len(table):
            raise FitError("There is nothing to cut out of these pictures.", hint=_way_out(cutting))
        chosen = table.best() if cutting.one else np.arange(len(table))
        _check_memory(len(chosen), every.side)
        if cutting.one == "median":
            stamps = _medians(table, chosen, every, part(report, 0.9, 1.0))
        else:
            stamps = _gathered(table, chosen, every, part(report, 0.9, 1.0))
    notes = (*every.notes, *table.notes)
    return _as_set(_source_of(images, frames, notes), table, chosen, stamps, catalogue)


def _way_out(cutting: Cutting) -> str:
    match cutting.by:
        case "sources":
            return "Lower the detection threshold, or cut by a grid."
        case "grid":
            return "Give smaller stamps."
        case "catalogue":
            return "Give a catalogue of this field."


def _check_memory(count: int, side: int) -> None:
    if 4 * count * side**2 > MOST_BYTES:
        raise FitError(
            f"{count:,} stamps of {side} × {side} pixels are more than {MOST_BYTES >> 30} GiB.",
            hint="Take one stamp an object, smaller stamps, or sources of a higher signal-to-noise ratio.",
        )


@dataclass(frozen=True, eq=False)
class _Frame:
    """A picture that can be read when its turn comes."""

    name: str
    read: Callable[[], SkyImage]
    content: Callable[[], str]
    on_disk: bool


def _frames_of(images: Pictures) -> tuple[_Frame, ...]:
    """What to look at, in order; a folder stands for its frames."""
    given: list[SkyImage | Path] = []
    for one in [images] if isinstance(images, SkyImage | Path) else images:
        given += [one / name for name in image_names(one)] if isinstance(one, Path) and one.is_dir() else [one]
    if not given:
        raise ReadError("There are no pictures to cut.", hint="Give FITS images, or a folder of them.")
    frames: dict[str, _Frame] = {}
    for number, one in enumerate(given, 1):
        name = _name_of(one) or f"picture {number}"
        name = name if name not in frames else f"{name} ({number})"
        frames[name] = _from_file(name, one) if isinstance(one, Path) else _from_memory(name, one)
    return tuple(frames.values())


def _name_of(one: SkyImage | Path) -> str:
    if isinstance(one, Path):
        return stem_of(one.name)
    path = one.source.path
    return one.source.part or (stem_of(path.name) if path else one.source.object_name)


def _from_memory(name: str, image: SkyImage) -> _Frame:
    def content() -> str:
        place = image.sky.cards if image.sky is not None else ""
        return sha256(f"{image.digest} {place} {image.jd}".encode()).hexdigest()

    return _Frame(name, lambda: image, content, on_disk=False)


def _from_file(name: str, path: Path) -> _Frame:
    def read() -> SkyImage:
        data = open_file(path)
        if not isinstance(data, SkyImage):
            raise ReadError(f"{path.name} is no picture of the sky.", hint="Open it by itself.")
        return data

    def content() -> str:
        try:
            with path.open("rb") as file:
                return file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ReadError(f"{path.name} cannot be read: {error.strerror}.") from error

    return _Frame(name, read, content, on_disk=True)


@contextmanager
def _keeping(folder: Path | None, frames: Sequence[_Frame]) -> Iterator[Kept | None]:
    """Where cut frames lie until they are put together; None where they stay in memory, as the pictures do."""
    if folder is not None:
        kept = Kept(folder)
        yield kept
        kept.trim()
    elif any(frame.on_disk for frame in frames) and len(frames) > 1:
        with TemporaryDirectory(prefix="peculiar-") as aside:
            yield Kept(Path(aside))
    else:
        yield None


@dataclass(frozen=True, eq=False)
class _Cuts:
    """All frames cut: each without its stamps where these can be had again, and the way to have them."""

    cuts: tuple[tuple[FrameCut, Callable[[], Stamps]], ...]
    side: int
    notes: tuple[str, ...]


def _all_cut(
    frames: Sequence[_Frame], cutting: Cutting, catalogue: Catalogue | None, kept: Kept | None, report: Report
) -> _Cuts:
    """Every frame that can be read; one that cannot costs a sentence."""
    by = "" if catalogue is None else _hash_of_catalogue(catalogue)
    cuts: list[tuple[FrameCut, Callable[[], Stamps]]] = []
    broken: list[str] = []
    side = cutting.side_px
    for number, frame in enumerate(frames):
        told = part(report, number / len(frames), (number + 1) / len(frames))
        try:
            side = side or _side_by(frame, cutting, told)
            cuts.append(_one_cut(frame, cutting, side, catalogue, by, kept, told))
        except (ReadError, FitError) as error:
            broken.append(f"{frame.name} is left out: {error.message}")
            first = error if not cuts and len(frames) == 1 else None
            if first is not None:
                raise
    if not cuts:
        raise ReadError(
            f"None of {len(frames):,} frames can be cut: {broken[0]}", hint="Open them one by one to see why."
        )
    told_of = broken[:_TOLD] + ([f"{len(broken) - _TOLD:,} more frames are left out."] if len(broken) > _TOLD else [])
    notes = [note for cut, _again in cuts for note in cut.notes]
    more = [f"{len(notes) - _TOLD:,} more frames have rows outside."] if len(notes) > _TOLD else []
    return _Cuts(tuple(cuts), side, (*told_of, *notes[:_TOLD], *more))


def _side_by(frame: _Frame, cutting: Cutting, report: Report) -> int:
    """The side that fits the sources of the first frame; all frames are cut by it."""
    sources = sources_of(frame.read(), cutting, report)
    return side_for(sources.fwhm_px, sources.a_px) if len(sources) else LEAST_SIDE_PX


def _one_cut(
    frame: _Frame,
    cutting: Cutting,
    side: int,
    catalogue: Catalogue | None,
    by: str,
    kept: Kept | None,
    report: Report,
) -> tuple[FrameCut, Callable[[], Stamps]]:
    """A frame cut now or earlier, and how its stamps are had when they are wanted."""
    if kept is None:
        cut = cut_frame(frame.read(), frame.name, cutting, side, catalogue, report)
        return cut, lambda: cut.stamps
    report(0.0, f"{frame.name}: looking for an earlier cut")
    key = key_of(frame.content(), cutting, side, by)

    def again() -> FrameCut:
        earlier = kept.load(key)
        # Someone may have emptied the folder meanwhile.
        return earlier or cut_frame(frame.read(), frame.name, cutting, side, catalogue, silent)

    found = kept.load(key, stamps=False)
    if found is None:
        cut = cut_frame(frame.read(), frame.name, cutting, side, catalogue, report)
        if not kept.save(key, cut):
            return cut, lambda: cut.stamps
        found = cut.without_stamps()
    return found.named(frame.name), lambda: again().stamps


def _hash_of_catalogue(catalogue: Catalogue) -> str:
    state = sha256()
    for name, texts in catalogue.texts.items():
        state.update("\0".join((name, *texts)).encode())
    return state.hexdigest()


def _gathered(table: CutTable, chosen: Ints, every: _Cuts, report: Report) -> Stamps:
    """The stamps of some rows of the table, shape (len(chosen), side, side), frame after frame."""
    stamps = np.empty((len(chosen), every.side, every.side), np.float32)
    frames = table.frame[chosen]
    for number in np.unique(frames).tolist():
        report(number / len(every.cuts), "Collecting stamps")
        here = frames == number
        stamps[here] = every.cuts[number][1]()[table.place[chosen[here]]]
    return stamps


def _medians(table: CutTable, chosen: Ints, every: _Cuts, report: Report) -> Stamps:
    """The median stamp of the best of each object, shape (len(chosen), side, side)."""
    import warnings

    stamps = np.empty((len(chosen), every.side, every.side), np.float32)
    step = max(_MEDIANS_AT_ONCE_BYTES // (4 * _OF_A_MEDIAN * every.side**2), 1)
    for start in range(0, len(chosen), step):
        report(start / len(chosen), "Taking the median of each object")
        rows, owners = table.best_of(table.object[chosen[start : start + step]], _OF_A_MEDIAN)
        some = _gathered(table, rows, every, silent)
        for owner in range(min(step, len(chosen) - start)):
            with warnings.catch_warnings():
                # Where no frame has a value, the median has none.
                warnings.simplefilter("ignore", RuntimeWarning)
                stamps[start + owner] = np.nanmedian(some[owners == owner], axis=0)
    return stamps


def _as_set(source: Source, table: CutTable, chosen: Ints, stamps: Stamps, catalogue: Catalogue | None) -> CutoutSet:
    objects = [table.names[one] for one in table.object[chosen]]
    frames = [table.frames[one] for one in table.frame[chosen]]
    once = len(set(objects)) == len(objects)
    ids = objects if once else [f"{one}@{frame}" for one, frame in zip(objects, frames, strict=True)]
    columns = {
        name: Series(values[chosen], table.unit if name in _OF_FLUX else _UNITS.get(name, ""))
        for name, values in table.columns.items()
    }
    labels = {"frame": tuple(frames), "object": tuple(objects)}
    if catalogue is not None:
        rows = table.rows[chosen]
        for name, texts in catalogue.texts.items():
            if name in catalogue.numbers:
                series = catalogue.numbers[name]
                columns.setdefault(name, Series(series.values[rows], series.unit))
            else:
                labels.setdefault(name, tuple(texts[row] for row in rows))
    return CutoutSet(
        source=source,
        images=stamps,
        ids=tuple(ids),
        unit=table.unit,
        columns=columns,
        labels=labels,
        ra_deg=table.ra_deg[chosen],
        dec_deg=table.dec_deg[chosen],
        slopes_deg=table.slopes_deg[chosen],
    )


def _source_of(images: Pictures, frames: Sequence[_Frame], notes: tuple[str, ...]) -> Source:
    match images:
        case SkyImage():
            own = images.source
            return Source(own.path, own.object_name, own.mission, own.flags, own.segment, notes=(*own.notes, *notes))
        case Path():
            return Source(images, images.name, notes=notes)
    name = frames[0].name if len(frames) == 1 else f"{len(frames):,} pictures"
    return Source(None, name, notes=notes)
