"""What is left of stamps once the smooth ellipse in their middle is taken away: profiles, residuals, lines, arcs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.compiled import compiled
from desktop_app.core.cutouts import Stamps
from desktop_app.core.progress import Report, silent

RADII = 16
ANGLES = 32
LINE_ANGLES = 24
_CHUNK = 128
_MODEL_ERROR = 0.05
"""How well, as a share of the light, an ellipse may be expected to fit an ordinary object."""


@dataclass(frozen=True, eq=False)
class Elliptical:
    """Stamps seen as an ellipse and what it leaves over; all in sigmas of the noise of the sky.

    Attributes
    ----------
    residuals : ndarray of float32, shape (m, ny, nx)
        Less the ellipse, over the noise and the error of the model; 0 where a stamp has no value.
    polar : ndarray of float32, shape (m, RADII, ANGLES)
        The stamp along ellipses about its middle; NaN outside of it.
    shape : ndarray, shape (m, 6)
        x, y of the middle and the entries xx, yy, xy of the covariance in pixels, and the noise of the sky.
    numbers : mapping of str to ndarray, shape (m,)
    """

    residuals: Stamps
    polar: Stamps
    shape: Floats
    numbers: dict[str, Floats]

    def only(self, places: Ints) -> "Elliptical":
        """The stamps at ``places``."""
        numbers = {name: column[places] for name, column in self.numbers.items()}
        return Elliptical(self.residuals[places], self.polar[places], self.shape[places], numbers)


def elliptical(images: Stamps, report: Report = silent) -> Elliptical:
    """Fit an ellipse to every stamp and look at what it leaves over.

    Parameters
    ----------
    images : ndarray of float32, shape (m, ny, nx)
        NaN where a stamp has no value.
    """
    m, ny, nx = images.shape
    residuals = np.zeros((m, ny, nx), np.float32)
    polar = np.zeros((m, RADII, ANGLES), np.float32)
    shape, lines = np.zeros((m, 6)), np.zeros((m, 3))
    for start in range(0, m, _CHUNK):
        part = slice(start, min(start + _CHUNK, m))
        given = np.array(images[part], np.float32)
        sky, noise = _sky(given)
        shape[part, 5] = noise
        # Float32 is enough once the level of the sky is gone.
        given = ((given - sky[:, None, None]) / noise[:, None, None]).astype(np.float32)
        _fit_ellipses(given, shape[part])
        _unroll(given, shape[part], polar[part])
        _subtract(given, shape[part], _profile(polar[part]), _MODEL_ERROR, residuals[part])
        _find_lines(residuals[part], LINE_ANGLES, lines[part])
        report(part.stop / m, "Taking ellipses away")
    return Elliptical(residuals, polar, shape, _numbers(residuals, polar, shape, lines))


def _sky(images: Stamps) -> tuple[Floats, Floats]:
    """Level and noise of the rim of each stamp; the noise from differences of neighbours where that is less."""
    rim = max(2, min(images.shape[1:]) // 8)
    inner = np.zeros(images.shape[1:], bool)
    inner[rim:-rim, rim:-rim] = True
    pixels = images[:, ~inner].astype(np.float64)
    level = _median(pixels)
    spread = 1.4826 * _median(np.abs(pixels - level[:, None]))
    # A difference of two pixels has the noise of both; faint slopes and haloes cancel in it.
    steps = np.diff(images.astype(np.float64), axis=2).reshape(len(images), -1)
    fine = 1.4826 * _median(np.abs(steps)) / np.sqrt(2)
    noise = np.where(fine > 0, np.minimum(np.where(spread > 0, spread, fine), 1.5 * fine), spread)
    scale = np.maximum(np.abs(level), 1.0)
    return level, np.where(noise > 1e-7 * scale, noise, scale)


def _median(rows: Floats) -> Floats:
    """The median of each row without its NaN; 0 where a row has nothing else."""
    known: Bools = np.isfinite(rows)
    if bool(known.all()):
        return np.asarray(np.median(rows, axis=1))
    some = np.asarray(known.any(axis=1))
    return np.asarray(np.nanmedian(np.where(some[:, None], rows, 0.0), axis=1))


@compiled
def _fit_ellipses(images: NDArray[np.float32], shape: NDArray[np.float64]) -> None:
    """Adaptive Gaussian moments of what stands in the middle of each stamp, into ``shape``.

    References
    ----------
    Bernstein, G. M. & Jarvis, M., "Shapes and shears, stars and smears", AJ 123, 583 (2002).
    """
    m, ny, nx = images.shape
    side = min(ny, nx)
    for place in range(m):
        x, y = (nx - 1) / 2.0, (ny - 1) / 2.0
        xx = yy = (side / 10.0) ** 2
        xy = 0.0
        for _ in range(12):
            det = xx * yy - xy * xy
            ixx, iyy, ixy = yy / det, xx / det, -xy / det
            total = mx = my = sxx = syy = sxy = 0.0
            for row in range(ny):
                for column in range(nx):
                    value = images[place, row, column]
                    if not np.isfinite(value):
                        continue
                    dx, dy = column - x, row - y
                    far = ixx * dx * dx + iyy * dy * dy + 2 * ixy * dx * dy
                    if far > 12.0:
                        continue
                    weight = np.exp(-0.5 * far) * min(value, 1e6)
                    total += weight
                    mx += weight * dx
                    my += weight * dy
                    sxx += weight * dx * dx
                    syy += weight * dy * dy
                    sxy += weight * dx * dy
            if total <= 0:
                break
            mx, my = mx / total, my / total
            x = min(max(x + mx, 0.3 * nx), 0.7 * nx)
            y = min(max(y + my, 0.3 * ny), 0.7 * ny)
            sxx, syy, sxy = 2 * (sxx / total - mx * mx), 2 * (syy / total - my * my), 2 * (sxy / total - mx * my)
            mean, half = (sxx + syy) / 2, np.sqrt(((sxx - syy) / 2) ** 2 + sxy * sxy)
            most, least = (side / 4.0) ** 2, 0.5
            large, small = min(max(mean + half, least), most), min(max(mean - half, least), most)
            small = max(small, 0.06 * large)
            angle = 0.5 * np.arctan2(2 * sxy, sxx - syy)
            c, s = np.cos(angle), np.sin(angle)
            was = xx + yy
            xx = large * c * c + small * s * s
            yy = large * s * s + small * c * c
            xy = (large - small) * c * s
            if abs(xx + yy - was) < 1e-2 * was and mx * mx + my * my < 1e-3:
                break
        shape[place, 0], shape[place, 1] = x, y
        shape[place, 2], shape[place, 3], shape[place, 4] = xx, yy, xy


@compiled
def _unroll(images: NDArray[np.float32], shape: NDArray[np.float64], polar: NDArray[np.float32]) -> None:
    """Each stamp along ellipses of its own shape, up to half its side; NaN outside."""
    m, ny, nx = images.shape
    many, angles = polar.shape[1], polar.shape[2]
    step = min(ny, nx) / 2.0 / many
    for place in range(m):
        x, y, xx, yy, xy = shape[place, :5]
        mean, half = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy * xy)
        long, short = np.sqrt(mean + half), np.sqrt(mean - half)
        size = np.sqrt(long * short)
        long, short = long / size, short / size
        turn = 0.5 * np.arctan2(2 * xy, xx - yy)
        c, s = np.cos(turn), np.sin(turn)
        for ring in range(many):
            for spoke in range(angles):
                phase = 2 * np.pi * spoke / angles
                along = (ring + 0.5) * step * np.cos(phase) * long
                across = (ring + 0.5) * step * np.sin(phase) * short
                px, py = x + along * c - across * s, y + along * s + across * c
                left, low = int(np.floor(px)), int(np.floor(py))
                if left < 0 or low < 0 or left >= nx - 1 or low >= ny - 1:
                    polar[place, ring, spoke] = np.nan
                    continue
                fx, fy = px - left, py - low
                polar[place, ring, spoke] = (
                    images[place, low, left] * (1 - fx) * (1 - fy)
                    + images[place, low, left + 1] * fx * (1 - fy)
                    + images[place, low + 1, left] * (1 - fx) * fy
                    + images[place, low + 1, left + 1] * fx * fy
                )


def _profile(polar: Stamps) -> Floats:
    """The median along each ellipse, of shape (m, RADII); that of the next one inside where nothing is known."""
    rows = polar.reshape(-1, polar.shape[2]).astype(np.float64)
    known = np.isfinite(rows).sum(axis=1).reshape(polar.shape[:2]) >= 4
    profile = np.where(known, _median(rows).reshape(polar.shape[:2]), 0.0)
    for ring in range(1, profile.shape[1]):
        profile[:, ring] = np.where(known[:, ring], profile[:, ring], profile[:, ring - 1])
    return profile


@compiled
def _subtract(
    images: NDArray[np.float32],
    shape: NDArray[np.float64],
    profile: NDArray[np.float64],
    model_error: float,
    residuals: NDArray[np.float32],
) -> None:
    """Each stamp less its elliptical profile, over the noise and the error of the model."""
    m, ny, nx = images.shape
    many = profile.shape[1]
    step = min(ny, nx) / 2.0 / many
    for place in range(m):
        x, y, xx, yy, xy = shape[place, :5]
        det = xx * yy - xy * xy
        root = np.sqrt(det)
        ixx, iyy, ixy = yy / root, xx / root, -xy / root
        for row in range(ny):
            for column in range(nx):
                value = images[place, row, column]
                if not np.isfinite(value):
                    residuals[place, row, column] = 0.0
                    continue
                dx, dy = column - x, row - y
                far = np.sqrt(max(ixx * dx * dx + iyy * dy * dy + 2 * ixy * dx * dy, 0.0)) / step - 0.5
                ring = min(max(int(np.floor(far)), 0), many - 2)
                share = min(max(far - ring, -0.5), 1.0)
                model = profile[place, ring] * (1 - share) + profile[place, ring + 1] * share
                slope = abs(profile[place, ring] - profile[place, ring + 1]) * 0.25 / max(step, 1.0)
                error = np.sqrt(1.0 + (model_error * model) ** 2 + slope * slope)
                residuals[place, row, column] = (value - model) / error


@compiled
def _find_lines(residuals: NDArray[np.float32], angles: int, lines: NDArray[np.float64]) -> None:
    """How many sigmas the brightest or darkest line, column and row of each residual stands out, into ``lines``."""
    m, ny, nx = residuals.shape
    bins = int(np.ceil(np.hypot(ny, nx))) + 2
    least = 0.6 * min(ny, nx)
    total, count = np.zeros(bins), np.zeros(bins)
    for place in range(m):
        for turn in range(angles):
            phase = np.pi * turn / angles
            c, s = np.cos(phase), np.sin(phase)
            total[:] = 0.0
            count[:] = 0.0
            for row in range(ny):
                for column in range(nx):
                    value = min(max(residuals[place, row, column], -4.0), 4.0)
                    where = int((column - (nx - 1) / 2) * c + (row - (ny - 1) / 2) * s + bins / 2)
                    total[where] += value
                    count[where] += 1.0
            for where in range(bins):
                if count[where] >= least:
                    lines[place, 0] = max(lines[place, 0], abs(total[where]) / np.sqrt(count[where]))
        for column in range(nx):
            value = abs(np.median(residuals[place, :, column])) * np.sqrt(ny) / 1.25
            lines[place, 1] = max(lines[place, 1], value)
        for row in range(ny):
            value = abs(np.median(residuals[place, row, :])) * np.sqrt(nx) / 1.25
            lines[place, 2] = max(lines[place, 2], value)


def _numbers(residuals: Stamps, polar: Stamps, shape: Floats, lines: Floats) -> dict[str, Floats]:
    """What a person would say of the residuals, by name."""
    profile = _profile(polar)
    step = min(residuals.shape[1:]) / 2 / RADII
    area = 2 * np.pi * (np.arange(RADII) + 0.5) * step**2
    det = np.sqrt(np.maximum(shape[:, 2] * shape[:, 3] - shape[:, 4] ** 2, 1e-12))
    mean = (shape[:, 2] + shape[:, 3]) / 2
    half = np.hypot((shape[:, 2] - shape[:, 3]) / 2, shape[:, 4])
    flux = (np.maximum(profile, 0) * area).sum(axis=1)
    # A ring is light that comes back outside of a gap.
    noise = 1.25 / np.sqrt(np.maximum(area, 1.0))
    gap = np.minimum.accumulate(profile, axis=1)
    bump = ((profile - gap) / np.hypot(noise, 0.02 * np.abs(profile))).max(axis=1)
    swing = _swing(polar, profile)
    return {
        "brightness": np.log10(np.maximum(flux, 1.0)),
        "size_px": np.sqrt(det),
        "elongation": 1 - np.sqrt(np.maximum(mean - half, 0) / np.maximum(mean + half, 1e-12)),
        "ring": bump,
        **swing,
        **_blobs(residuals, shape),
        "line": lines[:, 0],
        "column": lines[:, 1],
        "row": lines[:, 2],
    }


def _swing(polar: Stamps, profile: Floats) -> dict[str, Floats]:
    """How much the light changes along ellipses: with one, two, three and four waves, and as an arc."""
    left = np.where(np.isfinite(polar), polar - profile[:, :, None], 0.0)
    waves = np.abs(np.fft.rfft(left, axis=2)) / np.sqrt(ANGLES)
    scale = np.sqrt(1.0 + (0.05 * profile) ** 2)
    clear = waves[:, :, 1:5] / scale[:, :, None]
    found = {f"waves_{many + 1}": np.sqrt((clear[:, :, many] ** 2).mean(axis=1)) for many in range(4)}
    return found | {"arc": _smoothed_round(left / scale[:, :, None])}


def _smoothed_round(left: Floats) -> Floats:
    """The brightest stretch of an eighth of the way round, at one distance from the middle."""
    wide = ANGLES // 8
    around = np.concatenate([left, left[:, :, : wide - 1]], axis=2).cumsum(axis=2)
    sums = around[:, :, wide - 1 :].copy()
    sums[:, :, 1:] -= around[:, :, : sums.shape[2] - 1]
    return np.asarray(sums.max(axis=(1, 2)) / np.sqrt(wide))


def _blobs(residuals: Stamps, shape: Floats) -> dict[str, Floats]:
    """The brightest and darkest spots of the residuals inside and outside of the object, and how much is left."""
    from scipy.ndimage import gaussian_filter

    _, ny, nx = residuals.shape
    rows, columns = np.mgrid[:ny, :nx]
    dx, dy = columns[None] - shape[:, 0, None, None], rows[None] - shape[:, 1, None, None]
    xx, yy, xy = (shape[:, place, None, None] for place in (2, 3, 4))
    far = (yy * dx**2 + xx * dy**2 - 2 * xy * dx * dy) / np.maximum(xx * yy - xy**2, 1e-12)
    inside = far < 9.0
    found: dict[str, Floats] = {}
    for width in (1.0, 2.5):
        smooth = gaussian_filter(residuals, (0, width, width)) * np.float32(2 * np.sqrt(np.pi) * width)
        found[f"bright_in_{width:g}"] = np.where(inside, smooth, 0.0).max(axis=(1, 2))
        found[f"dark_in_{width:g}"] = -np.where(inside, smooth, 0.0).min(axis=(1, 2))
        found[f"bright_out_{width:g}"] = np.where(inside, 0.0, smooth).max(axis=(1, 2))
        found[f"dark_out_{width:g}"] = -np.where(inside, 0.0, smooth).min(axis=(1, 2))
    square = np.minimum(residuals, 30.0).astype(np.float64) ** 2
    for name, where in (("left_in", inside), ("left_out", ~inside)):
        found[name] = (square * where).sum(axis=(1, 2)) / np.maximum(where.sum(axis=(1, 2)), 1)
    return {name: np.asarray(values, np.float64) for name, values in found.items()}
