"""A folder of small images of one size as a set of cut-outs, with the catalogue that lies among them or is given."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import ReadError
from desktop_app.core.progress import Report, silent
from desktop_app.core.progress import part as portion
from desktop_app.core.sky import Sky, positions
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
    if len(names) < 2 or (len(names) < FEWEST_STAMPS and _catalogue_in(path) is None):
        return False
    looked_at = [picture for picture in sample(path) if picture is not None]
    return len(looked_at) > 1 and all(max(picture.shape) <= STAMP_PX for picture in looked_at)


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
    """The files of one role: their names, and the id of each."""

    part: str
    parts: tuple[str, ...]
    files: dict[str, str]


def _chosen(path: Path, part: str | None) -> _Chosen:
    catalogue = _catalogue_in(path)
    names = [name for name in image_names(path) if catalogue is None or name != catalogue.name]
    roles = {name: role_of(stem_of(name)) for name in names}
    parts = tuple(role for role in ROLES if any(found == role for _stem, found in roles.values()))
    if len(parts) < 2:
        the_only_part(path.name, part)
        return _Chosen("", (), {stem_of(name): name for name in names})
    role = parts[chosen_part(path.name, parts, part)]
    return _Chosen(role, parts, {stem: name for name, (stem, found) in roles.items() if found == role})


def _of_folder(path: Path, part: str | None, report: Report) -> CutoutSet:
    chosen = _chosen(path, part)
    read: dict[str, Stamp] = {}
    broken: list[str] = []
    for n, (stem, name) in enumerate(chosen.files.items()):
        if n % 50 == 0:
            report(n / len(chosen.files), f"Reading {len(chosen.files):,} stamps")
            if read:
                check_stamps(path.name, len(chosen.files), next(iter(read.values())).pixels.shape)
        try:
            read[stem] = read_stamp(path / name)
        except ReadError as error:
            broken.append(error.message)
    if not read:
        raise ReadError(f"{path.name} holds no stamp that can be read.", hint="Open its files one by one.")
    (ny, nx), _count = Counter(stamp.pixels.shape for stamp in read.values()).most_common(1)[0]
    kept = {stem: stamp for stem, stamp in read.items() if stamp.pixels.shape == (ny, nx)}
    notes = list(broken[:_TOLD])
    if len(broken) > _TOLD:
        notes.append(f"{len(broken) - _TOLD:,} more files cannot be read.")
    if left := len(read) - len(kept):
        notes.append(f"{left:,} of {len(read):,} stamps are left out: they do not have {nx} × {ny} pixels.")
    skies: list[Sky | None] = [stamp.sky for stamp in kept.values()]
    ra, dec = positions(skies, (nx - 1) / 2, (ny - 1) / 2)
    units = Counter(stamp.unit for stamp in kept.values())
    return CutoutSet(
        source=_source_of(path, chosen, tuple(notes)),
        images=np.stack([stamp.pixels for stamp in kept.values()]),
        ids=tuple(kept),
        unit=units.most_common(1)[0][0],
        ra_deg=ra,
        dec_deg=dec,
    )


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
