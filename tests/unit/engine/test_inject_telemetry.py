"""How many planted faults a detector finds, and how that is counted."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.channels.faults import FAULTS
from desktop_app.core.errors import FitError, ParamError
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Interval, Telemetry
from desktop_app.engine.inject_telemetry import fault_recall


def nominal(n: int = 1500, *, seed: int = 0) -> Telemetry:
    """A sine about 20, a constant and a command, with a training stretch of the same."""

    def stretch(seed: int) -> Telemetry:
        rng = np.random.default_rng(seed)
        wave = 20 + np.sin(2 * np.pi * np.arange(n) / 60) + 0.02 * rng.standard_normal(n)
        values = np.column_stack([wave, np.full(n, 3.3), rng.random(n) < 0.01])
        channels = (Channel("wave", "V"), Channel("flat"), Channel("sent", role="command"))
        return Telemetry(Source(object_name="made", part="T-1"), np.arange(n, dtype=np.float64), values, channels)

    return replace(stretch(seed), training=stretch(seed + 1))


def test_that_large_steps_leave_the_range_and_frozen_values_do_not() -> None:
    found = fault_recall([nominal()], "limits", trials=6)
    share = {(one.kind, one.size): one.share for one in found.per_size}
    assert share["step", "large"] == 1.0
    assert share["frozen", "large"] == 0.0
    assert found.nominal_events == 0
    assert found.channels == ("T-1 wave", "T-1 flat")


def test_that_each_kind_is_planted_as_often_as_was_asked_or_counted_as_left_out() -> None:
    found = fault_recall([nominal()], "limits", trials=4)
    assert sum(one.planted for one in found.per_kind) + found.left_out == 4 * 3 * len(FAULTS)
    assert {one.kind for one in found.per_kind if one.planted} == set(FAULTS)
    frozen = {one.channel for one in found.tries if one.fault.kind == "frozen"}
    assert frozen == {"T-1 wave"}


def test_that_flagging_everything_finds_nothing() -> None:
    found = fault_recall([nominal()], "limits", trials=3, threshold=-1.0)
    assert all(one.found == 0 for one in found.per_kind)
    assert found.nominal_events == 2


def test_that_the_same_faults_are_planted_for_every_threshold_and_others_by_another_seed() -> None:
    first, second, third = (
        fault_recall([nominal()], "limits", trials=3, threshold=limit, seed=seed)
        for limit, seed in ((1.0, 0), (2.0, 0), (1.0, 1))
    )
    assert [one.fault for one in first.tries] == [one.fault for one in second.tries]
    assert [one.fault for one in first.tries] != [one.fault for one in third.tries]


def test_that_the_share_lies_within_its_interval() -> None:
    for one in fault_recall([nominal()], "limits", trials=5, kinds=("step",)).per_size:
        if one.planted:
            assert one.low <= one.share <= one.high


def test_that_data_without_training_count_as_nominal_up_to_the_first_label() -> None:
    data = replace(nominal(), training=None, labels=(Interval(700, 720),))
    found = fault_recall([data], "limits", trials=2)
    assert max(one.fault.stop for one in found.tries) <= 700 - int(0.6 * 700)


def test_that_data_with_too_little_that_is_nominal_are_refused() -> None:
    data = replace(nominal(), training=None, labels=(Interval(100, 120),))
    with pytest.raises(FitError, match="No channel"):
        fault_recall([data], "limits", trials=2)
    with pytest.raises(ParamError):
        fault_recall([nominal()], "no such detector", trials=2)
