"""A folder of small images of one size as a set of cut-outs, with the catalogue that lies among them or is given."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.errors import ReadError
from desktop_app.core.progress import Report, silent
from desktop_app.core.progress import part as portion
from desktop_app.core.sky import Sky, positions, slopes_of
from desktop_app.core.source import Source
from desktop_app.io.images import catalogue as catalogues
from desktop_app.io.images import image
from desktop_app.io.images.catalogue import read_catalogue
from desktop_app.io.images.exposure import exposure_of
from desktop_app.io.images.folders import first_picture, image_names, sample
from desktop_app.io.images.image_file import stack_in
from desktop_app.io.images.joining import RADIUS_ARCSEC, noted, with_catalogue
from desktop_app.io.images.stamp_stack import FEWEST_STAMPS, STAMP_PX, check_stamps
from desktop_app.io.images.stamps import Stamp, read_stamp
from desktop_app.io.images.triplets import ROLES, role_of, stem_of
from desktop_app.io.reader import FileSummary, Reader, chosen_part, the_only_part

_TOLD = 3
_FEW = 5
_NAMED_TABLE = re.compile(r"(^|[_\-. ])(cat|catalog|catalogue|table|labels?|sources)([_\-. ]|$)", re.IGNORECASE)


def accepts(path: Path, _head: bytes) -> bool:
    """Whether the images are as small as stamps, and are many or have a catalogue among them."""
    names = image_names(path)
    few = len(names) < FEWEST_STAMPS and not _are_alerts(names)
    if len(names) < 2 or (few and _catalogue_in(path) is None):
        return False
    looked_at = [picture for picture in sample(path) if picture is not None]
    return len(looked_at) > 1 and all(max(picture.shape) <= STAMP_PX for picture in looked_at)


def _are_alerts(names: Sequence[str]) -> bool:
    """Whether all are pictures of alerts, of two roles at least."""
    roles = {role_of(stem_of(name))[1] for name in names}
    return "" not in roles and len(roles) > 1


def read(path: Path, part: str | None = None) -> CutoutSet:
    """The stamps of a folder with the catalogue among them; parts are science, template and difference of alerts.

    Raises
    ------
    ReadError
    ParamError
        There is no such part.
    """
    return open_cutouts(path, part=part)


def open_cutouts(
    path: Path,
    *,
    catalogue: Path | None = None,
    part: str | None = None,
    radius_arcsec: float = RADIUS_ARCSEC,
    report: Report = silent,
) -> CutoutSet:
    """The stamps of a folder or of a cube, and what a catalogue says of each.

    Parameters
    ----------
    path : Path
        A folder of equally large stamps, or a file with a stack of them.
    catalogue : Path, optional
        FITS, VOTable, ECSV or CSV; the one in the folder where not given.
    part : str, optional
        Science, template or difference of a folder of alerts; the stack of a file.
    radius_arcsec : float
        How far off a position in the catalogue may be where no column names the stamps.
    report : callable
        Told the progress; may raise `JobCancelled`.

    Raises
    ------
    ReadError
        There are no stamps, or the catalogue given cannot be read.
    ParamError
        There is no such part.
    """
    stamps = _of_folder(path, part, portion(report, 0.0, 0.9)) if path.is_dir() else _of_file(path, part)
    report(0.9, "Joining the catalogue")
    if catalogue is not None:
        return with_catalogue(stamps, read_catalogue(catalogue), radius_arcsec)
    found = _catalogue_in(path) if path.is_dir() else None
    if found is None:
        return stamps
    try:
        return with_catalogue(stamps, read_catalogue(found), radius_arcsec)
    except ReadError as error:
        return noted(stamps, f"The catalogue is left out: {error.message}")


def _catalogue_in(folder: Path) -> Path | None:
    """The catalogue among the files of a folder; the first by name where there are several."""
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.name.lower().endswith(catalogues.SUFFIXES))
    except OSError:
        return None
    # Among stamps, a table in FITS is looked for by its name only: to open all of them would take long.
    named = [name for name in image_names(folder) if _NAMED_TABLE.search(stem_of(name))]
    names += [name for name in named[:_FEW] if first_picture(folder / name) is None]
    return folder / names[0] if names else None


def _of_file(path: Path, part: str | None) -> CutoutSet:
    data = image.read(path, part if part is not None else stack_in(path))
    if not isinstance(data, CutoutSet):
        raise ReadError(f"{path.name} holds no stack of stamps.", hint="Open it as an image.")
    return data


@dataclass(frozen=True)
class _Chosen:
    """The files of one role: their names, and the id of each; those of the other roles by role and id."""

    part: str
    parts: tuple[str, ...]
    files: dict[str, str]
    beside: dict[str, dict[str, str]]


def _chosen(path: Path, part: str | None) -> _Chosen:
    catalogue = _catalogue_in(path)
    names = [name for name in image_names(path) if catalogue is None or name != catalogue.name]
    roles = {name: role_of(stem_of(name)) for name in names}
    files = {role: {stem: name for name, (stem, found) in roles.items() if found == role} for role in ROLES}
    parts = tuple(role for role in ROLES if files[role])
    if len(parts) < 2:
        the_only_part(path.name, part)
        return _Chosen("", (), {stem_of(name): name for name in names}, {})
    role = parts[chosen_part(path.name, parts, part)]
    return _Chosen(role, parts, files[role], {other: files[other] for other in parts if other != role})


@dataclass(frozen=True)
class _Read:
    """What came out of the files of a folder: stamps by their ids, and why files could not be read."""

    stamps: dict[str, Stamp]
    broken: tuple[str, ...]


def _of_folder(path: Path, part: str | None, report: Report) -> CutoutSet:
    chosen = _chosen(path, part)
    share = 1 / (1 + len(chosen.beside))
    read = _read_all(path, chosen.files, 1 + len(chosen.beside), portion(report, 0.0, share))
    if not read.stamps:
        raise ReadError(f"{path.name} holds no stamp that can be read.", hint="Open its files one by one.")
    notes = list(read.broken[:_TOLD])
    if len(read.broken) > _TOLD:
        notes.append(f"{len(read.broken) - _TOLD:,} more files cannot be read.")
    kept, shape = (_of_one_size if not chosen.part else _of_every_size)(path.name, read.stamps, notes)
    beside: dict[str, Stamps] = {}
    for n, (role, files) in enumerate(chosen.beside.items(), 1):
        told = portion(report, n * share, (n + 1) * share)
        beside[role] = _beside(path, role, files, kept, shape, notes, told)
    ra, dec, slopes = _positions(kept)
    units = Counter(stamp.unit for stamp in kept.values())
    return CutoutSet(
        source=_source_of(path, chosen, tuple(notes)),
        images=_stacked([stamp.pixels for stamp in kept.values()], shape),
        ids=tuple(kept),
        unit=units.most_common(1)[0][0],
        ra_deg=ra,
        dec_deg=dec,
        beside=beside,
        slopes_deg=slopes,
    )


def _read_all(path: Path, files: dict[str, str], roles: int, report: Report) -> _Read:
    stamps: dict[str, Stamp] = {}
    broken: list[str] = []
    for n, (stem, name) in enumerate(files.items()):
        if n % 50 == 0:
            report(n / len(files), f"Reading {len(files):,} stamps")
            if stamps:
                check_stamps(path.name, roles * len(files), next(iter(stamps.values())).pixels.shape)
        try:
            stamps[stem] = read_stamp(path / name)
        except ReadError as error:
            broken.append(error.message)
    return _Read(stamps, tuple(broken))


def _of_one_size(_name: str, stamps: dict[str, Stamp], notes: list[str]) -> tuple[dict[str, Stamp], tuple[int, int]]:
    """The stamps of the usual size, and that size."""
    (ny, nx), _count = Counter(stamp.pixels.shape for stamp in stamps.values()).most_common(1)[0]
    kept = {stem: stamp for stem, stamp in stamps.items() if stamp.pixels.shape == (ny, nx)}
    if left := len(stamps) - len(kept):
        notes.append(f"{left:,} of {len(stamps):,} stamps are left out: they do not have {nx} × {ny} pixels.")
    return kept, (ny, nx)


def _of_every_size(name: str, stamps: dict[str, Stamp], notes: list[str]) -> tuple[dict[str, Stamp], tuple[int, int]]:
    """All stamps, and the size that holds each: surveys cut their alerts to sizes of their own."""
    kept = {stem: stamp for stem, stamp in stamps.items() if max(stamp.pixels.shape) <= STAMP_PX}
    if not kept:
        raise ReadError(f"{name} holds no stamp of up to {STAMP_PX} pixels.", hint="Open its files one by one.")
    ny, nx = (max(stamp.pixels.shape[axis] for stamp in kept.values()) for axis in (0, 1))
    if left := len(stamps) - len(kept):
        notes.append(f"{left:,} of {len(stamps):,} stamps are left out: they are wider than {STAMP_PX} pixels.")
    if smaller := sum(stamp.pixels.shape != (ny, nx) for stamp in kept.values()):
        notes.append(f"{smaller:,} of {len(kept):,} stamps have margins without values: they are smaller than others.")
    return kept, (ny, nx)


def _beside(
    path: Path,
    role: str,
    files: dict[str, str],
    kept: dict[str, Stamp],
    shape: tuple[int, int],
    notes: list[str],
    report: Report,
) -> Stamps:
    """The stamps of another role for those that are ``kept``: NaN where there is none that fits."""
    read = _read_all(path, {stem: files[stem] for stem in kept if stem in files}, 1, report).stamps
    fitting = {stem: one.pixels for stem, one in read.items() if one.pixels.shape == kept[stem].pixels.shape}
    if missing := len(kept) - len(fitting):
        notes.append(f"{missing:,} of {len(kept):,} alerts have no {role} that can be used.")
    nothing = np.full((1, 1), np.nan, np.float32)
    return _stacked([fitting.get(stem, nothing) for stem in kept], shape)


def _stacked(pictures: Sequence[Stamps], shape: tuple[int, int]) -> Stamps:
    """Pictures of shapes (y, x) in the middle of stamps of one shape; shape (m, ny, nx)."""
    stack = np.full((len(pictures), *shape), np.nan, np.float32)
    for place, pixels in enumerate(pictures):
        y, x = ((whole - side) // 2 for whole, side in zip(shape, pixels.shape, strict=True))
        stack[place, y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
    return stack


def _positions(kept: dict[str, Stamp]) -> tuple[Floats, Floats, Floats]:
    """ICRS of the middle of each stamp, shapes (m,), and the slopes there, shape (m, 2, 2)."""
    ra, dec, slopes = np.full(len(kept), np.nan), np.full(len(kept), np.nan), np.full((len(kept), 2, 2), np.nan)
    shapes = [stamp.pixels.shape for stamp in kept.values()]
    skies: list[Sky | None] = [stamp.sky for stamp in kept.values()]
    for ny, nx in dict.fromkeys(shapes):
        here = [place for place, shape in enumerate(shapes) if shape == (ny, nx)]
        mine, middle = [skies[place] for place in here], ((nx - 1) / 2, (ny - 1) / 2)
        ra[here], dec[here] = positions(mine, *middle)
        slopes[here] = slopes_of(mine, *middle)
    return ra, dec, slopes


def _source_of(path: Path, chosen: _Chosen, notes: tuple[str, ...]) -> Source:
    first = first_picture(path / next(iter(chosen.files.values())))
    exposure = exposure_of(first.header, first.primary) if first else None
    return Source(
        path=path,
        object_name=path.name,
        mission=exposure.mission if exposure else "",
        segment=exposure.segment if exposure else "",
        part=chosen.part,
        parts=chosen.parts,
        notes=notes,
    )


def summarise(path: Path) -> FileSummary:
    """How many stamps there are and what the first says.

    Raises
    ------
    ReadError
    """
    chosen = _chosen(path, None)
    names = list(chosen.files.values())
    first = first_picture(path / names[0]) if names else None
    if first is None:
        raise ReadError(f"{path.name} begins with a file that is no image.", hint="Open its files one by one.")
    mission = exposure_of(first.header, first.primary).mission
    return FileSummary(
        path=path, kind="cutouts", object_name=path.name, mission=mission, rows=len(names), shape=first.shape
    )


def _read_told(path: Path, part: str | None, report: Report) -> CutoutSet:
    return open_cutouts(path, part=part, report=report)


READER = Reader("cutouts", "Folders of cut-outs", (), accepts, read, summarise, of_folders=True, read_told=_read_told)
