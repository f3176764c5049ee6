"""Every channel of telemetry is trained in one command: side by side, and on from where it was stopped."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.cli.main import run
from desktop_app.core.channels.series import measured_series
from desktop_app.core.errors import FitError, ParamError, UserError, WriteError
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.core.telemetry import Telemetry
from desktop_app.engine import training_team
from desktop_app.engine.train import TELEMETRY_TRAININGS, Epoch, TrainRequest, looks_at, train
from desktop_app.engine.training_data import labels_of, learners_in
from desktop_app.engine.training_kept import dated
from desktop_app.io import open_file
from desktop_app.nets.channel_weights import load_channel, training_digest
from desktop_app.nets.weights import load_weights
from tests.telemetry_files import CHANNELS, SEGMENTS, packed

NAME = "lstm_autoencoder"
TINY: dict[str, object] = {"epochs": 2, "window": 8, "stride": 2, "hidden": 2, "device": "cpu"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return packed(tmp_path / "channels.npz")


def request(data: Path, out: Path, **settings: object) -> TrainRequest:
    return TrainRequest(NAME, data, out, {**TINY, **settings})


def same(one: Path, other: Path) -> bool:
    """Whether two trainings gave the same weights bit for bit."""
    first, second = (load_weights(str(folder))[0] for folder in (one, other))
    return first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)


def test_that_every_training_on_telemetry_can_be_loaded() -> None:
    for name, spec in zip(TELEMETRY_TRAININGS, TELEMETRY_TRAININGS.values(), strict=True):
        assert (spec.name, spec.looks) == (name, "telemetry")
        for setting, field in spec.params.model_fields.items():
            assert field.title, setting
            assert field.description, setting


def test_that_all_channels_are_trained_and_found_again_by_what_they_learnt_from(data: Path, tmp_path: Path) -> None:
    heard: list[Epoch] = []
    card = train(request(data, tmp_path / "out"), told=heard.append)
    assert set(card["channels"]) == set(CHANNELS)
    assert {(one.channel, one.epoch) for one in heard} == {(name, epoch) for name in CHANNELS for epoch in (1, 2)}
    found = []
    for name in CHANNELS:
        opened = open_file(data, part=name)
        assert isinstance(opened, Telemetry)
        (series,) = measured_series(opened)
        found.append(load_channel(str(tmp_path / "out"), series.channel.name, training_digest(series)))
        assert found[-1] is not None
        assert card["channels"][name]["training"] == training_digest(series)
    assert not np.array_equal(found[0]["out.weight"], found[1]["out.weight"])  # type: ignore[index]
    assert load_channel(str(tmp_path / "out"), "value", "another stretch") is None
    assert load_channel(str(tmp_path / "out"), "another name", training_digest(series)) is None
    assert not (tmp_path / "out" / "unfinished").exists()


def test_that_the_same_seed_gives_the_same_weights_and_another_gives_others(data: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        train(replace(request(data, tmp_path / name, seed=seed), channels=("P-1",)))
    assert same(tmp_path / "a", tmp_path / "b")
    assert not same(tmp_path / "a", tmp_path / "c")


def test_that_a_training_that_was_stopped_goes_on_and_ends_as_one_that_was_not(data: Path, tmp_path: Path) -> None:
    heard: list[Epoch] = []

    def stop(_done: float, _text: str) -> None:
        if len(heard) >= 3:
            raise JobCancelled

    train(request(data, tmp_path / "whole"))
    with pytest.raises(JobCancelled):
        train(request(data, tmp_path / "out"), stop, heard.append)
    assert not (tmp_path / "out" / "card.json").exists()
    again: list[Epoch] = []
    train(request(data, tmp_path / "out"), told=again.append)
    assert [(one.channel, one.epoch) for one in again] == [("A-10", 2), ("P-1", 1), ("P-1", 2)]
    assert same(tmp_path / "whole", tmp_path / "out")


def test_that_channels_are_added_to_those_that_are_done_and_nothing_is_trained_twice(
    data: Path, tmp_path: Path
) -> None:
    heard: list[Epoch] = []
    train(replace(request(data, tmp_path / "out"), channels=("P-1",)))
    train(request(data, tmp_path / "out"), told=heard.append)
    assert {one.channel for one in heard} == {"A-2", "A-10"}
    train(request(data, tmp_path / "out"), told=heard.append)
    assert len(heard) == 4
    train(request(data, tmp_path / "at once"))
    assert same(tmp_path / "out", tmp_path / "at once")


def test_that_weights_of_other_settings_are_not_lost_unless_it_is_asked_for(data: Path, tmp_path: Path) -> None:
    one = replace(request(data, tmp_path / "out"), channels=("P-1",))
    train(one)
    other = replace(one, settings={**TINY, "hidden": 3})
    with pytest.raises(WriteError, match="weights of another training"):
        train(other)
    card = train(replace(other, resume=False))
    assert card["settings"]["hidden"] == 3


def test_that_processes_side_by_side_give_the_same_weights_as_one(data: Path, tmp_path: Path) -> None:
    heard: list[Epoch] = []
    train(request(data, tmp_path / "one"))
    train(replace(request(data, tmp_path / "two"), jobs=2), told=heard.append)
    assert len(heard) == 6
    assert same(tmp_path / "one", tmp_path / "two")


def test_that_processes_end_with_the_training_that_is_cancelled(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = [training_team._started() for _ in range(2)]
    waiting = list(started)
    monkeypatch.setattr(training_team, "_started", waiting.pop)

    def cancel_when_busy(_done: float, _text: str) -> None:
        if not waiting:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        train(replace(request(data, tmp_path / "out"), jobs=2), cancel_when_busy)
    assert all(process.poll() is not None for process in started)


def test_that_a_process_that_is_killed_is_a_sentence(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_team, "command", lambda word: ["false"])
    with pytest.raises(UserError, match="was ended from outside"):
        train(replace(request(data, tmp_path / "out"), jobs=2))


def test_that_channels_too_short_are_left_out_and_told_of(tmp_path: Path) -> None:
    data = packed(tmp_path / "channels.npz")
    with np.load(data) as arrays:
        kept = {name: arrays[name][:5] if name.startswith("P-1.train") else arrays[name] for name in arrays.files}
    np.savez_compressed(data, allow_pickle=False, **kept)
    card = train(request(data, tmp_path / "out"))
    assert set(card["channels"]) == {"A-2", "A-10"}
    assert set(card["left_out"]) == {"P-1"}
    with pytest.raises(FitError, match="No channel could be learnt: P-1: "):
        train(replace(request(data, tmp_path / "none"), channels=("P-1",)))


def test_that_bad_words_are_sentences(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="no channel called 'P-2'") as raised:
        train(replace(request(data, tmp_path / "out"), channels=("P-2",)))
    assert "P-1" in raised.value.hint
    with pytest.raises(ParamError, match="jobs = 0"):
        train(replace(request(data, tmp_path / "out"), jobs=0))
    with pytest.raises(ParamError, match="no model to train on telemetry called 'flares'"):
        train(replace(request(data, tmp_path / "out"), model="flares"))
    assert not (tmp_path / "out").exists()


def test_that_a_folder_of_telemetry_files_is_telemetry_and_channels_of_one_name_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "two"
    folder.mkdir()
    for name in ("first", "second"):
        packed(folder / f"{name}.npz", ("P-1",))
    assert looks_at(folder) == "telemetry"
    learners = learners_in(folder, (), silent)
    assert [learner.key for learner in learners] == ["first/P-1", "second/P-1"]
    labelled = labels_of(learners[0])
    start, end = SEGMENTS["P-1"][0]
    assert labelled.nonzero()[0].tolist() == list(range(start, end + 1))


def test_that_the_command_takes_a_file_of_settings_and_words_override_it(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("model: {window: 8, stride: 2, hidden: 4}\ntraining: {epochs: 7}\ndata: {channels: [P-1]}\n")
    words = ["train", NAME, str(data), "--config", str(config), "--set", "model.hidden=2", "--epochs", "1"]
    words += ["--out", str(tmp_path / "out"), "--log", str(tmp_path / "log.txt"), "--device", "cpu", "--verbose"]
    assert run(words, lambda *_: 0) == 0
    shown = capsys.readouterr()
    assert "written to" in shown.out
    assert "P-1  epoch 1 of 1  training" in shown.err
    card = json.loads((tmp_path / "out" / "card.json").read_text())
    assert list(card["channels"]) == ["P-1"]
    assert (card["settings"]["hidden"], card["settings"]["epochs"]) == (2, 1)
    assert "P-1  epoch 1 of 1" in (tmp_path / "log.txt").read_text()
    assert run([*words[:3], "--print-config", "--set", "rate=0.5"], lambda *_: 0) == 0
    assert "rate: 0.5" in capsys.readouterr().out


def test_that_dated_folders_are_new_unless_one_is_unfinished(tmp_path: Path) -> None:
    new = dated(tmp_path, resume=True)
    assert new.parent == tmp_path
    assert new.name.startswith("20")
    (tmp_path / "2026-01-01T00-00-00" / "unfinished").mkdir(parents=True)
    assert dated(tmp_path, resume=True).name == "2026-01-01T00-00-00"
    assert dated(tmp_path, resume=False) != dated(tmp_path, resume=True)
