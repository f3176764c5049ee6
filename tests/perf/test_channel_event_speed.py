"""How long it takes to cut a long channel into many events and to name them, beside one pass over its values."""

from time import perf_counter

import numpy as np

from desktop_app.core.channels.events import find_channel_events
from desktop_app.core.detection import Scores
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry

ROWS, EVERY = 200_000, 100


def test_that_naming_thousands_of_events_costs_no_more_than_sorting_the_values_a_hundred_times() -> None:
    rng = np.random.default_rng(0)
    values = np.sin(np.arange(ROWS) / 50) + 0.05 * rng.standard_normal(ROWS)
    data = Telemetry(Source(), np.arange(ROWS, dtype=np.float64), values[:, None], (Channel("a", "V"),))
    scores = Scores(np.where(np.arange(ROWS) % EVERY < 20, 2.0, 0.0)[:, None])
    find_channel_events(data, scores, 1.0)
    began = perf_counter()
    events = find_channel_events(data, scores, 1.0)
    took = perf_counter() - began
    began = perf_counter()
    np.sort(values)
    sorting = perf_counter() - began
    assert len(events) == ROWS // EVERY
    assert took < 100 * sorting, f"{took:.3f} s against {sorting:.3f} s"
