"""What the networks of one channel of telemetry cost: training on a usual stretch, scoring a usual and a long one."""

from collections.abc import Callable
from functools import partial
from time import process_time
from tracemalloc import get_traced_memory, start, stop

import numpy as np
import pytest

from desktop_app.core.channels.series import ChannelDetector, Series
from desktop_app.core.progress import silent
from desktop_app.core.telemetry import Channel
from desktop_app.detectors.telemetry.lstm_autoencoder import ChannelLstmAutoencoder, LstmAutoencoderParams
from desktop_app.detectors.telemetry.lstm_forecaster import ChannelLstmForecaster, LstmForecasterParams

SEED_S = 193 / 54
"""Seconds a channel that an autoencoder of 32 cells and two layers takes for 5 epochs and the scores."""
LONG = 60_000
DETECTORS: dict[str, Callable[[], ChannelDetector]] = {
    "lstm_autoencoder": partial(ChannelLstmAutoencoder, LstmAutoencoderParams()),
    "lstm_forecaster": partial(ChannelLstmForecaster, LstmForecasterParams()),
}
both = pytest.mark.parametrize("name", list(DETECTORS))


def channel(n: int, seed: int, training: Series | None = None) -> Series:
    """A wave with noise and 24 commands."""
    rng = np.random.default_rng(seed)
    time = np.arange(n, dtype=np.float64)
    sent = (rng.random((n, 24)) < 0.02).astype(np.float64)
    return Series(Channel("P-1"), time, np.sin(time / 20) + 0.05 * rng.standard_normal(n), sent, training)


@both
def test_that_a_channel_is_learnt_and_scored_in_a_second_or_two(name: str) -> None:
    series = channel(8500, 1, channel(2800, 0))
    detector = DETECTORS[name]()
    detector.fit(channel(2000, 1, channel(600, 0)), silent)  # torch is there
    began = process_time()
    detector.fit(series, silent)
    fitted = process_time()
    scores = detector.score(series, silent)
    scored = process_time()
    print(  # noqa: T201 - a benchmark tells its figures
        f"\n{name}: 2,800 samples learnt in {fitted - began:.2f} s of processor, 8,500 scored in "
        f"{scored - fitted:.3f} s; a plain autoencoder takes {SEED_S:.1f} s for both"
    )
    assert np.isfinite(scores.values).all()


@both
def test_that_memory_does_not_grow_with_windows(name: str) -> None:
    training = channel(600, 0)
    detector = DETECTORS[name]().fit(channel(800, 1, training), silent)
    series = channel(LONG, 1, training)
    began = process_time()
    start()
    scores = detector.score(series, silent)
    peak = get_traced_memory()[1]
    stop()
    print(  # noqa: T201
        f"\n{name}: {LONG:,} samples scored in {process_time() - began:.1f} s, at most {peak / LONG:,.0f} bytes a "
        "sample beside the data"
    )
    assert np.isfinite(scores.values).all()
    # All windows at once would be 25 columns of 4 bytes in 8 or more of them.
    assert peak < 60e6 + 500 * LONG
