"""What is found out about dips, on planets and on pairs of stars that were put in."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.detection import PeriodicSignal
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.source import Card
from desktop_app.core.transits.checks import check, has_secondary, reasons_for_eclipse, signal_of
from desktop_app.core.transits.fit import Shape, refine
from tests.data import quiet_curve
from tests.unit.core.test_transit_fit import DURATION, EPOCH, PERIOD, ROUGH, flat_of, with_dips

PLANET = Shape(PERIOD, EPOCH, DURATION, 0.1, 0.3)


def checked(
    curve: LightCurve, rough: PeriodicSignal = ROUGH, others: tuple[PeriodicSignal, ...] = ()
) -> PeriodicSignal:
    flat = flat_of(curve)
    return check(flat, refine(flat, rough), others)


def two_stars(*, depth_ratio: float, phase: float = 0.5, radius: float = 0.15) -> LightCurve:
    """Eclipses of 2 % and, at ``phase``, others a share as deep."""
    curve = with_dips(Shape(PERIOD, EPOCH, DURATION, radius, 0.2))
    second = Shape(PERIOD, EPOCH + phase * PERIOD, DURATION, radius * depth_ratio**0.5, 0.2)
    return replace(curve, flux=curve.flux * second.light(curve.time, 0.01))


def test_that_a_planet_passes_every_check() -> None:
    signal = checked(with_dips(PLANET))
    checks = signal.checks
    assert signal.kind == "transit"
    assert reasons_for_eclipse(signal) == ()
    assert checks["transits"] == 8
    assert checks["odd_even"] < 3
    assert not has_secondary(checks)
    assert checks["inverted"] < checks["secondary_limit"]
    assert 0.3 < checks["depth_scatter"] < 2
    assert checks["one_dip"] < 2
    assert abs(checks["ellipsoidal"]) < 2e-4
    assert np.isnan(checks["centroid_shift"])
    assert np.isnan(checks["radius_earth"])


def test_that_unequal_stars_found_at_half_their_period_get_the_whole_one() -> None:
    curve = two_stars(depth_ratio=0.5)
    signal = checked(curve, replace(ROUGH, period_d=PERIOD / 2))
    assert signal.kind == "eclipse"
    assert signal.period_d == pytest.approx(PERIOD, abs=1e-3)
    assert "secondary" in reasons_for_eclipse(signal)
    turns = (signal.epoch - EPOCH) / PERIOD
    assert abs(turns - round(turns)) < 0.01  # the deeper one is the primary


def test_that_a_planet_found_at_twice_its_period_gets_its_own() -> None:
    signal = checked(with_dips(PLANET), replace(ROUGH, period_d=2 * PERIOD))
    assert signal.kind == "transit"
    assert signal.period_d == pytest.approx(PERIOD, abs=1e-3)
    assert signal.checks["transits"] == 8


def test_that_a_second_dip_off_the_middle_is_found_where_it_is() -> None:
    signal = checked(two_stars(depth_ratio=0.3, phase=0.37))
    assert signal.kind == "eclipse"
    assert signal.checks["secondary_phase"] == pytest.approx(0.37, abs=0.01)
    assert signal.checks["secondary_depth"] == pytest.approx(0.3 * signal.depth, rel=0.15)


def test_that_the_faint_glow_of_a_planet_is_no_second_star() -> None:
    signal = checked(two_stars(depth_ratio=0.05, radius=0.12))
    assert has_secondary(signal.checks)
    assert signal.kind == "transit"


def test_that_the_dip_of_another_planet_is_no_second_dip() -> None:
    other = Shape(9.1, 1328.1, 0.2, 0.12, 0.1)
    curve = with_dips(PLANET)
    curve = replace(curve, flux=curve.flux * other.light(curve.time, 0.01))
    stronger = PeriodicSignal("transit", 9.1, 1328.1, 0.2, other.depth, 100.0, 9.0)
    signal = checked(curve, others=(stronger,))
    assert signal.kind == "transit"
    assert not has_secondary(signal.checks)


def test_that_deep_grazing_dips_are_of_two_stars() -> None:
    signal = checked(with_dips(Shape(PERIOD, EPOCH, DURATION, 0.45, 1.1)))
    assert signal.kind == "eclipse"
    assert set(reasons_for_eclipse(signal)) & {"radius", "v_shape"}


def test_that_a_star_pulled_out_of_shape_has_a_heavy_companion() -> None:
    curve = with_dips(PLANET)
    wave = -0.004 * np.cos(4 * np.pi * (curve.time - EPOCH) / PERIOD)
    signal = checked(replace(curve, flux=curve.flux * (1 + wave)))
    assert signal.checks["ellipsoidal"] == pytest.approx(0.004, rel=0.2)
    assert "ellipsoidal" in reasons_for_eclipse(signal)


def test_that_the_radius_of_the_star_makes_that_of_the_planet() -> None:
    curve = with_dips(PLANET)
    source = replace(curve.source, cards=lambda: (Card("PRIMARY", "RADIUS", "2.0"),))
    signal = checked(replace(curve, source=source))
    assert signal.checks["radius_earth"] == pytest.approx(0.1 * 2 * 109.1, rel=0.05)
    giant = replace(curve.source, cards=lambda: (Card("PRIMARY", "RADIUS", "4.5"),))
    assert "radius" in reasons_for_eclipse(checked(replace(curve, source=giant)))


def test_that_light_that_moves_in_dips_is_measured_in_pixels() -> None:
    curve = with_dips(PLANET)
    rng = np.random.default_rng(8)
    hidden = 1 - PLANET.light(curve.time, 0.01)
    pointing = 0.01 * np.sin(curve.time)
    x = 100 + pointing + 2.0 * hidden + 1e-3 * rng.standard_normal(len(curve))
    y = 50 + 1e-3 * rng.standard_normal(len(curve))
    columns = {"MOM_CENTR1": Series(x), "MOM_CENTR2": Series(y), "POS_CORR1": Series(pointing)}
    checks = checked(replace(curve, columns=columns)).checks
    assert checks["centroid_shift"] > 20
    assert checks["centroid_x"] == pytest.approx(2.0 * float(hidden.max()), rel=0.1)
    assert abs(checks["centroid_y"]) < 3e-4
    assert checks["source_offset"] == pytest.approx(2.0, rel=0.15)


def test_that_a_single_dip_can_be_checked_too() -> None:
    shape = Shape(np.nan, 1337.0, 0.5, 0.1, 0.2)
    signal = checked(with_dips(shape), replace(ROUGH, period_d=np.nan, epoch=1337.1, duration_d=0.4))
    assert signal.kind == "transit"
    assert signal.checks["transits"] == 1
    assert np.isnan(signal.checks["secondary"])


def test_that_noise_that_was_taken_for_a_signal_is_checked_without_complaint() -> None:
    signal = checked(quiet_curve(400), replace(ROUGH, depth=1e-4))
    assert signal.snr < 6


@pytest.mark.parametrize(
    ("span", "place"),
    [
        ((EPOCH - 0.05, EPOCH + 0.05), 0),
        ((EPOCH + 4 * PERIOD, EPOCH + 4 * PERIOD + 0.1), 0),
        ((EPOCH + PERIOD / 2, EPOCH + PERIOD / 2 + 0.1), 1),
        ((EPOCH + 1.0, EPOCH + 1.1), -1),
        ((EPOCH - 2.0, EPOCH + 1.5), -1),
    ],
)
def test_that_an_event_belongs_to_the_signal_whose_dip_it_is(span: tuple[float, float], place: int) -> None:
    one = PeriodicSignal("transit", PERIOD, EPOCH, DURATION, 0.01, 10.0, 9.0)
    checks = {"secondary": 20.0, "secondary_limit": 5.0, "secondary_phase": 0.5, "secondary_dips": 4.0}
    other = PeriodicSignal("eclipse", 2 * PERIOD, EPOCH + PERIOD / 2, DURATION, 0.01, 8.0, 9.0, checks)
    assert signal_of(span, [one, other]) == place


def test_that_a_shorter_second_dip_of_an_eccentric_orbit_is_fitted_by_itself() -> None:
    curve = with_dips(Shape(PERIOD, EPOCH, 0.3, 0.3, 0.2))
    second = Shape(PERIOD, EPOCH + 0.58 * PERIOD, 0.15, 0.25, 0.4)
    signal = checked(replace(curve, flux=curve.flux * second.light(curve.time, 0.01)), replace(ROUGH, duration_d=0.28))
    assert signal.kind == "eclipse"
    assert signal.checks["secondary_phase"] == pytest.approx(0.58, abs=0.003)
    assert signal.checks["secondary_depth"] == pytest.approx(second.depth, rel=0.05)
    assert signal.checks["secondary_duration"] == pytest.approx(0.15, rel=0.1)
