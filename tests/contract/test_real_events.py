"""The default detector on real light curves with graded events: how many it finds, as what, and how much too many."""

from functools import lru_cache

import pytest

from desktop_app.cli.evaluate_view import show_evaluation
from desktop_app.core.progress import silent
from desktop_app.detectors import DEFAULT_DETECTOR
from desktop_app.engine.evaluate.protocol import Score
from desktop_app.engine.evaluate.report import Request, evaluate
from tests.data import REAL, SHARED

FLOORS = {"flare": 131 / 156, "transit": 35 / 67, "eclipse": 68 / 84, "dip": 1.0}

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason=f"the real data are not here: {SHARED}"),
]


@lru_cache
def _scores() -> dict[str, Score]:
    """Of the default detector and of the controls; prints the whole table."""
    done = evaluate(Request(REAL, SHARED / "truth" / "events.csv"), silent)
    show_evaluation(done)
    return {method.name: score for method, score in zip(done.methods, done.scores, strict=True)}


def test_that_graded_events_are_among_the_best_of_their_file() -> None:
    ours, control = _scores()[DEFAULT_DETECTOR].recall, _scores()["running-median"].recall
    for kind, recall in ours.items():
        assert recall.budget.part >= control[kind].budget.part, kind
        assert recall.budget.value >= FLOORS.get(kind, 0.0), kind


def test_that_chance_and_window_features_find_less() -> None:
    scores = _scores()
    ours = sum(recall.budget.part for recall in scores[DEFAULT_DETECTOR].recall.values())
    for name in ("windows", "random"):
        assert ours > sum(recall.budget.part for recall in scores[name].recall.values())


def test_that_quiet_stars_give_less_than_one_event_in_27_days() -> None:
    quiet = _scores()[DEFAULT_DETECTOR].quiet
    assert quiet.files > 10
    assert 27 * quiet.false.value < 1
    assert 27 * quiet.inverted.value < 1


def test_that_no_file_is_missed() -> None:
    assert not _scores()[DEFAULT_DETECTOR].unread
