"""What every detector promises, run over the registry."""

import warnings
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import UserError
from desktop_app.core.events import find_events
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import Params
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.detectors import DEFAULT_DETECTOR, DETECTORS
from tests.curves import curve_of, eventful_curve, planted_curve
from tests.data import quiet_curve

every_detector = pytest.mark.parametrize("spec", list(DETECTORS.values()), ids=list(DETECTORS))


def scores_of(spec: DetectorSpec, data: LightCurve, **settings: object) -> Scores:
    return spec.build(spec.params.checked(settings)).fit(data, silent).score(data, silent)


def holed(data: LightCurve) -> LightCurve:
    """``data`` with rows that cannot be used: no flux, no time, hidden by quality."""
    flux, time, quality = np.array(data.flux), np.array(data.time), np.array(data.quality)
    flux[50:60], time[70:75], quality[80:83] = np.nan, np.nan, 1
    return replace(data, flux=flux, time=time, quality=quality)


def test_that_the_default_detector_is_registered() -> None:
    assert DEFAULT_DETECTOR in DETECTORS


def test_that_every_file_of_a_detector_is_registered() -> None:
    import desktop_app.detectors.curves as package

    files = {path.stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__"}
    assert files == {type_of.build.__module__.rsplit(".", 1)[-1] for type_of in DETECTORS.values()}


@every_detector
def test_that_a_name_is_the_same_in_the_registry_and_in_the_entry(spec: DetectorSpec) -> None:
    assert DETECTORS[spec.name] is spec


@every_detector
def test_that_every_setting_has_a_title_and_a_help_text(spec: DetectorSpec) -> None:
    assert issubclass(spec.params, Params)
    for name, field in spec.params.model_fields.items():
        assert field.title, name
        assert field.description, name


@every_detector
def test_that_scores_are_nan_exactly_where_rows_cannot_be_used(spec: DetectorSpec) -> None:
    data = holed(quiet_curve(1500))
    scores = scores_of(spec, data)
    assert scores.values.shape == (1500,)
    np.testing.assert_array_equal(np.isfinite(scores.values), data.usable)


FINDS = [(spec, kind) for spec in DETECTORS.values() for kind in spec.finds]


@pytest.mark.parametrize(("spec", "kind"), FINDS, ids=[f"{spec.name}-{kind}" for spec, kind in FINDS])
def test_that_a_planted_event_gets_the_top_score_and_its_kind(spec: DetectorSpec, kind: str) -> None:
    data, rows = planted_curve(kind)
    scores = scores_of(spec, data)
    events = find_events(data, scores, spec.threshold)
    top = max(events, key=lambda event: event.score)
    assert rows.start - 1 <= int(np.nanargmax(scores.values)) <= rows.stop
    assert top.kind == kind
    assert top.start < rows.stop
    assert rows.start < top.stop


@every_detector
def test_that_the_same_seed_gives_the_same_scores_bit_for_bit(spec: DetectorSpec) -> None:
    data = eventful_curve(4000)
    seed = {"seed": 5} if "seed" in spec.params.model_fields else {}
    np.testing.assert_array_equal(scores_of(spec, data, **seed).values, scores_of(spec, data, **seed).values)


@every_detector
def test_that_flux_in_another_unit_gives_the_same_ranking(spec: DetectorSpec) -> None:
    data = eventful_curve(4000)
    usual, larger = scores_of(spec, data), scores_of(spec, replace(data, flux=data.flux * 1000))
    np.testing.assert_allclose(larger.values, usual.values, rtol=1e-6, atol=1e-6)


@every_detector
def test_that_the_time_zero_does_not_matter(spec: DetectorSpec) -> None:
    data = eventful_curve(4000)
    moved = scores_of(spec, replace(data, time=data.time - 1024.0))
    np.testing.assert_allclose(moved.values, scores_of(spec, data).values, rtol=0.02, atol=0.1)


@every_detector
def test_that_looking_leaves_the_data_unchanged(spec: DetectorSpec) -> None:
    data = eventful_curve(3000)
    before = data.flux.tobytes(), data.time.tobytes(), data.quality.tobytes()
    scores_of(spec, data)
    assert (data.flux.tobytes(), data.time.tobytes(), data.quality.tobytes()) == before


@every_detector
def test_that_progress_rises_from_nothing_to_all(spec: DetectorSpec) -> None:
    data, told = eventful_curve(4000), list[float]()
    detector = spec.build(spec.params()).fit(data, lambda done, _text: told.append(done))
    for steps in (list(told), _told_while_scoring(detector.score, data)):
        assert steps
        assert all(0 <= done <= 1 for done in steps)
        assert all(later >= earlier for earlier, later in pairwise(steps))


def _told_while_scoring(score: object, data: LightCurve) -> list[float]:
    told = list[float]()
    assert callable(score)
    score(data, lambda done, _text: told.append(done))
    return told


@every_detector
def test_that_a_cancel_is_heeded_soon(spec: DetectorSpec) -> None:
    data = eventful_curve(20_000)
    scores_of(spec, eventful_curve(2000))  # imports are not what is measured
    moments = [perf_counter()]

    def count(_done: float, _text: str) -> None:
        moments.append(perf_counter())

    spec.build(spec.params()).fit(data, count).score(data, count)
    whole = perf_counter() - moments[0]
    moments.append(perf_counter())
    # A share and not a time: machines are noisy.
    assert max(np.diff(moments)) < max(0.6 * whole, 0.3)


@every_detector
def test_that_a_cancel_ends_the_work(spec: DetectorSpec) -> None:
    def cancel(done: float, _text: str) -> None:
        if done > 0.3:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        spec.build(spec.params()).fit(eventful_curve(4000), cancel)


def _bad_curves() -> dict[str, LightCurve]:
    time: Floats = 0.02 * np.arange(200.0)
    nothing = np.full(200, np.nan)
    one_high = np.ones(200)
    one_high[77] = 2.0
    return {
        "no flux": curve_of(time, nothing),
        "no time": curve_of(nothing, np.ones(200)),
        "no rows": curve_of(np.zeros(0), np.zeros(0)),
        "two rows": curve_of(time[:2], np.array([1.0, 2.0])),
        "constant": curve_of(time, np.ones(200)),
        "constant but for one row": curve_of(time, one_high),
        "one moment": curve_of(np.ones(200), np.random.default_rng(0).standard_normal(200)),
        "ten rows": curve_of(time[:10], np.random.default_rng(0).standard_normal(10)),
        "two values": curve_of(time, np.where(np.arange(200) % 3 == 0, 1.0, 2.0)),
        "about zero": curve_of(time, np.random.default_rng(0).standard_normal(200)),
        "huge": curve_of(time, 1e30 * np.random.default_rng(0).standard_normal(200)),
        "lonely rows": curve_of(time * 100, 1 + np.random.default_rng(0).standard_normal(200)),
    }


@every_detector
@pytest.mark.parametrize("n", [10, 12, 20, 30, 40, 100])
@pytest.mark.parametrize("pause_d", [0.0, 0.035, 2.0])
def test_that_a_short_curve_is_scored_wherever_it_pauses(spec: DetectorSpec, n: int, pause_d: float) -> None:
    curve = quiet_curve(n, cadence_d=100 / 86400)
    paused = replace(curve, time=curve.time + pause_d * (np.arange(n) >= n // 2))
    assert np.isfinite(scores_of(spec, paused).values).all()


@every_detector
@pytest.mark.parametrize("name", list(_bad_curves()))
def test_that_bad_input_gives_a_sentence_or_finite_scores(spec: DetectorSpec, name: str) -> None:
    data = _bad_curves()[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            scores = scores_of(spec, data)
        except UserError as error:
            sentence = error.message
        else:
            sentence = "Scored."
            find_events(data, scores, 5.0)
            np.testing.assert_array_equal(np.isfinite(scores.values), data.usable)
    assert sentence.endswith(".")
