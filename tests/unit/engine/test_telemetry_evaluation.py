"""Tests of the evaluation of telemetry: that its figures are right, and that nobody can cheat."""

import ast
import json
from dataclasses import replace
from math import isnan, nan
from pathlib import Path

import numpy as np
import pytest

import desktop_app
from desktop_app.cli.evaluate_telemetry_view import about, markdown
from desktop_app.core.channels.constants import SELECTION_SET, constants_hash
from desktop_app.core.channels.faults import FAULTS
from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.metrics.points import PointCounts
from desktop_app.core.metrics.sequences import EventCounts
from desktop_app.core.metrics.volume import volume_under_pr
from desktop_app.core.progress import silent
from desktop_app.core.telemetry import Telemetry, without_labels
from desktop_app.detectors import DEFAULT_TELEMETRY_DETECTOR, TELEMETRY_DETECTORS
from desktop_app.engine.detect import detect
from desktop_app.engine.evaluate.predict import Method
from desktop_app.engine.evaluate.side_by_side import NothingKept
from desktop_app.engine.evaluate.telemetry.controls import CONTROLS, moving_deviation
from desktop_app.engine.evaluate.telemetry.files import read_manifest
from desktop_app.engine.evaluate.telemetry.pooling import checks_of
from desktop_app.engine.evaluate.telemetry.predict import held_out, places_in, predict_all
from desktop_app.engine.evaluate.telemetry.report import Request, evaluate
from desktop_app.engine.evaluate.telemetry.results import (
    MARGIN,
    GroupFigures,
    MethodFigures,
    as_json,
    read_results,
    shipped_results,
)
from desktop_app.engine.evaluate.telemetry.scoring import Scored, score
from desktop_app.io import open_file
from desktop_app.paths import resources
from tests.telemetry_sets import EVENTS, TEST_ROWS, order_of, predicted, real_set, scored, write_set

OURS = DEFAULT_TELEMETRY_DETECTOR
LABELS = "desktop_app.engine.evaluate.telemetry.truth"
CAUSAL = [spec.name for spec in TELEMETRY_DETECTORS.values() if spec.causal]


def group_of(done: Scored, method: str, group: str) -> GroupFigures:
    """The figures of one method on one spacecraft."""
    figures = next(one for one in done.methods if one.name == method)
    return next(one for one in figures.groups if one.group == group)


def channel_of(path: Path, part: str) -> Telemetry:
    data = open_file(path, part=part)
    assert isinstance(data, Telemetry)
    return data


# Nobody who looks sees a label.


def test_that_what_is_found_is_the_same_without_the_label_file(tmp_path: Path) -> None:
    outputs = []
    for labelled in (True, False):
        folder = tmp_path / str(labelled)
        folder.mkdir()
        path = write_set(folder, labels=labelled)
        predicted(path, folder / "predictions", OURS, *CAUSAL[:1], "random", "limit-check")
        outputs.append([run.methods for run in read_manifest(folder / "predictions")])
    hashes = [[{name: run.output for name, run in part.items()} for part in runs] for runs in outputs]
    assert hashes[0] == hashes[1]
    assert len({output for part in hashes[0] for output in part.values()}) == len(hashes[0]) * len(hashes[0][0])


