"""Every setting of the ensemble acts."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ParamError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.detectors.curves.ensemble import SPEC, Ensemble, EnsembleParams
from tests.curves import curve_of


@pytest.fixture(scope="module")
def busy() -> LightCurve:
    """Rotation, dips, flares, faint transits, a stretch of jitter, a pause of half a day."""
    rng = np.random.default_rng(20)
    time: Floats = 0.01 * np.arange(4000.0)
    time[2000:] += 0.7
    scatter = np.where((time > 30) & (time < 31), 4e-3, 1e-3)
    flux = 1 + scatter * rng.standard_normal(4000) + 0.004 * np.sin(2 * np.pi * time / 1.3)
    for middle in (300, 900, 1700, 2600, 3500):
        flux[middle : middle + 14] -= 0.0016
        flux[middle + 200 : middle + 206] += 0.003
    flux[1200] -= 0.008
    flux[np.abs((time - 1.9 + 1.85) % 3.7 - 1.85) < 0.06] -= 0.0011
    return curve_of(time, flux)


def values(data: LightCurve, **settings: object) -> Floats:
    return Ensemble(EnsembleParams.checked(settings)).fit(data, silent).score(data, silent).values


CHANGES: dict[str, object] = {
    "direction": "dips",
    "window_d": 2.3,
    "gap_d": 5.0,
    "shortest_d": 0.05,
    "longest_d": 0.1,
    "rotation": False,
    "periods": False,
    "pointing": "always",
    "agreement": "both",
    "votes": 1.0,
    "contamination": 0.3,
    "features_d": 0.9,
    "stride": 0.2,
    "trees": 30,
    "neighbours": 5,
    "seed": 1,
}


def test_that_every_setting_is_tried_here() -> None:
    assert set(CHANGES) == set(SPEC.params.model_fields)


@pytest.mark.parametrize("name", list(CHANGES))
def test_that_a_setting_changes_the_scores(busy: LightCurve, name: str) -> None:
    assert not np.array_equal(values(busy), values(busy, **{name: CHANGES[name]}))


def test_that_dips_alone_leave_brightenings_alone(busy: LightCurve) -> None:
    scores = values(busy, direction="dips")
    assert not (scores[500:506] >= 5).any()


def test_that_a_stretch_of_jitter_is_one_event(busy: LightCurve) -> None:
    scores = values(busy)
    rows = np.flatnonzero((busy.time > 30.2) & (busy.time < 30.8))
    assert (scores[rows] >= 5).mean() > 0.9


def test_that_a_setting_out_of_range_is_refused() -> None:
    with pytest.raises(ParamError, match="votes"):
        EnsembleParams.checked({"votes": 2})
