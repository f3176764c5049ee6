"""Flares among events get what is measured of them, in flux as in magnitudes; other events nothing."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Event, Scores
from desktop_app.core.flares.evidence import with_flares_measured
from desktop_app.core.flares.shapes import in_rows
from tests.curves import curve_of

ROW: Floats = np.arange(400.0)
NOISE = 1e-3
SHAPE = 0.05 * in_rows(ROW, peak=100.0, fwhm=4.0)
EVENTS = (Event(98, 112, 100, 40.0, "flare", {"depth": -0.05}), Event(300, 302, 300, 6.0, "dip", {"depth": 0.01}))


def tracks(level: float, noise: float) -> dict[str, Floats]:
    return {"baseline": np.full(400, level), "noise": np.full(400, noise)}


def test_that_flares_are_measured_and_dips_are_not() -> None:
    data = curve_of(ROW * 2 / 1440, 1000 * (1 + SHAPE))
    flare, dip = with_flares_measured(data, Scores(np.zeros(400), tracks(1000.0, 1000 * NOISE)), EVENTS)
    assert flare.evidence["equivalent_duration_s"] == pytest.approx(SHAPE.sum() * 120, rel=0.06)
    assert flare.evidence["amplitude"] == pytest.approx(SHAPE.max())
    assert flare.evidence["components"] == 1
    assert flare.evidence["depth"] == -0.05
    assert dip == EVENTS[1]


def test_that_magnitudes_give_the_same_equivalent_duration() -> None:
    flux = curve_of(ROW * 2 / 1440, 1 + SHAPE)
    magnitudes = replace(flux, flux=12 - 2.5 * np.log10(1 + SHAPE), flux_unit="mag")
    by_flux, _ = with_flares_measured(flux, Scores(np.zeros(400), tracks(1.0, NOISE)), EVENTS)
    by_magnitude, _ = with_flares_measured(magnitudes, Scores(np.zeros(400), tracks(12.0, 1.0857 * NOISE)), EVENTS)
    for name in ("equivalent_duration_s", "equivalent_duration_error_s", "amplitude"):
        assert by_magnitude.evidence[name] == pytest.approx(by_flux.evidence[name], rel=1e-3)


def test_that_scores_without_a_baseline_leave_events_as_they_are() -> None:
    data = curve_of(ROW * 2 / 1440, 1 + SHAPE)
    assert with_flares_measured(data, Scores(np.zeros(400)), EVENTS) == EVENTS
