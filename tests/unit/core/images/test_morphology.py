"""The numbers of stamps: shapes whose numbers are known, what must not change them, and stamps that are broken."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import Stamps
from desktop_app.core.images import footprints, isophotes, light_shape
from desktop_app.core.images.footprints import footprints_of
from desktop_app.core.images.morphology import MORPHOLOGY, as_features, morphology
from desktop_app.core.images.peers import Peers
from desktop_app.core.images.stamp_defects import column_excess, line_excess
from desktop_app.core.images.stamp_sky import in_sigmas, sky_of
from desktop_app.core.images.stamp_views import elliptical_residuals, views_of
from desktop_app.core.progress import JobCancelled

SIDE = 48
ROWS_AND_COLUMNS = {"row_excess": "column_excess", "column_excess": "row_excess"}


def _plane(x: float = 23.5, y: float = 23.5, ratio: float = 1.0, theta: float = 0.0) -> Floats:
    """The elliptical radius of each pixel."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    along = (columns - x) * np.cos(theta) + (rows - y) * np.sin(theta)
    across = (rows - y) * np.cos(theta) - (columns - x) * np.sin(theta)
    return np.hypot(along, across / ratio)


def _galaxy(ratio: float = 1.0, theta: float = 0.0, *, flux: float = 200.0, x: float = 23.5, y: float = 23.5) -> Floats:
    return flux * np.exp(-((_plane(x, y, ratio, theta) / 5.0) ** 2) / 2)


def _noisy(*images: Floats, seed: int = 0) -> Stamps:
    rng = np.random.default_rng(seed)
    return np.stack([image + rng.standard_normal(image.shape) for image in images]).astype(np.float32)


def test_that_a_round_symmetric_object_has_no_asymmetry_and_no_ellipticity() -> None:
    numbers = morphology(_noisy(_galaxy()))
    assert abs(numbers["asymmetry"][0]) < 0.03
    assert abs(numbers["mirror_asymmetry"][0]) < 0.03
    assert numbers["ellipticity"][0] < 0.05
    assert numbers["offset"][0] < 0.05


def test_that_a_gaussian_has_the_width_and_the_concentration_of_one() -> None:
    numbers = morphology(_noisy(_galaxy()))
    # Of a Gaussian, half of the light is inside 1.1774 sigma, and r80 / r20 is 2.6857.
    assert numbers["half_light_radius_px"][0] == pytest.approx(1.1774 * 5, rel=0.03)
    assert numbers["fwhm_px"][0] == pytest.approx(2.3548 * 5, rel=0.03)
    assert numbers["concentration"][0] == pytest.approx(5 * np.log10(2.6857), rel=0.03)
    assert numbers["flux"][0] == pytest.approx(2 * np.pi * 25 * 200, rel=0.03)


@pytest.mark.parametrize(("ratio", "theta"), [(0.5, 0.3), (0.7, 1.2), (0.4, 2.5)])
def test_that_an_ellipse_has_its_axis_ratio_and_its_angle(ratio: float, theta: float) -> None:
    images = _noisy(_galaxy(ratio, theta))
    above, _ = in_sigmas(images)
    assert morphology(images)["ellipticity"][0] == pytest.approx(1 - ratio, abs=0.05)
    assert np.cos(2 * (footprints_of(above).theta[0] - theta)) > 0.99


def test_that_a_ring_is_a_ring_residual() -> None:
    radius = _plane(ratio=0.8, theta=0.5)
    ring = 12 * np.exp(-((radius - 15) ** 2) / (2 * 1.2**2))
    plain, ringed = _galaxy(0.8, 0.5), _galaxy(0.8, 0.5) + ring
    numbers = morphology(_noisy(plain, ringed))
    assert numbers["ring_excess"][1] > 5 * numbers["ring_excess"][0]
    assert numbers["residual_rms"][1] > numbers["residual_rms"][0] + 0.02


