"""How fast a ranking learns and likeness is searched, and what labels find in simulated galaxies, told in figures.

``PECULIAR_GALAXIES=2000 PECULIAR_SEEDS=910,911,912 pytest -s tests/perf/test_learning_speed.py`` for the whole of it.
"""

import os
from collections.abc import Callable
from time import process_time

import numpy as np
import pytest

from desktop_app.core.images.learning import METHODS, LearningSettings, Method, features_of, learn, suggested
from desktop_app.core.images.similar import similar_to
from desktop_app.core.progress import silent
from desktop_app.core.simulate_galaxies import simulate_galaxies
from desktop_app.detectors import CUTOUT_DETECTORS
from tests.labelling import labelled

GALAXIES = int(os.environ.get("PECULIAR_GALAXIES", "160"))
SEEDS = tuple(map(int, os.environ.get("PECULIAR_SEEDS", "910").split(",")))
WHOLE = 2000


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The shortest of a few, after one to warm up; time of the processor, as the machine may be busy."""
    work()
    spent = []
    for _ in range(times):
        began = process_time()
        work()
        spent.append(process_time() - began)
    return min(spent)


@pytest.mark.parametrize("m", [2_000, 100_000 if GALAXIES >= WHOLE else 20_000])
@pytest.mark.parametrize("method", METHODS)
def test_that_a_page_is_learned_and_suggested_at_once(m: int, method: Method) -> None:
    rng = np.random.default_rng(0)
    base, space = rng.standard_normal(m), rng.standard_normal((m, 48))
    features = features_of(base, space, {name: rng.standard_normal(m) for name in "abcd"})
    labels = {int(place): bool(place % 3) for place in rng.permutation(m)[:100]}
    settings = LearningSettings(method=method)

    def page() -> None:
        learned = learn(features, base, labels, settings)
        assert len(suggested(learned, base, features, labels, settings)) == 20

    spent = seconds(page, 2)
    prepared = seconds(lambda: features_of(base, space, {}), 1)
    print(f"\n{m:,} objects, {method}: {1e3 * spent:.0f} ms a page, {1e3 * prepared:.0f} ms once to prepare")  # noqa: T201 - a benchmark tells its figures
    assert spent < (0.5 if m == 2_000 else 5.0)  # ten times what it takes on a free machine


def test_that_likeness_among_many_is_searched_at_once() -> None:
    space = np.random.default_rng(0).standard_normal((100_000, 48))
    for metric in ("cosine", "euclid"):
        spent = seconds(lambda metric=metric: similar_to(space, 5, 20, metric=metric, variety=0.3))  # type: ignore[misc]
        print(f"\n100,000 objects, {metric}: {1e3 * spent:.0f} ms")  # noqa: T201 - a benchmark tells its figures
        assert spent < 0.5


def test_that_labels_find_more_than_the_scores_alone() -> None:
    spec = CUTOUT_DETECTORS["strange"]
    whole = GALAXIES >= WHOLE
    params = spec.params() if whole else spec.params.checked({"views": "shape, numbers", "encoder": "none"})
    labels, rare = (100, 50) if whole else (60, 15)
    gained = []
    for seed in SEEDS:
        data = simulate_galaxies(GALAXIES, rare, seed=seed, side_px=64 if whole else 32)
        scores = spec.build(params).fit(data, silent).score(data, silent)
        truth = np.array([bool(kind) for kind in data.labels["truth"]])
        without = labelled(scores, truth, LearningSettings(), labels=labels, learns=False)
        print(f"\nseed {seed}, {GALAXIES:,} + {rare}, {labels} labels: without {without}")  # noqa: T201 - a benchmark
        for method in METHODS:
            found = labelled(scores, truth, LearningSettings(method=method), labels=labels)
            print(f"  {method}: {found}")  # noqa: T201 - a benchmark tells its figures
            gained.append(found.after_pages[-1] - without.after_pages[-1])
    assert np.mean(gained) > (2 if whole else -1)