def test_that_only_the_scorer_imports_what_is_true() -> None:
    package = Path(desktop_app.__file__).parent
    texts = {path.name: path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    importers = {
        name
        for name, text in texts.items()
        if "truth" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module == LABELS
    }
    assert importers == {"scoring.py"}


def test_that_a_report_names_its_sets_and_the_hash_of_the_frozen_constants(tmp_path: Path) -> None:
    done = evaluate(Request(write_set(tmp_path, quiet=True), detectors=("limits",), jobs=1), silent)
    assert done.constants_sha256 == constants_hash()
    assert done.selection_set == SELECTION_SET
    assert done.report_set == "channels.npz: 4 channels, 3 of them labelled (MSL, SMAP)"
    kept = tmp_path / "kept.json"
    kept.write_bytes(as_json(done))
    assert as_json(read_results(kept)) == as_json(done)
    assert len(done.labels_sha256) == len(done.data_sha256) == len(done.code_sha256) == 64


# Controls.


@pytest.fixture(scope="module")
def with_controls(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    folder = tmp_path_factory.mktemp("controls")
    return scored(write_set(folder), folder / "predictions", OURS, *CONTROLS)


def test_that_flagging_everything_finds_everything_and_is_worth_nothing(with_controls: Scored) -> None:
    figures = group_of(with_controls, "flag-all", "SMAP")
    assert (figures.event_f1, figures.corrected_f05, figures.point_false_rate) == (1, 0, 1)


def test_that_flagging_nothing_has_no_alarm_and_no_hit(with_controls: Scored) -> None:
    figures = group_of(with_controls, "flag-none", "SMAP")
    assert isnan(figures.event_precision)
    assert (figures.event_f1, figures.corrected_f05, figures.alarms_per_10k) == (0, 0, 0)


def test_that_chance_ranks_no_better_than_the_share_that_is_labelled(with_controls: Scored) -> None:
    figures = group_of(with_controls, "random", "SMAP")
    share = (figures.points.hits + figures.points.missed) / figures.samples
    # Buffers are to be found too, so that chance finds a little more than what is labelled.
    assert share <= figures.vus_pr <= share + 0.08
    assert figures.roc_auc_pooled == pytest.approx(0.5, abs=0.05)


def test_that_the_default_detector_exceeds_every_control(with_controls: Scored) -> None:
    checks = checks_of(with_controls.methods)
    assert {check.group for check in checks} == {"SMAP", "MSL"}
    assert all(check.passed for check in checks), [check for check in checks if not check.passed]


def test_that_a_detector_as_good_as_a_control_fails_the_check(with_controls: Scored) -> None:
    copied = next(one for one in with_controls.methods if one.name == "moving-deviation")
    ours = replace(copied, name="ours", control=False)
    checks = checks_of((ours, *(one for one in with_controls.methods if one.control)))
    assert len(checks) == 4
    assert not any(check.passed for check in checks)


def test_that_the_margin_is_just_enough_or_not() -> None:
    for value, passed in ((0.5 + MARGIN, True), (0.5 + MARGIN - 0.001, False), (nan, False)):
        methods = (
            MethodFigures("ours", "ours", False, ("offline",), groups=(figures_with(value),)),
            MethodFigures("random", "random", True, ("offline",), groups=(figures_with(0.5),)),
        )
        assert all(check.passed == passed for check in checks_of(methods))


def test_that_a_control_of_streaming_is_none_of_offline(with_controls: Scored) -> None:
    strong = MethodFigures("past", "past", True, ("streaming",), groups=(figures_with(0.99),))
    weak = MethodFigures("weak", "weak", True, ("offline",), groups=(figures_with(0.1),))
    ours = MethodFigures("ours", "ours", False, ("offline",), groups=(figures_with(0.5),))
    assert {check.control for check in checks_of((ours, strong, weak))} == {"weak"}


def figures_with(value: float) -> GroupFigures:
    """Figures of which only those that are checked matter."""
    numbers = {name: nan for name in GroupFigures.__dataclass_fields__}
    counted = {"group": "A", "channels": 1, "samples": 1, "true_events": 1, "nominal_events": 0, "nominal_samples": 0}
    given = {"vus_pr": value, "corrected_f05": value, "events": EventCounts(), "points": PointCounts()}
    return GroupFigures(**{**numbers, **counted, **given})  # type: ignore[arg-type]  # by name, of many types


def test_that_the_deviation_up_to_a_sample_knows_nothing_later() -> None:
    values = np.random.default_rng(0).standard_normal(400)
    values[50:60] = np.nan
    whole = moving_deviation(values, centred=False)
    assert np.array_equal(moving_deviation(values[:200], centred=False), whole[:200])
    assert not np.array_equal(
        moving_deviation(values[:200], centred=True), moving_deviation(values, centred=True)[:200]
    )
    assert np.array_equal(moving_deviation(np.full(30, np.nan), centred=True), np.zeros(30))


# Reversed, cut and shifted.


def reversed_change(path: Path, part: str) -> float:
    """By how much VUS-PR changes where the channel is looked at from its end to its beginning."""
    data = channel_of(path, part)
    back = replace(data, values=data.values[::-1], labels=())
    forth = detect(data, OURS, cache=NothingKept()).scores.values[:, 0]
    reverse = detect(back, OURS, cache=NothingKept()).scores.values[::-1, 0]
    return abs(volume_under_pr(forth, data.labelled) - volume_under_pr(reverse, data.labelled))


def test_that_time_reversed_is_worth_the_same(tmp_path: Path) -> None:
    path = write_set(tmp_path)
    assert max(reversed_change(path, part) for part in EVENTS) <= 0.02


@pytest.mark.real_data
def test_that_time_reversed_is_worth_the_same_on_real_channels() -> None:
    path = real_set()
    parts = [place.part for place in places_in(path)][::14]
    changes = [reversed_change(path, part) for part in parts]
    assert np.nanmean(changes) <= 0.02


@pytest.mark.parametrize("name", CAUSAL)
def test_that_a_streaming_score_is_the_same_where_the_file_ends_there(name: str, tmp_path: Path) -> None:
    data = without_labels(channel_of(write_set(tmp_path), "P-2"))
    whole = detect(data, name, cache=NothingKept()).scores.values[:, 0]
    for stop in (310, 777):
        cut = replace(data, time=data.time[:stop], values=data.values[:stop], row=data.row[:stop])
        assert np.array_equal(detect(cut, name, cache=NothingKept()).scores.values[:, 0], whole[:stop], equal_nan=True)


def test_that_labels_turned_round_are_worth_no_more_than_chance(tmp_path: Path) -> None:
    path = write_set(tmp_path)
    ours, chance = [], []
    rng = np.random.default_rng(0)
    for part in EVENTS:
        data = channel_of(path, part)
        values = detect(data, OURS, cache=NothingKept()).scores.values[:, 0]
        for shift in rng.integers(150, TEST_ROWS - 150, 20):
            turned = np.roll(data.labelled, shift)
            ours.append(volume_under_pr(values, turned))
            chance.append(volume_under_pr(rng.random(TEST_ROWS), turned))
    assert np.mean(ours) <= np.mean(chance) + 0.05


# The second process refuses what is not whole.


def test_that_scores_that_are_not_numbers_give_no_figure(tmp_path: Path) -> None:
    def spoil(arrays: dict[str, np.ndarray]) -> None:
        arrays["limits/scores"][17] = np.nan

    done = spoilt(tmp_path, spoil)
    assert "1 values without a score" in done.methods[0].refused
    assert done.methods[0].refused.startswith("2 of 3 parts have scores")
    assert done.methods[0].groups == ()
    assert done.methods[1].refused == ""


def test_that_scores_of_another_length_give_no_figure(tmp_path: Path) -> None:
    def spoil(arrays: dict[str, np.ndarray]) -> None:
        arrays["limits/scores"] = arrays["limits/scores"][:-1]

    assert "has scores of shape (1199, 1), not (1200, 1)" in spoilt(tmp_path, spoil).methods[0].refused


def test_that_events_outside_of_the_rows_give_no_figure(tmp_path: Path) -> None:
    def spoil(arrays: dict[str, np.ndarray]) -> None:
        arrays["limits/events"] = np.array([[0, 1100, 1300]])

    assert "events outside of its rows" in spoilt(tmp_path, spoil).methods[0].refused


def test_that_a_part_without_predictions_gives_no_report(tmp_path: Path) -> None:
    path = write_set(tmp_path)
    places, methods = predicted(path, tmp_path / "predictions", "limits")
    order = order_of(path, tmp_path / "predictions", places, methods)
    (tmp_path / "predictions" / "00001.npz").unlink()
    with pytest.raises(ReadError, match="P-1 are missing or damaged"):
        score(order)
    manifest = tmp_path / "predictions" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text(encoding="utf-8"))[:2]), encoding="utf-8")
    with pytest.raises(ReadError, match="2 of 3 parts are predicted; missing: P-2"):
        score(order)


