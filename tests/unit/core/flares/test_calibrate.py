"""The scale of the flare scores: noise reaches 5 as seldom as it should, and the network has the last word."""

import numpy as np
import pytest

from desktop_app.core.flares.calibrate import CLIP, DOUBT, FALSE_EVENTS, raw_score, tail_of


def test_that_noise_reaches_five_as_seldom_as_told() -> None:
    rng = np.random.default_rng(0)
    noise = [(18_000, 2 + rng.exponential(0.5, 40)) for _ in range(200)]
    tail = tail_of(noise)
    assert tail.slope == pytest.approx(2.0, rel=0.3)
    fresh = [tail.score(2 + rng.exponential(0.5, 40), 18_000) for _ in range(4000)]
    assert np.sum(np.concatenate(fresh) >= 5) / 4000 == pytest.approx(FALSE_EVENTS, rel=0.5)


def test_that_a_longer_curve_asks_for_more() -> None:
    tail = tail_of([(18_000, np.linspace(2, 5, 100))])
    assert tail.score(np.array([6.0]), 100_000)[0] < tail.score(np.array([6.0]), 10_000)[0]


@pytest.mark.parametrize("scores", [[], [4.0]])
def test_that_noise_without_candidates_gives_a_scale_too(scores: list[float]) -> None:
    assert np.isfinite(tail_of([(1000, np.array(scores))]).score(np.array([5.0]), 1000)).all()


def test_that_what_the_network_takes_for_something_else_is_no_flare_however_strong() -> None:
    sure, even, other = raw_score(np.full(3, 1000.0), np.array([15.0, 0.0, -8.0]))
    assert sure == 1000.0 + CLIP[1]
    assert even == DOUBT
    assert other < 1
