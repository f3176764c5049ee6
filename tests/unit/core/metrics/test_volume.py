"""Tests of the volume under the precision-recall surface."""

from math import isnan, sqrt

import numpy as np
import pytest

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.metrics.volume import THRESHOLDS, volume_under_pr, window_of
from desktop_app.core.telemetry import stretches


def slow_volume(score: Floats, truth: Bools, window: int) -> float:
    """The same, sample by sample, level by level and buffer by buffer."""
    n, events = len(score), stretches(truth)
    known = [-np.inf if isnan(value) else value for value in score]
    falling = sorted(known, reverse=True)
    levels = [falling[int(place)] for place in np.linspace(0, n - 1, THRESHOLDS)]
    areas = []
    for width in range(window + 1):
        half = width // 2
        weight = [1.0 if inside else 0.0 for inside in truth]
        for start, stop in events:
            for step in range(1, half + 1):
                for row in (start - step, stop - 1 + step):
                    if 0 <= row < n:
                        weight[row] += sqrt(1 - step / width)
        weight = [min(one, 1.0) for one in weight]
        joined = [list(events[0])]
        for start, stop in events[1:]:
            if joined[-1][1] - 1 + half >= start - half:
                joined[-1][1] = stop
            else:
                joined.append([start, stop])
        area = before = 0.0
        for level in levels:
            flagged = [value >= level for value in known]
            hits = sum(one for one, said in zip(weight, flagged, strict=True) if said)
            near = sum(one for one, said, inside in zip(weight, flagged, truth, strict=True) if said and not inside)
            touched = sum(any(flagged[max(start - half, 0) : stop + half]) for start, stop in joined)
            recall = min(hits / (sum(truth) + near / 2), 1.0) * touched / len(joined)
            area += (recall - before) * hits / sum(flagged)
            before = recall
        areas.append(area)
    return float(np.mean(areas))


def marked(n: int, *events: tuple[int, int]) -> Bools:
    """Truth with these events."""
    truth = np.zeros(n, np.bool_)
    for start, stop in events:
        truth[start:stop] = True
    return truth


@pytest.mark.parametrize(
    ("events", "window"),
    [
        (((60, 75),), 20),
        (((0, 4), (90, 100)), 16),
        (((20, 30), (36, 40), (80, 81)), 13),
        (((20, 30), (31, 40)), 9),
        (((50, 60),), 0),
    ],
)
def test_that_the_fast_volume_is_that_of_the_slow_twin(events: tuple[tuple[int, int], ...], window: int) -> None:
    rng = np.random.default_rng(window)
    truth = marked(100, *events)
    for score in (rng.random(100), rng.random(100) + truth, np.round(rng.random(100) * 4), np.zeros(100)):
        score = score.astype(np.float64)
        assert volume_under_pr(score, truth, window) == pytest.approx(slow_volume(score, truth, window), abs=1e-12)
    score[::7] = np.nan
    assert volume_under_pr(score, truth, window) == pytest.approx(slow_volume(score, truth, window), abs=1e-12)


def test_that_more_samples_than_levels_are_taken_by_rank() -> None:
    rng = np.random.default_rng(3)
    truth = marked(700, (300, 340), (500, 520))
    score = rng.standard_normal(700) + 1.5 * truth
    assert volume_under_pr(score, truth, 24) == pytest.approx(slow_volume(score, truth, 24), abs=1e-12)


def test_that_a_score_that_is_the_truth_has_all_of_the_volume_without_a_buffer() -> None:
    truth = marked(1000, (400, 500))
    assert volume_under_pr(truth.astype(np.float64), truth, 0) == pytest.approx(1.0)


def test_that_a_flat_score_has_the_share_of_what_is_labelled() -> None:
    truth = marked(1000, (400, 500))
    assert volume_under_pr(np.ones(1000), truth, 0) == pytest.approx(0.1)


def test_that_by_hand_one_false_sample_before_two_hits_gives_seven_twelfths() -> None:
    # Flagged one after the other: false (recall 0), hit (1/2 at 1/2), hit (1 at 2/3): 1/4 + 1/3.
    score = np.array([3.0, 2.0, 1.0, 0.0])
    truth = np.array([False, True, True, False])
    assert volume_under_pr(score, truth, 0) == pytest.approx(7 / 12)


def test_that_being_late_costs_less_than_being_elsewhere() -> None:
    truth = marked(1000, (400, 500))
    late, away = (marked(1000, (start, start + 100)).astype(np.float64) for start in (430, 700))
    assert volume_under_pr(late, truth) > volume_under_pr(away, truth) + 0.3


def test_that_samples_that_are_not_known_are_the_last_to_be_flagged() -> None:
    truth = marked(1000, (400, 500))
    known = np.random.default_rng(0).random(1000)
    unknown = np.where(truth, np.nan, known)
    assert volume_under_pr(unknown, truth) == volume_under_pr(np.where(truth, -1.0, known), truth)


def test_that_there_is_no_volume_where_nothing_is_labelled() -> None:
    assert isnan(volume_under_pr(np.ones(50), np.zeros(50, np.bool_)))


def test_that_the_window_of_a_wave_is_its_period() -> None:
    wave = np.sin(2 * np.pi * np.arange(5000) / 77)
    assert window_of(wave) == 77


@pytest.mark.parametrize(
    "values", [np.zeros(500), np.full(10, np.nan), np.arange(800.0), np.zeros(0), np.full(9, 1e308)]
)
def test_that_without_a_peak_the_window_is_125(values: Floats) -> None:
    assert window_of(values) == 125
