"""What vetting finds out about events whose making is known."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Event, PeriodicSignal, Scores
from desktop_app.core.events import find_events
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.simulate import flare_shape
from desktop_app.core.vetting import ARTEFACT_FROM, SKY, Company, allowed, vet
from desktop_app.core.vetting.judge import LEAF, Judge, softmax
from desktop_app.core.vetting.numbers import DOUBT_NAMES, SHAPE_NAMES, crossing, shape_numbers
from desktop_app.core.vetting.periodic import together
from desktop_app.core.vetting.view import Sums, View, contrast, view_of
from tests.data import quiet_curve

NOISE = 1e-3
N = 3000
KINDS = ("transit", "eclipse", "flare", "dip", "step", "spike", "outlier")


def star(signal: Floats, **changes: object) -> LightCurve:
    """A quiet star with ``signal`` on it."""
    quiet = quiet_curve(N, noise=NOISE)
    source = replace(quiet.source, segment="sector 1")
    return replace(quiet, flux=quiet.flux + signal, source=source, **changes)  # type: ignore[arg-type]


def found_in(curve: LightCurve, threshold: float = 6.0) -> tuple[Scores, tuple[Event, ...]]:
    """Scores against a flat baseline, smoothed over five rows so that an event is one stretch, and its events."""
    deviation = np.abs(np.convolve(curve.flux - 1, np.ones(5) / np.sqrt(5), mode="same")) / NOISE
    scores = Scores(deviation, {"baseline": np.ones(N), "noise": np.full(N, NOISE)})
    return scores, find_events(curve, scores, threshold)


def bump(at: int, width: float, height: float) -> Floats:
    return height * np.exp(-0.5 * ((np.arange(N) - at) / width) ** 2)


def flare(at: int, width: float, height: float) -> Floats:
    return height * flare_shape(np.arange(N, dtype=np.float64), peak=float(at), half_width_d=width)


def box(at: int, width: int, height: float) -> Floats:
    return np.where(np.abs(np.arange(N) - at) <= width // 2, height, 0.0)


def vee(at: int, width: int, height: float) -> Floats:
    return height * np.clip(1 - np.abs(np.arange(N) - at) / (width / 2), 0, None)


def view(signal: Floats) -> tuple[View, tuple[Event, ...]]:
    curve = star(signal)
    scores, events = found_in(curve)
    seen = view_of(curve, scores, events)
    assert seen is not None
    return seen, events


def only(signal: Floats) -> dict[str, float]:
    """The numbers of the strongest event that ``signal`` makes."""
    seen, events = view(signal)
    strongest = int(np.argmax([event.score for event in events]))
    return {name: float(column[strongest]) for name, column in shape_numbers(seen, events).items()}


def judge(*, step: float = 0.0, doubt: dict[str, float] | None = None, start: float = -3.0) -> Judge:
    """One tree a kind: brighter is a flare, fainter a dip; ``doubt`` weighs what speaks for the instrument."""
    size = (len(KINDS), 1, 3)
    feature, left, right = np.full(size, LEAF), np.zeros(size, np.int64), np.zeros(size, np.int64)
    limit, value = np.zeros(size), np.zeros(size)
    for kind, brighter in (("flare", 1.0), ("dip", -1.0)):
        place = KINDS.index(kind)
        feature[place, 0, 0], left[place, 0, 0], right[place, 0, 0] = SHAPE_NAMES.index("side"), 1, 2
        value[place, 0] = [0.0, -2 * brighter, 2 * brighter]
    value[KINDS.index("step"), 0, 0] = step
    weight = np.array([(doubt or {}).get(name, 0.0) for name in DOUBT_NAMES])
    zeros = np.zeros(len(KINDS))
    return Judge(KINDS, SHAPE_NAMES, DOUBT_NAMES, feature, left, right, limit, value, zeros, 1.0, weight, start)


def test_that_a_flare_is_lopsided_and_a_bump_is_not() -> None:
    uneven, even = only(flare(1500, 8, 0.05)), only(bump(1500, 12, 0.05))
    assert uneven["asymmetry"] < -0.4
    assert abs(even["asymmetry"]) < 0.1
    assert uneven["lopsided"] > 3 * even["lopsided"]
    assert uneven["decay"] > uneven["rise"]


def test_that_a_box_has_a_flatter_bottom_than_a_vee() -> None:
    assert only(box(1500, 40, -0.02))["flatness"] > 0.8
    assert only(vee(1500, 60, -0.02))["flatness"] < 0.5
    assert only(box(1500, 40, -0.02))["fill"] > only(vee(1500, 60, -0.02))["fill"]


def test_that_two_lobes_are_bumpy_and_one_is_not() -> None:
    assert only(bump(1500, 14, -0.03))["bumpy"] < 0.05
    assert only(bump(1480, 9, -0.03) + bump(1520, 9, -0.02) - box(1500, 40, 0.006))["bumpy"] > 0.2


def test_that_events_of_like_depth_and_length_are_counted() -> None:
    signal = sum((box(at, 20, -0.01) for at in (500, 1000, 1500)), box(2200, 20, -0.05))
    seen, events = view(np.asarray(signal))
    alike = shape_numbers(seen, events)["alike"]
    assert np.rint(np.expm1(alike)).tolist() == [2, 2, 2, 0]


def test_that_the_mirror_test_compares_with_the_other_side_at_the_same_length() -> None:
    alone = only(box(1500, 20, -0.02))["opposite"]
    beside = only(box(1500, 20, -0.02) + box(700, 80, 0.019))["opposite"]
    assert alone < 0.1
    assert beside > 0.8


def test_that_a_symmetric_brightening_looks_like_a_crossing_and_a_flare_does_not() -> None:
    seen, events = view(bump(900, 15, 0.05) + flare(2000, 10, 0.08))
    like = crossing(seen, shape_numbers(seen, events))
    assert like[0] > 0.5
    assert like[-1] < 0.05


def test_that_contrasts_are_those_of_a_plain_loop() -> None:
    seen, _ = view(box(1500, 20, -0.02))
    own, references = contrast(seen, Sums.over(seen.value))
    a, b = int(seen.first[0]), int(seen.stop[0])
    n, side = b - a, max(b - a, 3)
    slow = seen.value[a:b].mean() - 0.5 * (seen.value[a - side : a].mean() + seen.value[b : b + side].mean())
    assert own[0] == pytest.approx(slow)
    low = int(np.floor((N - n) * 10.5 / references.shape[1]))
    around = 0.5 * (seen.value[low - side : low].mean() + seen.value[low + n : low + n + side].mean())
    assert references[0, 10] == pytest.approx(seen.value[low : low + n].mean() - around)


def test_that_trees_answer_as_a_walk_through_their_nodes_does() -> None:
    rng = np.random.default_rng(0)
    size = (2, 5, 7)
    feature = np.full(size, LEAF)
    feature[:, :, :3] = rng.integers(0, 4, (2, 5, 3))
    left, right = np.zeros(size, np.int64), np.zeros(size, np.int64)
    left[:, :, :3], right[:, :, :3] = [1, 3, 5], [2, 4, 6]
    limit, value = rng.normal(size=size), rng.normal(size=size)
    names = ("a", "b", "c", "d")
    made = Judge(
        ("x", "y"), names, (), feature, left, right, limit, value, np.array([0.1, -0.2]), 1.0, np.zeros(0), 0.0
    )
    table = rng.normal(size=(30, 4))
    for row, logits in zip(table, made.logits(table), strict=True):
        for kind in range(2):
            total = made.start[kind]
            for tree in range(5):
                node = 0
                while feature[kind, tree, node] != LEAF:
                    goes_left = row[feature[kind, tree, node]] <= limit[kind, tree, node]
                    node = int((left if goes_left else right)[kind, tree, node])
                total += value[kind, tree, node]
            assert logits[kind] == pytest.approx(total)


def test_that_probabilities_of_all_kinds_add_up_and_impossible_ones_are_none() -> None:
    chance = softmax(np.random.default_rng(0).normal(size=(5, len(KINDS))))
    assert np.allclose(chance.sum(axis=1), 1)
    shape = {"side": np.array([-1.0, 1.0, -1.0, 1.0]), "is_step": np.array([1.0, 0.0, 0.0, 0.0])}
    shape["jump"] = np.array([0.0, -0.9, 0.05, 0.1])
    fits = allowed(KINDS, shape)
    not_brighter, not_fainter = ["flare", "spike"], ["transit", "eclipse", "dip"]
    for row, never in enumerate((not_brighter, not_fainter, [*not_brighter, "step"], [*not_fainter, "step"])):
        assert {kind for kind, ok in zip(KINDS, fits[row], strict=True) if not ok} == set(never)


def test_that_events_get_kind_probability_and_evidence_in_the_same_order() -> None:
    curve = star(flare(800, 8, 0.05) + box(2000, 30, -0.02))
    scores, events = found_in(curve)
    vetted = vet(curve, scores, events, judge=judge())
    assert [(e.start, e.stop, e.peak, e.score) for e in vetted] == [(e.start, e.stop, e.peak, e.score) for e in events]
    strong = [event for event in vetted if event.score > 20]
    assert [event.kind for event in strong] == ["flare", "dip"]
    for event in strong:
        assert 0 < event.probability <= 1
        assert 0 <= event.suspicion <= 1
        assert event.evidence[f"p_{event.kind}"] > 0.5
        assert set(events[0].evidence) <= set(event.evidence)


def test_that_without_tracks_events_come_back_as_they_are() -> None:
    curve = star(box(2000, 30, -0.02))
    scores, events = found_in(curve)
    bare = Scores(scores.values)
    assert vet(curve, bare, events, judge=judge()) == tuple(events)
    assert vet(curve, scores, (), judge=judge()) == ()


def test_that_without_a_judge_there_is_evidence_but_no_opinion() -> None:
    curve = star(box(2000, 30, -0.02))
    scores, events = found_in(curve)
    vetted = vet(curve, scores, events)
    assert [event.kind for event in vetted] == [event.kind for event in events]
    assert all(np.isnan(event.probability) and np.isnan(event.suspicion) for event in vetted)
    assert "flatness" in vetted[0].evidence


def test_that_a_momentum_dump_beside_an_event_is_named_with_its_distance() -> None:
    quality = np.zeros(N, np.int64)
    quality[1490] = 32
    curve = star(bump(1500, 2, 0.05), quality=quality)
    scores, events = found_in(curve)
    event = max(vet(curve, scores, events, judge=judge(doubt={"flag": 1.0})), key=lambda one: one.score)
    minutes = 24 * 60 * (curve.time[event.start] - curve.time[1490])
    shown = f"{minutes / 60:.1f} h" if minutes >= 60 else f"{minutes:.0f} min"
    assert event.reasons[0] == f"momentum dump {shown} before"
    assert event.evidence["flag_h"] == pytest.approx(-minutes / 60)


def test_that_flags_that_come_all_the_time_surprise_nobody() -> None:
    quality = np.zeros(N, np.int64)
    quality[::12] = 32
    curve = star(bump(1500, 2, 0.05), quality=quality)
    scores, events = found_in(curve)
    event = max(vet(curve, scores, events, judge=judge(doubt={"flag": 1.0})), key=lambda one: one.score)
    assert event.reasons == ()


def test_that_an_event_after_a_gap_is_told_so() -> None:
    curve = star(bump(1504, 3, 0.05))
    time = np.where(np.arange(N) >= 1495, curve.time + 3.0, curve.time)
    curve = replace(curve, time=time)
    scores, events = found_in(curve)
    event = max(vet(curve, scores, events, judge=judge(doubt={"gap": 1.0})), key=lambda one: one.score)
    assert event.reasons[0].endswith("after a gap")
    assert event.evidence["gap_h"] < 4


def test_that_a_centroid_that_jumps_with_a_small_dip_is_a_reason() -> None:
    rng = np.random.default_rng(1)
    still = 100 + 1e-3 * rng.standard_normal(N)
    columns = {"MOM_CENTR1": Series(still + box(1500, 20, 0.1)), "MOM_CENTR2": Series(still)}
    curve = star(box(1500, 20, -0.004), columns=columns)
    scores, events = found_in(curve)
    event = max(vet(curve, scores, events, judge=judge(doubt={"centroid": 1.0})), key=lambda one: one.score)
    assert event.reasons[0].startswith("centroid moved")
    assert event.evidence["centroid"] > 10


def test_that_a_suspected_event_of_the_sky_becomes_an_artefact_but_a_step_stays_one() -> None:
    curve = star(box(1500, 20, -0.02))
    scores, events = found_in(curve)
    doubted = max(vet(curve, scores, events, judge=judge(start=2.0)), key=lambda one: one.score)
    assert doubted.kind == "artefact"
    assert doubted.probability == doubted.suspicion >= ARTEFACT_FROM
    seen = Scores(scores.values, {**scores.tracks, "step": np.where(np.arange(N) == 1500, -0.02, 0.0)})
    events = find_events(curve, seen, 6.0)
    step = max(vet(curve, seen, events, judge=judge(step=9.0, start=2.0)), key=lambda one: one.score)
    assert step.kind == "step"
    assert step.kind not in SKY


def test_that_what_other_targets_do_at_once_raises_suspicion_and_is_counted() -> None:
    curve = star(box(1500, 20, -0.02))
    scores, events = found_in(curve)
    at = (float(curve.time[1490]), float(curve.time[1510]))
    others = tuple(f"TIC {number}" for number in range(12))
    company = Company("TESS", "sector 1", tuple((name, *at) for name in others[:9]), others)
    alone = max(vet(curve, scores, events, judge=judge()), key=lambda one: one.score)
    beside = max(vet(curve, scores, events, company, judge()), key=lambda one: one.score)
    assert beside.suspicion > alone.suspicion + 0.3
    assert beside.reasons[0] == "9 of 12 other targets do the same"
    assert (beside.evidence["company"], beside.evidence["company_of"]) == (9, 12)


def test_that_targets_of_another_sector_are_no_company() -> None:
    curve = star(box(1500, 20, -0.02))
    scores, events = found_in(curve)
    at = (float(curve.time[1490]), float(curve.time[1510]))
    company = Company("TESS", "sector 2", tuple((f"TIC {number}", *at) for number in range(9)))
    assert vet(curve, scores, events, company, judge()) == vet(curve, scores, events, judge=judge())


def test_that_dips_of_one_signal_are_of_one_kind_and_tell_its_period() -> None:
    curve = star(np.asarray(sum((box(at, 20, -0.01) for at in (500, 1000, 1500, 2000)), np.zeros(N))))
    scores, events = found_in(curve)
    signal = PeriodicSignal("transit", 10.0, float(curve.time[500]), 0.4, 0.01, 50.0, 12.0)
    scores = replace(scores, signals=(signal,))
    dips = [event for event in vet(curve, scores, events, judge=judge()) if event.score > 15]
    assert len(dips) == 4
    assert {event.kind for event in dips} == {"transit"}
    assert {event.evidence["period_d"] for event in dips} == {10.0}
    assert {event.evidence["signal"] for event in dips} == {1.0}


def test_that_a_signal_that_came_once_claims_no_period_and_no_kind() -> None:
    curve = star(box(1500, 20, -0.01))
    scores, events = found_in(curve)
    signal = PeriodicSignal("transit", float("nan"), float(curve.time[1500]), 0.4, 0.01, 50.0, 12.0)
    event = max(vet(curve, replace(scores, signals=(signal,)), events, judge=judge()), key=lambda one: one.score)
    assert event.kind == "dip"
    assert "period_d" not in event.evidence


def test_that_pooled_probabilities_are_the_mean_logarithm_of_the_dips() -> None:
    likely = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.1, 0.1, 0.8]])
    pooled = together(likely, np.array([0, 0, -1]), ("eclipse",), ("transit", "eclipse", "flare"))
    raw = np.sqrt(likely[0] * likely[1]) * [1, 20, 1]
    assert pooled[0] == pytest.approx(raw / raw.sum())
    assert pooled[1] == pytest.approx(pooled[0])
    assert pooled[2] == pytest.approx(likely[2])


def test_that_magnitudes_are_vetted_as_the_fluxes_they_stand_for() -> None:
    curve = star(flare(800, 8, 0.05) + box(2000, 30, -0.02))
    scores, events = found_in(curve)
    as_magnitudes = replace(curve, flux=-2.5 * np.log10(curve.flux), flux_unit="mag")
    tracks = {"baseline": np.zeros(N), "noise": np.full(N, 1.0857 * NOISE)}
    twins = find_events(as_magnitudes, Scores(scores.values, tracks), 6.0)
    kinds = [event.kind for event in vet(curve, scores, events, judge=judge())]
    assert [event.kind for event in vet(as_magnitudes, Scores(scores.values, tracks), twins, judge=judge())] == kinds


def test_that_an_event_at_either_end_and_one_row_long_is_vetted() -> None:
    curve = star(box(0, 6, -0.05) + box(N - 1, 6, 0.05) + box(1500, 1, 0.05))
    deviation = np.abs(curve.flux - 1) / NOISE
    scores = Scores(deviation, {"baseline": np.ones(N), "noise": np.full(N, NOISE)})
    events = find_events(curve, scores, 6.0)
    assert len(events) >= 3
    for event in vet(curve, scores, events, judge=judge()):
        assert all(np.isfinite(value) for value in event.evidence.values())
        assert np.isfinite(event.probability)
