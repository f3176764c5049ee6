"""What is known already: planets, eclipsing binaries and flare stars in tables of a user's own, matched offline."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, hypot, isfinite, radians
from pathlib import Path
from shutil import copyfile

import numpy as np

from desktop_app.core.detection import Event, PeriodicSignal
from desktop_app.core.errors import ReadError, UserError, WriteError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.timescales import TimeSystem, offset_of
from desktop_app.io.images.catalogue import Catalogue, read_catalogue
from desktop_app.paths import known_folder

SUFFIXES = (".csv", ".tsv", ".ecsv", ".vot", ".votable", ".xml", ".fits")
COLUMNS = {
    "name": ("name", "object", "pl_name", "toi", "kepoi_name", "kepler_name", "target"),
    "ra": ("ra", "ra_deg", "raj2000", "_ra"),
    "dec": ("dec", "dec_deg", "de", "dej2000", "_de"),
    "ids": (
        "ids",
        "id",
        "tic",
        "ticid",
        "tid",
        "tic_id",
        "kic",
        "kepid",
        "epic",
        "epic_id",
        "gaia",
        "gaia_id",
        "hostname",
    ),
    "type": ("type", "class", "kind", "disposition", "koi_disposition", "tfopwg_disp"),
    "period": ("period", "period_d", "pl_orbper", "koi_period", "per", "p"),
    "epoch": ("epoch", "epoch_bjd", "pl_tranmid", "koi_time0", "t0", "bjd0"),
    "duration": ("duration", "duration_h", "pl_trandurh", "koi_duration", "pl_trandur"),
    "depth": ("depth", "depth_ppm", "pl_trandep", "koi_depth"),
}
"""The names under which a column is looked for, the first first; capitals do not matter."""
NEAR_ARCSEC = 10.0
NEIGHBOUR_ARCSEC = 600.0
_SAME_PERIOD = 1e-3
_MULTIPLES = ((1.0, "the period"), (0.5, "half the period"), (2.0, "twice the period"))
_CATALOGUES = {"TIC": "tic", "KIC": "kic", "EPIC": "epic", "KEPLERID": "kic", "TICID": "tic", "GAIA": "gaia"}
_OF_MISSION = {"TESS": "tic", "Kepler": "kic", "K2": "epic"}
_LEAST_PAD_D = 0.02


@dataclass(frozen=True)
class KnownObject:
    """One row of a table.

    Attributes
    ----------
    name, kind : str
        Its name, and what it is, as the table says.
    ra_deg, dec_deg : float
        ICRS; NaN where not given.
    ids : frozenset of str
        "tic 261136679", "kic 8462852", "pi men c", in small letters.
    period_d, epoch_bjd, duration_d, depth : float
        ``epoch_bjd`` is the middle of a dip, a full barycentric Julian date; NaN where not given.
    table : str
        The name of the file.
    """

    name: str
    kind: str
    ra_deg: float
    dec_deg: float
    ids: frozenset[str]
    period_d: float
    epoch_bjd: float
    duration_d: float
    depth: float
    table: str

    @property
    def has_ephemeris(self) -> bool:
        """Whether it is known when its dips come."""
        return isfinite(self.period_d) and self.period_d > 0 and isfinite(self.epoch_bjd)


@dataclass(frozen=True, eq=False)
class KnownTable:
    """One table of the folder: its objects, or why it cannot be read.

    Attributes
    ----------
    problem : str
        "" where all of it could be used.
    """

    path: Path
    objects: tuple[KnownObject, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Match:
    """A known object that the target is, or is near to; ``why`` says by what it was recognised."""

    known: KnownObject
    why: str
    arcsec: float = float("nan")

    @property
    def told(self) -> str:
        """One line for a person."""
        known = self.known
        parts = [known.kind or "known object"]
        if isfinite(known.period_d):
            parts.append(f"P = {known.period_d:.6g} d")
        if isfinite(known.depth):
            parts.append(f"depth {known.depth * 1e6:,.0f} ppm")
        return f"{known.name}: {', '.join(parts)} ({self.why}, {known.table})"


def known_tables() -> tuple[KnownTable, ...]:
    """Every table of the user's folder, read once for each state of the folder; none where there is no folder."""
    folder = known_folder()
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES) if folder.is_dir() else []
    return tuple(_table(path, path.stat().st_mtime_ns, path.stat().st_size) for path in paths)


