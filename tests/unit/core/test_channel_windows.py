"""Windows of channels: where they begin, how they are split in time, and how they are put together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.channels.windows import LaidTogether, begins, split_in_time


@given(st.integers(1, 400), st.integers(1, 60), st.integers(1, 90))
def test_that_every_sample_lies_in_a_window(n: int, window: int, stride: int) -> None:
    window = min(window, n)
    begin = begins(n, window, stride)
    covered = np.zeros(n, int)
    for first in begin:
        covered[first : first + window] += 1
    assert covered.min() >= 1
    assert begin[-1] + window == n
    assert (np.diff(begin) > 0).all()


@given(st.integers(60, 400), st.integers(1, 20), st.integers(1, 30), st.floats(0.05, 0.9))
def test_that_no_sample_is_learnt_from_and_judged_by(n: int, window: int, stride: int, share: float) -> None:
    begin = begins(n, window, stride)
    learn, judge = split_in_time(begin, window, share)
    samples = [{row for first in begin[part] for row in range(first, first + window)} for part in (learn, judge)]
    assert not samples[0] & samples[1]
    assert samples[1]
    assert not samples[0] or max(samples[0]) < min(samples[1])


def test_that_windows_are_put_together_to_their_mean() -> None:
    together = LaidTogether(8)
    together.add(np.array([0, 2]), np.array([[1.0, 1.0, 1.0], [3.0, 3.0, 3.0]]))
    together.add(np.array([4]), np.array([[7.0, 7.0, 7.0]]))
    assert together.mean.tolist()[:7] == [1.0, 1.0, 2.0, 3.0, 5.0, 7.0, 7.0]
    assert np.isnan(together.mean[7])


def test_that_nothing_put_together_is_nothing() -> None:
    together = LaidTogether(3)
    together.add(np.zeros(0, np.int64), np.zeros((0, 4)))
    assert np.isnan(together.mean).all()


@pytest.mark.parametrize("stride", [1, 5, 500])
def test_that_a_long_stride_leaves_no_hole(stride: int) -> None:
    begin = begins(100, 10, stride)
    assert (np.diff(begin) <= 10).all()
