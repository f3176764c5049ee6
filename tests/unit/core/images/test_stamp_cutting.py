"""Stamps hold the pixels about their positions, and nothing where the picture ends."""

import numpy as np
import pytest

from desktop_app.core.images.cutting import LEAST_SIDE_PX, MOST_SIDE_PX, cut_stamps, grid_of, recentred, side_for
from tests.star_fields import add_stars

PIXELS = np.arange(30 * 40, dtype=np.float64).reshape(30, 40)


def slow_twin(pixels: np.ndarray, x: float, y: float, side: int) -> np.ndarray:
    stamp = np.full((side, side), np.nan, np.float32)
    for row in range(side):
        for column in range(side):
            up, across = int(np.floor(y + 0.5)) - side // 2 + row, int(np.floor(x + 0.5)) - side // 2 + column
            if 0 <= up < pixels.shape[0] and 0 <= across < pixels.shape[1]:
                stamp[row, column] = pixels[up, across]
    return stamp


@pytest.mark.parametrize("side", [1, 4, 7, 64])
def test_that_stamps_are_those_of_a_plain_loop(side: int) -> None:
    x = np.array([0.0, 20.4, 20.5, 39.0, -3.0, 100.0, -1e12, 5.0])
    y = np.array([0.0, 15.0, 14.5, 29.0, 33.0, 15.0, 1e12, -20.0])
    stamps = cut_stamps(PIXELS, x, y, side)
    assert stamps.dtype == np.float32
    for place in range(len(x)):
        assert np.array_equal(stamps[place], slow_twin(PIXELS, x[place], y[place], side), equal_nan=True)


def test_that_a_position_that_is_not_known_has_an_empty_stamp() -> None:
    stamps = cut_stamps(PIXELS, np.array([np.nan, 5.0, np.inf]), np.array([5.0, np.nan, 5.0]), 5)
    assert np.isnan(stamps).all()


def test_that_no_position_makes_no_stamp() -> None:
    assert cut_stamps(PIXELS, np.zeros(0), np.zeros(0), 9).shape == (0, 9, 9)


def test_that_swapped_and_read_only_pixels_are_cut_alike() -> None:
    swapped = PIXELS.astype(">f8")
    swapped.flags.writeable = False
    at = np.array([10.0]), np.array([12.0])
    assert np.array_equal(cut_stamps(swapped, *at, 5), cut_stamps(PIXELS, *at, 5))


@pytest.mark.parametrize("overlap", [0.0, 0.5])
def test_that_a_grid_covers_every_pixel(overlap: float) -> None:
    x, y = grid_of((100, 130), 32, overlap)
    seen = np.zeros((100, 130), int)
    for across, up in zip(x, y, strict=True):
        seen[up - 16 : up + 16, across - 16 : across + 16] += 1
        assert 16 <= across <= 130 - 16
    assert (seen >= 1).all()
    assert (np.median(seen) > 1) == (overlap > 0)


def test_that_a_grid_over_a_small_picture_is_one_square() -> None:
    x, y = grid_of((10, 12), 32)
    assert (x.tolist(), y.tolist()) == ([6], [5])


def test_that_the_side_follows_the_widths_within_bounds() -> None:
    assert side_for(np.full(9, 3.0), np.full(9, 1.3)) == 25
    assert side_for(np.full(9, 0.5), np.full(9, 0.3)) == LEAST_SIDE_PX
    assert side_for(np.full(9, 90.0), np.full(9, 40.0)) == MOST_SIDE_PX
    assert side_for(np.full(3, np.nan), np.full(3, np.nan)) == LEAST_SIDE_PX
    assert side_for(np.zeros(0), np.zeros(0)) == LEAST_SIDE_PX


def test_that_positions_move_onto_the_light_near_them_and_stay_where_there_is_none() -> None:
    light = np.zeros((80, 80))
    add_stars(light, np.array([40.3]), np.array([38.6]), np.array([1e4]), 4.0)
    x, y = recentred(light, np.array([41.5, 500.0, np.nan]), np.array([37.5, 5.0, 3.0]), 6.0)
    assert (x[0], y[0]) == (pytest.approx(40.3, abs=0.05), pytest.approx(38.6, abs=0.05))
    assert x[1] == 500
    assert np.isnan(x[2])
