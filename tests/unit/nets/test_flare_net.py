"""The network for flares in numpy against the same in torch, and that it learns."""

import numpy as np
import pytest

from desktop_app.core.errors import FitError
from desktop_app.core.progress import silent
from desktop_app.nets.flare_net import Singles, flare_logits, flare_network, learn_flares
from desktop_app.nets.training import Schedule, arrays_of
from desktop_app.nets.weights import load_weights


def examples(m: int, seed: int) -> tuple[Singles, Singles, Singles]:
    """Flares that fall to the right, and others that fall to the left."""
    rng = np.random.default_rng(seed)
    flare = (rng.random(m) < 0.5).astype(np.float32)
    place = np.arange(64) - 16
    falls = np.where(place >= 0, np.exp(-np.abs(place) / 6), np.exp(-np.abs(place) / 1.5))
    windows = 0.3 * rng.standard_normal((m, 4, 64))
    windows[:, 0] += np.where(flare[:, None] > 0, falls, np.roll(falls[::-1], -31))
    return windows.astype(np.float32), rng.standard_normal((m, 7)).astype(np.float32), flare


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_that_numpy_and_torch_agree(seed: int) -> None:
    import torch

    rng = np.random.default_rng(seed)
    windows, facts, _ = examples(50, seed)
    middle, spread = (rng.uniform(0.5, 2, 7).astype(np.float32) for _ in range(2))
    network = flare_network(windows.shape[1:], middle, spread).eval()
    with torch.no_grad():
        expected = network(torch.from_numpy(windows), torch.from_numpy(facts)).numpy()
    np.testing.assert_allclose(flare_logits(arrays_of(network), windows, facts), expected, atol=1e-5)


def test_that_numpy_and_torch_agree_on_the_weights_that_ship() -> None:
    import torch

    from desktop_app.nets.training import load_arrays

    arrays, _ = load_weights("flares")
    windows, facts, _ = examples(50, 7)
    network = flare_network(windows.shape[1:], arrays["middle"], arrays["spread"])
    load_arrays(network, arrays)
    with torch.no_grad():
        expected = network(torch.from_numpy(windows), torch.from_numpy(facts)).numpy()
    np.testing.assert_allclose(flare_logits(arrays, windows, facts), expected, atol=1e-5, rtol=1e-5)


def test_that_no_candidates_give_no_logits() -> None:
    arrays, _ = load_weights("flares")
    assert flare_logits(arrays, np.zeros((0, 4, 64), np.float32), np.zeros((0, 7), np.float32)).size == 0


def test_that_shapes_are_learnt_and_the_same_seed_learns_the_same() -> None:
    training, validation = examples(400, 0), examples(200, 1)
    how = Schedule(epochs=12, batch=25, rate=5e-3, seed=3)
    arrays, history = learn_flares(training, validation, how, silent)
    short = Schedule(epochs=1, batch=25, seed=3)
    once, again = (learn_flares(training, validation, short, silent)[0] for _ in range(2))
    right = (flare_logits(arrays, *validation[:2]) > 0) == (validation[2] > 0)
    assert right.mean() > 0.9
    assert history.validation[history.best] < history.validation[0]
    for name, array in once.items():
        np.testing.assert_array_equal(array, again[name])


def test_that_nothing_to_learn_from_is_told() -> None:
    empty = tuple(array[:0] for array in examples(3, 0))
    with pytest.raises(FitError):
        learn_flares(examples(10, 0), empty, Schedule(epochs=1), silent)  # type: ignore[arg-type]  # a tuple of three
