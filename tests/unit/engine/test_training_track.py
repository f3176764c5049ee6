"""The course of a training, as TensorBoard and Weights & Biases read it."""

import sys
import time
from pathlib import Path

import pytest

from desktop_app.core.errors import ParamError
from desktop_app.engine.train import Epoch, TrainRequest, train
from desktop_app.engine.training_track import tracked
from tests.telemetry_files import packed

TINY: dict[str, object] = {"epochs": 2, "window": 8, "stride": 2, "hidden": 2, "device": "cpu"}


def test_that_tensorboard_shows_the_losses_of_every_channel(tmp_path: Path) -> None:
    loader = pytest.importorskip(
        "tensorboard.backend.event_processing.event_file_loader", reason="tensorboard is not installed"
    )
    heard: list[Epoch] = []
    data = packed(tmp_path / "channels.npz", ("A-2", "P-1"))
    request = TrainRequest("lstm_autoencoder", data, tmp_path / "out", TINY, track=("tensorboard",))
    train(request, told=heard.append)
    (file,) = (tmp_path / "out" / "tensorboard").iterdir()
    found = {}
    for event in loader.LegacyEventFileLoader(str(file)).Load():
        for value in event.summary.value:
            found[value.tag, event.step] = value
    assert "| hidden | 2 |" in found["settings", 0].tensor.string_val[0].decode()
    for epoch in heard:
        shown = found[f"{epoch.channel}/validation", epoch.epoch].simple_value
        assert shown == pytest.approx(epoch.validation, rel=1e-6)
    assert {tag for tag, _ in found if tag.startswith("P-1/")} == {"P-1/training", "P-1/validation", "P-1/rate"}


def test_that_weights_and_biases_keeps_an_offline_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("wandb", reason="wandb is not installed")
    # Offline is not up to the environment.
    monkeypatch.setenv("WANDB_MODE", "online")
    with tracked(["wandb"], tmp_path, "lstm_autoencoder", {"hidden": 2}) as told:
        for epoch in (1, 2):
            told(Epoch("P-1", epoch, 2, 0.5, 0.6, 0.1, 0.2))
    (run,) = tmp_path.glob("wandb/offline-run-*/run-*.wandb")
    # Its own process writes the last of it a moment after the run is finished.
    deadline = time.monotonic() + 10
    while b"P-1/validation" not in run.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert b"P-1/validation" in run.read_bytes()
    assert b"hidden" in run.read_bytes()


@pytest.mark.parametrize(("name", "module", "extra"), [("tensorboard", "tensorboard", "tracking"), ("wandb",) * 3])
def test_that_what_is_not_installed_is_a_sentence_before_anything_is_trained(
    name: str, module: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for known in [known for known in sys.modules if known.split(".")[0] == module]:
        monkeypatch.delitem(sys.modules, known)
    monkeypatch.setitem(sys.modules, module, None)
    data = packed(tmp_path / "channels.npz", ("P-1",))
    with pytest.raises(ParamError, match="is not installed") as raised:
        train(TrainRequest("lstm_autoencoder", data, tmp_path / "out", TINY, track=(name,)))
    assert f"peculiar[{extra}]" in raised.value.hint
    assert not (tmp_path / "out").exists()


def test_that_an_unknown_tracking_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="no tracking called 'paper'"), tracked(["paper"], tmp_path, "x", {}):
        pass
