"""Learning from labels, suggestions of a page, and likeness: small spaces in which the answer is known."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.images.learning import (
    METHODS,
    LearningSettings,
    Method,
    by_rank,
    features_of,
    found_by,
    learn,
    rank_weighted,
    suggested,
)
from desktop_app.core.images.similar import Metric, likeness_to, similar_to, varied


def made(m: int = 600, rare: int = 30, *, seed: int = 0) -> tuple[Floats, Floats, np.ndarray]:
    """A base score that hardly knows the rare ones, and a space in which they lie together."""
    rng = np.random.default_rng(seed)
    truth = np.zeros(m, bool)
    truth[rng.permutation(m)[:rare]] = True
    space = rng.standard_normal((m, 6))
    space[truth, 2] += 3.0
    base = rng.standard_normal(m) + 0.5 * truth
    return base, space, truth


def after_pages(base: Floats, space: Floats, truth: np.ndarray, method: Method, pages: int, *, learns: bool) -> int:
    features, labels = features_of(base, space, {}), dict[int, bool]()
    settings = LearningSettings(method=method)
    for _ in range(pages):
        learned = learn(features, base, labels if learns else {}, settings)
        for one in suggested(learned, base, features, labels, settings):
            labels[one.place] = bool(truth[one.place])
    return sum(labels.values())


@pytest.mark.parametrize("method", METHODS)
def test_that_pages_of_labels_double_what_is_found_where_the_score_is_weak(method: Method) -> None:
    base, space, truth = made()
    without = after_pages(base, space, truth, method, 5, learns=False)
    assert after_pages(base, space, truth, method, 5, learns=True) >= 2 * without
    assert after_pages(base, space, truth, method, 5, learns=True) >= 22


@pytest.mark.parametrize("method", METHODS)
def test_that_the_same_labels_make_the_same_ranking_in_whatever_order_they_came(method: Method) -> None:
    base, space, truth = made()
    features = features_of(base, space, {})
    labels = {place: bool(truth[place]) for place in range(80)}
    settings = LearningSettings(method=method)
    first = learn(features, base, labels, settings)
    second = learn(features, base, dict(reversed(labels.items())), settings)
    np.testing.assert_array_equal(first.scores, second.scores)
    assert suggested(first, base, features, labels) == suggested(second, base, features, labels)


@pytest.mark.parametrize("labels", [{}, {3: True}, {3: False, 4: False}, {3: True, 4: True}])
def test_that_nothing_is_learned_from_one_kind_of_label(labels: dict[int, bool]) -> None:
    base, space, _ = made()
    learned = learn(features_of(base, space, {}), base, labels)
    assert learned.weight == 0
    np.testing.assert_allclose(learned.scores, by_rank(base))


def test_that_the_weight_grows_with_the_labels_of_the_rarer_side() -> None:
    base, space, truth = made()
    features = features_of(base, space, {})
    good, bad = np.flatnonzero(truth), np.flatnonzero(~truth)
    weights = [
        learn(
            features, base, {**dict.fromkeys(good[:n].tolist(), True), **dict.fromkeys(bad[:20].tolist(), False)}
        ).weight
        for n in (1, 4, 16)
    ]
    assert weights == sorted(weights)
    assert weights[0] > 0
    assert weights[-1] < 2.5


def test_that_learning_in_a_space_that_tells_nothing_is_not_trusted() -> None:
    base, space, truth = made()
    rng = np.random.default_rng(9)
    labels = {int(place): bool(truth[place]) for place in rng.permutation(len(base))[:200]}
    blind = learn(features_of(rng.standard_normal(len(base)), rng.standard_normal((len(base), 6)), {}), base, labels)
    seeing = learn(features_of(base, space, {}), base, labels)
    assert blind.weight < 0.5 * seeing.weight


def test_that_what_was_measured_is_learned_from_where_the_space_tells_nothing() -> None:
    base, space, truth = made()
    noise = np.random.default_rng(9).standard_normal((len(base), 6))
    numbers = {str(place): column for place, column in enumerate(space.T)}
    labels = {int(place): bool(truth[place]) for place in np.random.default_rng(1).permutation(len(base))[:200]}
    rest = np.setdiff1d(np.arange(len(base)), list(labels))
    interest = [learn(features_of(base, noise, {}, given), base, labels).interest[rest] for given in (numbers, {})]
    gaps = [one[truth[rest]].mean() - one[~truth[rest]].mean() for one in interest]
    assert gaps[0] > gaps[1] + 0.1


def test_that_a_page_is_the_top_at_first_and_mixed_later() -> None:
    base, space, truth = made()
    features = features_of(base, space, {})
    early = suggested(learn(features, base, {}), base, features, {}, LearningSettings(variety=0))
    assert [one.place for one in early] == np.argsort(-base, kind="stable")[:20].tolist()
    assert {one.why for one in early} == {"strange"}
    labels = {int(place): bool(truth[place]) for place in np.argsort(-base, kind="stable")[:40]}
    later = suggested(learn(features, base, labels), base, features, labels)
    assert sum(one.why == "unsure" for one in later) == 6
    assert not {one.place for one in later} & set(labels)
    assert len({one.place for one in later}) == 20


def test_that_a_suggestion_names_the_interesting_ones_it_is_like() -> None:
    base, space, truth = made()
    features = features_of(base, space, {})
    labels = {int(place): bool(truth[place]) for place in (*np.flatnonzero(truth)[:10], *np.flatnonzero(~truth)[:30])}
    later = suggested(learn(features, base, labels), base, features, labels)
    alike = [one for one in later if one.why == "alike"]
    assert alike
    for one in alike:
        assert 1 <= len(one.like) <= 3
        assert all(labels[place] for place in one.like)
        assert one.alike >= 1


def test_that_a_page_is_not_twenty_copies_of_one() -> None:
    rng = np.random.default_rng(3)
    space = np.concatenate([np.tile([9.0, 9.0, 9.0], (40, 1)), rng.normal([4, 0, 0], 1.0, (400, 3))])
    space[:40] += 1e-3 * rng.standard_normal((40, 3))
    base = np.concatenate([np.full(40, 9.0) + 0.01 * rng.random(40), rng.random(400)])
    features = features_of(base, space, {})
    copies = [
        sum(one.place < 40 for one in suggested(learn(features, base, {}), base, features, {}, settings))
        for settings in (LearningSettings(variety=0.0), LearningSettings(variety=0.6))
    ]
    assert copies[0] == 20
    assert copies[1] < 12


def test_that_objects_without_a_score_or_outside_of_the_group_are_never_suggested() -> None:
    base, space, _ = made()
    base[:100] = np.nan
    space[50:60] = np.nan
    among = np.arange(len(base)) % 2 == 0
    features = features_of(base, space, {"morphology": np.full(len(base), np.nan)})
    assert np.isfinite(features.all).all()
    labels = {200: True, 202: False}
    learned = learn(features, base, labels)
    assert np.isnan(learned.scores[:100]).all()
    places = [one.place for one in suggested(learned, base, features, labels, among=among)]
    assert len(places) == 20
    assert all(place >= 100 and place % 2 == 0 and place not in labels for place in places)


def test_that_the_last_page_is_what_is_left_and_then_there_is_none() -> None:
    base, space, truth = made(30, 5)
    features, labels = features_of(base, space, {}), dict[int, bool]()
    sizes = []
    for _ in range(3):
        page = suggested(learn(features, base, labels), base, features, labels)
        sizes.append(len(page))
        labels |= {one.place: bool(truth[one.place]) for one in page}
    assert sizes == [20, 10, 0]


def test_that_figures_of_merit_are_what_their_definitions_say() -> None:
    course = np.array([True, False, True, False])
    assert found_by(course, 3) == 2
    assert rank_weighted(course, 4, 2) == pytest.approx((4 + 2) / (4 + 3))
    assert rank_weighted(np.array([True, True]), 4, 2) == 1.0


@pytest.mark.parametrize("metric", ["cosine", "euclid"])
def test_that_neighbours_are_those_that_a_plain_loop_finds(metric: Metric) -> None:
    space = np.random.default_rng(1).standard_normal((300, 8))
    rows = space - space.mean(axis=0)
    worth = []
    for row, raw in zip(rows, space, strict=True):
        if metric == "cosine":
            worth.append(row @ rows[7] / np.linalg.norm(row) / np.linalg.norm(rows[7]))
        else:
            worth.append(-np.linalg.norm(raw - space[7]))
    wanted = [place for place in np.argsort(-np.array(worth)).tolist() if place != 7][:20]
    found = similar_to(space, 7, 20, metric=metric)
    assert found.places.tolist() == wanted
    assert (np.diff(found.likeness) <= 0).all()
    assert likeness_to(space, 7, metric=metric)[7] == pytest.approx(1.0)


def test_that_variety_leaves_copies_out_and_keeps_the_nearest_first() -> None:
    rng = np.random.default_rng(2)
    space = np.concatenate([np.tile([5.0, 5.0, 0.0], (15, 1)), rng.normal([4, 4, 0], 1.0, (300, 3))])
    plain, mixed = similar_to(space, 0, 10, metric="euclid"), similar_to(space, 0, 10, metric="euclid", variety=0.5)
    assert sum(place < 15 for place in plain.places) == 10
    assert sum(place < 15 for place in mixed.places) < 5
    assert mixed.places[0] < 15


def test_that_bounds_of_likeness_and_odd_spaces_are_kept() -> None:
    space = np.random.default_rng(4).standard_normal((50, 4))
    assert (similar_to(space, 3, 49, least=0.2).likeness >= 0.2).all()
    assert len(similar_to(space, 3, 500).places) == 49
    assert len(similar_to(np.zeros((50, 0)), 3).places) == 0
    assert len(similar_to(np.ones((5, 2)), 3, metric="euclid").places) == 4
    space[9] = np.nan
    assert 9 not in similar_to(space, 3, 49).places
    assert varied(space[:0], np.zeros(0), 5, 0.5).tolist() == []