def test_that_predictions_of_other_data_give_no_report(tmp_path: Path) -> None:
    path = write_set(tmp_path)
    places, methods = predicted(path, tmp_path / "predictions", "limits")
    manifest = tmp_path / "predictions" / "manifest.json"
    runs = json.loads(manifest.read_text(encoding="utf-8"))
    runs[0]["digest"] = "another"
    manifest.write_text(json.dumps(runs), encoding="utf-8")
    with pytest.raises(ReadError, match="of other data than the labels"):
        score(order_of(path, tmp_path / "predictions", places, methods))


def spoilt(folder: Path, spoil: object) -> Scored:
    """What comes of predictions of which those of one part are spoilt."""
    path = write_set(folder)
    places, methods = predicted(path, folder / "predictions", "limits", "flag-all")
    file = folder / "predictions" / "00001.npz"
    with np.load(file) as kept:
        arrays = dict(kept)
    assert callable(spoil)
    spoil(arrays)
    np.savez(file, **arrays)
    return score(order_of(path, folder / "predictions", places, methods))


def test_that_samples_without_a_value_need_no_score_and_rank_last(tmp_path: Path) -> None:
    path = write_set(tmp_path)
    with np.load(path) as kept:
        arrays = dict(kept)
    arrays["P-1.test.value"][505:515] = np.nan
    np.savez(path, **arrays)
    done = scored(path, tmp_path / "predictions", "limits", OURS)
    assert [method.refused for method in done.methods] == ["", ""]


