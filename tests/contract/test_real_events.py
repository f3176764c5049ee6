"""The default detector on real light curves with graded events: how many it finds, and how much too many."""

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.events import find_events
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.detectors import DEFAULT_DETECTOR, DETECTORS
from desktop_app.io import open_curve
from tests.curves import running_median_detector, running_median_sigmas
from tests.data import REAL, SHARED

SPEC = DETECTORS[DEFAULT_DETECTOR]
GRADES = {"measured", "hand-vetted real", "hand-vetted", "published"}
EXTRA = 10
FLOORS = {"flare": 131 / 156, "transit": 35 / 67, "eclipse/FP": 68 / 84, "aperiodic dip": 1.0}
LEAST_PAD_D = 0.02

Span = tuple[float, float, float]
"""First time, last time, strength."""

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason=f"the real data are not here: {SHARED}"),
]


def _ours(curve: LightCurve) -> list[Span]:
    scores = SPEC.build(SPEC.params()).fit(curve, silent).score(curve, silent)
    events = find_events(curve, scores, SPEC.threshold)
    return [(curve.time[event.start], curve.time[event.stop - 1], event.score) for event in events]


def _control(curve: LightCurve) -> list[Span]:
    _, runs = running_median_detector(curve)
    sigmas = running_median_sigmas(curve)
    return [(curve.time[a], curve.time[b - 1], float(sigmas[a:b].max())) for a, b in runs]


def _hits(found: Sequence[Span], truth: Sequence[dict[str, str]], pad_d: float) -> Counter[str]:
    """True events that one of the strongest ``len(truth) + EXTRA`` found ones overlaps, by kind."""
    best = sorted(found, key=lambda span: -span[2])[: len(truth) + EXTRA]
    hits: Counter[str] = Counter()
    for row in truth:
        start = float(row["t_start"])
        stop = float(row["t_end"] or start)
        hits[row["event"]] += any(a <= stop + pad_d and b >= start - pad_d for a, b, _ in best)
    return hits


@lru_cache
def _recall() -> tuple[Counter[str], Counter[str], Counter[str]]:
    """How many graded events there are, how many we find, and how many a running median does."""
    truth = defaultdict(list)
    with (SHARED / "truth" / "events.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["grade"] in GRADES and row["file"].startswith("lightcurves/"):
                truth[row["file"]].append(row)
    total, ours, control = Counter[str](), Counter[str](), Counter[str]()
    for name, rows in truth.items():
        curve = open_curve(SHARED / name)
        pad_d = max(LEAST_PAD_D, float(np.median(np.diff(curve.time[curve.usable]))))
        total.update(row["event"] for row in rows)
        ours.update(_hits(_ours(curve), rows, pad_d))
        control.update(_hits(_control(curve), rows, pad_d))
    return total, ours, control


def test_that_graded_events_are_among_the_best_of_their_file() -> None:
    total, ours, control = _recall()
    for kind, n in total.items():
        print(f"\n{kind}: {ours[kind]} of {n}, a running median {control[kind]}")  # noqa: T201 - a benchmark tells its figures
        assert ours[kind] >= control[kind]
        assert ours[kind] >= FLOORS.get(kind, 0.0) * n


def test_that_quiet_stars_give_less_than_one_event_in_ten_days() -> None:
    with (SHARED / "truth" / "kepler_classes.csv").open(newline="") as file:
        names = {row["file"] for row in csv.DictReader(file) if row["grp"] == "quiet"}
    paths = [path for path in Path(REAL).glob("kepler_*/*.fits") if path.name in names]
    events, days = 0, 0.0
    for path in paths:
        curve = open_curve(path)
        events += len(_ours(curve))
        days += float(np.count_nonzero(curve.usable) * np.median(np.diff(curve.time[curve.usable])))
    print(f"\n{len(paths)} quiet stars: {events} events in {days:.0f} days, {10 * events / days:.2f} in ten")  # noqa: T201 - a benchmark tells its figures
    assert len(paths) > 10
    assert events < days / 10
