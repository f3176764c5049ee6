"""Settings of a training: words, groups and files, and sentences about what is not possible."""

from pathlib import Path

import pytest

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.engine.train_channels import AutoencoderTraining
from desktop_app.engine.training_config import as_yaml, checked_settings
from desktop_app.engine.training_file import TrainingFile, read_training_file
from desktop_app.engine.training_settings import schedule_of
from desktop_app.nets.schedule import Fall, Optimiser


def written(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> TrainingFile:
    return read_training_file(written(folder, text))


@pytest.mark.parametrize(
    "given",
    [{"rate": "0.5"}, {"training.rate": 0.5}, {"training": {"rate": 0.5}}, {"lr": 0.5}, {"training": {"lr": ".5"}}],
)
def test_that_a_setting_is_understood_plain_with_dots_in_groups_and_by_its_other_name(given: dict[str, object]) -> None:
    assert checked_settings(AutoencoderTraining, given).rate == 0.5


def test_that_the_later_of_two_words_for_one_setting_holds() -> None:
    assert checked_settings(AutoencoderTraining, {"training.epochs": 3, "epochs": 5}).epochs == 5


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"training.rate": 100}, "training.rate = 100 is not possible: it has to be a number from 1e-07 to 10"),
        ({"window": "wide"}, "window = 'wide' is not possible: it has to be a whole number from 8 to 1024"),
        ({"window": None}, "window = None is not possible: it has to be a whole number"),
        ({"window": [8, 16]}, "window = .* is not possible: it has to be a whole number"),
        ({"optimizer": "lion"}, "optimizer = 'lion' is not possible: choose from adamw, adam, sgd"),
        ({"commands": "maybe"}, "commands = 'maybe' is not possible: it has to be true or false"),
        ({"model.hiden": 3}, "no setting called 'model.hiden'. Do you mean hidden?"),
        ({"models": {"hidden": 3}}, "no group of settings called 'models'"),
        ({"training": {"deep": {"rate": 1}}}, "no group of settings called 'training.deep'"),
    ],
)
def test_that_what_is_not_possible_is_a_sentence_with_key_and_range(given: dict[str, object], said: str) -> None:
    with pytest.raises(ParamError, match=said):
        checked_settings(AutoencoderTraining, given)


def test_that_settings_become_the_schedule() -> None:
    params = checked_settings(
        AutoencoderTraining,
        {
            "optimizer": "sgd",
            "scheduler": "plateau",
            "rate": 1e-3,
            "last_rate": 0.5,
            "clip": 0,
            "patience": 3,
            "seed": 9,
        },
    )
    how = schedule_of(params)
    assert (how.optimiser, how.fall) == (Optimiser.SGD, Fall.PLATEAU)
    assert (how.rate, how.last_rate, how.clip, how.patience, how.seed) == (1e-3, 1e-3, 0.0, 3, 9)


def test_that_printed_settings_are_a_file_that_gives_them_again(tmp_path: Path) -> None:
    params = checked_settings(AutoencoderTraining, {"rate": 1e-5, "window": 16, "commands": False})
    assert checked_settings(AutoencoderTraining, read(tmp_path, as_yaml(params)).settings) == params


def test_that_a_file_of_hydra_is_read(tmp_path: Path) -> None:
    said = read(
        tmp_path,
        """
        defaults: [_self_]
        hydra: {run: {dir: outputs}}
        width: 16
        model:
          hidden: ${width}
        training: {lr: 1e-3, epochs: "${model.hidden}", scheduler: plateau}
        data: {channels: [P-1, A-1], window: 32}
        jobs: 2
        track: [tensorboard]
        """.replace("width: 16", "seed: 16").replace("${width}", "${seed}"),
    )
    assert (said.channels, said.jobs, said.track) == (("P-1", "A-1"), 2, ("tensorboard",))
    assert "hydra" in said.notes[0]
    params = checked_settings(AutoencoderTraining, said.settings)
    assert (params.hidden, params.epochs, params.rate, params.window) == (16, 16, 1e-3, 32)


def test_that_no_channels_in_a_file_are_all_and_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "data: {channels: null}") == read(tmp_path, "") == TrainingFile()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("defaults: [model: lstm]", "composed of other files"),
        ("training: {rate: '${oc.env:HOME}'}", "training.rate = .* asks for more than the value of another key"),
        ("training: {rate: '${nowhere}'}", "names a key that is not there"),
        ("seed: ${seed}", "stands for itself"),
        ("a: ${b}\nb: ${a}", "stands for itself"),
        ("seed: ${seed", "cannot be understood"),
        ("data: {channels: P-1}", "data.channels = 'P-1' is not possible: it has to be a list of names"),
        ("jobs: many", "jobs = 'many' is not possible"),
    ],
)
def test_that_what_a_file_cannot_ask_for_is_a_sentence(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ParamError, match=said):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rate: [1,", "is no YAML in line"),
        ("rate: 1\nrate: 2", "rate stands there twice"),
        ("- rate", "no names and values"),
        ("x: !!python/object/apply:os.system ['true']", "is no YAML"),
        ("x: &a [*a]", "aliases are not understood"),
        ("[" * 5000, "is no YAML"),
    ],
)
def test_that_a_file_that_is_no_settings_is_a_sentence(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises((ReadError, ParamError), match=said):
        checked_settings(AutoencoderTraining, read(tmp_path, text).settings)


def test_that_a_file_that_is_not_there_or_too_long_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        read_training_file(tmp_path / "none.yaml")
    with pytest.raises(ReadError, match="too long"):
        read(tmp_path, "#" * (2 << 20))
