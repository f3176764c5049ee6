"""Errors of forecasts: smoothing, the limit that finds itself, pruning, and what no later error may change."""

from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.error_threshold import ErrorRules, best_limit, judged_errors, smoothed, widened
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.core.telemetry import stretches

RULES = ErrorRules(window=600, batch=50, buffer=10)


def errors(seed: int = 0, n: int = 2000) -> Floats:
    return 0.05 + 0.01 * np.abs(np.random.default_rng(seed).standard_normal(n))


def judged(error: Floats, rules: ErrorRules = RULES) -> Bools:
    values = np.sin(np.arange(error.size) / 9)
    return judged_errors(error, values, 2.0, rules, silent).flagged


def slow_limit(error: Floats, buffer: int) -> float:
    """What the paper says, sample by sample."""
    mean, deviation = error.mean(), error.std()
    best, chosen = -np.inf, mean + 12 * deviation
    for z in np.arange(2.5, 12, 0.5):
        epsilon = mean + z * deviation
        above = [place for place, value in enumerate(error) if value >= epsilon]
        near = [any(abs(place - other) <= buffer for other in above) for place in range(error.size)]
        runs = sum(marked for marked, _ in groupby(near))
        if not above or runs > 5 or sum(near) >= 0.5 * error.size:
            continue
        below = np.array([value for value in error if value < epsilon])
        gain = ((mean - below.mean()) / mean + (deviation - below.std()) / deviation) / (runs**2 + sum(near))
        if gain >= best:
            best, chosen = gain, epsilon
    return float(chosen)


def test_that_the_smoothed_error_is_the_weighted_mean_of_those_so_far() -> None:
    error = errors(n=40)
    weights = (1 - 2 / 12) ** np.arange(40)
    by_hand = [np.average(error[: n + 1][::-1], weights=weights[: n + 1]) for n in range(40)]
    np.testing.assert_allclose(smoothed(error, 11), by_hand)


@pytest.mark.parametrize("seed", range(5))
def test_that_the_limit_is_the_one_of_the_slow_twin(seed: int) -> None:
    error = errors(seed, 300)
    error[100:110] += 0.3
    error[200:203] += 0.1 * seed
    assert best_limit(error, 7) == pytest.approx(slow_limit(error, 7))


def test_that_runs_are_widened_on_both_sides_and_grow_together() -> None:
    marked = np.zeros(30, bool)
    marked[[1, 10, 14]] = True
    assert stretches(widened(marked, 2)) == [(0, 4), (8, 17)]
    np.testing.assert_array_equal(widened(marked, 0), marked)


def test_that_a_stretch_of_large_errors_is_flagged_with_its_buffer() -> None:
    error = errors()
    error[1200:1240] += 0.5
    (found,) = stretches(judged(error))
    # The batch in which it begins is judged as soon as it is full: what lies before that batch is settled.
    assert found == (1200, 1250)


def test_that_errors_that_are_small_against_the_values_are_never_flagged() -> None:
    error = errors() * 1e-3
    error[1200:1240] += 5e-4
    assert not judged(error).any()


def test_that_a_run_that_hardly_exceeds_another_that_is_left_out_is_pruned() -> None:
    error = errors()
    error[300:320] += 0.5
    error[450:460] += 0.02
    lax, strict = (judged(error[:600], replace(RULES, pruning=share)) for share in (0.0, 0.5))
    assert strict[300:320].all()
    assert lax.sum() >= strict.sum()
    assert not strict[440:470].any()


def test_that_stretches_with_hardly_any_error_are_flagged_only_when_asked_for() -> None:
    error = 0.5 + 0.02 * np.random.default_rng(2).standard_normal(600)
    error[400:420] = 0.0
    assert not judged(error)[400:420].any()
    assert judged(error, replace(RULES, inverted=True))[400:420].all()


def test_that_no_later_error_changes_what_is_flagged() -> None:
    error = errors()
    error[700:720] += 0.3
    error[1500:1600] += 2.0
    np.testing.assert_array_equal(judged(error)[:1000], judged(error[:1000]))


def test_that_errors_that_are_all_the_same_have_nothing_flagged() -> None:
    assert not judged(np.zeros(800)).any()
    assert not judged(np.full(800, 0.7)).any()


def test_that_judging_can_be_cancelled() -> None:
    def cancel(_done: float, _text: str) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        judged_errors(errors(), errors(), 1.0, RULES, cancel)
