"""Times in every system, against dates known from elsewhere."""

import numpy as np
import pytest

from desktop_app.core.timescales import TimeReference, TimeSystem, iso_dates, named_reference, offset_of, show_time

BTJD = named_reference(2457000.0, "TDB", barycentric=True)


@pytest.mark.parametrize(
    ("zero", "barycentric", "name"),
    [
        (2457000.0, True, "BTJD"),
        (2454833.0, True, "BKJD"),
        (0.0, True, "BJD"),
        (0.0, False, "JD"),
        (2400000.5, False, "MJD"),
        (2450000.0, True, "BJD − 2450000"),
    ],
)
def test_that_a_reference_is_named_by_its_zero(zero: float, barycentric: bool, name: str) -> None:
    assert named_reference(zero, "TDB", barycentric=barycentric).name == name


def test_that_j2000_has_its_iso_date() -> None:
    # J2000.0 is JD 2451545.0 by definition: noon of 1 January 2000.
    assert iso_dates(np.array([2451545.0 - 2457000.0]), BTJD) == ["2000-01-01T12:00:00.000"]


def test_that_iso_dates_keep_a_millisecond() -> None:
    shift = np.array([1325.0, 1325.0 + 0.001 / 86400])
    first, second = iso_dates(shift, BTJD)
    assert (first[-3:], second[-3:]) == ("000", "001")


def test_that_a_missing_time_has_no_date() -> None:
    assert iso_dates(np.array([np.nan, 1325.0]), BTJD)[0] == ""
    assert show_time(float("nan"), BTJD) == "no time"


def test_that_bkjd_and_btjd_differ_by_2167_days() -> None:
    assert offset_of(BTJD, TimeSystem.BKJD) == 2167.0
    assert show_time(1325.0, BTJD, TimeSystem.BKJD) == "3492.00000 BKJD"


def test_that_barycentric_dynamical_time_is_never_called_utc() -> None:
    assert show_time(1325.0, BTJD, TimeSystem.ISO).endswith(" TDB")


def test_that_a_file_without_time_zero_offers_only_its_own_times() -> None:
    assert TimeReference().systems() == (TimeSystem.NATIVE,)
    assert show_time(3.0, TimeReference(), TimeSystem.BJD) == "3.00000 time"


def test_that_the_files_own_system_is_offered_once() -> None:
    assert TimeSystem.BTJD not in BTJD.systems()
