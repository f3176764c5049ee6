"""The moving average as a detector of telemetry."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Scores
from desktop_app.core.errors import FitError
from desktop_app.core.progress import silent
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.detectors.telemetry.ewma import SPEC, EwmaParams, average_before
from tests.telemetries import odd_telemetry


def telemetry(values: Floats, training: Floats | None = None) -> Telemetry:
    return Telemetry(
        Source(object_name="made"),
        np.arange(len(values), dtype=np.float64),
        values[:, None],
        (Channel("a"),),
        training=None if training is None else telemetry(training),
    )


def scores(data: Telemetry, **settings: object) -> Scores:
    return SPEC.build(EwmaParams.checked(settings)).fit(data, silent).score(data, silent)


def noise(n: int = 1000, *, seed: int = 0) -> Floats:
    return 5 + 0.1 * np.random.default_rng(seed).standard_normal(n)


def test_that_the_average_is_that_of_the_values_before() -> None:
    values, span = noise(50), 9
    slow, level = [values[0]], values[0]
    for value in values[:-1]:
        level += 2 / (span + 1) * (value - level)
        slow.append(level)
    np.testing.assert_allclose(average_before(values, span), slow, rtol=1e-12)


@pytest.mark.parametrize("trained", [True, False])
def test_that_a_spike_and_the_edge_of_a_step_are_flagged_and_noise_is_not(trained: bool) -> None:
    values = noise()
    values[300] += 2.0
    values[600:] += 2.0
    found = scores(telemetry(values, noise(seed=1) if trained else None)).values[:, 0]
    flagged = np.flatnonzero(found >= 1)
    assert {300, 600} <= set(flagged.tolist())
    assert not ((flagged < 300) | ((flagged > 330) & (flagged < 600)) | (flagged > 700)).any()


def test_that_fewer_sigmas_flag_more_and_a_longer_span_forgets_a_step_later() -> None:
    values = noise()
    values[600:] += 2.0
    data = telemetry(values, noise(seed=1))
    assert (scores(data, sigmas=2.0).values > scores(data, sigmas=8.0).values)[1:].all()
    over = {span: int((scores(data, span=span).values >= 1).sum()) for span in (10, 100)}
    assert over[100] > 3 * over[10]


def test_that_a_constant_training_stretch_has_a_limit_in_shares_of_its_value() -> None:
    values = np.full(200, 10.0)
    values[100] = 10.4
    values[150] = 11.0
    found = scores(telemetry(values, np.full(100, 10.0))).values[:, 0]
    assert found[100] < 1 < found[150]


def test_that_missing_values_have_no_score_and_change_nothing_else() -> None:
    values = noise()
    holed = np.insert(values, 500, np.nan)
    found = scores(telemetry(holed, noise(seed=1))).values[:, 0]
    assert np.isnan(found[500])
    np.testing.assert_array_equal(np.delete(found, 500), scores(telemetry(values, noise(seed=1))).values[:, 0])


def test_that_too_few_values_are_refused() -> None:
    with pytest.raises(FitError, match="5 values"):
        scores(telemetry(noise(5)))


@pytest.mark.parametrize("name", odd_telemetry())
def test_that_odd_data_have_scores_or_a_sentence(name: str) -> None:
    data = odd_telemetry()[name]
    try:
        found = scores(data)
    except FitError:
        return
    assert not (np.isfinite(found.values) & ~np.isfinite(data.values)).any()
