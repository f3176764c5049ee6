"""Cuts and stretches are those that astropy and DS9 have."""

import numpy as np
import pytest

from desktop_app.core.cuts import CUTS, cuts_of, symmetric, zscale
from desktop_app.core.stretch import STRETCHES, Stretch, contrasted, stretched

LEVELS = np.linspace(0, 1, 1001)


def sky(seed: int = 0, shape: tuple[int, int] = (120, 150)) -> np.ndarray:
    """A slope, noise and a few stars."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    image = 100 + 0.1 * rows + 5 * rng.standard_normal(shape)
    for _ in range(30):
        y, x = rng.uniform(0, shape[0]), rng.uniform(0, shape[1])
        image += rng.uniform(50, 5000) * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 4)
    return image


@pytest.mark.parametrize("seed", range(5))
def test_that_zscale_finds_the_cuts_that_astropy_finds(seed: int) -> None:
    from astropy.visualization import ZScaleInterval

    image = sky(seed)
    # astropy's stride is a rounded-down float division like ours: whole numbers of pixels
    assert zscale(image.reshape(-1)) == pytest.approx(ZScaleInterval().get_limits(image), rel=1e-9)


@pytest.mark.parametrize("values", [[3.0], [1.0, 2.0], [5.0] * 40, [0.0] * 999 + [1e9], list(range(7))])
def test_that_zscale_of_odd_values_is_that_of_astropy(values: list[float]) -> None:
    from astropy.visualization import ZScaleInterval

    assert zscale(np.array(values)) == pytest.approx(ZScaleInterval().get_limits(np.array(values)), abs=1e-9)


def test_that_percentile_cuts_are_those_of_astropy() -> None:
    from astropy.visualization import PercentileInterval

    image = sky()
    found = cuts_of(np.sort(image.reshape(-1)), (image.min(), image.max()), image.reshape(-1))
    for name, share in (("90 %", 90), ("95 %", 95), ("99 %", 99), ("99.5 %", 99.5), ("99.9 %", 99.9)):
        assert found[name] == pytest.approx(PercentileInterval(share).get_limits(image), rel=1e-9)  # type: ignore[index]
    assert found["min–max"] == (image.min(), image.max())


@pytest.mark.parametrize("value", [0.0, 7.0, -1e20, 1e-30])
def test_that_cuts_of_equal_values_still_differ(value: float) -> None:
    values = np.full(50, value)
    for low, high in cuts_of(values, (value, value), values).values():
        assert high > low


def test_that_an_image_without_values_has_cuts() -> None:
    nothing = np.zeros(0)
    assert set(cuts_of(nothing, (0.0, 1.0), nothing)) == set(CUTS)


def test_that_the_cuts_of_a_difference_have_zero_in_their_middle() -> None:
    assert symmetric((-3.0, 8.0)) == (-8.0, 8.0)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("linear", "LinearStretch"),
        ("log", "LogStretch"),
        ("sqrt", "SqrtStretch"),
        ("squared", "SquaredStretch"),
        ("asinh", "AsinhStretch"),
        ("sinh", "SinhStretch"),
    ],
)
def test_that_a_stretch_is_that_of_astropy(ours: Stretch, theirs: str) -> None:
    import astropy.visualization as visualization

    expected = getattr(visualization, theirs)()(LEVELS.copy())
    np.testing.assert_allclose(stretched(ours, LEVELS, np.zeros(0)), expected, atol=1e-12)


def test_that_equalising_spreads_the_values_evenly() -> None:
    values = np.sort(np.random.default_rng(3).exponential(0.2, 20_000))
    values = values[values < 1]
    shares = stretched("histogram", values, values)
    counts, _ = np.histogram(shares, bins=10, range=(0, 1))
    assert counts.min() > 0.98 * len(values) / 10
    assert counts.max() < 1.02 * len(values) / 10


@pytest.mark.parametrize("stretch", STRETCHES)
def test_that_a_stretch_never_turns_back_and_stays_inside(stretch: Stretch) -> None:
    values = np.sort(np.random.default_rng(4).normal(0.5, 0.4, 5000))
    shares = stretched(stretch, LEVELS, values)
    assert np.all(np.diff(shares) >= 0)
    assert shares.min() >= 0
    assert shares.max() <= 1


def test_that_contrast_turns_about_the_bias() -> None:
    np.testing.assert_allclose(contrasted(LEVELS, 1.0, 0.5), LEVELS, atol=1e-12)
    steep = contrasted(LEVELS, 4.0, 0.25)
    assert steep[250] == pytest.approx(0.5)
    assert steep[100] == 0.0
    assert steep[400] == 1.0
