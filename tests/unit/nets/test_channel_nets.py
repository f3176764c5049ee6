"""Networks of one channel: what they are fed, what they see of it, and that the same seed gives the same weights."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.series import Series
from desktop_app.core.errors import FitError
from desktop_app.core.params import Params
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.core.telemetry import Channel
from desktop_app.nets.channel_autoencoder import ChannelAutoencoder, ChannelAutoencoderParams
from desktop_app.nets.channel_columns import columns_of, known_of, of_training, training_scale
from desktop_app.nets.channel_forecaster import ChannelForecaster, ChannelForecasterParams
from desktop_app.nets.channel_net import ChannelNet, revive, train_channel
from desktop_app.nets.training import Schedule

BRIEF = Schedule(epochs=3, batch=16, rate=1e-2, patience=3)
NETS: list[tuple[ChannelNet, Params]] = [
    (ChannelAutoencoder(), ChannelAutoencoderParams(window=16, stride=4, hidden=6)),
    (ChannelForecaster(), ChannelForecasterParams(history=16, horizon=3, stride=4, hidden=6)),
]
both = pytest.mark.parametrize(("net", "params"), NETS, ids=[net.name for net, _ in NETS])


def series_of(values: Floats, training: Floats | None = None, commands: int = 2) -> Series:
    time = np.arange(len(values), dtype=np.float64)
    sent = (
        np.stack([(time // (20 * (k + 1))) % 2 for k in range(commands)], axis=1) if commands else time[:, None][:, :0]
    )
    known = None if training is None else series_of(training, None, commands)
    return Series(Channel("P-1"), time, values, sent, known)


def wave(n: int, seed: int = 0) -> Floats:
    return 20 + 3 * np.sin(np.arange(n) / 5) + 0.1 * np.random.default_rng(seed).standard_normal(n)


USUAL = series_of(wave(400, 1), wave(300))


@both
def test_that_the_same_seed_gives_the_same_weights(net: ChannelNet, params: Params) -> None:
    first, second = (train_channel(net, USUAL, params, BRIEF, silent)[0] for _ in range(2))
    other, _ = train_channel(net, USUAL, params, replace(BRIEF, seed=1), silent)
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert any(not np.array_equal(first[name], other[name]) for name in first)


@both
def test_that_what_comes_later_than_the_training_is_not_learnt_from(net: ChannelNet, params: Params) -> None:
    arrays, _ = train_channel(net, USUAL, params, BRIEF, silent)
    others, _ = train_channel(net, series_of(50 * wave(500, 3), wave(300)), params, BRIEF, silent)
    assert all(np.array_equal(arrays[name], others[name]) for name in arrays)


@both
def test_that_it_says_something_of_every_sample_in_the_unit_of_the_channel(net: ChannelNet, params: Params) -> None:
    values = wave(400, 1)
    values[50:60] = np.nan
    series = series_of(values, wave(300))
    arrays, _ = train_channel(net, series, params, BRIEF, silent)
    says = net.says(revive(net, series, params, arrays), series, params, silent)
    known = np.isfinite(values)
    assert np.isfinite(says[1:][known[1:]]).all()
    assert np.isnan(says[~known]).all()
    assert 15 < np.nanmedian(says) < 25


@both
@pytest.mark.parametrize("commands", [0, 1, 24])
def test_that_any_number_of_commands_will_do(net: ChannelNet, params: Params, commands: int) -> None:
    series = series_of(wave(200, 1), wave(200), commands)
    network = net.build(series, params)
    assert np.isfinite(net.says(network, series, params, silent)[1:]).all()


@both
def test_that_commands_act_only_where_they_are_wanted(net: ChannelNet, params: Params) -> None:
    other = replace(USUAL, commands=1 - USUAL.commands)
    for wanted in (True, False):
        own = params.model_copy(update={"commands": wanted})
        network = net.build(USUAL, own)
        before, after = (net.says(network, series, own, silent) for series in (USUAL, other))
        assert np.array_equal(before, after, equal_nan=True) != wanted


@both
def test_that_a_channel_shorter_than_a_window_is_looked_at(net: ChannelNet, params: Params) -> None:
    network = net.build(USUAL, params)
    for n in (1, 2, 7):
        assert np.isfinite(net.says(network, series_of(wave(n)), params, silent)[1:]).all()
    assert net.says(network, series_of(np.full(4, np.nan)), params, silent).shape == (4,)


@both
def test_that_too_short_a_training_is_told_in_a_sentence(net: ChannelNet, params: Params) -> None:
    with pytest.raises(FitError, match="the network needs"):
        train_channel(net, series_of(wave(400), wave(30)), params, BRIEF, silent)


@both
def test_that_a_training_without_a_value_is_told_in_a_sentence(net: ChannelNet, params: Params) -> None:
    with pytest.raises(FitError, match="no value to learn from"):
        train_channel(net, series_of(wave(400), np.full(300, np.nan)), params, BRIEF, silent)


@both
def test_that_training_can_be_cancelled_within_a_step(net: ChannelNet, params: Params) -> None:
    told: list[str] = []

    def cancel(_done: float, text: str) -> None:
        told.append(text)
        if len(told) == 3:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        train_channel(net, USUAL, params, BRIEF, cancel)
    assert len(told) == 3
    assert told[0].startswith("Epoch 1 of 3")


def test_that_a_forecast_knows_nothing_of_what_comes_after_it() -> None:
    net, params = NETS[1]
    network = net.build(USUAL, params)
    whole = net.says(network, USUAL, params, silent)
    cut = net.says(network, _first(USUAL, 250), params, silent)
    np.testing.assert_allclose(whole[:250], cut, rtol=1e-6)


def test_that_the_first_part_is_learnt_from_where_there_is_no_training_stretch() -> None:
    assert len(known_of(series_of(wave(1000)))) == 400


def test_that_windows_with_much_missing_are_not_learnt_from() -> None:
    values = wave(400)
    values[100:200] = np.nan
    learn, judge = of_training(series_of(wave(10), values), 20, 5, commands=False)
    every, _ = of_training(series_of(wave(10), wave(400)), 20, 5, commands=False)
    assert 0 < len(learn) < len(every)
    assert len(judge)


def test_that_a_constant_has_a_scale_of_its_own_size() -> None:
    assert training_scale(series_of(wave(10), np.full(50, 4.0))).width == 4.0
    assert training_scale(series_of(wave(10), np.zeros(50))).width == 1.0


def test_that_outliers_are_held_within_where_a_network_is_at_home() -> None:
    values = wave(300)
    values[100] = 1e9
    columns = columns_of(series_of(values), training_scale(series_of(wave(10), wave(300))), commands=True)
    assert np.abs(columns.values).max() <= 5
    assert columns.values.shape == (300, 3)


def _first(series: Series, n: int) -> Series:
    return replace(series, time=series.time[:n], values=series.values[:n], commands=series.commands[:n])
