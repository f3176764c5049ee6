"""Sets of labelled channels made by seeded functions and written as files, for tests of evaluation."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.engine.evaluate.predict import Method
from desktop_app.engine.evaluate.telemetry.controls import CONTROLS
from desktop_app.engine.evaluate.telemetry.predict import Place, places_in, predict_all
from desktop_app.engine.evaluate.telemetry.results import MethodFigures
from desktop_app.engine.evaluate.telemetry.scoring import Order, Scored, score
from tests.data import SHARED

REAL_SET = SHARED / "telemetry" / "smap_msl_dev.npz"
TRAIN_ROWS, TEST_ROWS = 600, 1200
COMMANDS = 24
SPACECRAFT = {"P-1": "SMAP", "P-2": "SMAP", "M-1": "MSL"}
EVENTS: dict[str, list[tuple[int, int]]] = {"P-1": [(500, 580)], "P-2": [(300, 340), (900, 990)], "M-1": [(700, 760)]}
QUIET = "Q-1"


def real_set() -> Path:
    """The labelled development channels; skips the test where they are absent."""
    if not REAL_SET.exists():
        pytest.skip(f"the real data are not here: {REAL_SET}")
    return REAL_SET


def write_set(folder: Path, *, labels: bool = True, quiet: bool = False) -> Path:
    """An archive of channels with waves, and stretches that stand still or jump; labels beside it if wished."""
    arrays: dict[str, Floats] = {}
    names = [*EVENTS, QUIET] if quiet else list(EVENTS)
    for seed, name in enumerate(names):
        arrays[f"{name}.train.value"] = wave(TRAIN_ROWS, seed)
        arrays[f"{name}.test.value"] = broken(wave(TEST_ROWS, seed + 100), EVENTS.get(name, []))
        for stretch, rows in (("train", TRAIN_ROWS), ("test", TEST_ROWS)):
            arrays[f"{name}.{stretch}.commands"] = np.zeros((rows, COMMANDS))
    path = folder / "channels.npz"
    np.savez(path, **arrays)  # type: ignore[arg-type]  # numpy takes the names for its other arguments
    if labels:
        (folder / "channels_labels.json").write_text(json.dumps(labels_of(names)), encoding="utf-8")
    return path


def labels_of(names: Sequence[str]) -> Mapping[str, object]:
    """The labels in the form of the development set: both ends belong to an event."""
    return {
        name: {
            "spacecraft": SPACECRAFT.get(name, "SMAP"),
            "anomalies": [[start, stop - 1, "point"] for start, stop in EVENTS.get(name, [])],
        }
        for name in names
    }


def wave(rows: int, seed: int) -> Floats:
    """A period of 60 samples with a little noise."""
    rng = np.random.default_rng(seed)
    return np.sin(2 * np.pi * np.arange(rows) / 60) + 0.03 * rng.standard_normal(rows)


def broken(values: Floats, events: Sequence[tuple[int, int]]) -> Floats:
    """``values`` that stand still in the first event and jump in the others."""
    values = values.copy()
    for number, (start, stop) in enumerate(events):
        values[start:stop] = values[start] if number == 0 else values[start:stop] + 1.5
    return values


def predicted(path: Path, folder: Path, *names: str) -> tuple[tuple[Place, ...], tuple[Method, ...]]:
    """Places of ``path`` and methods called ``names``, whose predictions are then in ``folder``."""
    folder.mkdir()
    methods = tuple(Method(name, control=name in CONTROLS) for name in names)
    places = places_in(path)
    predict_all(places, methods, folder, 1, lambda _done, _text: None)
    return places, methods


def scored(path: Path, folder: Path, *names: str, labels: Path | None = None) -> Scored:
    """What methods called ``names`` are worth on ``path``, all in this process."""
    places, methods = predicted(path, folder, *names)
    return score(order_of(path, folder, places, methods, labels))


def order_of(
    path: Path, folder: Path, places: tuple[Place, ...], methods: tuple[Method, ...], labels: Path | None = None
) -> Order:
    """What the second process is asked for."""
    asked = tuple(MethodFigures(one.name, one.name, one.control, ("offline",)) for one in methods)
    return Order(folder, places, labels, asked, path.name)
