"""Edges: strips along the sides where no sky is (overscan, blank, glow), and steps between amplifiers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.images.artefacts.artefact import Artefact, after_trials, rectangle
from desktop_app.core.images.artefacts.frame import Frame
from desktop_app.core.progress import Report, silent

KIND = "edge"
_MOST = 0.4
_APART = 3.0
_OF_PATTERN = 6.0
_SIDE = 12
_LEAST_STEP = 1.0
_AGREE = 0.85


@dataclass(frozen=True)
class _Strip:
    """Lines ``start`` to ``stop`` (half open) along one side, with the median level in sigmas; NaN where blank."""

    start: int
    stop: int
    level: float
    sigmas: float


def find_edges(frame: Frame, least: float, report: Report = silent) -> tuple[Artefact, ...]:
    """Strips along the sides that are blank, or at another level than what follows; and steps all across.

    Medians of lines are compared with those further in; a strip ends where they come down to what is usual there. A
    step is where the medians of the lines on both sides differ, in nearly every stretch of the line alike.

    Parameters
    ----------
    frame : Frame
    least : float
        The lowest score that is told.
    report : callable
        Told the progress; where it raises, the search ends.
    """
    found = []
    for upright in (True, False):
        report(0.0 if upright else 0.5, "Comparing lines near the sides")
        sigmas, good = (frame.sigmas.T, frame.good.T) if upright else (frame.sigmas, frame.good)
        if len(good) < 4 * _SIDE:
            continue
        levels, blank = _levels(frame, upright)
        report(0.25 if upright else 0.75, "Comparing lines near the sides")
        strips = _strips(levels, blank, sigmas.shape[1])
        found += [_strip_artefact(strip, frame, upright) for strip in strips if strip.sigmas >= least]
        inner = slice(
            max((strip.stop for strip in strips if strip.start == 0), default=0) + 2,
            min((strip.start for strip in strips if strip.start > 0), default=len(levels)) - 2,
        )
        found += _steps(sigmas, good, inner, upright, least)
    return tuple(found)


def _levels(frame: Frame, upright: bool) -> tuple[Floats, Bools]:
    """The median of each line in sigmas over the middle of the picture, and which lines are blank."""
    pixels, good = (frame.pixels.T, frame.good.T) if upright else (frame.pixels, frame.good)
    values = np.where(good, pixels, np.nan).astype(np.float64)
    blank = good.mean(axis=1) < 0.05
    levels = np.full(len(values), np.nan)
    levels[~blank] = np.nanmedian(values[~blank], axis=1)
    constant = np.zeros(len(values), bool)
    constant[~blank] = np.nanmax(values[~blank], axis=1) == np.nanmin(values[~blank], axis=1)
    middle = np.nanmedian(levels[~constant]) if (~constant & ~blank).any() else 0.0
    return (levels - middle) / frame.noise, blank | constant


def _strips(levels: Floats, blank: Bools, across: int) -> list[_Strip]:
    found = []
    n = len(levels)
    for mirrored in (False, True):
        line, empty = (levels[::-1], blank[::-1]) if mirrored else (levels, blank)
        width = _width(line, empty, across)
        if width == 0 or width > _MOST * n:
            continue
        start, stop = (n - width, n) if mirrored else (0, width)
        inside = line[:width][~empty[:width]]
        level = float(inside[np.argmax(np.abs(inside))]) if inside.size else float("nan")
        clear = abs(level) * np.sqrt(across) if inside.size else np.sqrt(2.0 * width * across)
        found.append(_Strip(start, stop, level, after_trials(float(clear), 4.0 * n)))
    return found


def _width(line: Floats, empty: Bools, across: int) -> int:
    """How many lines from the side on are blank, or off what follows."""
    n = len(line)
    blank = int(np.argmin(empty)) if empty[0] else 0
    rest = line[blank : n // 2]
    if rest.size < 3 * _SIDE:
        return blank
    # What is usual lies beyond the strip: a straight line through the medians of the second half.
    far = np.arange(rest.size) >= rest.size // 2
    at = np.arange(rest.size)
    slope, level = np.polyfit(at[far], np.nan_to_num(rest[far], nan=float(np.nanmedian(rest[far]))), 1)
    off = rest - (level + slope * at)
    loud = max(robust_sigma(off[far]), 1.25 / np.sqrt(across))
    limit = max(_OF_PATTERN * loud, 0.5)
    high = np.abs(np.nan_to_num(off)) > limit
    # The sky is not flat: an edge is steep somewhere, and high at the side itself.
    if not high[0] or np.abs(off[:_SIDE]).max() < _APART:
        return blank
    width = int(np.argmin(high)) if not high.all() else rest.size
    steep = np.abs(np.diff(off[: width + 2])).max() > 0.2 * np.abs(off[:width]).max()
    return blank + width if steep else blank


def _steps(sigmas: NDArray[np.float32], good: Bools, inner: slice, upright: bool, least: float) -> list[Artefact]:
    """Where the level jumps between two lines, all along them."""
    values = np.where(good, np.clip(sigmas, -20, 20), np.nan)
    n, length = values.shape
    pieces = np.array_split(np.arange(length), max(min(16, length // 24), 1))
    with np.errstate(invalid="ignore"):
        medians = np.stack([_medians(values[:, piece]) for piece in pieces], axis=1)
    sums = np.cumsum(np.vstack([np.zeros(len(pieces)), np.nan_to_num(medians)]), axis=0)
    at = np.arange(max(inner.start, 0) + _SIDE, min(inner.stop, n) - _SIDE)
    if at.size < 2 * _SIDE:
        return []
    jumps = (sums[at + _SIDE] - 2 * sums[at] + sums[at - _SIDE]) / _SIDE
    whole = np.median(jumps, axis=1)
    usual = max(robust_sigma(whole), 1.25 * np.sqrt(2 / (_SIDE * length)))
    agree = (np.sign(jumps) == np.sign(whole)[:, None]).mean(axis=1)
    sharp = np.abs(np.median(medians[at] - medians[at - 1], axis=1))
    found: list[tuple[int, float]] = []
    for i in np.argsort(-np.abs(whole)):
        strong = abs(whole[i]) > max(_LEAST_STEP, _OF_PATTERN * usual) and agree[i] >= _AGREE
        if not strong:
            break
        if sharp[i] < 0.5 * abs(whole[i]) or any(abs(at[i] - place) < 2 * _SIDE for place, _ in found):
            continue
        found.append((int(at[i]), float(whole[i])))
        if len(found) > 8:
            return []
    artefacts = [_step_artefact(place, step, length, upright) for place, step in found]
    return [artefact for artefact in artefacts if artefact.score >= least]


def _medians(values: NDArray[np.float32]) -> Floats:
    known = np.isfinite(values).sum(axis=1) > 2
    out = np.full(len(values), np.nan)
    if known.any():
        out[known] = np.nanmedian(values[known], axis=1)
    return out


def _strip_artefact(strip: _Strip, frame: Frame, upright: bool) -> Artefact:
    ny, nx = frame.shape
    length = ny if upright else nx
    lines, along = (strip.start, strip.stop - 1), (0, length - 1)
    (x0, x1), (y0, y1) = (lines, along) if upright else (along, lines)
    width = strip.stop - strip.start
    what = "columns" if upright else "rows"
    if np.isnan(strip.level):
        reason = f"the outer {width} {what} hold no picture"
    else:
        side = "above" if strip.level > 0 else "below"
        reason = f"the outer {width} {what} are up to {abs(strip.level):,.0f}σ {side} the rest"
    return Artefact(
        kind=KIND,
        outline=rectangle(x0, y0, x1, y1),
        x=(x0 + x1) / 2,
        y=(y0 + y1) / 2,
        score=strip.sigmas,
        reason=reason,
        numbers={
            "width_px": float(width),
            "length_px": float(length),
            "angle_deg": 90.0 if upright else 0.0,
            "step_sigma": strip.level,
            "fraction": width / (nx if upright else ny),
        },
    )


def _step_artefact(place: int, step: float, length: int, upright: bool) -> Artefact:
    lines, along = (place - 2, place + 1), (0, length - 1)
    (x0, x1), (y0, y1) = (lines, along) if upright else (along, lines)
    what = "column" if upright else "row"
    return Artefact(
        kind=KIND,
        outline=rectangle(x0, y0, x1, y1),
        x=(x0 + x1) / 2,
        y=(y0 + y1) / 2,
        score=after_trials(abs(step) * np.sqrt(_SIDE * length / 3.2), 2.0 * length),
        reason=f"the level steps by {abs(step):.1f}σ at {what} {place}, all along: two amplifiers or detectors meet",
        numbers={
            "width_px": 4.0,
            "length_px": float(length),
            "angle_deg": 90.0 if upright else 0.0,
            "step_sigma": step,
        },
    )
