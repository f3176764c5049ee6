"""The default detector on the five scenarios, against a running median of 101 points and four sigmas."""

import numpy as np
import pytest

from desktop_app.core.events import find_events
from desktop_app.core.progress import silent
from desktop_app.core.simulate import SCENARIOS, simulate
from desktop_app.detectors import DETECTORS
from tests.curves import curve_of, event_counts, f1, point_counts, running_median_detector

SPEC = DETECTORS["ensemble"]
SEEDS = range(20)


def totals(scenario: str) -> dict[str, tuple[float, float]]:
    """Point and event F1 of both, pooled over the seeds."""
    counts = {(who, what): np.zeros(3, np.int64) for who in ("ours", "control") for what in ("point", "event")}
    for seed in SEEDS:
        data, planted = simulate(scenario, seed=seed)
        true = np.zeros(len(data), dtype=np.bool_)
        for event in planted:
            true[event.start : event.stop] = True
        true &= data.usable
        scores = SPEC.build(SPEC.params()).fit(data, silent).score(data, silent)
        events = [(event.start, event.stop) for event in find_events(data, scores, SPEC.threshold)]
        flagged, runs = running_median_detector(data)
        spans = [(event.start, event.stop) for event in planted]
        counts["ours", "point"] += point_counts(np.nan_to_num(scores.values) >= SPEC.threshold, true)
        counts["ours", "event"] += event_counts(events, spans)
        counts["control", "point"] += point_counts(flagged, true)
        counts["control", "event"] += event_counts(runs, spans)
    return {
        who: (f1(*map(int, counts[who, "point"])), f1(*map(int, counts[who, "event"]))) for who in ("ours", "control")
    }


@pytest.mark.slow
@pytest.mark.parametrize("scenario", [name for name in SCENARIOS if name != "clean_star"])
def test_that_rows_and_events_are_found_better_than_by_a_running_median(scenario: str) -> None:
    figures = totals(scenario)
    print(f"\n{scenario}: point and event F1 {figures}")  # noqa: T201 - a benchmark tells its figures
    assert figures["ours"][0] > figures["control"][0]
    assert figures["ours"][1] > figures["control"][1]
    assert figures["ours"][1] > 0.98


@pytest.mark.slow
@pytest.mark.parametrize("rows", [2000, 20_000])
@pytest.mark.parametrize("amplitude", [0.0, 0.01], ids=["steady", "turning"])
def test_that_a_clean_star_yields_nothing(rows: int, amplitude: float) -> None:
    time = np.linspace(0.0, 100.0, rows)
    with_events = 0
    for seed in range(20):
        rng = np.random.default_rng(7000 + seed)
        flux = 1 + 0.005 * rng.standard_normal(rows) + amplitude * np.sin(2 * np.pi * time / 50)
        data = curve_of(time, flux)
        scores = SPEC.build(SPEC.params()).fit(data, silent).score(data, silent)
        with_events += bool(find_events(data, scores, SPEC.threshold))
    assert with_events <= 1
