"""Dips that outlast the window of the baseline, made up and real: one dip, and no flare beside it."""

import numpy as np
import pytest

from desktop_app.core.detection import Event
from desktop_app.core.events import find_events
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.detectors import DEFAULT_DETECTOR, DETECTORS
from desktop_app.io import open_curve
from tests.curves import curve_of
from tests.data import real_file

SPEC = DETECTORS[DEFAULT_DETECTOR]
CADENCE_D = 29.4 / 1440


def _events(curve: LightCurve) -> tuple[Event, ...]:
    scores = SPEC.build(SPEC.params()).fit(curve, silent).score(curve, silent)
    return find_events(curve, scores, SPEC.threshold)


@pytest.mark.parametrize("width_d", [0.3, 0.8])
def test_that_a_dip_of_days_on_a_spotted_star_is_one_dip_and_no_flare(width_d: float) -> None:
    rng = np.random.default_rng(5)
    time = 1470 + CADENCE_D * np.arange(4000, dtype=np.float64)
    spots = 3e-3 * np.sin(2 * np.pi * time / 9.3)
    dip = 0.2 * np.exp(-0.5 * ((time - 1515) / width_d) ** 2)
    found = _events(curve_of(time, 1 + spots - dip + 1e-4 * rng.standard_normal(time.size), noise=1e-4))
    deepest = max(found, key=lambda event: event.score)
    assert deepest.kind == "dip"
    assert deepest.evidence["depth"] == pytest.approx(0.2, rel=0.12)
    assert time[deepest.start] < 1515 - width_d
    assert time[deepest.stop - 1] > 1515 + width_d
    assert "flare" not in {event.kind for event in found}


@pytest.mark.real_data
def test_that_the_dips_of_boyajians_star_are_dips() -> None:
    curve = open_curve(real_file("kepler/kplr008462852-2013098041711_llc.fits"))
    found = _events(curve)
    assert {event.kind for event in found} == {"dip"}
    # Boyajian et al. (2016): D1495, D1519 and D1540, in BKJD.
    for day in (1495.9, 1519.5, 1540.4):
        assert any(curve.time[event.start] <= day <= curve.time[event.stop - 1] for event in found)
