"""Alerts: real before bogus, each named by what changed, whatever is missing."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Scores
from desktop_app.core.errors import FitError
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.core.simulate_alerts import BOGUS, simulate_alerts
from desktop_app.core.source import Source
from desktop_app.detectors.cutouts.triplet import SPEC, Triplet, TripletParams


@lru_cache(maxsize=1)
def alerts() -> CutoutSet:
    return simulate_alerts(200, seed=77)


def judged(data: CutoutSet, **settings: object) -> Scores:
    detector = Triplet(TripletParams.checked(settings))
    return detector.fit(data, silent).score(data, silent)


@lru_cache(maxsize=1)
def of_alerts() -> Scores:
    return judged(alerts())


def area(high: np.ndarray, low: np.ndarray) -> float:
    return float((high[:, None] > low[None, :]).mean())


def kinds(scores: Scores) -> np.ndarray:
    assert scores.objects is not None
    return np.array(scores.objects.kinds)


def test_that_real_alerts_stand_before_bogus_ones_that_were_never_trained_on() -> None:
    real = np.array(alerts().labels["truth"]) != "bogus"
    values, objects = of_alerts().values, of_alerts().objects
    assert objects is not None
    snr = objects.numbers["snr"]
    assert area(values[real], values[~real]) > 0.93
    assert area(values[real], values[~real]) > area(snr[real], snr[~real]) + 0.3


def test_that_few_bogus_alerts_reach_the_threshold() -> None:
    real = np.array(alerts().labels["truth"]) != "bogus"
    flagged = of_alerts().values >= SPEC.threshold
    assert flagged[~real].mean() <= 0.06
    assert flagged[real].mean() >= 0.4


def test_that_moving_objects_transients_and_variables_are_told_apart() -> None:
    made, found = np.array(alerts().labels["made"]), kinds(of_alerts())
    for name, kind in (
        ("asteroid", "moving"),
        ("hostless", "moving"),
        ("variable", "variable"),
        ("fading", "variable"),
    ):
        these = (made == name) & (found != "bogus")
        assert (found[these] == kind).mean() >= 0.6, name
    moving = of_alerts().tracks["moving"]
    asteroids = np.isin(made, ["asteroid", "trail"])
    assert area(moving[asteroids], moving[~asteroids & (made != "hostless")]) > 0.9


def test_that_bogus_alerts_say_why_they_are() -> None:
    made, objects = np.array(alerts().labels["made"]), of_alerts().objects
    assert objects is not None
    bogus = np.isin(made, BOGUS) & (kinds(of_alerts()) == "bogus")
    assert all(objects.reasons[place] for place in np.flatnonzero(bogus))
    dipoles = [" ".join(objects.reasons[place]) for place in np.flatnonzero(bogus & (made == "dipole"))]
    assert np.mean(["not aligned" in said for said in dipoles]) > 0.7
    rays = [" ".join(objects.reasons[place]) for place in np.flatnonzero(bogus & (made == "cosmic ray"))]
    assert np.mean(["sharper" in said for said in rays]) > 0.7


def test_that_the_shown_part_makes_no_difference() -> None:
    data = alerts()
    other = replace(
        data,
        source=replace(data.source, part="difference"),
        images=data.beside["difference"],
        beside={"science": data.images, "template": data.beside["template"]},
    )
    np.testing.assert_array_equal(judged(other).values, of_alerts().values)


def test_that_a_missing_difference_is_made_from_science_and_template() -> None:
    data = simulate_alerts(60, seed=78)
    without = replace(data, beside={"template": data.beside["template"]})
    scores = judged(without)
    assert scores.notes[0].startswith("60 of 60 differences were made here")
    real = np.array(data.labels["truth"]) != "bogus"
    assert area(scores.values[real], scores.values[~real]) > 0.75
    np.testing.assert_array_equal(judged(data, subtract_anew=True).values, scores.values)
    assert not np.array_equal(judged(data).values, scores.values)


def test_that_without_a_template_alerts_are_still_ranked() -> None:
    data = alerts()
    scores = judged(replace(data, beside={"difference": data.beside["difference"]}))
    real = np.array(data.labels["truth"]) != "bogus"
    assert area(scores.values[real], scores.values[~real]) > 0.85
    assert scores.objects is not None
    assert any("no template" in said for reasons in scores.objects.reasons for said in reasons)


def test_that_an_alert_without_any_value_has_no_score() -> None:
    data = alerts()
    empty = {role: stack.copy() for role, stack in {**data.beside, "science": data.images}.items()}
    for stack in empty.values():
        stack[3] = np.nan
    scores = judged(replace(data, images=empty.pop("science"), beside=empty))
    assert np.isnan(scores.values[3])
    assert np.isfinite(np.delete(scores.values, 3)).all()


def test_that_stamps_without_a_difference_are_no_alerts() -> None:
    plain = CutoutSet(Source(), np.zeros((12, 21, 21), np.float32), tuple(map(str, range(12))))
    with pytest.raises(FitError, match="no alerts"):
        judged(plain)


def test_that_constant_alerts_are_scored_without_a_warning() -> None:
    same = np.ones((3, 21, 21), np.float32)
    data = CutoutSet(
        Source(part="science"), same, ("a", "b", "c"), beside={"template": same.copy(), "difference": 0 * same}
    )
    assert not (judged(data).values >= SPEC.threshold).any()


def test_that_the_seeing_given_is_taken() -> None:
    assert not np.array_equal(judged(alerts(), fwhm_px=6.0).values, of_alerts().values)


def test_that_judging_alerts_can_be_cancelled() -> None:
    def cancelled(_done: float, _text: str) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        Triplet(TripletParams()).score(alerts(), cancelled)


def test_that_the_same_seed_makes_the_same_alerts() -> None:
    one, other = simulate_alerts(12, seed=5), simulate_alerts(12, seed=5)
    assert one.digest == other.digest
    assert simulate_alerts(12, seed=6).digest != one.digest
