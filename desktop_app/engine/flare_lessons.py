"""Gathers examples of flares and of what only looks like one from a folder of real light curves."""

import csv
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.errors import FitError, UserError
from desktop_app.core.flares.candidates import Candidates, Search, search, windows_of
from desktop_app.core.flares.lessons import Planted, mirrored, shuffled, with_flares, with_lookalikes
from desktop_app.core.flattened import BaselineParams, Flattened, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.magnitudes import in_flux
from desktop_app.core.progress import Report, silent
from desktop_app.nets.flare_net import Singles

Words = np.ndarray[tuple[int], np.dtype[np.str_]]
REAL, NOT_REAL = ("hand-vetted real", "published", "catalogue"), ("hand-vetted NOT real",)
OTHERS = ("measured", "hand-vetted", "published")
_FLARES = ("planted", "vetted")
_PLANTINGS = 2
_HELD_OUT = 4
_MOST_NOISE = 40
_UNKNOWN_FROM = 4.5
_NEAR_ROWS = 5
_SHUFFLES = 8
_FEW_ROWS = 500


@dataclass(frozen=True, eq=False)
class Lessons:
    """Examples; all arrays have m in front.

    Attributes
    ----------
    windows, facts : ndarray of float32
        As the network takes them.
    flare : ndarray of float32
        1 for a flare.
    sigmas : ndarray
        Answers of the filters.
    held_out : ndarray of bool
        Of a star that is not learnt from.
    origin : ndarray of str
        Flares are "vetted" and "planted"; "false" was vetted too, "lookalike" planted; "mirrored" and "shuffled" are
        of curves without flares, "noise" of real ones.
    """

    windows: Singles
    facts: Singles
    flare: Singles
    sigmas: Floats
    held_out: Bools
    origin: Words

    def only(self, chosen: Bools | Ints) -> "Lessons":
        """Some of them."""
        return Lessons(
            self.windows[chosen],
            self.facts[chosen],
            self.flare[chosen],
            self.sigmas[chosen],
            self.held_out[chosen],
            self.origin[chosen],
        )

    def of_star(self, *, held_out: bool) -> "Lessons":
        """The same of a star that is learnt from or not."""
        return replace(self, held_out=np.full(len(self.flare), held_out))

    @property
    def tensors(self) -> tuple[Singles, Singles, Singles]:
        """What a network learns from."""
        return self.windows, self.facts, self.flare

    @classmethod
    def joined(cls, parts: Sequence["Lessons"]) -> "Lessons":
        """Those of all ``parts``."""
        return cls(
            np.concatenate([one.windows for one in parts]),
            np.concatenate([one.facts for one in parts]),
            np.concatenate([one.flare for one in parts]),
            np.concatenate([one.sigmas for one in parts]),
            np.concatenate([one.held_out for one in parts]),
            np.concatenate([one.origin for one in parts]),
        )


Noise = tuple[int, Lessons]
"""Rows of a curve of noise, and its candidates."""


def lessons_below(data: Path, rng: np.random.Generator, report: Report) -> tuple[Lessons, list[Noise], int]:
    """Examples from all light curves below ``data``, noise of held-out stars, and the number of stars.

    Raises
    ------
    FitError
        There are too few light curves.
    """
    from desktop_app.io import data_files, open_curve

    truth, files = _truth(data), data_files(data)
    lessons, clean, stars = list[Lessons](), list[Noise](), set[str]()
    for place, file in enumerate(files):
        report(place / len(files), f"{file.name} ({place + 1} of {len(files)})")
        try:
            curve = in_flux(open_curve(file))
            flat = flatten(curve, BaselineParams(), silent)
        except UserError:
            # A folder of real data holds images, broken files and tables of other things as well.
            continue
        if flat.rows.size < _FEW_ROWS:
            continue
        star = _star(curve, file)
        stars.add(star)
        held_out = crc32(star.encode()) % _HELD_OUT == 0
        lessons += [one.of_star(held_out=held_out) for one in _lessons_of(flat, truth[file.name], rng)]
        if held_out:
            clean += [(flat.rows.size, _noise(flat, rng)) for _ in range(_SHUFFLES)]
    if not lessons or len({bool(one.held_out[0]) for one in lessons if len(one.flare)}) < 2:
        raise FitError(
            f"The light curves below {data} are of too few stars to learn flares from.",
            hint="Name a folder with light curves of a dozen stars or more, of 500 rows or more each.",
        )
    return Lessons.joined(lessons), clean, len(stars)


