"""Simulates alerts of difference imaging: what is new, varies or moves on the sky, and what is bogus.

What is planted follows how surveys make their alerts: the template is deeper and sharper than the science, it is
convolved to the seeing of the science and subtracted, and the noise of the difference is that of both.
"""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.progress import Report, silent
from desktop_app.core.source import Source

REAL = ("transient", "nuclear", "hostless", "variable", "fading", "asteroid", "trail")
"""What is of the sky: a new source in or at a galaxy, one at its nucleus, one alone, a star that brightened, one that
faded, an asteroid that looks like a point, and one that trailed."""
BOGUS = (
    "dipole",
    "cosmic ray",
    "hot pixel",
    "bad column",
    "noise",
    "bad subtraction",
    "saturation",
    "edge",
    "negative",
    "bad focus",
)
"""What is not: a star that was aligned badly, a particle, a pixel, a column or row, a peak of the noise, a star whose
point-spread function was matched badly, one with a saturated core, the border of what was observed, a hole without a
source, and a picture that was blurred or shaken."""
KIND_OF = {
    **dict.fromkeys(("transient", "nuclear", "hostless"), "transient"),
    **dict.fromkeys(("variable", "fading"), "variable"),
    **dict.fromkeys(("asteroid", "trail"), "moving"),
    **dict.fromkeys(BOGUS, "bogus"),
}
"""The kind of event that each is."""


@dataclass(frozen=True, eq=False)
class _Scene:
    """One alert in the making: what is at its middle, and how it is observed."""

    rng: np.random.Generator
    side: int
    fwhm_px: float
    beta: float
    stretch: float
    angle: float
    noise: float
    sharper: float

    def spread(self, x: float, y: float, *, wider: float = 1.0, turned: float = 0.0) -> Floats:
        """A point source of flux 1 at ``x``, ``y`` from the middle, as a Moffat profile summed over sub-pixels."""
        return _moffat(
            self.side, x, y, wider * self.fwhm_px, self.beta, self.stretch, self.angle + turned, self.fwhm_px
        )


def simulate_alerts(
    n: int = 400, seed: int = 0, *, side: int = 63, bogus: float = 0.5, report: Report = silent
) -> CutoutSet:
    """Alerts with the truth in their labels.

    Parameters
    ----------
    n : int
    seed : int
    side : int
        Pixels.
    bogus : float
        The share of alerts that are of `BOGUS`; the rest are of `REAL`.

    Returns
    -------
    CutoutSet
        Science, with template and difference beside; ``labels["truth"]`` is the kind of event, ``labels["made"]`` one
        of `REAL` or `BOGUS`; a tenth of them have margins without values.
    """
    rng = np.random.default_rng(seed)
    pictures = np.zeros((3, n, side, side), np.float32)
    made = []
    for place in range(n):
        if place % 50 == 0:
            report(place / n, f"Simulating {n:,} alerts")
        names = BOGUS if rng.random() < bogus else REAL
        made.append(str(rng.choice(names)))
        pictures[:, place] = _alert(np.random.default_rng([seed, place]), side, made[-1])
    stacks: list[Stamps] = list(pictures)
    return CutoutSet(
        source=Source(object_name="simulated alerts", part="science", parts=("science", "template", "difference")),
        images=stacks[0],
        ids=tuple(f"alert_{place:05d}" for place in range(n)),
        labels={"truth": tuple(KIND_OF[one] for one in made), "made": tuple(made)},
        beside={"template": stacks[1], "difference": stacks[2]},
    )


