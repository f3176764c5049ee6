"""How fast discords of telemetry are searched for: beside diagonals, by channel, and with length."""

from time import process_time

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.profile import self_profile
from desktop_app.core.channels.series import Series
from desktop_app.core.progress import silent
from desktop_app.core.telemetry import Channel
from desktop_app.detectors.telemetry.discord import ChannelDiscord, DiscordParams
from tests.perf.diagonals import by_diagonals

WIDTH = 100
ROWS = 8_600
TRAINED = 2_880


def waves(n: int) -> Floats:
    rng = np.random.default_rng(0)
    values: Floats = 0.5 * np.sin(np.arange(n) / 15) + 0.02 * rng.standard_normal(n)
    return values


def channel(n: int) -> Series:
    def plain(values: Floats, earlier: Series | None = None) -> Series:
        return Series(Channel("a"), np.arange(values.size, dtype=float), values, np.zeros((values.size, 0)), earlier)

    broken = waves(n)
    broken[n // 2 : n // 2 + 60] += 1.0
    return plain(broken, plain(waves(TRAINED)))


def seconds_of(series: Series) -> float:
    """The time of the processor that it takes to find the fault in the middle."""
    start = process_time()
    scores = ChannelDiscord(DiscordParams()).fit(series, silent).score(series, silent).values
    assert scores[scores.size // 2 + 30] >= 1
    return process_time() - start


def tell(text: str) -> None:
    print(f"\n{text}")  # noqa: T201 - a benchmark tells its figures


def test_that_rows_side_by_side_give_what_diagonals_give() -> None:
    values, valid = waves(ROWS), np.ones(ROWS - WIDTH + 1, bool)
    times = {}
    for name in ("compiling", "measured"):
        start = process_time()
        rows = self_profile(values, WIDTH, valid).nearest
        between = process_time()
        diagonals = by_diagonals(values, WIDTH)
        times[name] = (between - start, process_time() - between)
    tell(f"{ROWS} samples: diagonals take {times['measured'][1] / times['measured'][0]:.1f} times as long")
    np.testing.assert_allclose(rows, np.sqrt(diagonals / WIDTH), atol=1e-9)


def test_that_a_fault_in_a_channel_of_the_usual_length_is_found_at_a_pace_that_is_told() -> None:
    series = channel(ROWS)
    seconds_of(series)
    taken = seconds_of(series)
    tell(f"{ROWS} samples with {TRAINED} of training: {taken:.2f} s, so {82 * taken:.0f} s for 82 such channels")


@pytest.mark.slow
def test_that_a_fault_in_a_long_record_is_found_at_a_pace_that_is_told() -> None:
    seconds_of(channel(ROWS))
    short, long = seconds_of(channel(60_000)), seconds_of(channel(120_000))
    tell(f"60,000 samples: {short:.1f} s, 120,000: {long:.1f} s; a million takes about {long * 1e6 / 120_000:.0f} s")
