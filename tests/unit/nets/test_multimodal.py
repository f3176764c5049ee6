"""The network of pictures with numbers: shapes, masks, repeatability, and going on after a kill."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.pairs import Pairs
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.nets.checkpoint import Keep
from desktop_app.nets.multimodal import PairShape, fit_pairs, pictures_of, read_pairs
from desktop_app.nets.schedule import Schedule

_SHAPE = PairShape(side=16, briefs=3, values=2, shared=4, own=4)
_HOW = Schedule(epochs=2, batch=16, seed=1)


def _pairs(m: int = 32, seed: int = 0) -> Pairs:
    """Discs whose brightness is the first number."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:16, :16] - 7.5
    disc = (np.hypot(rows, columns) < 4).astype(np.float32)
    light = rng.standard_normal(m).astype(np.float32)
    images = np.stack([light[:, None, None] * disc + 0.1 * rng.standard_normal((m, 16, 16)), np.ones((m, 16, 16))], 1)
    briefs = np.stack([light, light**2, 0 * light], 1)
    values = np.stack([light, rng.standard_normal(m)], 1)
    return Pairs(*(array.astype(np.float32) for array in (images, briefs, values, np.ones((m, 2)))))


def test_that_the_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    trained = [
        fit_pairs(_pairs(), _pairs(16, 1), _SHAPE, Schedule(epochs=1, batch=16, seed=seed), silent)[0]
        for seed in (1, 1, 2)
    ]
    for name, array in trained[0].items():
        assert np.array_equal(array, trained[1][name])
    assert any(not np.array_equal(array, trained[2][name]) for name, array in trained[0].items())


def test_that_a_training_that_was_ended_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole, _ = fit_pairs(_pairs(), _pairs(16, 1), _SHAPE, _HOW, silent)
    keep = Keep(tmp_path / "state.safetensors", "this one")

    def killed(done: float, _text: str) -> None:
        if done > 0.6:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        fit_pairs(_pairs(), _pairs(16, 1), _SHAPE, _HOW, killed, keep=keep)
    resumed, history = fit_pairs(_pairs(), _pairs(16, 1), _SHAPE, _HOW, silent, keep=keep)
    assert len(history.training) == 2
    assert all(np.array_equal(array, resumed[name]) for name, array in whole.items())


def test_that_what_is_masked_is_never_seen() -> None:
    pairs = _pairs()
    arrays, _ = fit_pairs(pairs, _pairs(16, 1), _SHAPE, Schedule(epochs=1, batch=16), silent)
    masked = Pairs(pairs.images, pairs.briefs, pairs.values.copy(), np.array([[1.0, 0.0]] * 32, np.float32))
    other = Pairs(pairs.images, pairs.briefs, pairs.values + np.array([[0, 7]], np.float32), masked.known)
    first, second = (read_pairs(arrays, _SHAPE, one, silent) for one in (masked, other))
    for name in ("given_picture", "given_numbers", "odds", "numbers"):
        assert getattr(first, name) == pytest.approx(getattr(second, name), rel=1e-5)


def test_that_each_picture_is_made_again_of_itself_and_of_the_numbers() -> None:
    pairs = _pairs()
    arrays, _ = fit_pairs(pairs, _pairs(16, 1), _SHAPE, Schedule(epochs=1, batch=16), silent)
    own, crossed = pictures_of(arrays, _SHAPE, pairs)
    assert own.shape == crossed.shape == (32, 16, 16)
    assert not np.array_equal(own, crossed)


def test_that_numbers_learn_what_the_picture_says() -> None:
    how = Schedule(epochs=12, batch=16, rate=5e-3, patience=30)
    arrays, _ = fit_pairs(_pairs(80), _pairs(16, 1), _SHAPE, how, silent)
    test = _pairs(64, 2)
    swapped = Pairs(test.images, test.briefs, np.roll(test.values, 1, axis=0), test.known)
    usual, odd = (read_pairs(arrays, _SHAPE, one, silent) for one in (test, swapped))
    assert np.corrcoef(usual.said[:, 0], test.values[:, 0])[0, 1] > 0.9
    assert np.median(odd.given_picture) > 2 * np.median(usual.given_picture)
