"""Events of telemetry: where they are cut, what kind they are, and what is told of them."""

import re
from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.events import JOIN_ROWS, find_channel_events
from desktop_app.core.channels.faults import Fault, planted, usual_of
from desktop_app.core.channels.nearest import nearest_like
from desktop_app.core.channels.nominal import nominal_of
from desktop_app.core.channels.reasons import span_text
from desktop_app.core.detection import CHANNEL_EVENT_KINDS, Detection, Event, Provenance, Scores
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.engine.events import events_of
from tests.telemetries import odd_telemetry

N = 2000
STEP_S = 30.0


def wave(seed: int = 0) -> Floats:
    """A current about 20 A that goes up and down every 100 samples."""
    rng = np.random.default_rng(seed)
    return 20 + np.sin(2 * np.pi * np.arange(N) / 100) + 0.02 * rng.standard_normal(N)


def telemetry(values: Floats, training: Floats | None = None, channel: Channel | None = None) -> Telemetry:
    channels = (channel or Channel("array", "A"),)
    time = STEP_S * np.arange(N, dtype=np.float64)
    trained = None
    if training is not None:
        trained = Telemetry(Source(), time, training[:, None], channels, "elapsed")
    return Telemetry(Source(object_name="made"), time, values[:, None], channels, "elapsed", training=trained)


def flagged(*rows: tuple[int, int]) -> Scores:
    values = np.zeros((N, 1))
    for start, stop in rows:
        values[start:stop] = 2.0
    return Scores(values)


def event_of(values: Floats, start: int, stop: int, **others: Channel) -> Event:
    (event,) = find_channel_events(telemetry(values, wave(1), **others), flagged((start, stop)), 1.0)
    return event


def with_fault(kind: str, start: int, stop: int, strength: float) -> Floats:
    values = wave()
    return planted(values, Fault(kind, start, stop, strength), usual_of(wave(1)), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("kind", "start", "stop", "strength", "named", "said"),
    [
        ("spike", 1010, 1012, -0.5, "spike", r"2 samples 0\..* A below those around"),
        ("step", 1000, 1200, 0.4, "step", r"level 0\..* A above before, for 100 min"),
        ("drift", 1000, 1200, 0.45, "drift", r"creeps up by .* A in 100 min"),
        ("frozen", 1000, 1120, 1.0, "frozen", r"no change for 60.5 min, at most 30 s in training"),
        ("dropout", 1000, 1040, 1.0, "dropout", "at 0 for 20 min"),
        ("noise", 1000, 1120, 0.2, "noise", r"scatter .* times the usual, for 60 min"),
        ("missing cycle", 1000, 1100, 0.97, "pattern", r"a cycle of 50 min is missing"),
        ("step", 1000, 1200, 2.0, "limit", r"A above the highest of training, 21.* A, for 100 min"),
    ],
)
def test_that_a_fault_is_named_and_told_in_numbers(
    kind: str, start: int, stop: int, strength: float, named: str, said: str
) -> None:
    event = event_of(with_fault(kind, start, stop, strength), start, stop)
    assert event.kind == named
    assert re.search(said, event.reasons[0]), event.reasons


def test_that_a_level_that_stays_is_told_so() -> None:
    values = np.array(np.random.default_rng(0).standard_normal(N) * 0.01)
    values[1000:] += 0.5
    trained = np.concatenate([values[:1000], values[1000:] - 0.5 + np.linspace(0, 1, 1000)])
    data = telemetry(values, trained)
    (event,) = find_channel_events(data, flagged((980, 1040)), 1.0)
    assert event.kind == "step"
    assert event.reasons[0].endswith("and stays")
    assert event.evidence["level_before"] == pytest.approx(0.0, abs=0.01)
    assert event.evidence["level_after"] == pytest.approx(0.5, abs=0.01)


def test_that_a_long_stretch_at_values_of_no_training_is_a_regime() -> None:
    rng = np.random.default_rng(0)
    training = np.where(np.arange(N) % 400 < 200, 1.0, 5.0) + 0.01 * rng.standard_normal(N)
    values = np.array(training)
    values[600:1000] = 3.0 + 0.01 * rng.standard_normal(400)
    (event,) = find_channel_events(telemetry(values, training), flagged((600, 1000)), 1.0)
    assert event.kind == "regime"
    assert event.reasons == ("100 % of 3.33 h at values that never came in training",)


def test_that_a_state_that_never_came_is_a_regime_with_its_name() -> None:
    training = np.where(np.arange(N) % 100 < 50, 1.0, 2.0)
    values = np.array(training)
    values[500:540] = 0.0
    mode = Channel("mode", states=("SAFE", "IDLE", "SCIENCE"))
    (event,) = find_channel_events(telemetry(values, training, mode), flagged((500, 540)), 1.0)
    assert event.kind == "regime"
    assert event.reasons[0].startswith("state SAFE never came in training")


def test_that_values_that_are_missing_make_a_dropout() -> None:
    values = wave()
    values[1003:1013] = np.nan
    scores = np.where(np.isfinite(values), 0.0, np.nan)
    scores[1000:1003] = scores[1013:1016] = 2.0
    (event,) = find_channel_events(telemetry(values, wave(1)), Scores(scores[:, None]), 1.0)
    assert (event.start, event.stop, event.kind) == (1000, 1016, "dropout")
    assert event.reasons[0] == "10 of 16 samples missing"