def test_that_an_arc_makes_its_object_asymmetric_and_stays_when_neighbours_go() -> None:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    phase = np.arctan2(rows - 23.5, columns - 23.5)
    arc = 20 * np.exp(-((_plane() - 14) ** 2) / 2) * (np.abs(phase) < 0.9)
    images = _noisy(_galaxy(), _galaxy() + arc)
    numbers = morphology(images)
    assert numbers["asymmetry"][1] > numbers["asymmetry"][0] + 0.05
    assert elliptical_residuals(images)[1][arc > 10].mean() > 3


def test_that_a_star_beside_a_galaxy_is_a_companion_and_not_a_part_of_it() -> None:
    star = 150 * np.exp(-(_plane(36, 30) ** 2) / (2 * 1.3**2))
    numbers = morphology(_noisy(_galaxy(), _galaxy() + star))
    assert numbers["companions"].tolist() == [0, 1]
    assert numbers["companion_distance_px"][1] == pytest.approx(np.hypot(12.5, 6.5), abs=1)
    assert numbers["companion_ratio"][1] == pytest.approx(0.6, abs=0.15)
    for name in ("asymmetry", "ellipticity", "m20", "half_light_radius_px", "gini"):
        assert numbers[name][1] == pytest.approx(numbers[name][0], abs=0.15), name


def test_that_trails_and_bad_columns_stand_out_as_lines() -> None:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    trail = 5 * np.exp(-((columns - 0.6 * rows - 20) ** 2) / 2)
    column = np.where(columns == 7, -8.0, 0.0)
    numbers = morphology(_noisy(_galaxy(), _galaxy() + trail, _galaxy() + column))
    assert numbers["line_excess"][1] > 2 * numbers["line_excess"][0]
    assert numbers["column_excess"][2] > 4 * numbers["column_excess"][0]
    assert numbers["row_excess"][2] < 2 * numbers["row_excess"][0]


def test_that_a_flat_top_is_a_plateau_and_a_slope_of_the_sky_a_gradient() -> None:
    slope = 0.2 * np.broadcast_to(np.arange(SIDE), (SIDE, SIDE))
    numbers = morphology(np.minimum(_noisy(_galaxy(), _galaxy(flux=9000.0), _galaxy() + slope), 4000))
    assert numbers["plateau"][1] > 20 * numbers["plateau"][0]
    assert numbers["edge_gradient"][2] > 10 * numbers["edge_gradient"][0]


@pytest.mark.parametrize("turn", range(1, 8))
def test_that_turns_and_mirrors_change_no_number(turn: int) -> None:
    star = 150 * np.exp(-(_plane(36, 30) ** 2) / (2 * 1.3**2))
    images = _noisy(_galaxy(0.6, 0.4) + star, _galaxy(0.8, 1.4, x=22.1, y=25.3))
    turned = np.rot90(images, turn % 4, (1, 2))
    turned = np.ascontiguousarray(turned[:, :, ::-1] if turn >= 4 else turned)
    before, after = morphology(images), morphology(turned)
    for name in MORPHOLOGY:
        there = ROWS_AND_COLUMNS.get(name, name) if turn % 2 else name
        np.testing.assert_allclose(after[there], before[name], rtol=0.02, atol=0.02, err_msg=name)


def test_that_only_light_itself_changes_with_the_scale_of_the_values() -> None:
    images = _noisy(_galaxy(0.6, 0.4))
    one, other = morphology(images), morphology(37 * images + 1200)
    for name in MORPHOLOGY:
        factor = 37 if name in ("flux", "surface_brightness") else 1
        np.testing.assert_allclose(other[name], factor * one[name], rtol=2e-3, atol=2e-3, err_msg=name)


