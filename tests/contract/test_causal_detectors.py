"""Detectors that say they look back only: cut a file anywhere, and the scores before the cut are the same bits."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.progress import silent
from desktop_app.core.simulate_telemetry import simulate_telemetry
from desktop_app.core.telemetry import Telemetry
from desktop_app.detectors import TELEMETRY_DETECTORS

CAUSAL = [spec for spec in TELEMETRY_DETECTORS.values() if spec.causal]
every_causal = pytest.mark.parametrize("spec", CAUSAL, ids=[spec.name for spec in CAUSAL])


def cut(data: Telemetry, stop: int, start: int = 0) -> Telemetry:
    rows = slice(start, stop)
    return replace(data, time=data.time[rows], values=data.values[rows], row=data.row[rows], labels=())


def with_training(data: Telemetry) -> Telemetry:
    return replace(cut(data, len(data), 900), training=cut(data, 900))


def scores_of(spec: DetectorSpec, data: Telemetry) -> Scores:
    return spec.build(spec.params()).fit(data, silent).score(data, silent)


WHOLE = with_training(simulate_telemetry(seed=6))
BEFORE = {spec.name: scores_of(spec, WHOLE).values for spec in CAUSAL}


def test_that_the_stream_looks_back_only() -> None:
    assert "stream" in BEFORE


@every_causal
@settings(max_examples=6, deadline=None)
@given(stop=st.integers(1, len(WHOLE)))
def test_that_scores_before_a_cut_are_the_same_bits(spec: DetectorSpec, stop: int) -> None:
    found = scores_of(spec, cut(WHOLE, stop)).values
    np.testing.assert_array_equal(found, BEFORE[spec.name][:stop])


def test_that_the_stream_looks_back_only_also_without_training() -> None:
    (spec,) = [spec for spec in CAUSAL if spec.name == "stream"]
    data = simulate_telemetry(seed=7)
    whole = scores_of(spec, data).values
    for stop in (300, 700, 1501):
        np.testing.assert_array_equal(scores_of(spec, cut(data, stop)).values, whole[:stop])
