"""Matched sums of one transit at each moment."""

import numpy as np
import pytest

from desktop_app.core.transits.grid import transit_table
from desktop_app.core.transits.single import Rows, noise_of, singles


def rows_of(n: int = 2000, *, seed: int = 0, depth: float = 0.0) -> Rows:
    """Noise every half hour with a gap, and a dip of seven hours about row 500."""
    rng = np.random.default_rng(seed)
    time = np.arange(float(n)) / 48
    time[n // 2 :] += 3.0
    residual = rng.standard_normal(n)
    residual[493:507] -= depth
    return Rows.of(time, residual, np.ones(n), 1 / 48)


def test_that_a_box_is_matched_by_the_mean_of_its_rows() -> None:
    rows = rows_of()
    one = singles(rows, 0.25, 8, transit_table(box=True))
    for step in (100, 333, 600):
        moment = one.start + step * one.step_d
        inside = np.abs(rows.time - moment) <= 0.125 + 1e-9
        expected = rows.dimming[inside].sum() / np.sqrt(inside.sum()) / one.scatter
        assert one.sigmas[step] == pytest.approx(expected, abs=1e-9)


def test_that_a_dip_stands_out_in_its_middle() -> None:
    one = singles(rows_of(depth=4.0), 14 / 48, 16, transit_table())
    top = int(np.argmax(one.sigmas))
    assert one.start + top * one.step_d == pytest.approx(499.5 / 48, abs=2 / 48)
    assert one.sigmas[top] == pytest.approx(4 * np.sqrt(14), rel=0.15)


def test_that_nothing_is_said_in_a_gap() -> None:
    rows = rows_of()
    one = singles(rows, 0.25, 8, transit_table())
    moment = one.start + one.step_d * np.arange(one.total.size)
    gap = (moment > rows.time[999] + 0.2) & (moment < rows.time[1000] - 0.2)
    assert gap.any()
    assert not one.power[gap].any()
    assert not one.sigmas[gap].any()


def test_that_rows_that_stand_out_alone_are_left_out() -> None:
    time = np.arange(100.0)
    residual = np.zeros(100)
    residual[40], residual[60:62] = -30.0, -30.0
    rows = Rows.of(time, residual, np.ones(100), 1.0)
    assert rows.power[40] == 0
    assert (rows.power[60:62] == 1).all()


def test_that_noisier_rows_count_for_less() -> None:
    noise = np.where(np.arange(100) < 50, 1.0, 2.0)
    rows = Rows.of(np.arange(100.0), np.ones(100), noise, 1.0)
    assert rows.power[0] == pytest.approx(4 * rows.power[99])


def test_that_binned_rows_keep_all_sums() -> None:
    rows = rows_of(depth=3.0)
    few = rows.binned(0.25)
    assert few.time.size < rows.time.size / 5
    assert few.dimming.sum() == pytest.approx(rows.dimming.sum())
    assert few.power.sum() == pytest.approx(rows.power.sum())


def test_that_many_dips_do_not_pass_for_noise() -> None:
    sigmas = np.random.default_rng(3).standard_normal(5000)
    sigmas[::5] += 40
    assert noise_of(sigmas, 4) == pytest.approx(1.0, abs=0.2)


def test_that_red_noise_raises_the_bar() -> None:
    assert noise_of(3 * np.random.default_rng(4).standard_normal(5000), 4) == pytest.approx(3.0, rel=0.15)
