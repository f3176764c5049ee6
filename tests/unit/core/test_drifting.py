"""A star whose light changes from cycle to cycle is followed; eclipses and flares on it stay."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.baseline import Bins, bin_medians
from desktop_app.core.detrend import detrend
from desktop_app.core.drifting import STEADY, find_drift
from desktop_app.core.rotation import BIN_D, NOTHING, Sinusoids, find_rotation

N = 14_400
NOISE = 1e-3
TIME = np.arange(float(N)) / 720


def noise(seed: int = 0) -> Floats:
    return NOISE * np.random.default_rng(seed).standard_normal(N)


def spots(period_d: float, evolving: float) -> Floats:
    """Two dark spots, hidden for half a turn each, one of which grows and shrinks and turns a little slower."""
    one = np.clip(np.cos(2 * np.pi * TIME / period_d), 0, None) ** 1.3
    other = np.clip(np.cos(2 * np.pi * (TIME / (period_d * (1 + 0.02 * evolving)) - 0.3)), 0, None) ** 1.3
    return -0.02 * one - 0.015 * other * (1 + evolving * np.sin(2 * np.pi * TIME / 17))


def bins_of(flux: Floats) -> Bins:
    return bin_medians(TIME, flux, np.ones(N, np.bool_), np.zeros(1, np.int64), BIN_D)


@pytest.mark.parametrize("period_d", [0.3, 0.5, 0.9, 1.6])
@pytest.mark.parametrize("evolving", [0.0, 0.3])
def test_that_spots_leave_little_but_noise(period_d: float, evolving: float) -> None:
    curve = detrend(TIME, 1 + noise() + spots(period_d, evolving))
    assert np.median(curve.noise) < 1.3 * NOISE


def test_that_a_flare_and_a_dip_on_a_star_that_turns_fast_stay() -> None:
    flux = 1 + noise(1) + spots(0.45, 0.3)
    flux[5000:5012] += 12 * NOISE
    flux[9000:9090] -= 4 * NOISE
    curve = detrend(TIME, flux)
    assert curve.residual[5000:5012].mean() > 9
    assert curve.residual[9000:9090].mean() < -2.5


def test_that_eclipses_of_a_star_with_spots_keep_their_depth() -> None:
    flux = 1 + noise(2) + 0.02 * np.sin(2 * np.pi * TIME / 1.1)
    inside = np.mod(TIME - 0.3, 1.1) < 0.07
    flux[inside] -= 0.1
    curve = detrend(TIME, flux)
    assert np.median((curve.flux - curve.baseline)[inside]) == pytest.approx(-0.1, rel=0.2)


def test_that_a_star_that_stays_as_it_is_has_no_drift() -> None:
    flux = noise(3) + 0.02 * np.sin(2 * np.pi * TIME / 0.7)
    bins = bins_of(flux)
    rotation = find_rotation(bins)
    left = bins_of(flux - rotation.at(TIME))
    assert find_drift(left, rotation) is STEADY
    assert find_drift(left, NOTHING) is STEADY


def test_that_many_unrelated_frequencies_have_no_common_period() -> None:
    frequency = np.array([11.3, 14.9, 21.7, 26.1])
    pulsation = Sinusoids(0.0, frequency, np.ones(4), np.zeros(4))
    assert find_drift(bins_of(noise(4)), pulsation) is STEADY


def test_that_amplitudes_that_change_are_followed_between_the_knots() -> None:
    wave = (1 + TIME / 10) * np.cos(2 * np.pi * TIME / 0.8)
    rotation = Sinusoids(0.0, np.array([1 / 0.8]), np.array([1.0]), np.array([0.0]))
    drift = find_drift(bins_of(noise(5) + 0.01 * (wave - rotation.at(TIME))), rotation)
    truth = 0.01 * (wave - rotation.at(TIME))
    assert np.std(drift.at(TIME) - truth) < 0.1 * np.std(truth)


def test_that_a_star_bright_most_of_the_time_is_found_by_its_whole_shape() -> None:
    flux = noise(6) - 0.03 * np.clip(np.cos(2 * np.pi * TIME / 0.6), 0, None) ** 1.3
    assert find_rotation(bins_of(flux)).frequency.size >= 4
