"""Alarms of one channel: raised and cleared with hysteresis, told in order, never by later samples."""

from collections.abc import Sequence

import numpy as np

from desktop_app.core.channels.alarms import SILENCE, AlarmParams, AlarmState, LogEntry

RULES = AlarmParams(threshold=1.0, raise_after=3, of_last=5, clear_after=4)
HIGH, LOW, GONE = 2.0, 0.1, float("nan")


def level_of(state: AlarmState) -> str:
    return state.level


def told(state: AlarmState, scores: Sequence[float], first: int = 0) -> list[LogEntry]:
    entries = (state.push(first + place, score, 7) for place, score in enumerate(scores))
    return [entry for entry in entries if entry is not None]


def test_that_one_sample_beyond_is_watched_and_raises_nothing() -> None:
    state = AlarmState("P-1", RULES)
    assert level_of(state) == "STANDBY"
    assert told(state, [LOW, LOW]) == []
    assert level_of(state) == "NOMINAL"
    assert told(state, [HIGH], 2) == []
    assert level_of(state) == "WATCH"
    assert told(state, [LOW] * 5, 3) == []
    assert level_of(state) == "NOMINAL"


def test_that_enough_of_the_last_samples_raise_an_alarm_once() -> None:
    state = AlarmState("P-1", RULES)
    entries = told(state, [LOW, HIGH, LOW, 3.0, HIGH, HIGH, HIGH])
    assert [(entry.what, entry.row) for entry in entries] == [("raised", 4)]
    alarm = entries[0].alarm
    assert (alarm.channel, alarm.number, alarm.began, alarm.peak_row, alarm.peak) == ("P-1", 7, 1, 3, 3.0)
    assert alarm.stands
    assert "3 of the last 5 samples" in entries[0].reason
    assert level_of(state) == "ALARM"


def test_that_an_alarm_ends_after_enough_samples_in_a_row_below() -> None:
    state = AlarmState("P-1", RULES)
    entries = told(state, [HIGH] * 3 + [LOW] * 3 + [9.0] + [LOW] * 4)
    assert [(entry.what, entry.row) for entry in entries] == [("raised", 2), ("cleared", 10)]
    assert entries[1].alarm.ended == 6
    assert entries[1].alarm.peak == 9.0
    assert level_of(state) == "NOMINAL"


def test_that_missing_scores_neither_raise_nor_clear_and_end_in_standby() -> None:
    state = AlarmState("P-1", RULES)
    assert told(state, [HIGH, GONE, HIGH, GONE, HIGH])[0].row == 4
    assert told(state, [LOW] * 3 + [GONE] * (SILENCE - 1), 5) == []
    assert level_of(state) == "ALARM"
    assert told(state, [GONE], 500) == []
    assert level_of(state) == "STANDBY"
    assert told(state, [LOW], 501)[0].what == "cleared"


def test_that_an_alarm_is_acknowledged_once() -> None:
    state = AlarmState("P-1", RULES)
    assert state.acknowledge(0) is None
    told(state, [HIGH] * 3)
    entry = state.acknowledge(3)
    assert entry is not None
    assert entry.what == "acknowledged"
    assert entry.alarm.acknowledged
    assert state.acknowledge(4) is None
    assert told(state, [LOW] * 4, 4)[0].alarm.acknowledged


def test_that_an_injected_fault_is_told_with_the_alarm() -> None:
    state = AlarmState("P-1", RULES)
    for row in range(2):
        state.push(row, HIGH, 1, injected=True)
    entry = state.push(2, HIGH, 1)
    assert entry is not None
    assert entry.alarm.injected
    assert "injected fault" in entry.reason


def test_that_an_alarm_that_stands_at_the_end_is_told() -> None:
    state = AlarmState("P-1", RULES)
    assert state.at_end(0) is None
    told(state, [HIGH] * 3)
    entry = state.at_end(2)
    assert entry is not None
    assert entry.what == "open"


def test_that_later_scores_change_nothing_told_before() -> None:
    scores = np.abs(np.random.default_rng(3).standard_normal(400)).tolist()
    whole = told(AlarmState("P-1", RULES), scores)
    for cut in (50, 133, 399):
        assert told(AlarmState("P-1", RULES), scores[:cut]) == [entry for entry in whole if entry.row < cut]


def test_that_rules_can_change_while_it_runs() -> None:
    state = AlarmState("P-1", RULES)
    told(state, [0.8] * 5)
    assert level_of(state) == "NOMINAL"
    state.set_params(AlarmParams(threshold=0.5, raise_after=9, of_last=3))
    assert [entry.what for entry in told(state, [0.8] * 3, 5)] == ["raised"]
