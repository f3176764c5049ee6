"""Telemetry: what it promises of times, values and labels."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Interval, Telemetry, stretches, with_labels


def telemetry(n: int = 10, **changes: object) -> Telemetry:
    given = {"source": Source(), "time": np.arange(n, dtype=np.float64), "values": np.zeros((n, 2))}
    return Telemetry(**{**given, "channels": (Channel("a"), Channel("b")), **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"time": np.array([0.0, 2, 1])},
        {"time": np.array([0.0, np.nan, 1])},
        {"values": np.zeros((3, 3))},
        {"values": np.zeros((4, 2))},
        {"row": np.arange(4)},
        {"labels": (Interval(0, 4),)},
        {"labels": (Interval(2, 2),)},
        {"labels": (Interval(-1, 2),)},
    ],
)
def test_that_telemetry_that_contradicts_itself_cannot_be_made(changes: dict[str, object]) -> None:
    assert len(telemetry(3)) == 3
    with pytest.raises(ValueError, match=r"time|shape|label"):
        telemetry(3, **changes)


def test_that_nobody_can_write_to_its_arrays() -> None:
    data = telemetry()
    for array in (data.time, data.values, data.row):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_that_cadence_is_the_usual_step_and_samples_have_none() -> None:
    time = np.array([0.0, 5, 10, 15, 400, 405])
    assert telemetry(6, time=time, clock="elapsed").cadence_s == 5
    assert np.isnan(telemetry(6, time=time).cadence_s)
    assert np.isnan(telemetry(1, clock="elapsed").cadence_s)


def test_that_labels_about_all_channels_are_about_each() -> None:
    labels = (Interval(0, 2), Interval(3, 4, "odd", "a"), Interval(5, 6, "odd", "b"))
    data = telemetry(labels=labels)
    assert data.labels_on("a") == labels[:2]
    assert data.labels_on("b") == (labels[0], labels[2])
    assert np.flatnonzero(data.labelled).tolist() == [0, 1, 3, 5]


def test_that_labels_are_added_once_and_in_order() -> None:
    data = with_labels(telemetry(labels=(Interval(5, 6),)), [Interval(1, 3), Interval(5, 6)])
    assert data.labels == (Interval(1, 3), Interval(5, 6))


def test_that_the_digest_changes_with_values_and_training_but_not_with_labels() -> None:
    values = np.zeros((10, 2))
    values[3, 1] = 1
    plain = telemetry()
    assert telemetry(labels=(Interval(0, 1),)).digest == plain.digest
    others = {telemetry(values=values).digest, telemetry(training=plain).digest, telemetry(11).digest}
    assert len(others | {plain.digest}) == 4


@given(st.lists(st.booleans(), max_size=60))
def test_that_stretches_are_the_runs_of_marked_rows(marked: list[bool]) -> None:
    again = np.zeros(len(marked), bool)
    found = stretches(np.array(marked, bool))
    for start, stop in found:
        assert start < stop
        again[start:stop] = True
    assert again.tolist() == marked
    assert all(a[1] < b[0] for a, b in pairwise(found))