def _truth(data: Path) -> dict[str, list[dict[str, str]]]:
    """Known events by the name of their file; none where there is no table of them."""
    events = defaultdict[str, list[dict[str, str]]](list)
    for folder in (data, data.parent):
        table = folder / "truth" / "events.csv"
        if table.is_file():
            with table.open(newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    if row.get("t_start"):
                        events[Path(row["file"]).name].append(row)
            break
    return events


def _star(curve: LightCurve, file: Path) -> str:
    """What tells a star from another; a star's sectors and quarters share it."""
    number = re.search(r"\d{5,}", curve.source.object_name)
    return number[0] if number else (curve.source.object_name or file.stem)


def _lessons_of(flat: Flattened, truth: list[dict[str, str]], rng: np.random.Generator) -> list[Lessons]:
    found = [_from_real(flat, _known(flat, truth), rng)]
    found += [_from_planted(with_flares(flat, rng), "planted") for _ in range(_PLANTINGS)]
    found.append(_from_planted(with_lookalikes(flat, rng), "lookalike"))
    upside_down = _searched(mirrored(flat.data))
    found.append(_lessons(*upside_down, rng.permutation(len(upside_down[1]))[:_MOST_NOISE], "mirrored"))
    found.append(_noise(flat, rng))
    return found


def _noise(flat: Flattened, rng: np.random.Generator) -> Lessons:
    looked, found = _searched(shuffled(flat, rng))
    return _lessons(looked, found, np.arange(len(found)), "shuffled")


def _searched(data: LightCurve) -> tuple[Search, Candidates]:
    looked = search(flatten(data, BaselineParams(), silent), silent)
    return looked, looked.candidates()


def _lessons(looked: Search, found: Candidates, chosen: Ints, origin: str) -> Lessons:
    """Some of the candidates as examples; those of "planted" are flares, all others are not."""
    some = found.only(chosen)
    windows, facts = windows_of(looked, some)
    n = len(some)
    flare = np.full(n, origin in _FLARES, np.float32)
    return Lessons(windows, facts, flare, some.sigmas, np.zeros(n, np.bool_), np.full(n, origin))


def _known(flat: Flattened, truth: list[dict[str, str]]) -> list[tuple[int, int, str]]:
    """All known events: first row, last row (exclusive), and "vetted", "false" or "unknown"."""
    time, half = flat.curve.time, 0.5 * flat.curve.cadence_d
    events = list[tuple[int, int, str]]()
    for row in truth:
        start, stop = float(row["t_start"]), float(row["t_end"] or row["t_start"])
        low, high = np.searchsorted(time, [start - half, stop + half])
        of_flares = row["event"].startswith("flare")
        what = "vetted" if of_flares and row["grade"] in REAL else "unknown"
        if row["grade"] in (NOT_REAL if of_flares else OTHERS):
            what = "false"
        events.append((int(low), int(high), what))
    return events


def _from_real(flat: Flattened, events: list[tuple[int, int, str]], rng: np.random.Generator) -> Lessons:
    """Known flares, known others, and weak hills that are neither: noise.

    Strong hills that no table knows may be flares that nobody wrote down: they are left out.
    """
    looked = search(flat, silent)
    found = looked.candidates()
    what = np.where(found.sigmas < _UNKNOWN_FROM, "noise", "unknown").astype("<U7")
    for low, high, kind in events:
        inside = np.flatnonzero((found.stop > low - _NEAR_ROWS) & (found.start < high + _NEAR_ROWS))
        what[inside] = "unknown" if kind == "vetted" else kind
        what[inside[:1]] = kind
    some = rng.permutation(np.flatnonzero(what == "noise"))[:_MOST_NOISE]
    chosen = {"vetted": np.flatnonzero(what == "vetted"), "false": np.flatnonzero(what == "false"), "noise": some}
    return Lessons.joined([_lessons(looked, found, rows, origin) for origin, rows in chosen.items()])


def _from_planted(planted: Planted, origin: str) -> Lessons:
    """What lies at planted events."""
    looked, found = _searched(planted.data)
    near = np.abs(found.peak[:, None] - planted.row[None, :]) <= planted.reach[None, :]
    return _lessons(looked, found, np.flatnonzero(near.any(axis=1)), origin)
