"""Bad columns and rows: lines of pixels one to three wide, along the axes, that step away from both their sides."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.compiled import compiled
from desktop_app.core.images.artefacts.artefact import Artefact, after_trials, rectangle
from desktop_app.core.images.artefacts.frame import Frame
from desktop_app.core.progress import Report, part, silent

KIND = "bad column"
_WIDTHS = (1, 2, 3)
_LEAST_SUM = 30.0
_SHORTEST_DARK = 6
_SHORTEST_BRIGHT = 24
_LEAST_STEP = 0.7
_OF_PATTERN = 5.0
_MOST_LINES = 0.1
_BESIDE = 15
_OF_NEIGHBOURS = 4.0


@dataclass(frozen=True)
class _Run:
    line: int
    width: int
    start: int
    stop: int
    step: float
    sigmas: float
    length: int


def find_columns(
    frame: Frame, least: float, report: Report = silent, *, widths: Sequence[int] = _WIDTHS
) -> tuple[Artefact, ...]:
    """Columns and rows, whole or in part, that are brighter or darker than what is beside them.

    A pixel speaks for a bad line where the whole of its excess stands out of the nearest neighbours on both sides
    alike; light that came through the optics spreads over more than that. What pixels say is summed along the line
    (a cumulative sum: Page 1954), so a line may begin and end anywhere.

    Parameters
    ----------
    frame : Frame
    least : float
        The lowest score that is told.
    report : callable
        Told the progress; where it raises, the search ends.
    widths : sequence of int
        How many lines may be bad side by side.
    """
    found: list[Artefact] = []
    for name, upright in (("column", True), ("row", False)):
        sigmas = frame.sigmas.T if upright else frame.sigmas
        good = frame.good.T if upright else frame.good
        told = part(report, 0.0 if upright else 0.5, 0.5 if upright else 1.0)
        runs = _runs_of(np.ascontiguousarray(sigmas), np.ascontiguousarray(good), widths, told)
        # Lines all over are what the picture is of: a spectrum, or the pattern of the read-out.
        if len({run.line for run in runs}) > max(_MOST_LINES * len(sigmas), 12):
            continue
        found += [_artefact(run, name, frame) for run in runs if run.sigmas >= least]
    return tuple(found)


def _runs_of(sigmas: NDArray[np.float32], good: Bools, widths: Sequence[int], report: Report) -> list[_Run]:
    """Bad rows of an array, the clearest of those that share pixels."""
    lines, length = sigmas.shape
    if lines < 8 or length < _SHORTEST_DARK:
        return []
    pattern = robust_sigma(_line_steps(sigmas, good))
    found = []
    for n_done, width in enumerate(widths):
        report(n_done / len(widths), "Adding up pixels along lines")
        table = np.zeros((min(20_000, 64 + sigmas.size // 64), 5))
        n = _summed(sigmas, good, width, _LEAST_SUM, table)
        for line, start, stop, sign, count in table[:n]:
            run = _judged(sigmas, (int(line), width, int(start), int(stop)), sign, int(count))
            shortest = _SHORTEST_BRIGHT if sign > 0 else _SHORTEST_DARK
            floor = max(_LEAST_STEP, _OF_PATTERN * pattern) if stop - start > length / 3 else 2 * _LEAST_STEP
            if run is not None and count >= min(shortest, length // 2) and abs(run.step) >= floor:
                found.append(run)
    return _apart(sorted(found, key=lambda run: -run.sigmas), (lines, length))


def _judged(sigmas: NDArray[np.float32], place: tuple[int, int, int, int], sign: float, count: int) -> _Run | None:
    """The run with its step; None where lines beside it step as much, or less than most of it does."""
    line, width, start, stop = place
    low, high = max(line - _BESIDE, 0), min(line + width + _BESIDE, len(sigmas))
    levels = np.median(sigmas[low:high, start:stop], axis=1)
    excess = levels.copy()
    excess[3:-3] -= (levels[:-6] + levels[6:]) / 2
    at = line - low
    far = [levels[i] for i in (at - 3, at - 2, at + width + 1, at + width + 2) if 0 <= i < len(levels)]
    step = float(levels[at : at + width].mean() - np.median(far))
    others = np.abs(np.r_[excess[3 : max(at - 2, 3)], excess[at + width + 3 : -3]])
    usual = 1.4826 * float(np.median(others)) if others.size > 4 else 0.0
    if sign * step < _OF_NEIGHBOURS * usual:
        return None
    clear = after_trials(abs(step) * np.sqrt(count * width / 1.4), 3.0 * sigmas.size)
    return _Run(line, width, start, stop, step, clear, count)


def _line_steps(sigmas: NDArray[np.float32], good: Bools) -> Floats:
    known = good.mean(axis=1) > 0.5
    middle = np.median(sigmas[:, :: max(1, sigmas.shape[1] // 512)], axis=1)
    steps: Floats = middle[1:-1] - (middle[:-2] + middle[2:]) / 2
    return steps[known[1:-1] & known[:-2] & known[2:]]


def _apart(runs: Sequence[_Run], shape: tuple[int, int]) -> list[_Run]:
    taken = np.zeros(shape, bool)
    kept = []
    for run in runs:
        lines = slice(max(run.line - 2, 0), run.line + run.width + 2)
        if not taken[lines, run.start : run.stop].any():
            taken[run.line : run.line + run.width, run.start : run.stop] = True
            kept.append(run)
    return kept


def with_runs(sigmas: NDArray[np.float32]) -> Bools:
    """Which stamps have a line along which pixels add up at all: most have none, and need no second look; shape (m,).

    Parameters
    ----------
    sigmas : ndarray of float32, shape (m, ny, nx)
        All of them known.
    """
    highest = np.zeros(len(sigmas), np.float32)
    if min(sigmas.shape[1:]) < 8:
        return highest > 0
    for order in ((1, 0, 2), (2, 0, 1)):
        # Places along a line come first, as the sums go on from one to the next.
        turned = np.ascontiguousarray(sigmas.transpose(order))
        for width in _WIDTHS:
            np.maximum(highest, _highest_sums(turned, width), out=highest)
    return highest >= 0.99 * _LEAST_SUM


def _highest_sums(values: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """The highest sum that `_summed` comes to in each stamp, from values of shape (length, m, lines)."""
    count = values.shape[2] - width - 5

    def beside(step: int) -> NDArray[np.float32]:
        return values[:, :, 3 + step : 3 + step + count]

    low = high = inner = beside(0)
    for step in range(1, width):
        low, high = np.minimum(low, beside(step)), np.maximum(high, beside(step))
        inner = inner + beside(step)
    excess = inner / np.float32(width)
    excess -= (beside(-2) + beside(-3) + beside(width + 1) + beside(width + 2)) / np.float32(4)
    share = np.float32(0.6 if width == 1 else 0.75)
    total, highest = np.zeros((2, *excess.shape[1:]), np.float32)
    for edge, over in (
        (low - np.maximum(beside(-1), beside(width)), excess),
        (np.minimum(beside(-1), beside(width)) - high, -excess),
    ):
        gains = np.minimum(np.minimum(edge, over) / np.float32(0.8), np.float32(6)) - np.float32(0.15)
        gains[edge < share * over - np.float32(1.2)] = -1
        total[...] = 0
        for gain in gains:
            total += gain
            np.maximum(total, 0, out=total)
            np.maximum(highest, total, out=highest)
    most: NDArray[np.float32] = highest.max(axis=1, initial=0)
    return most


@compiled
def _summed(
    sigmas: NDArray[np.float32], good: Bools, width: int, least: float, table: Floats
) -> int:  # pragma: no cover  compiled
    """Fill ``table`` with runs (line, start, stop, sign, pixels) along the rows; how many there are."""
    lines, length = sigmas.shape
    share = 0.6 if width == 1 else 0.75
    noise = 0.8
    n = 0
    for line in range(3, lines - width - 2):
        for sign in (1.0, -1.0):
            total, best, start, end = 0.0, 0.0, 0, 0
            count, counts = 0, 0
            for j in range(length + 1):
                gain = -1.0
                excess = 0.0
                ok = j < length
                if ok:
                    inner, within = 0.0, 1e30
                    for k in range(width):
                        ok = ok and good[line + k, j]
                        value = sign * sigmas[line + k, j]
                        inner += value / width
                        within = min(within, value)
                    ok = ok and good[line - 1, j] and good[line + width, j]
                if ok:
                    left, right = sign * sigmas[line - 1, j], sign * sigmas[line + width, j]
                    far = 0.25 * (
                        sigmas[line - 2, j]
                        + sigmas[line - 3, j]
                        + sigmas[line + width + 1, j]
                        + sigmas[line + width + 2, j]
                    )
                    excess = inner - sign * far
                    edge = inner - max(left, right)
                    if width > 1:
                        edge = min(edge, within - max(left, right))
                    if edge >= share * excess - 1.2:
                        gain = min(min(edge, excess) / noise, 6.0) - 0.15
                if j < length and not ok:
                    gain = 0.0
                if j < length and total + gain > 0:
                    if total == 0.0:
                        start, counts = j, 0
                    total += gain
                    if ok:
                        counts += 1
                    if total > best:
                        best, end, count = total, j + 1, counts
                    if total < best - least and best >= least:
                        total = -1.0
                else:
                    total = -1.0
                if total < 0.0 or j == length:
                    if best >= least and n < table.shape[0] and count > 0:
                        table[n, 0], table[n, 1], table[n, 2] = line, start, end
                        table[n, 3], table[n, 4] = sign, count
                        n += 1
                    total, best = 0.0, 0.0
    return n


def _artefact(run: _Run, name: str, frame: Frame) -> Artefact:
    ny, nx = frame.shape
    along = (run.start, run.stop - 1)
    across = (run.line, run.line + run.width - 1)
    x, y = (across, along) if name == "column" else (along, across)
    whole = run.stop - run.start >= 0.95 * (ny if name == "column" else nx)
    which = f"{name} {run.line}" if run.width == 1 else f"{name}s {across[0]} to {across[1]}"
    part = "all along" if whole else f"from {along[0]} to {along[1]}"
    side = "brighter" if run.step > 0 else "darker"
    return Artefact(
        kind=KIND,
        outline=rectangle(x[0], y[0], x[1], y[1]),
        x=(x[0] + x[1]) / 2,
        y=(y[0] + y[1]) / 2,
        score=run.sigmas,
        reason=f"{which}, {part}, is {abs(run.step):.1f}σ {side} than both sides",
        numbers={
            "length_px": float(run.stop - run.start),
            "width_px": float(run.width),
            "angle_deg": 90.0 if name == "column" else 0.0,
            "step_sigma": run.step,
        },
    )
