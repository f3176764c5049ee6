"""The default detector of pictures: plain stars are left alone, what does not belong is named, and explained."""

import numpy as np
import pytest

from desktop_app.core.detection import ARTEFACT_KINDS, Scores
from desktop_app.core.errors import FitError
from desktop_app.core.images.events import find_image_events
from desktop_app.core.images.source_shapes import reasons_of, shapes_of
from desktop_app.core.images.sources import find_sources
from desktop_app.core.progress import silent
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from desktop_app.detectors import spec_of
from tests.star_fields import add_galaxy, sky_of, star_field

SPEC = spec_of("sources", "image")
SHAPE = (300, 300)


def scored(image: SkyImage, **settings: object) -> Scores:
    detector = SPEC.build(SPEC.params.checked({"artefacts": False, **settings}))
    scores: Scores = detector.fit(image, silent).score(image, silent)
    return scores


def lattice(*, seed: int = 0, odd: bool = False, few: bool = False) -> SkyImage:
    """Stars that do not overlap, with ``few`` a quarter of them; with ``odd`` an edge-on galaxy in the place of one."""
    rng = np.random.default_rng(seed)
    up, across = (one.ravel() for one in np.mgrid[20 : 150 if few else 290 : 26, 20:290:26])
    flux = rng.uniform(3000, 40_000, len(across))
    x, y = across + rng.uniform(-4, 4, len(across)), up + rng.uniform(-4, 4, len(up))
    if odd:
        flux[60] = 0
    image = star_field(shape=SHAPE, at=(x, y, flux), seed=seed, sky=sky_of(SHAPE)).image
    if not odd:
        return image
    light = np.zeros(SHAPE)
    add_galaxy(light, x[60], y[60], 4e4, 5, ratio=0.15)
    return SkyImage(image.source, image.pixels + light.astype(np.float32), sky=image.sky)


@pytest.fixture(scope="module")
def plain() -> Scores:
    """Of stars alone."""
    return scored(lattice(seed=1))


def test_that_plain_stars_are_not_flagged(plain: Scores) -> None:
    assert set(plain.tracks) == {"shape", "stamp"}
    assert not find_image_events(plain, SPEC.threshold)


def test_that_a_galaxy_among_stars_comes_first_with_its_reason_and_its_pixels() -> None:
    image = lattice(seed=3, odd=True)
    scores = scored(image)
    objects = scores.objects
    assert objects is not None
    first = int(np.nanargmax(scores.values))
    across, up = objects.x[first], objects.y[first]
    ordinary = np.nanmedian(scores.values)
    assert scores.values[first] > SPEC.threshold > ordinary
    assert any("elongated" in reason or "wide" in reason for reason in objects.reasons[first])
    corners = np.array(objects.outlines[first])
    width = np.ptp(corners, axis=0)
    # Half-light radius 5, axes 1 to 7: much longer than wide, so no box.
    assert corners[:, 0].min() < across < corners[:, 0].max()
    assert corners[:, 1].min() < up < corners[:, 1].max()
    assert width.max() > 12
    assert np.isfinite(objects.ra_deg).all()
    assert {"flux", "snr", "fwhm_px"} <= set(objects.numbers)
    assert objects.space.shape[0] == len(objects)


def test_that_few_sources_are_compared_by_shape_alone_and_it_says_so() -> None:
    at = np.array([50.0, 150, 250, 50, 150, 250]), np.array([50.0, 50, 50, 200, 200, 200]), np.full(6, 2e4)
    scores = scored(star_field(shape=SHAPE, at=at).image)
    assert set(scores.tracks) == {"shape"}
    assert any("too few" in note for note in scores.notes)
    assert not find_image_events(scores, SPEC.threshold)


def test_that_sources_that_are_cut_off_are_not_compared() -> None:
    at = np.array([0.5, 150]), np.array([150.0, 150]), np.array([4e4, 4e4])
    scores = scored(star_field(shape=SHAPE, at=at).image)
    assert scores.objects is not None
    edge = int(np.argmin(scores.objects.x))
    assert np.isnan(scores.values[edge])
    assert any("cut off" in note for note in scores.notes)


def test_that_a_bad_column_is_an_artefact_and_no_source() -> None:
    image = lattice(seed=4)
    pixels = image.pixels.copy()
    pixels[:, 107] += 60
    found = scored(SkyImage(image.source, pixels), artefacts=True)
    assert found.objects is not None
    kinds = np.array(found.objects.kinds)
    assert "bad column" in kinds
    assert set(kinds) <= {"strange", *ARTEFACT_KINDS}
    on_it = np.abs(found.objects.x - 107) < 1.5
    strange = find_image_events(found, SPEC.threshold)
    assert not any(event.kind == "strange" and on_it[event.peak] for event in strange)


@pytest.mark.parametrize("settings", [{"least_sigma": 30.0}, {"least_px": 150}])
def test_that_settings_of_the_search_leave_fewer_sources(settings: dict[str, object]) -> None:
    image = lattice(seed=5, few=True)
    assert len(scored(image, **settings).values) < len(scored(image).values)


def test_that_settings_of_the_comparison_change_scores(plain: Scores) -> None:
    other = scored(lattice(seed=1), side_px=41, box_px=32)
    assert len(plain.values) != len(other.values) or not np.allclose(plain.values, other.values, equal_nan=True)


@pytest.mark.parametrize("pixels", [np.full((40, 40), 5.0), np.ones((1, 1))])
def test_that_a_picture_without_sources_has_no_objects(pixels: np.ndarray) -> None:
    scores = scored(SkyImage(Source(), pixels))
    assert len(scores.values) == 0
    assert not find_image_events(scores, SPEC.threshold)


def test_that_a_picture_without_a_value_is_a_sentence() -> None:
    with pytest.raises(FitError, match="no value"):
        scored(SkyImage(Source(), np.full((20, 20), np.nan)))
    with pytest.raises(FitError, match="no value"):
        scored(SkyImage(Source(), np.ones((20, 20)), bad=np.ones((20, 20), bool)))


def test_that_reasons_are_in_words_and_numbers() -> None:
    sources = find_sources(lattice(seed=3, odd=True))
    shapes = shapes_of(sources)
    first = int(np.nanargmax(shapes.values))
    told = reasons_of(sources, shapes, [first])[first]
    assert any("times as" in reason or "twice as" in reason for reason in told)
    assert len(told) <= 5


def test_that_hot_pixels_in_number_are_a_note_and_no_cosmic_rays() -> None:
    image = lattice(seed=5)
    rng = np.random.default_rng(6)
    pixels = image.pixels.copy()
    ny, nx = pixels.shape
    pixels[rng.integers(5, ny - 5, 80), rng.integers(5, nx - 5, 80)] += 400
    found = scored(SkyImage(image.source, pixels), artefacts=True)
    assert found.objects is not None
    assert "cosmic ray" not in found.objects.kinds
    assert any("hot pixels" in note for note in found.notes)
