"""One small file or folder of every kind that opens, made by seeded functions."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from desktop_app.core.data import Kind
from tests.fits_files import mission_file
from tests.image_files import pixels_of, write_extensions, write_image, write_packed
from tests.pixel_files import pixel_file
from tests.survey_files import asassn_file, gaia_file, ztf_file
from tests.telemetry_files import (
    hdf5_file,
    housekeeping_file,
    long_text,
    packed,
    parquet_file,
    table_text,
    telemanom_folder,
)
from tests.votable_files import astropy_votable

Make = Callable[[Path], Path]

_SKY: Mapping[str, str | int | float] = {
    "CTYPE1": "RA---TAN",
    "CTYPE2": "DEC--TAN",
    "CRVAL1": 84.0,
    "CRVAL2": -80.0,
    "CDELT1": -1e-3,
    "CDELT2": 1e-3,
}


def _text(folder: Path) -> Path:
    rng = np.random.default_rng(1)
    table = np.column_stack([1325 + 0.02 * np.arange(300), 1 + 1e-3 * rng.standard_normal(300), np.full(300, 1e-3)])
    path = folder / "star.csv"
    np.savetxt(path, table, delimiter=",", header="time,flux,flux_err", comments="")
    return path


def _with_mask(folder: Path) -> Path:
    mask = np.zeros((40, 50), np.int16)
    mask[5, 6] = 4
    science: Mapping[str, str | int | float] = {"EXTNAME": "SCI", **_SKY}
    extensions = [(pixels_of(-32), science), (mask, {"EXTNAME": "DQ"})]
    return write_extensions(folder / "field.fits", extensions, {"OBJECT": "M 51"})


def _stamps(folder: Path) -> Path:
    place = folder / "stamps"
    place.mkdir()
    for n in range(10):
        write_image(place / f"stamp_{n}.fits", pixels_of(-32, (21, 21), seed=n))
    return place


def _frames(folder: Path) -> Path:
    place = folder / "night"
    place.mkdir()
    for n in range(3):
        write_image(
            place / f"frame_{n}.fits", pixels_of(16, (300, 320), seed=n), {"DATE-OBS": f"2026-01-01T0{n}:00:00"}
        )
    return place


def _written(name: str, text: Callable[[], str]) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_text(text(), encoding="utf-8")
        return path

    return make


FILES: dict[str, tuple[Kind, Make]] = {
    "mission light curve": ("light curve", lambda folder: mission_file(folder, n=60)),
    "gzipped light curve": ("light curve", lambda folder: mission_file(folder, n=60, name="star_lc.fits.gz")),
    "text": ("light curve", _text),
    "ASAS-SN": ("light curve", asassn_file),
    "ZTF": ("light curve", ztf_file),
    "Gaia": ("light curve", gaia_file),
    "VOTable": ("light curve", astropy_votable),
    "target pixels": ("target pixels", lambda folder: pixel_file(folder, n=40)),
    "gzipped target pixels": ("target pixels", lambda folder: pixel_file(folder, n=40, name="star_tp.fits.gz")),
    "TESScut": ("target pixels", lambda folder: pixel_file(folder, kind="TESScut", n=40)),
    "image": ("image", lambda folder: write_image(folder / "sky.fits", pixels_of(16), {"BZERO": 10.0, **_SKY})),
    "image with a mask": ("image", _with_mask),
    "image in Rice tiles": ("image", lambda folder: write_packed(folder / "sky.fits.fz", "rice-16")),
    "image in gzip tiles": ("image", lambda folder: write_packed(folder / "sky.fits.fz", "gzip-1-float")),
    "telemetry in text": ("telemetry", _written("bus.csv", table_text)),
    "single measurements": ("telemetry", _written("long.csv", long_text)),
    "packed telemetry": ("telemetry", lambda folder: packed(folder / "channels.npz")),
    "telemetry in HDF5": ("telemetry", lambda folder: hdf5_file(folder / "bus.h5")),
    "housekeeping": ("telemetry", lambda folder: housekeeping_file(folder / "hk.fits")),
    "telemetry in parquet": ("telemetry", lambda folder: parquet_file(folder / "bus.parquet")),
}

FOLDERS: dict[str, tuple[Kind, Make]] = {
    "stamps": ("cutouts", _stamps),
    "frames": ("image", _frames),
    "telemanom": ("telemetry", lambda folder: telemanom_folder(folder / "smap")),
}