def test_that_runs_with_a_small_gap_are_one_event_and_those_with_a_larger_two() -> None:
    data = telemetry(wave(), wave(1))
    near = flagged((100, 110), (110 + JOIN_ROWS, 130))
    far = flagged((100, 110), (111 + JOIN_ROWS, 130))
    assert [(event.start, event.stop) for event in find_channel_events(data, near, 1.0)] == [(100, 130)]
    assert len(find_channel_events(data, far, 1.0)) == 2


def test_that_the_peak_is_the_row_of_the_highest_score() -> None:
    scores = np.zeros((N, 1))
    scores[100:110] = 1.5
    scores[104], scores[107] = 3.0, 3.0
    scores[500] = 2.0
    first, second = find_channel_events(telemetry(wave(), wave(1)), Scores(scores), 1.0)
    assert (first.peak, first.score, second.peak) == (104, 3.0, 500)


def test_that_scores_of_samples_without_a_value_make_no_event() -> None:
    values = wave()
    values[500:520], values[600:620] = np.nan, np.inf
    assert find_channel_events(telemetry(values, wave(1)), flagged((500, 520), (600, 620)), 1.0) == ()


def test_that_commands_have_no_events() -> None:
    data = telemetry(wave())
    sent = replace(data, channels=(Channel("sent", role="command"),))
    assert find_channel_events(sent, flagged((100, 120)), 1.0) == ()


def test_that_events_of_many_channels_come_in_the_order_of_time() -> None:
    data = telemetry(wave())
    both = replace(data, values=np.column_stack([wave(), wave(2)]), channels=(Channel("b"), Channel("a")))
    scores = np.zeros((N, 2))
    scores[100:120] = 2.0
    scores[50:60, 0] = 2.0
    events = find_channel_events(both, Scores(scores), 1.0)
    assert [(event.start, event.channel) for event in events] == [(50, "b"), (100, "a"), (100, "b")]


@pytest.mark.parametrize("name", odd_telemetry())
@pytest.mark.parametrize("every", [True, False])
def test_that_odd_data_make_events_with_known_kinds(name: str, every: bool) -> None:
    data = odd_telemetry()[name]
    scores = np.where(np.isfinite(data.values), 2.0, np.nan)
    if not every:
        scores[1::7] = 0.0
    for event in find_channel_events(data, Scores(scores), 1.0):
        assert event.kind in CHANNEL_EVENT_KINDS
        assert event.start <= event.peak < event.stop
        assert all(event.reasons)


def test_that_moving_the_threshold_does_not_learn_what_is_usual_again(monkeypatch: pytest.MonkeyPatch) -> None:
    data = telemetry(wave(), wave(1))
    find_channel_events(data, flagged((100, 120)), 1.0)
    monkeypatch.setattr("desktop_app.core.channels.events.nominal_of", None)
    assert len(find_channel_events(data, flagged((100, 120)), 1.5)) == 1


def test_that_the_table_has_the_numbers_and_the_reasons() -> None:
    data = telemetry(with_fault("step", 1000, 1200, 2.0), wave(1))
    origin = Provenance("f", "", "", "", "", "s", "limits", 1, {}, 0, "cpu", "", "")
    table = events_of(Detection(data, flagged((1000, 1200)), origin, 1.0))
    assert table["kind"].tolist() == ["limit"]
    assert table["samples"].tolist() == [200]
    assert table["usual_high"][0] == pytest.approx(wave(1).max())
    assert table["deviation"][0] == pytest.approx(data.values.max() - wave(1).max())
    assert table["level"][0] - table["level_before"][0] > 3
    assert "above the highest of training" in str(table["reasons"][0])


def test_that_the_stretch_most_like_another_is_found() -> None:
    values = np.random.default_rng(0).standard_normal(1000)
    values[700:750] = values[200:250] + 0.001
    row, distance = nearest_like(values, 200, 250) or (-1, np.nan)
    assert row == 700
    assert distance == pytest.approx(0.001, rel=1e-3)
    assert nearest_like(values, 10, 12) is None
    assert nearest_like(values, 0, 900) is None
    assert nearest_like(np.full(100, np.nan), 20, 40) is None


def test_that_the_nearest_stretch_is_the_one_a_slow_search_finds() -> None:
    values = 1e6 + np.random.default_rng(1).standard_normal(300)
    slow = [np.sqrt(np.mean((values[i : i + 20] - values[100:120]) ** 2)) for i in range(281)]
    slow[81:120] = [np.inf] * 39
    row, distance = nearest_like(values, 100, 120) or (-1, np.nan)
    assert row == int(np.argmin(slow))
    assert distance == pytest.approx(min(slow))


def test_that_spans_are_told_in_the_largest_unit_that_counts_to_two() -> None:
    assert [span_text(n, 30.0) for n in (1, 4, 80, 2880, 8640)] == ["30 s", "2 min", "40 min", "24 h", "3 d"]
    assert span_text(1, float("nan")) == "1 sample"
    assert span_text(1234, float("nan")) == "1,234 samples"


def test_that_what_is_usual_is_told_of_a_constant_and_of_a_single_value() -> None:
    flat = nominal_of(np.full(100, 5.0), trained=True)
    assert flat.moves == 0.0
    assert flat.margin == pytest.approx(0.25)
    assert nominal_of(np.array([0.0]), trained=False).spread > 0
