"""Simulated galaxies: the same for a seed, of the kinds promised, with outlines, and too hard for a reconstruction."""

import numpy as np
import pytest

from desktop_app.core.images.subspace import Subspace
from desktop_app.core.simulate_galaxies import STRANGE_KINDS, simulate_galaxies, simulate_galaxies_with_truth


def test_that_a_seed_makes_the_same_stamps_and_another_does_not() -> None:
    one, same, other = (simulate_galaxies(20, 5, seed=seed, side_px=32) for seed in (1, 1, 2))
    assert one.digest == same.digest != other.digest
    assert one.images.shape == (25, 32, 32)


def test_that_every_kind_is_planted_in_equal_parts_and_the_rest_is_ordinary() -> None:
    truth = simulate_galaxies(30, 10, seed=3, side_px=32).labels["truth"]
    assert {kind: truth.count(kind) for kind in STRANGE_KINDS} == dict.fromkeys(STRANGE_KINDS, 2)
    assert truth.count("") == 30


def test_that_only_what_does_not_belong_has_pixels() -> None:
    made = simulate_galaxies_with_truth(30, 30, seed=4, side_px=48)
    strange = np.array([kind != "" for kind in made.cutouts.labels["truth"]])
    assert not made.planted[~strange].any()
    assert made.planted[strange].any(axis=(1, 2)).mean() > 0.9
    assert made.planted[strange].mean() < 0.5


def test_that_the_catalogue_tells_of_the_same_galaxies() -> None:
    data = simulate_galaxies(200, 0, seed=5, side_px=32)
    light = (data.images - np.median(data.images, axis=(1, 2), keepdims=True)).sum(axis=(1, 2))
    magnitude = data.columns["magnitude"].values
    # Neighbours add light that the catalogue leaves out, so order and not value is compared.
    order = np.corrcoef(np.argsort(np.argsort(-magnitude)), np.argsort(np.argsort(light)))[0, 1]
    assert order > 0.6


def test_that_the_error_of_a_reconstruction_finds_little() -> None:
    from sklearn.metrics import average_precision_score

    data = simulate_galaxies(800, 20, seed=6)
    rows = data.images.reshape(len(data), -1).astype(np.float64)
    rows = np.arcsinh((rows - np.median(rows, axis=1, keepdims=True)) / 1.0)
    error = Subspace.fit(rows, 2).error(rows)
    truth = np.array([kind != "" for kind in data.labels["truth"]])
    assert average_precision_score(truth, error) < 0.15


@pytest.mark.parametrize("scaled", [False, True])
def test_that_a_subspace_gives_back_what_lies_in_it(scaled: bool) -> None:
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((60, 3)) @ rng.standard_normal((3, 200)) + 5.0
    space = Subspace.fit(rows, 10, scaled=scaled)
    assert len(space.axes) == 3
    np.testing.assert_allclose(space.back(space.transform(rows)), rows, atol=1e-8)
    np.testing.assert_allclose(space.error(rows), 0.0, atol=1e-5)
    np.testing.assert_allclose(space.whitened(rows).std(axis=0), 1.0, rtol=1e-6)
    assert space.explained.sum() == pytest.approx(1.0)


def test_that_a_subspace_is_the_same_from_many_rows_and_from_many_columns() -> None:
    rows = np.random.default_rng(2).standard_normal((50, 40))
    wide = np.concatenate([rows, np.zeros((50, 30))], axis=1)
    np.testing.assert_allclose(Subspace.fit(wide, 5).transform(wide), Subspace.fit(rows, 5).transform(rows), atol=1e-8)


def test_that_a_row_without_weight_moves_no_axis() -> None:
    rows = np.random.default_rng(3).standard_normal((50, 6))
    odd = np.concatenate([rows, np.full((1, 6), 100.0)])
    weights = np.append(np.ones(50), 0.0)
    np.testing.assert_allclose(Subspace.fit(odd, 3, weights=weights).axes, Subspace.fit(rows, 3).axes, atol=1e-8)
