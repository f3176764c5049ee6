"""Tests of counts, curves and means, by hand and against others."""

from math import isnan

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from desktop_app.core.arrays import Ints
from desktop_app.core.metrics.affiliation import affiliation
from desktop_app.core.metrics.bootstrap import mean_of
from desktop_app.core.metrics.curves import pr_curve, roc_auc, roc_curve
from desktop_app.core.metrics.points import PointCounts, count_points, sum_points
from desktop_app.core.metrics.ranges import range_scores
from desktop_app.core.metrics.sequences import EventCounts, count_events, delays, merged, sum_events
from desktop_app.core.telemetry import stretches


def rows(*pairs: tuple[int, int]) -> Ints:
    """Intervals as the metrics take them."""
    return np.array(pairs, np.int64).reshape(-1, 2)


def test_that_the_area_under_roc_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(500) < 0.2
    for score in (rng.standard_normal(500) + truth, np.round(2 * rng.random(500) + truth), np.ones(500)):
        assert roc_auc(score.astype(np.float64), truth) == pytest.approx(roc_auc_score(truth, score), abs=1e-12)


def test_that_without_both_kinds_there_is_no_area() -> None:
    assert isnan(roc_auc(np.arange(5.0), np.zeros(5, np.bool_)))
    assert isnan(roc_auc(np.arange(5.0), np.ones(5, np.bool_)))
    assert isnan(roc_auc(np.zeros(0), np.zeros(0, np.bool_)))


def test_that_curves_go_from_nothing_to_everything() -> None:
    rng = np.random.default_rng(1)
    truth = rng.random(3000) < 0.1
    false, found = roc_curve(rng.random(3000) + truth, truth)
    assert (false[0], found[0], false[-1], found[-1]) == (0, 0, 1, 1)
    recall, precision = pr_curve(rng.random(3000) + truth, truth)
    assert recall[-1] == 1
    assert precision[-1] == pytest.approx(truth.mean())


def test_that_an_event_that_is_hit_twice_counts_once() -> None:
    counts = count_events(rows((10, 20), (50, 60)), rows((8, 11), (15, 30), (70, 71)))
    assert counts == EventCounts(found=1, false=1, missed=1)
    assert (counts.precision, counts.recall, counts.f1) == (0.5, 0.5, 0.5)


def test_that_one_long_event_finds_all_that_it_covers() -> None:
    assert count_events(rows((10, 20), (50, 60)), rows((0, 100))) == EventCounts(2, 0, 0)


def test_that_what_only_touches_does_not_overlap() -> None:
    assert count_events(rows((10, 20)), rows((5, 10), (20, 25))) == EventCounts(0, 2, 1)


