"""Several detectors as one: how rare scores are, and what is flagged of them together."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.fusion import MOST, Fusion, fused, in_limits, rarity_of
from desktop_app.core.errors import FitError, ParamError
from desktop_app.core.progress import silent
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.detectors import TELEMETRY_DETECTORS, spec_of
from desktop_app.detectors.telemetry.consensus import SPEC, ConsensusParams, members_of
from desktop_app.engine.cache import ScoreCache
from desktop_app.engine.detect import detect

RNG = np.random.default_rng(0)


def telemetry(values: Floats, training: Floats | None = None) -> Telemetry:
    return Telemetry(
        Source(object_name="made"),
        np.arange(len(values), dtype=np.float64),
        values[:, None],
        (Channel("a"),),
        training=None if training is None else telemetry(training),
    )


def wave(seed: int = 0) -> Floats:
    noise = 0.02 * np.random.default_rng(seed).standard_normal(1500)
    return np.sin(2 * np.pi * np.arange(1500) / 60) + noise


def scores(data: Telemetry, **settings: object) -> Floats:
    return SPEC.build(ConsensusParams.checked(settings)).fit(data, silent).score(data, silent).values[:, 0]


def test_that_rarity_is_the_empirical_p_value_within_the_reference() -> None:
    reference = np.arange(1.0, 1001.0)
    rarity = rarity_of(reference)
    assert rarity is not None
    told = rarity.of(np.array([1.0, 501.0, 901.0]))
    np.testing.assert_allclose(told, -np.log10([1001 / 1001, 501 / 1001, 101 / 1001]))


def test_that_rarity_rises_beyond_the_reference_and_is_not_known_of_nothing() -> None:
    rarity = rarity_of(RNG.standard_normal(2000))
    assert rarity is not None
    told = rarity.of(np.array([2.0, 3.0, 5.0, 50.0, np.nan]))
    assert (np.diff(told[:4]) > 0).all()
    assert np.isnan(told[4])
    assert rarity_of(np.full(100, np.nan)) is None


def test_that_a_constant_reference_makes_anything_above_it_rare() -> None:
    rarity = rarity_of(np.zeros(100))
    assert rarity is not None
    assert rarity.of(np.array([0.0]))[0] == 0.0
    assert in_limits(rarity, np.array([0.5, 2.0]), 1.0)[1] > 1


def test_that_a_score_at_its_limit_is_one_and_none_says_more_than_the_most() -> None:
    rarity = rarity_of(RNG.random(500))
    assert rarity is not None
    told = in_limits(rarity, np.array([0.1, 0.999, 1.0, 1.001, 1e9]), 1.0)
    assert told[2] == pytest.approx(1.0)
    assert told[1] < 1 < told[3]
    assert told[4] == MOST


def test_that_together_is_the_mean_of_those_that_looked_and_any_the_highest() -> None:
    first, second = np.array([2.0, np.nan, np.nan]), np.array([1.0, 0.5, np.nan])
    np.testing.assert_array_equal(fused([first, second], Fusion.TOGETHER), [1.5, 0.5, np.nan])
    np.testing.assert_array_equal(fused([first, second], Fusion.ANY), [2.0, 0.5, np.nan])


def test_that_one_member_alone_flags_what_it_flags_by_itself() -> None:
    values = wave()
    values[700:730] += 3.0
    data = telemetry(values, wave(1))
    for name in ("limits", "ewma"):
        spec = TELEMETRY_DETECTORS[name]
        alone = spec.build(spec.params()).fit(data, silent).score(data, silent).values[:, 0]
        np.testing.assert_array_equal(scores(data, members=name) >= 1, alone >= 1)


def test_that_a_fault_that_all_see_is_flagged_and_nominal_data_are_not() -> None:
    values = wave()
    values[700:730] += 3.0
    found = scores(telemetry(values, wave(1)))
    assert (found[705:725] >= 1).all()
    assert (found[:500] < 1).all()


def test_that_any_flags_at_least_what_all_flag_together() -> None:
    values = wave()
    values[700:1000] += 0.5
    data = telemetry(values, wave(1))
    together, one = (scores(data, members="limits, ewma", combine=how) for how in ("together", "any"))
    assert (one >= together - 1e-12).all()
    assert (one >= 1).sum() > (together >= 1).sum()


def test_that_a_member_that_cannot_look_is_told_and_the_others_look() -> None:
    short = telemetry(wave()[:60])
    built = SPEC.build(ConsensusParams(members="discord limits")).fit(short, silent)
    found = built.score(short, silent)
    assert np.isfinite(found.values).all()
    assert any("does not look" in note for note in found.notes)
    with pytest.raises(FitError):
        SPEC.build(ConsensusParams(members="discord")).fit(short, silent)


@pytest.mark.parametrize("names", ["", "nobody", "limits, limits", "consensus"])
def test_that_impossible_members_are_refused(names: str) -> None:
    with pytest.raises(ParamError) as raised:
        members_of(names)
    assert "limits" in raised.value.hint


def test_that_commands_are_not_scored() -> None:
    data = telemetry(wave())
    both = replace(
        data,
        values=np.column_stack([wave(), wave() > 0.5]),
        channels=(Channel("a"), Channel("sent", role="command")),
    )
    found = SPEC.build(ConsensusParams(members="limits, ewma")).fit(both, silent).score(both, silent)
    assert np.isnan(found.values[:, 1]).all()
    assert np.isfinite(found.values[:, 0]).all()


def test_that_a_new_version_of_a_member_is_not_answered_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, cache = telemetry(wave(), wave(1)), ScoreCache(tmp_path)
    settings = {"members": "limits, ewma"}
    detect(data, "consensus", settings, cache=cache)
    assert detect(data, "consensus", settings, cache=cache).cached
    newer = replace(TELEMETRY_DETECTORS["limits"], version=99)
    monkeypatch.setattr(
        "desktop_app.engine.detect.spec_of", lambda name, looks: newer if name == "limits" else spec_of(name, looks)
    )
    assert not detect(data, "consensus", settings, cache=cache).cached