@pytest.mark.filterwarnings("error")
def test_that_broken_stamps_have_numbers_or_none_and_never_fail() -> None:
    rng = np.random.default_rng(0)
    images = np.zeros((8, 20, 20), np.float32)
    images[1] = np.nan
    images[2] = np.inf
    images[3] = 7
    images[4] = rng.standard_normal((20, 20))
    images[5] = rng.standard_normal((20, 20))
    images[5, :12] = np.nan
    images[6] = rng.standard_normal((20, 20))
    images[6, 9, 9] = 1e30
    images[7, 8:12, 8:12] = 65535
    numbers = morphology(images)
    assert numbers["missing"].tolist() == [0, 1, 1, 0, 0, 0.6, 0, 0]
    assert all(np.isnan(numbers[name][1:3]).all() for name in MORPHOLOGY if name != "missing")
    assert np.isnan(numbers["flux"][3])
    assert numbers["line_excess"][3] == 0
    assert np.isfinite(numbers["flux"][7])
    assert not any(np.isinf(values).any() for values in numbers.values())
    assert np.isfinite(as_features(numbers)).all()
    assert all(np.isfinite(view).all() for view in views_of(images))


@pytest.mark.parametrize("shape", [(0, 20, 20), (3, 4, 4), (3, 7, 30), (2, 9, 41)])
def test_that_sets_of_any_shape_have_a_number_a_stamp(shape: tuple[int, int, int]) -> None:
    images = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    numbers = morphology(images)
    assert list(numbers) == list(MORPHOLOGY)
    assert {len(values) for values in numbers.values()} == {shape[0]}
    assert as_features(numbers).shape == (shape[0], len(MORPHOLOGY))
    assert views_of(images).shape.shape == shape


def test_that_measuring_stops_where_it_is_cancelled() -> None:
    def cancelled(_done: float, _text: str) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        morphology(_noisy(_galaxy()), cancelled)
    with pytest.raises(JobCancelled):
        views_of(_noisy(_galaxy()), cancelled)


def test_that_the_sky_is_not_raised_by_what_shines_in_a_corner() -> None:
    images = _noisy(100 + _galaxy(x=2, y=2, flux=500), np.full((SIDE, SIDE), 100.0))
    level, noise = sky_of(images)
    np.testing.assert_allclose(level, 100, atol=0.6)
    np.testing.assert_allclose(noise, 1, atol=0.35)


def test_that_the_asymmetry_is_that_of_a_stamp_turned_by_hand() -> None:
    rng = np.random.default_rng(3)
    image = (_galaxy()[8:41, 8:41] + 5 * rng.standard_normal((33, 33))).astype(np.float32)
    radius = np.hypot(*(np.mgrid[:33, :33] - 16))
    best = np.inf
    for cx in range(30, 35):
        for cy in range(30, 35):
            rows, columns = np.mgrid[:33, :33]
            fits = (abs(cy - rows - 16) <= 16) & (abs(cx - columns - 16) <= 16)
            fits &= np.hypot(columns - cx / 2, rows - cy / 2) <= 12
            there = image[np.clip(cy - rows, 0, 32), np.clip(cx - columns, 0, 32)]
            apart, light = np.abs(image - there)[fits].sum(), np.abs(image)[fits].sum()
            if apart / light < best:
                best, wanted = apart / light, (apart - fits.sum() * 2 / np.sqrt(np.pi)) / light
    assert radius.max() > 12
    middle, outer = np.array([16.0]), np.array([12.0])
    found, _ = light_shape.turned_about(image[None], middle, middle, np.array([5.0]), outer)
    assert found[0] == pytest.approx(wanted, rel=1e-5)


def test_that_gini_and_m20_are_those_of_their_definitions() -> None:
    rng = np.random.default_rng(4)
    image = rng.exponential(size=(21, 21)).astype(np.float32)
    inside = rng.random((21, 21)) < 0.5
    gini, m20 = light_shape.gini_and_m20(image[None], inside[None], np.array([10.0]), np.array([9.0]))
    light = np.sort(image[inside].astype(float))
    n = len(light)
    pairs = np.abs(light[:, None] - light[None, :]).sum()
    assert gini[0] == pytest.approx(pairs / (2 * n * (n - 1) * light.mean()), rel=1e-5)
    rows, columns = np.nonzero(inside)
    moments = image[inside] * ((columns - 10) ** 2 + (rows - 9) ** 2)
    order = np.argsort(-image[inside])
    most = np.searchsorted(np.cumsum(image[inside][order]), 0.2 * light.sum()) + 1
    assert m20[0] == pytest.approx(np.log10(moments[order][:most].sum() / moments.sum()), rel=1e-5)


