"""Long stretches that keep to something of their own."""

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.constants import CONSTANTS
from desktop_app.core.channels.regimes import contrasts
from desktop_app.core.progress import silent


def waves(n: int = 4000, seed: int = 0) -> Floats:
    return 0.4 * np.sin(np.arange(n) / 13) + 0.02 * np.random.default_rng(seed).standard_normal(n)


def contrast_by_hand(values: Floats, start: int, stop: int) -> float:
    """Of one stretch, from windows of means compared one by one."""
    few, width = CONSTANTS.regime_pool, CONSTANTS.regime_window // CONSTANTS.regime_pool
    pooled = values.reshape(-1, few).mean(axis=1)
    starts = range(pooled.size - width + 1)
    low, high = start // few, stop // few
    inside = [i for i in starts if low <= i and i + width <= high]
    outside = [i for i in starts if i + width <= low or i >= high]

    def apart(i: int, j: int) -> float:
        return float(np.sqrt(np.mean((pooled[i : i + width] - pooled[j : j + width]) ** 2)))

    away = sorted(min(apart(i, j) for j in outside) for i in inside)
    usual = sorted(min(apart(i, j) for j in starts if abs(i - j) >= width) for i in outside)
    own = away[int(CONSTANTS.regime_inside * (len(away) - 1))]
    return own / (usual[int(CONSTANTS.regime_outside * (len(usual) - 1))] + CONSTANTS.regime_floor)


def test_that_the_contrast_is_that_of_the_definition() -> None:
    values = waves(1600)
    values[700:1100] += 1.0
    _, found = contrasts(values, np.ones(1600, bool), np.zeros(0), silent)
    assert [(one.start, one.stop) for one in found] == [(700, 1100)]
    assert np.isclose(found[0].contrast, contrast_by_hand(values, 700, 1100), rtol=1e-9)


def test_that_a_level_that_stays_is_covered_as_a_whole() -> None:
    values = waves()
    values[2500:] += 1.0
    track, found = contrasts(values, np.ones(4000, bool), np.zeros(0), silent)
    assert [(one.start, one.stop) for one in found] == [(2500, 4000)]
    assert track[2600:].min() > CONSTANTS.regime_limit > track[:2000].max()


def test_that_a_level_that_training_knows_is_usual() -> None:
    values = waves()
    values[2500:] += 1.0
    _, found = contrasts(values, np.ones(4000, bool), waves(1000, 4) + 1.0, silent)
    assert found == []


def test_that_a_steady_drift_is_no_regime() -> None:
    values = waves() + np.linspace(0, 3, 4000)
    assert contrasts(values, np.ones(4000, bool), np.zeros(0), silent)[1] == []


def test_that_nothing_is_found_in_a_constant_or_a_short_record() -> None:
    for n in (0, 3, 90, 250, 2000):
        track, found = contrasts(np.zeros(n), np.ones(n, bool), np.zeros(0), silent)
        assert found == []
        assert track.shape == (n,)


def test_that_long_records_are_searched_in_blocks() -> None:
    values = waves(16_000)
    values[3000:4000] += 1.0
    values[12_000:13_000] -= 1.0
    found = contrasts(values, np.ones(16_000, bool), np.zeros(0), silent)[1]
    assert sorted((round(one.start, -3), round(one.stop, -3)) for one in found) == [(3000, 4000), (12_000, 13_000)]


def test_that_missing_stretches_make_no_regime() -> None:
    values, known = waves(), np.ones(4000, bool)
    values[1500:2100], known[1500:2100] = 1.0, False
    found = contrasts(values, known, np.zeros(0), silent)[1]
    assert all(one.stop <= 1500 or one.start >= 2100 for one in found)
