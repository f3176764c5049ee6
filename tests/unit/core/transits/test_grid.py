"""Which periods and durations a search tries."""

import numpy as np
import pytest

from desktop_app.core.transits.grid import Axis, durations, period_limits, plausible_periods, transit_table


def test_that_the_earth_is_among_what_is_tried() -> None:
    axis = period_limits(1100.0, 1 / 48, 0.0, 0.0, 3)
    assert axis is not None
    assert axis.shortest_d < 1 < 365.25 < axis.longest_d
    tried = durations(axis, 1 / 48, 0.0, 0.0)
    nearest = tried[np.argmin(np.abs(np.log(tried / 0.54)))]
    assert nearest == pytest.approx(0.54, rel=0.12)
    low, high = plausible_periods(float(nearest), axis)
    assert low < 365.25 < high


def test_that_transits_are_given_to_periods_they_can_have() -> None:
    axis = Axis(0.4, 400.0, 1000)
    assert plausible_periods(0.5, axis)[0] > 5
    assert plausible_periods(0.04, axis)[1] < 30


def test_that_steps_of_the_period_are_alike_in_the_cube_root_of_the_frequency() -> None:
    axis = Axis.over(27.0, 0.5, 13.0)
    assert axis.scale * 0.5 ** (-1 / 3) - axis.offset == pytest.approx(axis.number)
    assert axis.scale * 13.0 ** (-1 / 3) - axis.offset == pytest.approx(0.0, abs=1e-9)


def test_that_more_transits_allow_shorter_periods_alone() -> None:
    three, five = period_limits(27.0, 0.001, 0.0, 0.0, 3), period_limits(27.0, 0.001, 0.0, 0.0, 5)
    assert three is not None
    assert five is not None
    assert five.longest_d < three.longest_d


def test_that_a_curve_too_short_for_any_period_has_none() -> None:
    assert period_limits(0.5, 0.02, 0.0, 0.0, 3) is None


def test_that_a_limb_darkened_transit_is_round_and_a_box_is_not() -> None:
    table = transit_table()
    assert table[0] == 1.0
    assert table[-1] == pytest.approx(0.0, abs=1e-9)
    assert (np.diff(table) <= 1e-12).all()
    assert 0.6 < table[100] < 1.0
    assert (transit_table(box=True) == 1.0).all()
