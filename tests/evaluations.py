"""A folder of made light curves and the table of what is in them."""

from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.simulate import flare_shape

NOISE = 1e-3
DAYS = 20.0
CADENCE_D = 0.01
FLARES = (4.03, 9.51, 15.27)
DIPS = (6.4, 12.6)
HEAD = "file,event,t_start,t_mid,t_end,grade,complete"


def star(seed: int, *, eventful: bool) -> tuple[Floats, Floats]:
    """Time and flux; flares at `FLARES` and dips at `DIPS` days after the start, each clear of the noise."""
    rng = np.random.default_rng(seed)
    time = 1325.0 + np.arange(0.0, DAYS, CADENCE_D)
    flux = 1 + NOISE * rng.standard_normal(time.size)
    if eventful:
        for peak in FLARES:
            flux += 0.05 * flare_shape(time, peak=1325.0 + peak, half_width_d=0.03)
        for middle in DIPS:
            flux[np.abs(time - 1325.0 - middle) < 0.1] -= 0.01
    return time, flux


def write_curve(path: Path, time: Floats, flux: Floats) -> Path:
    """The two columns as text."""
    lines = ["time,flux", *(f"{a:.6f},{b:.8f}" for a, b in zip(time, flux, strict=True))]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rows_of(name: str, *, moved_d: float = 0.0, grade: str = "measured", complete: str = "yes") -> list[str]:
    """The rows of the table for one eventful star, all times ``moved_d`` further on."""
    events = [("flare", peak, -0.01, 0.1) for peak in FLARES] + [("aperiodic dip", at, -0.1, 0.1) for at in DIPS]
    return [
        f"{name},{kind},{1325 + at + moved_d + low:.4f},,{1325 + at + moved_d + high:.4f},{grade},{complete}"
        for kind, at, low, high in events
    ]


def write_table(path: Path, rows: list[str]) -> Path:
    """The table of known events."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return path


def write_folder(folder: Path, *, moved_d: float = 0.0) -> Path:
    """Three eventful stars and two quiet ones in ``folder``/curves, and their table, which is returned."""
    rows: list[str] = []
    for seed in range(3):
        write_curve(folder / "curves" / f"star{seed}.csv", *star(seed, eventful=True))
        rows += rows_of(f"curves/star{seed}.csv", moved_d=moved_d)
    for seed in (10, 11):
        write_curve(folder / "curves" / f"quiet{seed}.csv", *star(seed, eventful=False))
        rows.append(f"curves/quiet{seed}.csv,quiet,,,,,")
    return write_table(folder / "truth" / "events.csv", rows)