def add_table(path: Path) -> KnownTable:
    """Copy ``path`` into the user's folder, after looking whether it can be used.

    Raises
    ------
    ReadError
        It is no table, or none of its rows names or places an object.
    WriteError
        The folder cannot be written to.
    """
    table = read_known(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ReadError(f"{path.name} is no table.", hint=f"Give it one of the endings {', '.join(SUFFIXES)}.")
    try:
        known_folder().mkdir(parents=True, exist_ok=True)
        target = known_folder() / path.name
        aside = target.with_name(f"{target.name}.part")
        copyfile(path, aside)
        aside.replace(target)
    except OSError as error:
        raise WriteError(f"{path.name} cannot be copied to {known_folder()}: {error}.") from error
    return replace(table, path=target)


def read_known(path: Path) -> KnownTable:
    """The objects of a table; rows that cannot be used are left out and counted in its ``problem``.

    Raises
    ------
    ReadError
        It is no table, or none of its rows names or places an object.
    """
    catalogue = read_catalogue(path)
    lower = {name.lower().strip(): name for name in catalogue.texts}
    columns = {what: [lower[name] for name in names if name in lower] for what, names in COLUMNS.items()}
    if not (columns["name"] or columns["ids"] or (columns["ra"] and columns["dec"])):
        raise ReadError(
            f"{path.name} names no objects.",
            hint="It needs a column name, a column ids, or the columns ra and dec; 'peculiar known --help' lists all.",
        )
    objects, bad = [], 0
    for row in range(len(catalogue)):
        one = _object(catalogue, columns, row)
        if one is None:
            bad += 1
        else:
            objects.append(one)
    if not objects:
        raise ReadError(f"No row of {path.name} can be used.", hint="Each needs a name, an id, or a position.")
    return KnownTable(path, tuple(objects), f"{bad:,} of {len(catalogue):,} rows cannot be used" if bad else "")


@lru_cache(maxsize=64)
def _table(path: Path, _changed_ns: int, _size: int) -> KnownTable:
    try:
        return read_known(path)
    except UserError as error:
        return KnownTable(path, problem=str(error))


def _object(catalogue: Catalogue, columns: dict[str, list[str]], row: int) -> KnownObject | None:
    def text(what: str) -> str:
        return next((catalogue.texts[name][row].strip() for name in columns[what] if catalogue.texts[name][row]), "")

    def number(what: str) -> float:
        try:
            value = float(text(what))
        except ValueError:
            return float("nan")
        return value if isfinite(value) else float("nan")

    ids = {found for name in columns["ids"] for found in _ids(catalogue.texts[name][row], name)}
    name = text("name") or next(iter(sorted(ids)), "")
    ids |= _ids(name, "")
    ra, dec = number("ra"), number("dec")
    if not -90 <= dec <= 90 or not 0 <= ra <= 360:
        ra = dec = float("nan")
    if not ids and not isfinite(ra):
        return None
    period = number("period")
    return KnownObject(
        name or f"{ra:.5f} {dec:+.5f}",
        text("type"),
        ra,
        dec,
        frozenset(ids),
        period if period > 0 else float("nan"),
        _as_bjd(number("epoch")),
        number("duration") / 24,
        number("depth") * 1e-6,
        catalogue.path.name,
    )


def _as_bjd(epoch: float) -> float:
    """A full Julian date; NaN for one whose zero point the table would have to tell."""
    return epoch if epoch > 2_400_000 else float("nan")


def _ids(text: str, column: str) -> set[str]:
    """What ``text`` names, in one spelling: "TIC 0261136679; Pi Men c" is "tic 261136679" and "pi men c"."""
    found = set()
    catalogue = next((value for key, value in _CATALOGUES.items() if column.upper().startswith(key)), "")
    catalogue = "kic" if column.lower() == "kepid" else "tic" if column.lower() == "tid" else catalogue
    for part in re.split(r"[;,|]", text):
        words = " ".join(part.replace("_", " ").lower().split())
        if not words or words in ("nan", "none", "null", "--"):
            continue
        if match := re.fullmatch(r"(tic|kic|epic|gaia)[ a-z]*?(?:dr\d )?0*(\d+)(?:\.0)?", words):
            found.add(f"{match[1]} {match[2]}")
        elif re.fullmatch(r"0*\d+(\.0)?", words):
            if catalogue:
                found.add(f"{catalogue} {words.removesuffix('.0').lstrip('0')}")
        else:
            found.add(words)
    return found


def ids_of(curve: LightCurve) -> set[str]:
    """By what names the target of ``curve`` goes: its own, and the numbers in the header."""
    source = curve.source
    found = _ids(source.object_name, "")
    mission = _OF_MISSION.get(source.mission, "")
    if source.object_name.strip().isdigit() and mission:
        found.add(f"{mission} {source.object_name.strip().lstrip('0')}")
    for card in source.header:
        keyword = card.keyword.upper()
        if keyword in ("TICID", "KEPLERID", "EPIC", "KIC", "GAIAID", "GAIA_ID") and card.value.strip().isdigit():
            kind = (
                mission if keyword == "KEPLERID" and mission else _CATALOGUES.get(keyword.removesuffix("_ID"), "gaia")
            )
            found.add(f"{kind} {card.value.strip().lstrip('0')}")
    return found


@lru_cache(maxsize=8)
def _matches(curve: LightCurve, tables: tuple[KnownTable, ...]) -> tuple[Match, ...]:
    names = ids_of(curve)
    found: list[Match] = []
    for known in (one for table in tables for one in table.objects):
        apart = separation_arcsec(curve.source.ra_deg, curve.source.dec_deg, known.ra_deg, known.dec_deg)
        if shared := names & known.ids:
            found.append(Match(known, f"same {_said(sorted(shared)[0])}", apart))
        elif apart <= NEAR_ARCSEC:
            found.append(Match(known, f"{apart:.1f} arcsec away", apart))
    return tuple(found)


def _said(name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{first.upper()} {rest}" if first in ("tic", "kic", "epic") and rest else "name"


def matches_of(curve: LightCurve) -> tuple[Match, ...]:
    """The known objects that the target of ``curve`` is: the same number or name, or within `NEAR_ARCSEC`."""
    tables = known_tables()
    return _matches(curve, tables) if any(table.objects for table in tables) else ()


def separation_arcsec(ra_1: float, dec_1: float, ra_2: float, dec_2: float) -> float:
    """How far two places on the sky are apart, for small distances; NaN where one is not known."""
    east = (ra_1 - ra_2 + 180) % 360 - 180
    return 3600 * hypot(east * cos(radians(0.5 * (dec_1 + dec_2))), dec_1 - dec_2)


def signal_notes(curve: LightCurve, signals: Sequence[PeriodicSignal]) -> tuple[str, ...]:
    """Which signals have the period of a known object that the target is, or that is near enough to spoil its light."""
    known = [one for table in known_tables() for one in table.objects if isfinite(one.period_d)]
    notes: list[str] = []
    for number, signal in enumerate(signals, start=1):
        for one in known:
            why = _same_period(curve, signal, one)
            if why:
                notes.append(f"Signal {number} ({signal.period_d:.5g} d) has {why}")
    return tuple(notes)


def notes_on(curve: LightCurve, signals: Sequence[PeriodicSignal] = ()) -> tuple[str, ...]:
    """What is known of the target and its signals, and which tables cannot be read; one sentence each."""
    matches = [f"Known: {match.told}" for match in matches_of(curve)]
    broken = [f"The table {one.path.name} is left out: {one.problem}" for one in known_tables() if not one.objects]
    return (*matches, *signal_notes(curve, signals), *broken)


def _same_period(curve: LightCurve, signal: PeriodicSignal, known: KnownObject) -> str:
    apart = separation_arcsec(curve.source.ra_deg, curve.source.dec_deg, known.ra_deg, known.dec_deg)
    itself = any(match.known is known for match in matches_of(curve))
    if not itself and not apart <= NEIGHBOUR_ARCSEC:
        return ""
    for factor, name in _MULTIPLES:
        if abs(signal.period_d / (factor * known.period_d) - 1) < _SAME_PERIOD:
            where = "" if itself else f", {apart / 60:.1f} arcmin away"
            return f"{name} of {known.name} ({known.kind or 'known object'}{where})"
    return ""


def with_known(curve: LightCurve, events: Sequence[Event]) -> tuple[Event, ...]:
    """``events`` with what was predicted: "known" is the place of the object among `matches_of`, "known_h" how many
    hours after the predicted middle the event's own middle is."""
    offset = offset_of(curve.reference, TimeSystem.BJD) if curve.reference.known else float("nan")
    known = [(place, match.known) for place, match in enumerate(matches_of(curve)) if match.known.has_ephemeris]
    if not known or not isfinite(offset):
        return tuple(events)
    return tuple(_predicted(curve, event, known, offset) for event in events)


def _predicted(curve: LightCurve, event: Event, known: Iterable[tuple[int, KnownObject]], offset: float) -> Event:
    start, stop = float(curve.time[event.start]), float(curve.time[event.stop - 1])
    middle = 0.5 * (start + stop)
    for place, one in known:
        turns = np.round((middle + offset - one.epoch_bjd) / one.period_d)
        predicted = float(one.epoch_bjd + turns * one.period_d - offset)
        half = max(_LEAST_PAD_D, 0.5 * one.duration_d if isfinite(one.duration_d) else 0.0)
        if start <= predicted + half and stop >= predicted - half and event.evidence.get("depth", 1.0) > 0:
            more = {"known": float(place), "known_h": 24 * (middle - predicted)}
            return replace(event, evidence={**event.evidence, **more})
    return event
