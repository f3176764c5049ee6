"""Numbers as people read them."""

import numpy as np
import pytest

from desktop_app.core.timescales import iso_dates, named_reference
from desktop_app.ui.words import counted, dates, duration, relative, signed, significant, waiting


@pytest.mark.parametrize(
    ("days", "text"),
    [(10 / 86400, "10 s"), (30 / 1440, "30 min"), (2.1 / 24, "2.1 h"), (27.4, "27.4 d"), (float("nan"), "not known")],
)
def test_that_a_duration_is_told_in_the_unit_that_suits_it(days: float, text: str) -> None:
    assert duration(days) == text


@pytest.mark.parametrize(("value", "text"), [(0.014, "1.4 %"), (0.00035, "350 ppm"), (-0.02, "-2 %")])
def test_that_small_changes_are_told_in_ppm(value: float, text: str) -> None:
    assert relative(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (12345.678, "12,346"), (0.0012345, "0.001234"), (-3.0, "−3.000"), (1e12, "1.000e+12")],
)
def test_that_digits_are_honest(value: float, text: str) -> None:
    assert significant(value) == text


def test_that_counts_and_signs_and_waits_read_as_sentences() -> None:
    assert counted(1, "row") == "1 row"
    assert counted(20076, "row") == "20,076 rows"
    assert [signed(value) for value in (2.06, -0.3, -0.01)] == ["+2.1", "−0.3", "0.0"]
    assert waiting(12.3) == "about 12 s left"
    assert waiting(300) == "about 5 min left"


def test_that_dates_on_the_axis_agree_with_astropy() -> None:
    reference = named_reference(2457000.0, "TDB", barycentric=True)
    time = np.array([1325.29278, 1348.5, 2000.123456789])
    assert dates(time, reference) == iso_dates(time, reference)
