"""Simulated ground: what is planted, what goes together, and that neither picture nor numbers alone give it away."""

import numpy as np
import pytest

from desktop_app.core.errors import ParamError
from desktop_app.core.metrics.curves import roc_auc
from desktop_app.core.simulate_planetary import (
    COLD,
    COLUMNS,
    MISMATCHED,
    SEED_COLUMNS,
    simulate_planetary,
)


def test_that_a_seed_gives_the_same_set_again_and_another_seed_another() -> None:
    first, again, other = (simulate_planetary(20, cold=2, seed=seed) for seed in (3, 3, 4))
    assert first.digest == again.digest
    assert first.labels == again.labels
    assert first.digest != other.digest


def test_that_as_many_are_odd_as_were_asked_for() -> None:
    truth = simulate_planetary(30, cold=5, mismatched=7, seed=1).labels["truth"]
    assert (truth.count(""), truth.count(COLD), truth.count(MISMATCHED)) == (30, 5, 7)


def test_that_the_layout_of_the_earlier_system_has_four_numbers_beside_32_pixels() -> None:
    data = simulate_planetary(4, columns=SEED_COLUMNS)
    assert data.images.shape == (4, 32, 32)
    assert tuple(data.columns) == SEED_COLUMNS


def test_that_the_mean_pixel_does_not_tell_odd_pairs() -> None:
    data = simulate_planetary(200, cold=150, mismatched=150, seed=2)
    truth = np.array(data.labels["truth"])
    mean = data.images.mean(axis=(1, 2)).astype(np.float64)
    for kind in (COLD, MISMATCHED):
        looked = (truth == "") | (truth == kind)
        assert 0.4 < roc_auc(mean[looked], truth[looked] == kind) < 0.6


def test_that_the_exposure_goes_with_the_brightness_of_usual_pictures_only() -> None:
    data = simulate_planetary(200, mismatched=200, seed=5)
    odd = np.array(data.labels["truth"]) == MISMATCHED
    # What the camera sees of ground of usual albedo, were it exposed like this.
    wished = np.log(data.columns["exposure_ms"].values * np.sin(np.radians(data.columns["sun_elevation_deg"].values)))
    bright = np.log(data.images.mean(axis=(1, 2)))
    usual, swapped = (float(np.corrcoef(wished[rows], bright[rows])[0, 1]) for rows in (~odd, odd))
    assert usual > 0.5
    assert abs(swapped) < 0.2


def test_that_an_unknown_column_is_refused_with_those_there_are() -> None:
    with pytest.raises(ParamError, match="wind") as refused:
        simulate_planetary(3, columns=("wind",))
    assert all(name in str(refused.value) for name in COLUMNS)
