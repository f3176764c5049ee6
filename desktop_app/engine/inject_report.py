"""A recovery map as text and as JSON: what the terminal prints, what is copied, what programs read."""

from collections.abc import Sequence
from math import isfinite, isinf, isnan

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.injection.kinds import Across, Counted, Kind, Measure, Scramble
from desktop_app.core.injection.plan import Grid
from desktop_app.core.injection.results import RecoveryMap, Try, kinds_found
from desktop_app.paths import version

_DAYS_OF_SECTOR = 27.0
_ACTIVE = 2.0
_PPM_BELOW = 5.0e-3


def strength_text(value: float, grid: Grid) -> str:
    """A depth in per cent, or in ppm where all of the map is shallow; or an SNR."""
    if not isfinite(value):
        return "–"
    if grid.measure is Measure.SNR:
        return f"{value:.3g}"
    if grid.strength[-1] < _PPM_BELOW:
        return f"{value * 1e6:,.0f} ppm"
    return f"{value * 100:.3g} %"


def width_text(value: float, grid: Grid) -> str:
    """A duration in minutes, hours or days, or a period in days."""
    if grid.across is Across.PERIOD or value >= 2:
        return f"{value:.3g} d"
    return f"{value * 1440:.3g} min" if value * 24 < 2 else f"{value * 24:.3g} h"


def row_label(grid: Grid, row: int) -> str:
    """The range of strengths of a row."""
    return _span_text(*(strength_text(edge, grid) for edge in grid.strength[row : row + 2]))


def column_label(grid: Grid, column: int) -> str:
    """The range of durations or periods of a column; "" where signals have neither."""
    if not grid.kind.lasts:
        return ""
    return _span_text(*(width_text(edge, grid) for edge in grid.width[column : column + 2]))


def strength_name(grid: Grid) -> str:
    """What the rows are."""
    if grid.measure is Measure.SNR:
        return "SNR"
    return "Height" if grid.kind in (Kind.FLARES, Kind.STEPS, Kind.OUTLIERS) else "Depth"


def width_name(grid: Grid) -> str:
    """What the columns are."""
    if not grid.kind.lasts:
        return "All"
    if grid.across is Across.PERIOD:
        return "Period"
    return "Duration above half height" if grid.kind is Kind.FLARES else "Duration"


def crossing_text(value: float, grid: Grid) -> str:
    """From which strength on a share is found: "0.2 %", or which end of the map it is beyond."""
    if isinf(value):
        return f"> {strength_text(grid.strength[-1], grid)}"
    return f"< {strength_text(grid.strength[0], grid)}" if value == 0 else strength_text(value, grid)


def table_of(found: RecoveryMap, threshold: float | None = None) -> list[list[str]]:
    """The map as rows of text, strongest first, with a head; then the 50 % and 90 % lines."""
    grid, cells = found.grid, found.cells(threshold)
    rows, columns = grid.shape
    head = [strength_name(grid), *(column_label(grid, column) or "Found" for column in range(columns))]
    body = [
        [
            row_label(grid, row),
            *(_cell_text(cells.share, cells.low, cells.high, row, column) for column in range(columns)),
        ]
        for row in reversed(range(rows))
    ]
    lines = [
        [f"{100 * share:.0f} % found from", *(crossing_text(x, grid) for x in found.strength_at(share, threshold))]
        for share in (0.9, 0.5)
    ]
    return [head, *body, *lines]


def summary_of(found: RecoveryMap, threshold: float | None = None) -> list[str]:
    """Sentences about kinds, false events and thresholds."""
    limit = found.threshold if threshold is None else threshold
    false = found.false
    untouched, mirrored, scrambled = false.at(limit)
    where = "in the curve" if false.curves == 1 else f"per curve in {false.curves:,} curves"
    side = {1: "brighter ", -1: "fainter "}.get(found.plan.kind.side, "")
    side = side if found.plan.counted is Counted.SAME_SIDE else ""
    noun = f"{side}{'event' if untouched == 1 else 'events'}"
    per_sector = _per_sector(found, scrambled)
    sector = "–" if isnan(per_sector) else f"{per_sector:.2g}"
    lines = [
        f"At {limit:g} sigma: {untouched:.2g} {noun} {where} (some may be real), {mirrored:.2g} upside down.",
        f"Scrambled: {scrambled:.2g} false {side}events per curve ({sector} per 27 days) in {false.scrambles:,} "
        f"scrambled {'curve' if false.scrambles == 1 else 'curves'}.",
        _suggestion(found),
    ]
    if found.plan.scramble is Scramble.BLOCKS and per_sector > _ACTIVE:
        lines.append(
            "So many are left because the star is active or its noise wild, and blocks keep what is not certain; "
            "scrambled phases tell what plain noise of this colour does."
        )
    made = sum(1 for one in found.tries if one.kind)
    right = sum(1 for one in found.tries if one.kind in found.plan.kind.expected)
    if made:
        kinds = ", ".join(f"{n} {kind}" for kind, n in kinds_found(found.tries).items())
        lines.append(f"Of {made:,} that made an event {100 * right / made:.0f} % have the right kind ({kinds}).")
    if found.left_out:
        lines.append(f"For {found.left_out:,} injections there was no room.")
    return lines


