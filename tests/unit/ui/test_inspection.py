"""What is told of an event and of a cadence."""

import numpy as np

from desktop_app.core.detection import Detection, Event, Provenance, Scores
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.source import Source
from desktop_app.core.timescales import TimeSystem, named_reference
from desktop_app.ui.inspection import Inspection, inspect_event, inspect_row
from desktop_app.ui.picture import hidden_reasons, nearest_hidden, nearest_row, picture_of, squeezed, unsqueezed

N, PEAK = 400, 200
CADENCE_D = 120 / 86400


def star() -> LightCurve:
    """A TESS star with a dip, a hidden row near it, a row without time and a jump of the background in the dip."""
    rng = np.random.default_rng(0)
    time = 1348.0 + CADENCE_D * np.arange(N, dtype=np.float64)
    flux = 1000 + rng.standard_normal(N)
    flux[PEAK - 2 : PEAK + 3] -= 20
    quality = np.zeros(N, np.int64)
    quality[PEAK + 6] = 32 | 2048
    quality[PEAK] = 2048
    time[5] = np.nan
    background = 100 + rng.standard_normal(N)
    background[PEAK] += 50
    reference = named_reference(2457000.0, "TDB", barycentric=True)
    source = Source(object_name="TIC 1", mission="TESS")
    columns = {"SAP_BKG": Series(background, "e-/s"), "SAP_BKG_ERR": Series(background)}
    errors = np.ones(N)
    cadence = 70_000 + np.arange(N)
    return LightCurve(
        source, time, flux, errors, "PDCSAP_FLUX", "e-/s", reference, quality, "default", cadence, columns=columns
    )


def detection_of(data: LightCurve) -> tuple[Detection, tuple[Event, ...]]:
    """Scores with a flat baseline, and the one event."""
    tracks = {"baseline": np.full(N, 1000.0), "noise": np.ones(N)}
    origin = Provenance("", "", "", "", "", "", "made", 1, {}, 0, "cpu", "", "")
    evidence = {"depth": 0.02, "duration_d": 4 * CADENCE_D, "snr": 40.0, "quality": 2048.0}
    event = Event(PEAK - 2, PEAK + 3, PEAK, 20.0, "dip", evidence)
    return Detection(data, Scores(np.zeros(N), tracks), origin, 5.0), (event,)


def told(inspection: Inspection) -> str:
    return "\n".join(f"{fact.label}: {fact.value}" for fact in inspection.facts)


def test_that_an_event_is_told_in_two_time_systems_with_numbers_and_flags() -> None:
    detection, events = detection_of(star())
    inspection = inspect_event(detection, events, 0, TimeSystem.NATIVE)
    text = told(inspection)
    assert inspection.title == "Event 1 of 1"
    assert "BTJD" in text
    assert "2018-08-17T" in text
    assert "2 % (20,000 ppm)" in text
    assert "70,198 – 70,202" in text
    assert "These rows: Straylight (1)" in text
    assert "Desaturation event (1)" in text
    assert "1 row nearby hidden" in text
    assert "σ)" in text


def test_that_the_background_is_told_against_its_usual_level() -> None:
    detection, events = detection_of(star())
    facts = inspect_event(detection, events, 0, TimeSystem.NATIVE).facts
    background = next(fact for fact in facts if fact.label == "SAP_BKG")
    sigmas = float(background.value.split("(")[1].split()[0])
    assert sigmas > 30
    assert not [fact for fact in facts if fact.label == "SAP_BKG_ERR"]


def test_that_the_residual_is_what_the_baseline_leaves() -> None:
    detection, events = detection_of(star())
    residual = inspect_event(detection, events, 0, TimeSystem.NATIVE).residual
    assert residual is not None
    assert residual.values.min() < -15
    assert abs(np.median(residual.values)) < 1


def test_that_a_cadence_without_detection_tells_its_own_facts() -> None:
    inspection = inspect_row(star(), None, 50, TimeSystem.BKJD)
    assert inspection.kind == ""
    assert "Cadence: 70,050" in told(inspection)
    assert "BKJD" in told(inspection)
    assert "no flags" in told(inspection)
    assert inspection.residual is None


def test_that_every_hidden_row_has_its_reason() -> None:
    assert hidden_reasons(star()) == (("no time", 1), ("Desaturation event", 1))


def test_that_points_and_hidden_ticks_are_found_under_the_cursor() -> None:
    data = star()
    picture = picture_of(data)
    at = (float(data.time[60]), float(data.flux[60]))
    assert nearest_row(picture, at, (CADENCE_D / 20, 1.0)) == 60
    assert nearest_row(picture, (at[0], at[1] + 500), (CADENCE_D / 20, 1.0)) is None
    assert nearest_hidden(picture, float(data.time[PEAK + 6]), CADENCE_D / 20) == PEAK + 6
    assert picture.hidden == 2


def test_that_squeezed_scores_come_back() -> None:
    for score in (0.0, 5.0, 5000.0):
        assert np.isclose(unsqueezed(float(squeezed(score))), score)
