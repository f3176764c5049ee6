"""The autoencoder: numpy and torch agree, windows of any length go through, it learns what is usual."""

import numpy as np
import pytest

from desktop_app.core.planted_windows import planted
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.nets import lstm_autoencoder as net
from desktop_app.nets.lstm_autoencoder import Size, Windows, fit_autoencoder, reconstruct
from desktop_app.nets.training import Arrays, Schedule, arrays_of, seeded

torch = pytest.importorskip("torch")


def windows(n: int = 300, steps: int = 64, seed: int = 0) -> Windows:
    return 2 * np.random.default_rng(seed).standard_normal((n, steps)).astype(np.float32)


def weights(size: Size | None = None, seed: int = 1) -> Arrays:
    return arrays_of(seeded(lambda: net._network(size or Size()), seed))


@pytest.mark.parametrize("steps", [1, 16, 64, 100])
@pytest.mark.parametrize("size", [Size(), Size(7, 3)])
def test_that_numpy_and_torch_give_back_the_same(steps: int, size: Size) -> None:
    arrays, given = weights(size), windows(300, steps)
    np.testing.assert_allclose(
        reconstruct(arrays, given), net._by_torch(arrays, given, silent, "cpu"), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_that_a_gpu_gives_back_the_same(device: str) -> None:
    there = torch.cuda.is_available() if device == "cuda" else torch.backends.mps.is_available()
    if not there:
        pytest.skip(f"there is no {device} here")
    arrays, given = weights(), windows()
    np.testing.assert_allclose(reconstruct(arrays, given, device=device), reconstruct(arrays, given), atol=1e-3)


def test_that_no_window_gives_none() -> None:
    assert reconstruct(weights(), windows(0)).shape == (0, 64)


def test_that_absurd_values_give_finite_ones() -> None:
    assert np.isfinite(reconstruct(weights(), np.full((2, 64), 1e30, np.float32))).all()


def test_that_a_cancel_ends_the_reconstruction() -> None:
    def cancel(done: float, text: str) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        reconstruct(weights(), windows(), cancel)


def waves(n: int, seed: int) -> Windows:
    """Slow sines with noise: something to know."""
    rng = np.random.default_rng(seed)
    phase, amplitude = rng.uniform(0, 2 * np.pi, (n, 1)), rng.uniform(1, 3, (n, 1))
    wave = amplitude * np.sin(phase + 2 * np.pi * np.arange(16)[None, :] / 16)
    return (wave + 0.3 * rng.standard_normal((n, 16))).astype(np.float32)


def test_that_what_is_usual_is_given_back_and_what_is_planted_is_not() -> None:
    rng = np.random.default_rng(0)
    clean, unseen = waves(1000, 0), waves(200, 1)
    given = np.concatenate([clean, planted(clean, rng)]), unseen
    wanted = np.concatenate([clean, clean]), unseen
    how = Schedule(epochs=12, batch=64, rate=1e-2)
    arrays, history = fit_autoencoder(given, wanted, how, silent, size=Size(16, 4))
    assert history.validation[history.best] < 0.5 * history.validation[0]
    assert np.abs(unseen - reconstruct(arrays, unseen)).mean() < 0.6 * np.abs(unseen).mean()
    spiked = unseen.copy()
    spiked[:, 8] += 20.0
    assert np.median((spiked - reconstruct(arrays, spiked))[:, 8]) > 15


def test_that_training_goes_on_from_weights_that_are_given() -> None:
    clean = waves(200, 0)
    start = weights(Size(7, 3))
    arrays, _ = fit_autoencoder((clean, clean), (clean, clean), Schedule(1, 64, 1e-5), silent, start=start)
    assert {name: value.shape for name, value in arrays.items()} == {name: v.shape for name, v in start.items()}
    assert 0 < np.abs(arrays["out.weight"] - start["out.weight"]).max() < 1e-2
