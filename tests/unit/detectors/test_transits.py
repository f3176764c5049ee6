"""The detector of transits: signals lift their dips, single dips speak for themselves, every setting acts."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Scores
from desktop_app.core.events import find_events
from desktop_app.core.flattened import BaselineParams
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.core.simulate import transit_shape
from desktop_app.detectors.curves.transits import SPEC, TransitParams, Transits
from tests.curves import NOISE, curve_of

PERIOD_D, EPOCH, DURATION_D = 3.1, 0.7, 0.15


def transiting(depth: float, *, seed: int = 0, second: bool = False) -> LightCurve:
    """40 days of noise and rotation with transits of a depth in units of the noise, and a single dip."""
    rng = np.random.default_rng(seed)
    time: Floats = 0.01 * np.arange(4000.0)
    time[2000:] += 0.7
    flux = 1 + NOISE * rng.standard_normal(4000) + 0.004 * np.sin(2 * np.pi * time / 1.3)
    planets = [(PERIOD_D, EPOCH, DURATION_D, depth)]
    if second:
        planets += [(1.07, 0.4, 0.035, 2.0), (9.7, 5.0, 0.7, 0.8)]
    for period, epoch, duration, deep in planets:
        away = (time - epoch + 0.5 * period) % period - 0.5 * period
        flux *= transit_shape(away, mid=0.0, duration_d=duration, radius_ratio=np.sqrt(deep * NOISE / 1.2))
    flux[3123:3137] -= 5 * NOISE
    return curve_of(time, flux)


def scores_of(data: LightCurve, **settings: object) -> Scores:
    return Transits(TransitParams.checked(settings)).fit(data, silent).score(data, silent)


def middles() -> Floats:
    return EPOCH + PERIOD_D * np.arange(12.0)


def test_that_every_transit_of_a_signal_is_an_event_however_shallow() -> None:
    data = transiting(1.2)
    scores = scores_of(data)
    events = find_events(data, scores, SPEC.threshold)
    spans = [(data.time[event.start], data.time[event.stop - 1]) for event in events]
    near = [any(a - 0.05 <= middle <= b + 0.05 for a, b in spans) for middle in middles()]
    assert len(scores.signals) == 1
    assert np.mean(near) > 0.9
    assert all(event.kind == "dip" for event in events)


def test_that_a_single_dip_is_an_event_and_no_signal() -> None:
    data = transiting(0.0)
    scores = scores_of(data)
    (event,) = find_events(data, scores, SPEC.threshold)
    assert event.start < 3137
    assert event.stop > 3123
    assert scores.signals == ()
    assert "model" not in scores.tracks


def test_that_a_model_is_drawn_through_the_transits() -> None:
    data = transiting(6.0)
    scores = scores_of(data)
    model, baseline = scores.tracks["model"], scores.tracks["baseline"]
    inside = np.abs((data.time - EPOCH + 0.5 * PERIOD_D) % PERIOD_D - 0.5 * PERIOD_D) < 0.04
    outside = np.abs((data.time - EPOCH + 0.5 * PERIOD_D) % PERIOD_D - 0.5 * PERIOD_D) > 0.2
    assert np.median(baseline[inside] - model[inside]) == pytest.approx(6 * NOISE, rel=0.3)
    np.testing.assert_allclose(model[outside], baseline[outside], atol=0.05 * NOISE)


def test_that_other_data_than_those_fitted_are_searched_too() -> None:
    fitted = Transits(TransitParams()).fit(transiting(0.0), silent)
    assert len(fitted.score(transiting(6.0), silent).signals) == 1


@pytest.fixture(scope="module")
def busy() -> LightCurve:
    return transiting(3.0, second=True)


@pytest.fixture(scope="module")
def usual(busy: LightCurve) -> Scores:
    return scores_of(busy)


CHANGES: dict[str, object] = {
    "shortest_period_d": 4.0,
    "longest_period_d": 1.5,
    "transits": 14,
    "shortest_d": 0.2,
    "longest_d": 0.06,
    "signals": 1,
    "single": False,
    "least_snr": 100.0,
    "least_sde": 200.0,
    "shape": "box",
    "oversampling": 12,
}


def test_that_every_setting_of_its_own_is_tried_here() -> None:
    # "refinement" needs a package that may be missing: it is tried beside the fit that uses it.
    assert set(CHANGES) == set(SPEC.params.model_fields) - set(BaselineParams.model_fields) - {"refinement"}


@pytest.mark.parametrize("name", list(CHANGES))
def test_that_a_setting_changes_what_is_found(busy: LightCurve, usual: Scores, name: str) -> None:
    changed = scores_of(busy, **{name: CHANGES[name]})
    same = changed.signals == usual.signals and np.array_equal(changed.values, usual.values)
    assert not same
