"""Which pixels stand out, and how an aperture is told."""

import numpy as np
import pytest

from desktop_app.core.apertures import aperture_name, aperture_told, threshold_aperture
from desktop_app.core.arrays import Floats


def noisy(seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(100.0, 1.0, (9, 9))


def test_that_the_bright_group_nearest_to_the_middle_is_chosen() -> None:
    frame = noisy()
    frame[4:6, 3:5] = 500.0
    frame[0, 7:9] = 900.0
    expected = np.zeros((9, 9), np.bool_)
    expected[4:6, 3:5] = True
    assert np.array_equal(threshold_aperture(frame, 5.0), expected)


def test_that_pixels_that_touch_by_a_corner_only_are_two_groups() -> None:
    frame = noisy()
    frame[4, 4] = frame[5, 5] = 500.0
    assert np.argwhere(threshold_aperture(frame, 5.0)).tolist() == [[4, 4]]


def test_that_the_limit_is_the_median_and_a_robust_sigma_above() -> None:
    frame = noisy()
    limit = np.median(frame) + 3 * 1.4826 * np.median(np.abs(frame - np.median(frame)))
    # The changed pixel moves the median and the deviation by less than the margin.
    frame[4, 4] = limit - 0.5
    assert not threshold_aperture(frame)[4, 4]
    frame[4, 4] = limit + 0.5
    assert threshold_aperture(frame)[4, 4]


@pytest.mark.parametrize("frame", [np.full((3, 4), np.nan), np.zeros((3, 4)), np.ones((1, 1))])
def test_that_nothing_stands_out_of_a_flat_or_empty_frame(frame: Floats) -> None:
    assert not threshold_aperture(frame).any()


def test_that_missing_pixels_neither_count_nor_are_chosen() -> None:
    frame = noisy()
    frame[:, :3] = np.nan
    frame[4, 4] = 500.0
    assert np.argwhere(threshold_aperture(frame, 5.0)).tolist() == [[4, 4]]


def test_that_an_aperture_is_told_by_columns_and_rows_of_the_detector() -> None:
    mask = np.zeros((4, 6), np.bool_)
    mask[1, 1:4] = mask[1, 5] = mask[2, 2] = True
    assert aperture_name(mask) == "SUM 5 px"
    assert aperture_told(mask, (740, 796)) == "row 797: 741-743, 745; row 798: 742"
    assert aperture_told(np.zeros((2, 2), np.bool_), (0, 0)) == "no pixel"
