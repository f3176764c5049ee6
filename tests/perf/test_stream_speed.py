"""How many samples a second a stream judges, with little and with much to compare them with, and what frames cost."""

from time import process_time, thread_time

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.streaming import StreamParams, StreamScorer
from desktop_app.core.simulate_telemetry import simulate_telemetry
from desktop_app.engine.replay import Replay, ReplayPlan
from desktop_app.ui.replay.replay_plot import ReplayPlot
from desktop_app.ui.replay.replay_state import ROLLING, ReplayState, Rolling
from desktop_app.ui.theme import DARK

FRAMES = 20
TARGET_MS = 50


def values(n: int) -> Floats:
    rng = np.random.default_rng(1)
    return np.sin(np.arange(n) / 30) + 0.05 * rng.standard_normal(n)


@pytest.mark.parametrize(("reference", "history"), [(500, 400), (3000, 5000)])
def test_how_many_samples_a_second_are_judged(reference: int, history: int, capsys: pytest.CaptureFixture[str]) -> None:
    scorer = StreamScorer(StreamParams(history=history)).learn(np.arange(float(reference)), values(reference))
    scorer.push(np.arange(float(history)), values(history))
    n = 1500
    began = process_time()
    found = scorer.push(history + np.arange(float(n)), values(n))
    rate = n / (process_time() - began)
    assert np.isfinite(found.scores).all()
    with capsys.disabled():
        print(f"\n  {rate:,.0f} samples a second against {reference + history:,} windows of three lengths")  # noqa: T201


def test_what_a_frame_of_the_live_plot_costs(qtbot: QtBot, capsys: pytest.CaptureFixture[str]) -> None:
    replay = Replay(simulate_telemetry(seed=1), ReplayPlan(channels=("battery_V",)))
    frame = replay.step(700)
    last = slice(-ROLLING, None)
    rolling = Rolling(
        700 - ROLLING,
        replay.data.time[700 - ROLLING : 700],
        frame.values[last],
        frame.model[last],
        frame.scores[last],
        frame.injected[last],
    )
    state = ReplayState("running", replay.data, ("battery_V",), "battery_V", row=700, rolling=rolling)
    plot = ReplayPlot(DARK)
    qtbot.addWidget(plot)
    plot.resize(900, 400)
    plot.show()
    qtbot.waitExposed(plot)
    spent = []
    for _ in range(FRAMES):
        began = thread_time()
        plot.show_replay(state)
        picture = plot.grab()
        spent.append(1e3 * (thread_time() - began))
    with capsys.disabled():
        print(f"\n  a frame of the live plot takes {np.median(spent):.1f} ms, target {TARGET_MS} ms")  # noqa: T201
    assert not picture.isNull()
