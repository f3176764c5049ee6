"""Which files belong together, and several of them opened as one light curve."""

from collections.abc import Iterable, Sequence
from math import isfinite
from pathlib import Path

from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import Report, silent
from desktop_app.core.quality import Preset
from desktop_app.core.stitch import stitch
from desktop_app.io import open_curve
from desktop_app.io.reader import FileSummary


def open_stitched(
    paths: Iterable[str | Path], *, flux: str | None = None, quality: Preset = "default", report: Report = silent
) -> LightCurve:
    """The light curves of ``paths``, each file once, as one; the only one as it is.

    Parameters
    ----------
    paths : iterable of str or Path
    flux, quality
        As in `open_curve`.
    report : callable
        Told the progress.

    Raises
    ------
    ReadError
        A file cannot be read, or they do not belong together.
    ParamError
        As in `open_curve`.
    """
    files = list(dict.fromkeys(map(Path, paths)))
    curves = []
    for place, path in enumerate(files):
        report(place / len(files), f"Reading {path.name}")
        curves.append(open_curve(path, flux=flux, quality=quality))
    report(1.0, "Stitching")
    return stitch(curves)


def by_object(summaries: Iterable[FileSummary]) -> list[list[FileSummary]]:
    """The light curves of each object and mission, in the order of their first; files that name no object are left out.

    Two files of one object in one list may still be of the same sector: see `one_a_segment`.
    """
    groups: dict[tuple[str, str], list[FileSummary]] = {}
    for summary in summaries:
        if summary.kind == "light curve" and summary.object_name:
            groups.setdefault((summary.object_name, summary.mission), []).append(summary)
    return list(groups.values())


def one_a_segment(files: Sequence[FileSummary], like: FileSummary) -> list[FileSummary]:
    """Of files of one object, one a sector, quarter or campaign: the one most like ``like``, which is among them.

    Products of several pipelines, or at several cadences, show the same nights; stitched they would count twice.
    A file that names no segment is taken for one of its own.
    """

    def unlikeness(other: FileSummary) -> tuple[bool, float, int]:
        known = isfinite(other.cadence_s) and isfinite(like.cadence_s)
        difference = abs(other.cadence_s - like.cadence_s) / like.cadence_s if known and like.cadence_s else 0.0
        return other is not like, round(difference, 2), -_alike(other.path.name, like.path.name)

    chosen: dict[str, FileSummary] = {}
    for summary in files:
        segment = summary.segment or str(summary.path)
        if segment not in chosen or unlikeness(summary) < unlikeness(chosen[segment]):
            chosen[segment] = summary
    return list(chosen.values())


def _alike(one: str, other: str) -> int:
    """With how many equal letters two names begin."""
    pairs = list(zip(one, other, strict=False))
    return next((place for place, (a, b) in enumerate(pairs) if a != b), len(pairs))
