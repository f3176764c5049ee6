"""Sources against stars that were planted: all of them, in their places, as bright as they are."""

import numpy as np
import pytest

from desktop_app.core.arrays import robust_sigma
from desktop_app.core.errors import FitError
from desktop_app.core.images.sources import AT_EDGE, BLENDED, MASKED, SATURATED, Sources, find_sources
from desktop_app.core.progress import JobCancelled
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from tests.star_fields import Field, add_stars, sky_of, star_field


def image_of(pixels: np.ndarray, bad: np.ndarray | None = None) -> SkyImage:
    return SkyImage(Source(object_name="field"), pixels, bad=bad)


def nearest(sources: Sources, field: Field) -> tuple[np.ndarray, np.ndarray]:
    from scipy.spatial import cKDTree

    away, place = cKDTree(np.column_stack([sources.x, sources.y])).query(np.column_stack([field.x, field.y]))
    return np.asarray(away), np.asarray(place)


@pytest.fixture(scope="module")
def field() -> Field:
    """Stars on a lattice, so that none overlaps with another."""
    up, across = (one.ravel() + 0.37 for one in np.mgrid[20:580:28, 20:580:28])
    rng = np.random.default_rng(11)
    x, y = across + rng.uniform(-3, 3, len(across)), up + rng.uniform(-3, 3, len(up))
    flux = np.geomspace(400, 1e5, len(x))[rng.permutation(len(x))]
    return star_field(shape=(600, 600), seed=11, at=(x, y, flux), sky=sky_of((600, 600)))


def test_that_planted_stars_are_found_and_hardly_anything_else(field: Field) -> None:
    found = find_sources(field.image)
    away, _ = nearest(found, field)
    bright = field.flux > 800
    assert (away[bright] < 1).all()
    assert (away < 1).mean() > 0.95
    assert len(found) - (away < 1).sum() <= 0.01 * len(found)


def test_that_places_are_as_exact_as_the_light_allows(field: Field) -> None:
    found = find_sources(field.image)
    away, place = nearest(found, field)
    snr = found.snr[place]
    # The scatter of a centroid is about the width over the signal-to-noise ratio.
    assert np.median(away[snr > 100]) < 0.03
    assert np.median(away[(snr > 20) & (snr < 40)]) < 0.12


def test_that_fluxes_and_their_errors_are_true(field: Field) -> None:
    found = find_sources(field.image)
    away, place = nearest(found, field)
    hit = away < 1
    ratio = found.flux[place[hit]] / field.flux[hit]
    bright = field.flux[hit] > 5000
    # The ellipse of Kron leaves out a few hundredths of a Moffat profile.
    assert 0.9 < np.median(ratio[bright]) < 1.0
    assert np.std(ratio[bright]) < 0.05
    faint = (field.flux[hit] > 600) & (field.flux[hit] < 1500)
    pull = (found.flux[place[hit]] - 0.95 * field.flux[hit])[faint] / found.flux_err[place[hit]][faint]
    assert 0.5 < robust_sigma(pull) < 2.0


def test_that_widths_are_those_of_the_stars(field: Field) -> None:
    found = find_sources(field.image)
    bright = found.snr > 100
    # Half of the light of a Moffat profile lies a little further out than its half maximum.
    assert 3.0 < np.median(found.fwhm_px[bright]) < 4.2
    assert np.median(found.a_px[bright] / found.b_px[bright]) < 1.1


def test_that_places_on_the_sky_are_those_of_the_wcs(field: Field) -> None:
    found = find_sources(field.image)
    assert field.image.sky is not None
    x, y = field.image.sky.to_pixel(found.ra_deg, found.dec_deg)
    assert np.allclose(x, found.x, atol=1e-6)
    assert np.allclose(y, found.y, atol=1e-6)


def test_that_noise_alone_has_next_to_no_sources() -> None:
    noise = np.random.default_rng(12).normal(100, 5, (800, 800))
    assert len(find_sources(image_of(noise))) <= 8


def test_that_read_only_and_swapped_pixels_are_the_same_picture(field: Field) -> None:
    pixels = field.image.pixels[:200, :200]
    plain = find_sources(image_of(pixels.copy()))
    turned = find_sources(image_of(np.asfortranarray(pixels)))
    swapped = find_sources(image_of(pixels.astype(">f4").astype(np.float32)))
    for other in (turned, swapped):
        assert np.array_equal(plain.flux, other.flux)


