"""What there is to tell about a light curve: its times, its rows and why some are hidden, its flags and fluxes."""

import numpy as np

from desktop_app.core.light_curve import LightCurve
from desktop_app.core.quality import hidden_by_quality, preset_mask, quality_names
from desktop_app.core.timescales import TimeSystem, iso_dates, offset_of, show_time
from desktop_app.engine.facts import Fact, Group, Value, counted, number

_DAY_S = 86400.0


def groups(curve: LightCurve) -> tuple[Group, ...]:
    """Times and cadence, hidden rows, quality flags, flux columns."""
    found = (_times(curve), _hidden(curve), _flags(curve), _fluxes(curve))
    return tuple(group for group in found if group.facts)


def cadence_s(curve: LightCurve) -> float:
    """The usual step from row to row in seconds; NaN where there are fewer than two times."""
    steps = np.diff(curve.time[np.isfinite(curve.time)])
    return float(np.median(steps)) * _DAY_S if steps.size else float("nan")


def spaced(seconds: float) -> str:
    """A cadence in words."""
    if not np.isfinite(seconds):
        return "not known"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.2f} min"


def _times(curve: LightCurve) -> Group:
    looked_at = int(curve.usable.sum())
    facts = (
        Fact("Time", _time_range(curve)),
        Fact("Cadence", spaced(cadence_s(curve))),
        Fact("Rows", f"{len(curve):,}, of which {looked_at:,} are looked at"),
    )
    values: dict[str, Value] = {
        "time": _time_values(curve),
        "cadence_s": number(cadence_s(curve)),
        "rows": len(curve),
        "rows_looked_at": looked_at,
    }
    return Group("", facts, values)


def _ends(curve: LightCurve) -> tuple[float, float] | None:
    known = curve.time[np.isfinite(curve.time)]
    return (float(known[0]), float(known[-1])) if known.size else None


def _time_range(curve: LightCurve) -> str:
    ends = _ends(curve)
    if ends is None:
        return "no row has a time"
    reference = curve.reference
    lines = [f"{' to '.join(show_time(end, reference) for end in ends)} ({ends[1] - ends[0]:.2f} d)"]
    if not reference.known:
        return f"{lines[0]}; the file does not say what the times count from"
    lines.append(" to ".join(show_time(end, reference, TimeSystem.ISO) for end in ends))
    if TimeSystem.BJD in reference.systems() and reference.barycentric:
        lines.append(" to ".join(show_time(end, reference, TimeSystem.BJD) for end in ends))
    return "\n".join(lines)


def _time_values(curve: LightCurve) -> dict[str, Value]:
    reference, ends = curve.reference, _ends(curve)
    values: dict[str, Value] = {
        "system": reference.name,
        "scale": reference.scale,
        "zero_jd": number(reference.zero_jd),
        "barycentric": reference.barycentric,
        "start": ends[0] if ends else None,
        "stop": ends[1] if ends else None,
    }
    if ends and reference.known:
        start, stop = iso_dates(np.array(ends), reference)
        offset = offset_of(reference, TimeSystem.BJD)
        values |= {"iso_start": start, "iso_stop": stop, "jd_start": ends[0] + offset, "jd_stop": ends[1] + offset}
    return values


def _hidden(curve: LightCurve) -> Group:
    """Why rows are hidden, with how many; a row may be hidden for more than one reason."""
    by_quality = int(hidden_by_quality(curve.quality, curve.source.bits, curve.preset).sum())
    no_time, no_flux = int(np.isnan(curve.time).sum()), int((~np.isfinite(curve.flux)).sum())
    facts = (
        Fact("without a time", f"{no_time:,}"),
        Fact(f"without a value of {curve.flux_name}", f"{no_flux:,}"),
        Fact(f"hidden by QUALITY, preset {curve.preset}", f"{by_quality:,}"),
    )
    values: dict[str, Value] = {"without_time": no_time, "without_flux": no_flux, "by_quality": by_quality}
    return Group("Hidden rows", facts, {"quality_preset": curve.preset, "hidden": values})


def _flags(curve: LightCurve) -> Group:
    """Every QUALITY bit that is set somewhere, by name, with the number of rows."""
    bits, hiding = curve.source.bits, preset_mask(curve.source.bits, curve.preset)
    every_bit = int(np.bitwise_or.reduce(curve.quality)) if len(curve) else 0
    facts: list[Fact] = []
    values: list[Value] = []
    for place in range(every_bit.bit_length()):
        bit = 1 << place
        if not every_bit & bit:
            continue
        rows = int(np.count_nonzero(curve.quality & bit))
        name, hides = quality_names(bits, bit)[0], bool(hiding & bit)
        label = name if name == f"bit {bit}" else f"{name} ({bit})"
        facts.append(Fact(label, f"{counted(rows, 'row')}{', hidden' if hides else ''}"))
        values.append({"bit": bit, "name": name, "rows": rows, "hidden": hides})
    return Group("Quality flags", tuple(facts), {"quality": values})


def _fluxes(curve: LightCurve) -> Group:
    facts: list[Fact] = []
    values: list[Value] = []
    for name in curve.flux_choices or (curve.flux_name,):
        default = name == curve.flux_name
        flux = curve.flux if default else curve.columns[name].values
        unit = curve.flux_unit if default else curve.columns[name].unit
        missing = int(np.isnan(flux).sum())
        facts.append(Fact("", f"{name} [{unit or 'relative'}], {missing:,} NaN{' (the default)' if default else ''}"))
        values.append({"name": name, "unit": unit, "nan": missing, "default": default})
    return Group("Flux columns", tuple(facts), {"flux_columns": values})