# Planted faults.


def test_that_recall_is_told_for_every_kind_of_fault(tmp_path: Path) -> None:
    request = Request(write_set(tmp_path), detectors=("limits",), controls=False, faults=1, jobs=1)
    done = evaluate(request, silent)
    assert [row.kind for row in done.faults[0].rows] == list(FAULTS)
    assert sum(row.planted for row in done.faults[0].rows) > 0
    assert all(0 <= row.found <= row.planted for row in done.faults[0].rows)
    assert done.checks == ()


# What is asked, and what it is asked of.


def test_that_a_plain_detector_stands_among_the_controls_unless_it_is_named() -> None:
    asked = Request(Path("x"), detectors=("all",)).methods()
    assert [method.name for method in asked if not method.control] == [
        name for name in TELEMETRY_DETECTORS if name not in ("limits", "ewma")
    ]
    named = Request(Path("x"), detectors=("limits",)).methods()
    assert [method.name for method in named if not method.control] == ["limits"]
    assert "limit-check" not in [method.name for method in named]


def test_that_a_network_that_was_taught_by_labels_of_a_channel_says_so(tmp_path: Path) -> None:
    path = tmp_path / "set"
    path.mkdir()
    done = evaluate(Request(write_set(path), detectors=("lstm_classifier",), controls=False, jobs=1), silent)
    assert "P-2" in done.methods[0].taught
    assert any("NOT UNSEEN" in line and "1 of these channels" in line for line in about(done))
    plain = evaluate(Request(path / "channels.npz", detectors=("limits",), controls=False, jobs=1), silent)
    assert not any("NOT UNSEEN" in line for line in about(plain))


def test_that_settings_are_for_one_detector() -> None:
    with pytest.raises(ParamError, match="one detector only"):
        Request(Path("x"), detectors=("limits", OURS), settings={"margin": "0.1"}).methods()
    with pytest.raises(ParamError, match="no detector of telemetry called 'tarot'"):
        Request(Path("x"), detectors=("tarot",)).methods()
    with pytest.raises(ParamError, match="is no detector with settings"):
        Request(Path("x"), detectors=("limits:margin",)).methods()
    assert [method.name for method in Request(Path("x"), threshold=2.0, controls=False).methods()] == [OURS]


