"""Pictures and numbers on common scales, their scores in sigmas, and the words for them."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.light_curve import Series
from desktop_app.core.pair_reasons import Column, reasons_of
from desktop_app.core.pair_scores import (
    IMAGE,
    NUMBERS_GIVEN_PICTURE,
    PICTURE_GIVEN_NUMBERS,
    TABLE,
    PairCalibration,
    Tail,
)
from desktop_app.core.pairs import PairScaling, usable_columns
from desktop_app.core.source import Source

_PARTS = (IMAGE, TABLE, PICTURE_GIVEN_NUMBERS, NUMBERS_GIVEN_PICTURE, "odds")


def _stamps(m: int = 30, side: int = 20, *, seed: int = 0) -> CutoutSet:
    rng = np.random.default_rng(seed)
    light = rng.uniform(1, 100, m)
    images = (light[:, None, None] + rng.standard_normal((m, side, side))).astype(np.float32)
    columns = {"light": Series(light, "Jy"), "x": Series(rng.random(m)), "same": Series(np.ones(m))}
    return CutoutSet(Source(), images, tuple(map(str, range(m))), columns=columns)


def test_that_places_and_constant_columns_are_not_held_against_pictures() -> None:
    assert usable_columns(_stamps()) == ("light",)


def test_that_numbers_come_back_in_the_unit_of_the_catalogue() -> None:
    data = _stamps()
    scaling = PairScaling.fitted(data, ("light",))
    pairs = scaling.applied(data)
    assert scaling.numbers_back(0, pairs.values[:, 0].astype(np.float64)) == pytest.approx(
        data.columns["light"].values, rel=1e-4
    )


def test_that_what_is_not_known_is_masked_and_stands_at_zero() -> None:
    data = _stamps()
    values, images = data.columns["light"].values.copy(), data.images.copy()
    values[3], images[4, :10] = np.nan, np.nan
    holed = replace(data, images=images, columns={"light": Series(values)})
    pairs = PairScaling.fitted(data, ("light",)).applied(holed)
    assert (pairs.known[3, 0], pairs.values[3, 0]) == (0, 0)
    assert not pairs.images[4, 1, :16].any()
    assert pairs.images[4, 1, 16:].all()
    assert all(np.isfinite(array).all() for array in pairs.tensors)


def test_that_a_picture_of_any_size_keeps_its_light_and_its_heat_map_its_shape() -> None:
    for side in (9, 16, 20, 64):
        data = _stamps(12, side)
        scaling = PairScaling.fitted(data, ("light",))
        assert scaling.applied(data).images.shape[2:] == (scaling.side, scaling.side)
        assert scaling.picture_back(np.ones((scaling.side, scaling.side))) == pytest.approx(np.ones((side, side)))


def _normal_parts(m: int, seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.exponential(1.0, m) for name in _PARTS}


def test_that_sigmas_of_usual_pairs_are_those_of_a_normal_distribution() -> None:
    calibration = PairCalibration.fitted(_normal_parts(4000, 0), clean=True)
    values = calibration.scored(_normal_parts(20_000, 1)).values
    for sigma, share in ((1.0, 0.1587), (2.0, 0.0228), (3.0, 0.00135)):
        assert np.mean(values >= sigma) == pytest.approx(share, rel=0.5)


def test_that_a_few_strange_ones_do_not_move_the_scale() -> None:
    usual = np.random.default_rng(0).exponential(1.0, 1000)
    with_strange = np.append(usual, np.full(30, 50.0))
    clean, robust = Tail.fitted(usual, clean=True), Tail.fitted(with_strange, clean=False)
    assert robust.scale == pytest.approx(clean.scale, rel=0.3)


def test_that_a_tail_comes_back_from_the_row_that_weights_keep() -> None:
    tail = Tail.fitted(np.random.default_rng(0).exponential(1.0, 500), clean=True)
    again = Tail.from_row(tail.row.astype(np.float32).astype(np.float64))
    raw = np.linspace(-1, 30, 50)
    assert again.log_chance(raw) == pytest.approx(tail.log_chance(raw), rel=1e-4, abs=1e-5)


def test_that_pairs_are_mismatched_where_crossed_scores_tell_most() -> None:
    calibration = PairCalibration.fitted(_normal_parts(2000, 0), clean=True)
    odd = {name: np.array([0.5, 0.5, 0.5]) for name in _PARTS}
    odd[NUMBERS_GIVEN_PICTURE][0], odd["odds"][0], odd[IMAGE][1], odd[TABLE][2] = 30.0, 20.0, 40.0, np.nan
    scored = calibration.scored(odd)
    assert scored.mismatched[:2].tolist() == [True, False]
    assert scored.values[0] > 4
    assert scored.values[1] > 4
    assert np.isfinite(scored.values[2])


def test_that_reasons_name_the_number_and_what_the_picture_speaks_of() -> None:
    calibration = PairCalibration.fitted(_normal_parts(500, 0), clean=True)
    scored = calibration.scored({name: np.array([0.5, 0.5]) for name in _PARTS})
    one = np.ones(2)
    column = Column(
        "hot_spot_k", "K", np.array([2.1, np.nan]), 44.0 * one, 40.0 * one, np.array([9.0, 0.0]), 0 * one, 0 * one
    )
    first, second = reasons_of(scored, (column,))
    assert first[0] == "its hot spot k 2.1 K does not go with its picture, which speaks of 44 K"
    assert "judged without its hot spot k" in second[-1]
