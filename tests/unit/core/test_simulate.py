"""Shapes as the sky has them."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.simulate import SCENARIOS, flare_shape, simulate, transit_shape

TIME: Floats = np.linspace(-0.1, 0.1, 2001)


def test_that_a_transit_is_deepest_at_its_middle_and_symmetric() -> None:
    light = transit_shape(TIME, mid=0.0, duration_d=0.12, radius_ratio=0.1)
    assert abs(TIME[int(np.argmin(light))]) < 2e-3
    np.testing.assert_allclose(light, light[::-1], atol=1e-9)
    assert np.all(light[np.abs(TIME) > 0.0601] == 1)


def test_that_limb_darkening_makes_a_transit_deeper_than_the_ratio_of_areas() -> None:
    light = transit_shape(TIME, mid=0.0, duration_d=0.12, radius_ratio=0.1, impact=0.0)
    assert 0.01 < 1 - light.min() < 0.0135


def test_that_a_planet_at_the_edge_takes_less_light_than_one_in_the_middle() -> None:
    middle = transit_shape(TIME, mid=0.0, duration_d=0.12, radius_ratio=0.1, impact=0.0).min()
    edge = transit_shape(TIME, mid=0.0, duration_d=0.12, radius_ratio=0.1, impact=0.8).min()
    assert middle < edge < 1


def test_that_a_flare_rises_fast_and_decays_slowly_to_half_within_its_width() -> None:
    light = flare_shape(TIME, peak=0.0, half_width_d=0.01)
    assert light.max() == pytest.approx(1.0, abs=0.01)
    above = TIME[light >= 0.5]
    assert np.ptp(above) == pytest.approx(0.01, rel=0.1)
    assert light[TIME < -0.0101].max() == 0
    assert light[TIME > 0.03].max() > 0


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_that_planted_events_are_where_the_truth_says(scenario: str) -> None:
    curve, planted = simulate(scenario, seed=4)
    assert (len(planted) == 0) == (scenario == "clean_star")
    for event in planted:
        assert event.start <= event.peak < event.stop
        rows = slice(event.start, event.stop)
        assert curve.usable[event.peak]
        beside = np.r_[curve.flux[event.start - 12 : event.start - 3], curve.flux[event.stop + 3 : event.stop + 12]]
        deviation = curve.flux[event.peak] / np.nanmedian(beside) - 1
        assert deviation == pytest.approx(-event.depth, abs=0.006)
        assert np.isfinite(curve.flux[rows]).all()
