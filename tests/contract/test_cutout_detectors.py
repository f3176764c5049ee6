"""What every detector of cut-outs promises, run over the registry."""

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.cutouts import CutoutSet, only_stamps
from desktop_app.core.detection import IMAGE_EVENT_KINDS, Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError, ParamError
from desktop_app.core.images.objects import Objects
from desktop_app.core.params import Params
from desktop_app.core.progress import silent
from desktop_app.core.simulate_galaxies import simulate_galaxies
from desktop_app.detectors import CUTOUT_DETECTORS, DEFAULT_CUTOUT_DETECTOR
from desktop_app.engine.cache import ScoreCache
from desktop_app.engine.detect import detect

SPECS = list(CUTOUT_DETECTORS.values())
# Alerts bring three pictures and a network needs to learn: both have tests of their own beside these.
GENERAL = [spec for spec in SPECS if spec.name in ("strange", "mahalanobis", "knn", "patches", "embedding_pca")]
every_detector = pytest.mark.parametrize("spec", SPECS, ids=[spec.name for spec in SPECS])
every_general = pytest.mark.parametrize("spec", GENERAL, ids=[spec.name for spec in GENERAL])
STAMPS = simulate_galaxies(120, 0, seed=11, side_px=24)
CLEAN = simulate_galaxies(250, 0, seed=21, side_px=24)


def scores_of(spec: DetectorSpec, data: CutoutSet, **settings: object) -> Scores:
    brief = {"encoder": "none"} if "encoder" in spec.params.model_fields else {}
    params = spec.params.checked({**brief, **settings})
    return spec.build(params).fit(data, silent).score(data, silent)


def objects_of(scores: Scores) -> Objects:
    assert scores.objects is not None
    return scores.objects


def with_images(data: CutoutSet, images: np.ndarray) -> CutoutSet:
    return replace(data, images=images.astype(np.float32))


def planted(data: CutoutSet, place: int) -> CutoutSet:
    """``data`` with a bright lattice in a corner of one stamp, which no other has."""
    images = np.array(data.images)
    images[place, 1:12:2, 1:12:2] += 80.0
    return with_images(data, images)


@lru_cache(maxsize=8)
def usual_scores(name: str) -> Scores:
    """Scores of the plain stamps with the settings as they are."""
    return scores_of(CUTOUT_DETECTORS[name], STAMPS)


def test_that_the_default_detector_is_registered() -> None:
    assert DEFAULT_CUTOUT_DETECTOR in CUTOUT_DETECTORS


def test_that_every_file_with_a_detector_is_registered() -> None:
    import desktop_app.detectors.cutouts as package

    files = {path.stem for path in Path(package.__path__[0]).glob("*.py") if "\nSPEC = " in path.read_text("utf-8")}
    assert files == set(CUTOUT_DETECTORS)


@every_detector
def test_that_a_name_is_the_same_in_the_registry_and_in_the_entry(spec: DetectorSpec) -> None:
    assert CUTOUT_DETECTORS[spec.name] is spec
    assert CutoutSet in spec.kinds
    assert set(spec.finds) <= set(IMAGE_EVENT_KINDS)


@every_detector
def test_that_every_setting_has_a_title_and_a_help_text(spec: DetectorSpec) -> None:
    assert issubclass(spec.params, Params)
    for name, field in spec.params.model_fields.items():
        assert field.title, name
        assert field.description, name


@every_detector
def test_that_few_stamps_are_refused_with_a_sentence(spec: DetectorSpec) -> None:
    with pytest.raises(FitError) as refused:
        scores_of(spec, only_stamps(STAMPS, np.arange(3)))
    assert refused.value.message
    assert refused.value.hint


@every_general
def test_that_there_is_a_score_and_an_object_a_stamp_in_the_subspace(spec: DetectorSpec) -> None:
    scores = usual_scores(spec.name)
    objects = objects_of(scores)
    assert scores.values.shape == (len(STAMPS),) == (len(objects),)
    assert np.isfinite(scores.values).all()
    assert objects.space.shape[1] >= 2
    assert np.isfinite(objects.space).all()
    assert set(objects.kinds) <= set(IMAGE_EVENT_KINDS)


@every_general
def test_that_a_stamp_without_values_has_no_score_and_says_so(spec: DetectorSpec) -> None:
    images = np.array(STAMPS.images)
    images[7] = np.nan
    images[8, :4] = np.nan
    scores = scores_of(spec, with_images(STAMPS, images))
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(scores.values)), [7])
    assert any("1 of 120 stamps" in note for note in scores.notes)


@every_general
def test_that_the_same_stamps_get_the_same_scores(spec: DetectorSpec) -> None:
    np.testing.assert_array_equal(scores_of(spec, replace(STAMPS)).values, usual_scores(spec.name).values)


@every_general
def test_that_stamps_in_another_order_keep_their_scores(spec: DetectorSpec) -> None:
    order = np.random.default_rng(1).permutation(len(STAMPS))
    moved = scores_of(spec, only_stamps(STAMPS, order)).values
    np.testing.assert_allclose(moved, usual_scores(spec.name).values[order], atol=0.02)


@every_general
def test_that_light_in_another_unit_gives_the_same_ranking(spec: DetectorSpec) -> None:
    usual = usual_scores(spec.name).values
    scaled = scores_of(spec, with_images(STAMPS, STAMPS.images * 64.0)).values
    one, other = (np.argsort(np.argsort(values)).astype(np.float64) for values in (usual, scaled))
    assert np.corrcoef(one, other)[0, 1] > 0.99


