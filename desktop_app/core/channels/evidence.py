"""Measures what the stretches of a channel look like, all of them at once, against what is usual."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.channels.nominal import BUMP_ROWS, FILLS, WIDTHS, Nominal, bumps, still_rows

_FAR = 3.0
_SEEN_WITHIN = 0.02
_ANY = 1e-9


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was measured of m stretches, each of shape (m,); values and levels in the unit of the channel.

    Attributes
    ----------
    samples, missing : ndarray of int
        Values in the stretch, and rows of it without one.
    above, below : ndarray
        How far the highest is above the usual range and the lowest below it; negative where inside.
    outside : ndarray
        The share of the samples that are outside of it by more than the margin.
    unseen : ndarray
        The share that is further from every usual value than 2 % of the range.
    filled, fill : ndarray
        Samples at a value that stands for none and is not usual here, and that value, NaN for none.
    still : ndarray
        The longest run of equal values that reaches into it.
    restless, scatter_ratio : ndarray
        The share of steps from sample to sample that are larger than usual, and the mean step in usual ones.
    bumps, bump : ndarray
        Samples far above or below their neighbours, and the highest of them, signed.
    level, before, after : ndarray
        The mean in the stretch, and in as much of the channel before and after it; NaN where there is none.
    shift : ndarray
        By how much the mean usually changes over such a stretch.
    rise, creep : ndarray
        By how much it rises along the stretch: twice the mean of its second half less that of its first, NaN of a
        single sample; and by how much channels like this usually do.
    up, down : ndarray
        The largest rise within three samples, and the largest fall, which is negative.
    swing : ndarray
        From the lowest to the highest value.
    """

    samples: Ints
    missing: Ints
    above: Floats
    below: Floats
    outside: Floats
    unseen: Floats
    filled: Floats
    fill: Floats
    still: Floats
    restless: Floats
    scatter_ratio: Floats
    bumps: Floats
    bump: Floats
    level: Floats
    before: Floats
    after: Floats
    shift: Floats
    rise: Floats
    creep: Floats
    up: Floats
    down: Floats
    swing: Floats


def evidence_of(values: Floats, starts: Ints, stops: Ints, nominal: Nominal) -> Evidence:
    """What the stretches ``starts:stops`` of ``values`` look like.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where there is none.
    starts, stops : ndarray of int, shape (m,)
        Rows, half open; each stretch has a finite value.
    nominal : Nominal
    """
    there = np.flatnonzero(np.isfinite(values))
    first, last = np.searchsorted(there, starts), np.searchsorted(there, stops)
    # Numbers near the largest that there are may differ by more than that.
    with np.errstate(over="ignore", invalid="ignore"):
        return Evidence(
            samples=last - first,
            missing=(stops - starts) - (last - first),
            **_against_range(values[there], first, last, nominal),
            **_of_fills(values[there], first, last, nominal),
            **_of_steps(nominal.scaled(values[there]), first, last, nominal),
            **_of_levels(nominal.scaled(values[there]), first, last, nominal),
        )


def _against_range(known: Floats, first: Ints, last: Ints, nominal: Nominal) -> dict[str, Floats]:
    high, low = _extreme(np.maximum, known, first, last), _extreme(np.minimum, known, first, last)
    outside = (known > nominal.high + nominal.margin) | (known < nominal.low - nominal.margin)
    return {
        "above": high - nominal.high,
        "below": nominal.low - low,
        "outside": _share(outside, first, last),
        "unseen": _share(_unseen(known, nominal), first, last),
        "swing": high - low,
    }


