"""Filters and orders of stamps."""

import numpy as np
import pytest

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.light_curve import Series
from desktop_app.core.source import Source
from desktop_app.ui.images.stamp_filter import columns_of, kept, ordered


@pytest.fixture
def data() -> CutoutSet:
    return CutoutSet(
        source=Source(),
        images=np.zeros((5, 3, 3), np.float32),
        ids=("star_9", "star_10", "galaxy_1", "nova_3", "star_2"),
        columns={
            "score": Series(np.array([0.2, 0.9, np.nan, 0.95, 0.5])),
            "mag r": Series(np.array([3.0, 1, 2, 5, 4])),
        },
        labels={"type": ("star", "Star", "galaxy", "", "star")},
    )


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("score > 0.8", [1, 3]),
        ("score>=.9 and mag r < 2", [1]),
        ("SCORE <= 0.5, type = star", [0, 4]),
        ("type != star", [2, 3]),
        ("id = nova_3", [3]),
        ("star", [0, 1, 4]),
        ("GALAXY", [2]),
        ("score = 0.9; star_1", [1]),
        ("mag r > −1", [0, 1, 2, 3, 4]),
    ],
)
def test_that_conditions_and_words_choose_stamps(data: CutoutSet, text: str, places: list[int]) -> None:
    found = kept(data, text)
    assert found.places.tolist() == places
    assert found.problem == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("scor > 0.8", "There is no column “scor”. The columns are id, score, mag r, type."),
        ("score > high", "“high” is no number to compare score with."),
        ("type > star", "type is text: compare it by =, != or ~ (contains)."),
    ],
)
def test_that_a_condition_that_is_not_understood_is_told_and_left_out(data: CutoutSet, text: str, why: str) -> None:
    found = kept(data, f"{text} and mag r < 3.5")
    assert found.problem == why
    assert found.places.tolist() == [0, 1, 2]


def test_that_stamps_are_ordered_by_numbers_and_texts_with_the_unknown_last(data: CutoutSet) -> None:
    places = np.arange(5)
    assert ordered(data, places, "score", falling=False).tolist() == [0, 4, 1, 3, 2]
    assert ordered(data, places, "score", falling=True).tolist() == [3, 1, 4, 0, 2]
    assert ordered(data, places, "id", falling=False).tolist() == [2, 3, 4, 0, 1]
    assert ordered(data, places, "type", falling=True).tolist() == [0, 1, 4, 2, 3]
    assert columns_of(data) == ["id", "score", "mag r", "type"]
