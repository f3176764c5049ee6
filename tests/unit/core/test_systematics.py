"""What the instrument was doing is told row by row, and is unknown where the file does not tell."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.source import Source
from desktop_app.core.systematics import background_of, position_of, systematics_of

N = 4000
CADENCE_D = 0.005
NONE: Ints = np.zeros(0, np.int64)
TESS = Source(mission="TESS")


def observed(quality: Ints = NONE, columns: Mapping[str, Series] | None = None, source: Source = TESS) -> LightCurve:
    """Twenty days with a gap of a day in the middle."""
    time = CADENCE_D * np.arange(float(N))
    time[N // 2 :] += 1.0
    cadence = np.round(time / CADENCE_D).astype(np.int64)
    flux = np.random.default_rng(0).normal(1.0, 1e-3, N)
    return LightCurve(source, time, flux, np.full(N, 1e-3), quality=quality, cadence=cadence, columns=columns or {})


def steady(seed: int = 1) -> Floats:
    return 1000 + np.random.default_rng(seed).normal(0, 2.0, N)


def test_that_hours_count_from_the_last_gap_and_to_the_next() -> None:
    told = systematics_of(observed())
    assert told.since_gap_h[0] == 0.0
    assert told.since_gap_h[100] == pytest.approx(24 * 0.5)
    assert told.to_gap_h[N // 2 - 1] == pytest.approx(0.0, abs=1e-9)
    assert told.since_gap_h[N // 2] == pytest.approx(0.0, abs=1e-9)
    assert told.to_gap_h[N // 2] == pytest.approx(24 * CADENCE_D * (N // 2 - 1))


def test_that_rows_hidden_for_long_make_a_gap_and_a_few_do_not() -> None:
    quality = np.zeros(N, np.int64)
    quality[500:600] = 128
    quality[1000:1005] = 128
    told = systematics_of(observed(quality=quality))
    assert told.since_gap_h[600] == 0.0
    assert told.since_gap_h[1005] == pytest.approx(24 * CADENCE_D * 405)


def test_that_dumps_are_counted_in_cadences() -> None:
    quality = np.zeros(N, np.int64)
    quality[300] = 32
    told = systematics_of(observed(quality=quality))
    assert told.dump_cadences[[300, 303, 290]].tolist() == [0, 3, 10]


def test_that_without_a_dump_it_is_infinitely_far_and_unknown_where_bits_are_not() -> None:
    assert np.isinf(systematics_of(observed()).dump_cadences).all()
    assert np.isnan(systematics_of(observed(source=Source(mission="Hubble"))).dump_cadences).all()


def test_that_a_background_that_doubles_is_scattered_light_with_its_flanks() -> None:
    background = steady()
    hill = 1000 * np.exp(-0.5 * ((np.arange(N) - 1200) / 60.0) ** 2)
    told = systematics_of(observed(columns={"SAP_BKG": Series(background + hill, "e-/s")}))
    assert told.background_sigmas[1200] > 15
    assert told.scattered_light[1100:1301].all()
    assert not told.scattered_light[:900].any()
    assert not told.scattered_light[1500:].any()


def test_that_the_bit_of_scattered_light_counts_without_a_background_but_not_where_it_means_another_thing() -> None:
    quality = np.zeros(N, np.int64)
    quality[700:800] = 4096
    told = systematics_of(observed(quality=quality))
    assert np.flatnonzero(told.scattered_light).tolist() == list(range(700, 800))
    assert np.isnan(told.background_sigmas).all()
    assert not systematics_of(
        observed(quality=quality, source=Source(mission="TESS", flags="QLP"))
    ).scattered_light.any()


def test_that_a_star_off_its_place_and_one_that_jitters_are_told() -> None:
    rng = np.random.default_rng(2)
    x, y = 1e-3 * rng.standard_normal(N), 1e-3 * rng.standard_normal(N)
    x[1000:1010] += 0.02
    y[3000:3200] *= 4
    told = systematics_of(observed(columns={"pos_corr1": Series(x), "pos_corr2": Series(y)}))
    assert (told.motion_sigmas[1000:1010] > 10).all()
    assert told.unsteady[3020:3180].mean() > 0.9
    assert told.unsteady.mean() < 0.1


def test_that_slow_drift_is_no_motion() -> None:
    rng = np.random.default_rng(3)
    drift = np.linspace(0, 0.3, N) + 1e-3 * rng.standard_normal(N)
    told = systematics_of(observed(columns={"POS_CORR1": Series(drift), "POS_CORR2": Series(drift[::-1])}))
    assert np.mean(told.motion_sigmas > 5) < 0.001


def test_that_many_cosmic_rays_in_a_day_are_a_storm() -> None:
    rng = np.random.default_rng(4)
    quality = np.where(rng.random(N) < 0.01, 64, 0)
    quality[2500:2600:2] = 64
    told = systematics_of(observed(quality=quality))
    assert told.storm[2520:2580].all()
    assert told.storm.mean() < 0.1


def test_that_thrusters_fire_in_k2_alone() -> None:
    quality = np.zeros(N, np.int64)
    quality[[10, 60]] = 1048576, 524288
    assert np.flatnonzero(systematics_of(observed(quality=quality, source=Source(mission="K2"))).thruster).tolist() == [
        10,
        60,
    ]
    assert not systematics_of(observed(quality=quality)).thruster.any()


def test_that_the_motion_of_the_field_goes_before_that_of_the_star() -> None:
    columns = {
        name: Series(np.full(N, value))
        for value, name in enumerate(["MOM_CENTR1", "MOM_CENTR2", "POS_CORR1", "POS_CORR2"])
    }
    place = position_of(observed(columns=columns))
    assert place is not None
    assert place[0][0] == 2
    assert background_of(observed()) is None


@pytest.mark.parametrize("n", [0, 1, 2])
def test_that_hardly_any_rows_are_no_error(n: int) -> None:
    columns = {name: Series(np.full(n, np.nan)) for name in ("SAP_BKG", "POS_CORR1", "POS_CORR2")}
    curve = LightCurve(Source(mission="TESS"), np.arange(float(n)), np.ones(n), np.ones(n), columns=columns)
    told = systematics_of(curve)
    assert told.since_gap_h.shape == told.storm.shape == told.motion_sigmas.shape == (n,)


def test_that_rows_without_a_time_have_no_distance_to_a_gap() -> None:
    curve = observed()
    time = curve.time.copy()
    time[50] = np.nan
    told = systematics_of(replace(curve, time=time))
    assert np.isnan(told.since_gap_h[50])
    assert np.isfinite(told.since_gap_h[51])
