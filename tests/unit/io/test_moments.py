"""Dates and numbers in text become times without losing a digit."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.io.telemetry.clock import TimeName, times_of_dates, times_of_numbers
from desktop_app.io.telemetry.moments import dates_in, is_date, numbers_in, of_floats, unix_seconds

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1), timezones=ZONES), st.sampled_from(["T", " ", "t"]))
@settings(max_examples=300, deadline=None)
def test_that_every_date_is_read_as_python_reads_it(date: datetime, sign: str) -> None:
    text = date.isoformat(sep=sign)
    found = dates_in(np.array([text]))
    since = date - EPOCH
    assert is_date(text)
    assert found.known[0]
    assert found.whole[0] == since.days * 86400 + since.seconds
    assert found.fraction[0] == pytest.approx(since.microseconds / 1e6, abs=1e-12)


@given(st.lists(st.integers(10**17, 2 * 10**18), min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_that_nanoseconds_of_unix_times_are_kept(nanoseconds: list[int]) -> None:
    texts = np.array([str(number) for number in nanoseconds])
    assert numbers_in(texts).whole.tolist() == nanoseconds
    if min(nanoseconds) >= 631_152_000 * 10**9:
        times = times_of_numbers(numbers_in(texts), TimeName("time"))
        zero = int(times.zero_unix_s)
        expected = [(number - zero * 10**9) / 10**9 for number in nanoseconds]
        assert times.seconds.tolist() == expected


@given(st.floats(-1e15, 1e15).map(lambda number: round(number, 6)))
@settings(max_examples=300, deadline=None)
def test_that_numbers_of_every_form_are_read_as_python_reads_them(number: float) -> None:
    for text in (repr(number), f"{number:.6f}", f" {number:e} "):
        found = numbers_in(np.array([text]))
        assert found.known[0]
        assert 0 <= found.fraction[0] < 1
        assert found.whole[0] + found.fraction[0] == pytest.approx(float(text), rel=1e-15, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-01-27T02:20:37Z", 1643250037.0),
        ("2022-01-27 02:20:37", 1643250037.0),
        ("2022-01-27T04:20:37+02:00", 1643250037.0),
        ("2022-01-27T02:20:37.5-0000", 1643250037.5),
        ("2022-01-26T21:20:37 -05", 1643250037.0),
        ("2022-027T02:20:37", 1643250037.0),
        ("2022-027", 1643241600.0),
        ("20220127T022037Z", 1643250037.0),
        ("2022/1/7 2:20:37", 1641522037.0),
        ("2022-01-27", 1643241600.0),
        ("2016-12-31T23:59:60Z", 1483228800.0),
        ("2020-366T00:00:00", 1609372800.0),
    ],
)
def test_that_the_forms_of_iso_8601_and_of_ccsds_are_read(text: str, expected: float) -> None:
    assert unix_seconds(text) == expected


@pytest.mark.parametrize("text", ["2022-13-01", "2022-02-29", "2021-366", "2022-01-27T25:00:00", "2022-01-00"])
def test_that_days_that_are_not_are_no_times(text: str) -> None:
    assert unix_seconds(text) is None


@pytest.mark.parametrize("text", ["27.01.2022", "01/27/2022", "12:00:00", "20220127", "2022", "", "now", "x" * 80])
def test_that_what_can_be_read_in_two_ways_is_no_date(text: str) -> None:
    assert not is_date(text)


def test_that_texts_of_many_layouts_are_all_read() -> None:
    texts = [f"2022-01-27T02:20:37.{'1' * n}" for n in range(1, 25)] + ["", "x", "2022-01-27"] * 60
    found = dates_in(np.array(texts))
    assert found.known.tolist() == [True] * 24 + [False, False, True] * 60


@pytest.mark.parametrize(
    ("numbers", "column", "clock", "first_unix_s", "step"),
    [
        ([1.6e9, 1.6e9 + 0.5], TimeName("timestamp"), "utc", 1.6e9, 0.5),
        ([1.6e12, 1.6e12 + 500], TimeName("t"), "utc", 1.6e9, 0.5),
        ([1.6e15, 1.6e15 + 500_000], TimeName("t"), "utc", 1.6e9, 0.5),
        ([0.0, 0.5], TimeName("time", "seconds since 2020-09-13T12:26:40Z"), "utc", 1.6e9, 0.5),
        ([0.0, 1.0], TimeName("time", "hours since 2020-09-13 12:26:40"), "utc", 1.6e9, 3600.0),
        ([59105.51851851852, 59106.51851851852], TimeName("MJD"), "utc", 1.6e9, 86400.0),
        ([0.0, 500.0], TimeName("time_ms"), "elapsed", np.nan, 0.5),
        ([0.0, 1.0], TimeName("time", "min"), "elapsed", np.nan, 60.0),
        ([1.6e9, 1.6e9 + 2], TimeName("met"), "elapsed", np.nan, 2.0),
        ([0.0, 3.0], TimeName("time"), "elapsed", np.nan, 3.0),
    ],
)
def test_that_numbers_are_told_by_name_unit_and_size(
    numbers: list[float], column: TimeName, clock: str, first_unix_s: float, step: float
) -> None:
    times = times_of_numbers(of_floats(np.array(numbers)), column)
    assert times.clock == clock
    assert times.zero_unix_s + times.seconds[0] == pytest.approx(first_unix_s, abs=1e-4, nan_ok=True)
    assert times.seconds[1] - times.seconds[0] == pytest.approx(step, abs=1e-4)


def test_that_a_barycentric_scale_is_converted_to_utc() -> None:
    from astropy.time import Time

    times = times_of_numbers(of_floats(np.array([59105.25])), TimeName("mjd", "d TDB"))
    expected = Time(59105.25, format="mjd", scale="tdb").utc.unix
    assert times.zero_unix_s + times.seconds[0] == pytest.approx(expected, abs=1e-4)
    assert "UTC" in times.notes[0]


def test_that_dates_without_a_zone_are_said_to_be_taken_for_utc() -> None:
    assert times_of_dates(dates_in(np.array(["2022-01-27T02:20:37Z"]))).notes == ()
    assert "UTC" in times_of_dates(dates_in(np.array(["2022-01-27T02:20:37"]))).notes[0]
