"""How many injected flares are found at how many false ones: ours, the default detector, and the usual recipe.

``PECULIAR_FLARE_CURVES=500`` runs it at full size (so many curves with flares, half as many clean ones); `-s` shows
the table.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np
import pytest
from scipy.ndimage import median_filter, minimum_filter1d
from scipy.signal import lfilter

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Scores
from desktop_app.core.events import find_events
from desktop_app.core.flares.shapes import in_rows
from desktop_app.core.flattened import BaselineParams, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.detectors import DETECTORS
from tests.curves import curve_of

CURVES = int(os.environ.get("PECULIAR_FLARE_CURVES", "8"))
ROWS, CADENCE_MIN, FLARES = 18_000, 2.0, 12
FALSE_PER_CURVE = 0.1
BINS = ((3, 6), (6, 10), (10, 20), (20, 60))
LOWEST = 2.5


@dataclass(frozen=True)
class Flare:
    """One that was put in: rows at which it may be found, and its matched signal-to-noise in white noise."""

    start: float
    stop: float
    snr: float


@dataclass(frozen=True)
class Found:
    """What a detector says of a curve: spans of rows with scores, and how long it took."""

    spans: Sequence[tuple[int, int, float]]
    seconds: float


def spotted_curve(seed: int, flares: int) -> tuple[LightCurve, list[Flare]]:
    """A TESS-like sector: white and red noise, spots that change, a pause in the middle, and flares.

    White noise of 0.05 to 0.5 %; red noise of up to half of it, correlated over half an hour to six hours; spots of
    0 to 3 %, period 0.4 to 12 days; flares of Davenport et al. (2014), 2 to 24 minutes wide at half maximum, with a
    matched signal-to-noise from 3 to 60, evenly in its logarithm.
    """
    rng = np.random.default_rng([seed, flares])
    row = np.arange(ROWS, dtype=np.float64)
    time = 1325.0 + row * CADENCE_MIN / 1440
    sigma = 10 ** rng.uniform(-3.3, -2.3)
    noise = sigma * (rng.standard_normal(ROWS) + rng.uniform(0, 0.5) * _red(rng, rng.uniform(30, 360) / CADENCE_MIN))
    light, planted = np.zeros(ROWS), list[Flare]()
    for place in np.linspace(300, ROWS - 700, flares):
        peak = place + rng.uniform(0, 200)
        fwhm = np.exp(rng.uniform(np.log(2.0), np.log(24.0))) / CADENCE_MIN
        snr = np.exp(rng.uniform(np.log(3), np.log(60)))
        near = slice(int(peak - 3 * fwhm), int(peak + 40 * fwhm) + 3)
        shape = in_rows(row[near], peak=peak, fwhm=fwhm)
        shape *= sigma * snr / np.sqrt(np.sum(shape**2))
        if abs(place - ROWS / 2) > 900:
            light[near] += shape
            planted.append(Flare(peak - fwhm - 2, peak + 3 * fwhm + 2, float(snr)))
    seen = np.abs(row - ROWS / 2) > 360
    flux = 1 + _spots(rng, time) + light + noise
    shift = np.cumsum(seen) - 1
    moved = [
        Flare(float(shift[int(one.start)]), float(shift[min(int(one.stop) + 1, ROWS - 1)]), one.snr) for one in planted
    ]
    return curve_of(time[seen], flux[seen], noise=sigma), moved


def _red(rng: np.random.Generator, length: float) -> Floats:
    """Noise of one sigma that forgets itself over ``length`` rows."""
    left = np.exp(-1 / length)
    return lfilter([np.sqrt(1 - left**2)], [1, -left], rng.standard_normal(ROWS + 5000))[5000:]


def _spots(rng: np.random.Generator, time: Floats) -> Floats:
    turn = 2 * np.pi * (time - time[0]) / 10 ** rng.uniform(np.log10(0.4), np.log10(12))
    spots = np.zeros(ROWS)
    for harmonic in (1, 2, 3):
        change = 1 + 0.2 * np.sin(2 * np.pi * (time - time[0]) / rng.uniform(15, 40) + rng.uniform(0, 6.3))
        spots += rng.uniform(0, 1) / harmonic**1.5 * change * np.sin(harmonic * turn + rng.uniform(0, 6.3))
    return rng.uniform(0, 0.03) * spots / np.ptp(spots)


def ours(name: str) -> Callable[[LightCurve], Found]:
    """A registered detector; only brightenings count, of whatever kind."""
    spec = DETECTORS[name]

    def look(curve: LightCurve) -> Found:
        began = perf_counter()
        scores = spec.build(spec.params()).fit(curve, silent).score(curve, silent)
        seconds = perf_counter() - began
        return Found(_bright(curve, scores), seconds)

    return look


def _bright(curve: LightCurve, scores: Scores) -> list[tuple[int, int, float]]:
    events = find_events(curve, scores, LOWEST)
    return [(event.start, event.stop, event.score) for event in events if event.evidence["depth"] < 0]


def three_in_a_row(curve: LightCurve) -> Found:
    """The usual recipe: a running median of 101 rows, and three rows one after the other above so many sigmas."""
    began = perf_counter()
    residual = curve.flux - median_filter(curve.flux, 101, mode="nearest")
    sigmas = residual / (1.4826 * np.median(np.abs(residual)))
    least = minimum_filter1d(sigmas, 3)
    rows = np.flatnonzero(least > LOWEST)
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 3) + 1) if rows.size else []
    spans = [(int(run[0]) - 1, int(run[-1]) + 2, float(least[run].max())) for run in runs]
    return Found(spans, perf_counter() - began)


DETECT: dict[str, tuple[Callable[[LightCurve], Found], float]] = {
    "flares": (ours("flares"), 5.0),
    "ensemble": (ours("ensemble"), 5.0),
    "running median, 3 in a row": (three_in_a_row, 3.0),
}
"""How to look at a curve, and the threshold that ships or that people use."""


def _threshold(clean: Sequence[Found]) -> float:
    """The score that `FALSE_PER_CURVE` events of a clean curve reach."""
    scores = sorted((score for found in clean for *_, score in found.spans), reverse=True)
    allowed = int(FALSE_PER_CURVE * len(clean))
    return scores[allowed] + 1e-9 if allowed < len(scores) else LOWEST


def _recall(found: Sequence[Found], flares: Sequence[Sequence[Flare]], threshold: float) -> list[float]:
    """The share found in each of `BINS`, and of all."""
    hit = [
        (one.snr, any(a <= one.stop and b > one.start and score >= threshold for a, b, score in curve.spans))
        for curve, planted in zip(found, flares, strict=True)
        for one in planted
    ]
    snr, seen = (np.array(column) for column in zip(*hit, strict=True))
    inside = [(snr >= low) & (snr < high) for low, high in BINS]
    return [float(seen[chosen].mean()) if chosen.any() else float("nan") for chosen in (*inside, snr > 0)]


@pytest.mark.slow
def test_that_injected_flares_are_found_at_few_false_ones() -> None:
    found: dict[str, list[Found]] = {name: [] for name in DETECT}
    quiet: dict[str, list[Found]] = {name: [] for name in DETECT}
    flares = []
    clean = max(4, CURVES // 2)
    # One curve at a time: five hundred of them would fill the memory.
    for seed in range(CURVES):
        curve, planted = spotted_curve(seed, FLARES)
        flares.append(planted)
        for name, (look, _) in DETECT.items():
            found[name].append(look(curve))
            if seed < clean:
                quiet[name].append(look(spotted_curve(seed, 0)[0]))
    number = sum(len(planted) for planted in flares)
    lines = [f"{CURVES} curves with {number} flares, {clean} clean ones; recall by signal-to-noise"]
    lines.append(f"{'':38}" + "".join(f"{low}-{high}".rjust(8) for low, high in BINS) + "     all   false   s a curve")
    recall = {}
    for name, (_, shipped) in DETECT.items():
        seconds = float(np.median([one.seconds for one in found[name]]))
        for threshold in (_threshold(quiet[name]), shipped):
            shares = _recall(found[name], flares, threshold)
            false = sum(score >= threshold for one in quiet[name] for *_, score in one.spans) / clean
            lines.append(
                f"{name} from {threshold:.2f} sigma".ljust(38)
                + "".join(f"{share:8.2f}" for share in shares)
                + f"{false:8.2f}{seconds:10.3f}"
            )
            recall[name, threshold == shipped] = shares
    print("\n" + "\n".join(lines))  # noqa: T201 - a benchmark tells its figures
    assert recall["flares", True][-1] > recall["running median, 3 in a row", False][-1]
    assert min(recall["flares", True][2:4]) > 0.9
    if CURVES >= 100:
        assert recall["flares", False][1] >= 0.79
        assert recall["flares", False][-1] >= 0.75


def test_that_flares_are_looked_for_in_a_fraction_of_the_time_of_a_sector() -> None:
    from desktop_app.core.flares.candidates import search, windows_of

    curve, _ = spotted_curve(0, FLARES)
    flat = flatten(curve, BaselineParams(), silent)
    spec = DETECTORS["flares"]
    fitted = spec.build(spec.params()).fit(curve, silent)
    fitted.score(curve, silent)  # what is imported late is not part of the time

    def least(work: Callable[[], object]) -> float:
        times = []
        for _ in range(4):
            began = perf_counter()
            work()
            times.append(perf_counter() - began)
        return min(times)

    # A copy, as a curve that was flattened before is remembered.
    flattened = least(lambda: flatten(replace(curve, flux=curve.flux.copy()), BaselineParams(), silent))
    matched = least(lambda: search(flat, silent))
    looked = search(flat, silent)
    shown = least(lambda: windows_of(looked, looked.candidates()))
    scored = least(lambda: fitted.score(curve, silent))
    print(  # noqa: T201 - a benchmark tells its figures
        f"\n{len(curve)} rows: flattened in {flattened:.3f} s, matched in {matched:.3f} s, windows in {shown:.3f} s, "
        f"scored after flattening in {scored:.3f} s"
    )
    assert scored < 10 * flattened
