"""Single rows count for less where many of them lie far out."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.lone_rows import lone_rows
from desktop_app.core.matched import Matches

LIMIT = 5.5


def with_rays(seed: int, rays: int = 120, height: float = 1.2) -> Floats:
    """White noise and cosmic rays: lone bright rows whose heights thin out exponentially."""
    rng = np.random.default_rng(seed)
    residual = rng.standard_normal(20_000)
    residual[rng.choice(20_000, rays, replace=False)] += rng.exponential(height, rays) + 1.5
    return residual


def match(start: int, stop: int, score: float) -> Matches:
    return Matches(np.array([start]), np.array([stop]), np.array([1]), np.array([score]))


def test_that_rows_of_plain_noise_are_worth_what_they_are() -> None:
    lone = lone_rows(np.random.default_rng(0).standard_normal(20_000), LIMIT)
    assert lone.bright > 0.95
    assert lone.faint > 0.95


def test_that_cosmic_rays_seldom_reach_the_limit_and_dips_keep_their_worth() -> None:
    before, after = 0, 0
    for seed in range(10):
        residual = with_rays(seed)
        lone = lone_rows(residual, LIMIT)
        before += int(np.count_nonzero(residual > LIMIT))
        after += int(np.count_nonzero(residual * lone.worth(residual) > LIMIT))
        assert lone.faint > 0.95
    assert before > 50
    assert after <= 0.1 * before


def test_that_a_flare_of_many_rows_scores_as_before_and_a_lone_row_less() -> None:
    residual = with_rays(7)
    residual[500:506] = [9, 7, 5, 4, 3, 2]
    residual[900:903] = [0.3, 9, -0.2]
    lone = lone_rows(residual, LIMIT)
    assert lone.judged(match(500, 506, 8.0), residual).score.tolist() == [8.0]
    assert lone.judged(match(900, 903, 8.0), residual).score[0] == pytest.approx(8.0 * lone.bright)


def test_that_a_few_huge_rows_do_not_change_what_the_others_are_worth() -> None:
    residual = with_rays(8)
    before = lone_rows(residual, LIMIT).bright
    residual[[100, 4000, 9000]] = 300.0
    assert lone_rows(residual, LIMIT).bright == pytest.approx(before, rel=0.05)


def test_that_a_handful_of_rows_says_nothing() -> None:
    assert lone_rows(np.array([0.0, 9.0, 0.0]), LIMIT).bright == 1.0
