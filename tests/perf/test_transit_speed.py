"""How much faster periods are searched than by box least squares, how long a sector takes, and what noise gives."""

from collections.abc import Callable
from time import process_time

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.flattened import BaselineParams, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.core.simulate import transit_shape
from desktop_app.core.transits.grid import Axis, transit_table
from desktop_app.core.transits.search import Search, find_signals
from desktop_app.core.transits.single import Rows, singles
from desktop_app.core.transits.spectrum import FINER, spectrum_of
from desktop_app.detectors.curves.transits import TransitParams, Transits
from tests.curves import NOISE, curve_of

CADENCE_D = 2 / 1440
DURATIONS_D = (0.1, 0.14, 0.2)
SHORTEST_D, LONGEST_D = 1.0, 13.0
PERIODS = 5000
OVERSAMPLING = 9
NOISY = 30

pytestmark = pytest.mark.slow


def sector(seed: int = 0, *, red: float = 0.0, depth: float = 0.0) -> LightCurve:
    """20,000 cadences of 2 min with a gap: noise, red noise of some hours, a turning star and transits every 3.3 d."""
    rng = np.random.default_rng(seed)
    time: Floats = 1325.0 + CADENCE_D * np.arange(20_000.0)
    time[10_000:] += 1.0
    flux = 1 + NOISE * rng.standard_normal(time.size) + 2e-3 * np.sin(2 * np.pi * time / 7.1)
    if red:
        walk = np.convolve(rng.standard_normal(time.size + 500), np.exp(-np.arange(501) / 90), "valid")
        flux += red * NOISE * walk / walk.std()
    if depth:
        away = (time - 0.7) % 3.3 - 1.65
        flux *= transit_shape(away, mid=0.0, duration_d=0.13, radius_ratio=np.sqrt(depth / 1.2))
    return curve_of(time, flux)


def test_that_periods_are_searched_ten_times_as_fast_as_by_box_least_squares() -> None:
    from astropy.timeseries import BoxLeastSquares

    curve = sector(depth=3e-4)
    flux = curve.flux / np.median(curve.flux) - 2e-3 * np.sin(2 * np.pi * curve.time / 7.1)
    boxes = BoxLeastSquares(curve.time, flux, NOISE)
    periods = 1 / np.linspace(1 / LONGEST_D, 1 / SHORTEST_D, PERIODS)
    rows = Rows.of(curve.time, (flux - np.median(flux)) / NOISE, np.ones(flux.size), CADENCE_D)
    axis = Axis.over(float(np.ptp(curve.time)), SHORTEST_D, LONGEST_D)

    def ours() -> tuple[float, float, int]:
        fine = [singles(rows, duration, FINER * OVERSAMPLING, transit_table()) for duration in DURATIONS_D]
        spectrum = spectrum_of(fine, axis, 3, silent)
        top = int(np.argmax(spectrum.sigma))
        return float(spectrum.period_d[top]), float(spectrum.sigma[top]), spectrum.trials

    found, sigma, trials = ours()
    assert trials > PERIODS * len(DURATIONS_D)
    slow = _seconds(lambda: boxes.power(periods, DURATIONS_D, oversample=OVERSAMPLING, method="fast"))
    fast = min(_seconds(ours) for _ in range(3))
    theirs = boxes.power(periods, DURATIONS_D, oversample=OVERSAMPLING, objective="snr")
    print(  # noqa: T201 - a benchmark tells its figures
        f"\nbox least squares {slow:.3f} s for {PERIODS} periods x {len(DURATIONS_D)} durations, ours {fast:.3f} s for "
        f"{trials} of both together: {slow / fast:.0f} times faster; found {found:.4f} d at {sigma:.1f} sigma, "
        f"they {periods[int(np.argmax(theirs.depth_snr))]:.4f} d at {np.max(theirs.depth_snr):.1f}"
    )
    assert found == pytest.approx(3.3, rel=0.01)
    assert slow / fast >= 10


def test_how_long_a_sector_takes() -> None:
    detector = Transits(TransitParams())
    detector.fit(sector(), silent).score(sector(), silent)
    for name, depth in (("quiet", 0.0), ("with a planet", 1e-3)):
        curve = sector(1, depth=depth)
        began = process_time()
        scores = Transits(TransitParams()).fit(curve, silent).score(curve, silent)
        print(f"\n20000 cadences, {name}: {process_time() - began:.2f} s, {len(scores.signals)} signals")  # noqa: T201 - a benchmark tells its figures
        assert len(scores.signals) == (depth > 0)


@pytest.mark.parametrize("red", [0.0, 0.3, 1.0])
def test_that_noise_gives_less_than_one_signal_in_ten_curves(red: float) -> None:
    false = 0
    for seed in range(NOISY):
        false += len(find_signals(flatten(sector(100 + seed, red=red), BaselineParams(), silent), Search(), silent))
    print(f"\nred noise {red} of the white: {false} signals in {NOISY} curves")  # noqa: T201 - a benchmark tells its figures
    assert false < 0.1 * NOISY


def _seconds(work: Callable[[], object]) -> float:
    """Of one processor, whatever else it does."""
    began = process_time()
    work()
    return process_time() - began
