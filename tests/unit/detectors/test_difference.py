"""What changed: over the frames of a sequence, and between a picture and its template."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from desktop_app.core.detection import ARTEFACT_KINDS, Scores
from desktop_app.core.errors import FitError
from desktop_app.core.images.difference.stack import usual_of_others
from desktop_app.core.images.difference.subtraction import subtract
from desktop_app.core.images.difference.tracks import Seen, moving, standing
from desktop_app.core.images.objects import Objects
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.core.simulate_sequences import SequenceMake, SimulatedSequence, simulate_sequence
from desktop_app.core.sky_image import FrameSequence, SkyImage
from desktop_app.core.source import Source
from desktop_app.detectors.images.difference import SPEC, Difference, DifferenceParams

SMALL = SequenceMake(frames=6, stars=70, side_px=180, asteroid_px_h=10.0)


def changes(data: SkyImage, **settings: object) -> Scores:
    detector = Difference(DifferenceParams.checked(settings))
    return detector.fit(data, silent).score(data, silent)


@lru_cache(maxsize=1)
def planted() -> SimulatedSequence:
    return simulate_sequence(seed=20)


@lru_cache(maxsize=1)
def found() -> Scores:
    return changes(planted().first)


def objects_of(scores: Scores) -> Objects:
    assert scores.objects is not None
    return scores.objects


def flagged(scores: Scores, kind: str) -> np.ndarray:
    return np.flatnonzero((scores.values >= SPEC.threshold) & (np.array(objects_of(scores).kinds) == kind))


def test_that_an_asteroid_is_followed_over_the_frames() -> None:
    objects, rows = objects_of(found()), flagged(found(), "moving")
    assert len(rows) == 1
    row = int(rows[0])
    assert objects.numbers["rate_px_h"][row] == pytest.approx(SequenceMake().asteroid_px_h, rel=0.1)
    frame = planted().first.source.parts.index(objects.frames[row])
    assert np.hypot(objects.x[row] - planted().asteroid[frame, 0], objects.y[row] - planted().asteroid[frame, 1]) < 1
    assert "pixels an hour" in objects.reasons[row][0]
    assert objects.reasons[row][2].count("frame_") >= 3


def test_that_a_transient_and_a_variable_are_found_and_told_apart() -> None:
    objects = objects_of(found())
    for kind, truth in (("transient", planted().transient), ("variable", planted().variable)):
        hits = []
        for row in flagged(found(), kind):
            at = truth[planted().first.source.parts.index(objects.frames[row])]
            hits.append(np.hypot(objects.x[row] - at[0], objects.y[row] - at[1]) < 2)
        assert sum(hits) == 1, kind


def test_that_cosmic_rays_are_named_and_never_moving() -> None:
    objects = objects_of(found())
    assert objects.kinds.count("cosmic ray") >= 5
    artefacts = np.isin(objects.kinds, ARTEFACT_KINDS)
    assert not (found().values[artefacts] >= SPEC.threshold).any()


def test_that_in_a_clean_sequence_hardly_anything_is_flagged() -> None:
    clean = simulate_sequence(replace(SMALL, asteroid_snr=0.0, transient_snr=0.0, variable=0.0), seed=31)
    scores = changes(clean.first)
    assert (scores.values >= SPEC.threshold).sum() <= 1
    assert not len(flagged(scores, "moving"))


def test_that_two_frames_are_compared_and_nothing_is_called_moving() -> None:
    two = simulate_sequence(replace(SMALL, frames=2), seed=4)
    scores = changes(two.first)
    assert "moving" not in objects_of(scores).kinds
    near = [
        np.hypot(x - two.asteroid[:, 0], y - two.asteroid[:, 1]).min() < 1.5
        for x, y in zip(objects_of(scores).x, objects_of(scores).y, strict=True)
    ]
    assert any(near)


def test_that_the_same_frames_give_the_same_changes_whichever_is_shown() -> None:
    sequence = planted().first.sequence
    assert sequence is not None
    other = replace(sequence.open(sequence.names[3]), sequence=sequence)
    np.testing.assert_array_equal(changes(other).values, found().values)


def test_that_one_frame_alone_is_refused_in_a_sentence() -> None:
    with pytest.raises(FitError, match="nothing to compare"):
        changes(replace(planted().first, sequence=None))


def test_that_frames_without_common_stars_are_refused_in_a_sentence() -> None:
    rng = np.random.default_rng(0)
    made = {name: SkyImage(Source(), rng.normal(0, 1, (60, 60)).astype(np.float32)) for name in ("a.fits", "b.fits")}
    first = replace(made["a.fits"], sequence=FrameSequence(tuple(made), made.__getitem__, lambda: ""))
    with pytest.raises(FitError, match="no pattern of stars"):
        changes(first)


def test_that_more_frames_than_wanted_are_thinned_and_told() -> None:
    scores = changes(planted().first, most_frames=3)
    assert scores.notes[0] == "3 of 8 frames were looked at, spread evenly."


def test_that_looking_for_changes_can_be_cancelled() -> None:
    def cancelled(done: float, _text: str) -> None:
        if done > 0.2:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        Difference(DifferenceParams()).score(planted().first, cancelled)


def pair(*, off: float = 0.0, hole: bool = False, wide: float = 3.2) -> tuple[SkyImage, tuple[float, float]]:
    """A science with a new source, worse seeing, brighter scale and another level than its template."""
    from scipy.ndimage import gaussian_filter, shift

    rng = np.random.default_rng(3)
    side, sharp = 150, 2.4
    sky = np.zeros((side, side))
    sky[rng.integers(8, side - 8, 45), rng.integers(8, side - 8, 45)] = 10 ** rng.uniform(3.2, 4.8, 45)
    at = (71.0, 90.0)
    new = np.zeros_like(sky)
    new[int(at[1]), int(at[0])] = 6000.0
    science = 1.7 * gaussian_filter(sky + new, wide / 2.355) + 200 + 4 * rng.standard_normal(sky.shape)
    template = gaussian_filter(sky, sharp / 2.355) + 50 + 1 * rng.standard_normal(sky.shape)
    template = shift(template, (off, -off), order=3, mode="nearest")
    if hole:
        science[20:40, 20:50] = np.nan
        template[100:104] = np.nan
    pixels = science.astype(np.float32)
    return SkyImage(Source(), pixels, beside={"science": pixels, "template": template.astype(np.float32)}), at


@pytest.mark.parametrize(("off", "hole"), [(0.0, False), (2.3, False), (0.4, True)])
def test_that_a_new_source_is_found_against_a_template_of_other_seeing_scale_and_place(off: float, hole: bool) -> None:
    data, at = pair(off=off, hole=hole)
    scores = changes(data)
    objects = objects_of(scores)
    best = int(np.argmax(scores.values))
    assert np.hypot(objects.x[best] - at[0], objects.y[best] - at[1]) < 1
    assert objects.kinds[best] in ("transient", "moving")
    assert (np.delete(scores.values, best) >= SPEC.threshold).sum() == 0
    assert bool(scores.notes) == (off > 1 or hole)


def test_that_a_difference_beside_is_taken_unless_a_new_one_is_wanted() -> None:
    data, _ = pair()
    nothing = np.zeros_like(data.pixels) + np.random.default_rng(0).normal(0, 1, data.pixels.shape).astype(np.float32)
    with_own = replace(data, beside={**data.beside, "difference": nothing})
    assert (changes(with_own).values >= SPEC.threshold).sum() == 0
    np.testing.assert_array_equal(changes(with_own, subtract_anew=True).values, changes(data).values)


def test_that_a_higher_limit_looks_at_fewer_peaks() -> None:
    few, many = (changes(planted().first, most_frames=3, peak_sigma=limit) for limit in (40.0, 5.0))
    assert len(few.values) < len(many.values)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 8])
def test_that_the_median_of_the_others_is_that(n: int) -> None:
    rng = np.random.default_rng(n)
    stack = rng.standard_normal((n, 5, 6)).astype(np.float32)
    if n > 3:
        stack[1, :2] = np.nan
    for place, usual in enumerate(usual_of_others(list(stack))):
        np.testing.assert_allclose(usual, np.nanmedian(np.delete(stack, place, axis=0), axis=0), atol=1e-6)


def test_that_a_sharper_science_is_broadened_and_not_sharpened() -> None:
    data, at = pair(wide=2.0)
    science, template = (data.beside[name].astype(np.float64) for name in ("science", "template"))
    made = subtract(science, template, 2.0, 2.4)
    assert made.scale == pytest.approx(1.7, rel=0.15)
    assert made.fwhm_px == 2.4
    peak = np.unravel_index(int(np.nanargmax(made.difference)), made.difference.shape)
    assert np.hypot(peak[1] - at[0], peak[0] - at[1]) < 1.5


def test_that_points_on_a_line_at_a_constant_rate_are_linked_among_others() -> None:
    rng = np.random.default_rng(2)
    hours = np.array([0.0, 0.5, 1.3, 2.0])
    x, y = 40 + 12 * hours, 50 - 7 * hours
    frame = np.concatenate([np.arange(4), np.repeat(np.arange(4), 6)])
    seen = Seen(
        frame,
        np.concatenate([x, rng.uniform(0, 300, 24)]),
        np.concatenate([y, rng.uniform(0, 300, 24)]),
        np.full(28, 100.0),
        hours,
    )
    (track,) = moving(seen, range(28), 3.0, 90_000.0)
    assert track.rows == (0, 1, 2, 3)
    assert track.rate_x == pytest.approx(12.0)
    assert track.rate_y == pytest.approx(-7.0)
    assert standing(seen, 1.0) == []
