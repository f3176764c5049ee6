"""Light curves: checked once, read-only, known by what scores depend on."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.errors import ParamError
from desktop_app.core.light_curve import LightCurve, Series, with_flux, with_preset
from desktop_app.core.source import Source
from tests.data import quiet_curve


def _two_fluxes() -> LightCurve:
    curve = quiet_curve(50)
    columns = {"PDCSAP_FLUX": Series(curve.flux, "e-/s"), "SAP_FLUX": Series(2 * curve.flux, "e-/s")}
    columns["SAP_FLUX_ERR"] = Series(np.full(50, 0.5), "e-/s")
    return replace(curve, flux_name="PDCSAP_FLUX", columns=columns, flux_choices=("PDCSAP_FLUX", "SAP_FLUX"))


def test_that_arrays_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        quiet_curve().flux[0] = 1.0


def test_that_big_endian_values_keep_their_numbers() -> None:
    flux = np.arange(5, dtype=">f4")
    curve = LightCurve(Source(), np.arange(5.0), flux.astype(np.float64), np.full(5, np.nan))
    assert curve.flux.dtype == np.float64
    np.testing.assert_array_equal(curve.flux, [0, 1, 2, 3, 4])


def test_that_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="flux has shape"):
        LightCurve(Source(), np.arange(5.0), np.zeros(4), np.zeros(5))


def test_that_a_time_that_goes_back_is_refused_and_one_that_stands_still_is_not() -> None:
    with pytest.raises(ValueError, match="time goes back"):
        LightCurve(Source(), np.array([1.0, 3.0, np.nan, 2.0]), np.zeros(4), np.zeros(4))
    assert len(LightCurve(Source(), np.array([1.0, np.nan, 1.0]), np.zeros(3), np.zeros(3))) == 3


def test_that_rows_without_time_or_flux_and_bad_quality_are_not_looked_at_but_kept() -> None:
    curve = quiet_curve(5)
    time, flux, quality = curve.time.copy(), curve.flux.copy(), np.array([0, 0, 128, 16, 0])
    time[0] = flux[1] = np.nan
    curve = replace(curve, time=time, flux=flux, quality=quality)
    assert curve.usable.tolist() == [False, False, False, True, True]
    assert len(curve) == 5


def test_that_the_digest_knows_the_data_and_not_the_file() -> None:
    curve = quiet_curve()
    assert curve.digest == replace(curve, source=replace(curve.source, object_name="copy")).digest
    assert curve.digest != replace(curve, quality=np.ones(len(curve), np.int64)).digest
    assert curve.digest != with_preset(curve, "hard").digest


def test_that_another_flux_comes_with_its_own_errors_and_unit() -> None:
    curve = with_flux(_two_fluxes(), "SAP_FLUX")
    assert curve.flux_name == "SAP_FLUX"
    assert curve.flux_err[0] == 0.5
    np.testing.assert_array_equal(with_flux(curve, "PDCSAP_FLUX").flux, _two_fluxes().flux)


def test_that_a_flux_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(ParamError, match=r"KSPSAP_FLUX.*PDCSAP_FLUX, SAP_FLUX"):
        with_flux(_two_fluxes(), "KSPSAP_FLUX")


def test_that_cadence_numbers_default_to_rows() -> None:
    assert quiet_curve(4).cadence.tolist() == [0, 1, 2, 3]
