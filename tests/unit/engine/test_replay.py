"""Replays: content that no speed changes, a pace that keeps the clock, faults that say so, and logs that last."""

import csv
import json
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.channels.alarms import AlarmParams, LogEntry
from desktop_app.core.channels.streaming import StreamParams
from desktop_app.core.errors import FitError, ParamError, WriteError
from desktop_app.core.simulate_telemetry import STEP_S, simulate_telemetry
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.engine.alarm_log import COLUMNS, AlarmLog, LogOrigin, as_csv, as_text, line_of, record_of
from desktop_app.engine.pace import LONGEST_GAP, Pace
from desktop_app.engine.replay import Frame, Replay, ReplayPlan

STREAM = StreamParams(window=8, history=400, warm_up=200)
PLAN = ReplayPlan(stream=STREAM)


def cut(data: Telemetry, start: int, stop: int) -> Telemetry:
    rows = slice(start, stop)
    return replace(data, time=data.time[rows], values=data.values[rows], row=data.row[rows], labels=())


@pytest.fixture(scope="module")
def satellite() -> Telemetry:
    """Simulated telemetry, its first rows for training, with a level that shifts in the wheel."""
    data = simulate_telemetry(seed=5)
    rest = cut(data, 1000, 1700)
    values = np.array(rest.values)
    values[300:360, 0] += 3.0
    return replace(rest, values=values, training=cut(data, 0, 1000))


def all_of(replay: Replay, block: int) -> list[Frame]:
    frames = []
    while not replay.done:
        frames.append(replay.step(block))
    return frames


def content(frames: list[Frame]) -> tuple[list[np.ndarray[tuple[int, ...], np.dtype[np.generic]]], list[LogEntry]]:
    names = ("values", "scores", "model", "limit", "injected")
    arrays = [np.concatenate([getattr(frame, name) for frame in frames]) for name in names]
    return arrays, [entry for frame in frames for entry in frame.entries]


