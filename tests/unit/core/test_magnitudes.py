"""Magnitudes: a fainter star is a dip, whatever its number does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.detection import Scores
from desktop_app.core.events import find_events
from desktop_app.core.light_curve import LightCurve, magnitudes_in
from desktop_app.core.magnitudes import in_flux, in_unit_of
from desktop_app.engine.cache import ScoreCache
from desktop_app.engine.detect import detect
from tests.data import quiet_curve


def eventful() -> LightCurve:
    """A quiet star with an eclipse of 3 % and a flare of 5 %."""
    curve = quiet_curve(noise=2e-3)
    flux = np.array(curve.flux)
    flux[700:712] *= 0.97
    flux[1400:1406] *= 1 + 0.05 * np.exp(-np.arange(6) / 3)
    return replace(curve, flux=flux)


def as_magnitudes(curve: LightCurve, unit: str = "mag") -> LightCurve:
    """The same star in magnitudes."""
    scale = magnitudes_in(unit)
    return replace(curve, flux=(14.2 - 2.5 * np.log10(curve.flux)) / scale, flux_name="mag", flux_unit=unit)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("mag", 1.0), ("mag(AB)", 1.0), ("ABmag", 1.0), ("'electron'.mag", 1.0), ("mmag", 1e-3)],
)
def test_that_units_of_magnitudes_are_told(unit: str, factor: float) -> None:
    assert magnitudes_in(unit) == factor


@pytest.mark.parametrize("unit", ["", "e-/s", "mJy", "image", "magnet", "count/s"])
def test_that_other_units_are_none_of_magnitudes(unit: str) -> None:
    assert np.isnan(magnitudes_in(unit))


@pytest.mark.parametrize("unit", ["mag", "mmag"])
def test_that_magnitudes_have_the_events_of_the_fluxes_they_are_of(tmp_path: Path, unit: str) -> None:
    curve = eventful()
    cache = ScoreCache(tmp_path)
    by_flux, by_magnitude = (detect(data, cache=cache) for data in (curve, as_magnitudes(curve, unit)))
    ours, theirs = (find_events(found.curve, found.scores, 6.0) for found in (by_magnitude, by_flux))
    assert [(event.kind, event.start, event.stop, event.peak) for event in ours] == [
        (event.kind, event.start, event.stop, event.peak) for event in theirs
    ]
    assert {event.kind for event in ours} == {"dip", "flare"}
    for own, other in zip(ours, theirs, strict=True):
        assert own.score == pytest.approx(other.score, rel=0.02)
        assert own.evidence["depth"] == pytest.approx(other.evidence["depth"], rel=0.02)


def test_that_tracks_are_drawn_over_magnitudes(tmp_path: Path) -> None:
    found = detect(as_magnitudes(eventful()), cache=ScoreCache(tmp_path))
    assert found.curve.flux_unit == "mag"
    baseline, noise = found.scores.tracks["baseline"], found.scores.tracks["noise"]
    assert np.nanmedian(np.abs(baseline - 14.2)) < 0.001
    assert np.nanmedian(noise) == pytest.approx(1.0857 * 2e-3, rel=0.1)


def test_that_a_step_is_told_in_magnitudes() -> None:
    curve = as_magnitudes(quiet_curve(n=20, noise=0.0))
    baseline, step = np.where(np.arange(20) < 10, 1.0, 0.9), np.where(np.arange(20) == 10, -0.1, 0.0)
    tracks = {"baseline": baseline, "noise": np.full(20, 0.01), "step": step}
    shown = in_unit_of(curve, Scores(np.zeros(20), tracks)).tracks
    expected = -2.5 * np.log10(0.9)
    assert shown["step"][10] == pytest.approx(expected)
    assert np.count_nonzero(shown["step"]) == 1
    assert shown["baseline"][15] - shown["baseline"][5] == pytest.approx(expected)


def test_that_fluxes_are_handed_on_as_they_are() -> None:
    curve = quiet_curve(50)
    assert in_flux(curve) is curve


def test_that_errors_become_relative_ones() -> None:
    curve = replace(as_magnitudes(quiet_curve(50, noise=0.0)), flux_err=np.full(50, 0.010857))
    np.testing.assert_allclose(in_flux(curve).flux_err, 0.01, rtol=1e-4)
    np.testing.assert_allclose(in_flux(curve).flux, 1.0)


def test_that_the_same_numbers_in_another_unit_are_another_curve() -> None:
    curve = quiet_curve(50)
    assert replace(curve, flux_unit="mag").digest != curve.digest
    assert replace(curve, flux_unit="e-/s").digest == curve.digest
