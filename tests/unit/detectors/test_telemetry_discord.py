"""The search for discords, novelties and regimes in one channel, on faults of known place."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.series import ChannelScores, Series
from desktop_app.core.errors import FitError
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.core.simulate_telemetry import simulate_telemetry
from desktop_app.core.telemetry import Channel, stretches
from desktop_app.detectors.telemetry.discord import SPEC, ChannelDiscord, DiscordParams

N = 3000
RUN = slice(1500, 1560)


def series_of(values: Floats, training: Floats | None = None, commands: int = 0) -> Series:
    def plain(part: Floats, earlier: Series | None = None) -> Series:
        sent = np.random.default_rng(1).random((part.size, commands))
        return Series(Channel("a"), np.arange(part.size, dtype=np.float64), part, sent, earlier)

    return plain(values, None if training is None else plain(training))


def waves(n: int = N, seed: int = 0, noise: float = 0.02) -> Floats:
    return np.sin(np.arange(n) / 11) + noise * np.random.default_rng(seed).standard_normal(n)


def broken(kind: str = "step") -> Floats:
    values = waves()
    values[RUN] = values[RUN] + 1.5 if kind == "step" else values[RUN.start]
    return values


def scored(series: Series, **settings: object) -> ChannelScores:
    return ChannelDiscord(DiscordParams.checked(settings)).fit(series, silent).score(series, silent)


def runs_of(scores: ChannelScores) -> list[tuple[int, int]]:
    return stretches(np.nan_to_num(scores.values) >= SPEC.threshold)


@pytest.mark.parametrize("kind", ["step", "frozen"])
@pytest.mark.parametrize("trained", [False, True])
def test_that_a_short_fault_is_flagged_where_it_is(kind: str, *, trained: bool) -> None:
    found = runs_of(scored(series_of(broken(kind), waves(1500, 5) if trained else None)))
    assert len(found) == 1
    start, stop = found[0]
    assert start < RUN.start + 30 < stop
    assert RUN.start - 80 <= start
    assert stop <= RUN.stop + 80


def test_that_a_level_that_stays_is_flagged_to_its_end() -> None:
    values = waves()
    values[2000:] += 1.5
    found = runs_of(scored(series_of(values)))
    assert found[-1][1] == N
    assert abs(found[-1][0] - 2000) < 110


def test_that_the_nearest_usual_window_lies_under_what_is_flagged() -> None:
    scores = scored(series_of(broken()))
    model, flagged = scores.tracks["model"], scores.values >= 1
    assert np.isfinite(model[flagged]).all()
    assert np.isnan(model[~flagged]).all()
    assert np.abs(model[flagged]).max() < 1.2


def test_that_turning_time_round_turns_the_scores_round() -> None:
    values = broken()
    forth, back = scored(series_of(values)).values, scored(series_of(values[::-1].copy())).values
    np.testing.assert_array_equal(back >= 1, (forth >= 1)[::-1])
    assert np.corrcoef(forth, back[::-1])[0, 1] > 0.98


def test_that_scale_and_level_change_nothing() -> None:
    values, training = broken(), waves(1500, 5)
    one = scored(series_of(values, training)).values
    other = scored(series_of(4e3 + 250 * values, 4e3 + 250 * training)).values
    np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)


def test_that_commands_are_not_looked_at() -> None:
    one, other = (scored(series_of(broken(), waves(900, 2), commands)).values for commands in (0, 5))
    np.testing.assert_array_equal(one, other)


def test_that_watching_flags_less_than_a_survey_and_never_more() -> None:
    values, training = waves(), waves(1500, 5)
    training[700:760] += 1.0
    values[600:640] += 0.5
    survey, watch = (scored(series_of(values, training), mode=mode).values >= 1 for mode in ("survey", "watch"))
    assert not (watch & ~survey).any()
    assert survey[610:630].any()
    assert not watch[610:630].any()


def test_that_watching_without_a_training_stretch_says_so() -> None:
    assert "training" in scored(series_of(broken()), mode="watch").notes[0]


def test_that_the_second_neighbour_finds_what_comes_twice() -> None:
    values = waves(noise=0.005)
    for start in (700, 2082):
        values[start : start + 60] = 1.8
    first, second = (runs_of(scored(series_of(values), neighbour=k, window=50, regimes=False)) for k in (1, 2))
    assert any(start <= 730 < stop for start, stop in second)
    assert not any(start <= 730 < stop for start, stop in first)


def test_that_the_training_setting_acts() -> None:
    values = waves()
    values[1200:2000] += 1.5
    series = series_of(values, waves(1500, 6) + 1.5)
    with_it, without = (scored(series, training=use).values for use in (True, False))
    assert (without >= 1)[1300:1900].all()
    assert not (with_it >= 1)[1300:1900].all()


def test_that_the_settings_for_windows_and_regimes_act() -> None:
    series = series_of(broken(), waves(1500, 5))
    usual = scored(series).values
    for changed in ({"window": 80}, {"windows": "period"}, {"regimes": False}):
        assert not np.allclose(scored(series, **changed).values, usual), changed


def test_that_a_training_stretch_that_no_longer_fits_is_told_and_floods_nothing() -> None:
    scores = scored(series_of(waves(), waves(1500, 5) + 20))
    assert "newer" in scores.notes[0]
    assert (scores.values >= 1).mean() < 0.1


def test_that_a_constant_training_stretch_does_not_make_every_flicker_a_fault() -> None:
    values = np.full(N, 5.0)
    values[RUN] = 9.0
    values[700] += 1e-6
    found = runs_of(scored(series_of(values, np.full(1000, 5.0))))
    assert len(found) == 1
    assert found[0][0] > 1400


def test_that_a_constant_channel_has_no_events() -> None:
    scores = scored(series_of(np.full(N, 3.0), np.full(500, 3.0)))
    np.testing.assert_array_equal(scores.values, 0.0)


def test_that_short_gaps_are_bridged_and_long_ones_not_looked_at() -> None:
    values = broken()
    values[400:406] = np.nan
    values[2300:2600] = np.nan
    scores = scored(series_of(values, waves(1500, 5)))
    np.testing.assert_array_equal(np.isnan(scores.values), np.isnan(values))
    assert [start // 100 for start, _ in runs_of(scores)] == [14]


def test_that_too_short_a_channel_says_what_it_needs() -> None:
    with pytest.raises(FitError, match="150 values; windows of 50 need 200"):
        ChannelDiscord(DiscordParams()).fit(series_of(waves(150)), silent)
    with pytest.raises(FitError, match="windows of 900 need 3600"):
        ChannelDiscord(DiscordParams(window=900)).fit(series_of(waves()), silent)


def test_that_a_training_stretch_of_a_few_samples_or_none_is_not_in_the_way() -> None:
    plain = scored(series_of(broken())).values
    np.testing.assert_array_equal(scored(series_of(broken(), waves(30))).values >= 1, plain >= 1)
    np.testing.assert_array_equal(scored(series_of(broken(), np.full(900, np.nan))).values >= 1, plain >= 1)


def test_that_a_cancel_ends_the_search() -> None:
    def cancelled(done: float, _text: str) -> None:
        if done > 0.3:
            raise JobCancelled

    series = series_of(broken())
    with pytest.raises(JobCancelled):
        ChannelDiscord(DiscordParams()).fit(series, silent).score(series, cancelled)


def test_that_faults_of_a_simulated_satellite_are_found() -> None:
    data = simulate_telemetry(seed=0)
    scores = SPEC.build(DiscordParams()).fit(data, silent).score(data, silent)
    for label in data.labels:
        channel = data.names.index(label.channel)
        assert (scores.values[label.start : label.stop, channel] >= 1).any(), label
    again = replace(data, labels=())
    np.testing.assert_array_equal(
        SPEC.build(DiscordParams()).fit(again, silent).score(again, silent).values, scores.values
    )
