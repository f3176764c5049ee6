"""Events against ground truth: hit, missed, false."""

from desktop_app.core.channels.marking import marking
from desktop_app.core.detection import Event
from desktop_app.core.telemetry import Interval


def event(start: int, stop: int, channel: str = "a") -> Event:
    return Event(start, stop, start, 2.0, "spike", channel=channel)


def test_that_an_event_that_shares_a_row_with_a_label_is_right_and_finds_it() -> None:
    told = marking([Interval(10, 20)], [event(19, 25), event(20, 30)])
    assert told.found.tolist() == [True]
    assert told.right.tolist() == [True, False]
    assert (told.hits, told.missed, told.false) == (1, 0, 1)


def test_that_a_label_about_one_channel_is_not_found_on_another() -> None:
    told = marking([Interval(10, 20, channel="a"), Interval(10, 20, channel="b")], [event(12, 14, "b")])
    assert told.found.tolist() == [False, True]
    assert told.right.tolist() == [True]


def test_that_a_label_without_a_channel_is_about_every_channel() -> None:
    told = marking([Interval(10, 20)], [event(12, 14, "b"), event(15, 16, "a")])
    assert told.right.tolist() == [True, True]


def test_that_without_events_every_label_is_missed_and_without_labels_every_event_false() -> None:
    assert marking([Interval(0, 5)], []).missed == 1
    assert marking([], [event(1, 2)]).false == 1
