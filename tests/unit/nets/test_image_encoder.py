"""Our encoder learns without labels: the same again from the same seed, and goes on where it was killed."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.cutouts import Stamps
from desktop_app.core.errors import FitError, ReadError
from desktop_app.core.images.stretching import SetStretch
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.core.simulate_galaxies import simulate_galaxies
from desktop_app.engine.train import TrainRequest, train
from desktop_app.engine.train_encoder import EncoderTraining, _stamps
from desktop_app.nets.checkpoint import Keep
from desktop_app.nets.encoders import encoder_called
from desktop_app.nets.image_encoder import Objective, embed, fit_encoder
from desktop_app.nets.schedule import Schedule
from desktop_app.nets.weights import load_weights

HOW = Schedule(epochs=3, batch=8, rate=1e-3, seed=4)


def _lessons(n: int = 32, side: int = 16) -> Stamps:
    return np.random.default_rng(0).random((n, side, side), dtype=np.float32)


@pytest.mark.parametrize("objective", list(Objective))
def test_that_the_same_seed_gives_the_same_weights_and_the_loss_falls(objective: Objective) -> None:
    one, history = fit_encoder(_lessons()[:24], _lessons()[24:], HOW, objective=objective)
    other, _ = fit_encoder(_lessons()[:24], _lessons()[24:], HOW, objective=objective)
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert history.training[-1] < history.training[0]


def test_that_a_killed_training_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    keep = Keep(tmp_path / "state.safetensors", "mark")
    whole, _ = fit_encoder(_lessons()[:24], _lessons()[24:], HOW)
    steps = 0

    def killed(done: float, _text: str) -> None:
        nonlocal steps
        steps += 1
        if steps > 4:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        fit_encoder(_lessons()[:24], _lessons()[24:], HOW, killed, keep=keep)
    assert keep.path.exists()
    resumed, history = fit_encoder(_lessons()[:24], _lessons()[24:], HOW, keep=keep)
    assert len(history.training) == 3
    assert all(np.array_equal(whole[name], resumed[name]) for name in whole)


def test_that_stamps_with_unequal_sides_are_learnt_from_and_embedded() -> None:
    lessons = np.random.default_rng(0).random((16, 12, 20), dtype=np.float32)
    arrays, _ = fit_encoder(lessons[:8], lessons[8:], Schedule(epochs=1, batch=8))
    assert embed(arrays, lessons).shape == (16, 336)


def test_that_a_trained_folder_is_an_encoder_with_a_card(tmp_path: Path) -> None:
    request = TrainRequest("encoder", Path(), tmp_path / "mine", {"stamps": 24, "epochs": 1, "batch": 16})
    card = train(request)
    _, saved = load_weights(str(tmp_path / "mine"))
    assert saved["model"] == "image_encoder"
    assert "24 simulated galaxies" in saved["trained_on"]
    assert card["command"] == "peculiar train encoder --seed 0 --set epochs=1 --set batch=16 --set stamps=24"
    assert not (tmp_path / "mine" / "unfinished").exists()
    encoder = encoder_called(str(tmp_path / "mine"))
    assert encoder.hash == saved["sha256"]
    assert encoder.embed(_lessons(3)).shape == (3, 336)


def test_that_weights_of_another_shape_are_told_in_a_sentence() -> None:
    with pytest.raises(ReadError, match="no weights of an encoder"):
        embed({"layers.0.0.weight": np.zeros((2, 2), np.float32)}, _lessons(2))


def test_that_too_few_stamps_are_refused_in_a_sentence(tmp_path: Path) -> None:
    from tests.image_files import write_image

    folder = tmp_path / "few"
    folder.mkdir()
    for place, image in enumerate(_lessons(20)):
        write_image(folder / f"star_{place}.fits", image)
    with pytest.raises(FitError, match="20 stamps of 16 by 16"):
        _stamps(folder, EncoderTraining(), silent)


def test_that_the_shipped_encoder_keeps_galaxies_that_are_turned_near_themselves() -> None:
    images = simulate_galaxies(40, 0, seed=5, side_px=32).images
    seen = SetStretch.fit(images).apply(images)
    encoder = encoder_called("own")
    one, other = encoder.embed(seen), encoder.embed(np.ascontiguousarray(np.rot90(seen, 1, (1, 2))))
    scale = one.std(axis=0) + 1e-9
    away = np.linalg.norm((one[:, None] - other[None]) / scale, axis=2)
    assert np.median(np.diagonal(away)) < 0.7 * np.median(away)
