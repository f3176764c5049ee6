"""Files with stars in them, good and bad, as a user has them on disk."""

from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats
from tests.data import quiet_curve

DIP_ROWS = slice(700, 712)


def write_star(path: Path, *, seed: int = 0, n: int = 2000) -> Path:
    """A text light curve with one dip of fifteen sigma in the rows `DIP_ROWS`."""
    curve = quiet_curve(n, seed=seed)
    flux = np.array(curve.flux)
    flux[DIP_ROWS] -= 0.015
    rows = zip(curve.time, flux, curve.flux_err, strict=True)
    lines = ["time,flux,flux_err", *(f"{time:.6f},{value:.8f},{error:.8f}" for time, value, error in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_table(path: Path, flux: list[float]) -> Path:
    """A text light curve with these values of the flux."""
    lines = ["time,flux", *(f"{1325 + 0.02 * row:.6f},{value}" for row, value in enumerate(flux))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_fits(path: Path, flux: Floats) -> Path:
    """A light curve laid out as TESS writes it, with these values of the flux, two minutes apart."""
    from astropy.io import fits

    n = len(flux)
    table = fits.BinTableHDU.from_columns(
        [
            fits.Column("TIME", "D", unit="BJD - 2457000, days", array=1325 + np.arange(n) / 720),
            fits.Column("PDCSAP_FLUX", "E", unit="e-/s", array=flux),
            fits.Column("QUALITY", "J", array=np.zeros(n)),
        ],
        name="LIGHTCURVE",
    )
    table.header["BJDREFI"], table.header["BJDREFF"], table.header["TIMESYS"] = 2457000, 0.0, "TDB"
    primary = fits.PrimaryHDU()
    primary.header["TELESCOP"], primary.header["OBJECT"] = "TESS", "test star"
    fits.HDUList([primary, table]).writeto(path)
    return path


def write_bad_files(folder: Path) -> dict[str, Path]:
    """One file of each kind that no detection can come from, by what is wrong with it."""
    whole = write_fits(folder / "whole.fits", np.ones(500))
    raw = whole.read_bytes()
    files = {name: folder / f"{name}.fits" for name in ("empty", "truncated", "corrupted", "text", "missing")}
    files["empty"].write_bytes(b"")
    files["truncated"].write_bytes(raw[: len(raw) - 4000])
    files["corrupted"].write_bytes(raw[:2880] + bytes(reversed(raw[2880:6000])) + raw[6000:])
    files["text"].write_text("a note about the star, saved under the wrong name\n", encoding="utf-8")
    return files | {
        "constant": whole,
        "all NaN": write_table(folder / "nan.csv", [float("nan")] * 500),
        "two rows": write_table(folder / "two.csv", [1.0, 1.1]),
        "constant text": write_table(folder / "constant.csv", [1.0] * 500),
        "one column": _written(folder / "one.csv", "flux\n1.0\n1.1\n"),
        "binary": _written(folder / "binary.csv", "\x00\x01\x02" * 500),
    }


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
