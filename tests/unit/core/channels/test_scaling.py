"""The even grid and the range of a channel, and the window it asks for."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.scaling import automatic_window, grid_of, scale_of
from desktop_app.core.channels.series import Series
from desktop_app.core.telemetry import Channel


def series_of(values: Floats, time: Floats | None = None) -> Series:
    time = np.arange(values.size, dtype=np.float64) if time is None else time
    return Series(Channel("a"), time, values, np.zeros((values.size, 0)))


def test_that_values_come_back_to_the_rows_they_were_at() -> None:
    values = np.arange(300, dtype=np.float64)
    values[[20, 21, 140]] = np.nan
    grid = grid_of(series_of(values))
    np.testing.assert_array_equal(grid.back(grid.values, 300), values)


def test_that_a_short_gap_is_bridged_by_a_line_and_a_long_one_by_no_window() -> None:
    values = np.arange(600, dtype=np.float64)
    values[100:108] = np.nan
    values[300:400] = np.nan
    grid = grid_of(series_of(values))
    valid = grid.windows(50)
    assert valid[80:100].all()
    np.testing.assert_allclose(grid.values[100:108], np.arange(100, 108))
    assert not valid[280:300].any()
    assert grid.values.size == 600 - 100 + 40


def test_that_rows_that_are_missing_altogether_are_a_gap_too() -> None:
    time = np.arange(400, dtype=np.float64) * 10.0
    kept = np.ones(400, bool)
    kept[200:205] = False
    grid = grid_of(series_of(np.sin(time[kept]), time[kept]))
    assert grid.values.size == 400
    assert (~grid.known).sum() == 5


def test_that_a_channel_of_every_third_row_is_not_called_full_of_gaps() -> None:
    values = np.full(900, np.nan)
    values[::3] = np.sin(np.arange(300) / 9)
    grid = grid_of(series_of(values))
    assert grid.values.size == 300
    assert grid.windows(50).all()


def test_that_a_channel_without_a_value_has_an_empty_grid() -> None:
    grid = grid_of(series_of(np.full(50, np.nan)))
    assert grid.values.size == 0
    assert grid.windows(10).size == 0
    assert np.isnan(grid.back(grid.values, 50)).all()


def test_that_steps_without_order_are_taken_as_even_ones() -> None:
    time = np.cumsum(np.random.default_rng(3).pareto(0.6, 500) + 0.01)
    grid = grid_of(series_of(np.ones(500), time))
    assert grid.known.sum() == 500
    assert grid.values.size < 500 * 12


def test_that_one_wild_value_does_not_make_the_range() -> None:
    values = np.sin(np.arange(2000) / 20)
    values[77] = 40.0
    assert scale_of(values).width == pytest.approx(2.0, rel=0.01)


def test_that_a_constant_has_a_range_that_can_be_divided_by() -> None:
    scale = scale_of(np.full(100, 5.0), np.zeros(0))
    assert scale.width > 0
    np.testing.assert_array_equal(scale.of(np.full(3, 5.0)), 0.0)
    assert scale.back(scale.of(np.array([5.0])))[0] == 5.0


def test_that_the_automatic_window_is_the_period() -> None:
    values = np.sin(2 * np.pi * np.arange(3000) / 84) + 0.1 * np.random.default_rng(1).standard_normal(3000)
    assert automatic_window(values) in (84, 168, 252)


def test_that_a_constant_channel_has_the_usual_window() -> None:
    assert automatic_window(np.zeros(500)) == 125
