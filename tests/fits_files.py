"""Small light-curve files shaped like those of the missions, made by seeded functions."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Mission = Literal["TESS", "Kepler", "K2"]
Team = Literal["everest", "k2sc"]
Arrays = Mapping[str, NDArray[np.generic]]
Cards = Mapping[str, str | int | float | None]

ZEROS = {"TESS": 2457000, "Kepler": 2454833, "K2": 2454833}
CADENCES_D = {"TESS": 120 / 86400, "Kepler": 0.02043359821692, "K2": 0.02043359821692}
_STARTS = {"TESS": 1325.29, "Kepler": 1472.1, "K2": 2144.1}
_OBJECTS = {"TESS": "TIC 261136679", "Kepler": "KIC 8462852", "K2": "EPIC 206103150"}
_SEGMENTS = {"TESS": ("SECTOR", 1), "Kepler": ("QUARTER", 16), "K2": ("CAMPAIGN", 3)}
_UNITS = {"TIMECORR": "d", "PSF_CENTR1": "pixel", "MOM_CENTR1": "pixel", "MOM_CENTR2": "pixel", "POS_CORR1": "pixels"}


def mission_columns(n: int = 200, *, mission: Mission = "TESS", seed: int = 0) -> dict[str, NDArray[np.generic]]:
    """The columns of a mission light curve, in file order, with a row in fifty without time and one without flux."""
    rng = np.random.default_rng(seed)
    time = _STARTS[mission] + CADENCES_D[mission] * np.arange(n)
    flux = (1e4 * (1 + 1e-3 * rng.standard_normal(n))).astype(np.float32)
    time[7::50] = np.nan
    flux[23::50] = np.nan
    quality = np.zeros(n, np.int32)
    quality[11::40] = 128
    centroid = 400 + 0.01 * rng.standard_normal(n)
    return {
        "TIME": time,
        "TIMECORR": np.full(n, 1e-3, np.float32),
        "CADENCENO": np.arange(70000, 70000 + n, dtype=np.int32),
        "SAP_FLUX": 0.9 * flux,
        "SAP_FLUX_ERR": np.full(n, 9, np.float32),
        "SAP_BKG": np.full(n, 200, np.float32),
        "SAP_BKG_ERR": np.full(n, 2, np.float32),
        "PDCSAP_FLUX": flux,
        "PDCSAP_FLUX_ERR": np.full(n, 10, np.float32),
        "QUALITY" if mission == "TESS" else "SAP_QUALITY": quality,
        "PSF_CENTR1": np.full(n, np.nan),
        "MOM_CENTR1": centroid,
        "MOM_CENTR2": centroid + 7,
        "POS_CORR1": np.zeros(n, np.float32),
    }


def mission_file(
    folder: Path,
    *,
    mission: Mission = "TESS",
    n: int = 200,
    seed: int = 0,
    name: str = "star_lc.fits",
    changes: Arrays | None = None,
    cards: Cards | None = None,
    without: tuple[str, ...] = (),
    time_unit: str | None = None,
) -> Path:
    """A light-curve file like those of the mission's own pipeline.

    Parameters
    ----------
    folder : Path
    mission : str
    n : int
        Rows.
    seed : int
    name : str
        Gzipped where it ends in ".gz".
    changes : mapping of str to ndarray, optional
        Columns to put in place of the made ones, or to add.
    cards : mapping, optional
        Cards of the table to set; an empty value for None.
    without : tuple of str
        Columns, and cards of the table, to leave out.
    time_unit : str, optional
        The unit of TIME; as the mission writes it where not given.
    """
    columns = mission_columns(n, mission=mission, seed=seed) | dict(changes or {})
    units = {"TIME": f"BJD - {ZEROS[mission]}" if time_unit is None else time_unit, **_UNITS}
    return write_table(
        folder / name,
        {key: values for key, values in columns.items() if key not in without},
        primary=_primary_cards(mission),
        cards={key: value for key, value in (_table_cards(mission) | dict(cards or {})).items() if key not in without},
        units=units,
    )


def _primary_cards(mission: Mission) -> dict[str, str | int | float | None]:
    keyword, number = _SEGMENTS[mission]
    return {
        "TELESCOP": "TESS" if mission == "TESS" else "Kepler",
        "INSTRUME": "TESS Photometer" if mission == "TESS" else "Kepler Photometer",
        "OBJECT": _OBJECTS[mission],
        keyword: number,
        "RA_OBJ": 84.291198,
        "DEC_OBJ": -80.469143,
        **({} if mission == "TESS" else {"MISSION": mission}),
    }


def _table_cards(mission: Mission) -> dict[str, str | int | float | None]:
    return {
        "EXTNAME": "LIGHTCURVE",
        "OBJECT": _OBJECTS[mission],
        "BJDREFI": ZEROS[mission],
        "BJDREFF": 0.0,
        "TIMESYS": "TDB",
        "TIMEUNIT": "d",
        "TIMEREF": "SOLARSYSTEM",
        "TIMEDEL": CADENCES_D[mission],
    }


def k2_team_columns(product: Team, n: int = 60, *, seed: int = 0) -> dict[str, NDArray[np.generic]]:
    """The columns of a K2 light curve of the team, in file order; a flagged row in ten, one flux missing."""
    rng = np.random.default_rng(seed)
    time = _STARTS["K2"] + CADENCES_D["K2"] * np.arange(n)
    raw = 5e4 + 50 * rng.standard_normal(n)
    trend = 100 * np.sin(time)
    flux = raw - trend
    flux[4] = np.nan
    cadence = np.arange(99600, 99600 + n, dtype=np.int32)
    quality = np.where(np.arange(n) % 10 == 3, 16384, 0)
    if product == "everest":
        return {
            "CADN": cadence,
            "FLUX": flux,
            "FCOR": flux + 3,
            "FRAW": raw,
            "FRAW_ERR": np.full(n, 50.0),
            "QUALITY": quality | np.where(np.arange(n) == 7, 1 << 24, 0),
            "TIME": time,
            "BKG": np.full(n, 200.0),
        }
    return {
        "time": time,
        "cadence": cadence,
        "quality": quality.astype(np.int32),
        "x": 0.1 * rng.standard_normal(n),
        "y": 0.1 * rng.standard_normal(n),
        "flux": flux,
        "error": np.full(n, 50.0),
        "trtime": trend,
        "trposi": np.zeros(n),
        "mflags": (quality > 0).astype(np.uint8),
    }


def xray_columns(n: int = 60, *, seed: int = 0) -> dict[str, NDArray[np.generic]]:
    """The columns of a light curve of an X-ray mission: bins of 100 s with a hole, one of them without exposure."""
    rng = np.random.default_rng(seed)
    time = 100.0 * np.arange(n) + np.where(np.arange(n) < n // 2, 0.0, 3000.0)
    rate = (5 + rng.standard_normal(n)).astype(np.float32)
    rate[5] = np.nan
    return {
        "TIME": 6.0e8 + time,
        "RATE": rate,
        "ERROR": np.full(n, 0.5, np.float32),
        "FRACEXP": np.ones(n, np.float32),
    }


def xray_file(
    folder: Path,
    *,
    seed: int = 0,
    name: str = "source.lc",
    changes: Arrays | None = None,
    cards: Cards | None = None,
    without: tuple[str, ...] = (),
    units: Mapping[str, str] | None = None,
) -> Path:
    """A light curve as the pipelines of Swift, XMM and NICER write it; parameters as of `mission_file`."""
    columns = xray_columns(seed=seed) | dict(changes or {})
    said: dict[str, str | int | float | None] = {
        "EXTNAME": "RATE",
        "TELESCOP": "SWIFT",
        "INSTRUME": "XRT",
        "OBJECT": "GRB 200101A",
        "RA_OBJ": 12.5,
        "DEC_OBJ": -3.25,
        "MJDREFI": 51910,
        "MJDREFF": 7.4287037e-4,
        "TIMESYS": "TT",
        "TIMEUNIT": "s",
        "TIMEREF": "LOCAL",
        "TIMEDEL": 100.0,
        "TIMEPIXR": 0.5,
    }
    return write_table(
        folder / name,
        {key: values for key, values in columns.items() if key not in without},
        cards={key: value for key, value in {**said, **(cards or {})}.items() if key not in without},
        units={"TIME": "s", "RATE": "count/s", "ERROR": "count/s"} if units is None else units,
    )


def write_table(
    path: Path,
    columns: Arrays,
    *,
    primary: Cards | None = None,
    cards: Cards | None = None,
    units: Mapping[str, str] | None = None,
) -> Path:
    """A FITS file of one table, with its checksum; fluxes are in e-/s where ``units`` does not say.

    A column named ``TIME`` without an entry in ``units`` has no unit.
    """
    from astropy.io import fits

    units = units or {}
    made = [
        fits.Column(
            name=name,
            format=_form(values),
            unit=units.get(name, "e-/s" if "FLUX" in name.upper() or "BKG" in name else None),
            array=values,
        )
        for name, values in columns.items()
    ]
    first = fits.PrimaryHDU()
    first.header.update(primary or {})
    table = fits.BinTableHDU.from_columns(made)
    table.header.update(cards or {})
    plain = path.with_name(path.name.removesuffix(".gz"))
    fits.HDUList([first, table]).writeto(plain, overwrite=True, checksum=True)
    if plain != path:
        path.write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
        plain.unlink()
    return path


def _form(values: NDArray[np.generic]) -> str:
    letter = {"f8": "D", "f4": "E", "i8": "K", "i4": "J", "i2": "I", "u1": "B", "b1": "L"}[values.dtype.str[1:]]
    return letter if values.ndim == 1 else f"{values.shape[1]}{letter}"
