"""Writes the simulated samples that ship, and their truth, as files that every reader of such data knows."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.errors import WriteError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.simulate import CADENCE_D, SCENARIOS, Planted, simulate
from desktop_app.core.timescales import BTJD_ZERO
from desktop_app.engine.sample_kinds import other_samples
from desktop_app.export.writer import write_together

if TYPE_CHECKING:
    from astropy.io.fits import HDUList


def write_samples(folder: Path, *, seed: int = 0) -> list[Path]:
    """Write five light curves, target pixels, a picture and telemetry, with the truth beside them; the paths written.

    ``<scenario>.fits`` looks like a TESS light curve, ``<scenario>.csv`` has the columns time, flux and flux_err,
    both with the same rows; ``<scenario>_truth.json`` names each event with its times, rows (from 0, the last one
    included) and depth. ``pixels_tp.fits`` looks like a TESS target pixel file, ``field.fits`` is a picture with a WCS
    and a data-quality extension, ``telemetry.csv`` has seven channels and its labels beside it; ``spacecraft.npz`` has
    seven with a training stretch, commands and faults of every kind, packed as telemanom's data often are.

    Parameters
    ----------
    folder : Path
        Made where it does not exist; files of the same names are replaced.
    seed : int
        The same seed gives the same curves.

    Raises
    ------
    WriteError
        The folder cannot be written to, or the disk is full.
    """
    contents: dict[Path, str | bytes] = {}
    for scenario in SCENARIOS:
        curve, planted = simulate(scenario, seed=seed)
        contents[folder / f"{scenario}.fits"] = _fits_bytes(curve, seed)
        contents[folder / f"{scenario}.csv"] = _curve_csv(curve)
        contents[folder / f"{scenario}_truth.json"] = _truth_json(curve, planted, seed)
    contents |= {folder / name: content for name, content in other_samples(seed=seed).items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"The samples cannot be written to {folder}: {error.strerror or error}.",
            hint="Choose a folder of your own with some room.",
        ) from error
    return write_together(contents)


def _fits_bytes(curve: LightCurve, seed: int) -> bytes:
    buffer = io.BytesIO()
    _hdus(curve, seed).writeto(buffer)
    return buffer.getvalue()


def _hdus(curve: LightCurve, seed: int) -> "HDUList":
    from astropy.io import fits

    primary = fits.PrimaryHDU()
    cards: Sequence[tuple[str, object, str]] = (
        ("ORIGIN", "Peculiar simulation", "not observed: made by Peculiar"),
        ("TELESCOP", "TESS", "telescope whose format this follows"),
        ("INSTRUME", "TESS Photometer", "detector type"),
        ("OBJECT", curve.source.object_name, "scenario"),
        ("SIMSEED", seed, "seed of the simulation"),
    )
    for keyword, value, comment in cards:
        primary.header[keyword] = (value, comment)
    columns = [
        fits.Column("TIME", "D", unit="BJD - 2457000, days", disp="D14.7", array=curve.time),
        fits.Column("CADENCENO", "J", array=curve.cadence),
        fits.Column("SAP_FLUX", "E", unit="e-/s", array=curve.flux * 0.97),
        fits.Column("PDCSAP_FLUX", "E", unit="e-/s", array=curve.flux),
        fits.Column("PDCSAP_FLUX_ERR", "E", unit="e-/s", array=curve.flux_err),
        fits.Column("QUALITY", "J", disp="B16.16", array=curve.quality),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="LIGHTCURVE")
    exposure_s = CADENCE_D * 86400
    table_cards: Sequence[tuple[str, object, str]] = (
        ("OBJECT", curve.source.object_name, "scenario"),
        ("TELESCOP", "TESS", "telescope whose format this follows"),
        ("TIMEREF", "SOLARSYSTEM", "barycentric correction applied to times"),
        ("TIMESYS", "TDB", "time system is Barycentric Dynamical Time (TDB)"),
        ("BJDREFI", int(BTJD_ZERO), "integer part of BTJD reference date"),
        ("BJDREFF", 0.0, "fraction of the day in BTJD reference date"),
        ("TIMEUNIT", "d", "time unit for TIME"),
        ("EXPOSURE", float(np.isfinite(curve.flux).sum()) * CADENCE_D, "[d] time on source"),
        ("TIMEDEL", CADENCE_D, "[d] time resolution of data"),
        ("INT_TIME", exposure_s, "[s] photon accumulation time per cadence"),
    )
    for keyword, value, comment in table_cards:
        table.header[keyword] = (value, comment)
    return fits.HDUList([primary, table])


def _curve_csv(curve: LightCurve) -> str:
    """Row by row what the FITS file has; a text file has no flags, so hidden rows have no flux."""
    table = np.column_stack([curve.time, np.where(curve.usable, curve.flux, np.nan), curve.flux_err])
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("time", "flux", "flux_err"))
    writer.writerows((f"{time:.7f}", f"{flux:.4f}", f"{error:.4f}") for time, flux, error in table)
    return buffer.getvalue()


def _truth_json(curve: LightCurve, planted: Sequence[Planted], seed: int) -> str:
    events = [
        {
            "kind": event.kind,
            "t_start": round(float(curve.time[event.start]), 7),
            "t_peak": round(float(curve.time[event.peak]), 7),
            "t_end": round(float(curve.time[event.stop - 1]), 7),
            "row_start": int(event.start),
            "row_end": int(event.stop - 1),
            "depth": round(float(event.depth), 6),
        }
        for event in planted
    ]
    truth = {"object": curve.source.object_name, "seed": seed, "time": curve.reference.label, "events": events}
    return json.dumps(truth, indent=1)
