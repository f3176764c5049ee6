"""What signals are put on: a curve with its baseline and noise, mirrored at the baseline, and scrambled."""

from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.errors import FitError
from desktop_app.core.flattened import EVERY_WIDTH, BaselineParams, Flattened, flatten
from desktop_app.core.injection.kinds import Scramble
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.magnitudes import in_flux
from desktop_app.core.progress import Report
from desktop_app.core.segments import cadence_of

_BLOCK_D = 0.5
_BLOCK_ROWS = 24
_CERTAIN = 10.0
_MARGIN_ROWS = 2
_MOST_LEFT_OUT = 0.5


@dataclass(frozen=True, eq=False)
class Ground:
    """A curve in flux, and what is known of it before anything is put into it.

    Attributes
    ----------
    curve : LightCurve
        In flux, not in magnitudes.
    rows : ndarray of int, shape (m,)
        Its usable rows.
    baseline, noise : ndarray, shape (n,)
        In the unit of the flux, noise one sigma; NaN where not usable.
    residual : ndarray, shape (m,)
        Of the usable rows, in sigmas.
    certain : ndarray of bool, shape (m,)
        Which of these belong to events that no noise makes.
    """

    curve: LightCurve
    rows: Ints
    baseline: Floats
    noise: Floats
    residual: Floats
    certain: Bools

    @property
    def relative_noise(self) -> Floats:
        """One sigma of each row relative to the star; shape (n,)."""
        return self.noise / self.level

    @property
    def level(self) -> float:
        """The star's median flux."""
        return float(np.median(self.curve.flux[self.rows]))

    @property
    def cadence_d(self) -> float:
        """The usual step from row to row."""
        return cadence_of(self.curve.time[self.rows])

    @property
    def days(self) -> float:
        """For how long the star was looked at, pauses left out."""
        return self.rows.size * self.cadence_d


def ground_of(curve: LightCurve, report: Report) -> Ground:
    """``curve`` in flux with its baseline and noise.

    Raises
    ------
    FitError
        Too few rows can be used, all are alike, or the flux is not above zero.
    """
    seen = in_flux(curve)
    flat = flatten(seen, BaselineParams(), report)
    level = float(np.median(seen.flux[flat.rows]))
    if not level > 0:
        raise FitError(
            f"{curve.flux_name} is not above zero (its median is {level:.4g}): a share of it cannot be taken away.",
            hint="Choose another flux column.",
        )
    tracks = flat.tracks()
    certain = _certain(flat)
    return Ground(seen, flat.rows, tracks["baseline"], tracks["noise"], flat.curve.residual, certain)


def mirrored(ground: Ground) -> LightCurve:
    """The curve with its flux turned over at the baseline: what was fainter is brighter."""
    flux = np.array(ground.curve.flux)
    flux[ground.rows] = 2 * ground.baseline[ground.rows] - flux[ground.rows]
    return replace(ground.curve, flux=flux)


def scrambled(ground: Ground, how: Scramble, rng: np.random.Generator) -> LightCurve:
    """A curve of the same rows, baseline and noise, in which no event of the sky is left."""
    residual = _resampled(ground, rng) if how is Scramble.BLOCKS else _rephased(ground, rng)
    flux = np.array(ground.curve.flux)
    flux[ground.rows] = ground.baseline[ground.rows] + ground.noise[ground.rows] * residual
    return replace(ground.curve, flux=flux)


def _certain(flat: Flattened) -> Bools:
    certain = np.zeros(flat.rows.size, dtype=np.bool_)
    strong = flat.matches(EVERY_WIDTH, lambda _done, _text: None).above(_CERTAIN)
    for start, stop in zip(strong.start, strong.stop, strict=True):
        # Its wings and its decay are part of it.
        margin = max(_MARGIN_ROWS, (int(stop) - int(start)) // 2)
        certain[max(start - margin, 0) : stop + margin] = True
    # A curve that is all event is its own noise.
    return certain if certain.mean() <= _MOST_LEFT_OUT else np.zeros_like(certain)


def _resampled(ground: Ground, rng: np.random.Generator) -> Floats:
    """Blocks of what no certain event holds, drawn with replacement (moving blocks bootstrap; Künsch 1989)."""
    spare = ground.residual[~ground.certain]
    n = ground.residual.size
    length = min(max(_BLOCK_ROWS, round(_BLOCK_D / ground.cadence_d)), spare.size)
    begin = rng.integers(0, spare.size, size=-(-n // length))
    return spare[(begin[:, None] + np.arange(length)[None, :]).ravel()[:n] % spare.size]  # blocks run round the end


def _rephased(ground: Ground, rng: np.random.Generator) -> Floats:
    """Noise with the power spectrum of the residual (surrogate data; Theiler et al. 1992)."""
    calm = np.where(ground.certain, 0.0, ground.residual)
    power = np.abs(np.fft.rfft(calm))
    turn = np.exp(2j * np.pi * rng.random(power.size))
    turn[0] = 1.0
    if calm.size % 2 == 0:
        turn[-1] = 1.0
    noise = np.fft.irfft(power * turn, calm.size)
    # What was left out took power with it.
    return noise / np.sqrt(max(1 - ground.certain.mean(), 1e-9))
