"""What the beginning of a ranked list is worth."""

import numpy as np
import pytest

from desktop_app.core.metrics.ranking import average_precision, rank_weighted_score, recall_in_first


def test_that_an_ideal_list_is_worth_one_and_an_upside_down_one_little() -> None:
    truth = np.arange(100) < 10
    best, worst = -np.arange(100.0), np.arange(100.0)
    assert average_precision(best, truth) == 1.0
    assert rank_weighted_score(best, truth, 20) == 1.0
    assert recall_in_first(best, truth, 5) == 0.5
    assert average_precision(worst, truth) == pytest.approx(np.mean(np.arange(1, 11) / np.arange(91, 101)))
    assert rank_weighted_score(worst, truth, 20) < recall_in_first(worst, truth, 95)
    assert recall_in_first(worst, truth, 20) == 0.0


def test_that_precision_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import average_precision_score

    rng = np.random.default_rng(0)
    score, truth = rng.random(500), rng.random(500) < 0.1
    assert average_precision(score, truth) == pytest.approx(average_precision_score(truth, score))


def test_that_weights_fall_from_the_first_to_the_last() -> None:
    truth = np.array([False, True, False, True])
    assert rank_weighted_score(np.array([4.0, 3.0, 2.0, 1.0]), truth, 4) == pytest.approx((3 + 1) / (4 + 3))


def test_that_ties_and_what_is_not_known_gain_nothing() -> None:
    truth = np.array([True, False, False, True])
    assert recall_in_first(np.zeros(4), truth, 2) == 0.0
    assert recall_in_first(np.array([np.nan, 1.0, 2.0, np.nan]), truth, 2) == 0.0


def test_that_without_a_true_object_nothing_is_known() -> None:
    nobody = np.zeros(4, np.bool_)
    figures = (
        average_precision(np.arange(4.0), nobody),
        recall_in_first(np.arange(4.0), nobody, 2),
        rank_weighted_score(np.arange(4.0), nobody, 2),
    )
    assert np.isnan(figures).all()
