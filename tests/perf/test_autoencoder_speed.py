"""What the autoencoder costs: scoring a sector, an epoch on a star, and the histogram of a long curve."""

from time import process_time

import numpy as np

from desktop_app.core.detection import Detection, Provenance, Scores
from desktop_app.core.progress import silent
from desktop_app.detectors.curves.lstm_autoencoder import SPEC
from desktop_app.nets.lstm_autoencoder import fit_autoencoder
from desktop_app.nets.training import Schedule
from desktop_app.ui.score_histogram import histogram_of
from tests.curves import curve_of, eventful_curve

SEED_WINDOWS = 5_900
SEED_EPOCH_S = 233.0
"""An epoch of the network of 257,281 weights on so many windows of 100 rows, one processor."""


def tell(text: str) -> None:
    print(f"\n{text}")  # noqa: T201 - a benchmark tells its figures


def test_that_a_sector_is_scored_in_the_time_its_baseline_takes() -> None:
    data = eventful_curve(20_000)
    detector = SPEC.build(SPEC.params.checked({"device": "cpu"}))
    began = process_time()
    detector.fit(data, silent)
    fitted = process_time()
    scores = detector.score(data, silent)
    scored = process_time()
    tell(f"20,000 rows: baseline {fitted - began:.2f} s, autoencoder {scored - fitted:.2f} s of processor")
    assert np.isfinite(scores.values).all()


def test_that_an_epoch_takes_a_small_part_of_that_of_a_large_network() -> None:
    windows = np.random.default_rng(0).standard_normal((SEED_WINDOWS, 64)).astype(np.float32)
    began = process_time()
    _, history = fit_autoencoder((windows, windows[:64]), (windows, windows[:64]), Schedule(epochs=1), silent)
    seconds = process_time() - began
    tell(f"An epoch of {SEED_WINDOWS:,} windows: {seconds:.1f} s of processor, {SEED_EPOCH_S / seconds:.0f} times less")
    assert history.training[0] > 0


def test_that_the_histogram_of_a_million_rows_is_counted_in_an_instant() -> None:
    n = 1_000_000
    data = curve_of(np.arange(n) / 720.0, np.ones(n))
    values = np.abs(np.random.default_rng(0).standard_normal(n))
    where = Provenance("", "", "", "", "", "", "", 1, {}, 0, "cpu", "", "")
    detection = Detection(data, Scores(values), where, 5.0)
    began = process_time()
    spread = histogram_of(detection)
    tell(f"A histogram of {n:,} rows: {1000 * (process_time() - began):.0f} ms of processor, on the worker's thread")
    assert spread is not None
    assert spread.counts.sum() == n