def _alert(rng: np.random.Generator, side: int, made: str) -> Stamps:
    """Science, template and difference of one alert; shape (3, side, side)."""
    scene = _Scene(
        rng,
        side,
        fwhm_px=float(rng.uniform(1.7, 4.5)),
        beta=float(rng.uniform(2.5, 6.0)),
        stretch=float(1 + 0.15 * rng.random()),
        angle=float(rng.uniform(0, np.pi)),
        noise=float(10 ** rng.uniform(0, 2)),
        sharper=float(rng.uniform(0.75, 1.0)),
    )
    # The still sky as the science sees it, as the template was matched to it, and as the template is.
    still, matched, template = _field(scene, crowded=rng.random() < 0.25)
    ours = _middle(scene, made)
    still, matched, template = still + ours[0], matched + ours[1], template + ours[2]
    changed = ours[3]
    gain = scene.noise * 10 ** rng.uniform(-2.0, 0.0)
    shot = np.sqrt(scene.noise**2 + gain * np.maximum(still + changed, 0))
    grain = shot * rng.standard_normal((side, side))
    deep = scene.noise * rng.uniform(0.1, 0.5)
    science = still + changed + grain
    template = template + deep * rng.standard_normal((side, side))
    difference = science - matched + deep * _smooth(rng.standard_normal((side, side)), 0.4 * scene.fwhm_px)
    if rng.random() < 0.3:
        # Many surveys subtract after smoothing, or whiten: noise that hangs together.
        difference = _smooth(difference, rng.uniform(0.3, 0.6)) + 0.2 * scene.noise * rng.standard_normal((side, side))
    science, difference = _instrument(scene, made, science, difference)
    level = scene.noise * 10 ** rng.uniform(0, 2) * (rng.random() < 0.7)
    together = np.stack([science + level, template + level, difference])
    return _with_margins(scene, made, together).astype(np.float32)


def _field(scene: _Scene, *, crowded: bool) -> tuple[Floats, Floats, Floats]:
    """Other stars about the middle: in the science, in the matched template, and in the template itself."""
    rng, side = scene.rng, scene.side
    still, matched, template = (np.zeros((side, side)) for _ in range(3))
    # How well the survey aligns and matches at large.
    worse = 10 ** rng.uniform(-0.5, 0.6)
    off, misfit = 0.05 * worse * rng.standard_normal(2), 1 + 0.02 * worse * rng.standard_normal()
    for _ in range(int(rng.poisson(20 if crowded else 3))):
        x, y = rng.uniform(-side / 2, side / 2, 2)
        if np.hypot(x, y) < 2.5 * scene.fwhm_px:
            continue
        flux = scene.noise * scene.fwhm_px * 10 ** rng.uniform(0.8, 2.8)
        still += flux * scene.spread(x, y)
        matched += flux * scene.spread(x + off[0], y + off[1], wider=misfit)
        template += flux * scene.spread(x, y, wider=scene.sharper)
    return still, matched, template


def _middle(scene: _Scene, made: str) -> tuple[Floats, Floats, Floats, Floats]:
    """What is at the middle: in the science, matched, in the template, and what the science has beyond it."""
    rng, nothing = scene.rng, np.zeros((scene.side, scene.side))
    x, y = rng.uniform(-0.5, 0.5, 2)
    # One sigma of the flux of a point source in the noise of the sky.
    unit = scene.noise * 1.5 * scene.fwhm_px
    flux = unit * 10 ** rng.uniform(0.78, 2.2)
    if made in ("transient", "nuclear"):
        galaxy = _galaxy(scene, x, y, 0.0 if made == "nuclear" else rng.uniform(0.6, 3.5), unit)
        return galaxy, galaxy, galaxy, flux * scene.spread(x, y)
    if made in ("variable", "fading"):
        share = rng.uniform(0.05, 0.9) if made == "fading" else 10 ** rng.uniform(-1.3, 1.0)
        star = flux / share
        sign = -1.0 if made == "fading" else 1.0
        ours = scene.spread(x, y)
        matched = scene.spread(x + 0.03 * rng.standard_normal(), y + 0.03 * rng.standard_normal())
        return (
            star * ours,
            star * matched,
            star * scene.spread(x, y, wider=scene.sharper),
            sign * flux * scene.spread(x, y),
        )
    if made in ("hostless", "asteroid"):
        return nothing, nothing, nothing, flux * scene.spread(x, y)
    if made == "trail":
        return nothing, nothing, nothing, 1.5 * flux * _trail(scene, x, y)
    return _bogus_middle(scene, made, x, y, unit)


