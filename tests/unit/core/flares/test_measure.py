"""What is noted down about a flare, against flares whose size is known."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.flares.measure import flare_evidence, split_components
from desktop_app.core.flares.shapes import in_rows

NOISE = 1e-3
CADENCE_D = 2 / 1440
ROW = np.arange(500, dtype=np.float64)


def flares_of(*parts: tuple[float, float, float], seed: int = 1) -> tuple[Floats, Floats]:
    """Flux above a baseline of 1, without and with noise, for flares of (row, fwhm, height in sigmas)."""
    clean = np.zeros(ROW.size)
    for peak, fwhm, height in parts:
        clean += NOISE * height * in_rows(ROW, peak=peak, fwhm=fwhm)
    return clean, clean + NOISE * np.random.default_rng(seed).standard_normal(ROW.size)


def evidence_of(flux: Floats, start: int, stop: int, level: float = 1.0) -> dict[str, float]:
    return flare_evidence(100 + ROW * CADENCE_D, flux, np.full(ROW.size, level), np.full(ROW.size, NOISE), start, stop)


@pytest.mark.parametrize("fwhm", [1.0, 4.0, 12.0])
def test_that_the_equivalent_duration_is_the_light_over_the_baseline(fwhm: float) -> None:
    clean, flux = flares_of((150.2, fwhm, 200.0))
    found = evidence_of(flux, 149, 153)
    assert found["equivalent_duration_s"] == pytest.approx(clean.sum() * CADENCE_D * 86400, rel=0.05)
    assert found["amplitude"] == pytest.approx(clean.max(), abs=4 * NOISE)
    assert found["components"] == 1


def test_that_a_star_twice_as_bright_halves_amplitude_and_equivalent_duration() -> None:
    _, flux = flares_of((150.2, 4.0, 200.0))
    one, two = evidence_of(flux, 149, 160), evidence_of(flux, 149, 160, level=2.0)
    assert two["amplitude"] == pytest.approx(one["amplitude"] / 2)
    assert two["equivalent_duration_s"] == pytest.approx(one["equivalent_duration_s"] / 2)


def test_that_edges_grow_to_one_sigma_and_no_further() -> None:
    _, flux = flares_of((150.2, 4.0, 200.0))
    narrow, wide = evidence_of(flux, 150, 151), evidence_of(flux, 148, 160)
    assert narrow == wide
    beyond = evidence_of(np.where(ROW > 250, 0.5 * NOISE, flux), 148, 160)
    assert beyond == wide


def test_that_edges_stop_at_a_pause() -> None:
    _, flux = flares_of((150.0, 10.0, 300.0))
    level, noise = np.ones(ROW.size), np.full(ROW.size, NOISE)
    whole = flare_evidence(ROW * CADENCE_D, flux, level, noise, 149, 152)
    torn = flare_evidence((ROW + 50 * (ROW > 160)) * CADENCE_D, flux, level, noise, 149, 152)
    assert torn["equivalent_duration_s"] < 0.8 * whole["equivalent_duration_s"]


def test_that_unusable_rows_inside_a_flare_are_bridged() -> None:
    _, flux = flares_of((150.2, 6.0, 300.0))
    holed = flux.copy()
    holed[[153, 158, 159]] = np.nan
    whole, bridged = evidence_of(flux, 148, 170), evidence_of(holed, 148, 170)
    assert bridged["equivalent_duration_s"] == pytest.approx(whole["equivalent_duration_s"], rel=0.1)


def test_that_nothing_is_claimed_where_nothing_is_known() -> None:
    _, flux = flares_of((150.2, 6.0, 300.0))
    assert evidence_of(np.full(ROW.size, np.nan), 10, 20) == {}
    below = evidence_of(flux, 148, 170, level=-1.0)
    assert np.isnan(below["equivalent_duration_s"])
    assert below["amplitude"] == pytest.approx(flux.max())


@pytest.mark.parametrize("height", [30.0, 100.0, 1000.0])
def test_that_a_complex_flare_is_split_and_a_simple_one_is_not(height: float) -> None:
    rng = np.random.default_rng(3)
    split = {1: 0, 2: 0}
    for seed in range(30):
        fwhm, at = rng.uniform(1.5, 8.0), 100 + rng.uniform(-0.5, 0.5)
        second = (at + rng.uniform(3, 6) * max(fwhm, 3.0), rng.uniform(1.5, 5.0), 0.5 * height)
        for number, parts in ((1, ((at, fwhm, height),)), (2, ((at, fwhm, height), second))):
            clean, flux = flares_of(*parts, seed=seed)
            rows = np.flatnonzero(clean > NOISE)
            split[number] += evidence_of(flux, int(rows[0]), int(rows[-1]) + 1)["components"] == number
    assert split[1] >= 28
    assert split[2] >= 28


def test_that_the_components_are_told_by_their_peaks() -> None:
    _, flux = flares_of((100.0, 5.0, 300.0), (140.0, 4.0, 150.0))
    rows = slice(92, 200)
    peaks = split_components(ROW[rows] * CADENCE_D, flux[rows], np.full(108, NOISE), CADENCE_D) + 92
    np.testing.assert_allclose(peaks, [100, 140], atol=1)


def test_that_a_flare_of_thousands_of_rows_is_measured_too() -> None:
    row = np.arange(40_000, dtype=np.float64)
    shape = 100 * in_rows(row, peak=9000.0, fwhm=1000.0, moments=1)
    flux = NOISE * (shape + np.random.default_rng(0).standard_normal(row.size))
    found = flare_evidence(row / 1440, flux, np.ones(row.size), np.full(row.size, NOISE), 8300, 15_000)
    assert found["components"] == 1
    assert found["equivalent_duration_s"] == pytest.approx(60 * NOISE * shape.sum(), rel=0.1)
