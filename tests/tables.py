"""Tables whose columns no name tells apart, in every container that is read, made by seeded functions."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats

N = 300


def odd_columns(n: int = N, *, seed: int = 0) -> dict[str, Floats]:
    """Columns a to e: seconds since JD 2,457,000, two brightnesses, an error, and flags; c dips in rows 100 to 109."""
    rng = np.random.default_rng(seed)
    seconds = 86400.0 * (1325.0 + 0.02 * np.arange(n, dtype=np.float64))
    bright = 1 + 1e-3 * rng.standard_normal(n)
    dipped = 1 + 1e-3 * rng.standard_normal(n)
    dipped[100:110] -= 0.05
    flags = np.zeros(n)
    flags[5] = 128
    return {"a": seconds, "b": bright, "c": dipped, "d": np.full(n, 1e-3), "e": flags}


def write_text(path: Path, columns: Mapping[str, Floats]) -> Path:
    """A CSV file with a line of names."""
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(f"{value:.12g}" for value in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_fits(path: Path, columns: Mapping[str, Floats], units: Mapping[str, str] | None = None) -> Path:
    """A FITS file with one binary table, and a column of words."""
    from astropy.io import fits

    made = [fits.Column(name, "D", unit=(units or {}).get(name), array=values) for name, values in columns.items()]
    n = len(next(iter(columns.values())))
    words = fits.Column("remark", "8A", array=np.array(["ok"] * n))
    table = fits.BinTableHDU.from_columns([*made, words], name="ODD")
    table.header["OBJECT"] = "TIC 42"
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(path)
    return path


def write_votable(path: Path, columns: Mapping[str, Floats]) -> Path:
    """A VOTable with one table."""
    from astropy.table import Table

    Table(dict(columns)).write(path, format="votable")
    return path


def write_parquet(path: Path, columns: Mapping[str, Floats]) -> Path:
    """A parquet file."""
    from importlib import import_module

    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    parquet.write_table(arrow.table({name: arrow.array(values) for name, values in columns.items()}), path)
    return path
