"""A reduced picture keeps what stands out."""

import numpy as np
import pytest

from desktop_app.core import pieces
from desktop_app.core.larger_pixels import Steps, largest, reduced
from desktop_app.core.reduction import STANDS_OUT_SIGMA, halved_shares, pyramid_of, shrunk


def noise(shape: tuple[int, int] = (257, 300), seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize(("y", "x"), [(0, 0), (100, 131), (256, 299), (256, 0), (77, 200)])
@pytest.mark.parametrize("amplitude", [50.0, -50.0])
def test_that_a_single_deviating_pixel_is_in_every_level(y: int, x: int, amplitude: float) -> None:
    values = noise()
    values[y, x] = amplitude
    for level, halved in enumerate(pyramid_of(values, 1.0, 0.0, complete=True).levels[:6]):
        assert halved[y >> level, x >> level] == amplitude


def test_that_noise_averages_out() -> None:
    levels = pyramid_of(noise((512, 512)), 1.0, 0.0, complete=True).levels
    assert [level.std() for level in levels[:4]] == pytest.approx([1.0, 0.5, 0.25, 0.125], rel=0.08)
    assert [abs(level.mean()) for level in levels[:4]] == pytest.approx([0.0] * 4, abs=0.02)


def test_that_a_missing_pixel_is_told_at_every_level_and_hides_nothing_beside_it() -> None:
    values = noise()
    values[40, 50] = np.nan
    pyramid = pyramid_of(values, 1.0, 0.0, complete=False)
    for level, shares in enumerate(pyramid.missing):
        assert shares[40 >> level, 50 >> level] > 0
        assert np.count_nonzero(shares) == 1
    assert np.isfinite(pyramid.levels[1]).all()
    assert np.isnan(pyramid.levels[0][40, 50])


def test_that_where_nothing_is_known_nothing_is_shown() -> None:
    values = noise((64, 64))
    values[:, :32] = np.inf
    level = pyramid_of(values, 1.0, 0.0, complete=False).levels[3]
    assert np.isnan(level[:, :4]).all()
    assert np.isfinite(level[:, 4:]).all()


@pytest.mark.parametrize("step", [1.0, 1.137, 1.5, 1.862, 1.999])
@pytest.mark.parametrize("complete", [True, False])
def test_that_every_deviating_pixel_is_in_the_reduced_picture(step: float, complete: bool) -> None:
    rng = np.random.default_rng(5)
    values = noise((200, 230), seed=6)
    places = {(int(y), int(x)) for y, x in zip(rng.integers(0, 200, 60), rng.integers(0, 230, 60), strict=True)}
    for place in places:
        values[place] = rng.choice([-1, 1]) * rng.uniform(20, 90)
    if not complete:
        values[3::40, 5::17] = np.nan
    rows, columns = (Steps(0.0, step, int(np.ceil(size / step))) for size in values.shape)
    made = reduced(values, STANDS_OUT_SIGMA, rows, columns, complete=complete)
    lonely = [p for p in places if not any(p != q and abs(p[0] - q[0]) < 5 and abs(p[1] - q[1]) < 5 for q in places)]
    assert len(lonely) > 20
    for y, x in lonely:
        if np.isfinite(values[y, x]):
            shown = made[int((y + 0.5) / step), int((x + 0.5) / step)]
            assert abs(shown - values[y, x]) <= 2 * STANDS_OUT_SIGMA


def test_that_a_smooth_picture_is_reduced_to_its_means() -> None:
    rows, columns = np.mgrid[:120, :160].astype(np.float32)
    values = (rows + 2 * columns).astype(np.float32)
    step = 1.6
    made = reduced(values, 100.0, Steps(0.0, step, 75), Steps(0.0, step, 100), complete=True)
    middles = step * (np.arange(100) + 0.5) - 0.5
    np.testing.assert_allclose(made, middles[:75, None] + 2 * middles[None, :], atol=0.4)


def test_that_reducing_a_part_gives_the_same_as_a_part_of_the_whole() -> None:
    values, step = noise((150, 150)), 1.37
    whole = reduced(values, 3.5, Steps(0.0, step, 100), Steps(0.0, step, 100), complete=True)
    part = reduced(values, 3.5, Steps(20 * step, step, 30), Steps(40 * step, step, 50), complete=True)
    np.testing.assert_allclose(part, whole[20:50, 40:90], atol=1e-5)


def test_that_a_share_never_becomes_none() -> None:
    shares = np.zeros((65, 33), np.uint8)
    shares[64, 32] = 1
    for level in halved_shares(shares):
        assert level.max() > 0
    assert largest(shares, Steps(0.0, 1.7, 39), Steps(0.0, 1.7, 20)).max() == 1


@pytest.mark.parametrize("sky", [0.0, 1000.0])
@pytest.mark.parametrize("upright", [True, False])
def test_that_thin_lines_stay_whole_at_every_size(sky: float, upright: bool) -> None:
    values = noise((256, 256)) + np.float32(sky)
    values[101] = sky + 30
    values[178] = sky - 30
    if upright:
        values = np.ascontiguousarray(values.T)
    for level, halved in enumerate(pyramid_of(values, 1.0, sky, complete=True).levels[:5]):
        lines = halved.T if upright else halved
        assert np.all(lines[101 >> level] == sky + 30)
        assert np.all(lines[178 >> level] == sky - 30)
    steps = Steps(0.0, 1.61, 159)
    made = reduced(values, STANDS_OUT_SIGMA, steps, steps, complete=True)
    lines = made.T if upright else made
    np.testing.assert_allclose(lines[int(101.5 / 1.61), 1:-1], sky + 30, rtol=1e-6)
    np.testing.assert_allclose(lines[int(178.5 / 1.61), 1:-1], sky - 30, rtol=1e-6)


def test_that_a_dead_pixel_in_a_galaxy_stays_dead() -> None:
    values = noise((64, 64)) + np.float32(1000)
    values[20, 31] = 0
    assert pyramid_of(values, 1.0, 0.0, complete=True).levels[1][10, 15] == 0
    made = reduced(values, STANDS_OUT_SIGMA, Steps(0.0, 1.5, 42), Steps(0.0, 1.5, 42), complete=True)
    assert made[int(20.5 / 1.5), int(31.5 / 1.5)] == 0


def test_that_many_pieces_at_once_make_the_same_picture_as_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    values = noise((1400, 1301))
    values[700, 650], values[3::97, 5::89] = 80.0, np.nan
    steps = Steps(0.0, 1.31, 990)

    def made() -> list[np.ndarray]:
        pyramid = pyramid_of(values, 1.0, 0.0, complete=False)
        return [*pyramid.levels, reduced(values, STANDS_OUT_SIGMA, steps, steps, complete=False)]

    monkeypatch.setattr(pieces, "MUCH", 10**12)
    alone = made()
    monkeypatch.setattr(pieces, "MUCH", 1)
    for one, other in zip(alone, made(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("step", [1.2, 1.97, 2.0, 3.3, 7.9, 40.0])
def test_that_a_shrunk_stamp_keeps_its_star_and_its_hole(step: float) -> None:
    values = noise((63, 61))
    values[40, 17], values[5, 50] = 70.0, np.nan
    small = shrunk(values, step)
    assert small.shape == (int(np.ceil(63 / step)), int(np.ceil(61 / step)))
    assert np.count_nonzero(np.isnan(small)) == 1
    if step < 8:
        assert small[int(40.5 / step), int(17.5 / step)] > 60
