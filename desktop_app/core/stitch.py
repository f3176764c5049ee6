"""Several light curves of one object as one: levels made equal, times counted from one zero, gaps kept."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import PurePath

import numpy as np

from desktop_app.core.arrays import Floats, Ints, robust_sigma
from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve, Series, with_flux, with_preset
from desktop_app.core.segments import cadence_of
from desktop_app.core.source import Card, Source
from desktop_app.core.timescales import TimeReference

_ONE_MISSION = "Stitch files of one mission."
_ONE_CLOCK = "Stitch files that count time in one way."
_OTHER_CADENCE = 1.5
_DAY_S = 86400.0


def stitch(curves: Sequence[LightCurve]) -> LightCurve:
    """One light curve of all ``curves``, in the order of time.

    Each flux is divided by the median of its usable rows in each curve; magnitudes, and fluxes about zero, are shifted
    to the common median instead. Times count from the zero of the first curve. Where curves overlap their rows
    alternate, each being kept. ``pieces`` says where the curves come from, and ``piece`` which one each row is of.

    Raises
    ------
    ReadError
        The curves are of different objects or missions, count time in different ways, or have no flux in common.
    """
    if not curves:
        raise ReadError("There is nothing to stitch.", hint="Choose two or more light curves of one object.")
    for curve in curves:
        if curve.pieces:
            raise ReadError(f"{_name(curve)} is stitched already.", hint="Stitch the files themselves.")
        if not np.isfinite(curve.time).any():
            raise ReadError(f"{_name(curve)} has no row with a time.", hint="Leave it out.")
    if len(curves) == 1:
        return curves[0]
    _check_alike(curves)
    ordered = sorted(curves, key=lambda curve: _first_time(curve) + curve.reference.zero_jd * curve.reference.known)
    reference = curves[0].reference
    choices = _common_fluxes(curves)
    preset = curves[0].preset
    return _joined([with_preset(with_flux(curve, choices[0]), preset) for curve in ordered], reference, choices)


def together(segments: Sequence[str]) -> str:
    """ "sectors 1, 2, 5" for "sector 1", "sector 2" and "sector 5"; runs of three or more as "1–6"; else their number.

    Parameters
    ----------
    segments : sequence of str
        As in `Source`.
    """
    words = [segment.split() for segment in segments]
    kinds = {tuple(pair[:-1]) for pair in words}
    if len(kinds) != 1 or not all(len(pair) == 2 and pair[1].isdecimal() for pair in words):
        return f"{len(segments)} files"
    numbers = sorted({int(pair[1]) for pair in words})
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(numbers), key=lambda placed: placed[1] - placed[0])
    ]
    shown = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return f"{words[0][0]}{'s' if len(numbers) > 1 else ''} {', '.join(shown)}"


def piece_name(source: Source) -> str:
    """What a piece is called in a plot or note: its sector, quarter or campaign, else its file."""
    return source.segment or (source.path.name if source.path else source.object_name)


def _check_alike(curves: Sequence[LightCurve]) -> None:
    first = curves[0]
    for other in curves[1:]:
        pair = f"{_name(first)} and {_name(other)}"
        if (first.source.mission, first.source.bits) != (other.source.mission, other.source.bits):
            missions = " and ".join(curve.source.bits or "no known mission" for curve in (first, other))
            raise ReadError(f"{pair} are of {missions}, whose quality flags differ.", hint=_ONE_MISSION)
        names = [curve.source.object_name for curve in (first, other)]
        if names[0] != names[1] and all(map(_is_named, (first, other))):
            raise ReadError(f"{pair} show different objects, {names[0]} and {names[1]}.", hint="Stitch one object.")
        _check_clocks(first.reference, other.reference, pair)


def _check_clocks(one: TimeReference, other: TimeReference, pair: str) -> None:
    if one.known != other.known:
        raise ReadError(f"Of {pair}, one does not say what its times count from.", hint=_ONE_CLOCK)
    scales = {one.scale, other.scale} - {""}
    places = {(reference.barycentric, reference.name.startswith("H")) for reference in (one, other) if reference.known}
    if len(scales) > 1 or len(places) > 1:
        raise ReadError(
            f"{pair} count time in {one.label} and {other.label}, which differ by seconds to minutes.", hint=_ONE_CLOCK
        )


def _joined(curves: list[LightCurve], reference: TimeReference, choices: tuple[str, ...]) -> LightCurve:
    """``curves``, in the order of time, as one."""
    levelled, shifted = _levelled(curves, choices)
    times = [_counted_from(curve, reference) for curve in curves]
    piece = np.repeat(np.arange(len(curves)), [len(curve) for curve in curves])
    order = _order(times)
    columns, left_out = _columns(curves, levelled)
    notes = _notes(curves, times, shifted=choices[0] in shifted, left_out=left_out)

    def put(parts: Sequence[Floats]) -> Floats:
        return np.concatenate(parts)[order]

    def put_ints(parts: Sequence[Ints]) -> Ints:
        return np.concatenate(parts)[order]

    name, errors = choices[0], f"{choices[0]}_ERR"
    return LightCurve(
        source=_source([curve.source for curve in curves], notes),
        time=put(times),
        flux=put([fluxes[name] for fluxes in levelled]),
        flux_err=put([fluxes[errors] for fluxes in levelled]),
        flux_name=name,
        flux_unit=curves[0].flux_unit if name in shifted else "",
        reference=reference,
        quality=put_ints([curve.quality for curve in curves]),
        preset=curves[0].preset,
        cadence=put_ints([curve.cadence for curve in curves]),
        row=put_ints([curve.row for curve in curves]),
        columns={
            key: Series(put(parts), _unit(key, unit, levelled[0], shifted)) for key, (parts, unit) in columns.items()
        },
        flux_choices=choices,
        flux_origin=curves[0].flux_origin,
        pieces=tuple(curve.source for curve in curves),
        piece=piece[order],
    )


def _common_fluxes(curves: Sequence[LightCurve]) -> tuple[str, ...]:
    """The fluxes that all have, the one looked at in the first before others."""
    offered = [curve.flux_choices or (curve.flux_name,) for curve in curves]
    common = [name for name in offered[0] if all(name in names for names in offered)]
    if not common:
        has = "; ".join(f"{_name(curve)} has {', '.join(names)}" for curve, names in zip(curves, offered, strict=True))
        raise ReadError(f"The files have no flux column in common: {has}.", hint="Stitch files of one pipeline.")
    chosen = curves[0].flux_name
    # An empty column that was fallen back from in one file is no choice for all.
    used = Counter(curve.flux_name for curve in curves if curve.flux_name in common)
    first = chosen if chosen in common else used.most_common(1)[0][0] if used else common[0]
    return (first, *(name for name in common if name != first))


def _levelled(curves: list[LightCurve], choices: tuple[str, ...]) -> tuple[list[dict[str, Floats]], set[str]]:
    """For each curve its fluxes and their errors (``<flux>_ERR``) at one level, and which fluxes were shifted to it."""
    levelled: list[dict[str, Floats]] = [{} for _ in curves]
    shifted = set()
    for name in choices:
        seen = [with_flux(curve, name) for curve in curves]
        usable = [curve.flux[curve.usable] for curve in seen]
        usable = [
            some if some.size else curve.flux[np.isfinite(curve.flux)] for some, curve in zip(usable, seen, strict=True)
        ]
        middles = [float(np.median(some)) if some.size else float("nan") for some in usable]
        if _are_magnitudes(seen) or not _can_divide(middles, usable):
            shifted.add(name)
            common = float(np.median(np.concatenate(usable))) if any(map(len, usable)) else 0.0
        for fluxes, curve, middle in zip(levelled, seen, middles, strict=True):
            known = np.isfinite(middle)
            if name in shifted:
                fluxes[name] = curve.flux + (common - middle if known else 0.0)
                fluxes[f"{name}_ERR"] = curve.flux_err
                continue
            fluxes[name] = curve.flux / (middle if known else 1.0)
            fluxes[f"{name}_ERR"] = curve.flux_err / (middle if known else 1.0)
    return levelled, shifted


def _are_magnitudes(curves: Sequence[LightCurve]) -> bool:
    are = [curve.in_magnitudes for curve in curves]
    if any(are) and not all(are):
        other = _name(curves[are.index(False)])
        raise ReadError(f"{_name(curves[are.index(True)])} is in magnitudes, {other} is not.", hint=_ONE_MISSION)
    return all(are)


def _can_divide(middles: Sequence[float], usable: Sequence[Floats]) -> bool:
    """Whether every level stands out from zero: what is about zero, such as a residual, has no relative level."""
    return all(middle > robust_sigma(some) for middle, some in zip(middles, usable, strict=True) if some.size)


def _columns(
    curves: list[LightCurve], levelled: list[dict[str, Floats]]
) -> tuple[dict[str, tuple[list[Floats], str]], list[str]]:
    """Every column of any curve with its parts, NaN where a curve has none, and its unit; and those in two units."""
    columns: dict[str, tuple[list[Floats], str]] = {}
    left_out = []
    for name in dict.fromkeys(name for curve in curves for name in curve.columns):
        units = {curve.columns[name].unit for curve in curves if name in curve.columns}
        if len(units) > 1 and name not in levelled[0]:
            left_out.append(name)
            continue
        parts = [
            fluxes.get(name, curve.columns[name].values if name in curve.columns else np.full(len(curve), np.nan))
            for curve, fluxes in zip(curves, levelled, strict=True)
        ]
        columns[name] = (parts, min(units))
    for name in levelled[0]:
        columns.setdefault(name, ([fluxes[name] for fluxes in levelled], ""))
    return columns, left_out


def _unit(column: str, unit: str, levelled: dict[str, Floats], shifted: set[str]) -> str:
    """What is divided by its median has no unit any more."""
    return unit if column not in levelled or column.removesuffix("_ERR") in shifted else ""


def _counted_from(curve: LightCurve, reference: TimeReference) -> Floats:
    # The difference of two zeros is exact, so each time is rounded once.
    shift = curve.reference.zero_jd - reference.zero_jd if reference.known else 0.0
    return curve.time + shift if shift else curve.time


def _order(times: Sequence[Floats]) -> Ints:
    """The order of all rows in time; rows without a time stay behind their neighbours of the same file."""
    filled = np.concatenate([_filled(time) for time in times])
    return np.argsort(filled, kind="stable").astype(np.int64)


def _filled(time: Floats) -> Floats:
    known = np.flatnonzero(np.isfinite(time))
    before = np.searchsorted(known, np.arange(len(time)), side="right") - 1
    return time[known[np.maximum(before, 0)]]


def _source(sources: list[Source], notes: tuple[str, ...]) -> Source:
    def cards() -> tuple[Card, ...]:
        return tuple(
            replace(card, hdu=f"{piece_name(source)}, {card.hdu}") for source in sources for card in source.header
        )

    segment = together([source.segment for source in sources])
    return replace(sources[0], path=None, segment=segment, part="", parts=(), notes=notes, cards=cards)


def _notes(curves: list[LightCurve], times: list[Floats], *, shifted: bool, left_out: list[str]) -> tuple[str, ...]:
    level = "shifted to the common median" if shifted else "divided by its median"
    notes = [f"Stitched from {len(curves)} files; the flux of each is {level}."]
    ends = [(float(np.nanmin(time)), float(np.nanmax(time))) for time in times]
    for place in range(1, len(curves)):
        reached = max(range(place), key=lambda before: ends[before][1])
        if ends[place][0] <= ends[reached][1]:
            pair = f"{piece_name(curves[reached].source)} and {piece_name(curves[place].source)}"
            overlap = min(ends[reached][1], ends[place][1]) - ends[place][0]
            notes.append(f"{pair} overlap by {overlap:.3g} days: there the rows of both are kept.")
    cadences = [cadence_of(time[np.isfinite(time)]) * _DAY_S for time in times]
    if max(cadences) > _OTHER_CADENCE * min(cadences):
        notes.append(f"Cadences differ, from {min(cadences):,.0f} to {max(cadences):,.0f} s: so does the noise.")
    if not curves[0].reference.known:
        notes.append("No file says what its times count from: they are taken to count from the same zero.")
    if left_out:
        notes.append(f"Left out, as the files give them in different units: {', '.join(left_out)}.")
    own = [f"{piece_name(curve.source)}: {note}" for curve in curves for note in curve.source.notes]
    return (*notes, *dict.fromkeys(own))


def _first_time(curve: LightCurve) -> float:
    return float(np.nanmin(curve.time))


def _is_named(curve: LightCurve) -> bool:
    """Whether the file names its object, which else goes by the name of the file."""
    path = curve.source.path
    return path is None or curve.source.object_name != PurePath(path).name.split(".")[0]


def _name(curve: LightCurve) -> str:
    return curve.source.path.name if curve.source.path else curve.source.object_name or "A light curve"
