"""The fast numerics of the detector against slow, obvious twins."""

import numpy as np
import pytest
from scipy import stats

from desktop_app.core.arrays import Floats
from desktop_app.core.baseline import bin_medians, local_noise
from desktop_app.core.calibration import agreed, to_sigmas
from desktop_app.core.detrend import detrend
from desktop_app.core.isolation import grow_forest
from desktop_app.core.matched import Residual, find_matches, template_widths
from desktop_app.core.neighbours import LocalOutlierFactor
from desktop_app.core.progress import silent
from desktop_app.core.segments import cadence_of, segment_bounds, segment_starts
from desktop_app.core.window_features import FEATURES, roughness, window_features, window_starts


def times(n: int, step: float = 0.02) -> Floats:
    return step * np.arange(float(n))


def test_that_the_cadence_is_the_median_spacing_and_unknown_for_one_row() -> None:
    assert cadence_of(np.array([0.0, 1.0, 2.0, 3.0, 50.0])) == 1.0
    assert np.isnan(cadence_of(np.array([3.0])))


def test_that_stretches_end_at_gaps() -> None:
    time = np.array([0.0, 1.0, 2.0, 9.0, 10.0])
    starts = segment_starts(time, 3.0)
    assert starts.tolist() == [0, 3]
    first, last = segment_bounds(starts, 5)
    assert first.tolist() == [0, 0, 0, 3, 3]
    assert last.tolist() == [3, 3, 3, 5, 5]


def test_that_bins_hold_the_medians_of_their_rows() -> None:
    rng = np.random.default_rng(0)
    time = np.sort(rng.uniform(0, 10, 500))
    flux = rng.standard_cauchy(500)
    keep = rng.random(500) > 0.2
    bins = bin_medians(time, flux, keep, np.zeros(1, np.int64), 0.5)
    edges = np.linspace(time[0], time[-1], bins.time.size + 1)
    edges[-1] += 1
    for place in range(bins.time.size):
        inside = keep & (time >= edges[place]) & (time < edges[place + 1])
        assert bins.count[place] == inside.sum()
        assert bins.value[place] == pytest.approx(np.median(flux[inside]))


def test_that_the_baseline_follows_a_slow_star_and_not_a_dip() -> None:
    time = times(3000)
    rng = np.random.default_rng(1)
    star = 1 + 0.01 * np.sin(2 * np.pi * time / 20)
    flux = star + 1e-4 * rng.standard_normal(3000)
    flux[1500:1510] -= 0.01
    curve = detrend(time, flux, rotation=False)
    assert np.abs(curve.baseline - star).max() < 3e-4
    np.testing.assert_allclose(curve.noise, 1e-4, rtol=0.2)


def test_that_the_baseline_does_not_reach_across_a_gap() -> None:
    time = times(2000)
    time[1000:] += 5.0
    flux = np.where(np.arange(2000) < 1000, 1.0, 2.0) + 1e-4 * np.random.default_rng(2).standard_normal(2000)
    assert np.abs(flux - detrend(time, flux).baseline).max() < 1e-3


def test_that_rotation_is_taken_out_and_eclipses_are_left() -> None:
    time = times(4000)
    turning = 0.01 * np.sin(2 * np.pi * time / 0.9) + 0.004 * np.sin(4 * np.pi * time / 0.9 + 1)
    flux = 1 + turning + 1e-4 * np.random.default_rng(3).standard_normal(4000)
    eclipsed = (time % 3.7) < 0.2
    flux[eclipsed] -= 0.05
    residual = flux - detrend(time, flux).baseline
    assert np.std(residual[~eclipsed]) < 5e-4
    assert np.median(residual[eclipsed]) == pytest.approx(-0.05, abs=0.003)


def test_that_a_step_is_found_at_its_row_with_its_height() -> None:
    time = times(3000)
    flux = 1 + 1e-3 * np.random.default_rng(4).standard_normal(3000)
    flux[1700:] += 0.02
    step = detrend(time, flux).step
    assert np.flatnonzero(step).tolist() == [1700]
    assert step[1700] == pytest.approx(0.02, rel=0.05)


def test_that_a_dip_is_no_step() -> None:
    time = times(3000)
    flux = 1 + 1e-3 * np.random.default_rng(5).standard_normal(3000)
    flux[1700:1712] -= 0.05
    assert not detrend(time, flux).step.any()


def test_that_noise_is_told_where_it_doubles() -> None:
    time = times(6000)
    residual = np.random.default_rng(6).standard_normal(6000) * np.where(time < 60, 1.0, 2.0)
    noise = local_noise(time, residual, np.ones(6000, dtype=np.bool_), 6.0)
    assert noise[1000] == pytest.approx(1.0, rel=0.12)
    assert noise[5000] == pytest.approx(2.0, rel=0.12)


