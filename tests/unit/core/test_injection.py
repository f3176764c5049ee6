"""Signals put into a curve: they come out as asked, and nothing else changes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import FitError, ParamError
from desktop_app.core.injection.ground import ground_of, mirrored, scrambled
from desktop_app.core.injection.kinds import Scramble
from desktop_app.core.injection.packing import packed, slack_rows
from desktop_app.core.injection.plan import InjectionPlan, Sampling, grid_of, unit_snr
from desktop_app.core.injection.putting import planted, with_signals
from desktop_app.core.injection.results import FalseEvents, wilson
from desktop_app.core.injection.signals import Signal, change, irregular, radius_ratio
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.progress import silent
from desktop_app.core.stitch import stitch
from tests.data import quiet_curve

CADENCE_D = 0.02
SHALLOW = Signal("transit", 1340.0, 0.01, 0.5, impact=0.3)


def curve_with_columns() -> LightCurve:
    """A quiet star with a gap, lost rows, flags, and a second flux and a background beside the first."""
    curve = quiet_curve(2000, noise=1e-4)
    rng = np.random.default_rng(5)
    flux = np.array(curve.flux)
    flux[rng.choice(2000, 30, replace=False)] = np.nan
    time = np.array(curve.time)
    time[1000:] += 1.5
    time[[10, 500, 1999]] = np.nan
    quality = np.zeros(2000, np.int64)
    quality[700:720] = 128
    columns = {"FLUX": Series(flux, ""), "SAP_FLUX": Series(50 * flux, "e-/s"), "BKG": Series(np.ones(2000), "e-/s")}
    return replace(
        curve,
        time=time,
        flux=flux,
        flux_name="FLUX",
        quality=quality,
        columns=columns,
        flux_choices=("FLUX", "SAP_FLUX"),
    )


@pytest.mark.parametrize("impact", [0.0, 0.4, 0.8])
@pytest.mark.parametrize("depth", [1e-4, 5e-3, 0.1])
def test_that_a_transit_is_as_deep_as_asked_whatever_its_impact(depth: float, impact: float) -> None:
    signal = Signal("transit", 0.0, depth, 0.3, impact=impact)
    assert -change(signal, np.zeros(1), 1e-4)[0] == pytest.approx(depth, rel=1e-3)
    assert 0 < radius_ratio(depth, impact) < 1


def test_that_a_transit_is_over_at_its_last_contact() -> None:
    edge = SHALLOW.t0 + np.array([-0.2502, -0.2498, 0.2498, 0.2502])
    changed = change(SHALLOW, edge, 1e-5)
    assert changed[0] == changed[3] == 0
    assert changed[1] < 0
    assert changed[2] < 0


def test_that_a_long_exposure_smears_a_short_transit() -> None:
    short = replace(SHALLOW, duration_d=0.02)
    time = SHALLOW.t0 + 0.02 * np.arange(-3, 4, dtype=np.float64)
    fine = change(short, SHALLOW.t0 + np.linspace(-0.01, 0.01, 2001), 1e-6)
    seen = change(short, time, 0.02)
    assert seen.min() == pytest.approx(fine.mean(), rel=0.03)
    assert seen.min() > 0.9 * fine.min()


def test_that_the_light_a_transit_takes_does_not_depend_on_the_cadence() -> None:
    taken = []
    for cadence_d in (0.001, 0.02):
        time = 1338.0 + cadence_d * np.arange(round(4 / cadence_d), dtype=np.float64)
        taken.append(change(SHALLOW, time, cadence_d).sum() * cadence_d)
    assert taken[0] == pytest.approx(taken[1], rel=1e-2)


def test_that_an_injected_transit_is_recovered_by_a_fit() -> None:
    curve = with_signals(quiet_curve(2000, noise=1e-4), [SHALLOW])

    def model(time: Floats, t0: float, depth: float, duration: float) -> Floats:
        return 1 + change(Signal("transit", t0, depth, duration, impact=0.3), time, CADENCE_D)

    near = np.abs(curve.time - SHALLOW.t0) < 1
    fitted, _ = curve_fit(model, curve.time[near], curve.flux[near], p0=[1340.05, 0.008, 0.45])
    assert fitted[0] == pytest.approx(SHALLOW.t0, abs=0.003)
    assert fitted[1] == pytest.approx(SHALLOW.depth, rel=0.02)
    assert fitted[2] == pytest.approx(SHALLOW.duration_d, rel=0.03)


def test_that_an_injected_flare_peaks_where_and_as_high_as_asked() -> None:
    signal = Signal("flare", 1340.0, -0.3, 0.2)
    quiet = quiet_curve(2000, noise=1e-4)
    rise = with_signals(quiet, [signal]).flux - quiet.flux
    assert quiet.time[np.argmax(rise)] == pytest.approx(1340.0, abs=CADENCE_D)
    assert rise.max() == pytest.approx(0.3, rel=0.05)
    assert (rise > 0.15).sum() * CADENCE_D == pytest.approx(0.2, abs=1.5 * CADENCE_D)


def test_that_flares_add_light_and_transits_take_a_share() -> None:
    quiet = quiet_curve(2000)
    star = replace(quiet, flux=quiet.flux * np.where(np.arange(2000) < 1000, 1.0, 2.0))
    low, high = float(quiet.time[300]), float(quiet.time[1700])
    flares = with_signals(star, [Signal("flare", moment, -0.5, 0.3) for moment in (low, high)]).flux - star.flux
    dips = with_signals(star, [Signal("transit", moment, 0.1, 1.0) for moment in (low, high)]).flux - star.flux
    assert flares[:1000].max() == pytest.approx(flares[1000:].max(), rel=0.01)
    assert dips[1000:].min() / dips[:1000].min() == pytest.approx(2, rel=0.01)


@given(st.integers(0, 2**31))
def test_that_every_irregular_dip_is_one_deep_and_ends(seed: int) -> None:
    shape = irregular(np.linspace(-1, 1, 2001), seed)
    assert shape.max() == pytest.approx(1.0, abs=1e-3)
    assert shape.min() >= 0
    assert shape[0] == shape[-1] == 0


def test_that_nothing_but_the_fluxes_changes_and_lost_rows_stay_lost() -> None:
    curve = curve_with_columns()
    signals = [
        SHALLOW,
        Signal("flare", 1355.0, -0.2, 0.1),
        Signal("step", 1360.0, 0.02),
        Signal("outlier", 1330.0, -0.1),
    ]
    after = with_signals(curve, signals)
    for name in ("time", "flux_err", "quality", "cadence", "row"):
        assert np.array_equal(getattr(after, name), getattr(curve, name), equal_nan=True)
    assert after.columns["BKG"] is curve.columns["BKG"]
    assert np.array_equal(np.isnan(after.flux), np.isnan(curve.flux))
    untouched = np.abs(curve.time - 1330.0) > 0.1
    untouched &= np.abs(curve.time - SHALLOW.t0) > 0.3
    untouched &= ~((curve.time > 1354.8) & (curve.time < 1358)) & (curve.time < 1360)
    assert np.array_equal(after.flux[untouched], curve.flux[untouched], equal_nan=True)
    assert not np.array_equal(after.flux, curve.flux, equal_nan=True)


def test_that_every_flux_of_the_file_has_the_signal() -> None:
    curve = curve_with_columns()
    after = with_signals(curve, [SHALLOW])
    ratio = after.columns["SAP_FLUX"].values / curve.columns["SAP_FLUX"].values
    assert np.allclose(ratio, after.flux / curve.flux, equal_nan=True)
    assert np.array_equal(after.columns["FLUX"].values, after.flux, equal_nan=True)


def test_that_an_injected_curve_says_so_and_has_no_file() -> None:
    curve = quiet_curve()
    after = with_signals(curve, [SHALLOW])
    assert after.source.path is None
    assert after.source.object_name == "quiet star (injected)"
    assert "Not as observed" in after.source.notes[-1]
    assert after.digest != curve.digest


def test_that_an_injected_stitched_curve_names_none_of_its_files() -> None:
    first, second = quiet_curve(600), quiet_curve(600, seed=1)
    pieces = [
        replace(curve, time=curve.time + shift, source=replace(curve.source, path=Path(name)))
        for curve, shift, name in ((first, 0.0, "a.fits"), (second, 100.0, "b.fits"))
    ]
    after = with_signals(stitch(pieces), [replace(SHALLOW, t0=1330.0)])
    assert [piece.path for piece in after.pieces] == [None, None]
    assert after.joins.tolist() == [600]


def test_that_a_transit_is_a_larger_magnitude_of_the_right_size() -> None:
    quiet = quiet_curve(2000, noise=1e-4)
    curve = replace(quiet, flux=14 - 2.5 * np.log10(quiet.flux), flux_unit="mag")
    deep = replace(SHALLOW, depth=0.1)
    faded = with_signals(curve, [deep]).flux - curve.flux
    assert faded.max() == pytest.approx(-2.5 * np.log10(0.9), rel=1e-2)
    assert faded.min() >= 0
    brighter = with_signals(curve, [Signal("flare", 1340.0, -0.5, 0.3)]).flux - curve.flux
    assert brighter.min() == pytest.approx(-2.5 * np.log10(1.5), rel=3e-2)


def test_that_a_star_turned_off_has_no_magnitude() -> None:
    quiet = quiet_curve(2000, noise=1e-4)
    curve = replace(quiet, flux=14 - 2.5 * np.log10(quiet.flux), flux_unit="mag")
    after = with_signals(curve, [Signal("outlier", float(quiet.time[50]), 1.5)])
    assert np.isnan(after.flux[50])
    assert np.isfinite(after.flux[:50]).all()


def test_that_a_flux_about_zero_is_refused_with_a_sentence() -> None:
    quiet = quiet_curve()
    curve = replace(quiet, flux=quiet.flux - 1)
    with pytest.raises(FitError, match="not above zero"):
        with_signals(curve, [SHALLOW])
    with pytest.raises(FitError, match="not above zero"):
        ground_of(curve, silent)


def test_that_the_snr_of_the_truth_is_that_of_a_matched_filter() -> None:
    quiet = quiet_curve(2000, noise=1e-3)
    changed = change(SHALLOW, quiet.time, CADENCE_D)
    truth = planted(SHALLOW, quiet, np.full(2000, 1e-3))
    rng = np.random.default_rng(1)
    noise = 1e-3 * rng.standard_normal((4000, 2000))
    filtered = (noise + changed) @ changed / np.sqrt(changed @ changed)
    assert filtered.mean() / filtered.std() == pytest.approx(truth.snr, rel=0.05)


def test_that_each_repetition_has_its_rows_and_those_in_a_gap_have_none() -> None:
    curve = curve_with_columns()
    signal = Signal("transit", 1326.0, 0.02, 0.4, period_d=2.5)
    truth = planted(signal, curve, np.full(2000, 1e-4))
    middles = [float(np.nanmean(curve.time[start:stop])) for start, stop in truth.spans]
    turns = (np.array(middles) - 1326.0) / 2.5
    assert np.abs(turns - np.round(turns)).max() < 0.03
    in_gap = [turn for turn in range(17) if 1345.0 < 1326.0 + 2.5 * turn < 1346.3]
    assert in_gap
    assert not set(np.round(turns).astype(int)) & set(in_gap)


def test_that_a_signal_between_the_rows_is_no_truth() -> None:
    curve = curve_with_columns()
    assert planted(replace(SHALLOW, t0=1345.7, duration_d=0.3), curve, np.full(2000, 1e-4)).spans == ()


def test_that_wilsons_interval_has_the_values_of_the_textbook() -> None:
    low, high = wilson(np.array([0, 5, 10, 81, 0]), np.array([10, 10, 10, 263, 0]))
    assert low[:4] == pytest.approx([0.0, 0.2366, 0.7225, 0.2553], abs=5e-4)
    assert high[:4] == pytest.approx([0.2775, 0.7634, 1.0, 0.3662], abs=5e-4)
    assert np.isnan(low[4])
    assert np.isnan(high[4])


def test_that_a_mirrored_curve_has_its_dip_above_the_baseline() -> None:
    deep = replace(SHALLOW, depth=0.05)
    ground = ground_of(with_signals(quiet_curve(2000), [deep]), silent)
    row = int(np.argmin(np.abs(ground.curve.time - deep.t0)))
    assert ground.curve.flux[row] < 0.96
    assert mirrored(ground).flux[row] > 1.04


@pytest.mark.parametrize("how", list(Scramble))
def test_that_a_scrambled_curve_keeps_the_noise_and_loses_the_event(how: Scramble) -> None:
    ground = ground_of(with_signals(quiet_curve(2000), [replace(SHALLOW, depth=0.05)]), silent)
    made = scrambled(ground, how, np.random.default_rng(2))
    assert made.flux.std() == pytest.approx(1e-3, rel=0.15)
    assert made.flux.min() > 0.99
    again = scrambled(ground, how, np.random.default_rng(2))
    assert np.array_equal(made.flux, again.flux)


def test_that_phases_keep_the_colour_of_the_noise() -> None:
    quiet = quiet_curve(4000)
    red = np.convolve(quiet.flux - 1, np.ones(8), mode="same") + 1
    ground = ground_of(replace(quiet, flux=red), silent)
    made = scrambled(ground, Scramble.PHASES, np.random.default_rng(0)).flux - ground.baseline

    def neighbours(values: Floats) -> float:
        return float(np.corrcoef(values[1:], values[:-1])[0, 1])

    assert neighbours(made) == pytest.approx(neighbours(red - ground.baseline), abs=0.05)


SAMPLING = Sampling(CADENCE_D, 40.0, 1e-3)


def test_that_what_is_left_open_spans_weak_to_strong() -> None:
    grid = grid_of(InjectionPlan(), SAMPLING)
    middle_d = float(np.sqrt(grid.width[0] * grid.width[-1]))
    one = unit_snr(grid.kind, middle_d, SAMPLING)
    assert grid.strength[0] * one == pytest.approx(3, rel=0.1)
    assert grid.strength[-1] * one == pytest.approx(30, rel=0.1)
    assert grid.shape == (5, 4)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"depth_from": 2.0, "depth_to": 1.0}, "smaller number first"),
        ({"duration_from": 2000.0}, "longer than the curve"),
        ({"depth_from": 60.0}, "cannot be 60 % deep"),
        ({"kind": "transits", "period_from": 30.0}, "does not repeat twice"),
        ({"kind": "transits", "period_from": 1.0, "duration_to": 20.0}, "do not fit a period"),
        ({"kind": "flares", "across": "period"}, "no period"),
    ],
)
def test_that_ranges_that_do_not_fit_are_refused_with_a_sentence(asked: dict[str, object], said: str) -> None:
    with pytest.raises(ParamError) as caught:
        grid_of(InjectionPlan.checked(asked), SAMPLING)
    assert said in str(caught.value)


@pytest.mark.parametrize("kind", ["single transits", "flares", "dips", "outliers", "steps", "transits"])
def test_that_injections_of_one_run_do_not_touch_and_are_as_strong_as_their_cell(kind: str) -> None:
    ground = ground_of(quiet_curve(4000), silent)
    plan = InjectionPlan.checked({"kind": kind, "measure": "SNR", "rows": 3, "columns": 2})
    grid = grid_of(plan, Sampling(CADENCE_D, 80.0, 1e-3))
    cells = [(row, column) for row in range(grid.shape[0]) for column in range(grid.shape[1])] * 2
    taken = np.zeros(4000, np.bool_)
    taken[1000:1500] = True
    runs, left_out = packed(ground, grid, cells, taken, np.random.default_rng(3))
    assert left_out == 0
    assert sum(map(len, runs)) == len(cells)
    for run in runs:
        covered = np.array(taken)
        for placed in run:
            for start, stop in placed.planted.spans:
                assert not covered[start:stop].any()
                covered[start:stop] = True
            low, high = grid.strength[placed.row : placed.row + 2]
            assert low * 0.97 <= placed.planted.snr <= high * 1.03


def test_that_slack_is_two_hundredths_of_a_day_or_one_cadence() -> None:
    time = 0.01 * np.arange(100, dtype=np.float64)
    assert slack_rows(time, (50, 52), 0.01) == (48, 54)
    assert slack_rows(time[::10], (5, 6), 0.1) == (4, 7)


def test_that_the_suggested_threshold_is_the_lowest_that_stays_below_the_wish() -> None:
    levels = np.array([3.0, 4.0, 5.0, 6.0])
    none = np.zeros(4, np.int64)
    false = FalseEvents(levels, none, none, np.array([90, 2, 3, 0]), 1, 20, 27.0)
    assert false.threshold_for(0.15) == 4.0
    assert false.threshold_for(0.1) == 6.0
    assert np.isnan(FalseEvents(levels, none, none, np.array([9, 9, 9, 9]), 1, 20, 27.0).threshold_for(0.1))
    assert false.at(5.5)[2] == pytest.approx(0.15)
