"""Folding at many periods at once finds what folding at each of them finds."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.transits.folding import Series, fold_into

SHORTEST, LONGEST = 20.0, 200.0


def folded(total: Series, power: Series, *, first: int = 20, last: int = 199) -> tuple[Floats, Floats, Floats, Ints]:
    """The best and the worst signal to noise of 3,000 steps, and period and number of the best."""
    low, high = LONGEST ** (-1 / 3), SHORTEST ** (-1 / 3)
    scale = 3000 / (high - low)
    best, worst = np.zeros(3000, np.float32), np.zeros(3000, np.float32)
    period, which = np.zeros(3000), np.zeros(3000, np.int64)
    fold_into(total, power, 2.5, first, last, 1.0, scale, scale * low, 7, best, worst, period, which)
    return np.sqrt(best.astype(np.float64)), np.sqrt(worst.astype(np.float64)), period, which


def slowly(total: Series, power: Series, period: float) -> float:
    """The best signal to noise of any phase, folded one by one."""
    best = 0.0
    for phase in np.arange(0.0, period, 0.5):
        rows = np.round(np.arange(phase, total.size - 1, period)).astype(np.int64)
        whole = float(power[rows].sum())
        if whole >= 2.5:
            best = max(best, float(total[rows].sum()) / np.sqrt(whole))
    return best


def noise(n: int, seed: int) -> tuple[Series, Series]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal(n).astype(np.float32), np.ones(n, np.float32)


def test_that_a_whole_number_of_steps_is_folded_as_a_loop_folds_it() -> None:
    total, power = noise(700, 1)
    total[11::50] += 4
    best, _, period, which = folded(total, power)
    at = int(np.argmax(best))
    assert period[at] == 50.0
    assert which[at] == 7
    assert best[at] == pytest.approx(slowly(total, power, 50.0), rel=1e-5)


@pytest.mark.parametrize("period", [23.4, 57.31, 100.5, 161.8, 198.2])
def test_that_no_period_between_whole_steps_is_lost(period: float) -> None:
    total, power = np.zeros(1000, np.float32), np.ones(1000, np.float32)
    rows = np.arange(9.0, 998.0, period)
    for offset, height in ((-2, 1), (-1, 2), (0, 3), (1, 2), (2, 1)):  # as wide as a dip of five steps
        total[np.round(rows).astype(np.int64) + offset] += height
    best, _, found, _ = folded(total, power)
    at = int(np.argmax(best))
    assert best[at] > 0.85 * 3 * np.sqrt(rows.size)
    assert found[at] == pytest.approx(period, rel=3 / 1000)


def test_that_brightenings_are_kept_apart_from_dips() -> None:
    total, power = noise(900, 2)
    best, worst, *_ = folded(total, power)
    turned_best, turned_worst, *_ = folded(-total, power)
    np.testing.assert_array_equal(best, turned_worst)
    np.testing.assert_array_equal(worst, turned_best)


def test_that_phases_without_enough_data_do_not_count() -> None:
    total, power = noise(700, 3)
    total[11::50] += 4
    power[300:], total[300:] = 0, 0
    two_left = np.zeros(700, np.float32)
    two_left[[11, 61]], total[:] = 1, 0
    total[[11, 61]] = 9
    best, *_ = folded(total, two_left)
    assert not best.any()


def test_that_the_machine_code_does_what_the_loop_says() -> None:
    total, power = noise(90, 4)
    low, high = LONGEST ** (-1 / 3), SHORTEST ** (-1 / 3)
    scale = 50 / (high - low)
    results = []
    for function in (fold_into, fold_into.__wrapped__):  # type: ignore[attr-defined]  # functools.wraps adds it
        best, worst = np.zeros(50, np.float32), np.zeros(50, np.float32)
        period, which = np.zeros(50), np.zeros(50, np.int64)
        function(total, power, 2.5, 20, 30, 1.0, scale, scale * low, 1, best, worst, period, which)
        results.append((best, worst, period))
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)
