"""The limit that a score sets itself, and the runs that stay above it."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.channels.dynamic_threshold import best_limit, dynamic_limit, higher_than, kept_runs
from desktop_app.core.telemetry import stretches


def quiet(n: int, seed: int = 0) -> Floats:
    return 1.0 + 0.05 * np.abs(np.random.default_rng(seed).standard_normal(n))


def limit_by_hand(score: Floats) -> float:
    """The definition, word by word: every z, every run, the best gain."""
    mean, deviation, found = score.mean(), score.std(), []
    z = CONSTANTS.first_z
    while z <= CONSTANTS.last_z:
        above = [value > mean + z * deviation for value in score]
        runs = sum(now and not before for now, before in zip(above, [False, *above[:-1]], strict=True))
        if 0 < runs <= CONSTANTS.most_runs and sum(above) < CONSTANTS.most_covered * len(score):
            below = np.array([value for value, is_above in zip(score, above, strict=True) if not is_above])
            gain = ((mean - below.mean()) / mean + (deviation - below.std()) / deviation) / runs**2
            found.append((gain, -z))
        z += CONSTANTS.step_z
    return float(mean - max(found)[1] * deviation)


def test_that_the_limit_is_that_of_the_definition() -> None:
    score = quiet(3000)
    score[500:560] += 2.0
    score[1900:1930] += 1.5
    assert best_limit(score) == pytest.approx(limit_by_hand(score))


def test_that_a_score_that_never_moves_is_never_above_its_limit() -> None:
    found = dynamic_limit(np.zeros(500))
    assert not found.flagged.any()
    assert (found.limit > 0).all()


def test_that_a_run_that_is_hardly_higher_than_the_rest_is_pruned() -> None:
    score = np.ones(100)
    score[10:15], score[40:45], score[70:75] = 5.0, 1.1, 1.05
    kept = kept_runs(score, score > 1.04)
    assert stretches(kept) == [(10, 15)]


def test_that_no_run_is_kept_where_none_stands_out() -> None:
    score = np.ones(100)
    score[10:15] = 1.01
    assert not kept_runs(score, score > 1.005).any()


def test_that_a_long_record_may_hold_more_than_five_runs() -> None:
    score = quiet(40_000)
    starts = range(1500, 40_000, 4000)
    for start in starts:
        score[start : start + 100] = 4.0
    assert len(stretches(dynamic_limit(score).flagged)) == len(starts)


def test_that_what_was_not_looked_at_is_left_out() -> None:
    score = quiet(1000)
    score[300:330] = 3.0
    score[600:700] = np.nan
    found = dynamic_limit(score)
    assert stretches(found.flagged) == [(300, 330)]
    assert not found.flagged[600:700].any()


def test_that_runs_are_kept_by_their_highest_score() -> None:
    score, flagged = np.array([0.1, 0.5, 0.0, 0.3]), np.array([True, True, False, True])
    assert stretches(higher_than(score, flagged, 0.4)) == [(0, 2)]