def _bogus_middle(scene: _Scene, made: str, x: float, y: float, unit: float) -> tuple[Floats, Floats, Floats, Floats]:
    rng, nothing = scene.rng, np.zeros((scene.side, scene.side))
    star = unit * 10 ** rng.uniform(1.5, 3.3)
    sharp = scene.spread(x, y, wider=scene.sharper)
    match made:
        case "dipole":
            turn, off = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.7) * scene.fwhm_px
            moved = scene.spread(x - off * np.cos(turn), y - off * np.sin(turn))
            return star * scene.spread(x, y), star * moved, star * sharp, nothing
        case "bad subtraction" | "saturation":
            wider = rng.choice([rng.uniform(0.75, 0.93), rng.uniform(1.07, 1.3)])
            matched = scene.spread(x + rng.normal(0, 0.1), y + rng.normal(0, 0.1), wider=float(wider))
            return star * scene.spread(x, y), star * matched, star * sharp, nothing
        case "bad focus":
            # The science is shaken or out of focus where the template is not.
            turn, length = rng.uniform(0, 2 * np.pi), rng.uniform(0.6, 1.5) * scene.fwhm_px
            shaken = np.mean(
                [
                    scene.spread(x + step * np.cos(turn), y + step * np.sin(turn))
                    for step in length * np.linspace(-1, 1, 5)
                ],
                axis=0,
            )
            return star * shaken, star * scene.spread(x, y), star * sharp, nothing
        case "negative":
            depth = unit * 10 ** rng.uniform(0.8, 2.0)
            return nothing, nothing, nothing, -depth * scene.spread(x, y, wider=float(rng.uniform(0.3, 2.0)))
        case _ if rng.random() < 0.4 and made != "noise":
            galaxy = _galaxy(scene, x, y, rng.uniform(0, 3), unit)
            return galaxy, galaxy, galaxy, nothing
    return nothing, nothing, nothing, nothing


def _instrument(scene: _Scene, made: str, science: Floats, difference: Floats) -> tuple[Floats, Floats]:
    """Both with what the detector made, which no point-spread function rounds off."""
    rng, side = scene.rng, scene.side
    added = np.zeros((side, side))
    middle, strength = side // 2, scene.noise * 10 ** rng.uniform(0.9, 2.5)
    match made:
        case "cosmic ray":
            turn, length = rng.uniform(0, np.pi), rng.exponential(4.0) + 0.5
            steps = np.linspace(-length / 2, length / 2, max(int(4 * length), 2))
            rows = np.clip(np.rint(middle + steps * np.sin(turn)), 0, side - 1).astype(int)
            columns = np.clip(np.rint(middle + steps * np.cos(turn)), 0, side - 1).astype(int)
            added[rows, columns] = strength * rng.uniform(0.4, 1.0, rows.size)
            added = _smooth(added, rng.uniform(0.0, 0.35))
        case "hot pixel":
            high, wide = rng.integers(1, 3, 2)
            added[middle : middle + high, middle : middle + wide] = strength
        case "bad column":
            first = int(rng.integers(0, middle)) if rng.random() < 0.7 else 0
            last = int(rng.integers(middle + 3, side)) if rng.random() < 0.5 else side
            added[first:last, middle : middle + int(rng.integers(1, 3))] = (
                strength / 3 * (1 if rng.random() < 0.7 else -1)
            )
            added = added if rng.random() < 0.7 else added.T
        case "saturation":
            limit = rng.uniform(0.2, 0.8) * science.max()
            flat = science > limit
            hollow = rng.random() < 0.4
            value = np.where(flat, limit * (rng.uniform(-0.3, 0.5) if hollow else 1.0), science)
            return value, difference + value - science
        case "edge":
            rim = middle + int(rng.integers(-4, 3))
            added[:, rim : rim + int(rng.integers(1, 4))] = strength * rng.uniform(0.5, 1, (side, 1))
            added = added if rng.random() < 0.5 else added.T
        case "noise":
            added = _noise_peak(scene)
    return science + added, difference + added


def _noise_peak(scene: _Scene) -> Floats:
    """What a threshold lets through: a faint peak of any shape, or a brighter lump of noise that hangs together."""
    rng = scene.rng
    if rng.random() < 0.5:
        lump = scene.spread(*rng.uniform(-0.5, 0.5, 2), wider=float(rng.uniform(0.5, 1.8)))
        snr = rng.uniform(2.0, 4.5)
        return scene.noise * snr * lump / np.sqrt((lump**2).sum())
    wider = rng.choice([rng.uniform(0.2, 0.55), rng.uniform(1.7, 3.0)])
    lump = scene.spread(*rng.uniform(-1.5, 1.5, 2), wider=float(wider))
    lump = lump / lump.max() * (1 + 0.6 * rng.standard_normal(lump.shape))
    return np.asarray(scene.noise * rng.uniform(2, 8) * lump, np.float64)


