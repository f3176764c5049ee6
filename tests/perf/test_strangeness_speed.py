"""How long stamps take to be measured and ranked, and what the encoder adds; printed, never asserted."""

import os
from time import perf_counter

import pytest

from desktop_app.core.progress import silent
from desktop_app.core.simulate_galaxies import simulate_galaxies
from desktop_app.detectors import CUTOUT_DETECTORS
from desktop_app.detectors.cutouts.embedding import resolved

STAMPS = int(os.environ.get("PECULIAR_PERF_STAMPS", "300"))


@pytest.mark.parametrize("encoder", ["none", "auto"])
def test_how_long_ranking_stamps_takes(encoder: str, capsys: pytest.CaptureFixture[str]) -> None:
    spec = CUTOUT_DETECTORS["strange"]
    warm = simulate_galaxies(40, 0, seed=1)
    settings = spec.params.checked({"encoder": encoder})
    spec.build(settings).fit(warm, silent).score(warm, silent)
    data = simulate_galaxies(STAMPS, STAMPS // 40, seed=2)
    start = perf_counter()
    scores = spec.build(settings).fit(data, silent).score(data, silent)
    taken = perf_counter() - start
    with capsys.disabled():
        print(f"\n{len(data)} stamps of 64 px, encoder {resolved(encoder)}: {taken:.1f} s, {len(data) / taken:.0f}/s")  # noqa: T201 - a benchmark tells its figures
    assert len(scores.values) == len(data)
