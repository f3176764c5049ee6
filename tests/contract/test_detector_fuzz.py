"""Hundreds of odd little light curves: scores or a sentence, never a traceback or a warning."""

import warnings

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import UserError
from desktop_app.core.events import find_events
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.detectors import DETECTORS
from tests.curves import curve_of


def _odd_curve(rng: np.random.Generator) -> LightCurve:
    n = int(rng.integers(2, 120))
    time: Floats = np.cumsum(rng.exponential(1.0, n)) * 10 ** rng.uniform(-3, 1)
    flux: Floats = rng.standard_normal(n) * 10 ** rng.uniform(-8, 8) + rng.choice([0.0, 1.0, 1e6])
    if rng.random() < 0.5:
        time = np.round(time, 2)  # the same time several times
    if rng.random() < 0.3:
        flux = np.round(flux)  # few levels
    flux[rng.random(n) < 0.2] = np.nan
    if rng.random() < 0.3:
        flux[rng.integers(n)] = 1e12
    return curve_of(time, flux)


@pytest.mark.parametrize("name", list(DETECTORS))
@pytest.mark.parametrize("seed", range(5))
def test_that_any_little_curve_is_scored_or_refused_with_a_sentence(name: str, seed: int) -> None:
    rng, spec = np.random.default_rng(seed), DETECTORS[name]
    scored, sentences = 0, list[UserError]()
    for _ in range(60):
        curve = _odd_curve(rng)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                scores = spec.build(spec.params()).fit(curve, silent).score(curve, silent)
            except UserError as error:
                sentences.append(error)
                continue
            find_events(curve, scores, spec.threshold)
        np.testing.assert_array_equal(np.isfinite(scores.values), curve.usable)
        scored += 1
    assert scored > 30
    assert all(error.message and error.hint for error in sentences)
