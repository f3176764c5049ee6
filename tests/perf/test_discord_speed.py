"""How fast windows are compared with one another, beside stumpy and beside diagonals, in one run on one machine."""

from time import process_time

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.discord import matrix_profile
from desktop_app.core.progress import silent
from desktop_app.detectors import DETECTORS
from tests.curves import eventful_curve
from tests.perf.diagonals import by_diagonals

WIDTHS = (72, 144, 288, 576)
BINS = 3900


def seconds(work: object, *arguments: object) -> float:
    """The shortest of five, after one for compiling; time of the processor, as the machine may be busy."""
    assert callable(work)
    work(*arguments)
    times = []
    for _ in range(5):
        began = process_time()
        work(*arguments)
        times.append(process_time() - began)
    return min(times)


def ours(values: Floats, width: int) -> Floats:
    return matrix_profile(values, width, np.ones(values.size - width + 1, dtype=np.bool_)).distance


@pytest.mark.parametrize("width", WIDTHS)
def test_that_rows_side_by_side_beat_diagonals(width: int) -> None:
    values = np.random.default_rng(0).standard_normal(BINS)
    np.testing.assert_allclose(ours(values, width), by_diagonals(values, width), rtol=1e-9)
    fast, slow = seconds(ours, values, width), seconds(by_diagonals, values, width)
    print(f"\nwidth {width}: {1e3 * fast:.1f} ms, by diagonals {1e3 * slow:.1f} ms, {slow / fast:.1f} times faster")  # noqa: T201 - a benchmark tells its figures
    assert fast < 1.5 * slow


def test_that_stumpy_gives_the_same_and_takes_longer() -> None:
    stumpy = pytest.importorskip("stumpy", reason="stumpy is only compared with, where it is installed")
    values = np.random.default_rng(0).standard_normal(BINS)
    for width in WIDTHS:
        # It leaves out windows up to this distance; ours those that share a value.
        stumpy.config.STUMPY_EXCL_ZONE_DENOM = width / (width - 1)
        theirs = np.asarray(stumpy.aamp(values, width)[:, 0], np.float64)
        np.testing.assert_allclose(np.sqrt(ours(values, width)), theirs, rtol=0.02)
        fast, slow = seconds(ours, values, width), seconds(stumpy.aamp, values, width)
        print(f"\nwidth {width}: {1e3 * fast:.1f} ms, stumpy {1e3 * slow:.1f} ms (all its threads together)")  # noqa: T201 - a benchmark tells its figures
        assert fast < 1.5 * slow


def test_that_a_sector_takes_a_fraction_of_a_second() -> None:
    spec = DETECTORS["discord"]
    for twins in (1, 3):
        build = spec.params.checked({"twins": twins})
        spec.build(build).fit(eventful_curve(4000), silent)
        curves = [eventful_curve(20_000, seed=seed) for seed in range(4)]
        times = []
        for curve in curves:
            began = process_time()
            spec.build(build).fit(curve, silent).score(curve, silent)
            times.append(process_time() - began)
        print(f"\n20000 rows, neighbour {twins}: {min(times):.2f} s")  # noqa: T201 - a benchmark tells its figures
        assert min(times) < 3