def test_that_a_detector_stands_beside_itself_with_other_settings(tmp_path: Path) -> None:
    names = ("limits", "limits:margin=3")
    done = evaluate(Request(write_set(tmp_path), detectors=names, controls=False, jobs=1), silent)
    assert [method.settings["margin"] for method in done.methods] == [0.02, 3.0]
    usual, wide = (sum(channel.alarms for channel in method.channels) for method in done.methods)
    assert wide < usual


def test_that_false_events_are_counted_on_the_end_of_training_only(tmp_path: Path) -> None:
    data = channel_of(write_set(tmp_path), "P-1")
    nominal = held_out(data)
    assert nominal is not None
    assert data.training is not None
    assert nominal.training is not None
    assert (len(nominal.training), len(nominal)) == (360, 240)
    assert np.array_equal(nominal.values, data.training.values[360:])
    assert held_out(replace(data, training=None)) is None


def test_that_data_without_labels_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="No label is known for"):
        scored(write_set(tmp_path, labels=False), tmp_path / "predictions", "limits")


def test_that_labels_of_ones_own_take_the_place_of_those_beside(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("channel,start,end\nP-1,10,19\n", encoding="utf-8")
    done = scored(write_set(tmp_path), tmp_path / "predictions", "limits", labels=own)
    assert {channel.name: channel.events for channel in done.channels} == {"M-1": (), "P-1": ((10, 20),), "P-2": ()}


def test_that_labels_about_all_channels_make_them_one_case(tmp_path: Path) -> None:
    table = np.column_stack([wave_like(seed) for seed in range(3)])
    header = "time,volt,amp,temp"
    rows = "\n".join(f"{row},{','.join(f'{value:.4f}' for value in values)}" for row, values in enumerate(table))
    path = tmp_path / "house.csv"
    path.write_text(f"{header}\n{rows}\n", encoding="utf-8")
    (tmp_path / "house_labels.csv").write_text("start,end\n100,119\n", encoding="utf-8")
    together = scored(path, tmp_path / "one", "limits")
    assert [(channel.columns, channel.events) for channel in together.channels] == [((0, 1, 2), ((100, 120),))]
    (tmp_path / "house_labels.csv").write_text("channel,start,end\namp,100,119\n", encoding="utf-8")
    apart = scored(path, tmp_path / "two", "limits")
    assert {channel.name: len(channel.events) for channel in apart.channels} == {"volt": 0, "amp": 1, "temp": 0}


def wave_like(seed: int) -> np.ndarray:
    """A channel with one spike where the label is."""
    values = np.sin(np.arange(300) / 9.0 + seed)
    values[110] += 6
    return values


# Real channels: floors a little under what was measured, and what ships.


@pytest.mark.real_data
def test_that_a_share_of_the_real_channels_is_told_as_well_as_it_was(tmp_path: Path) -> None:
    places = [place for place in places_in(real_set()) if place.part in {"A-1", "D-7", "G-4", "T-3"}]
    folder = tmp_path / "predictions"
    folder.mkdir()
    methods = (Method(OURS), Method("random", control=True))
    predict_all(tuple(places), methods, folder, 1, silent)
    done = score(order_of(real_set(), folder, tuple(places), methods))
    ours, chance = (group_of(done, name, "SMAP") for name in (OURS, "random"))
    assert ours.vus_pr >= 0.9
    assert ours.event_recall >= 0.85
    assert chance.vus_pr < 0.3


def test_that_the_report_that_ships_is_of_the_constants_and_detectors_of_today() -> None:
    done = read_results(shipped_results())
    assert done.constants_sha256 == constants_hash()
    versions = {method.name: method.version for method in done.methods if not method.control}
    assert versions == {name: TELEMETRY_DETECTORS[name.partition(":")[0]].version for name in versions}
    assert OURS in versions
    assert not any(method.refused for method in done.methods)


def test_that_the_guide_tells_the_figures_that_ship() -> None:
    # Printed by "peculiar evaluate report --markdown".
    guide = (resources() / "help" / "guide.md").read_text(encoding="utf-8")
    assert "\n".join(markdown(read_results(shipped_results()))).strip() in guide
