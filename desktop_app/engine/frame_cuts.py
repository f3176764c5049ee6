"""One frame read, cut and let go: its stamps and what was measured, kept on disk where they are to be found again."""

import json
import logging
import os
import time
import uuid
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.cutouts import Stamps
from desktop_app.core.errors import ReadError
from desktop_app.core.images.background import Background, background_of, trusted
from desktop_app.core.images.cutting import cut_stamps, grid_of, recentred
from desktop_app.core.images.sources import BLENDED, MASKED, SATURATED, Sources, find_sources
from desktop_app.core.progress import Report, part
from desktop_app.core.sky_image import SkyImage
from desktop_app.engine.cutting_settings import Cutting
from desktop_app.io.images.catalogue import Catalogue
from desktop_app.io.images.positions import positions_in

VERSION = 2
LIMIT_BYTES = 16 << 30
_log = logging.getLogger(__name__)
_ARRAYS = ("x", "y", "ra_deg", "dec_deg", "slopes_deg", "rows", "stamps")
_LEAST_REACH_PX = 2.0
_ISOLATED_BUT = BLENDED | SATURATED | MASKED


@dataclass(frozen=True, eq=False)
class FrameCut:
    """What was cut out of one frame.

    Attributes
    ----------
    frame : str
        The name of the frame.
    x, y, ra_deg, dec_deg : ndarray, shape (m,)
        Pixels of the frame, and ICRS; NaN where not known.
    slopes_deg : ndarray, shape (m, 2, 2)
        As `CutoutSet.slopes_deg`.
    numbers : mapping of str to ndarray, shape (m,)
        What was measured of each source; empty for a grid.
    rows : ndarray of int, shape (m,)
        The row of the catalogue that each belongs to; -1 where there is no catalogue.
    stamps : ndarray of float32, shape (m, side, side)
    unit : str
    jd : float
        The middle of the exposure; NaN where not known.
    pixel_arcsec : float
        The side of a pixel in the middle of the frame; NaN where not known.
    notes : tuple of str
    """

    frame: str
    x: Floats
    y: Floats
    ra_deg: Floats
    dec_deg: Floats
    slopes_deg: Floats
    rows: np.ndarray
    stamps: Stamps
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    unit: str = ""
    jd: float = float("nan")
    pixel_arcsec: float = float("nan")
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.x)

    def named(self, frame: str) -> "FrameCut":
        """The same under the name that its frame has now."""
        return replace(self, frame=frame)

    def without_stamps(self) -> "FrameCut":
        """The same without what takes memory."""
        return replace(self, stamps=np.zeros((0, 1, 1), np.float32))

    @property
    def clean(self) -> Bools:
        """Sources that frames can be aligned by, shape (m,): neither blended, saturated nor masked."""
        flags = self.numbers.get("flags")
        return np.ones(len(self), np.bool_) if flags is None else (flags.astype(np.int64) & _ISOLATED_BUT) == 0


def cut_frame(
    image: SkyImage, frame: str, cutting: Cutting, side: int, catalogue: Catalogue | None, report: Report
) -> FrameCut:
    """The stamps of one frame.

    Raises
    ------
    ReadError
        The catalogue has no positions, or they are on the sky and the frame is not.
    FitError
        There is so much in the frame that sources cannot be told apart.
    """
    report(0.0, f"{frame}: measuring the sky")
    background = background_of(image.pixels, image.bad, report=part(report, 0.0, 0.2))
    good = trusted(image.pixels, image.bad)
    with np.errstate(all="ignore"):
        light = np.where(good, image.pixels - background.level, np.nan)
    places = _places(image, frame, cutting, side, catalogue, background, part(report, 0.2, 0.9))
    x, y = places.x, places.y
    if cutting.recentre and len(x):
        x, y = recentred(light, x, y, max(side / 4, 1.0))
    ra, dec = image.sky.to_sky(x, y) if image.sky is not None else (np.full(len(x), np.nan),) * 2
    slopes = image.sky.slopes(x, y) if image.sky is not None else np.full((len(x), 2, 2), np.nan)
    report(0.95, f"{frame}: {len(x):,} stamps")
    return FrameCut(
        frame=frame,
        x=x,
        y=y,
        ra_deg=ra,
        dec_deg=dec,
        slopes_deg=slopes,
        rows=places.rows,
        stamps=cut_stamps(light, x, y, side),
        numbers=places.numbers,
        unit=image.unit,
        jd=image.jd,
        pixel_arcsec=_pixel_arcsec(image),
        notes=places.notes,
    )


@dataclass(frozen=True, eq=False)
class _Places:
    """Where to cut: x, y, and of each the row of the catalogue and what was measured; and what was left out."""

    x: Floats
    y: Floats
    rows: Ints
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def _places(
    image: SkyImage,
    frame: str,
    cutting: Cutting,
    side: int,
    catalogue: Catalogue | None,
    background: Background,
    report: Report,
) -> _Places:
    if cutting.by == "grid":
        across, up = grid_of(image.pixels.shape, side, cutting.overlap)
        return _Places(across.astype(np.float64), up.astype(np.float64), np.full(len(across), -1))
    if cutting.by == "catalogue" and catalogue is None:
        raise ReadError("There is no catalogue to cut by.", hint="Give one: FITS, VOTable, ECSV or CSV.")
    sources = _sources(image, cutting, background, report)
    if catalogue is None:
        return _Places(sources.x, sources.y, np.full(len(sources), -1), sources.numbers)
    x, y, rows, notes = _by_catalogue(image, frame, catalogue)
    return _Places(x, y, rows, _nearest_numbers(sources, x, y), notes)