def _span_text(low: str, high: str) -> str:
    return low if low == high else f"{low} – {high}"


def _suggestion(found: RecoveryMap) -> str:
    wished = found.plan.false_events
    if not isfinite(found.suggested):
        return f"No threshold gives as few as {wished:g} false events per scrambled curve."
    rests = int(found.false.scrambled[int(np.searchsorted(found.false.levels, found.suggested))])
    few = "" if found.false.scrambles * wished >= 1 else "; too few to tell, count on more"
    return (
        f"Suggested threshold: {found.suggested:g} sigma, for {wished:g} of them per curve "
        f"({rests:,} in {found.false.scrambles:,} scrambled{few})."
    )


def _per_sector(found: RecoveryMap, per_curve: float) -> float:
    """``per_curve`` in 27 days; NaN where the curves have no length."""
    days = found.false.days / max(found.false.curves, 1)
    return per_curve * _DAYS_OF_SECTOR / days if days > 0 else float("nan")


def _cell_text(share: Floats, low: Floats, high: Floats, row: int, column: int) -> str:
    if not isfinite(share[row, column]):
        return "–"
    percent = [f"{100 * values[row, column]:.0f}" for values in (share, low, high)]
    return f"{percent[0]} % ({percent[1]}–{percent[2]})"


def as_json(found: RecoveryMap) -> dict[str, object]:
    """The map and every injection as JSON types; unknown and infinite numbers are null."""
    grid, cells, false = found.grid, found.cells(), found.false
    return {
        "application": f"Peculiar {version()}",
        "curves": list(found.names),
        "detector": {"name": found.detector, "version": found.version, "settings": found.settings},
        "threshold": found.threshold,
        "plan": found.plan.model_dump(mode="json"),
        "axes": {
            "strength": grid.measure.value,
            "strength_edges": grid.strength.tolist(),
            "width": grid.across.value if grid.kind.lasts else None,
            "width_edges_d": grid.width.tolist(),
        },
        "cells": {
            name: _known(getattr(cells, name))
            for name in ("n", "found", "share", "low", "high", "right", "depth_ratio", "duration_ratio")
        },
        "found_from": {f"{share:g}": _known(found.strength_at(share)) for share in (0.5, 0.9)},
        "kinds": kinds_found(found.tries),
        "false_events": {
            "counted": found.plan.counted.value,
            "curves": false.curves,
            "scrambled_curves": false.scrambles,
            "days": false.days,
            **dict(zip(("untouched", "mirrored", "scrambled"), false.at(found.threshold), strict=True)),
            "levels": false.levels.tolist(),
            "scrambled_at_levels": false.scrambled.tolist(),
        },
        "suggested_threshold": _known(np.array(found.suggested)),
        "left_out": found.left_out,
        "runs": found.runs,
        "injections": [_injection(found.names, one) for one in found.tries],
    }


def _injection(names: Sequence[str], one: Try) -> dict[str, object]:
    signal = one.planted.signal
    numbers = {
        "t0": signal.t0,
        "depth": signal.depth,
        "duration_d": signal.duration_d,
        "period_d": signal.period_d,
        "snr": one.planted.snr,
        "score": one.score,
        "depth_ratio": one.depth_ratio,
        "duration_ratio": one.duration_ratio,
        "period_ratio": one.period_ratio,
    }
    known = {name: value if isfinite(value) else None for name, value in numbers.items()}
    return {"curve": names[one.curve], "row": one.row, "column": one.column, **known, "kind": one.kind}


def _known(values: Floats) -> object:
    """As nested lists, with null for what is not finite."""
    if values.ndim:
        return [_known(value) for value in values]
    return values.item() if np.isfinite(values) else None
