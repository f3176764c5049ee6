"""Events whose kind is known, from real and from injected light curves: what the judge of events learns from."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from desktop_app.core.detection import Event
from desktop_app.core.errors import UserError
from desktop_app.core.events import find_events
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.magnitudes import in_flux
from desktop_app.core.progress import Report, silent
from desktop_app.core.vetting.context import context_of
from desktop_app.core.vetting.numbers import doubt_numbers, shape_numbers
from desktop_app.core.vetting.periodic import membership, says_of
from desktop_app.core.vetting.view import view_of
from desktop_app.detectors import DETECTORS
from desktop_app.engine.vetting_injections import CROSSING, with_injections
from desktop_app.io import data_files, open_curve

THRESHOLD = 4.5
NOT_REAL = "not real"
_KINDS = {
    "flare": "flare",
    "flare (superflare)": "flare",
    "transit": "transit",
    "eclipse/FP": "eclipse",
    "eclipse": "eclipse",
    "aperiodic dip": "dip",
    "dip": "dip",
    "solar-system-object crossing": NOT_REAL,
}
_FAINTER = ("transit", "eclipse", "dip")
_SURE = ("measured", "hand-vetted real", "hand-vetted", "published")
_PAD_D = 0.02
_TURNS = 2
_MOST_A_TURN = 4
_BLENDED = ("EB", "planet", "RR", "HB")


@dataclass(frozen=True, eq=False)
class Example:
    """One event whose kind is known.

    Attributes
    ----------
    star : str
        Cross-validation never parts the events of a star.
    kind : str
        A kind, or `NOT_REAL`.
    origin : str
        "real", "weak" (labelled by an algorithm), "injected", "quiet" (of a star on which nothing happens) or
        "inverted" (of a curve turned upside down).
    shape, doubt : mapping of str to float
        As `core.vetting.numbers` makes them.
    signal, says : int, str
        The periodic signal that it belongs to, -1 for none, and the kind that this speaks for.
    """

    star: str
    kind: str
    origin: str
    file: str
    event: Event
    shape: dict[str, float]
    doubt: dict[str, float]
    signal: int = -1
    says: str = ""


def examples_in(folder: Path, seed: int, report: Report) -> list[Example]:
    """All examples that the light curves in ``folder`` give, with the truth in ``truth/events.csv`` beside or in it."""
    truth = _truth_of(folder)
    quiet, blended = _groups_of(folder)
    files = [path for path in data_files(folder) if not path.name.startswith("hlsp_k2sff")]
    found: list[Example] = []
    for place, path in enumerate(files):
        report(place / len(files), f"Looking at {path.name}")
        try:
            curve = in_flux(open_curve(path))
            rows = truth.get(path.name, [])
            found += _real(curve, rows, quiet=path.name in quiet)
            if path.name not in blended and all(_KINDS.get(row["event"]) == "flare" for row in rows):
                found += _injected(curve, np.random.default_rng([seed, place]), rows)
        except UserError:
            continue
    return found


def _truth_of(folder: Path) -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    for row in _table(folder, "events.csv"):
        rows.setdefault(Path(row["file"]).name, []).append(row)
    return rows


def _groups_of(folder: Path) -> tuple[set[str], set[str]]:
    """Files of stars on which nothing happens, and of stars that eclipse or pulsate."""
    quiet, blended = set(), set()
    for row in _table(folder, "kepler_classes.csv"):
        if row["grp"] == "quiet":
            quiet.add(_with_suffix(row["file"]))
        elif row["grp"].startswith(_BLENDED):
            blended.add(_with_suffix(row["file"]))
    return quiet, blended


def _with_suffix(name: str) -> str:
    name = Path(name).name
    return name if name.endswith(".fits") else f"{name}.fits"


def _table(folder: Path, name: str) -> Iterator[dict[str, str]]:
    for path in (folder / "truth" / name, folder.parent / "truth" / name):
        if path.is_file():
            with path.open(newline="", encoding="utf-8") as file:
                yield from csv.DictReader(file)
            return


@dataclass(frozen=True, eq=False)
class _Seen:
    """An event, the numbers about it, and the signal that it belongs to."""

    event: Event
    shape: dict[str, float]
    doubt: dict[str, float]
    signal: int
    says: str

    def named(self, curve: LightCurve, kind: str, origin: str) -> Example:
        """The example that it is once its kind is known."""
        file = curve.source.path.name if curve.source.path else ""
        return Example(_star(curve), kind, origin, file, self.event, self.shape, self.doubt, self.signal, self.says)


def _looked_at(curve: LightCurve, *, periods: bool = False) -> list[_Seen]:
    """The events of ``curve`` from a low threshold on; the search for periods takes most of the time."""
    spec = DETECTORS["ensemble"]
    params = spec.params.checked({"periods": periods})
    scores = spec.build(params).fit(curve, silent).score(curve, silent)
    events = find_events(curve, scores, THRESHOLD)
    view = view_of(curve, scores, events)
    if not events or view is None:
        return []
    shape = shape_numbers(view, events)
    doubt = doubt_numbers(view, shape, context_of(curve, view))
    says = (*says_of(scores.signals), "")
    return [
        _Seen(
            event,
            {name: float(column[place]) for name, column in shape.items()},
            {name: float(column[place]) for name, column in doubt.items()},
            int(signal),
            says[signal],
        )
        for place, (event, signal) in enumerate(zip(events, membership(curve, events, scores.signals), strict=True))
    ]


def _star(curve: LightCurve) -> str:
    name = curve.source.object_name
    return f"TIC {name}" if name.isdigit() else name


def _real(curve: LightCurve, rows: Sequence[dict[str, str]], *, quiet: bool) -> list[Example]:
    found: list[Example] = []
    periods = any(_KINDS.get(row["event"]) in _FAINTER for row in rows)
    for seen in _looked_at(curve, periods=periods):
        kind, origin = _named(curve, seen.event, rows)
        if not kind and quiet:
            kind, origin = NOT_REAL, "quiet"
        if kind:
            found.append(seen.named(curve, kind, origin))
    return found


def _named(curve: LightCurve, event: Event, rows: Sequence[dict[str, str]]) -> tuple[str, str]:
    """The kind that the truth has for ``event``, and how good that is; "" where it says nothing sure."""
    pad = max(_PAD_D, float(np.median(np.diff(curve.time[curve.usable]))))
    start, stop = curve.time[event.start], curve.time[event.stop - 1]
    for row in rows:
        first = float(row["t_start"])
        last = float(row["t_end"] or first)
        if start <= last + pad and stop >= first - pad:
            kind, grade = _KINDS.get(row["event"], ""), row["grade"]
            fainter = event.evidence["depth"] > 0
            if grade == "hand-vetted NOT real":
                return NOT_REAL, "real"
            if kind and kind != NOT_REAL and fainter is (kind == "flare"):
                continue
            if grade in _SURE:
                return kind, "real"
            if grade.startswith(("algorithmic", "catalogue", "weak")):
                return kind, "weak"
            return "", ""
    return "", ""


def _injected(curve: LightCurve, rng: np.random.Generator, rows: Sequence[dict[str, str]]) -> list[Example]:
    """What the detector finds of events that are put into ``curve``, each turn others."""
    usable = np.flatnonzero(curve.usable)
    if usable.size < 500 or not np.median(curve.flux[usable]) > 0:
        return []
    found: list[Example] = []
    for _ in range(_TURNS):
        made, spans = with_injections(curve, rng)
        told = Counter[str]()
        events = _looked_at(made)
        for seen in [events[place] for place in rng.permutation(len(events))]:
            rows_of_event = slice(seen.event.start, seen.event.stop)
            inside = [kind for kind, span in spans if span[rows_of_event].any()]
            if len(inside) == 1 and told[inside[0]] < _MOST_A_TURN and not _named(curve, seen.event, rows)[0]:
                told[inside[0]] += 1
                kind = NOT_REAL if inside[0] == CROSSING else inside[0]
                found.append(seen.named(curve, kind, "injected"))
    upside = replace(curve, flux=2 * np.median(curve.flux[usable]) - curve.flux)
    found += [
        seen.named(curve, NOT_REAL, "inverted") for seen in _looked_at(upside) if seen.event.evidence["depth"] < 0
    ]
    return found
