"""`peculiar train lstm_autoencoder`, from a folder of files to weights that the detector takes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.cli.main import run
from desktop_app.core.errors import FitError, ParamError, ReadError, WriteError
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.detectors.curves.lstm_autoencoder import SPEC
from desktop_app.engine.train import CURVE_TRAININGS, Epoch, TrainRequest, train
from desktop_app.nets.weights import load_weights
from tests.data import quiet_curve

NAME = "lstm_autoencoder"


@pytest.fixture(scope="module")
def stars(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten quiet stars, and three files to be passed over: broken, too short, twice the same."""
    folder = tmp_path_factory.mktemp("stars")
    for seed in range(10):
        write(folder / f"star{seed}.csv", 600, seed)
    write(folder / "short.csv", 30, 99)
    write(folder / "again.csv", 600, 0)
    (folder / "broken.csv").write_text("time,flux\n1,2\n", encoding="utf-8")
    return folder


def write(path: Path, n: int, seed: int) -> None:
    data = quiet_curve(n, seed=seed)
    table = np.column_stack([data.time, data.flux])
    np.savetxt(path, table, fmt="%.8f", delimiter=",", header="time,flux", comments="")


def request(data: Path, out: Path, **settings: object) -> TrainRequest:
    return TrainRequest(NAME, data, out, {"epochs": 1, "device": "cpu", **settings})


def test_that_weights_and_card_are_written_and_the_detector_takes_them(
    stars: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "model"
    words = ["train", NAME, "--data", str(stars), "--out", str(out), "--epochs", "1", "--device", "cpu"]
    assert run(words, lambda *_: 0) == 0
    assert "written to" in capsys.readouterr().out
    arrays, card = load_weights(str(out))
    assert card["trained_on"]["light_curves"] == 10
    assert card["trained_on"]["stars_learnt_from"] == 6
    assert (np.diff(arrays["levels"]) >= 0).all()
    data = quiet_curve(600, seed=50)
    scores = SPEC.build(SPEC.params.checked({"weights": str(out)})).fit(data, silent).score(data, silent)
    assert np.isfinite(scores.values).all()


def test_that_the_same_seed_gives_the_same_weights(stars: Path, tmp_path: Path) -> None:
    heard: list[Epoch] = []
    cards = [train(request(stars, tmp_path / name, seed=3), told=heard.append) for name in ("a", "b")]
    assert [(epoch.epoch, epoch.epochs) for epoch in heard] == [(1, 1)] * 2
    assert heard[0].validation == cards[0]["scores"]["validation_loss"]
    first, again = (load_weights(str(tmp_path / name))[0] for name in ("a", "b"))
    assert cards[0]["scores"]["validation_loss"] == cards[1]["scores"]["validation_loss"]
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])


@pytest.mark.parametrize("when", [0.1, 0.5, 0.95])
def test_that_a_cancelled_training_leaves_nothing(stars: Path, tmp_path: Path, when: float) -> None:
    def cancel(done: float, _text: str) -> None:
        if done >= min(when, 0.9):
            raise JobCancelled

    with pytest.raises(JobCancelled):
        train(request(stars, tmp_path / "out"), cancel)
    assert not (tmp_path / "out").exists()


def test_that_too_few_stars_are_a_sentence(tmp_path: Path) -> None:
    write(tmp_path / "only.csv", 600, 0)
    with pytest.raises(FitError, match="at least 5"):
        train(request(tmp_path, tmp_path / "out"))


def test_that_bad_words_are_sentences(stars: Path, tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="no model to train on light curves called 'nothing'"):
        train(TrainRequest("nothing", stars, tmp_path))
    with pytest.raises(ParamError, match="device = 'tpu' is not possible: choose from auto, cpu"):
        train(request(stars, tmp_path, device="tpu"))
    with pytest.raises(ParamError, match="seed = -1 is not possible: it has to be a whole number from 0"):
        train(request(stars, tmp_path, seed=-1))
    with pytest.raises(ParamError, match="no channels such as 'P-1'"):
        train(replace(request(stars, tmp_path), channels=("P-1",)))
    with pytest.raises(ParamError, match="no epochs to track"):
        train(TrainRequest("vetting", stars, tmp_path / "out", track=("tensorboard",)))
    with pytest.raises(ReadError, match="no folder"):
        train(request(tmp_path / "nowhere", tmp_path))
    with pytest.raises(WriteError, match="is a file"):
        train(request(stars, stars / "star0.csv" / "model"))


def test_that_an_unknown_model_ends_with_the_status_of_a_wrong_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", "nothing", "--data", str(tmp_path)], lambda *_: 0) == 2
    assert NAME in capsys.readouterr().err


def test_that_every_training_can_be_loaded() -> None:
    assert NAME in CURVE_TRAININGS
    for name, spec in zip(CURVE_TRAININGS, CURVE_TRAININGS.values(), strict=True):
        assert (spec.name, spec.looks) == (name, "light curve")
