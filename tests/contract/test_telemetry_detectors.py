"""What every detector of telemetry promises, run over the registry."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.channels.series import measured_series
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.params import Params
from desktop_app.core.progress import silent
from desktop_app.core.simulate_telemetry import simulate_telemetry
from desktop_app.core.telemetry import Telemetry
from desktop_app.detectors import DEFAULT_TELEMETRY_DETECTOR, TELEMETRY_DETECTORS
from desktop_app.engine.cache import ScoreCache
from desktop_app.engine.detect import detect

SPECS = list(TELEMETRY_DETECTORS.values())
every_detector = pytest.mark.parametrize("spec", SPECS, ids=[spec.name for spec in SPECS])


def scores_of(spec: DetectorSpec, data: Telemetry, **settings: object) -> Scores:
    return spec.build(spec.params.checked({**brief(spec), **settings})).fit(data, silent).score(data, silent)


def brief(spec: DetectorSpec) -> dict[str, object]:
    """Settings for networks that need to have learnt nothing much."""
    return {"epochs": 1} if "epochs" in spec.params.model_fields else {}


def holed() -> Telemetry:
    """Simulated telemetry with values that are missing."""
    data = simulate_telemetry(seed=3)
    values = np.array(data.values)
    values[100:110, 0], values[500, 2] = np.nan, np.nan
    return replace(data, values=values)


def test_that_the_default_detector_is_registered() -> None:
    assert DEFAULT_TELEMETRY_DETECTOR in TELEMETRY_DETECTORS


def test_that_every_file_of_a_detector_is_registered() -> None:
    import desktop_app.detectors.telemetry as package

    files = {path.stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__"}
    assert files == set(TELEMETRY_DETECTORS)


@every_detector
def test_that_a_name_is_the_same_in_the_registry_and_in_the_entry(spec: DetectorSpec) -> None:
    assert TELEMETRY_DETECTORS[spec.name] is spec
    assert spec.kinds == (Telemetry,)


@every_detector
def test_that_every_setting_has_a_title_and_a_help_text(spec: DetectorSpec) -> None:
    assert issubclass(spec.params, Params)
    for name, field in spec.params.model_fields.items():
        assert field.title, name
        assert field.description, name


@every_detector
def test_that_scores_are_finite_only_where_a_measured_channel_has_a_value(spec: DetectorSpec) -> None:
    data = holed()
    scores = scores_of(spec, data)
    assert scores.values.shape == data.values.shape
    assert not (np.isfinite(scores.values) & ~np.isfinite(data.values)).any()
    assert all(track.shape == data.values.shape for track in scores.tracks.values())


@every_detector
def test_that_the_same_seed_gives_the_same_scores_bit_for_bit(spec: DetectorSpec) -> None:
    data = simulate_telemetry(seed=4)
    seed = {"seed": 5} if "seed" in spec.params.model_fields else {}
    np.testing.assert_array_equal(scores_of(spec, data, **seed).values, scores_of(spec, data, **seed).values)


@every_detector
def test_that_labels_change_nothing(spec: DetectorSpec, tmp_path: Path) -> None:
    data = simulate_telemetry(seed=4)
    with_them, without = (
        detect(shown, spec.name, brief(spec), cache=ScoreCache(tmp_path / name))
        for name, shown in (("with", data), ("without", replace(data, labels=())))
    )
    np.testing.assert_array_equal(with_them.scores.values, without.scores.values)


def test_that_a_series_holds_no_labels() -> None:
    series = measured_series(simulate_telemetry(seed=1))
    assert [one.channel.role for one in series] == ["measured"] * len(series)
    assert not any("label" in name for one in series for name in vars(one))
