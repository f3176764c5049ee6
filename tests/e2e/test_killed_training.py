"""A training that is killed in the middle of a channel goes on, and ends with the weights of one that was not."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from desktop_app.engine.train import TrainRequest, train
from desktop_app.nets.weights import load_weights
from tests.e2e.program import environment, peculiar
from tests.telemetry_files import packed

SETTINGS: dict[str, object] = {"epochs": 50, "patience": 50, "window": 8, "stride": 1, "hidden": 8, "batch": 4}
DEADLINE_S = 60.0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows kills in another way")
def test_that_kill_9_in_the_middle_of_a_channel_changes_nothing(tmp_path: Path) -> None:
    data, out = packed(tmp_path / "channels.npz", ("A-2",)), tmp_path / "out"
    words = ["train", "lstm_autoencoder", str(data), "--out", str(out), "--device", "cpu"]
    words += [word for key, value in SETTINGS.items() for word in ("--set", f"{key}={value}")]
    with subprocess.Popen([sys.executable, "-m", "desktop_app", *words], env=environment({})) as training:
        state, deadline = out / "unfinished" / "A-2" / "state.safetensors", time.monotonic() + DEADLINE_S
        while not state.exists() and training.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        training.kill()
    assert state.exists()
    assert not (out / "card.json").exists()
    again = peculiar(*words, "--log", tmp_path / "log.txt")
    assert again.status == 0, again.err
    log = (tmp_path / "log.txt").read_text()
    assert "A-2  epoch 50 of 50" in log
    assert "A-2  epoch 1 of 50" not in log
    train(TrainRequest("lstm_autoencoder", data, tmp_path / "whole", {**SETTINGS, "device": "cpu"}))
    killed, whole = (load_weights(str(folder))[0] for folder in (out, tmp_path / "whole"))
    assert killed.keys() == whole.keys()
    for name in whole:
        np.testing.assert_array_equal(killed[name], whole[name])
