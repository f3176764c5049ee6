"""What settles after a gap is a ramp; a dip, a flare or a turning star at the same place is none."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.baseline import Bins
from desktop_app.core.detrend import detrend
from desktop_app.core.ramps import find_ramps

N = 1440
WIDTH_D = 1 / 144


def binned(value: Floats) -> Bins:
    """Two stretches of five days, a day apart."""
    time = WIDTH_D * np.arange(float(N))
    time[N // 2 :] += 1.0
    segment = (np.arange(N) >= N // 2).astype(np.int64)
    return Bins(time, value, np.full(N, 5), segment, WIDTH_D)


def noise(seed: int) -> Floats:
    return np.random.default_rng(seed).standard_normal(N)


def since_gap() -> Floats:
    """Days since the second stretch began, beyond all bounds before."""
    time = WIDTH_D * (np.arange(float(N)) - N // 2)
    return np.where(time >= 0, time, 1e9)


@pytest.mark.parametrize("height", [15.0, -15.0])
def test_that_an_exponential_after_a_gap_is_a_ramp_with_its_height(height: float) -> None:
    ramps = find_ramps(binned(noise(0) + height * np.exp(-since_gap() / 0.25)))
    assert ramps.height.size == 1
    assert ramps.height[0] == pytest.approx(height, rel=0.3)
    assert ramps.begin[0] == pytest.approx(WIDTH_D * (N // 2) + 1.0, abs=WIDTH_D)
    bins = binned(noise(0))
    assert np.abs(ramps.at(bins.time)[: N // 2]).max() == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_that_noise_has_no_ramp(seed: int) -> None:
    assert find_ramps(binned(noise(seed))).height.size == 0


def test_that_a_dip_cut_by_the_gap_is_none() -> None:
    dip = np.where(since_gap() < 0.2, -15.0, 0.0)
    assert find_ramps(binned(noise(1) + dip)).height.size == 0


def test_that_a_short_flare_is_none() -> None:
    assert find_ramps(binned(noise(2) + 60 * np.exp(-since_gap() / 0.02))).height.size == 0


def test_that_a_star_that_turns_has_none() -> None:
    time = binned(noise(3)).time
    assert find_ramps(binned(noise(3) + 40 * np.sin(2 * np.pi * time / 3.1))).height.size == 0


def test_that_a_ramp_goes_into_the_baseline() -> None:
    rng = np.random.default_rng(4)
    time = 0.005 * np.arange(4000.0)
    time[2000:] += 1.0
    settling = np.where(np.arange(4000) >= 2000, 0.01 * np.exp(-(time - time[2000]) / 0.25), 0.0)
    flux = 1 + 1e-3 * rng.standard_normal(4000) + settling
    curve = detrend(time, flux, window_d=3.0)
    assert np.abs(curve.residual[2000:2200].reshape(-1, 20).mean(axis=1)).max() < 1.2