def test_that_blocks_change_nothing_at_all(satellite: Telemetry) -> None:
    arrays, entries = content(all_of(Replay(satellite, PLAN), 500))
    assert {entry.what for entry in entries} >= {"raised", "cleared"}
    again, told = content(all_of(Replay(satellite, PLAN), 37))
    assert told == entries
    for one, other in zip(arrays, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_that_a_replay_row_by_row_is_the_same(satellite: Telemetry) -> None:
    plan = replace(PLAN, channels=("battery_V",))
    (_, scores, *_), entries = content(all_of(Replay(satellite, plan), 1))
    (_, again, *_), told = content(all_of(Replay(satellite, plan), 500))
    np.testing.assert_array_equal(scores, again)
    assert told == entries


def test_that_a_replay_from_a_later_row_judges_alike(satellite: Telemetry) -> None:
    arrays, entries = content(all_of(Replay(satellite, PLAN), 500))
    later, told = content(all_of(Replay(satellite, replace(PLAN, first=290)), 50))
    np.testing.assert_array_equal(later[1], arrays[1][290:])
    assert told == [entry for entry in entries if entry.row >= 290]


def test_that_alarms_have_numbers_of_their_own_in_the_order_of_rows(satellite: Telemetry) -> None:
    _, entries = content(all_of(Replay(satellite, PLAN), 500))
    raised = [entry for entry in entries if entry.what == "raised"]
    assert [entry.alarm.number for entry in raised] == list(range(1, len(raised) + 1))
    assert [entry.row for entry in entries] == sorted(entry.row for entry in entries)
    assert any(entry.alarm.channel == "battery_V" and 300 <= entry.row <= 320 for entry in raised)


def test_that_an_injected_fault_changes_the_values_and_is_told_everywhere(satellite: Telemetry) -> None:
    plan = replace(PLAN, channels=("logic_V", "battery_V"))
    plain = all_of(Replay(satellite, plan), 100)
    replay = Replay(satellite, plan)
    frames = [replay.step(100)]
    injected = replay.inject("step", "battery_V")
    frames += all_of(replay, 100)
    (before, *_), _ = content(plain)
    (after, scores, _, _, marked), entries = content(frames)
    rows = slice(injected.fault.start, injected.fault.stop)
    assert injected.fault.start == 100
    assert "injected step" in injected.text
    assert (after[rows, 1] != before[rows, 1]).all()
    assert marked[rows, 1].all()
    assert not marked[: rows.start].any()
    assert not marked[rows.stop :].any()
    np.testing.assert_array_equal(after[:, 0], before[:, 0])
    np.testing.assert_array_equal(scores[:100], content(plain)[0][1][:100])
    of_fault = [entry for entry in entries if entry.alarm.injected]
    assert of_fault
    assert all(rows.start <= entry.alarm.raised < rows.stop + 32 for entry in of_fault)
    assert not satellite.values.flags.writeable


def test_that_a_fault_that_cannot_be_is_refused_with_a_way_out(satellite: Telemetry) -> None:
    replay = Replay(satellite, replace(PLAN, channels=("logic_V",)))
    for kind, channel in (("flare", "logic_V"), ("step", "wheel_rpm")):
        with pytest.raises(ParamError) as told:
            replay.inject(kind, channel)
        assert told.value.hint
    for kind in ("frozen", "missing cycle"):
        with pytest.raises(FitError) as refused:
            replay.inject(kind, "logic_V")
        assert refused.value.hint


def test_that_missing_channels_and_rows_are_told(satellite: Telemetry) -> None:
    for plan in (replace(PLAN, channels=("none",)), replace(PLAN, first=10_000), replace(PLAN, first=-1)):
        with pytest.raises(ParamError):
            Replay(satellite, plan)
    commands = replace(
        satellite,
        channels=tuple(Channel(channel.name, role="command") for channel in satellite.channels),
        training=None,
    )
    with pytest.raises(FitError):
        Replay(commands, PLAN)


def test_that_rules_change_and_alarms_are_seen_while_it_runs(satellite: Telemetry) -> None:
    replay = Replay(satellite, replace(PLAN, channels=("battery_V",)))
    replay.step(320)
    assert replay.standing
    (entry,) = replay.acknowledge()
    assert entry.what == "acknowledged"
    assert replay.acknowledge() == ()
    assert [left.what for left in replay.at_stop()] == ["open"]
    replay.set_alarms(AlarmParams(threshold=100.0, clear_after=5))
    told = [entry.what for frame in all_of(replay, 100) for entry in frame.entries]
    assert told == ["cleared"]


def test_that_levels_stand_by_until_there_is_something_to_judge_by(satellite: Telemetry) -> None:
    data = replace(satellite, training=None)
    replay = Replay(data, replace(PLAN, channels=("battery_V",)))
    assert replay.step(150).levels == ("STANDBY",)
    assert replay.step(120).levels != ("STANDBY",)
    assert "first 200 values" in replay.notes[0]


@pytest.mark.parametrize("speed", [1.0, 100.0])
def test_that_the_pace_keeps_the_clock_of_the_data(satellite: Telemetry, speed: float) -> None:
    pace = Pace(satellite, 0, speed)
    assert pace.rows_due(0, 0.0) == 1
    assert pace.wait_s(1) == pytest.approx(STEP_S / speed)
    assert pace.rows_due(1, 0.5 * STEP_S / speed) == 0
    assert pace.rows_due(1, 4.6 * STEP_S / speed) == 5


def test_that_a_gap_is_not_waited_for(satellite: Telemetry) -> None:
    data = cut(simulate_telemetry(seed=5), 890, 910)
    pace = Pace(data, 9, 10.0)
    assert pace.rows_due(9, 0.0) == 1
    assert pace.wait_s(10) == pytest.approx(LONGEST_GAP * STEP_S / 10)


def test_that_rows_without_times_come_one_a_second_and_too_much_is_not_made_up_for() -> None:
    data = Telemetry(simulate_telemetry().source, np.arange(5000.0), np.zeros((5000, 1)), (Channel("a"),))
    pace = Pace(data, 0, 20.0)
    assert pace.rows_due(0, 1.0) == 21
    assert pace.rows_due(21, 1000.0, most=100) == 100
    assert pace.rows_due(121, 0.05) == 1
    pace.speed = inf
    assert pace.rows_due(122, 0.0, most=300) == 300
    assert pace.wait_s(422) == 0.0


def entries_of(data: Telemetry) -> list[LogEntry]:
    replay = Replay(data, replace(PLAN, channels=("battery_V",)))
    replay.step(100)
    replay.inject("spike", "battery_V")
    return content(all_of(replay, 500))[1]


def test_that_a_log_is_appended_to_and_reads_back(satellite: Telemetry, tmp_path: Path) -> None:
    entries = entries_of(satellite)
    records = [record_of(entry, LogOrigin("run1", satellite), 1.0) for entry in entries]
    for path in (tmp_path / "alarms.csv", tmp_path / "alarms.jsonl"):
        for record in records:
            with AlarmLog(path) as log:
                log.append([record])
        if path.suffix == ".csv":
            with path.open(newline="") as file:
                read = list(csv.DictReader(file))
        else:
            read = [json.loads(line) for line in path.read_text().splitlines()]
        assert len(read) == len(records)
        assert tuple(read[0]) == COLUMNS
        assert [int(one["row"]) for one in read] == [int(satellite.row[entry.row]) for entry in entries]
        assert all(str(one["date"]).startswith("2026-01-01T") for one in read)


def test_that_half_a_line_of_a_killed_program_is_closed_first(satellite: Telemetry, tmp_path: Path) -> None:
    record = record_of(entries_of(satellite)[0], LogOrigin("run1", satellite), 1.0)
    path = tmp_path / "alarms.csv"
    path.write_text(as_csv([record]) + "run0,half")
    with AlarmLog(path) as log:
        log.append([record])
    with path.open(newline="") as file:
        read = list(csv.DictReader(file))
    assert [one["run"] for one in read] == ["run1", "run0", "run1"]


def test_that_a_log_is_no_other_table_and_no_other_kind(tmp_path: Path) -> None:
    other = tmp_path / "events.csv"
    other.write_text("t_start,t_end\n1,2\n")
    for path in (other, tmp_path / "alarms.pdf", tmp_path / "none" / "alarms.csv"):
        with pytest.raises(WriteError) as told:
            AlarmLog(path)
        assert told.value.hint
    assert other.read_text() == "t_start,t_end\n1,2\n"


def test_that_a_line_tells_channel_severity_and_injection(satellite: Telemetry) -> None:
    records = [record_of(entry, LogOrigin("run1", satellite), 1.0) for entry in entries_of(satellite)]
    lines = as_text(records).splitlines()
    assert len(lines) == len(records)
    assert lines[0] == line_of(records[0])
    assert "battery_V" in lines[0]
    assert any("[injected fault]" in line for line in lines)
    assert not all("[injected fault]" in line for line in lines)