def test_that_white_noise_matches_nothing_and_an_event_matches_with_its_rows() -> None:
    value = np.random.default_rng(7).standard_normal(5000)
    whole = Residual(value, np.zeros(5000, np.int64), np.full(5000, 5000))
    assert not (find_matches(whole, template_widths(1, 60), (1, -1), silent).score >= 5).any()
    value[2000:2020] -= 4.0
    found = find_matches(whole, template_widths(1, 60), (1, -1), silent)
    assert (abs(found.start[0] - 2000), abs(found.stop[0] - 2020), found.sign[0]) <= (2, 2, -1)
    assert found.score[0] == pytest.approx(4 * np.sqrt(20), rel=0.25)


def test_that_only_the_asked_direction_is_matched() -> None:
    value = np.random.default_rng(8).standard_normal(3000)
    value[1000:1010] -= 8.0
    value[2000:2010] += 8.0
    whole = Residual(value, np.zeros(3000, np.int64), np.full(3000, 3000))
    for sign, at in ((1, 2000), (-1, 1000)):
        found = find_matches(whole, template_widths(1, 40), (sign,), silent)
        assert abs(int(found.start[0]) - at) <= 1
        assert np.all(found.sign == sign)


def test_that_window_features_are_those_of_a_plain_loop() -> None:
    rng = np.random.default_rng(9)
    values = rng.standard_normal(400).cumsum()
    begin = window_starts(np.array([0, 150]), 400, 40, 20)
    assert all(low + 40 <= 150 or low >= 150 for low in begin)
    table = window_features(values, begin, 40)
    for row, low in zip(table, begin, strict=True):
        window = values[low : low + 40]
        told = dict(zip(FEATURES, row, strict=True))
        assert told["mean"] == pytest.approx(np.mean(window))
        assert told["standard deviation"] == pytest.approx(np.std(window))
        assert told["median"] == pytest.approx(np.median(window))
        assert told["skewness"] == pytest.approx(stats.skew(window))
        assert told["kurtosis"] == pytest.approx(stats.kurtosis(window))
        slope, middle = np.polyfit(np.linspace(-1, 1, 40), window, 1)
        assert told["slope"] == pytest.approx(slope)
        assert told["value at the start"] == pytest.approx(middle - slope)
        assert told["median absolute deviation"] == pytest.approx(np.median(np.abs(window - np.median(window))))
        assert told["largest step"] == pytest.approx(np.abs(np.diff(window)).max())
        assert told["quartile asymmetry"] == pytest.approx(
            np.quantile(window, 0.75) + np.quantile(window, 0.25) - 2 * np.median(window)
        )


def test_that_jitter_is_rough_and_a_smooth_bump_or_a_lone_outlier_is_not() -> None:
    value = np.random.default_rng(10).standard_normal(6000)
    value[1000:1100] *= 3.0
    value[3000:3100] += 10 * np.hanning(100)
    value[5000] += 30
    rough = roughness(value, np.zeros(1, np.int64), 50)
    assert rough[1050] > 5
    assert rough[3000:3100].max() < 4
    assert rough[4950:5050].max() < 4


def test_that_the_forest_ranks_as_the_one_of_scikit_learn() -> None:
    from sklearn.ensemble import IsolationForest

    rng = np.random.default_rng(11)
    usual, asked = rng.standard_normal((600, 5)), rng.standard_normal((300, 5)) * 2
    ours = grow_forest(usual, 200, np.random.default_rng(0)).strangeness(asked)
    theirs = -IsolationForest(n_estimators=200, random_state=0).fit(usual).score_samples(asked)
    assert np.corrcoef(ours, theirs)[0, 1] > 0.98
    assert np.abs(ours - theirs).mean() < 0.02


def test_that_local_outlier_factors_are_those_of_scikit_learn() -> None:
    from sklearn.neighbors import LocalOutlierFactor as Theirs

    rng = np.random.default_rng(12)
    usual, asked = rng.standard_normal((300, 4)), rng.standard_normal((100, 4)) * 2
    ours = LocalOutlierFactor.learnt(usual, 20).strangeness(asked)
    theirs = -Theirs(n_neighbors=20, novelty=True).fit(usual).score_samples(asked)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_that_votes_ask_for_a_share_of_the_windows() -> None:
    sigmas = np.array([[6.0, 2.0, np.nan], [6.0, 4.0, 2.0], [np.nan, np.nan, np.nan]])
    assert agreed(sigmas, 0.5).tolist() == [6.0, 4.0, 0.0]
    assert agreed(sigmas, 1.0).tolist() == [2.0, 2.0, 0.0]


def test_that_usual_scores_become_small_sigmas_and_a_long_tail_of_noise_raises_the_bar() -> None:
    rng = np.random.default_rng(13)
    usual, heavy = rng.standard_normal(5000), rng.standard_t(2, 5000)
    assert to_sigmas(np.array([3.0]), usual, usual)[0] == pytest.approx(3.0, rel=0.1)
    assert to_sigmas(np.array([3.0]), usual, heavy)[0] < 2.0
