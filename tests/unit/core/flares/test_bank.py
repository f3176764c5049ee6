"""The matched filters against slow and obvious sums, in white and red noise, beside pauses and holes."""

import numpy as np
import pytest
from scipy.signal import lfilter

from desktop_app.core.arrays import Floats, Ints
from desktop_app.core.flares.bank import even_slots, match_templates
from desktop_app.core.flares.candidates import AFTER, BEFORE, CHANNELS, FACTS, Search, search, windows_of
from desktop_app.core.flares.shapes import in_rows, template_bank
from desktop_app.core.flattened import BaselineParams, flatten
from desktop_app.core.progress import silent
from tests.curves import curve_of
from tests.data import quiet_curve

BANK = template_bank(1.0, 14.2)
EVEN: Ints = np.arange(6000)


def white(n: int = 6000, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).standard_normal(n)


def answered(residual: Floats, slots: Ints = EVEN) -> Floats:
    return match_templates(residual, slots, BANK, silent).astype(np.float64)


def searched(flux: Floats, cadence_d: float = 2 / 1440) -> Search:
    time: Floats = cadence_d * np.arange(flux.size, dtype=np.float64)
    return search(flatten(curve_of(time, flux), BaselineParams(), silent), silent)


def test_that_the_bank_holds_widths_of_two_shapes() -> None:
    assert [round(one.fwhm, 1) for one in BANK if one.decays] == [1, 1.7, 2.9, 4.9, 8.4, 14.2]
    assert [round(one.fwhm, 1) for one in BANK if not one.decays] == [1, 1.7, 2.9]
    assert all(one.shape[one.peak] == one.shape.max() == 1 for one in BANK)


def test_that_the_answer_is_the_matched_sum_in_white_noise() -> None:
    residual = white()
    for template, sigmas in zip(BANK, answered(residual), strict=True):
        norm = np.sqrt(np.sum(template.shape**2))
        slow = [
            np.sum(template.shape * residual[row - template.peak : row - template.peak + template.shape.size]) / norm
            for row in range(200, 5800, 7)
        ]
        # The noise is measured on the curve itself, which costs a few percent of agreement.
        assert np.corrcoef(slow, sigmas[200:5800:7])[0, 1] > 0.97
        assert 0.85 < np.std(sigmas) < 1.05


@pytest.mark.parametrize("fwhm", [1.0, 2.9, 8.5])
def test_that_a_flare_answers_with_its_signal_to_noise(fwhm: float) -> None:
    shape = in_rows(EVEN.astype(np.float64), peak=3000.0, fwhm=fwhm)
    found = answered(white() + 14 * shape / np.sqrt(np.sum(shape**2)))
    assert found[:, 2995:3006].max() == pytest.approx(14, rel=0.15)


def test_that_red_noise_gives_no_more_candidates_than_white() -> None:
    red = lfilter([np.sqrt(1 - 0.97**2)], [1, -0.97], white(6500, seed=1))[500:]
    plain = np.count_nonzero(answered(white()) > 4)
    assert np.count_nonzero(answered((white() + red) / np.sqrt(2)) > 4) <= plain + 20


def test_that_a_flare_in_red_noise_answers_more_than_an_unwhitened_sum() -> None:
    red = lfilter([np.sqrt(1 - 0.97**2)], [1, -0.97], white(6500, seed=1))[500:]
    shape = in_rows(EVEN.astype(np.float64), peak=3000.0, fwhm=5.0)
    noise = (white() + 2 * red) / np.sqrt(5)
    rows = slice(2997, 3004)
    whitened = answered(noise + 2 * shape)[3, rows].max() - answered(noise)[3, rows].max()
    template = BANK[3]
    sums = np.convolve(noise, template.shape[::-1], "valid")
    plain = 2 * np.sum(template.shape**2) / np.std(sums)
    assert whitened > 1.3 * plain


def test_that_no_template_reaches_over_a_pause() -> None:
    time = 0.002 * np.arange(1000.0)
    time[500:] += 3.0
    slots = even_slots(time, np.array([0, 500]), 0.002)
    assert slots[500] - slots[499] > max(one.shape.size for one in BANK)
    residual = white(1000)
    high = np.where(np.arange(1000) == 499, 50.0, residual)
    with_it, without = (match_templates(one, slots, BANK, silent)[:, 500:] for one in (high, residual))
    np.testing.assert_allclose(with_it, without, atol=0.5)


def test_that_missing_cadences_keep_their_place() -> None:
    time = np.delete(0.002 * np.arange(100.0), [40, 41])
    slots = even_slots(time, np.array([0]), 0.002)
    np.testing.assert_array_equal(slots, np.delete(np.arange(100), [40, 41]))


def test_that_blocks_give_what_the_whole_does(monkeypatch: pytest.MonkeyPatch) -> None:
    residual = white()
    whole = answered(residual)
    monkeypatch.setattr("desktop_app.core.flares.bank._BLOCK", 1700)
    np.testing.assert_allclose(answered(residual), whole, atol=0.02)


def test_that_each_flare_is_one_candidate_with_its_edges() -> None:
    row = np.arange(6000, dtype=np.float64)
    flux = 1 + 1e-3 * white()
    for peak, fwhm, height in ((1000, 3.0, 0.05), (2500, 8.0, 0.02), (4000, 1.5, 0.01)):
        flux += height * in_rows(row, peak=float(peak), fwhm=fwhm)
    found = searched(flux).candidates(6.0)
    np.testing.assert_allclose(np.sort(found.peak), [1000, 2500, 4000], atol=2)
    for peak, start, stop in zip(found.peak, found.start, found.stop, strict=True):
        assert start <= peak < stop
        assert peak - start < stop - peak


def test_that_a_flare_longer_than_any_template_keeps_all_its_rows() -> None:
    row = np.arange(12_000, dtype=np.float64)
    flux = 1 + 1e-3 * white(12_000) + 0.5 * in_rows(row, peak=4000.0, fwhm=40.0)
    found = searched(flux).candidates(6.0)
    assert found.stop[0] - found.start[0] > 300


def test_that_windows_show_the_peak_at_its_bin_and_fit_the_network() -> None:
    row = np.arange(6000, dtype=np.float64)
    looked = searched(1 + 1e-3 * white() + 0.05 * in_rows(row, peak=3000.0, fwhm=6.0))
    found = looked.candidates()
    windows, facts = windows_of(looked, found)
    assert windows.shape == (len(found), CHANNELS, BEFORE + AFTER)
    assert facts.shape == (len(found), FACTS)
    assert np.isfinite(windows).all()
    assert np.isfinite(facts).all()
    assert np.argmax(windows[0, 0]) == BEFORE


def test_that_a_curve_of_ten_rows_is_searched() -> None:
    looked = search(flatten(quiet_curve(10), BaselineParams(), silent), silent)
    assert looked.sigmas.shape[1] == 10
    windows_of(looked, looked.candidates(0.1))
