"""How flags of several windows become one score."""

import numpy as np

from desktop_app.core.arrays import Bools
from desktop_app.core.channels.constants import CONSTANTS, VERSION, Constants, constants_hash
from desktop_app.core.channels.decision import below_one, joined, narrowed, one_score, without_beginning
from desktop_app.core.channels.novelty import Novelty, novelties
from desktop_app.core.telemetry import stretches


def runs(n: int, *every: tuple[int, int]) -> Bools:
    marked = np.zeros(n, bool)
    for start, stop in every:
        marked[start:stop] = True
    return marked


def test_that_a_longer_window_adds_no_smear_to_a_short_run() -> None:
    both = narrowed([runs(1000, (500, 540)), runs(1000, (420, 620))], [50, 100])
    assert stretches(both) == [(475, 565)]


def test_that_a_longer_window_keeps_what_a_shorter_one_missed() -> None:
    both = narrowed([runs(1000, (500, 540)), runs(1000, (200, 560), (800, 900))], [50, 100])
    assert stretches(both) == [(200, 560), (800, 900)]


def test_that_a_run_at_the_beginning_needs_the_training_to_agree() -> None:
    flagged = runs(3000, (0, 80), (1500, 1600))
    usual, strange = np.full(3000, 0.01), np.full(3000, 0.01)
    strange[:80] = 1.0
    assert stretches(without_beginning(flagged, None, 100)) == [(1500, 1600)]
    assert stretches(without_beginning(flagged, Novelty(usual, 0.02), 100)) == [(1500, 1600)]
    assert stretches(without_beginning(flagged, Novelty(strange, 0.02), 100)) == [(0, 80), (1500, 1600)]


def test_that_an_obsolete_training_stretch_agrees_with_nothing() -> None:
    novelty = Novelty(np.repeat([1.0, 0.01], [2000, 1000]), 0.02)
    assert novelty.obsolete
    assert stretches(without_beginning(runs(3000, (0, 80)), novelty, 100)) == []


def test_that_gaps_are_joined_up_to_their_length() -> None:
    assert stretches(joined(runs(300, (10, 20), (40, 50), (100, 110)), 30)) == [(10, 50), (100, 110)]


def test_that_the_score_is_one_exactly_where_something_is_flagged() -> None:
    rng = np.random.default_rng(1)
    ratio, regime, flagged = rng.random(500) * 3, rng.random(500) * 2, rng.random(500) > 0.7
    np.testing.assert_array_equal(one_score([ratio], regime, flagged) >= 1, flagged)


def test_that_what_is_not_flagged_keeps_its_order_below_one() -> None:
    ratio = np.linspace(0, 3, 50)
    score = below_one(ratio)
    assert (np.diff(score) >= 0).all()
    assert score.max() < 1
    np.testing.assert_array_equal(score[ratio < 0.9], ratio[ratio < 0.9])


def test_that_what_no_window_saw_has_no_score() -> None:
    score = one_score([np.array([np.nan, 0.5])], np.zeros(2), np.zeros(2, bool))
    assert np.isnan(score[0])
    assert score[1] == 0.5


def test_that_only_long_novelties_are_flagged() -> None:
    distance = np.full(5000, 0.01)
    distance[1000:1100], distance[3000:3400] = 1.0, 1.0
    assert stretches(novelties(Novelty(distance, 0.02), 300)) == [(3000, 3400)]


def test_that_a_training_stretch_that_is_unlike_most_is_obsolete_however_even_the_distances_are() -> None:
    for share in (0.55, 0.8, 1.0):
        distance = np.where(np.arange(1000) < 1000 * share, 1.0, 0.01)
        assert Novelty(distance, 0.02).obsolete
        assert not novelties(Novelty(distance, 0.02), 10).any()
    assert not Novelty(np.full(1000, 0.03), 0.02).obsolete
    assert not Novelty(np.full(1000, np.nan), 0.02).obsolete


def test_that_the_hash_of_the_constants_changes_with_any_of_them() -> None:
    assert len(constants_hash()) == 64
    assert constants_hash() == constants_hash()
    assert Constants() == CONSTANTS
    assert VERSION >= 1


def test_that_the_constants_are_the_ones_that_were_frozen() -> None:
    import json
    from dataclasses import asdict
    from hashlib import sha256

    told = json.dumps({"version": VERSION, **asdict(CONSTANTS)}, sort_keys=True, separators=(",", ":"))
    assert constants_hash() == sha256(told.encode()).hexdigest()
