"""Which dips are told to be a signal, and which are not."""

from collections.abc import Sequence

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import PeriodicSignal
from desktop_app.core.flattened import BaselineParams, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.core.simulate import transit_shape
from desktop_app.core.transits.grid import period_limits
from desktop_app.core.transits.search import Search, find_signals, rows_of, strongest
from tests.curves import NOISE, curve_of

CADENCE_D = 0.01


def star(
    planets: Sequence[tuple[float, float, float, float]] = (), *, n: int = 4000, seed: int = 0, red: float = 0.0
) -> LightCurve:
    """Noise, a gap, and planets: each a period, an epoch, a duration in days, and a depth in units of the noise."""
    rng = np.random.default_rng(seed)
    time: Floats = 1000.0 + CADENCE_D * np.arange(float(n))
    time[n // 2 :] += 1.1
    flux = 1 + NOISE * rng.standard_normal(n)
    if red:
        walk = np.convolve(rng.standard_normal(n + 40), np.exp(-np.arange(41) / 8), "valid")
        flux += NOISE * red * walk / walk.std()
    for period, epoch, duration, depth in planets:
        away = (time - epoch + 0.5 * period) % period - 0.5 * period
        flux *= transit_shape(away, mid=0.0, duration_d=duration, radius_ratio=np.sqrt(depth * NOISE / 1.2))
    return curve_of(time, flux)


def found_in(curve: LightCurve, how: Search | None = None) -> tuple[PeriodicSignal, ...]:
    return find_signals(flatten(curve, BaselineParams(), silent), how or Search(), silent)


def test_that_transits_too_shallow_to_be_seen_alone_are_found_together() -> None:
    (signal,) = found_in(star([(3.1, 1000.7, 0.15, 1.0)]))
    assert signal.kind == "transit"
    assert signal.period_d == pytest.approx(3.1, rel=2e-3)
    assert (signal.epoch - 1000.7 + 1.55) % 3.1 == pytest.approx(1.55, abs=0.03)
    assert signal.depth == pytest.approx(NOISE, rel=0.35)
    assert signal.snr > 7
    assert signal.sde > 6
    assert signal.checks["transits"] >= 11
    assert signal.checks["false_alarm"] < 0.01


def test_that_two_planets_are_two_signals() -> None:
    signals = found_in(star([(2.7, 1000.9, 0.12, 3.0), (6.31, 1003.3, 0.2, 2.0)]))
    assert sorted(round(signal.period_d, 2) for signal in signals) == [2.7, 6.31]


def test_that_deep_transits_are_one_signal_and_leave_none_behind() -> None:
    (signal,) = found_in(star([(4.43, 1001.7, 0.2, 25.0)]))
    assert signal.period_d == pytest.approx(4.43, rel=1e-3)
    assert signal.duration_d == pytest.approx(0.2, rel=0.2)


@pytest.mark.parametrize("seed", range(6))
def test_that_noise_holds_no_signal(seed: int) -> None:
    assert found_in(star(seed=seed, red=0.7 * (seed % 2))) == ()


def test_that_one_deep_dip_makes_no_period() -> None:
    curve = star(seed=3)
    flux = np.array(curve.flux)
    flux[700:715] -= 40 * NOISE
    assert found_in(curve_of(curve.time, flux)) == ()


def test_that_dips_at_random_make_no_period() -> None:
    curve = star(seed=4)
    flux = np.array(curve.flux)
    for row in (160, 575, 1930, 2210, 3007, 3333):
        flux[row : row + 15] -= 12 * NOISE
    assert found_in(curve_of(curve.time, flux)) == ()


def test_that_outliers_make_no_period() -> None:
    rng = np.random.default_rng(5)
    curve = star(seed=5)
    flux = np.array(curve.flux)
    flux[rng.choice(flux.size, 30, replace=False)] -= 20 * NOISE
    assert found_in(curve_of(curve.time, flux)) == ()


def test_that_brightenings_that_come_back_are_no_transits() -> None:
    curve = star([(3.1, 1000.7, 0.15, 6.0)])
    assert found_in(curve)
    assert found_in(curve_of(curve.time, 2 - curve.flux)) == ()


def test_that_too_few_transits_are_none() -> None:
    curve = star([(11.3, 1004.0, 0.25, 8.0)])
    assert found_in(curve)[0].period_d == pytest.approx(11.3, rel=2e-3)
    assert found_in(curve, Search(transits=6)) == ()


def test_that_a_box_search_finds_transits_too() -> None:
    assert found_in(star([(3.1, 1000.7, 0.15, 3.0)]), Search(box=True))[0].period_d == pytest.approx(3.1, rel=2e-3)


@pytest.mark.parametrize("how", [Search(signals=0), Search(shortest_period_d=7.0), Search(longest_period_d=1.0)])
def test_that_what_is_not_asked_for_is_not_found(how: Search) -> None:
    signals = found_in(star([(3.1, 1000.7, 0.15, 3.0)]), how)
    assert not any(signal.period_d == pytest.approx(3.1, rel=0.01) for signal in signals)


def test_that_a_cancel_ends_the_search() -> None:
    flat = flatten(star(), BaselineParams(), silent)

    def cancel(done: float, _text: str) -> None:
        if done > 0.1:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        find_signals(flat, Search(), cancel)


@pytest.mark.parametrize("n", [10, 30, 100])
def test_that_a_short_curve_has_no_signal(n: int) -> None:
    rng = np.random.default_rng(n)
    assert found_in(curve_of(0.02 * np.arange(float(n)), 1 + NOISE * rng.standard_normal(n))) == ()


def test_that_rows_without_weight_hold_no_candidate() -> None:
    rows = rows_of(flatten(star(), BaselineParams(), silent))
    axis = period_limits(40.0, CADENCE_D, 0.0, 0.0, 3)
    assert axis is not None
    best, spectrum = strongest(rows.without(np.ones(rows.time.size, dtype=np.bool_)), Search(), axis, silent)
    assert best is None
    assert not spectrum.sigma.any()