def _with_margins(scene: _Scene, made: str, together: Floats) -> Floats:
    """Science, template and difference with NaN where nothing was observed, or filled by a constant."""
    rng, side = scene.rng, scene.side
    if made == "edge":
        rim = side // 2 + int(rng.integers(-5, -1))
        together = together if rng.random() < 0.5 else together.transpose(0, 2, 1)
        together[:, :, :rim] = np.nan
    elif rng.random() < 0.1:
        together[:, :, : int(rng.integers(1, side // 3))] = np.nan
    if made not in REAL and rng.random() < 0.1:
        row, column = side // 2 + rng.integers(-6, 3, 2)
        together[:, row : row + 4, column : column + 4] = np.nan
    return together


def _galaxy(scene: _Scene, x: float, y: float, away_fwhm: float, unit: float) -> Floats:
    """A galaxy with a nucleus ``away_fwhm`` from ``x``, ``y``, the same in science and template but for the seeing."""
    rng, half = scene.rng, (scene.side - 1) / 2
    turn, tilt = rng.uniform(0, 2 * np.pi, 2)
    radius, axis = scene.fwhm_px * rng.uniform(0.8, 3.0), rng.uniform(0.3, 1.0)
    rows, columns = np.mgrid[: scene.side, : scene.side] - half
    along = columns - x - away_fwhm * scene.fwhm_px * np.cos(turn)
    across = rows - y - away_fwhm * scene.fwhm_px * np.sin(turn)
    major = along * np.cos(tilt) + across * np.sin(tilt)
    minor = (across * np.cos(tilt) - along * np.sin(tilt)) / axis
    profile = np.exp(-1.7 * (np.sqrt(major**2 + minor**2 + (0.5 * scene.fwhm_px) ** 2) / radius))
    return unit * 10 ** rng.uniform(1.0, 2.5) * profile / profile.sum()


def _trail(scene: _Scene, x: float, y: float) -> Floats:
    """A point source of flux 1 that moved while it was exposed."""
    turn, length = scene.rng.uniform(0, np.pi), scene.fwhm_px * scene.rng.uniform(1.0, 4.0)
    steps = np.linspace(-length / 2, length / 2, max(int(2 * length), 3))
    return np.asarray(
        np.mean([scene.spread(x + step * np.cos(turn), y + step * np.sin(turn)) for step in steps], axis=0), np.float64
    )


def _moffat(
    side: int, x: float, y: float, fwhm_px: float, beta: float, stretch: float, angle: float, scale_px: float
) -> Floats:
    """A Moffat profile of flux 1 about the middle plus ``x``, ``y``, averaged over 3 x 3 points a pixel."""
    half, alpha = (side - 1) / 2, fwhm_px / (2 * np.sqrt(2 ** (1 / beta) - 1))
    reach = int(np.ceil(7 * scale_px))
    grid = np.arange(side) - half
    near_x, near_y = np.abs(grid - x) <= reach, np.abs(grid - y) <= reach
    fine = np.array([-1, 0, 1]) / 3
    columns = (grid[near_x] - x)[:, None] + fine  # (nx, 3)
    rows = (grid[near_y] - y)[:, None] + fine  # (ny, 3)
    across, up = columns[None, None], rows[:, :, None, None]  # up: (ny, 3, 1, 1), across: (1, 1, nx, 3)
    major = across * np.cos(angle) + up * np.sin(angle)
    minor = (up * np.cos(angle) - across * np.sin(angle)) * stretch
    value = (1 + (major**2 + minor**2) / alpha**2) ** -beta
    profile = np.zeros((side, side))
    profile[np.ix_(near_y, near_x)] = value.mean(axis=(1, 3))
    total = profile.sum()
    return profile / total if total > 0 else profile


def _smooth(values: Floats, sigma_px: float) -> Floats:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(values, sigma_px), np.float64) if sigma_px > 0.05 else values
