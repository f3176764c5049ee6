"""Small target pixel files shaped like those of the missions and of TESScut, made by seeded functions."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tests.fits_files import CADENCES_D, ZEROS

Kind = Literal["TESS", "Kepler", "K2", "TESScut"]
Cube = NDArray[np.float32]
Arrays = Mapping[str, NDArray[np.generic]]

CORNER = (1628, 257)
TARGET = (84.291198, -80.469143)
_STARTS = {"TESS": 1325.29, "Kepler": 1472.1, "K2": 2144.1, "TESScut": 1325.3}


def star_cube(n: int, size: tuple[int, int], *, seed: int = 0) -> Cube:
    """Frames with a star in the middle, a fainter one in a corner, and noise; a tenth of it dips from row 30 to 35."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: size[0], : size[1]]
    middle = ((size[0] - 1) / 2, (size[1] - 1) / 2)
    star = 2000 * np.exp(-((y - middle[0]) ** 2 + (x - middle[1]) ** 2) / 2)
    other = 600 * np.exp(-((y - size[0] + 1) ** 2 + x**2) / 1.5)
    light = np.ones(n)
    light[30:36] = 0.9
    return (light[:, None, None] * star + other + rng.normal(20, 3, (n, *size))).astype(np.float32)


def optimal_mask(size: tuple[int, int]) -> NDArray[np.int32]:
    """Aperture bits: everything is collected but the upper right corner, and the pixels about the middle are summed."""
    y, x = np.mgrid[: size[0], : size[1]]
    near = (y - (size[0] - 1) / 2) ** 2 + (x - (size[1] - 1) / 2) ** 2 <= 2.2
    mask = np.where(near, 3, 1)
    mask[-1, -1] = 0
    return mask.astype(np.int32)


def pixel_columns(n: int, size: tuple[int, int], kind: Kind, *, seed: int = 0) -> dict[str, NDArray[np.generic]]:
    """The columns of a target pixel file, in file order; a row in fifty has no time, another one no flux."""
    rng = np.random.default_rng(seed + 1)
    flux = star_cube(n, size, seed=seed)
    time = _STARTS[kind] + _cadence_d(kind) * np.arange(n)
    quality = np.zeros(n, np.int32)
    quality[11::40] = 128
    if kind != "TESScut":
        flux[:, optimal_mask(size) == 0] = np.nan
        time[7::50] = np.nan
        flux[23::50] = np.nan
    return {
        "TIME": time,
        "TIMECORR": np.full(n, 1e-3, np.float32),
        "CADENCENO": np.arange(70000, 70000 + n, dtype=np.int32),
        "RAW_CNTS": np.where(np.isnan(flux), -1, np.nan_to_num(flux)).astype(np.int32),
        "FLUX": flux,
        "FLUX_ERR": np.sqrt(np.abs(flux)).astype(np.float32),
        "FLUX_BKG": (100 + rng.standard_normal(flux.shape)).astype(np.float32),
        "FLUX_BKG_ERR": np.ones(flux.shape, np.float32),
        **({"COSMIC_RAYS": np.zeros(flux.shape, np.float32)} if kind in ("Kepler", "K2") else {}),
        "QUALITY": quality,
        "POS_CORR1": np.zeros(n, np.float32),
        "POS_CORR2": np.full(n, 0.1, np.float32),
    }


def pixel_file(
    folder: Path,
    *,
    kind: Kind = "TESS",
    n: int = 120,
    size: tuple[int, int] = (5, 7),
    seed: int = 0,
    name: str = "star_tp.fits",
    changes: Arrays | None = None,
    cards: Mapping[str, str | int | float | None] | None = None,
    without: tuple[str, ...] = (),
    aperture: NDArray[np.int32] | None = None,
) -> Path:
    """A target pixel file like those of the mission.

    Parameters
    ----------
    folder : Path
    kind : str
    n : int
        Rows.
    size : (int, int)
        Height and width of a frame.
    seed : int
    name : str
        Gzipped where it ends in ".gz".
    changes : mapping of str to ndarray, optional
        Columns to put in place of the made ones, or to add.
    cards : mapping, optional
        Cards of the table to set.
    without : tuple of str
        Columns and cards of the table to leave out, and "APERTURE" for that extension.
    aperture : ndarray of int, shape (ny, nx), optional
        What stands in it; as the mission would write it where not given.
    """
    from astropy.io import fits

    columns = {
        key: values
        for key, values in (pixel_columns(n, size, kind, seed=seed) | dict(changes or {})).items()
        if key not in without
    }
    table = fits.BinTableHDU.from_columns([_column(key, values, kind) for key, values in columns.items()])
    place = list(columns).index("FLUX") + 1 if "FLUX" in columns else 1
    said = _table_cards(kind) | _wcs_cards(place, size) | dict(cards or {})
    table.header.update({key: value for key, value in said.items() if key not in without})
    first = fits.PrimaryHDU()
    first.header.update(_primary_cards(kind))
    made = [first, table]
    if "APERTURE" not in without:
        collected = np.ones(size, np.int32) if kind == "TESScut" else optimal_mask(size)
        made.append(fits.ImageHDU(collected if aperture is None else aperture, name="APERTURE"))
    plain = folder / name.removesuffix(".gz")
    fits.HDUList(made).writeto(plain, overwrite=True, checksum=True)
    if not name.endswith(".gz"):
        return plain
    packed = folder / name
    packed.write_bytes(gzip.compress(plain.read_bytes(), compresslevel=1, mtime=0))
    plain.unlink()
    return packed