@every_general
def test_that_stamps_that_are_all_the_same_are_not_strange(spec: DetectorSpec) -> None:
    for images in (np.full((12, 24, 24), 5.0), np.repeat(STAMPS.images[:1], 12, axis=0)):
        data = with_images(only_stamps(STAMPS, np.arange(12)), images)
        assert not (scores_of(spec, data).values >= spec.threshold).any()


@every_general
def test_that_a_stamp_twice_in_the_set_has_one_score(spec: DetectorSpec) -> None:
    images = np.array(STAMPS.images)
    images[5] = images[90]
    values = scores_of(spec, with_images(STAMPS, images)).values
    assert values[5] == pytest.approx(values[90], abs=1e-3)


@every_general
def test_that_of_a_clean_set_hardly_anything_is_flagged(spec: DetectorSpec) -> None:
    flagged = scores_of(spec, CLEAN).values >= spec.threshold
    # One half of a hundred, and what chance adds to so few.
    assert flagged.sum() <= 3


@every_general
def test_that_a_stamp_like_no_other_is_the_strangest_and_is_flagged(spec: DetectorSpec) -> None:
    scores = scores_of(spec, planted(CLEAN, 40))
    assert int(np.nanargmax(scores.values)) == 40
    assert scores.values[40] >= spec.threshold
    assert objects_of(scores).reasons[40]


@every_general
def test_that_a_star_in_many_frames_counts_once(spec: DetectorSpec) -> None:
    images = np.concatenate([STAMPS.images, np.repeat(STAMPS.images[:1], 60, axis=0)])
    images[120:] += np.random.default_rng(3).standard_normal(images[120:].shape).astype(np.float32)
    data = CutoutSet(STAMPS.source, images, tuple(map(str, range(180))))
    once = replace(data, labels={"object": tuple(str(place) for place in range(120)) + ("0",) * 60})
    apart = scores_of(spec, data).values[1:120]
    known = scores_of(spec, once).values[1:120]
    alone = usual_scores(spec.name).values[1:]
    assert np.abs(known - alone).mean() <= np.abs(apart - alone).mean() + 0.05


@every_general
def test_that_twelve_stamps_get_an_answer(spec: DetectorSpec) -> None:
    values = scores_of(spec, only_stamps(STAMPS, np.arange(12))).values
    assert np.isfinite(values).all()
    assert (values < 6).all()


@every_general
def test_that_progress_never_goes_back_and_a_cancel_is_heard(spec: DetectorSpec) -> None:
    told: list[float] = []
    params = spec.params.checked({"encoder": "none"} if "encoder" in spec.params.model_fields else {})
    spec.build(params).fit(STAMPS, lambda done, _text: told.append(done))
    assert told
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(told))
    assert 0 <= min(told) <= max(told) <= 1 + 1e-9

    def stop(_done: float, _text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spec.build(params).fit(STAMPS, stop)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("strange", {"views": "shape"}),
        ("strange", {"views": "shape, pixels", "components": 4}),
        ("strange", {"views": "shape, patches"}),
        ("strange", {"views": "shape, catalogue"}),
        ("strange", {"neighbours": 1}),
        ("mahalanobis", {"components": 2}),
        ("mahalanobis", {"robust": False}),
        ("knn", {"components": 2}),
        ("knn", {"neighbours": 40}),
        ("patches", {"memory": 40}),
        ("patches", {"residuals": False}),
        ("patches", {"seed": 4}),
        ("embedding_pca", {"components": 9}),
        ("embedding_pca", {"scores": "recipe"}),
        ("embedding_pca", {"scores": "recipe", "deviations": 4.0}),
    ],
)
def test_that_every_setting_acts(name: str, settings: dict[str, object]) -> None:
    spec = CUTOUT_DETECTORS[name]
    usual = scores_of(spec, STAMPS, **({"scores": "recipe"} if "deviations" in settings else {})).values
    assert np.abs(scores_of(spec, STAMPS, **settings).values - usual).max() > 1e-3


@pytest.mark.parametrize("settings", [{"views": "shape, smell"}, {"views": "look"}, {"encoder": "nobody"}])
def test_that_what_does_not_exist_is_told_in_a_sentence(settings: dict[str, object]) -> None:
    with pytest.raises(ParamError) as refused:
        scores_of(CUTOUT_DETECTORS["strange"], STAMPS, **settings)
    assert refused.value.hint


def test_that_columns_of_labels_are_never_seen(tmp_path: Path) -> None:
    named = replace(STAMPS, ids=tuple(f"odd{place}" for place in range(120)), labels={"truth": ("ring",) * 120})
    spec = CUTOUT_DETECTORS["strange"]
    np.testing.assert_array_equal(scores_of(spec, named).values, usual_scores(spec.name).values)


@every_general
def test_that_scores_come_back_from_the_cache(spec: DetectorSpec, tmp_path: Path) -> None:
    cache = ScoreCache(tmp_path)
    settings = {"encoder": "none"} if "encoder" in spec.params.model_fields else {}
    first, again = (detect(STAMPS, spec.name, settings, cache=cache) for _ in range(2))
    assert (first.cached, again.cached) == (False, True)
    np.testing.assert_array_equal(first.scores.values, again.scores.values)
    assert objects_of(again.scores).reasons == objects_of(first.scores).reasons
