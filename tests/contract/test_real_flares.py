"""The flare detector on real light curves with hand-vetted flares, and on quiet ones."""

import csv
from functools import lru_cache

import numpy as np
import pytest

from desktop_app.core.detection import Event
from desktop_app.core.events import find_events
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.detectors.curves.flares import SPEC
from desktop_app.io import open_curve
from tests.data import SHARED

REAL, PAD_D, EXTRA = "hand-vetted real", 0.02, 10

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason=f"the real data are not here: {SHARED}"),
]


def _events(curve: LightCurve) -> tuple[Event, ...]:
    scores = SPEC.build(SPEC.params()).fit(curve, silent).score(curve, silent)
    return find_events(curve, scores, SPEC.threshold)


@lru_cache
def _flares() -> dict[str, list[tuple[float, float]]]:
    """First and last times of hand-vetted flares by file."""
    spans: dict[str, list[tuple[float, float]]] = {}
    with (SHARED / "truth" / "events.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["event"] == "flare" and row["grade"] == REAL:
                start = float(row["t_start"])
                spans.setdefault(row["file"], []).append((start, float(row["t_end"] or start)))
    return spans


def test_that_vetted_flares_are_among_the_best_of_their_file_and_called_flares() -> None:
    total = hits = named = 0
    for name, spans in _flares().items():
        curve = open_curve(SHARED / name)
        best = sorted(_events(curve), key=lambda event: -event.score)[: len(spans) + EXTRA]
        for start, stop in spans:
            over = [
                event
                for event in best
                if curve.time[event.start] <= stop + PAD_D and curve.time[event.stop - 1] >= start - PAD_D
            ]
            total += 1
            hits += bool(over)
            named += any(event.kind == "flare" for event in over)
    print(f"\n{hits} of {total} hand-vetted flares, {named} of them called flares")  # noqa: T201 - a benchmark tells its figures
    assert total > 100
    assert hits >= 0.96 * total
    assert named >= 0.95 * hits


def test_that_quiet_stars_give_less_than_one_flare_in_27_days() -> None:
    with (SHARED / "truth" / "kepler_classes.csv").open(newline="") as file:
        names = {row["file"] for row in csv.DictReader(file) if row["grp"] == "quiet"}
    events, days = 0, 0.0
    for path in (SHARED / "lightcurves").glob("kepler_*/*.fits"):
        if path.name in names:
            curve = open_curve(path)
            events += len(_events(curve))
            days += float(np.count_nonzero(curve.usable) * np.median(np.diff(curve.time[curve.usable])))
    print(f"\n{events} events in {days:.0f} days of quiet stars")  # noqa: T201 - a benchmark tells its figures
    assert days > 500
    assert 27 * events < days
