"""Strange stretches are found with their edges, shapes that come back are left alone, and noise stays quiet."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import lfilter

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Scores
from desktop_app.core.events import find_events
from desktop_app.core.flattened import BaselineParams
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.detectors.curves.discord import SPEC, Discord, DiscordParams
from tests.curves import curve_of
from tests.data import quiet_curve

CADENCE_D = 10 / 1440
NOISE = 1e-3


def scores_of(data: LightCurve, **settings: object) -> Scores:
    return Discord(DiscordParams.checked(settings)).fit(data, silent).score(data, silent)


def noise(seed: int = 0, *, days: float = 27.0, cadence_d: float = CADENCE_D) -> tuple[Floats, Floats]:
    time = 1325.0 + np.arange(0.0, days, cadence_d)
    return time, 1 + NOISE * np.random.default_rng(seed).standard_normal(time.size)


def wiggle(time: Floats, middle: float, period_d: float = 0.15) -> Floats:
    """A burst of a third of a day that is neither a dip nor a flare."""
    near = np.abs(time - middle) < 0.17
    return np.where(near, 4 * NOISE * np.sin(2 * np.pi * (time - middle) / period_d), 0.0)


@pytest.fixture(scope="module")
def busy() -> LightCurve:
    """A turning star with a pause, slow red noise, a burst and its twin, and a dip."""
    time, flux = noise(3)
    time[2000:] += 0.8
    flux += 0.004 * np.sin(2 * np.pi * time / 4.7) + 5 * wiggle(time, 1331.0) + 5 * wiggle(time, 1345.0)
    flux[(time > 1349.2) & (time < 1350.4)] -= 0.003
    rng = np.random.default_rng(4)
    flux += 2e-3 * np.interp(
        time, np.arange(1324.0, 1355.0, 0.7), rng.standard_normal(45)[: len(np.arange(1324.0, 1355.0, 0.7))]
    )
    return curve_of(time, flux)


CHANGES: dict[str, object] = {
    "window_d": 2.3,
    "gap_d": 5.0,
    "rotation": False,
    "shortest_d": 0.7,
    "longest_d": 1.0,
    "twins": 3,
    "bin_d": 0.05,
    "seed": 1,
}


def test_that_every_setting_is_tried_here() -> None:
    assert set(SPEC.params.model_fields) - set(BaselineParams.model_fields) <= set(CHANGES)


@pytest.mark.parametrize("name", list(CHANGES))
def test_that_a_setting_changes_the_scores(busy: LightCurve, name: str) -> None:
    assert not np.array_equal(scores_of(busy).values, scores_of(busy, **{name: CHANGES[name]}).values)


def test_that_a_burst_without_a_name_is_found_with_its_edges() -> None:
    time, flux = noise()
    data = curve_of(time, flux + wiggle(time, 1338.0))
    events = find_events(data, scores_of(data), SPEC.threshold)
    assert events
    top = max(events, key=lambda event: event.score)
    assert time[top.start] > 1337.7
    assert time[top.stop - 1] < 1338.3


def test_that_a_shape_that_comes_back_is_not_strange_and_an_odd_one_among_them_is() -> None:
    time, flux = noise(1)
    for at in range(5, 25, 4):
        flux += 3 * wiggle(time, 1325.0 + at * 100 * CADENCE_D * 1.44)
    often = curve_of(time, flux)
    odd = curve_of(time, flux + 3 * wiggle(time, 1347.0, period_d=0.34))
    settings = {"rotation": False, "window_d": 3.0}
    assert np.nanmax(scores_of(often, **settings).values) < SPEC.threshold
    scores = scores_of(odd, **settings)
    assert abs(time[int(np.nanargmax(scores.values))] - 1347.0) < 0.3
    assert np.nanmax(scores.values) > SPEC.threshold


def test_that_twins_hide_each_other_unless_a_later_neighbour_is_asked() -> None:
    time, flux = noise(2)
    flux += 3 * wiggle(time, time[1000]) + 3 * wiggle(time, time[2600])
    data = curve_of(time, flux)
    alone, third = (scores_of(data, twins=k, rotation=False).values for k in (1, 3))
    assert np.nanmax(alone) < SPEC.threshold
    for row in (1000, 2600):
        assert third[row - 24 : row + 25].max() > SPEC.threshold


@pytest.mark.parametrize("red", [0.0, 0.3])
def test_that_white_and_red_noise_give_less_than_one_event_in_ten_curves(red: float) -> None:
    events, curves = 0, 0
    for cadence_d in (2 / 1440, 10 / 1440, 30 / 1440):
        for seed in range(4):
            time, flux = noise(seed, cadence_d=cadence_d)
            keep = np.exp(-cadence_d / 0.1)
            rng = np.random.default_rng(50 + seed)
            slow = lfilter([np.sqrt(1 - keep**2)], [1, -keep], rng.standard_normal(time.size))
            data = curve_of(time, flux + red * NOISE * slow)
            events += len(find_events(data, scores_of(data), SPEC.threshold))
            curves += 1
    assert events <= curves / 10


def test_that_no_window_reaches_over_a_pause() -> None:
    time, flux = noise(5, days=9.0)
    whole = scores_of(curve_of(time, flux), shortest_d=0.5, longest_d=0.5)
    torn = scores_of(curve_of(time + 0.7 * (np.arange(time.size) // 40), flux), shortest_d=0.5, longest_d=0.5)
    assert (whole.values > 0).any()
    assert not (torn.values > 0).any()


def test_that_the_nearest_window_lies_under_what_is_strange() -> None:
    time, flux = noise(6)
    data = curve_of(time, flux + 3 * wiggle(time, 1338.0))
    scores = scores_of(data)
    model, strange = scores.tracks["model"], scores.values >= SPEC.threshold
    assert np.isfinite(model[strange]).all()
    assert np.isnan(model).any()
    assert np.abs(model[strange] - 1).max() < 6 * NOISE
    assert np.abs(data.flux[strange] - model[strange]).max() > 8 * NOISE


def test_that_scores_do_not_depend_on_the_unit_of_the_model() -> None:
    data = quiet_curve(3000)
    scaled = scores_of(replace(data, flux=data.flux * 500.0))
    np.testing.assert_allclose(scaled.values, scores_of(data).values, rtol=1e-6, atol=1e-6)
