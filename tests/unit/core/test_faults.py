"""Faults put into channels, and cycles found in them."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.cycles import cycle_rows
from desktop_app.core.channels.faults import FAULTS, SIZES, Fault, Usual, place, planted, usual_of


def orbit(n: int = 2000, *, period: int = 97, seed: int = 0) -> Floats:
    """A sine with a little noise, about 20."""
    rng = np.random.default_rng(seed)
    return 20 + np.sin(2 * np.pi * np.arange(n) / period) + 0.05 * rng.standard_normal(n)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("size", range(len(SIZES)))
def test_that_a_fault_changes_its_rows_and_no_others(kind: str, size: int) -> None:
    values = orbit()
    usual = usual_of(values)
    fault = place(values, usual, kind, size, np.random.default_rng(size))
    assert fault is not None
    changed = planted(values, fault, usual, np.random.default_rng(1))
    different = np.flatnonzero(changed != values)
    assert fault.start <= different.min()
    assert different.max() < fault.stop
    assert np.abs(changed - values).max() > 0.05 * usual.spread


@pytest.mark.parametrize("kind", FAULTS)
def test_that_the_same_seed_plants_the_same(kind: str) -> None:
    values = orbit()
    usual = usual_of(values)
    first, second = (place(values, usual, kind, 1, np.random.default_rng(7)) for _ in range(2))
    assert first == second
    assert first is not None
    one, other = (planted(values, first, usual, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_that_missing_values_stay_missing() -> None:
    values = orbit()
    values[500:600] = np.nan
    for kind in FAULTS:
        changed = planted(values, Fault(kind, 450, 650, 1.0), Usual(2.0, 97), np.random.default_rng(0))
        assert np.isnan(changed[500:600]).all(), kind


def test_that_a_constant_value_cannot_freeze_and_a_channel_without_cycles_cannot_miss_one() -> None:
    rng = np.random.default_rng(0)
    flat = np.full(1000, 3.3)
    assert place(flat, usual_of(flat), "frozen", 2, rng) is None
    noise = rng.standard_normal(1000)
    assert place(noise, usual_of(noise), "missing cycle", 2, rng) is None


def test_that_a_channel_at_zero_cannot_drop_out() -> None:
    values = np.zeros(1000)
    assert place(values, usual_of(values), "dropout", 2, np.random.default_rng(0)) is None


def test_that_too_short_a_stretch_has_no_room() -> None:
    values = orbit(60)
    assert place(values, Usual(2.0, 0), "drift", 0, np.random.default_rng(0)) is None


def test_that_a_constant_channel_has_a_range_as_large_as_its_value() -> None:
    assert usual_of(np.full(500, -4.0)).spread == 4.0
    assert usual_of(np.zeros(500)).spread == 1.0


@pytest.mark.parametrize("period", [20, 97, 300])
def test_that_the_shortest_cycle_is_found(period: int) -> None:
    assert cycle_rows(orbit(period=period)) == pytest.approx(period, abs=2)


def test_that_what_does_not_repeat_has_no_cycle() -> None:
    rng = np.random.default_rng(0)
    assert cycle_rows(rng.standard_normal(1000)) == 0
    assert cycle_rows(np.linspace(0, 1, 1000)) == 0
    assert cycle_rows(np.ones(1000)) == 0
    assert cycle_rows(np.full(1000, np.nan)) == 0
    assert cycle_rows(orbit(20)) == 0
