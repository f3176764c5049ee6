"""Cutting scores into events."""

import numpy as np
import pytest

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.detection import Event, Scores
from desktop_app.core.events import find_events
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.simulate import flare_shape
from tests.curves import curve_of

NOISE = 1e-3


def made(
    flux: Floats,
    scored: Floats,
    *,
    step: Floats | None = None,
    gap_after: int = -1,
    quality: dict[int, int] | None = None,
) -> tuple[LightCurve, Scores]:
    n = flux.size
    time = 0.02 * np.arange(float(n))
    if gap_after >= 0:
        time[gap_after + 1 :] += 1.0
    data = curve_of(time, flux)
    if quality:
        bits = np.zeros(n, np.int64)
        for row, value in quality.items():
            bits[row] = value
        data = LightCurve(
            source=data.source, time=time, flux=flux, flux_err=data.flux_err, quality=bits, preset=data.preset
        )
    values = np.where(data.usable, scored, np.nan)
    tracks = {"baseline": np.ones(n), "noise": np.full(n, NOISE)}
    if step is not None:
        tracks["step"] = step
    return data, Scores(values, tracks)


def bump(rows: slice, height: float, n: int = 200) -> tuple[Floats, Floats]:
    flux, scored = np.ones(n), np.zeros(n)
    flux[rows] += height
    scored[rows] = 9.0
    return flux, scored


def only(events: tuple[Event, ...]) -> Event:
    assert len(events) == 1
    return events[0]


def test_that_nothing_above_the_threshold_is_no_event() -> None:
    assert find_events(*made(*bump(slice(50, 60), 0.01)), 9.5) == ()


def test_that_a_dip_has_its_rows_depth_and_duration() -> None:
    event = only(find_events(*made(*bump(slice(50, 60), -0.01)), 5.0))
    assert (event.start, event.stop, event.kind, event.score) == (50, 60, "dip", 9.0)
    assert event.evidence["depth"] == pytest.approx(0.01)
    assert event.evidence["duration_d"] == pytest.approx(9 * 0.02)
    assert event.evidence["snr"] == pytest.approx(10 * np.sqrt(10))


def test_that_one_row_alone_is_an_outlier_to_either_side() -> None:
    for height in (-0.02, 0.02):
        event = only(find_events(*made(*bump(slice(70, 71), height)), 5.0))
        assert (event.kind, event.stop - event.start) == ("outlier", 1)
        assert event.evidence["depth"] == pytest.approx(-height)


def test_that_two_bright_rows_without_a_decay_are_a_spike() -> None:
    assert only(find_events(*made(*bump(slice(70, 72), 0.02)), 5.0)).kind == "spike"


def test_that_a_fast_rise_and_a_slow_decay_are_a_flare() -> None:
    time: Floats = 0.02 * np.arange(200.0)
    flux = 1 + 0.05 * flare_shape(time, peak=time[80], half_width_d=0.03)
    event = only(find_events(*made(flux, np.where(flux > 1.002, 9.0, 0.0)), 5.0))
    assert (event.kind, event.peak) == ("flare", 80)


def test_that_a_short_flare_of_two_rows_is_still_a_flare() -> None:
    flux, scored = bump(slice(70, 72), 0.02)
    flux[71] = 1.008
    assert only(find_events(*made(flux, scored), 5.0)).kind == "flare"


def test_that_a_step_is_told_by_its_track() -> None:
    flux, scored = bump(slice(70, 72), 0.02)
    step = np.zeros(200)
    step[71] = 0.02
    assert only(find_events(*made(flux, scored, step=step), 5.0)).kind == "step"


def test_that_rows_which_cannot_be_used_do_not_divide_an_event() -> None:
    flux, scored = bump(slice(50, 60), -0.01)
    flux[55:57] = np.nan
    assert only(find_events(*made(flux, scored), 5.0)).stop == 60


def test_that_two_calm_rows_do_not_divide_an_event_and_three_do() -> None:
    for calm, count in ((2, 1), (3, 2)):
        flux, scored = bump(slice(50, 62), -0.01)
        scored[55 : 55 + calm] = 1.0
        assert len(find_events(*made(flux, scored), 5.0)) == count


def test_that_a_gap_in_time_always_divides() -> None:
    assert len(find_events(*made(*bump(slice(50, 60), -0.01), gap_after=54), 5.0)) == 2


def test_that_a_dip_and_a_brightening_of_the_same_strength_are_two_events() -> None:
    flux, scored = bump(slice(50, 60), -0.01)
    flux[60:70], scored[60:70] = 1.01, 8.0
    assert [event.kind for event in find_events(*made(flux, scored), 5.0)] == ["dip", "flare"]


def test_that_a_weak_wing_belongs_to_its_strong_neighbour() -> None:
    flux, scored = bump(slice(50, 60), -0.1)
    scored[50:60], scored[60:64], flux[60:64] = 90.0, 6.0, 1.006
    event = only(find_events(*made(flux, scored), 5.0))
    assert (event.kind, event.stop, event.score) == ("dip", 64, 90.0)


def test_that_the_quality_of_hidden_rows_inside_is_told() -> None:
    flux, scored = bump(slice(50, 60), -0.01)
    event = only(find_events(*made(flux, scored, quality={55: 1, 57: 64, 70: 4}), 5.0))
    assert event.evidence["quality"] == 65


def test_that_an_event_at_either_end_of_the_curve_is_whole() -> None:
    for rows in (slice(0, 5), slice(195, 200)):
        event = only(find_events(*made(*bump(rows, -0.01)), 5.0))
        assert (event.start, event.stop) == (rows.start, rows.stop)


def test_that_flux_which_is_negative_gives_a_depth_in_its_own_unit() -> None:
    flux, scored = bump(slice(50, 60), -0.01)
    data, scores = made(flux - 2.0, scored)
    below = Scores(scores.values, {"baseline": np.full(200, -1.0), "noise": np.full(200, NOISE)})
    assert only(find_events(data, below, 5.0)).evidence["depth"] == pytest.approx(0.01)


def test_that_scores_without_tracks_are_cut_too() -> None:
    flux, scored = bump(slice(50, 60), -0.5)
    flux += NOISE * np.random.default_rng(0).standard_normal(200)
    time: Floats = 0.02 * np.arange(200.0)
    data = curve_of(time, flux)
    assert only(find_events(data, Scores(scored), 5.0)).kind == "dip"


def slow_runs(flagged: Bools) -> list[tuple[int, int]]:
    runs, begin = [], -1
    for row, strange in enumerate([*flagged.tolist(), False]):
        if strange and begin < 0:
            begin = row
        if not strange and begin >= 0:
            runs.append((begin, row))
            begin = -1
    return runs


def test_that_separate_stretches_are_those_of_a_plain_loop() -> None:
    rng = np.random.default_rng(1)
    scored = np.zeros(3000)
    for start in range(20, 2900, 40):
        scored[start : start + rng.integers(1, 20)] = rng.uniform(4, 9)
    data, scores = made(np.where(scored > 0, 0.98, 1.0), scored)
    found = [(event.start, event.stop) for event in find_events(data, scores, 6.0)]
    assert found == slow_runs(scored >= 6.0)
