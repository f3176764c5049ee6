"""Fitted transits, against the ones that were put in."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import PeriodicSignal
from desktop_app.core.flattened import BaselineParams, Flattened, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.core.transits.around import around, light_of
from desktop_app.core.transits.fit import Shape, cleared, model_of, refine, shape_of
from desktop_app.core.transits.least_squares import least_squares
from tests.data import quiet_curve

PERIOD, EPOCH, DURATION = 3.3, 1326.7, 0.18
ROUGH = PeriodicSignal("transit", PERIOD + 0.004, EPOCH + 0.02, 0.75 * DURATION, 0.01, 0.0, 9.0)


def with_dips(shape: Shape, *, noise: float = 4e-4, level: float = 1.0, n: int = 2600) -> LightCurve:
    """A quiet star with transits."""
    curve = quiet_curve(n, seed=3, cadence_d=0.01, noise=noise)
    return replace(curve, flux=level * curve.flux * shape.light(curve.time, 0.01))


def flat_of(curve: LightCurve) -> Flattened:
    return flatten(curve, BaselineParams(), silent)


def test_that_period_epoch_depth_and_shape_come_back_within_their_errors() -> None:
    planet = Shape(PERIOD, EPOCH, DURATION, 0.1, 0.3)
    found = refine(flat_of(with_dips(planet, level=2000.0)), ROUGH)
    turns = round((found.epoch - EPOCH) / PERIOD)
    assert abs(found.period_d - PERIOD) < 4 * found.checks["period_error"] < 1e-3
    assert abs(found.epoch - EPOCH - turns * PERIOD) < 4 * found.checks["epoch_error"] + turns * 1e-4
    assert found.depth == pytest.approx(planet.depth, rel=0.02)
    assert found.duration_d == pytest.approx(DURATION, abs=4 * found.checks["duration_error"])
    assert found.checks["radius_ratio"] == pytest.approx(0.1, abs=0.004)
    assert found.checks["impact"] == pytest.approx(0.3, abs=0.2)
    assert found.snr > 100
    assert found.sde == ROUGH.sde


def test_that_a_grazing_dip_is_told_from_a_flat_one() -> None:
    grazing = Shape(PERIOD, EPOCH, DURATION, 0.2, 1.1)
    flat_bottom = Shape(PERIOD, EPOCH, DURATION, grazing.depth**0.5, 0.0)
    vee = refine(flat_of(with_dips(grazing)), ROUGH).checks["v_shape"]
    box = refine(flat_of(with_dips(flat_bottom)), ROUGH).checks["v_shape"]
    assert vee > 0.9
    assert box < 0.4


def test_that_outliers_do_not_pull_the_fit() -> None:
    planet = Shape(PERIOD, EPOCH, DURATION, 0.1, 0.3)
    clean = with_dips(planet)
    flux = np.array(clean.flux)
    rng = np.random.default_rng(5)
    flux[rng.choice(flux.size, 60, replace=False)] += 0.05
    assert refine(flat_of(replace(clean, flux=flux)), ROUGH).depth == pytest.approx(planet.depth, rel=0.05)


def test_that_a_single_dip_gets_no_period_but_the_range_that_stars_allow() -> None:
    planet = Shape(np.nan, 1337.0, 0.5, 0.1, 0.2)
    found = refine(flat_of(with_dips(planet)), replace(ROUGH, period_d=np.nan, epoch=1337.1, duration_d=0.4))
    assert np.isnan(found.period_d)
    assert found.epoch == pytest.approx(1337.0, abs=5 * found.checks["epoch_error"])
    assert found.depth == pytest.approx(planet.depth, rel=0.05)
    # Half a day across the middle of a star like the Sun is a period of about 200 days.
    assert found.checks["period_low"] < 200 < found.checks["period_high"]
    assert "axis" not in found.checks


def test_that_a_flux_about_zero_keeps_its_own_depth() -> None:
    planet = Shape(PERIOD, EPOCH, DURATION, 0.1, 0.3)
    curve = with_dips(planet)
    found = refine(flat_of(replace(curve, flux=40 * (curve.flux - 1))), ROUGH)
    assert found.depth == pytest.approx(40 * planet.depth, rel=0.03)
    assert np.isnan(found.checks["radius_ratio"])


def test_that_a_signal_without_rows_comes_back_as_it_was() -> None:
    flat = flat_of(quiet_curve())
    lost = replace(ROUGH, period_d=np.nan, epoch=9000.0)
    assert refine(flat, lost) is lost


def test_that_the_model_leaves_noise_behind() -> None:
    curve = with_dips(Shape(PERIOD, EPOCH, DURATION, 0.1, 0.3), level=50.0)
    flat = flat_of(curve)
    model = model_of(flat, [refine(flat, ROUGH)])
    left = (flat.curve.flux - model) * flat.unit / 50
    assert np.std(left) == pytest.approx(4e-4, rel=0.05)
    assert model.shape == flat.rows.shape


def test_that_no_dip_draws_the_baseline_once_it_is_known() -> None:
    shape = Shape(2.1, EPOCH, 0.3, 0.12, 0.2)
    flat = flat_of(with_dips(shape))
    signal = PeriodicSignal("transit", 2.1, EPOCH, 0.3, shape.depth, 0.0, 0.0)
    clear = cleared(flat, [signal])
    assert np.abs(clear.middle + clear.unit * clear.curve.baseline - 1).max() < 1e-3
    everywhere = replace(signal, period_d=0.4, duration_d=0.39)
    assert cleared(flat, [everywhere]) is flat


def test_that_a_line_beside_each_dip_is_found_under_it() -> None:
    curve = with_dips(Shape(PERIOD, EPOCH, DURATION, 0.1, 0.0), noise=1e-6)
    light = light_of(flat_of(curve))
    tilted = replace(light, value=light.value * (1 + 0.01 * np.sin(light.time)))
    shape = Shape(PERIOD, EPOCH, DURATION, 0.1, 0.0)
    dips = around(tilted, PERIOD, EPOCH, DURATION, 0.25)
    assert np.abs(dips.fitted(shape.light(dips.time, 0.01)) - dips.value).max() < 3e-4


def test_that_a_signal_that_was_not_fitted_has_a_shape_as_deep() -> None:
    assert shape_of(ROUGH).depth == pytest.approx(ROUGH.depth, rel=0.05)


def test_that_least_squares_finds_a_line_within_its_bounds_and_its_errors() -> None:
    x = np.linspace(-1, 1, 200)
    y = 2 + 3 * x + 0.1 * np.random.default_rng(1).standard_normal(200)
    y[::20] += 5

    def rest(values: Floats) -> Floats:
        return np.asarray((y - values[0] - values[1] * x) / 0.1, np.float64)

    zero, wide, step = np.zeros(2), np.full(2, 10.0), np.full(2, 0.01)
    free = least_squares(rest, zero, -wide, wide, step, robust=True)
    assert free.values == pytest.approx([2, 3], abs=0.05)
    assert free.errors == pytest.approx([0.1 / np.sqrt(200), 0.1 / np.sqrt(200 / 3)], rel=0.25)
    held = least_squares(rest, zero, -wide, np.array([10.0, 1.0]), np.array([0.01, 0.01]), robust=True)
    assert held.values[1] == 1.0
    assert least_squares(rest, zero, -wide, wide, np.array([0.01, 0.0]), robust=True).errors[1] == 0
