"""What every detector of pictures promises, run over the registry."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools
from desktop_app.core.detection import IMAGE_EVENT_KINDS, Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.images.polygons import overlap
from desktop_app.core.params import Params
from desktop_app.core.progress import JobCancelled, Report, silent
from desktop_app.core.simulate_frames import simulate_frame
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from desktop_app.detectors import DEFAULT_IMAGE_DETECTOR, IMAGE_DETECTORS

NEED_A_TEMPLATE = ("difference",)
"""Those look at two pictures at once; their own tests hold them to this."""
SPECS = [spec for spec in IMAGE_DETECTORS.values() if spec.name not in NEED_A_TEMPLATE]
SHAPE = (160, 176)
every_detector = pytest.mark.parametrize("spec", SPECS, ids=[spec.name for spec in SPECS])
PLANTED = ("streak", "cosmic ray", "bad column", "saturation", "ghost", "edge")


def picture(pixels: NDArray[np.generic], bad: Bools | None = None) -> SkyImage:
    return SkyImage(source=Source(), pixels=pixels.astype(np.float32), bad=bad)


def plain(seed: int = 1) -> SkyImage:
    return simulate_frame(seed=seed, shape=SHAPE).image


def scores_of(spec: DetectorSpec, data: SkyImage, report: Report = silent) -> Scores:
    return spec.build(spec.params()).fit(data, report).score(data, report)


def places(scores: Scores) -> list[tuple[float, float]]:
    assert scores.objects is not None
    return sorted(
        (round(float(x), 3), round(float(y), 3)) for x, y in zip(scores.objects.x, scores.objects.y, strict=True)
    )


def test_that_the_default_detector_is_registered() -> None:
    assert DEFAULT_IMAGE_DETECTOR in IMAGE_DETECTORS


def test_that_every_file_of_a_detector_is_registered() -> None:
    import desktop_app.detectors.images as package

    files = {path.stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__"}
    assert files == set(IMAGE_DETECTORS)


@pytest.mark.parametrize("spec", list(IMAGE_DETECTORS.values()), ids=lambda spec: spec.name)
def test_that_a_name_is_the_same_in_the_registry_and_in_the_entry(spec: DetectorSpec) -> None:
    assert IMAGE_DETECTORS[spec.name] is spec
    assert spec.kinds == (SkyImage,)
    assert set(spec.finds) <= set(IMAGE_EVENT_KINDS)


@every_detector
def test_that_every_setting_has_a_title_and_a_help_text(spec: DetectorSpec) -> None:
    assert issubclass(spec.params, Params)
    for name, field in spec.params.model_fields.items():
        assert field.title, name
        assert field.description, name


@every_detector
def test_that_each_score_has_an_object_in_the_picture(spec: DetectorSpec) -> None:
    data = simulate_frame(("streak", "saturation"), seed=2, shape=SHAPE).image
    scores = scores_of(spec, data)
    assert scores.objects is not None
    assert len(scores.objects) == len(scores.values)
    assert set(scores.objects.kinds) <= set(IMAGE_EVENT_KINDS)
    assert all(-1 <= x <= SHAPE[1] and -1 <= y <= SHAPE[0] for x, y in places(scores))


@every_detector
def test_that_the_same_picture_gives_the_same_scores_bit_for_bit(spec: DetectorSpec) -> None:
    data = plain()
    one, other = scores_of(spec, data), scores_of(spec, data)
    np.testing.assert_array_equal(one.values, other.values)
    assert places(one) == places(other)


@every_detector
def test_that_a_picture_without_a_value_is_said_to_have_none(spec: DetectorSpec) -> None:
    data = picture(np.full((40, 50), np.nan, np.float32))
    with pytest.raises(FitError):
        scores_of(spec, data)


@every_detector
@pytest.mark.parametrize("value", [0.0, 65535.0])
def test_that_a_picture_of_one_value_has_nothing(spec: DetectorSpec, value: float) -> None:
    scores = scores_of(spec, picture(np.full((64, 80), value, np.float32)))
    assert not (scores.values >= spec.threshold).any()


@every_detector
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (3, 3), (9, 2), (16, 16)])
def test_that_a_tiny_picture_is_looked_at(spec: DetectorSpec, shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).normal(100, 5, shape).astype(np.float32)
    assert not (scores_of(spec, picture(pixels)).values >= spec.threshold).any()


@every_detector
def test_that_scores_are_finite_where_pixels_are_missing_or_bad(spec: DetectorSpec) -> None:
    data = plain(seed=3)
    pixels, bad = np.array(data.pixels), np.zeros(SHAPE, bool)
    pixels[60:64, 100:140] = np.nan
    pixels[150:152, 20:30], bad[150:152, 20:30] = 60_000, True
    scores = scores_of(spec, picture(pixels, bad))
    # NaN is what was not compared, as a source that is cut off.
    assert not np.isinf(scores.values).any()


def places_in_order(scores: Scores) -> list[tuple[float, float]]:
    assert scores.objects is not None
    return list(zip(scores.objects.x.tolist(), scores.objects.y.tolist(), strict=True))


@every_detector
def test_that_strides_do_not_matter(spec: DetectorSpec) -> None:
    data = plain(seed=4)
    strided = np.asfortranarray(data.pixels)
    assert places(scores_of(spec, data)) == places(scores_of(spec, picture(strided)))


@every_detector
def test_that_cancelling_is_heard(spec: DetectorSpec) -> None:
    def cancelled(done: float, text: str) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        scores_of(spec, plain(), cancelled)


@every_detector
def test_that_plain_pictures_have_nearly_nothing(spec: DetectorSpec) -> None:
    # Beside planted things nothing is strange; of hundreds of sources a few may look odd.
    flagged = [int(np.sum(scores_of(spec, plain(seed)).values >= spec.threshold)) for seed in (11, 12)]
    looked = [len(scores_of(spec, plain(seed)).values) for seed in (11,)]
    assert sum(flagged) <= max(1, 0.05 * 2 * max(looked))


@pytest.mark.parametrize("kind", PLANTED)
@every_detector
def test_that_most_planted_artefacts_are_found_at_their_place(spec: DetectorSpec, kind: str) -> None:
    if kind not in spec.finds:
        pytest.skip(f"{spec.name} does not look for kind {kind}")
    found = 0
    for seed in (21, 22):
        frame = simulate_frame((kind,), seed=seed, shape=(384, 448), strength=1.0 if kind == "ghost" else 3.0)
        scores = scores_of(spec, frame.image)
        assert scores.objects is not None
        found += any(
            one == kind and score >= spec.threshold and overlap([outline], [frame.planted[0].outline]) >= 0.5
            for one, score, outline in zip(scores.objects.kinds, scores.values, scores.objects.outlines, strict=True)
        )
    assert found >= 1, found


@pytest.mark.parametrize("kind", ["saturation", "bad column", "edge", "cosmic ray"])
def test_that_a_turned_picture_has_its_artefacts_at_the_turned_places(kind: str) -> None:
    spec = IMAGE_DETECTORS["artefacts"]
    data = simulate_frame((kind,), seed=31, shape=SHAPE).image
    one = places_of_kind(scores_of(spec, data), kind)
    turned = places_of_kind(scores_of(spec, picture(np.array(data.pixels.T))), kind)
    mirrored = places_of_kind(scores_of(spec, picture(np.array(data.pixels[:, ::-1]))), kind)
    assert one
    np.testing.assert_allclose(sorted((y, x) for x, y in turned), one, atol=1)
    np.testing.assert_allclose(sorted((SHAPE[1] - 1 - x, y) for x, y in mirrored), one, atol=1)


def places_of_kind(scores: Scores, kind: str) -> list[tuple[float, float]]:
    assert scores.objects is not None
    return sorted(
        place for place, one in zip(places_in_order(scores), scores.objects.kinds, strict=True) if one == kind
    )
