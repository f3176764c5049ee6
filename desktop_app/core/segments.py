"""The usual spacing of a light curve, and where it is interrupted."""

import numpy as np

from desktop_app.core.arrays import Floats, Ints

_SAMPLE = 20_000
NO_JOINS: Ints = np.zeros(0, np.int64)


def cadence_of(time: Floats) -> float:
    """The median spacing of ``time`` in days; NaN for fewer than two rows.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Finite and never decreasing. Rows of the same time are left out.
    """
    spacing = np.diff(time)
    spacing = spacing[:: max(1, spacing.size // _SAMPLE)]
    spacing = spacing[spacing > 0]
    return float(np.median(spacing)) if spacing.size else float("nan")


def segment_starts(time: Floats, gap_d: float, joins: Ints = NO_JOINS) -> Ints:
    """The rows at which an uninterrupted stretch begins, row 0 among them; shape (m,).

    Parameters
    ----------
    time : ndarray, shape (n,)
        Finite and never decreasing, n > 0.
    gap_d : float
        A longer pause than this ends a stretch.
    joins : ndarray of int
        Rows after the first at which a stretch begins without a pause too.
    """
    return np.unique(np.concatenate([[0], np.flatnonzero(np.diff(time) > gap_d) + 1, joins])).astype(np.int64)


def joins_among(joins: Ints, rows: Ints) -> Ints:
    """Where among ``rows``, rising numbers of the rows that are looked at, the stretches of ``joins`` begin."""
    places = np.unique(np.searchsorted(rows, joins))
    return places[(places > 0) & (places < rows.size)].astype(np.int64)


def segment_bounds(starts: Ints, n: int) -> tuple[Ints, Ints]:
    """For each of ``n`` rows, where its stretch starts and stops (half open); two arrays of shape (n,)."""
    stops = np.append(starts[1:], n)
    lengths = stops - starts
    return np.repeat(starts, lengths), np.repeat(stops, lengths)