def test_that_the_unit_and_the_offset_of_pixels_do_not_matter(field: Field) -> None:
    pixels = field.image.pixels[:200, :200].astype(np.float64)
    plain = find_sources(image_of(pixels))
    other = find_sources(image_of(1e-20 * pixels + 3e-16))
    assert len(plain) == len(other)
    assert np.allclose(other.flux, 1e-20 * plain.flux, rtol=1e-3)
    assert np.allclose(other.x, plain.x, atol=1e-3)


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((60, 60), np.nan),
        np.full((60, 60), 4.0),
        np.ones((1, 1)),
        np.arange(3.0).reshape(1, 3),
        np.arange(3.0).reshape(3, 1),
        np.zeros((40, 2)),
    ],
    ids=["no value", "constant", "one pixel", "three across", "three up", "two wide"],
)
def test_that_a_picture_without_sources_has_none(pixels: np.ndarray) -> None:
    assert len(find_sources(image_of(pixels))) == 0


def test_that_a_mask_over_everything_leaves_no_sources(field: Field) -> None:
    assert len(find_sources(image_of(field.image.pixels, np.ones((600, 600), bool)))) == 0


def test_that_stripes_without_value_cost_what_lies_under_them_only(field: Field) -> None:
    pixels = field.image.pixels.copy()
    pixels[100:104], pixels[:, 300:302] = np.nan, np.nan
    found = find_sources(image_of(pixels))
    away, place = nearest(found, field)
    clear = (np.abs(field.y - 101.5) > 12) & (np.abs(field.x - 300.5) > 12) & (field.flux > 800)
    assert (away[clear] < 1).all()
    assert not (found.flags[place[clear]] & MASKED).any()
    cut = (np.abs(field.y - 101.5) < 3) & (field.flux > 5000)
    assert cut.any()
    assert (found.flags[place[cut & (away < 4)]] & MASKED).all()


def test_that_flags_tell_of_edges_blends_and_saturation() -> None:
    light = np.zeros((200, 200))
    add_stars(light, np.array([1.0, 60, 65, 150]), np.array([100.0, 60, 60, 150]), np.array([2e4, 2e4, 2e4, 4e6]), 3.2)
    rng = np.random.default_rng(13)
    pixels = np.minimum(100 + light + rng.normal(0, 5, light.shape), 40_000)
    found = find_sources(image_of(pixels))

    def flags_at(x: float, y: float) -> int:
        return int(found.flags[np.argmin(np.hypot(found.x - x, found.y - y))])

    assert flags_at(1, 100) & AT_EDGE
    assert flags_at(60, 60) & BLENDED
    assert flags_at(65, 60) & BLENDED
    assert flags_at(150, 150) & SATURATED
    assert not flags_at(60, 60) & SATURATED


def test_that_a_full_pixel_stack_is_enlarged_and_the_search_goes_on() -> None:
    import sep

    before = sep.get_extract_pixstack()
    light = np.zeros((400, 400))
    add_stars(light, np.array([200.0]), np.array([200.0]), np.array([1e7]), 60)
    image = image_of(100 + light + np.random.default_rng(14).normal(0, 1, light.shape))
    sep.set_extract_pixstack(3000)
    try:
        assert len(find_sources(image)) >= 1
        assert sep.get_extract_pixstack() > 3000
    finally:
        sep.set_extract_pixstack(before)


def test_that_what_cannot_be_told_apart_is_a_sentence(monkeypatch: pytest.MonkeyPatch, field: Field) -> None:
    def full(*_args: object, **_settings: object) -> None:
        raise Exception("internal error: something else")

    monkeypatch.setattr("sep.extract", full)
    with pytest.raises(FitError, match="cannot be told apart"):
        find_sources(field.image)


def test_that_bands_of_a_large_picture_have_the_sources_of_the_whole(
    monkeypatch: pytest.MonkeyPatch, field: Field
) -> None:
    whole = find_sources(field.image)
    monkeypatch.setattr("desktop_app.core.images.sources._BAND_PX", 60_000)
    monkeypatch.setattr("desktop_app.core.images.sources._OVERLAP_ROWS", 50)
    banded = find_sources(field.image)
    assert len(banded) == len(whole)
    assert np.allclose(np.sort(banded.flux), np.sort(whole.flux), rtol=1e-4)


def test_that_a_search_can_be_cancelled(field: Field) -> None:
    def stop(done: float, _text: str) -> None:
        if done > 0.2:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        find_sources(field.image, report=stop)


def test_that_a_higher_threshold_and_a_larger_area_leave_fewer_sources(field: Field) -> None:
    plain = len(find_sources(field.image))
    assert len(find_sources(field.image, sigma=20)) < plain
    assert len(find_sources(field.image, least_px=40)) < plain
