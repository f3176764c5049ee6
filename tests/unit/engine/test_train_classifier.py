"""The classifier learns on groups of channels, is chosen on others, and measured on others still."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.channels.series import Series
from desktop_app.core.errors import FitError, ParamError, ReadError
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.core.telemetry import Channel, Telemetry, without_labels
from desktop_app.detectors.telemetry.lstm_classifier import SPEC
from desktop_app.engine.classifier_figures import (
    Labelled,
    average_precision,
    best_event_threshold,
    best_sample_threshold,
    best_threshold,
    figures_of,
)
from desktop_app.engine.train import Epoch, TrainRequest, train
from desktop_app.engine.training_groups import PARTS, Groups, dealt, groups_of, subsystem_of
from desktop_app.io import open_file
from desktop_app.nets.weights import load_weights

NAME = "lstm_classifier"
ROWS = 160
SERIES = Series(Channel("x"), np.arange(400.0), np.zeros(400), np.zeros((400, 0)))
FAULTS = {"A-1": 40, "A-2": 100, "B-1": 60, "B-2": 20, "C-1": 110, "D-1": 70}
TINY: dict[str, object] = {
    "epochs": 3, "window": 16, "stride": 4, "hidden": 4, "layers": 1, "smoothing": 8, "rate": 0.02, "device": "cpu"
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("faults") / "faults.npz", labelled=True)


def written(path: Path, *, labelled: bool) -> Path:
    """Six channels of noise with a jump in each, packed, with labels beside them where wanted."""
    rng = np.random.default_rng(0)
    arrays: dict[str, np.ndarray] = {}
    for name, start in FAULTS.items():
        value = rng.standard_normal(ROWS)
        value[start : start + 30] += 9.0
        arrays |= {f"{name}.test.value": value, f"{name}.train.value": rng.standard_normal(ROWS)}
        for stretch in ("train", "test"):
            arrays[f"{name}.{stretch}.commands"] = np.eye(24, dtype=np.uint8)[rng.integers(0, 24, ROWS)]
    np.savez_compressed(path, allow_pickle=False, **arrays)
    if labelled:
        labels = {name: {"anomalies": [[start, start + 29, "point"]]} for name, start in FAULTS.items()}
        path.with_name(f"{path.stem}_labels.json").write_text(json.dumps(labels))
    return path


def request(data: Path, out: Path, **settings: object) -> TrainRequest:
    return TrainRequest(NAME, data, out, {**TINY, **settings})


@pytest.fixture(scope="module")
def card(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    out = tmp_path_factory.mktemp("model") / "out"
    return {"out": str(out), **train(request(data, out, epochs=12))}


def test_that_it_learns_jumps_and_the_detector_finds_those_of_channels_it_never_saw(
    data: Path, card: dict[str, object]
) -> None:
    scores = card["scores"]
    assert isinstance(scores, dict)
    assert scores["test_average_precision"] > 0.8
    assert 0 < float(str(card["threshold"])) < 1
    split = card["split"]
    assert isinstance(split, dict)
    assert sorted(name for part in PARTS for name in split[part]) == sorted(FAULTS)
    (held,) = split["test"][:1]
    opened = open_file(data, part=held)
    assert isinstance(opened, Telemetry)
    unlabelled = without_labels(opened)
    detector = SPEC.build(SPEC.params.checked({"weights": card["out"]})).fit(unlabelled, silent)
    values = detector.score(unlabelled, silent).values[:, 0]
    start = FAULTS[held]
    assert values[start + 5 : start + 25].min() > np.median(values)
    assert int(np.argmax(values)) in range(start - 5, start + 35)


def test_that_no_group_is_in_two_parts(card: dict[str, object]) -> None:
    split = card["split"]
    assert isinstance(split, dict)
    prefixes = [{name[0] for name in split[part]} for part in PARTS]
    assert all(prefixes)
    assert not prefixes[0] & prefixes[1]
    assert not prefixes[0] & prefixes[2]
    assert not prefixes[1] & prefixes[2]
    by_group = card["by_group"]
    assert isinstance(by_group, dict)
    assert {part.split()[0] for part in by_group} == {"validation", "test"}


def test_that_a_stopped_training_ends_as_one_that_was_not(data: Path, tmp_path: Path) -> None:
    heard: list[Epoch] = []

    def stop(_done: float, _text: str) -> None:
        if len(heard) == 2:
            raise JobCancelled

    train(request(data, tmp_path / "whole"))
    with pytest.raises(JobCancelled):
        train(request(data, tmp_path / "out"), stop, heard.append)
    again: list[Epoch] = []
    train(request(data, tmp_path / "out"), told=again.append)
    assert [epoch.epoch for epoch in again] == [3]
    assert set(again[0].figures) == {"average_precision", "f1"}
    whole, resumed = (load_weights(str(tmp_path / name))[0] for name in ("whole", "out"))
    for name in whole:
        np.testing.assert_array_equal(resumed[name], whole[name])


def test_that_split_in_time_trains_on_one_channel_alone(tmp_path: Path) -> None:
    rng, truth = np.random.default_rng(1), np.zeros(900, np.bool_)
    for start in range(40, 900, 120):
        truth[start : start + 30] = True
    path = tmp_path / "one.npz"
    np.savez_compressed(path, allow_pickle=False, **{"X-1.test.value": rng.standard_normal(900) + 9 * truth})
    starts = range(40, 900, 120)
    labels = {"X-1": {"anomalies": [[start, start + 29, "point"] for start in starts]}}
    (tmp_path / "one_labels.json").write_text(json.dumps(labels))
    card = train(request(path, tmp_path / "out", split="time"))
    assert card["split"] == {part: ["X-1"] for part in PARTS}
    with pytest.raises(FitError, match="1 groups of channels with labels; 3 are needed") as raised:
        train(request(path, tmp_path / "other"))
    assert "split=time" in raised.value.hint


def test_that_what_it_cannot_learn_from_is_a_sentence(data: Path, tmp_path: Path) -> None:
    with pytest.raises(FitError, match="has no labels"):
        train(request(written(tmp_path / "bare.npz", labelled=False), tmp_path / "out"))
    with pytest.raises(FitError, match="leave nothing to learn from"):
        train(request(data, tmp_path / "out", validation=0.5, test=0.5))
    with pytest.raises(FitError, match="no channel called 'Z-9'"):
        train(request(data, tmp_path / "out", together="A-1, Z-9"))
    with pytest.raises(ParamError, match=r"weight = 0 is not possible: it has to be a number from 0\.01 to 1000"):
        train(request(data, tmp_path / "out", weight=0))
    with pytest.raises(ParamError, match="trains one network, which is one job, not 2"):
        train(replace(request(data, tmp_path / "out"), jobs=2))
    with pytest.raises(FitError, match="are needed"):
        train(replace(request(data, tmp_path / "out"), channels=("A-1", "A-2")))


def test_that_weights_of_another_network_are_refused(data: Path, tmp_path: Path) -> None:
    settings = {"epochs": 1, "window": 16, "hidden": 2, "device": "cpu"}
    train(TrainRequest("lstm_autoencoder", data, tmp_path / "out", settings, ("A-1",)))
    opened = open_file(data, part="A-1")
    with pytest.raises(ReadError, match="not those of an LSTM classifier"):
        SPEC.build(SPEC.params.checked({"weights": str(tmp_path / "out")})).fit(opened, silent)


def labelled(*stretches: tuple[int, int]) -> np.ndarray:
    rows = np.zeros(100, np.bool_)
    for start, stop in stretches:
        rows[start:stop] = True
    return rows


def test_that_groups_are_subsystems_and_stretches_labelled_alike_and_what_one_names() -> None:
    labels = {
        "E-1": labelled((5, 9)),
        "E-2": labelled((50, 60)),
        "F-3": labelled((5, 9), (80, 90)),
        "P-1": labelled((1, 2)),
    }
    assert groups_of(labels, Groups.NONE) == {name: name for name in labels}
    assert groups_of(labels, Groups.SUBSYSTEM) == {"E-1": "E-1", "E-2": "E-1", "F-3": "F-3", "P-1": "P-1"}
    assert groups_of(labels, Groups.STRETCHES) == {"E-1": "E-1", "E-2": "E-2", "F-3": "E-1", "P-1": "P-1"}
    assert set(groups_of(labels, Groups.BOTH).values()) == {"E-1", "P-1"}
    assert set(groups_of(labels, Groups.BOTH, [["E-2", "P-1"]]).values()) == {"E-1"}


def test_that_the_weights_that_ship_were_measured_on_groups_they_never_saw() -> None:
    _, card = load_weights(SPEC.weights)
    split, prefixes = card["split"], {}
    for part in PARTS:
        prefixes[part] = {subsystem_of(name) for name in split[part]}
        assert prefixes[part]
    assert not prefixes["training"] & (prefixes["validation"] | prefixes["test"])
    assert not prefixes["validation"] & prefixes["test"]
    assert {"E-1", "F-3", "D-1"} <= set(split["training"])
    assert 0 < card["threshold"] < 1
    assert "event_f1" in next(iter(card["by_group"].values()))


def test_that_the_subsystem_is_told_by_the_letters_before_a_number() -> None:
    names = {"E-12": "E", "first/P-1": "P", "A-1/column 0": "A", "wheel_rpm": "wheel", "mode": "mode", "0x1F": "0x1F"}
    assert {name: subsystem_of(name) for name in names} == names


def test_that_groups_are_dealt_whole_and_every_part_gets_labels() -> None:
    names = [f"{letter}-{number}" for letter in "ABCD" for number in range(4)]
    labels = {name: labelled((5, 9)) if name != "D-3" else labelled() for name in names}
    groups = groups_of(labels, Groups.SUBSYSTEM)
    parts = dealt(groups, labels, (0.6, 0.2, 0.2), 0)
    assert set(parts.values()) == set(PARTS)
    assert all(len({parts[name] for name in names if name[0] == letter}) == 1 for letter in "ABCD")
    assert sum(part == "training" for part in parts.values()) == 8
    assert set(dealt(groups, labels, (0.7, 0.3, 0.0), 0).values()) == {"training", "validation"}


def test_that_the_best_threshold_has_the_best_f1() -> None:
    rng = np.random.default_rng(2)
    truth = rng.random(300) < 0.2
    score = np.round(rng.random(300) + 0.4 * truth, 2).astype(np.float64)

    def f1(threshold: float) -> float:
        flagged = score >= threshold
        return float(2 * (flagged & truth).sum() / (flagged.sum() + truth.sum()))

    assert f1(best_threshold(score, truth)) == pytest.approx(max(f1(value) for value in np.unique(score)))
    assert best_threshold(score, np.zeros(300, np.bool_)) == 0.5


def test_that_a_threshold_by_events_makes_fewer_of_them_than_one_by_samples() -> None:
    truth = np.zeros(400, np.bool_)
    truth[100:200] = True
    said = np.where(truth, 0.6, 0.1)
    # Samples alone would take in the ragged edges as well: a few false events cost few samples.
    said[100:110] = 0.9
    said[[20, 40, 60]] = said[300:330] = 0.6
    one = Labelled("x", "", SERIES, truth, {"validation": slice(0, 400)})
    by_events, by_samples = (
        choose([one], {"x": said}, "validation") for choose in (best_event_threshold, best_sample_threshold)
    )
    assert by_samples == pytest.approx(0.6)
    assert 0.6 < by_events <= 0.9
    events, samples = (figures_of([one], {"x": said}, "validation", at) for at in (by_events, by_samples))
    assert events["event_f1"] == 1.0 > samples["event_f1"]
    assert samples["point_f1"] > events["point_f1"]
    assert best_event_threshold([], {}, "validation") == 0.5


def test_that_average_precision_is_one_where_all_faults_come_first_and_the_share_where_nothing_is_told() -> None:
    truth = np.arange(200) < 50
    assert average_precision(truth.astype(float), truth) == pytest.approx(1.0)
    assert average_precision(np.zeros(200), truth) == pytest.approx(0.25)
    assert average_precision(np.zeros(200), np.zeros(200, np.bool_)) == 0.0