def test_that_the_smooth_model_is_the_closest_that_never_rises() -> None:
    from scipy.optimize import isotonic_regression

    rng = np.random.default_rng(5)
    profile, counts = 10 - np.arange(30) * 0.3 + 2 * rng.standard_normal((4, 30)), rng.uniform(1, 50, (4, 30))
    found = isophotes._falling(profile, counts)
    for row, weight, model in zip(profile, counts, found, strict=True):
        wanted = isotonic_regression(row, weights=weight, increasing=False).x
        np.testing.assert_allclose(model, wanted, atol=1e-9)


def test_that_compiled_loops_do_what_they_do_as_plain_python() -> None:
    images = _noisy(_galaxy(0.6, 0.4), _galaxy(x=20))[:, 12:36, 12:36]
    above, _ = in_sigmas(np.ascontiguousarray(images))
    prints = footprints_of(above)
    ellipse = isophotes.ellipses_of(prints)
    medians, _ = isophotes._ring_medians(above, *ellipse)
    plain, _ = isophotes._ring_medians.__wrapped__(above, *ellipse)  # type: ignore[attr-defined]
    np.testing.assert_allclose(medians, plain)
    shares = footprints.shape_asymmetry.__wrapped__(prints.inside, prints.x, prints.y)  # type: ignore[attr-defined]
    np.testing.assert_allclose(footprints.shape_asymmetry(prints.inside, prints.x, prints.y), shares)


def test_that_noise_makes_no_line_and_no_column() -> None:
    noise = np.random.default_rng(6).standard_normal((50, SIDE, SIDE)).astype(np.float32)
    assert np.median(line_excess(noise)) < 4
    assert np.median(column_excess(noise)) < 4


def _numbers_of_two_kinds(m: int) -> dict[str, Floats]:
    """Faint and bright objects, the clumpiness of which goes with the brightness; the first is bright and smooth."""
    rng = np.random.default_rng(7)
    numbers = {name: rng.standard_normal(m) for name in MORPHOLOGY}
    bright = np.arange(m) % 2 == 0
    numbers["snr"] = np.where(bright, 1000.0, 10.0) * rng.uniform(0.9, 1.1, m)
    numbers["half_light_radius_px"] = rng.uniform(4, 5, m)
    numbers["smoothness"] = np.where(bright, 0.5, 0.0) + 0.01 * rng.standard_normal(m)
    numbers["smoothness"][0] = 0.0
    return numbers


def test_that_a_bright_galaxy_is_measured_by_bright_ones() -> None:
    numbers = _numbers_of_two_kinds(1200)
    place = list(MORPHOLOGY).index("smoothness")
    among = np.abs(Peers.fit(numbers).apply(numbers)[:, place])
    assert among[0] > 3 * among[1:].max()
    features = np.abs(as_features(numbers)[:, place] - np.median(as_features(numbers)[:, place]))
    assert features[0] < np.quantile(features, 0.9)


def test_that_in_a_small_set_each_is_measured_against_all() -> None:
    numbers = _numbers_of_two_kinds(60)
    peers = Peers.fit(numbers)
    assert peers.trust == 0
    features = as_features(numbers)
    np.testing.assert_allclose(peers.apply(numbers), (features - np.median(features, axis=0)) / peers.scatter)


def test_that_a_single_stamp_is_its_own_peer() -> None:
    numbers = morphology(_noisy(_galaxy()))
    assert np.array_equal(Peers.fit(numbers).apply(numbers), np.zeros((1, len(MORPHOLOGY))))
