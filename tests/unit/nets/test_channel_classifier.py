"""The classifier's windows hold no sample twice over a border, look at no labels, and fit channels of any kind."""

from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.arrays import Bools
from desktop_app.core.channels.series import Series
from desktop_app.core.errors import FitError
from desktop_app.core.progress import silent
from desktop_app.core.telemetry import Channel
from desktop_app.nets.channel_classifier import (
    ChannelClassifier,
    ChannelClassifierParams,
    classifier,
    load_classifier,
)
from desktop_app.nets.channel_net import revive, train_channel
from desktop_app.nets.classifier_windows import UNKNOWN, examples_of, features_of
from desktop_app.nets.training import Schedule, seeded

torch = pytest.importorskip("torch")
TINY = ChannelClassifierParams(window=16, stride=8, hidden=4, layers=1)
NET = ChannelClassifier()


def series(n: int = 400, *, seed: int = 0, commands: int = 3, step: float = 1.0) -> Series:
    """A sine with a jump in its samples 100 to 140 and 300 to 340, behind a nominal stretch."""
    rng = np.random.default_rng(seed)

    def sine(count: int) -> np.ndarray:
        return np.sin(np.arange(count) / 9) + 0.05 * rng.standard_normal(count)

    values = sine(n)
    values[100:140] += 4.0
    values[300:340] += 4.0
    training = Series(Channel("x"), step * np.arange(200.0), sine(200), np.zeros((200, commands)))
    return Series(Channel("x"), step * np.arange(float(n)), values, np.zeros((n, commands)), training)


def labels(n: int = 400) -> Bools:
    rows = np.zeros(n, np.bool_)
    rows[100:140] = rows[300:340] = True
    return rows


def test_that_no_sample_is_in_windows_of_both_parts() -> None:
    # The window's own number is the value: it tells which samples were cut.
    data = replace(series(), values=np.arange(400.0), training=None)
    lessons = NET.lessons(data, labels(), TINY)
    seen = [set(np.unique(windows[0][:, :, 0]).tolist()) for windows in (lessons.training, lessons.validation)]
    assert seen[0]
    assert seen[1]
    assert not seen[0] & seen[1]


def test_that_windows_lie_within_their_rows_and_wanted_are_the_labels() -> None:
    windows, wanted = examples_of(series(), labels(), 16, 8, slice(90, 150))
    assert windows.shape == (len(wanted), 16, 4)
    assert wanted[0].tolist() == [0] * 10 + [1] * 6
    assert wanted[-1].tolist() == [1] * 6 + [0] * 10
    assert not len(examples_of(series(), labels(), 16, 8, slice(10, 20))[0])


def test_that_steps_without_a_sample_are_unknown() -> None:
    data = series()
    kept = np.ones(400, np.bool_)
    kept[95:97] = False
    thinned = Series(data.channel, data.time[kept], data.values[kept], data.commands[kept], data.training)
    _, wanted = examples_of(thinned, labels()[kept], 16, 8, slice(80, 120))
    assert (wanted == UNKNOWN).any()
    assert set(np.unique(wanted)) == {UNKNOWN, 0, 1}


def test_that_features_are_finite_of_constant_short_and_holed_channels() -> None:
    nothing = np.zeros((50, 0))
    constant = Series(Channel("x"), np.arange(50.0), np.full(50, 7.0), nothing)
    holed = Series(Channel("x"), np.arange(50.0), np.where(np.arange(50) % 7 == 0, np.nan, np.arange(50.0)), nothing)
    for one in (constant, holed):
        grid, features = features_of(one)
        assert np.isfinite(features).all()
        assert len(features) == len(grid.values)
    network = seeded(lambda: classifier(TINY), 0)
    said = NET.says(network, holed, TINY, silent)
    np.testing.assert_array_equal(np.isfinite(said), np.isfinite(holed.values))
    short = Series(Channel("x"), np.arange(3.0), np.array([1.0, 2.0, 1.0]), np.zeros((3, 0)))
    assert np.isfinite(NET.says(network, short, TINY, silent)).all()


def test_that_features_look_at_nothing_that_comes_later() -> None:
    data = series()
    cut = Series(data.channel, data.time[:200], data.values[:200], data.commands[:200], data.training)
    np.testing.assert_allclose(features_of(data)[1][:200], features_of(cut)[1], atol=2e-4)


def test_that_it_learns_what_it_is_shown_and_the_same_seed_gives_the_same_weights() -> None:
    how = Schedule(epochs=15, batch=8, rate=0.02, patience=25, seed=1)
    data = series()
    trained = [train_channel(NET, data, TINY, how, silent, labels=labels())[0] for _ in range(2)]
    for name in trained[0]:
        np.testing.assert_array_equal(trained[0][name], trained[1][name])
    said = NET.says(
        revive(NET, data, TINY, trained[0]), series(seed=5), TINY.model_copy(update={"smoothing": 1}), silent
    )
    assert said[labels()].mean() > said[~labels()].mean() + 0.3
    assert ((said >= 0) & (said <= 1)).all()


def test_that_one_direction_says_the_same_when_the_series_is_cut_behind_a_window() -> None:
    params = TINY.model_copy(update={"both": False})
    network = seeded(lambda: classifier(params), 0).eval()
    said = network(torch.zeros(1, 16, 4))
    changed = torch.zeros(1, 16, 4)
    changed[0, 10:] = 3.0
    np.testing.assert_allclose(network(changed)[0, :10].detach(), said[0, :10].detach(), atol=1e-6)
    both = seeded(lambda: classifier(TINY.model_copy(update={"hidden": 16})), 0).eval()
    assert not np.allclose(both(changed)[0, :10].detach(), both(torch.zeros(1, 16, 4))[0, :10].detach())


def test_that_a_higher_class_weight_makes_missed_faults_dearer() -> None:
    network = seeded(lambda: classifier(TINY), 0).eval()
    batch = (torch.zeros(1, 16, 4), torch.tensor([[1] * 2 + [0] * 13 + [UNKNOWN]]))
    with torch.no_grad():
        network.get_parameter("out.bias")[:] = torch.tensor([3.0, -3.0])
        light, heavy = (NET.loss(TINY.model_copy(update={"weight": weight}))(network, batch) for weight in (1.0, 9.0))
    assert heavy > light


def test_that_smoothing_makes_one_event_of_ragged_ones() -> None:
    network = seeded(lambda: classifier(TINY), 0)
    rough, smooth = (
        NET.says(network, series(), TINY.model_copy(update={"smoothing": width}), silent) for width in (1, 60)
    )
    assert np.abs(np.diff(smooth)).sum() < np.abs(np.diff(rough)).sum()


def test_that_without_labels_or_weights_it_says_what_to_do() -> None:
    with pytest.raises(FitError, match="learns from labels"):
        NET.lessons(series(), None, TINY)
    with pytest.raises(FitError, match="no weights of it") as raised:
        load_classifier("/nowhere/at/all")
    assert "peculiar train lstm_classifier" in raised.value.hint
