"""How two channels go together: against scipy, and against the plain loop over lags."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.relation import NO_RELATION, best_lag, pearson, ranks, relation_of


def wandering(n: int, seed: int) -> Floats:
    return np.cumsum(np.random.default_rng(seed).standard_normal(n))


def slow_best_lag(first: Floats, second: Floats) -> tuple[int, float]:
    """Every lag by itself."""
    n, best = len(first), (0, 0.0)
    whole = int((np.isfinite(first) & np.isfinite(second)).sum())
    for lag in sorted(range(-(n // 4), n // 4 + 1), key=abs):
        a = first[max(0, -lag) : n - max(0, lag)]
        b = second[max(0, lag) : n - max(0, -lag)]
        met = np.isfinite(a) & np.isfinite(b)
        if met.sum() < max(3, 0.5 * whole):
            continue
        r = float(np.corrcoef(a[met], b[met])[0, 1])
        if abs(r) > abs(best[1]) + 1e-9:
            best = (lag, r)
    return best


def test_that_correlations_are_those_of_scipy() -> None:
    from scipy.stats import pearsonr, spearmanr

    rng = np.random.default_rng(1)
    a = rng.integers(0, 30, 500).astype(float)  # with many ties
    b = a**3 + 400 * rng.standard_normal(500)
    found = relation_of(a, b)
    assert found.pearson == pytest.approx(pearsonr(a, b)[0], abs=1e-12)
    assert found.spearman == pytest.approx(spearmanr(a, b)[0], abs=1e-12)
    assert found.samples == 500


@pytest.mark.parametrize("seed", range(4))
def test_that_the_lag_is_that_of_the_plain_loop_also_with_gaps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = wandering(200, seed), wandering(200, seed + 50)
    a[rng.integers(0, 200, 40)] = np.nan
    b[60:90] = np.nan
    lag, r = best_lag(a, b)
    expected = slow_best_lag(a, b)
    assert lag == expected[0]
    assert r == pytest.approx(expected[1], abs=1e-9)


@pytest.mark.parametrize("behind", [-17, 0, 23])
def test_that_a_channel_that_runs_behind_is_told_by_how_much(behind: int) -> None:
    signal = wandering(600, 3)
    first, second = signal[100:500], -2 * signal[100 - behind : 500 - behind] + 5
    found = relation_of(first, second)
    assert found.lag == behind
    assert found.at_lag == pytest.approx(-1.0)


def test_that_what_does_not_change_has_no_correlation() -> None:
    found = relation_of(np.full(50, 3.3), wandering(50, 0))
    assert np.isnan(found.pearson)
    assert np.isnan(found.spearman)
    assert np.isnan(found.at_lag)
    assert found.samples == 50


def test_that_too_few_samples_are_no_relation() -> None:
    empty = np.full(10, np.nan)
    assert repr(relation_of(empty, wandering(10, 0))) == repr(NO_RELATION)
    assert relation_of(np.array([1.0, np.nan, 3.0]), np.array([2.0, 5.0, np.nan])).samples == 1
    assert np.isnan(best_lag(np.zeros(0), np.zeros(0))[1])


def test_that_huge_numbers_do_not_overflow() -> None:
    a = wandering(100, 5)
    assert pearson(1e300 * a, a) == pytest.approx(1.0)
    lag, r = best_lag(1e300 * a, a)
    assert lag == 0
    assert r == pytest.approx(1.0)


def test_that_equal_values_share_their_rank() -> None:
    np.testing.assert_array_equal(ranks(np.array([5.0, 1.0, 5.0, 9.0])), [2.5, 1.0, 2.5, 4.0])