def test_that_flagging_everything_is_perfect_by_events_and_worth_nothing_once_corrected() -> None:
    counts = count_events(rows((10, 20)), rows((0, 100)))
    points = count_points(np.ones(100, np.bool_), np.arange(100) // 10 == 1)
    assert counts.f1 == 1
    assert counts.corrected_f05(points.false_rate) == 0


def test_that_the_corrected_precision_is_that_of_the_paper() -> None:
    # 3 of 4 found, 1 false, 5 of 100 quiet samples flagged: 0.75 x 0.95.
    counts = EventCounts(found=3, false=1, missed=1)
    assert counts.corrected_precision(0.05) == pytest.approx(0.7125)
    assert counts.corrected_f05(0.05) == pytest.approx(1.25 * 0.7125 * 0.75 / (0.25 * 0.7125 + 0.75))


def test_that_nothing_flagged_has_no_precision_and_an_f_of_0() -> None:
    counts, points = count_events(rows((1, 2)), rows()), count_points(np.zeros(9, np.bool_), np.arange(9) < 2)
    assert isnan(counts.precision)
    assert isnan(points.precision)
    assert (counts.f1, counts.corrected_f05(0.0), points.f1) == (0, 0, 0)


def test_that_nothing_labelled_has_no_f() -> None:
    assert isnan(count_events(rows(), rows((1, 2))).f1)


def test_that_counts_of_channels_add_up() -> None:
    assert sum_events([EventCounts(1, 2, 3), EventCounts(4, 5, 6)]) == EventCounts(5, 7, 9)
    assert sum_points([PointCounts(1, 2, 3, 4), PointCounts(1, 1, 1, 1)]) == PointCounts(2, 3, 4, 5)
    assert sum_events([]) == EventCounts()
    assert sum_points([]) == PointCounts()


def test_that_points_are_counted_by_both_sides() -> None:
    flagged, truth = np.array([1, 1, 0, 0, 0], np.bool_), np.array([1, 0, 1, 0, 0], np.bool_)
    counts = count_points(flagged, truth)
    assert counts == PointCounts(hits=1, false=1, missed=1, quiet=2)
    assert counts.false_rate == pytest.approx(1 / 3)


def test_that_a_delay_counts_from_the_onset_and_is_never_negative() -> None:
    late = delays(rows((10, 30), (50, 60), (80, 90)), rows((14, 20), (25, 28), (45, 52)))
    assert late[:2].tolist() == [4, 0]
    assert isnan(late[2])


def test_that_labels_that_overlap_are_one_event_and_adjacent_ones_two() -> None:
    assert merged([(20, 30), (5, 10), (8, 12), (30, 31)]).tolist() == [[5, 12], [20, 30], [30, 31]]
    assert merged([]).shape == (0, 2)


def test_that_a_range_found_in_two_pieces_counts_half() -> None:
    scores = range_scores(rows((0, 10), (50, 60)), rows((0, 4), (6, 10)))
    assert scores.recall == pytest.approx((0.8 / 2 + 0) / 2)
    assert scores.precision == 1
    assert isnan(range_scores(rows((0, 10)), rows()).precision)


def test_that_chance_has_half_of_the_affiliation_and_the_truth_all() -> None:
    rng = np.random.default_rng(5)
    truth = rows((200, 210), (600, 620))
    by_chance = [affiliation(rng.random(1000) < 0.002, truth).precision for _ in range(200)]
    assert np.nanmean(by_chance) == pytest.approx(0.5, abs=0.05)
    inside = np.zeros(1000, np.bool_)
    inside[200:210] = inside[600:620] = True
    assert (affiliation(inside, truth).precision, affiliation(inside, truth).recall) == (1, 1)
    assert isnan(affiliation(inside, rows()).f1)
    assert affiliation(np.zeros(1000, np.bool_), truth).recall == 0


def test_that_affiliation_and_events_are_those_of_telemeval() -> None:
    reference = pytest.importorskip("telemeval.metrics.affiliation", reason="telemeval is not installed")
    rng = np.random.default_rng(9)
    truth = rows((30, 50), (120, 180), (300, 310))
    for _ in range(10):
        flagged = np.zeros(400, np.bool_)
        for start in rng.integers(0, 380, 4):
            flagged[start : start + rng.integers(1, 20)] = True
        theirs = reference.pr_from_events(stretches(flagged), [(int(low), int(high)) for low, high in truth], (0, 400))
        ours = affiliation(flagged, truth)
        assert ours.precision == pytest.approx(theirs["precision"], abs=1e-12)
        assert ours.recall == pytest.approx(theirs["recall"], abs=1e-3)


def test_that_an_interval_holds_the_mean_and_narrows_with_more_channels() -> None:
    rng = np.random.default_rng(2)
    few, many = mean_of(list(rng.random(10))), mean_of(list(rng.random(1000)))
    assert few.low < few.value < few.high
    assert many.high - many.low < few.high - few.low
    assert mean_of([0.5, float("nan")]).channels == 1
    assert isnan(mean_of([]).value)
    assert isnan(mean_of([0.5]).low)
    assert mean_of([0.2, 0.4, 0.9]) == mean_of([0.2, 0.4, 0.9])