def _column(name: str, values: NDArray[np.generic], kind: Kind) -> object:
    from astropy.io import fits

    letter = {"f8": "D", "f4": "E", "i8": "K", "i4": "J", "i2": "I", "u1": "B"}[values.dtype.str[1:]]
    unit = f"BJD - {_zero(kind)}" if name == "TIME" else "e-/s" if "FLUX" in name else None
    if values.ndim == 1:
        return fits.Column(name=name, format=letter, unit=unit, array=values)
    count, shape = int(np.prod(values.shape[1:])), ",".join(map(str, values.shape[:0:-1]))
    null = -1 if name == "RAW_CNTS" else None
    return fits.Column(name=name, format=f"{count}{letter}", dim=f"({shape})", unit=unit, null=null, array=values)


def _cadence_d(kind: Kind) -> float:
    return 1800 / 86400 if kind == "TESScut" else CADENCES_D[kind]


def _zero(kind: Kind) -> int:
    return ZEROS["TESS" if kind == "TESScut" else kind]


def _primary_cards(kind: Kind) -> dict[str, str | int | float]:
    said: dict[str, str | int | float] = {"RA_OBJ": TARGET[0], "DEC_OBJ": TARGET[1], "RADESYS": "ICRS"}
    match kind:
        case "TESS":
            return said | {"TELESCOP": "TESS", "SECTOR": 1, "OBJECT": "TIC 261136679", "TICID": 261136679}
        case "TESScut":
            return said | {"TELESCOP": "TESS", "SECTOR": 1, "OBJECT": "", "CREATOR": "astrocut"}
        case "Kepler":
            return said | {"TELESCOP": "Kepler", "MISSION": "Kepler", "OBJECT": "KIC 8462852", "QUARTER": 16}
        case "K2":
            return said | {"TELESCOP": "Kepler", "MISSION": "K2", "OBJECT": "EPIC 206103150", "CAMPAIGN": 3}


def _table_cards(kind: Kind) -> dict[str, str | int | float | None]:
    return {
        "EXTNAME": "PIXELS" if kind in ("TESS", "TESScut") else "TARGETTABLES",
        "BJDREFI": _zero(kind),
        "BJDREFF": 0.0,
        "TIMESYS": "TDB",
        "TIMEUNIT": "d",
        "TIMEREF": "SOLARSYSTEM",
        "TIMEDEL": _cadence_d(kind),
    }


def _wcs_cards(place: int, size: tuple[int, int]) -> dict[str, str | int | float | None]:
    """The WCS of the column at ``place``, from 1: the target is in the middle, 21 arcsec a pixel."""
    return {
        f"WCAX{place}": 2,
        f"1CTYP{place}": "RA---TAN",
        f"2CTYP{place}": "DEC--TAN",
        f"1CRPX{place}": (size[1] + 1) / 2,
        f"2CRPX{place}": (size[0] + 1) / 2,
        f"1CRVL{place}": TARGET[0],
        f"2CRVL{place}": TARGET[1],
        f"1CUNI{place}": "deg",
        f"2CUNI{place}": "deg",
        f"1CDLT{place}": -0.00583,
        f"2CDLT{place}": 0.00583,
        f"11PC{place}": 0.9,
        f"12PC{place}": 0.43589,
        f"21PC{place}": -0.43589,
        f"22PC{place}": 0.9,
        f"1CRP{place}P": 1,
        f"2CRP{place}P": 1,
        f"1CRV{place}P": CORNER[0],
        f"2CRV{place}P": CORNER[1],
        f"1CDL{place}P": 1.0,
        f"2CDL{place}P": 1.0,
    }
