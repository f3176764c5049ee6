"""Every setting of the flare detector acts, and what is no flare is not found."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ParamError
from desktop_app.core.events import find_events
from desktop_app.core.flares.shapes import in_rows
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.detectors.curves.flares import SPEC, FlareParams, Flares
from tests.curves import curve_of

CADENCE_D = 2 / 1440
PEAKS = (700, 1900, 3100, 4700)


def star(*, seed: int = 20, height: float = 1.0) -> LightCurve:
    """Rotation, four flares of many widths and strengths, a pause of 0.7 days."""
    rng = np.random.default_rng(seed)
    row = np.arange(6000, dtype=np.float64)
    time: Floats = CADENCE_D * row
    time[4000:] += 0.7
    flux = 1 + 1e-3 * rng.standard_normal(6000) + 0.004 * np.sin(2 * np.pi * time / 1.3)
    for peak, fwhm, sigmas in zip(PEAKS, (1.0, 2.5, 6.0, 25.0), (40.0, 12.0, 7.0, 8.0), strict=True):
        flux += height * 1e-3 * sigmas * in_rows(row, peak=peak + 0.2, fwhm=fwhm)
    return curve_of(time, flux)


@pytest.fixture(scope="module")
def busy() -> LightCurve:
    return star()


def values(data: LightCurve, **settings: object) -> Floats:
    return Flares(FlareParams.checked(settings)).fit(data, silent).score(data, silent).values


CHANGES: dict[str, object] = {
    "window_d": 2.3,
    "gap_d": 5.0,
    "rotation": False,
    "pointing": "always",
    "shortest_min": 8.0,
    "longest_min": 12.0,
    "network": False,
    "least_sigmas": 4.0,
}


def test_that_every_setting_is_tried_here() -> None:
    assert set(CHANGES) <= set(SPEC.params.model_fields)
    assert {"shortest_min", "longest_min", "network", "least_sigmas"} == set(FlareParams.model_fields) - {
        name for base in FlareParams.__mro__[1:] for name in getattr(base, "model_fields", {})
    }


@pytest.mark.parametrize("name", list(CHANGES))
def test_that_a_setting_changes_the_scores(busy: LightCurve, name: str) -> None:
    assert not np.array_equal(values(busy), values(busy, **{name: CHANGES[name]}))


def test_that_each_flare_is_found_and_nothing_else(busy: LightCurve) -> None:
    scores = Flares(FlareParams()).fit(busy, silent).score(busy, silent)
    events = find_events(busy, scores, SPEC.threshold)
    assert [event.kind for event in events] == ["flare"] * 4
    for event, peak in zip(events, PEAKS, strict=True):
        assert event.start - 2 <= peak <= event.stop
        assert event.evidence["depth"] < 0


def test_that_dips_are_left_alone() -> None:
    data = star(height=-1.0)
    scores = Flares(FlareParams()).fit(data, silent).score(data, silent)
    assert not find_events(data, scores, SPEC.threshold)


def test_that_noise_is_left_alone() -> None:
    found = 0
    for seed in range(10):
        data = star(seed=seed, height=0.0)
        scores = Flares(FlareParams()).fit(data, silent).score(data, silent)
        found += len(find_events(data, scores, SPEC.threshold))
    assert found <= 2


def test_that_the_network_tells_a_mirrored_flare_from_a_flare() -> None:
    row = np.arange(6000, dtype=np.float64)
    noise = 1e-3 * np.random.default_rng(5).standard_normal(6000)
    shape = 7e-3 * in_rows(row, peak=3000.0, fwhm=6.0)
    there, back = (curve_of(CADENCE_D * row, 1 + noise + one) for one in (shape, shape[::-1]))
    assert np.nanmax(values(there)) > np.nanmax(values(back)) + 1
    assert np.nanmax(values(back, network=False)) > 0.7 * np.nanmax(values(there, network=False))


def test_that_another_curve_can_be_scored_than_was_fitted(busy: LightCurve) -> None:
    other = star(seed=1)
    fitted = Flares(FlareParams()).fit(busy, silent)
    np.testing.assert_array_equal(fitted.score(other, silent).values, values(other))


def test_that_a_setting_out_of_range_is_refused() -> None:
    with pytest.raises(ParamError, match="longest_min"):
        FlareParams.checked({"longest_min": -2})
