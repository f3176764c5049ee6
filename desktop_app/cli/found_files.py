"""What there is to look at below the paths on the command line: light curves, telemetry, pictures and cut-outs."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import counted, say, tell
from desktop_app.core.errors import ReadError, UserError

if TYPE_CHECKING:
    from desktop_app.detectors import Looks

_FOLDERS_ASKED = 500
_WHOLES: "dict[str, Looks]" = {"telemetry": "telemetry", "cutouts": "cutouts"}
_LABELS = ("labels.csv", "labeled_anomalies.csv")


@dataclass(frozen=True)
class Found:
    """A file, or a folder that is one data set.

    Attributes
    ----------
    path : Path
    looks : str
        What a detector sees in it; "light curve" also where the headers cannot be read, which is told in its turn.
    named : bool
        Whether it was named itself, and does not lie in a folder that was.
    """

    path: Path
    looks: "Looks"
    named: bool


def files_of(paths: Sequence[Path]) -> tuple[list[Path], int]:
    """The files, those of folders with a light curve in their place, each once; and how many folders hold none."""
    files: dict[Path, None] = {}
    failed = 0
    for path in paths:
        found = [path]
        if path.is_dir():
            found, others = _curves_in(path)
            _say_passed_over(path, others, "without a light curve")
        files.update(dict.fromkeys(found))
        if not found:
            failed += 1
            tell(ReadError(f"There are no light curves in the folder {path}.", hint="Name the files themselves."))
    return list(files), failed


def all_in(paths: Sequence[Path], *, as_curves: bool = False, sequences: bool = False) -> tuple[list[Found], int]:
    """All that detectors look at, each once, in the order of ``paths``; and how many folders hold nothing of it.

    Parameters
    ----------
    paths : sequence of Path
    as_curves : bool
        Whether it was said which columns are time and flux, so that every table is a light curve.
    sequences : bool
        Whether frames of one field in a folder are looked at together.
    """
    everything: dict[Path, Found] = {}
    failed = 0
    for path in paths:
        if path.is_dir():
            found = _in_folder(path, as_curves=as_curves, sequences=sequences)
        else:
            found = [Found(path, "light curve" if as_curves else _looks(path), True)]
        for one in found:
            known = everything.setdefault(one.path, one)
            everything[one.path] = replace(known, named=known.named or one.named)
        if not found:
            failed += 1
            sentence = f"There are no light curves in the folder {path}, and neither telemetry nor pictures."
            tell(ReadError(sentence, hint="Name the files themselves."))
    return list(everything.values()), failed


def _in_folder(folder: Path, *, as_curves: bool, sequences: bool) -> list[Found]:
    """What lies in ``folder``.

    Arrays below a folder that is one data set belong to it, and so do stamps and tables of labels. Frames of a sequence
    are pictures of their own unless ``sequences`` are asked for.
    """
    from desktop_app.io import suffixes
    from desktop_app.io.listing import list_folder

    listing = list_folder(folder, suffixes())
    wholes: dict[Path, Looks] = {}
    for place in listing.folders[:_FOLDERS_ASKED]:
        if not any(place.is_relative_to(whole) for whole in wholes) and (
            looks := _as_a_whole(place, sequences=sequences)
        ):
            wholes[place] = looks
    found = [Found(whole, looks, whole == folder) for whole, looks in wholes.items()]
    for path, _version in listing.files:
        within = {looks for whole, looks in wholes.items() if path.is_relative_to(whole)}
        if "telemetry" in within and path.suffix.lower() == ".npy":
            continue
        if path.name.lower().endswith(_LABELS):
            continue
        looks = "light curve" if as_curves else _told_looks(path)
        if within & {"cutouts", "image"} and looks in ("image", "cutouts", None):
            continue
        found.append(Found(path, looks or "light curve", False))
    return found


def _curves_in(folder: Path) -> tuple[list[Path], int]:
    """The files below ``folder`` with a light curve, and how many there are without one."""
    from desktop_app.io import data_files

    listed = data_files(folder)
    found = [path for path in listed if _looks(path) == "light curve"]
    return found, len(listed) - len(found)


def _looks(path: Path) -> "Looks":
    """What the headers speak of; a light curve where they cannot be read: that is told when its turn comes."""
    return _told_looks(path) or "light curve"


def _told_looks(path: Path) -> "Looks | None":
    """What the headers speak of; None where they cannot be read."""
    from desktop_app.io import summarise

    try:
        kind = summarise(path).kind
    except UserError:
        return None
    return "light curve" if kind == "target pixels" else kind


def _as_a_whole(folder: Path, *, sequences: bool) -> "Looks | None":
    """What a folder is as one data set; None where its files are looked at one by one."""
    from desktop_app.io import summarise

    try:
        kind = summarise(folder).kind
    except UserError:
        return None
    return "image" if kind == "image" and sequences else _WHOLES.get(kind)


def _say_passed_over(folder: Path, others: int, why: str) -> None:
    if others:
        say(f"{folder}: {counted(others, 'file')} {why} passed over.", sys.stderr)


def of_kind(found: Iterable[Found], looks: "Looks") -> list[Path]:
    """The paths of one kind."""
    return [one.path for one in found if one.looks == looks]
