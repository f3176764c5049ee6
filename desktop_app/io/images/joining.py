"""Which row of a catalogue belongs to which stamp, by a name or by the nearest position, and what it says of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.light_curve import Series
from desktop_app.io.images.catalogue import Catalogue
from desktop_app.io.images.triplets import role_of, stem_of

RADIUS_ARCSEC = 3.0
_NONE = -1
POSITIONS = (
    ("ra", "dec"),
    ("ra_deg", "dec_deg"),
    ("raj2000", "dej2000"),
    ("raj2000", "decj2000"),
    ("_raj2000", "_dej2000"),
    ("ra_icrs", "de_icrs"),
    ("alpha_j2000", "delta_j2000"),
    ("ramean", "decmean"),
)
_NAMING = re.compile(
    r"(^|_)(id|ids|name|file|filename|object|objectid|source|stamp|cutout|candid)($|_)|id$", re.IGNORECASE
)
_WORDS = re.compile(r"[_\s\-.]+")


@dataclass(frozen=True, eq=False)
class Join:
    """The row of each stamp, -1 where it has none, and how they were found."""

    rows: Ints
    how: str


def with_catalogue(stamps: CutoutSet, catalogue: Catalogue, radius_arcsec: float = RADIUS_ARCSEC) -> CutoutSet:
    """``stamps`` with the rows of ``catalogue`` that belong to them."""
    joined = join(stamps.ids, stamps.ra_deg, stamps.dec_deg, catalogue, radius_arcsec)
    return with_rows(stamps, catalogue, joined)


def with_rows(stamps: CutoutSet, catalogue: Catalogue, joined: Join) -> CutoutSet:
    """``stamps`` with the rows of ``catalogue`` that ``joined`` tells."""
    rows, there = joined.rows, joined.rows >= 0
    columns: dict[str, Series] = {}
    labels: dict[str, tuple[str, ...]] = {}
    for name, texts in catalogue.texts.items():
        if name in catalogue.numbers:
            values = np.full(len(stamps), np.nan)
            values[there] = catalogue.numbers[name].values[rows[there]]
            columns[name] = Series(values, catalogue.numbers[name].unit)
        else:
            labels[name] = tuple(texts[row] if row >= 0 else "" for row in rows)
    without, unused = int((~there).sum()), len(catalogue) - len(set(rows[there].tolist()))
    note = (
        f"{catalogue.path.name} is joined {joined.how}: {len(stamps) - without:,} of {len(stamps):,} stamps have a row"
    )
    if unused:
        note += f", {unused:,} of its {len(catalogue):,} rows belong to no stamp"
    return noted(replace(stamps, columns=columns, labels=labels), note + ".")


def noted(stamps: CutoutSet, note: str) -> CutoutSet:
    """``stamps`` with one more note."""
    return replace(stamps, source=replace(stamps.source, notes=(*stamps.source.notes, note)))


def join(ids: Sequence[str], ra_deg: Floats, dec_deg: Floats, catalogue: Catalogue, radius_arcsec: float) -> Join:
    """The rows that belong to stamps: by the column that names most of them, else by the nearest position.

    Parameters
    ----------
    ids : sequence of str
    ra_deg, dec_deg : ndarray, shape (m,)
        ICRS; NaN where not known.
    catalogue : Catalogue
    radius_arcsec : float
        How far a position may be off.
    """
    return _by_name(ids, catalogue) or _by_position(ra_deg, dec_deg, catalogue, radius_arcsec) or _nothing(len(ids))


def in_order(count: int) -> Join:
    """A row for each stamp, in their order."""
    return Join(np.arange(count), "row by row")


def _nothing(count: int) -> Join:
    return Join(np.full(count, _NONE), "by no column")


def _by_name(ids: Sequence[str], catalogue: Catalogue) -> Join | None:
    best: tuple[int, int, str, Ints] | None = None
    for name, texts in catalogue.texts.items():
        rows_of = _named_once(texts)
        if not rows_of:
            continue
        whole = np.array([rows_of.get(stamp.lower(), _NONE) for stamp in ids])
        candidates = [(2, whole)]
        if _NAMING.search(name):
            candidates.append((1, np.array([_by_word(stamp, rows_of) for stamp in ids])))
        for sureness, rows in candidates:
            found = int((rows != _NONE).sum())
            if found and (best is None or (found, sureness) > best[:2]):
                best = (found, sureness, name, rows)
    return None if best is None else Join(best[3], f"by its column {best[2]}")


def _named_once(texts: Sequence[str]) -> dict[str, int]:
    """The row of each name without folder and ending; {} for a column that names many rows alike, as a class does."""
    rows: dict[str, int] = {}
    named = 0
    for row, text in enumerate(texts):
        name = role_of(stem_of(re.split(r"[/\\]", text)[-1]))[0].lower()
        if name:
            named += 1
            rows.setdefault(name, row)
    # Lists of alerts name an object once for each of its pictures.
    return rows if len(rows) * 3 >= named else {}


def _by_word(stamp: str, rows_of: dict[str, int]) -> int:
    words = _WORDS.split(stamp.lower())
    beginnings = ["_".join(words[:n]) for n in range(len(words) - 1, 0, -1)]
    for word in (*beginnings, *(word for word in words if len(word) >= 3)):
        if word in rows_of:
            return rows_of[word]
    return _NONE


def _by_position(ra_deg: Floats, dec_deg: Floats, catalogue: Catalogue, radius_arcsec: float) -> Join | None:
    from scipy.spatial import cKDTree

    lower = {name.lower(): series.values for name, series in catalogue.numbers.items()}
    pair = next((pair for pair in POSITIONS if pair[0] in lower and pair[1] in lower), None)
    known = np.isfinite(ra_deg) & np.isfinite(dec_deg)
    if pair is None or not known.any():
        return None
    ra, dec = lower[pair[0]], lower[pair[1]]
    there = np.flatnonzero(np.isfinite(ra) & np.isfinite(dec))
    if not len(there):
        return None
    furthest = 2 * np.sin(np.radians(radius_arcsec / 3600) / 2)
    away, nearest = cKDTree(_towards(ra[there], dec[there])).query(_towards(ra_deg[known], dec_deg[known]))
    rows = np.full(len(ra_deg), _NONE)
    rows[known] = np.where(away <= furthest, there[nearest], _NONE)
    return Join(rows, f"by position within {radius_arcsec:g}″") if (rows != _NONE).any() else None


def _towards(ra_deg: Floats, dec_deg: Floats) -> Floats:
    """Unit vectors, shape (n, 3)."""
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    return np.column_stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
