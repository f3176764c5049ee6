"""Limits: of training, of the body of the values, and those that somebody gave in a table."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.ranges import Range, ranges_in
from desktop_app.core.errors import FitError, ParamError
from desktop_app.core.progress import silent
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.detectors.telemetry.limits import SPEC, LimitsParams
from desktop_app.engine.cache import ScoreCache
from desktop_app.engine.detect import detect
from tests.telemetries import odd_telemetry

RAMP = np.linspace(0.0, 1.0, 101)


def telemetry(values: Floats, training: Floats | None = None, *, name: str = "a", part: str = "") -> Telemetry:
    return Telemetry(
        Source(object_name="made", part=part),
        np.arange(len(values), dtype=np.float64),
        values[:, None],
        (Channel(name),),
        training=None if training is None else telemetry(training, name=name, part=part),
    )


def scores(data: Telemetry, **settings: object) -> Floats:
    return SPEC.build(LimitsParams.checked(settings)).fit(data, silent).score(data, silent).values[:, 0]


def flagged(data: Telemetry, **settings: object) -> list[float]:
    return data.values[scores(data, **settings) >= 1, 0].tolist()


def test_that_values_beyond_the_range_of_training_and_its_margin_are_flagged() -> None:
    data = telemetry(np.array([-0.03, -0.01, 0.5, 1.01, 1.03]), RAMP)
    assert flagged(data) == [-0.03, 1.03]
    assert flagged(data, margin=0.0) == [-0.03, -0.01, 1.01, 1.03]


def test_that_levels_that_come_in_turns_are_not_flagged_without_training() -> None:
    heater = np.where(np.arange(1000) % 10 < 3, 1.0, 0.0)
    assert flagged(telemetry(heater)) == []
    heater[500] = 5.0
    assert flagged(telemetry(heater)) == [5.0]


def test_that_more_sigmas_make_a_wider_range_without_training() -> None:
    values = np.random.default_rng(0).standard_normal(1000)
    values[[100, 200]] = 6.0, 12.0
    assert flagged(telemetry(values)) == [6.0, 12.0]
    assert flagged(telemetry(values), sigmas=9.0) == [12.0]


def test_that_given_ranges_hold_and_their_ends_belong_to_them(tmp_path: Path) -> None:
    table = tmp_path / "ranges.csv"
    table.write_text("channel,low,high\na,0.2,0.8\n")
    data = telemetry(np.array([0.1, 0.2, 0.5, 0.8, 0.9]), RAMP)
    assert flagged(data, ranges=str(table)) == [0.1, 0.9]


@pytest.mark.parametrize(("line", "out"), [("a,0.2,", [0.1]), ("a,,0.8", [0.9])])
def test_that_a_side_may_be_open(line: str, out: list[float], tmp_path: Path) -> None:
    table = tmp_path / "ranges.csv"
    table.write_text(line + "\n")
    data = telemetry(np.array([0.1, 0.2, 0.5, 0.8, 0.9]), RAMP)
    assert flagged(data, ranges=str(table)) == out
    assert (scores(data, ranges=str(table)) > 0).all()


def test_that_a_part_with_one_channel_goes_by_its_own_name(tmp_path: Path) -> None:
    table = tmp_path / "ranges.yaml"
    table.write_text("P-1: [0.2, 0.8]\nP-2: {low: 0, high: 0.5}\n")
    data = telemetry(np.array([0.1, 0.5, 0.9]), RAMP, name="value", part="P-1")
    assert flagged(data, ranges=str(table)) == [0.1, 0.9]


def test_that_channels_that_the_table_does_not_name_keep_the_range_of_training(tmp_path: Path) -> None:
    table = tmp_path / "ranges.csv"
    table.write_text("a,0.2,0.8\n")
    both = Telemetry(
        Source(),
        np.arange(101, dtype=np.float64),
        np.column_stack([RAMP, RAMP + (RAMP == 0.5)]),
        (Channel("a"), Channel("b")),
        training=Telemetry(
            Source(), np.arange(101, dtype=np.float64), np.column_stack([RAMP, RAMP]), (Channel("a"), Channel("b"))
        ),
    )
    found = SPEC.build(LimitsParams(ranges=str(table))).fit(both, silent).score(both, silent)
    assert np.count_nonzero(found.values[:, 0] >= 1) == 40
    assert np.flatnonzero(found.values[:, 1] >= 1).tolist() == [50]
    assert found.tracks["low"][0, 0] == 0.2


def test_that_a_table_of_other_channels_is_refused_with_the_names(tmp_path: Path) -> None:
    table = tmp_path / "ranges.csv"
    table.write_text("battery,0,1\n")
    with pytest.raises(ParamError, match=r"ranges\.csv has no range of any channel here; it names battery"):
        scores(telemetry(RAMP, RAMP), ranges=str(table))


def test_that_a_table_that_is_not_there_is_refused() -> None:
    with pytest.raises(ParamError, match="cannot be read"):
        SPEC.build(LimitsParams(ranges="/no/such/file.csv"))


def test_that_changed_ranges_are_not_answered_from_the_cache(tmp_path: Path) -> None:
    table, cache = tmp_path / "ranges.csv", ScoreCache(tmp_path / "cache")
    data = telemetry(np.array([0.1, 0.5, 0.9]), RAMP)
    counts = []
    for line in ("a,0.2,0.8\n", "a,0.2,0.95\n"):
        table.write_text(line)
        found = detect(data, "limits", {"ranges": str(table)}, cache=cache)
        counts.append(int((found.scores.values >= 1).sum()))
    assert counts == [2, 1]


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("channel,low,high\na,1,2\nb,,3\n", "r.csv"),
        ("a;1;2\nb;;3\n", "r.csv"),
        ("# limits\nmax\tname\tmin\n2\ta\t1\n3\tb\t\n", "r.txt"),
        ("a: [1, 2]\nb: {max: 3}\n", "r.yaml"),
        ('[{"channel": "a", "low": 1, "high": 2}, {"name": "b", "upper": 3}]', "r.json"),
    ],
)
def test_that_ranges_are_read_from_tables_of_all_kinds(text: str, file: str) -> None:
    assert ranges_in(text, file) == {"a": Range(1.0, 2.0), "b": Range(-np.inf, 3.0)}


@pytest.mark.parametrize(
    ("text", "file", "said"),
    [
        ("", "r.csv", "holds no ranges"),
        ("a,1\n", "r.csv", "Line 1 of r.csv has 2 cells"),
        ("a,2,1\n", "r.csv", "begins at 2 and ends at 1"),
        ("a,one,2\n", "r.csv", "'one' is no limit of a"),
        ("a,,\n", "r.csv", "open on both sides"),
        ("a,1,2\na,1,3\n", "r.csv", "two ranges of a"),
        (",1,2\n", "r.csv", "names no channel"),
        ("a: [1, 2", "r.yaml", "cannot be read as YAML in line 1"),
        ("a: 5\n", "r.yaml", "has no low and high"),
        ("just words\n", "r.yaml", "no table of ranges"),
        ("- {low: 1}\n", "r.yaml", "Entry 1 of r.yaml names no channel"),
        ("a: [true, 2]\n", "r.yaml", "True is no limit"),
    ],
)
def test_that_what_is_no_table_of_ranges_is_refused_with_its_place(text: str, file: str, said: str) -> None:
    with pytest.raises(ParamError, match=said):
        ranges_in(text, file)


@pytest.mark.parametrize("name", odd_telemetry())
def test_that_odd_data_have_scores_or_a_sentence(name: str) -> None:
    data = odd_telemetry()[name]
    try:
        found = SPEC.build(LimitsParams()).fit(data, silent).score(data, silent)
    except FitError:
        return
    assert not (np.isfinite(found.values) & ~np.isfinite(data.values)).any()