def _of_steps(scaled: Floats, first: Ints, last: Ints, nominal: Nominal) -> dict[str, Floats]:
    """What changes from sample to sample."""
    steps = np.abs(np.diff(scaled, prepend=scaled[:1]))
    bump = bumps(scaled)
    far = np.abs(bump) > _FAR * nominal.bump + _SEEN_WITHIN
    highest, lowest = _extreme(np.maximum, bump, first, last), _extreme(np.minimum, bump, first, last)
    mean = _mean(_sums(steps), first, last)
    return {
        "still": _extreme(np.maximum, still_rows(scaled).astype(np.float64), first, last),
        "restless": _share(steps > max(nominal.jump, _ANY), first, last),
        "scatter_ratio": mean / nominal.scatter if nominal.scatter > 0 else np.full(len(first), np.nan),
        "bumps": _counted(far, first, last).astype(np.float64),
        "bump": nominal.spread * np.where(highest > -lowest, highest, lowest),
    }


def _of_levels(scaled: Floats, first: Ints, last: Ints, nominal: Nominal) -> dict[str, Floats]:
    """Means in, before and after each stretch, and how one becomes the other."""
    n, unit, sums = len(scaled), nominal.spread, _sums(scaled)
    around, half = np.clip(last - first, WIDTHS[0], WIDTHS[-1]), (first + last) // 2
    change = scaled[BUMP_ROWS:] - scaled[:-BUMP_ROWS] if n > BUMP_ROWS else np.zeros(1)
    earliest = np.clip(first - BUMP_ROWS, 0, len(change) - 1)
    latest = np.clip(last, earliest + 1, len(change))
    return {
        "level": nominal.middle + unit * _mean(sums, first, last),
        "before": nominal.middle + unit * _mean(sums, np.maximum(first - around, 0), first),
        "after": nominal.middle + unit * _mean(sums, last, np.minimum(last + around, n)),
        "shift": unit * nominal.shift(around),
        "rise": 2 * unit * (_mean(sums, half, last) - _mean(sums, first, half)),
        "creep": 2 * unit * nominal.shift((last - first) // 2),
        "up": unit * np.maximum(_extreme(np.maximum, change, earliest, latest), 0.0),
        "down": unit * np.minimum(_extreme(np.minimum, change, earliest, latest), 0.0),
    }


def _extreme(which: np.ufunc, values: Floats, first: Ints, last: Ints) -> Floats:
    """The maximum or minimum of each stretch; none of them is empty."""
    padded = np.append(values, values[-1:])
    return which.reduceat(padded, np.column_stack([first, last]).ravel())[::2]


def _sums(values: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))


def _mean(sums: Floats, first: Ints, last: Ints) -> Floats:
    """The mean of each stretch, of sums from the start on; NaN where it is empty."""
    count = last - first
    return np.where(count > 0, (sums[last] - sums[first]) / np.maximum(count, 1), np.nan)


def _counted(marked: Bools, first: Ints, last: Ints) -> Ints:
    sums = np.concatenate(([0], np.cumsum(marked)))
    return sums[last] - sums[first]


def _share(marked: Bools, first: Ints, last: Ints) -> Floats:
    return _counted(marked, first, last) / (last - first)


def _unseen(known: Floats, nominal: Nominal) -> Bools:
    """Which values are far from every usual one; never where those do not come from training."""
    if not nominal.trained:
        return np.zeros(len(known), bool)
    place = np.clip(np.searchsorted(nominal.seen, known), 1, max(len(nominal.seen) - 1, 1))
    lower = nominal.seen[place - 1]
    upper = nominal.seen[np.minimum(place, len(nominal.seen) - 1)]
    with np.errstate(over="ignore"):
        return np.minimum(np.abs(known - lower), np.abs(known - upper)) > max(
            _SEEN_WITHIN * nominal.spread, nominal.margin
        )


def _of_fills(known: Floats, first: Ints, last: Ints, nominal: Nominal) -> dict[str, Floats]:
    """How many samples hold the commonest fill value, and which that is."""
    most, which = np.zeros(len(first), np.int64), np.full(len(first), np.nan)
    for fill in FILLS:
        at = known == fill
        if fill in nominal.fills or not at.any():
            continue
        count = _counted(at, first, last)
        which = np.where(count > most, fill, which)
        most = np.maximum(most, count)
    return {"filled": most.astype(np.float64), "fill": which}
