"""How the judge of events is trained, measured and kept."""

import json
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.detection import Event
from desktop_app.core.errors import FitError, ReadError
from desktop_app.core.progress import silent
from desktop_app.core.vetting.numbers import DOUBT_NAMES, SHAPE_NAMES
from desktop_app.engine.train_vetting import KINDS, learn, train_vetting
from desktop_app.engine.vetting_examples import NOT_REAL, Example, examples_in
from desktop_app.engine.vetting_injections import with_injections
from desktop_app.engine.vetting_weights import NAME, arrays_of, judge_called, judge_of
from desktop_app.nets.weights import load_weights
from tests.data import quiet_curve
from tests.ui.stars import write_star

EVENT = Event(0, 1, 0, 9.0, "dip", {"depth": 0.01})


def examples(seed: int = 0) -> list[Example]:
    """Flares are brighter, transits flat, eclipses pointed; what is not real lies beside a gap."""
    rng = np.random.default_rng(seed)
    made = []
    for place in range(240):
        kind = ("flare", "transit", "eclipse", NOT_REAL)[place % 4]
        shape = dict(zip(SHAPE_NAMES, rng.normal(0, 0.1, len(SHAPE_NAMES)), strict=True))
        shape["side"] = 1.0 if kind == "flare" else -1.0
        shape["flatness"] += {"transit": 1.0, "eclipse": 0.0}.get(kind, 0.5)
        doubt = dict.fromkeys(DOUBT_NAMES, 0.0)
        doubt["gap"] = rng.uniform(1.5, 3) if kind == NOT_REAL else rng.uniform(0, 0.5)
        origin = "quiet" if kind == NOT_REAL else "real"
        made.append(Example(f"star {place // 4 % 12}", kind, origin, "file", EVENT, shape, doubt))
    return made


def test_that_kinds_and_doubts_are_learnt_and_hold_on_stars_left_out() -> None:
    judge, told = learn(examples(), 12, 0, silent)
    scores = told["scores"]
    assert scores["real_right"] > 0.95
    assert scores["not_real_called_artefact"] > 0.9
    assert scores["real_called_artefact"] < 0.1
    assert judge.doubt_weight[DOUBT_NAMES.index("gap")] > 1
    assert (judge.doubt_weight >= 0).all()


def test_that_the_reliability_rows_cover_every_example_once() -> None:
    _, told = learn(examples(), 6, 0, silent)
    assert sum(row["events"] for row in told["reliability"]) == 180
    assert sum(row["events"] for row in told["suspicion_reliability"]) == 240
    assert sum(row["weight"] for row in told["reliability"]) == pytest.approx(1, abs=1e-3)
    assert 0 <= told["scores"]["calibration_error"] < 0.25


def test_that_the_same_seed_gives_the_same_judge() -> None:
    first, second = (arrays_of(learn(examples(), 6, 3, silent)[0])[0] for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def test_that_the_exported_trees_answer_like_those_of_scikit_learn() -> None:
    from sklearn.ensemble import GradientBoostingClassifier

    from desktop_app.engine.train_vetting import _grown, _Lesson

    lesson = _Lesson.of(examples())
    use = lesson.kind >= 0
    judge = learn(examples(), 6, 0, silent)[0]
    assert np.array_equal(judge.feature, _grown(lesson, use, 6, 0)[0])
    weight = lesson.weight[use].copy()
    for number in np.unique(lesson.kind[use]):
        weight[lesson.kind[use] == number] /= np.sqrt(weight[lesson.kind[use] == number].sum())
    model = GradientBoostingClassifier(
        n_estimators=6,
        learning_rate=0.15,
        max_depth=3,
        subsample=0.6,
        min_samples_leaf=8,
        init="zero",
        random_state=0,
    ).fit(lesson.shape[use], lesson.kind[use], sample_weight=weight / weight.mean())
    logits = judge.logits(lesson.shape[use])[:, model.classes_]
    # Rows that lie on a limit may fall to either side: the trees of scikit-learn look at single precision.
    assert np.allclose(logits, model.decision_function(lesson.shape[use]), atol=1e-6)


def test_that_a_judge_is_the_same_after_it_was_taken_apart() -> None:
    judge = learn(examples(), 6, 0, silent)[0]
    arrays, names = arrays_of(judge)
    again = judge_of(arrays, json.loads(json.dumps(names)))
    table = np.array([[one.shape[name] for name in SHAPE_NAMES] for one in examples(1)])
    assert np.allclose(judge.logits(table), again.logits(table), atol=1e-4)
    assert again.kinds == KINDS


def test_that_the_weights_that_ship_are_for_the_numbers_that_are_made() -> None:
    judge, (_, card) = judge_called(), load_weights(NAME)
    assert (judge.kinds, judge.shape_names, judge.doubt_names) == (KINDS, SHAPE_NAMES, DOUBT_NAMES)
    assert card["scores"]["real_right"] >= 0.9
    assert card["scores"]["calibration_error"] < 0.06
    assert card["scores"]["suspicion_calibration_error"] < 0.06


def test_that_a_folder_that_holds_no_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        judge_called(str(tmp_path))


def test_that_a_folder_with_too_little_to_learn_from_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(FitError, match="only 0 events"):
        train_vetting(tmp_path, tmp_path / "out", 0, silent)
    assert not (tmp_path / "out").exists()


def test_that_truth_names_events_and_injections_add_others(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    star = write_star(data / "star.fits")
    (data / "truth").mkdir()
    from desktop_app.io import open_curve
    from tests.ui.stars import FLARE_ROW

    at = float(open_curve(star).time[FLARE_ROW])
    rows = f"file,event,t_start,t_end,grade\nstar.fits,flare,{at - 0.05},{at + 0.2},measured\n"
    (data / "truth" / "events.csv").write_text(rows)
    found = examples_in(data, 0, silent)
    assert ("flare", "real") in {(one.kind, one.origin) for one in found}
    injected = {one.kind for one in found if one.origin == "injected"}
    assert len(injected - {NOT_REAL}) >= 2
    assert [one.shape for one in examples_in(data, 0, silent)] == [one.shape for one in found]


def test_that_injected_events_share_no_row_and_change_only_theirs() -> None:
    curve = quiet_curve(4000)
    seen = set()
    for seed in range(8):
        made, spans = with_injections(curve, np.random.default_rng(seed))
        assert np.sum([rows for _, rows in spans], axis=0).max() <= 1
        seen |= {kind for kind, _ in spans}
        for _, rows in spans:
            assert np.any(made.flux[rows] != curve.flux[rows])
    assert {"transit", "eclipse", "flare", "dip", "step", "spike", "outlier", "crossing"} <= seen
