"""What is known is read as it was graded, found files are those that were meant, and hits are counted fairly."""

from dataclasses import replace
from math import isnan, nan
from pathlib import Path

import pytest

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.engine.evaluate.intervals import ratio
from desktop_app.engine.evaluate.predict import Found, Method, Prediction, Task, predict, predict_all
from desktop_app.engine.evaluate.protocol import MISSED, Known, Score, is_hit, is_right, score, slack_d
from desktop_app.engine.evaluate.report import Evaluation, Request, as_json, evaluate
from desktop_app.engine.evaluate.truth import Standing, TrueEvent, find_files, quiet_beside, read_quiet, read_truth
from tests.evaluations import DIPS, FLARES, rows_of, star, write_curve, write_folder, write_table

OURS = Method("ensemble")


def without_clock(predictions: tuple[Prediction, ...]) -> list[str]:
    """As text, in which NaN is like NaN."""
    return [repr(replace(one, seconds=0.0)) for one in predictions]


def of(evaluation: Evaluation, name: str) -> Score:
    names = [method.name for method in evaluation.methods]
    return evaluation.scores[names.index(name)]


def prediction(*flagged: Found, weaker: tuple[Found, ...] = (), file: str = "a.csv") -> Prediction:
    return Prediction(file, "ensemble", flagged, weaker, days=27.0, cadence_d=0.001, seconds=0.1)


def found(start: float, stop: float, kind: str = "flare", score: float = 9.0, period_d: float = nan) -> Found:
    return Found(start, stop, score, kind, period_d)


@pytest.mark.parametrize(
    ("grade", "standing"),
    [
        ("measured", Standing.GRADED),
        ("hand-vetted real", Standing.GRADED),
        ("hand-vetted", Standing.GRADED),
        ("published", Standing.GRADED),
        ("algorithmic (14 sigma)", Standing.WEAK),
        ("catalogue", Standing.WEAK),
        ("hand-vetted NOT real", Standing.FALSE),
        ("in gap", Standing.LEFT_OUT),
        ("weak/unmeasured", Standing.LEFT_OUT),
        ("vetted ambiguous", Standing.LEFT_OUT),
        ("somebody said so", Standing.LEFT_OUT),
    ],
)
def test_that_a_row_counts_as_its_grade_says(tmp_path: Path, grade: str, standing: Standing) -> None:
    truth = read_truth(write_table(tmp_path / "t.csv", [f"a.csv,flare,1,,2,{grade},"]))
    assert truth.events["a.csv"] == (TrueEvent("flare", 1.0, 2.0, standing),)


@pytest.mark.parametrize(
    ("event", "kind"),
    [("eclipse/FP", "eclipse"), ("aperiodic dip", "dip"), ("flare (superflare)", "flare"), ("transit", "transit")],
)
def test_that_kinds_of_the_table_are_kinds_of_events(tmp_path: Path, event: str, kind: str) -> None:
    truth = read_truth(write_table(tmp_path / "t.csv", [f"a.csv,{event},1,,2,measured,"]))
    assert truth.events["a.csv"][0].kind == kind


def test_that_a_missing_end_is_the_latest_time_that_is_known(tmp_path: Path) -> None:
    truth = read_truth(write_table(tmp_path / "t.csv", ["a.csv,flare,1,1.5,,measured,"]))
    assert (truth.events["a.csv"][0].start, truth.events["a.csv"][0].stop) == (1.0, 1.5)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no rows"),
        ("file,event,t_end\na,flare,1\n", "no column 't_start'"),
        ("file,event,t_start,t_end\na,flare,,soon\n", "line 2: the event has no time"),
    ],
)
def test_that_a_table_that_cannot_be_used_is_a_sentence(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match=told):
        read_truth(path)


def test_that_a_table_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        read_truth(tmp_path / "none.csv")


def test_that_files_are_found_from_the_root_and_from_below_it(tmp_path: Path) -> None:
    path = write_curve(tmp_path / "curves" / "tess" / "a.csv", *star(0, eventful=False))
    other = write_curve(tmp_path / "curves" / "kepler" / "a.csv", *star(0, eventful=False))
    for folder in (tmp_path, tmp_path / "curves"):
        there = find_files(folder, ["curves/tess/a.csv", "curves/kepler/a.csv", "curves/tess/b.csv"])
        assert there == {"curves/tess/a.csv": path, "curves/kepler/a.csv": other, "curves/tess/b.csv": None}
    assert find_files(tmp_path / "curves" / "tess", ["curves/tess/a.csv"])["curves/tess/a.csv"] == path


def test_that_a_folder_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="not a folder"):
        find_files(tmp_path / "none", ["a.csv"])


def test_that_quiet_files_are_named_by_groups_or_line_by_line(tmp_path: Path) -> None:
    groups, lines = tmp_path / "classes.csv", tmp_path / "quiet.txt"
    groups.write_text("file,grp\na.csv,quiet\nb.csv,RR Lyrae\n", encoding="utf-8")
    lines.write_text("# stars\na.csv\n\nsub/c.csv\n", encoding="utf-8")
    assert read_quiet(groups) == ("a.csv",)
    assert read_quiet(lines) == ("a.csv", "sub/c.csv")
    assert quiet_beside(write_table(tmp_path / "t.csv", [])) == groups


