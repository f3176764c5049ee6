"""The road from a dataset to a detection, on a detector of three lines."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import pytest

from desktop_app import detectors
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError, ParamError
from desktop_app.core.light_curve import LightCurve, with_preset
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import JobCancelled, Report
from desktop_app.engine.cache import ScoreCache
from desktop_app.engine.detect import detect
from tests.data import quiet_curve


class Scale(Params):
    """What the detector of these tests can be told."""

    factor: float = setting(1.0, title="Factor", help="Scores are multiplied by it.", ge=0.0)


class Deviation:
    """Scores by the distance from the median; counts how often it had to."""

    runs: ClassVar[int] = 0

    def __init__(self, params: Scale) -> None:
        self._factor = params.factor

    def fit(self, data: LightCurve, report: Report) -> Self:
        report(1.0, "Fitting")
        return self

    def score(self, data: LightCurve, report: Report) -> Scores:
        Deviation.runs += 1
        return Scores(self._factor * np.abs(data.flux - np.nanmedian(data.flux)))


SPEC = DetectorSpec("deviation", "Deviation", "", (LightCurve,), 1, Scale, Deviation, threshold=4.0)


@pytest.fixture(autouse=True)
def small_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the detector of these tests."""
    Deviation.runs = 0
    entries = {"deviation": SPEC, "picky": replace(SPEC, kinds=(str,))}
    monkeypatch.setitem(detectors.OF_KIND, "light curve", (entries, "deviation"))


@pytest.fixture
def cache(tmp_path: Path) -> ScoreCache:
    """A cache of its own for each test."""
    return ScoreCache(tmp_path / "scores")


def test_that_a_second_run_is_answered_from_the_cache(cache: ScoreCache) -> None:
    curve = quiet_curve()
    first = detect(curve, "deviation", cache=cache)
    second = detect(curve, "deviation", cache=cache)
    assert (first.cached, second.cached, Deviation.runs) == (False, True, 1)
    np.testing.assert_array_equal(first.scores.values, second.scores.values)
    assert first.provenance == second.provenance


@pytest.mark.parametrize("change", ["setting", "flux", "preset"])
def test_that_whatever_changes_the_scores_is_no_cache_hit(cache: ScoreCache, change: str) -> None:
    curve = quiet_curve()
    detect(curve, "deviation", cache=cache)
    changed = {
        "setting": (curve, {"factor": 2.0}),
        "flux": (replace(curve, flux=curve.flux + 1e-9), {}),
        "preset": (with_preset(curve, "hard"), {}),
    }
    data, settings = changed[change]
    assert not detect(data, "deviation", settings, cache=cache).cached


def test_that_moving_the_threshold_is_a_cache_hit(cache: ScoreCache) -> None:
    detect(quiet_curve(), "deviation", cache=cache)
    again = detect(quiet_curve(), "deviation", threshold=9.0, cache=cache)
    assert again.cached
    assert again.threshold == 9.0


def test_that_the_threshold_is_the_detectors_own_where_nobody_says_otherwise(cache: ScoreCache) -> None:
    assert detect(quiet_curve(), "deviation", cache=cache).threshold == 4.0


def test_that_provenance_names_file_hash_settings_and_version(cache: ScoreCache, tmp_path: Path) -> None:
    path = tmp_path / "star.fits"
    path.write_bytes(b"some bytes")
    curve = quiet_curve()
    curve = replace(curve, source=replace(curve.source, path=path))
    origin = detect(curve, "deviation", {"factor": 3}, cache=cache).provenance
    assert origin.file == str(path)
    assert len(origin.sha256) == 64
    assert origin.params == {"factor": 3.0}
    assert origin.time_system == "BTJD, TDB"
    assert origin.application.startswith("Peculiar")


def test_that_a_copy_of_the_file_hits_the_cache_under_its_own_name(cache: ScoreCache, tmp_path: Path) -> None:
    curve = quiet_curve()
    for name in ("first.fits", "copy.fits"):
        (tmp_path / name).write_bytes(b"some bytes")
        named = replace(curve, source=replace(curve.source, path=tmp_path / name))
        last = detect(named, "deviation", cache=cache)
    assert last.cached
    assert last.provenance.file.endswith("copy.fits")


def test_that_a_setting_that_does_not_exist_is_answered_with_those_that_do(cache: ScoreCache) -> None:
    with pytest.raises(ParamError, match=r"factr.*factor"):
        detect(quiet_curve(), "deviation", {"factr": 1}, cache=cache)


def test_that_a_value_out_of_range_is_answered_with_the_rule(cache: ScoreCache) -> None:
    with pytest.raises(ParamError, match=r"factor = '-1'.*greater than or equal to 0"):
        detect(quiet_curve(), "deviation", {"factor": "-1"}, cache=cache)


def test_that_data_of_another_kind_are_refused(cache: ScoreCache) -> None:
    with pytest.raises(FitError, match="light curve"):
        detect(quiet_curve(), "picky", cache=cache)


def test_that_a_cancelled_run_leaves_nothing_in_the_cache(cache: ScoreCache) -> None:
    def cancelled(done: float, text: str) -> None:
        if text == "Fitting":
            raise JobCancelled

    with pytest.raises(JobCancelled):
        detect(quiet_curve(), "deviation", report=cancelled, cache=cache)
    assert cache.size() == (0, 0)
