"""The pyramid against the plain minimum and maximum of every column."""

import itertools

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.pyramid import DENSITY_SAMPLES, build_pyramid


def plain_envelope(time: Floats, values: Floats, edges: Floats) -> tuple[Floats, Floats]:
    """The slow, obvious twin: look at every point of every column."""
    low, high = np.full(len(edges) - 1, np.nan), np.full(len(edges) - 1, np.nan)
    for place, (left, right) in enumerate(itertools.pairwise(edges)):
        last = place == len(edges) - 2
        part = values[(time >= left) & ((time <= right) if last else (time < right)) & np.isfinite(values)]
        if part.size:
            low[place], high[place] = part.min(), part.max()
    return low, high


def series(n: int, *, seed: int) -> tuple[Floats, Floats]:
    """Noise with gaps, NaN in both arrays and a few outliers."""
    rng = np.random.default_rng(seed)
    time = np.cumsum(rng.exponential(1.0, n) * np.where(rng.random(n) < 0.001, 500.0, 1.0))
    values = rng.standard_normal(n)
    values[rng.integers(0, n, 20)] += rng.choice([-60.0, 60.0], 20)
    values[rng.random(n) < 0.05] = np.nan
    time[rng.random(n) < 0.02] = np.nan
    return time, values


@pytest.mark.parametrize("n", [3, 64, 65, 1000, 50_000])
@pytest.mark.parametrize(("from_", "to"), [(0.0, 1.0), (0.31, 0.77), (0.5, 0.502), (-0.5, 1.5)])
def test_that_no_extremum_of_any_column_is_lost(n: int, from_: float, to: float) -> None:
    time, values = series(n, seed=n)
    pyramid = build_pyramid(time, values)
    span = np.nanmax(time) - np.nanmin(time)
    start, stop = np.nanmin(time) + from_ * span, np.nanmin(time) + to * span
    for width in (1, 7, 160):
        envelope = pyramid.envelope(start, stop, width)
        low, high = plain_envelope(time, values, np.linspace(start, stop, width + 1))
        np.testing.assert_array_equal(envelope.low, low)
        np.testing.assert_array_equal(envelope.high, high)


def test_that_every_point_in_the_view_is_counted_once() -> None:
    time, values = series(20_000, seed=3)
    pyramid = build_pyramid(time, values)
    counts, step = pyramid.density(pyramid.time[0], pyramid.time[-1], 300, 100.0, -100.0, 200)
    assert step == 1
    assert counts.sum() == len(pyramid)


def test_that_points_above_and_below_the_view_are_not_counted() -> None:
    pyramid = build_pyramid(np.arange(4.0), np.array([0.0, 5.0, -5.0, 1.0]))
    counts, _ = pyramid.density(0.0, 3.0, 4, 2.0, -2.0, 10)
    assert counts.sum() == 2


def test_that_a_sampled_density_is_the_same_points_after_a_pan() -> None:
    n = 3 * DENSITY_SAMPLES
    pyramid = build_pyramid(np.arange(n, dtype=float), np.zeros(n))
    one, step = pyramid.density(0.0, n - 1 - 10.0, 100, 1.0, -1.0, 3)
    other, other_step = pyramid.density(10.0, n - 1.0, 100, 1.0, -1.0, 3)
    assert step == other_step == 3
    assert abs(int(one.sum()) - int(other.sum())) <= 1


def test_that_each_point_remembers_its_row() -> None:
    time = np.array([0.0, np.nan, 2.0, 3.0, 4.0])
    values = np.array([1.0, 1.0, np.nan, 4.0, 5.0])
    pyramid = build_pyramid(time, values, np.array([True, True, True, True, False]))
    assert pyramid.rows.tolist() == [0, 3]
    assert pyramid.values.tolist() == [1.0, 4.0]


def test_that_an_empty_series_has_an_empty_envelope() -> None:
    pyramid = build_pyramid(np.full(5, np.nan), np.zeros(5))
    envelope = pyramid.envelope(0.0, 1.0, 4)
    assert len(pyramid) == 0
    assert np.isnan(envelope.low).all()
    assert envelope.count.sum() == 0
    assert pyramid.density(0.0, 1.0, 4, 1.0, 0.0, 3)[0].sum() == 0