def test_that_a_hit_may_miss_by_one_cadence_or_half_an_hour() -> None:
    event = TrueEvent("flare", 10.0, 10.1)
    assert slack_d(0.1) == 0.1
    assert is_hit(event, found(10.11, 10.2), slack_d(0.001))
    assert not is_hit(event, found(10.13, 10.2), slack_d(0.001))
    assert is_hit(event, found(10.13, 10.2), slack_d(0.05))


def test_that_flagging_everything_finds_nothing() -> None:
    known = Known({"a.csv": (TrueEvent("flare", 10.0, 10.1), TrueEvent("transit", 12.0, 12.2))})
    recall = score([prediction(found(0.0, 27.0))], known).recall
    assert recall["flare"].flagged.part == recall["transit"].flagged.part == 0


def test_that_only_as_many_count_as_the_budget_allows() -> None:
    known = Known({"a.csv": (TrueEvent("flare", 10.0, 10.1),)}, budget=2)
    false = [found(float(at), at + 0.1, score=50.0 - at) for at in range(3)]
    late = score([prediction(*false, found(10.0, 10.1))], known).recall["flare"]
    assert (late.budget.part, late.ranked.part, late.flagged.part) == (0, 0, 1)
    soon = score([prediction(*false[:2], found(10.0, 10.1))], known).recall["flare"]
    assert (soon.budget.part, soon.ranked.part, soon.flagged.part) == (1, 1, 1)


def test_that_weaker_events_fill_the_budget_up_and_are_told_apart() -> None:
    known = Known({"a.csv": (TrueEvent("flare", 10.0, 10.1),)}, budget=1)
    weak = score([prediction(found(1, 1.1), weaker=(found(10.0, 10.1, score=4.0),))], known).recall["flare"]
    assert (weak.budget.part, weak.ranked.part, weak.flagged.part) == (0, 1, 0)


@pytest.mark.parametrize(
    ("kind", "one", "right"),
    [
        ("flare", found(1, 2, "flare"), True),
        ("flare", found(1, 2, "spike"), False),
        ("transit", found(1, 2, "eclipse"), False),
        ("dip", found(1, 2, "dip"), True),
        ("dip", found(1, 2, "dip", period_d=3.0), False),
        ("crossing", found(1, 2, "artefact"), True),
        ("crossing", found(1, 2, "flare"), False),
        ("crossing", Found(1, 2, 9.0, "dip", reasons=("symmetric, as an asteroid that crosses",)), True),
        ("flare", None, False),
    ],
)
def test_that_a_kind_is_right_where_it_is_what_the_table_says(kind: str, one: Found | None, right: bool) -> None:
    assert is_right(kind, one) is right


def test_that_rows_that_are_not_sure_are_neither_recall_nor_false() -> None:
    events = (
        TrueEvent("flare", 10.0, 10.1),
        TrueEvent("flare", 12.0, 12.1, Standing.WEAK),
        TrueEvent("flare", 14.0, 14.1, Standing.LEFT_OUT),
        TrueEvent("flare", 16.0, 16.1, Standing.FALSE),
    )
    flagged = [found(at, at + 0.1) for at in (10.0, 12.0, 14.0, 16.0, 18.0)]
    figures = score([prediction(*flagged)], Known({"a.csv": events}, complete={"a.csv"}))
    assert (figures.recall["flare"].flagged.part, figures.recall["flare"].flagged.whole) == (1, 1)
    assert (figures.weak["flare"].flagged.part, figures.weak["flare"].flagged.whole) == (1, 1)
    assert (figures.precision["flare"].part, figures.precision["flare"].whole) == (1, 3)
    assert (figures.known_false.part, figures.known_false.whole) == (1, 1)


def test_that_what_is_missed_stands_in_the_table_of_kinds() -> None:
    known = Known({"a.csv": (TrueEvent("transit", 1.0, 1.1), TrueEvent("transit", 5.0, 5.1))})
    figures = score([prediction(found(1.0, 1.1, "dip"))], known)
    assert figures.confusion == {"transit": {"dip": 1, MISSED: 1}}
    assert figures.right["transit"].value == 0


def test_that_quiet_curves_count_what_no_row_explains() -> None:
    known = Known({"a.csv": (TrueEvent("transit", 1.0, 1.1),)}, quiet={"a.csv"})
    figures = score([prediction(found(1.0, 1.1, "dip"), found(9.0, 9.1, "spike"))], known).quiet
    assert (figures.files, figures.false.part, figures.false.whole, figures.kinds) == (1, 1, 27.0, {"spike": 1})


def test_that_an_interval_holds_its_share_and_one_file_has_none() -> None:
    many = ratio([(1, 2), (2, 2), (0, 2), (2, 2), (1, 2)])
    assert many.low < many.value < many.high
    assert many == ratio([(1, 2), (2, 2), (0, 2), (2, 2), (1, 2)])
    assert isnan(ratio([(1, 2), (0, 0)]).low)


