"""Writes an injected light curve, which says that it is one, and its truth beside it."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from math import isfinite, isnan
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.errors import WriteError
from desktop_app.core.injection.putting import Planted
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.timescales import TimeReference
from desktop_app.export.writer import write_together
from desktop_app.paths import version

SUFFIXES = (".fits", ".ecsv", ".csv")
_KEPT_NAMES = ("PDCSAP_FLUX", "SAP_FLUX")


def check_suffix(path: Path) -> Path:
    """``path``, if its suffix is one of `SUFFIXES`.

    Raises
    ------
    WriteError
    """
    if path.suffix.lower() not in SUFFIXES:
        raise WriteError(
            f"{path.name} does not say what to write: its name ends in {path.suffix or 'nothing'}.",
            hint=f"Choose a name that ends in one of: {', '.join(SUFFIXES)}.",
        )
    return path


def write_injected(
    curve: LightCurve, truth: Sequence[Planted], path: Path, origin: LightCurve, seed: int
) -> list[Path]:
    """Write ``curve`` as FITS, ECSV or CSV, as the suffix says, and ``<stem>_truth.json`` beside it; both or neither.

    Parameters
    ----------
    curve : LightCurve
        As `with_signals` made it.
    truth : sequence of Planted
    path : Path
    origin : LightCurve
        What the signals were put into; its file is named in all that is written.
    seed : int

    Raises
    ------
    WriteError
        The suffix is of no such format, or a file cannot be written.
    """
    content: str | bytes
    match check_suffix(path).suffix.lower():
        case ".fits":
            content = _fits(curve, truth, origin)
        case ".ecsv":
            content = _ecsv(curve, truth, origin)
        case _:
            content = _csv(curve, truth, origin)
    beside = path.with_name(f"{path.stem}_truth.json")
    said = json.dumps(truth_of(curve, truth, origin, seed), indent=1, ensure_ascii=False) + "\n"
    return write_together({path: content, beside: said})


def truth_of(curve: LightCurve, truth: Sequence[Planted], origin: LightCurve, seed: int) -> dict[str, object]:
    """What was injected, as JSON types; unknown numbers are null, rows count from 0 and the last one is included."""
    return {
        "injected": True,
        "object": curve.source.object_name,
        "file": str(origin.source.path or ""),
        "flux": curve.flux_name,
        "time": curve.reference.label,
        "seed": seed,
        "application": f"Peculiar {version()}",
        "events": [_event(curve, one) for one in truth],
    }


def _event(curve: LightCurve, one: Planted) -> dict[str, object]:
    signal = one.signal
    spans = [
        {
            "t_start": float(curve.time[start]),
            "t_end": float(curve.time[stop - 1]),
            "row_start": int(start),
            "row_end": int(stop - 1),
        }
        for start, stop in one.spans
    ]
    numbers = {
        "t0": signal.t0,
        "depth": signal.depth,
        "depth_seen": one.depth,
        "duration_d": signal.duration_d,
        "period_d": signal.period_d,
        "impact": signal.impact if signal.kind == "transit" else float("nan"),
        "snr": one.snr,
    }
    known = {name: value if isfinite(value) else None for name, value in numbers.items()}
    return {"kind": signal.kind, **known, "spans": spans}


def _columns(curve: LightCurve) -> Mapping[str, tuple[Floats | Ints, str]]:
    """Name to values and unit; the flux stands behind the time, so that it is the one that is read."""
    flux = curve.flux_name if curve.flux_name in _KEPT_NAMES else "FLUX"
    first: dict[str, tuple[Floats | Ints, str]] = {
        "TIME": (curve.time, _time_unit(curve.reference)),
        flux: (curve.flux, curve.flux_unit),
        f"{flux}_ERR": (curve.flux_err, curve.flux_unit),
        "CADENCENO": (curve.cadence, ""),
        "QUALITY": (curve.quality, ""),
    }
    others = {
        name: (series.values, series.unit)
        for name, series in curve.columns.items()
        if name.upper() not in first and name not in (curve.flux_name, f"{curve.flux_name}_ERR")
    }
    return {**first, **others}


def _time_unit(reference: TimeReference) -> str:
    """What times count from, as readers know it from a unit."""
    if not reference.known:
        return "d"
    letters = "BJD" if reference.barycentric else "JD"
    return f"{letters} - {reference.zero_jd:.10g}, days" if reference.zero_jd else letters


def _says(truth: Sequence[Planted], origin: LightCurve) -> list[str]:
    """That this was never observed, line by line."""
    where = origin.source.path.name if origin.source.path else origin.source.object_name
    lines = [f"Not as observed: Peculiar {version()} injected signals into {where}."]
    for one in truth:
        signal = one.signal
        period = "" if isnan(signal.period_d) else f", period {signal.period_d:.6f} d"
        lines.append(f"{signal.kind}: t0 {signal.t0:.6f}, depth {signal.depth:.3g}, {signal.duration_d:.5f} d{period}")
    return lines


def _fits(curve: LightCurve, truth: Sequence[Planted], origin: LightCurve) -> bytes:
    from astropy.io import fits

    primary = fits.PrimaryHDU()
    primary.header["ORIGIN"] = ("Peculiar injection", "signals were added to the data")
    primary.header["INJECTED"] = (True, "not as observed")
    primary.header["NINJECT"] = (len(truth), "number of injected signals")
    mission = curve.source.mission
    # Bits of a pipeline's own must not be taken for the mission's.
    if mission and not curve.source.flags:
        primary.header["TELESCOP"] = "Kepler" if mission == "K2" else _ascii(mission)
        primary.header["MISSION"] = _ascii(mission)
    primary.header["OBJECT"] = _ascii(curve.source.object_name)
    for line in _says(truth, origin):
        primary.header["HISTORY"] = _ascii(line)
    columns = []
    for name, (values, unit) in _columns(curve).items():
        whole = np.issubdtype(values.dtype, np.integer)
        array = np.ascontiguousarray(values)
        columns.append(fits.Column(name, "K" if whole else "D", unit=_ascii(unit) or None, array=array))
    table = fits.BinTableHDU.from_columns(columns, name="LIGHTCURVE")
    reference = curve.reference
    table.header["OBJECT"] = _ascii(curve.source.object_name)
    table.header["INJECTED"] = (True, "not as observed")
    if reference.known:
        zero = "BJDREF" if reference.barycentric else "JDREF"
        table.header[f"{zero}I"] = int(reference.zero_jd)
        table.header[f"{zero}F"] = reference.zero_jd - int(reference.zero_jd)
        table.header["TIMEUNIT"] = "d"
        if reference.scale:
            table.header["TIMESYS"] = reference.scale
        if reference.barycentric:
            table.header["TIMEREF"] = "SOLARSYSTEM"
    buffer = io.BytesIO()
    fits.HDUList([primary, table]).writeto(buffer)
    return buffer.getvalue()


def _ascii(text: str) -> str:
    return text.replace("–", "-").replace("−", "-").encode("ascii", "replace").decode("ascii")


def _ecsv(curve: LightCurve, truth: Sequence[Planted], origin: LightCurve) -> str:
    from astropy.table import Column, Table
    from astropy.units import Unit

    columns = [
        Column(
            np.array(values),
            name=_text_name(name, unit, curve.reference),
            unit=Unit(unit, parse_strict="silent") if unit and name != "TIME" else None,
        )
        for name, (values, unit) in _columns(curve).items()
    ]
    meta = {**_about(curve), "injected": True, "comments": _says(truth, origin)}
    text = io.StringIO(newline="")
    Table(columns, meta=meta).write(text, format="ascii.ecsv")
    return text.getvalue()


def _csv(curve: LightCurve, truth: Sequence[Planted], origin: LightCurve) -> str:
    columns = _columns(curve)
    text = io.StringIO(newline="")
    about = (f"{key}: {value}" for key, value in _about(curve).items())
    for line in (*about, *_says(truth, origin)):
        text.write(f"# {line}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_text_name(name, unit, curve.reference) for name, (_, unit) in columns.items()])
    cells = [[_cell(value) for value in values.tolist()] for values, _ in columns.values()]
    writer.writerows(zip(*cells, strict=True))
    return text.getvalue()


def _about(curve: LightCurve) -> dict[str, str]:
    """What readers of text take from its comments."""
    source = curve.source
    segment = dict([source.segment.split(maxsplit=1)]) if len(source.segment.split()) == 2 else {}
    return {
        key: value
        for key, value in {"object": source.object_name, "mission": source.mission, **segment}.items()
        if value
    }


def _text_name(name: str, unit: str, reference: TimeReference) -> str:
    """The name of a column in text, with what a reader has to know of its unit; without a space."""
    if name == "TIME":
        zero = unit.removesuffix(", days").replace(" ", "")
        return "time" if unit == "d" else f"{zero}_{reference.scale}".rstrip("_")
    return name.lower()


def _cell(value: float) -> str:
    return "" if isinstance(value, float) and isnan(value) else repr(value)
