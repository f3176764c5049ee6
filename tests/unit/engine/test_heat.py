"""Heat maps of single stamps: they point at what was planted, and come quickly once a set is known."""

from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from desktop_app.core.errors import FitError
from desktop_app.core.simulate_galaxies import simulate_galaxies_with_truth
from desktop_app.engine.cache import ScoreCache
from desktop_app.engine.detect import detect
from desktop_app.engine.heat import HasHeat, heat_of
from tests.curves import eventful_curve

MADE = simulate_galaxies_with_truth(80, 20, seed=31, side_px=48)


@pytest.mark.parametrize("name", ["strange", "patches"])
def test_that_heat_lies_where_it_was_planted(name: str, tmp_path: Path) -> None:
    settings = {"encoder": "none"} if name == "strange" else {}
    detection = detect(MADE.cutouts, name, settings, cache=ScoreCache(tmp_path))
    strange = np.flatnonzero(MADE.planted.sum(axis=(1, 2)) > 20)
    gain = []
    for place in strange:
        heat, where = heat_of(detection, int(place)), MADE.planted[place]
        assert heat.shape == where.shape
        gain.append(heat[where].sum() / max(heat.sum(), 1e-9) / where.mean())
    # Twice as much as a map would have that knows nothing.
    assert np.median(gain) > 2


def test_that_a_second_look_takes_no_time_and_is_the_same(tmp_path: Path) -> None:
    detection = detect(MADE.cutouts, "knn", {"encoder": "none"}, cache=ScoreCache(tmp_path))
    first = heat_of(detection, 3)
    start = perf_counter()
    again = heat_of(detection, 3)
    assert perf_counter() - start < 0.3
    np.testing.assert_array_equal(first, again)


def test_that_light_curves_have_no_heat_and_say_so(tmp_path: Path) -> None:
    with pytest.raises(FitError, match="stamps"):
        heat_of(detect(eventful_curve(500), cache=ScoreCache(tmp_path)), 0)


def test_that_what_strange_is_fitted_to_has_heat() -> None:
    from desktop_app.detectors.cutouts.strange import Strange, StrangeParams

    assert isinstance(Strange(StrangeParams()), HasHeat)
