"""The light of a star behind a disc, against slow twins: direct integration over the disc, and plain Python."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.simulate import exposed, exposure_times, transit_shape
from desktop_app.core.transits import limb
from desktop_app.core.transits.limb import SUNLIKE, Distance, contacts, exposed_light, light_left


def direct(distance: float, ratio: float, n: int = 1200) -> float:
    """The light left, integrated over the disc point by point."""
    radius = ratio * (np.arange(n) + 0.5) / n
    angle = 2 * np.pi * (np.arange(n) + 0.5) / n
    square = (distance + radius[:, None] * np.cos(angle)) ** 2 + (radius[:, None] * np.sin(angle)) ** 2
    slope = 1 - np.sqrt(np.clip(1 - square, 0, None))
    light = np.where(square < 1, 1 - SUNLIKE[0] * slope - SUNLIKE[1] * slope**2, 0.0)
    hidden = 2 * np.pi * ratio * np.mean(light * radius[:, None])
    return float(1 - hidden / (np.pi * (1 - SUNLIKE[0] / 3 - SUNLIKE[1] / 6)))


@pytest.mark.parametrize("ratio", [0.01, 0.1, 0.4, 1.0, 1.2])
def test_that_the_light_is_that_of_an_integration_over_the_disc(ratio: float) -> None:
    for distance in [0.0, 0.3, abs(1 - ratio), 0.99 * (1 - ratio), 1.0, 0.5 + ratio / 2, 0.97 + 0.97 * ratio]:
        found = light_left(np.array([distance]), ratio)[0]
        assert found == pytest.approx(direct(abs(distance), ratio), abs=1e-5)


def test_that_few_nodes_are_as_good_as_thousands() -> None:
    at, weight = np.polynomial.legendre.leggauss(1000)
    cosine, measure = np.cos(0.5 * np.pi * (1 + at)), 0.5 * np.pi * weight * np.sin(0.5 * np.pi * (1 + at))
    for ratio in (0.005, 0.05, 0.3, 1.0):
        distance = np.linspace(0, 1 + ratio, 2001)
        exact = limb._light_left(distance, ratio, *SUNLIKE, cosine, measure)
        assert np.abs(light_left(distance, ratio) - exact).max() < 1e-6 * max(ratio**2, 0.3)


def test_that_the_compiled_loop_does_what_its_python_does() -> None:
    slow = limb._light_left.__wrapped__  # type: ignore[attr-defined]  # wraps() keeps the function there
    distance = np.linspace(0, 1.3, 60)
    plain = slow(distance, 0.2, *SUNLIKE, limb._COSINE, limb._MEASURE)
    np.testing.assert_allclose(light_left(distance, 0.2), plain, atol=1e-14)


def test_that_nothing_is_hidden_outside_and_everything_behind_a_larger_disc() -> None:
    assert light_left(np.array([1.2, 5.0, np.inf]), 0.1).tolist() == [1, 1, 1]
    assert light_left(np.array([0.1]), 1.2)[0] == pytest.approx(0.0, abs=1e-12)


def test_that_a_transit_is_that_of_the_simulation() -> None:
    time = np.linspace(-0.2, 0.2, 801)
    straight = Distance(np.nan, 0.0, 0.25, 0.3, 0.1)
    there = transit_shape(time, mid=0.0, duration_d=0.25, radius_ratio=0.1, impact=0.3)
    np.testing.assert_allclose(light_left(straight(time), 0.1), there, atol=4e-5)  # its rings are of finite width


def test_that_a_long_exposure_smears_the_edges_as_many_moments_do() -> None:
    cadence = 30 / 1440
    time = np.arange(-0.3, 0.3, cadence)
    moments = exposure_times(time, cadence)
    straight = Distance(np.nan, 0.0, 0.12, 0.0, 0.1)
    fine: Floats = exposed(light_left(straight(moments), 0.1))
    assert np.abs(exposed_light(straight, time, cadence, 0.1) - fine).max() < 2e-4
    assert np.abs(light_left(straight(time), 0.1) - fine).max() > 1e-3


def test_that_a_circular_orbit_has_the_duration_it_was_made_for_and_no_dip_behind_the_star() -> None:
    orbit = Distance(3.0, 10.0, 0.2, 0.4, 0.1)
    assert orbit(np.array([9.9, 10.0, 10.1])) == pytest.approx([1.1, 0.4, 1.1], abs=1e-9)
    assert np.isinf(orbit(np.array([11.5])))[0]
    assert orbit(np.array([13.0]))[0] == pytest.approx(0.4)


def test_that_a_grazing_dip_is_all_ingress() -> None:
    assert contacts(0.1, 0.95, 0.1) == (0.0, 1.0)
    flat, share = contacts(0.1, 0.0, 0.1)
    assert flat == pytest.approx(0.1 * 0.9 / 1.1)
    assert share == pytest.approx(1 - 0.9 / 1.1)
