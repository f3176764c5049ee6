"""The baseline follows red noise where the instrument is suspected, and nothing else."""

import numpy as np
import pytest

from desktop_app.core.arrays import Floats, robust_sigma
from desktop_app.core.detrend import Detrended, detrend
from desktop_app.core.flattened import BaselineParams, flatten
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.progress import silent
from desktop_app.core.red_noise import Suspicion, suspicion_of, whitened
from desktop_app.core.source import Source
from desktop_app.core.systematics import systematics_of

N = 12_000
CADENCE_D = 1 / 720
NOISE = 1e-3
STRAY = slice(5000, 7000)


def noise(seed: int) -> Floats:
    return NOISE * np.random.default_rng(seed).standard_normal(N)


def red(seed: int) -> Floats:
    """Waves of about two hours in the middle of the curve, several times as high as the noise."""
    rough = np.random.default_rng(seed).standard_normal(N)
    smooth = np.convolve(rough, np.hanning(60), mode="same")
    waves = np.zeros(N)
    waves[STRAY] = 4 * NOISE * smooth[STRAY] / smooth.std()
    return waves


def drawn(flux: Floats) -> Detrended:
    return detrend(CADENCE_D * np.arange(float(N)), 1 + flux, rotation=False)


def suspect(*, spoilt: slice | None = None, doubtful: slice | None = None) -> Suspicion:
    marks = np.zeros((2, N), np.bool_)
    for mark, rows in zip(marks, (spoilt, doubtful), strict=True):
        if rows is not None:
            mark[rows] = True
    return Suspicion(marks[0], marks[1])


def hourly(curve: Detrended) -> Floats:
    """Means of 30 rows, in sigmas of such a mean."""
    return curve.residual.reshape(-1, 30).mean(axis=1) * np.sqrt(30)


def test_that_red_noise_in_a_spoilt_stretch_goes_into_the_baseline() -> None:
    before = drawn(noise(0) + red(1))
    after = whitened(before, suspect(spoilt=STRAY))
    place = slice(STRAY.start // 30, STRAY.stop // 30)
    assert robust_sigma(hourly(before)[place]) > 10
    assert robust_sigma(hourly(after)[place]) < 3


def test_that_rows_nobody_suspects_keep_their_baseline() -> None:
    before = drawn(noise(2) + red(3))
    after = whitened(before, suspect(spoilt=STRAY))
    np.testing.assert_array_equal(after.baseline[:4800], before.baseline[:4800])
    assert whitened(before, suspect()) is before


@pytest.mark.parametrize("where", ["spoilt", "doubtful"])
def test_that_white_noise_stays_where_it_is(where: str) -> None:
    before = drawn(noise(4))
    after = whitened(before, suspect(**{where: STRAY}))
    assert np.abs(after.baseline - before.baseline).max() < 0.3 * NOISE
    np.testing.assert_allclose(after.noise, before.noise, rtol=0.05)


def test_that_a_flare_in_scattered_light_still_stands_out() -> None:
    flux = noise(5) + red(6)
    flux[6000:6008] += 15 * NOISE
    after = whitened(drawn(flux), suspect(spoilt=STRAY))
    assert after.residual[6000:6008].mean() > 5


def test_that_a_transit_after_a_gap_keeps_its_depth() -> None:
    flux = noise(7)
    flux[600:690] -= 2 * NOISE
    before = drawn(flux)
    after = whitened(before, suspect(doubtful=slice(0, 720)))
    assert after.residual[600:690].mean() < 0.75 * before.residual[600:690].mean()


def test_that_louder_white_noise_is_told_as_noise_and_not_followed() -> None:
    flux = noise(8)
    flux[STRAY] *= 3
    before = drawn(flux)
    after = whitened(before, suspect(spoilt=STRAY))
    assert robust_sigma(after.residual[STRAY]) == pytest.approx(1.0, rel=0.2)
    assert np.abs(after.baseline - before.baseline)[STRAY].max() < 2 * NOISE


def test_that_flattening_asks_the_background() -> None:
    background = 1000.0 + np.zeros(N)
    background[STRAY] *= 2
    columns = {"SAP_BKG": Series(background, "e-/s")}
    flux = 1 + noise(9) + red(10)
    plain = LightCurve(Source(mission="TESS"), CADENCE_D * np.arange(float(N)), flux, np.full(N, NOISE))
    told = LightCurve(Source(mission="TESS"), plain.time, flux, plain.flux_err, columns=columns)
    suspicion = suspicion_of(systematics_of(told), np.arange(N))
    assert suspicion.spoilt[STRAY].all()
    assert not suspicion.spoilt[: STRAY.start].any()
    place = slice(STRAY.start // 30, STRAY.stop // 30)
    calm = [robust_sigma(hourly(flatten(data, BaselineParams(), silent).curve)[place]) for data in (told, plain)]
    assert calm[0] < 0.5 * calm[1]
    assert told.digest != plain.digest