def sources_of(image: SkyImage, cutting: Cutting, report: Report) -> Sources:
    """The sources of one frame by the settings of a cut."""
    return _sources(image, cutting, background_of(image.pixels, image.bad), report)


def _sources(image: SkyImage, cutting: Cutting, background: Background, report: Report) -> Sources:
    found = find_sources(image, sigma=cutting.sigma, least_px=cutting.least_px, background=background, report=report)
    return found.taken(np.nan_to_num(found.snr) >= cutting.least_snr) if cutting.least_snr > 0 else found


def _by_catalogue(
    image: SkyImage, frame: str, catalogue: Catalogue
) -> tuple[Floats, Floats, np.ndarray, tuple[str, ...]]:
    """Positions x, y of the rows that lie in the frame, which rows these are, and what was left out."""
    positions = positions_in(catalogue, sky_first=image.sky is not None)
    if positions.on_sky and (image.sky is None or image.sky.problem):
        raise ReadError(
            f"{frame} has no place on the sky, and {catalogue.path.name} has positions there only.",
            hint="Give a catalogue with columns x and y in pixels.",
        )
    x, y = positions.in_pixels(image.sky)
    ny, nx = image.pixels.shape
    with np.errstate(invalid="ignore"):
        inside = (x >= -0.5) & (y >= -0.5) & (x < nx - 0.5) & (y < ny - 0.5)
    left_out = int((~inside).sum())
    told = f"{frame}: {left_out:,} of {len(x):,} rows of {catalogue.path.name} lie outside of the picture."
    rows = np.flatnonzero(inside)
    return x[rows], y[rows], rows, (told,) if left_out else ()


def _nearest_numbers(sources: Sources, x: Floats, y: Floats) -> dict[str, Floats]:
    """What was measured of the source at each position, shape (m,); NaN where there is none within its width."""
    from scipy.spatial import cKDTree

    missing = {name: np.full(len(x), np.nan) for name in sources.numbers}
    if not len(sources) or not len(x):
        return missing
    away, nearest = cKDTree(np.column_stack([sources.x, sources.y])).query(np.column_stack([x, y]))
    there = away <= np.maximum(np.nan_to_num(sources.fwhm_px[nearest]), _LEAST_REACH_PX)
    return {name: np.where(there, column[nearest], np.nan) for name, column in sources.numbers.items()}


def _pixel_arcsec(image: SkyImage) -> float:
    if image.sky is None:
        return float("nan")
    ny, nx = image.pixels.shape
    return image.sky.scale_arcsec((nx - 1) / 2, (ny - 1) / 2)


class Kept:
    """Cut frames on disk, one file each by the content of the frame and the settings.

    Parameters
    ----------
    folder : Path
        Made when the first frame is kept. What cannot be read in it is made again.
    limit_bytes : int
        Where the files together outgrow it, those that were not used for longest go with `trim`.
    """

    def __init__(self, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self.folder = folder
        self._limit_bytes = limit_bytes
        self._began = time.time()

    def load(self, key: str, *, stamps: bool = True) -> FrameCut | None:
        """What was kept under ``key``, or None; without its stamps where nobody needs them."""
        path = self._path(key)
        if not path.exists():
            return None
        try:
            with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                told = json.loads(file["told"].tobytes())
                arrays = {name: file[name] for name in _ARRAYS if stamps or name != "stamps"}
                numbers = {name: file[f"number {name}"] for name in told.pop("numbers")}
            arrays.setdefault("stamps", np.zeros((0, 1, 1), np.float32))
            notes = tuple(map(str, told.pop("notes")))
            os.utime(path)
            return FrameCut(**arrays, numbers=numbers, notes=notes, **told)
        # A file that a kill or a full disk cut short breaks in whatever layer reads it.
        except (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, BadZipFile, zlib.error) as error:
            _log.info("The kept frame %s cannot be read and is cut again: %s", path.name, error)
            return None

    def save(self, key: str, cut: FrameCut) -> bool:
        """Whether ``cut`` is kept under ``key``: written aside, then put in place; a full disk costs the entry."""
        told = {name: getattr(cut, name) for name in ("frame", "unit", "jd", "pixel_arcsec", "notes")}
        told["numbers"] = list(cut.numbers)
        arrays = {name: getattr(cut, name) for name in _ARRAYS}
        arrays |= {f"number {name}": column for name, column in cut.numbers.items()}
        arrays["told"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
        aside = self._path(key).with_suffix(f".{uuid.uuid4().hex[:8]}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with aside.open("wb") as file:
                np.savez(file, **arrays)
            aside.replace(self._path(key))
        except OSError as error:
            _log.info("A cut frame is not kept in %s: %s", self.folder, error)
            with suppress(OSError):
                aside.unlink()
            return False
        return True

    def trim(self) -> None:
        """Let go of what other runs kept longest ago where there is too much; nothing that this run used."""
        aged = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in self.folder.glob("*.npz"))
        excess = sum(size for _, size, _ in aged) - self._limit_bytes
        for used, size, path in aged:
            if excess <= 0 or used >= self._began:
                return
            path.unlink(missing_ok=True)
            excess -= size

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"


def key_of(content: str, cutting: Cutting, side: int, catalogue: str) -> str:
    """The name under which a cut frame is kept: all that it depends on.

    Parameters
    ----------
    content, catalogue : str
        Hashes of what the frame and the catalogue hold.
    """
    depends = {"version": VERSION, "frame": content, "catalogue": catalogue, "side": side, **cutting.of_one_frame()}
    return sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()
