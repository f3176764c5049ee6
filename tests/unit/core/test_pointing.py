"""The six-hour sawtooth of K2 goes, with positions or without; transits and the star's own light stay."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats, robust_sigma
from desktop_app.core.flattened import BaselineParams, Flattened, flatten
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.pointing import FIRING_D, Pointing, is_at_fault, pointing_part
from desktop_app.core.progress import silent
from desktop_app.core.source import Source
from desktop_app.core.systematics import systematics_of

N = 2400
NOISE = 1e-4
TIME = FIRING_D / 12 * np.arange(float(N))
PHASE = np.mod(TIME / FIRING_D + 1e-9, 1.0)
FIRED = np.arange(N) % 12 == 0
STEADY = ~FIRED


def roll(seed: int = 1) -> tuple[Floats, Floats]:
    """The star drifts along a line and is brought back every six hours; how far differs from time to time."""
    rng = np.random.default_rng(seed)
    size = np.repeat(rng.uniform(0.5, 1.5, N // 12 + 1), 12)[:N]
    way = size * (PHASE - 0.5) * (1.2 + np.sin(2 * np.pi * TIME / 40))
    return 0.8 * way + 1e-3 * rng.standard_normal(N), 0.6 * way + 1e-3 * rng.standard_normal(N)


def sawtooth(place: tuple[Floats, Floats]) -> Floats:
    way = 0.8 * place[0] + 0.6 * place[1]
    return 6e-3 * way + 4e-3 * way**2


def noise(seed: int = 0) -> Floats:
    return NOISE * np.random.default_rng(seed).standard_normal(N)


def observed(flux: Floats, place: tuple[Floats, Floats] | None, mission: str = "K2") -> LightCurve:
    columns = {} if place is None else {"POS_CORR1": Series(place[0]), "POS_CORR2": Series(place[1])}
    return LightCurve(Source(mission=mission), TIME, flux, np.full(N, NOISE), columns=columns)


def flat(data: LightCurve, pointing: Pointing = Pointing.AUTOMATIC) -> Flattened:
    return flatten(data, BaselineParams(pointing=pointing), silent)


def scatter(flattened: Flattened) -> float:
    curve = flattened.curve
    return flattened.unit * robust_sigma(curve.flux - curve.baseline)


def test_that_what_follows_the_place_is_told() -> None:
    place = roll()
    following = pointing_part(TIME, noise() + sawtooth(place), place, STEADY)
    truth = sawtooth(place)
    assert robust_sigma((truth - following)[STEADY]) < 0.1 * robust_sigma(truth[STEADY])


def test_that_k2_is_flattened_to_its_noise_and_only_where_it_is_asked() -> None:
    place = roll()
    data = observed(1 + noise() + sawtooth(place), place)
    assert scatter(flat(data)) < 1.4 * NOISE
    assert scatter(flat(data, Pointing.NEVER)) > 3 * NOISE


def test_that_another_mission_is_left_alone_unless_it_is_asked() -> None:
    place = roll()
    data = observed(1 + noise() + sawtooth(place), place, mission="Kepler")
    assert scatter(flat(data)) > 3 * NOISE
    assert scatter(flat(data, Pointing.ALWAYS)) < 1.4 * NOISE


def test_that_transits_keep_their_depth() -> None:
    place = roll()
    flux = 1 + noise() + sawtooth(place)
    inside = np.mod(TIME - 2.0, 7.3) < 0.15
    flux[inside] -= 8 * NOISE
    found = flat(observed(flux, place))
    depth = found.unit * float(np.median((found.curve.flux - found.curve.baseline)[inside]))
    assert depth == pytest.approx(-8 * NOISE, rel=0.25)


@pytest.mark.parametrize("period_d", [0.31, 1.9])
def test_that_the_light_of_a_star_that_turns_is_not_taken_for_the_pointing(period_d: float) -> None:
    place = roll()
    star = 3e-3 * np.sin(2 * np.pi * TIME / period_d)
    found = flat(observed(1 + noise() + star + sawtooth(place), place))
    wrong = found.unit * found.curve.instrument - sawtooth(place)
    assert robust_sigma((wrong - np.median(wrong))[STEADY]) < NOISE
    assert scatter(found) < 1.4 * NOISE


def test_that_a_calm_curve_is_not_at_fault() -> None:
    place = roll()
    flux = noise()
    assert not is_at_fault(TIME, flux, pointing_part(TIME, flux, place, STEADY), STEADY)
    assert np.ptp(flat(observed(1 + flux, place)).curve.instrument) == 0.0


def test_that_without_positions_the_six_hours_are_taken_out() -> None:
    saw = 4e-3 * (PHASE - 0.5) * (1 + np.sin(2 * np.pi * TIME / 20)) + 2e-3 * np.cos(12 * PHASE + TIME / 5)
    data = observed(1 + noise() + saw, None)
    assert scatter(flat(data)) < 1.4 * NOISE
    assert scatter(flat(data, Pointing.NEVER)) > 1.5 * NOISE


def test_that_leaps_of_the_star_are_firings_in_k2() -> None:
    told = systematics_of(observed(1 + noise(), roll()))
    assert told.thruster[FIRED][1:].mean() > 0.6
    assert told.thruster[STEADY].mean() < 0.05


@pytest.mark.parametrize("known", [0, 30, N])
def test_that_missing_positions_are_no_error(known: int) -> None:
    place = roll()
    for axis in place:
        axis[known:] = np.nan
    found = flat(observed(1 + noise(), place), Pointing.ALWAYS)
    assert np.isfinite(found.curve.baseline).all()


def test_that_a_handful_of_rows_is_no_error() -> None:
    data = LightCurve(Source(mission="K2"), TIME[:12], 1 + noise()[:12], np.full(12, NOISE))
    assert np.isfinite(flat(data, Pointing.ALWAYS).curve.residual).all()