def test_that_planted_events_are_found_and_counted(tmp_path: Path) -> None:
    done = evaluate(Request(tmp_path, write_folder(tmp_path)), silent)
    ours, chance = of(done, "ensemble"), of(done, "random")
    assert ours.recall["flare"].budget.whole == 3 * len(FLARES)
    assert ours.recall["flare"].budget.value == ours.recall["dip"].budget.value == 1
    assert chance.recall["flare"].budget.value < 0.4
    assert ours.right["flare"].value == 1
    assert ours.quiet.files == 2
    assert ours.quiet.false.whole == pytest.approx(40, rel=0.01)
    assert ours.quiet.inverted.whole == pytest.approx(40, rel=0.01)
    assert not ours.unread


def test_that_labels_at_other_times_bring_recall_down_to_chance(tmp_path: Path) -> None:
    done = evaluate(Request(tmp_path, write_folder(tmp_path, moved_d=1.37)), silent)
    for kind in ("flare", "dip"):
        assert of(done, "ensemble").recall[kind].budget.value <= of(done, "random").recall[kind].ranked.value + 0.2


def test_that_predictions_are_the_same_whatever_the_table_says(tmp_path: Path) -> None:
    write_folder(tmp_path)
    task = Task("a", tmp_path / "curves" / "star0.csv", (OURS,))
    before = without_clock(predict(task))
    for path in (tmp_path / "truth").iterdir():
        path.unlink()
    assert without_clock(predict(task)) == before
    assert len(predict(task)[0].flagged) >= len(FLARES) + len(DIPS)


def test_that_processes_side_by_side_predict_the_same(tmp_path: Path) -> None:
    write_folder(tmp_path)
    methods = (OURS, Method("random", control=True))
    tasks = [Task(f"{seed}", tmp_path / "curves" / f"star{seed}.csv", methods) for seed in range(2)]
    alone, told = predict_all(tasks, 1, silent), list[float]()
    beside = predict_all(tasks, 2, lambda done, _text: told.append(done))
    assert without_clock(beside) == without_clock(alone)
    assert told[-1] == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_that_a_cancel_ends_an_evaluation(tmp_path: Path, jobs: int) -> None:
    def cancel(_done: float, _text: str) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        evaluate(Request(tmp_path, write_folder(tmp_path), jobs=jobs), cancel)


def test_that_an_unreadable_file_is_told_and_its_events_are_missed(tmp_path: Path) -> None:
    (tmp_path / "broken.fits").write_bytes(b"SIMPLE  = nothing")
    table = write_table(tmp_path / "t.csv", rows_of("broken.fits"))
    done = evaluate(Request(tmp_path, table, controls=False), silent)
    assert set(done.scores[0].unread) == {"broken.fits"}
    assert (done.scores[0].recall["flare"].flagged.part, done.scores[0].recall["flare"].flagged.whole) == (0, 3)


def test_that_files_that_are_not_there_are_left_out_and_named(tmp_path: Path) -> None:
    write_curve(tmp_path / "a.csv", *star(0, eventful=True))
    table = write_table(tmp_path / "t.csv", rows_of("a.csv") + rows_of("b.csv"))
    done = evaluate(Request(tmp_path, table, controls=False), silent)
    assert done.no_file == ("b.csv",)
    assert done.scores[0].recall["flare"].flagged.whole == len(FLARES)


def test_that_a_folder_without_any_of_the_files_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="None of the 1 files"):
        evaluate(Request(tmp_path, write_table(tmp_path / "t.csv", rows_of("a.csv"))), silent)


def test_that_settings_need_one_detector_that_has_them(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="no detector of light curves called 'tarot'"):
        Request(tmp_path, tmp_path, ("tarot",)).methods()
    with pytest.raises(ParamError, match="no setting called 'cards'"):
        Request(tmp_path, tmp_path, settings={"cards": "78"}).methods()


def test_that_a_threshold_that_nothing_reaches_finds_nothing(tmp_path: Path) -> None:
    done = evaluate(Request(tmp_path, write_folder(tmp_path), threshold=1e6, controls=False), silent)
    assert done.scores[0].recall["flare"].flagged.part == 0
    assert done.scores[0].recall["flare"].ranked.part == 3 * len(FLARES)


def test_that_the_report_for_programs_keeps_its_keys(tmp_path: Path) -> None:
    told = as_json(evaluate(Request(tmp_path, write_folder(tmp_path), controls=False), silent))
    assert set(told) == {
        "evaluation",
        "application",
        "created",
        "code_sha256",
        "folder",
        "truth",
        "quiet",
        "looked_at",
        "no_file",
        "protocol",
        "methods",
    }
    methods = told["methods"]
    assert isinstance(methods, list)
    assert {"name", "version", "weights", "recall", "kind_right", "confusion", "quiet", "events"} <= set(methods[0])
    assert methods[0]["recall"]["flare"]["budget"]["value"] == 1
