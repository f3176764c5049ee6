"""What is measured of an alert: how much its difference looks like a point source, and what the other pictures say."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools, Floats, robust_sigma
from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.difference.point_fit import PointFit, fit_points
from desktop_app.core.progress import Report, silent

HALF_PX = 12
_SEARCH_PX = 3.5
_TINY = 1e-30
_TOLD_EVERY = 100


@dataclass(frozen=True, eq=False)
class AlertNumbers:
    """Numbers of m alerts, each of shape (m,); NaN where a picture is missing.

    Attributes
    ----------
    x, y : ndarray
        The place in the stamp, in pixels from 0.
    sign : ndarray
        1 where it is brighter than the template, -1 where it is fainter.
    snr : ndarray
        Of a point source in the difference.
    flux : ndarray
        Of a point source in the difference, negative where it is fainter.
    fwhm_px : ndarray
        The seeing.
    major_px, minor_px, angle_deg : ndarray
        Axes of what is in the difference: full widths at half maximum, and where the longer one points.
    misfit, misfit_free : ndarray
        Residual of a point source, and of any elliptical Gaussian, beyond the noise, as a share of the model.
    counter : ndarray
        How deep the deepest place of the other sign beside it is, as a share of it.
    negative : ndarray
        Pixels of the other sign about it, as a share of those of its own.
    line : ndarray
        How much of its height runs on along its row or column.
    bad : ndarray
        The share of pixels about it without a value.
    messy : ndarray
        The share of the rest of the stamp that is no noise.
    away_px : ndarray
        From the middle of the stamp.
    absent : ndarray
        What share of it is missing in the picture that should show it: science where brighter, else template.
    hole : ndarray
        The deepest pixel of the science about it, as a share of its highest.
    flat : ndarray
        How much flatter the top of the science is than the seeing and the template allow.
    science_snr, template_snr : ndarray
        Of a point source at the place, above what is around it.
    template_flux : ndarray
    host_snr : ndarray
        Of all light in the template within three times the seeing of the place.
    host_away_px : ndarray
        To the brightest place of the template near it; NaN where there is none.
    """

    x: Floats
    y: Floats
    sign: Floats
    snr: Floats
    flux: Floats
    fwhm_px: Floats
    major_px: Floats
    minor_px: Floats
    angle_deg: Floats
    misfit: Floats
    misfit_free: Floats
    counter: Floats
    negative: Floats
    line: Floats
    bad: Floats
    messy: Floats
    away_px: Floats
    absent: Floats
    hole: Floats
    flat: Floats
    science_snr: Floats
    template_snr: Floats
    template_flux: Floats
    host_snr: Floats
    host_away_px: Floats


@dataclass(frozen=True, eq=False)
class _Places:
    """Where alerts are and what needs whole stamps; patches of shape (m, p, p) about the places."""

    x: Floats
    y: Floats
    sign: Floats
    snr: Floats
    noise: Floats
    counter: Floats
    messy: Floats
    difference: Floats
    science: Floats
    template: Floats
    science_noise: Floats
    template_noise: Floats


def alert_numbers(
    science: Stamps, template: Stamps, difference: Stamps, fwhm_px: Floats, report: Report = silent
) -> AlertNumbers:
    """What is measured of the middle of each alert.

    Parameters
    ----------
    science, template, difference : ndarray, shape (m, ny, nx)
        NaN where there is no value.
    fwhm_px : ndarray, shape (m,)
        The seeing of the difference.
    """
    places = _places(science, template, difference, fwhm_px, report)
    middle = np.zeros(len(science))
    grid = np.arange(-HALF_PX, HALF_PX + 1)
    away = np.hypot(grid[None, :], grid[:, None])[None]  # (1, p, p)
    patch = places.difference * places.sign[:, None, None]
    near = np.isfinite(patch) & (away <= np.maximum(1.8 * fwhm_px, 3.5)[:, None, None])
    fit = fit_points(patch, near, middle, middle, fwhm_px)
    flux = _point_flux(places.difference, fwhm_px, fit)
    unlike = _misfit_of_point(patch, near, fit, fwhm_px, places.noise)
    free = _beyond_noise(fit.unexplained, near, places.noise, fit.explained)
    return AlertNumbers(
        x=places.x + fit.x,
        y=places.y + fit.y,
        sign=places.sign,
        snr=places.snr,
        flux=flux,
        fwhm_px=fwhm_px,
        major_px=fit.major_px,
        minor_px=fit.minor_px,
        angle_deg=fit.angle_deg,
        misfit=unlike,
        misfit_free=free,
        counter=places.counter,
        negative=_negative(patch, away, fwhm_px, places.noise),
        line=_line(patch, fwhm_px, places.noise),
        bad=(~np.isfinite(patch) & (away <= 4.5)).sum(axis=(1, 2)) / (away <= 4.5).sum(),
        messy=places.messy,
        away_px=np.hypot(places.x + fit.x - (science.shape[2] - 1) / 2, places.y + fit.y - (science.shape[1] - 1) / 2),
        **_beside(places, fit, fwhm_px, away, flux),
    )


def _places(science: Stamps, template: Stamps, difference: Stamps, fwhm_px: Floats, report: Report) -> _Places:
    rows = []
    for place in range(len(science)):
        if place % _TOLD_EVERY == 0:
            report(place / len(science), f"Measuring {len(science):,} alerts")
        one, other, less = (np.asarray(stack[place], np.float64) for stack in (science, template, difference))
        rows.append(_place(one, other, less, float(fwhm_px[place])))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return _Places(*columns)


def _place(science: Floats, template: Floats, difference: Floats, fwhm_px: float) -> tuple[object, ...]:
    """The fields of `_Places` of one alert, in their order."""
    noise = _noise(difference, science)
    filtered = matched(difference, fwhm_px) / max(noise, _TINY)
    ny, nx = difference.shape
    rows, columns = np.ogrid[:ny, :nx]
    away = np.hypot(rows - (ny - 1) / 2, columns - (nx - 1) / 2)
    seen = np.isfinite(difference)
    search = np.where((away <= _SEARCH_PX) & seen, np.abs(filtered), -1.0)
    y, x = np.unravel_index(int(search.argmax()), search.shape)
    sign = -1.0 if filtered[y, x] < 0 else 1.0
    snr = float(abs(filtered[y, x])) if search[y, x] >= 0 else 0.0
    distance = np.hypot(rows - y, columns - x)
    beside = np.where((distance <= 2.5 * fwhm_px) & seen, sign * filtered, 0.0)
    counter = max(0.0, -float(beside.min()) - 3.0) / max(snr, 1.0)
    rest = (distance > 3 * fwhm_px) & seen
    messy = float((np.abs(filtered[rest]) > 5).mean()) if rest.any() else 0.0
    patches = [_patch(stamp, int(x), int(y)) for stamp in (difference, science, template)]
    patches = [patches[0], patches[1] - _around(patches[1], fwhm_px), patches[2] - _around(patches[2], fwhm_px)]
    return (float(x), float(y), sign, snr, noise, counter, messy, *patches, _grain(science), _grain(template))


def matched(values: Floats, fwhm_px: float) -> Floats:
    """``values`` filtered with a Gaussian of the seeing: white noise of sigma 1 keeps sigma 1; NaN counts as 0."""
    from scipy.ndimage import gaussian_filter

    sigma = fwhm_px / 2.3548
    kept = np.where(np.isfinite(values), values, 0.0)
    probe = np.zeros((2 * int(4 * sigma + 1) + 1,) * 2)
    probe[probe.shape[0] // 2, probe.shape[0] // 2] = 1.0
    norm = np.sqrt((gaussian_filter(probe, sigma) ** 2).sum())
    return np.asarray(gaussian_filter(kept, sigma) / norm, np.float64)


def _noise(difference: Floats, science: Floats) -> float:
    """One sigma of the difference; what was masked by a constant does not count, nor can it be far below the sky."""
    finite = difference[np.isfinite(difference)]
    if finite.size == 0:
        return 1.0
    alive = finite[np.abs(finite - np.median(finite)) > 1e-6 * np.abs(finite).max()]
    own = robust_sigma(alive) if alive.size > 0.05 * finite.size else 0.0
    grain = _grain(science)
    return max(own, 0.3 * grain if np.isfinite(grain) else 0.0, _TINY)


def _grain(stamp: Floats) -> float:
    """One sigma of the noise from pixel to pixel; NaN where there is no picture."""
    steps = (stamp[:, 1:] - stamp[:, :-1])[np.isfinite(stamp[:, 1:] - stamp[:, :-1])]
    return max(robust_sigma(steps) / np.sqrt(2), _TINY) if steps.size else np.nan


def _patch(stamp: Floats, x: int, y: int) -> Floats:
    patch = np.full((2 * HALF_PX + 1,) * 2, np.nan)
    ny, nx = stamp.shape
    top, bottom, left, right = (
        max(y - HALF_PX, 0),
        min(y + HALF_PX + 1, ny),
        max(x - HALF_PX, 0),
        min(x + HALF_PX + 1, nx),
    )
    patch[top - y + HALF_PX : bottom - y + HALF_PX, left - x + HALF_PX : right - x + HALF_PX] = stamp[
        top:bottom, left:right
    ]
    return patch


def _around(patch: Floats, fwhm_px: float) -> float:
    """The level about the middle of a patch."""
    grid = np.arange(-HALF_PX, HALF_PX + 1)
    away = np.hypot(grid[None, :], grid[:, None])
    ring = patch[(away > min(2.5 * fwhm_px, 8)) & np.isfinite(patch)]
    return float(np.median(ring)) if ring.size else 0.0


def _gaussians(fwhm_px: Floats, x: Floats, y: Floats) -> Floats:
    """Round Gaussians of height 1 about ``x``, ``y`` from the middle of a patch; shape (m, p, p)."""
    grid = np.arange(-HALF_PX, HALF_PX + 1)
    squared = (grid[None, None, :] - x[:, None, None]) ** 2 + (grid[None, :, None] - y[:, None, None]) ** 2
    return np.exp(-0.5 * squared / (fwhm_px[:, None, None] / 2.3548) ** 2)


def _point_flux(patches: Floats, fwhm_px: Floats, fit: PointFit) -> Floats:
    """The flux of the point source at the fitted place that fits the patches best."""
    shape = _gaussians(fwhm_px, fit.x, fit.y) * np.isfinite(patches)
    fitted = (shape * np.nan_to_num(patches)).sum(axis=(1, 2)) / np.maximum((shape**2).sum(axis=(1, 2)), _TINY)
    return np.asarray(fitted * 2 * np.pi * (fwhm_px / 2.3548) ** 2, np.float64)


def _misfit_of_point(patch: Floats, near: Bools, fit: PointFit, fwhm_px: Floats, noise: Floats) -> Floats:
    shape = _gaussians(fwhm_px, fit.x, fit.y)
    weight = near.astype(np.float64)
    values = np.where(near, patch, 0.0)
    # Height and level together by least squares.
    n, s, ss = (x.sum(axis=(1, 2)) for x in (weight, weight * shape, weight * shape**2))
    v, vs = values.sum(axis=(1, 2)), (values * shape).sum(axis=(1, 2))
    determinant = np.maximum(n * ss - s**2, _TINY)
    height, level = (n * vs - s * v) / determinant, (ss * v - s * vs) / determinant
    residual = weight * (values - height[:, None, None] * shape - level[:, None, None])
    unexplained = (residual**2).sum(axis=(1, 2))
    return _beyond_noise(unexplained, near, noise, np.maximum(height, 0) ** 2 * ss)


def _beyond_noise(unexplained: Floats, near: Bools, noise: Floats, explained: Floats) -> Floats:
    expected = np.maximum(near.sum(axis=(1, 2)) - 5, 1) * noise**2
    share = np.maximum(unexplained - 1.3 * expected, 0) / np.maximum(explained, np.maximum(expected, _TINY))
    return np.sqrt(np.minimum(share, 4.0))


def _negative(patch: Floats, away: Floats, fwhm_px: Floats, noise: Floats) -> Floats:
    near = np.isfinite(patch) & (away <= (2.5 * fwhm_px)[:, None, None])
    limit = 2.0 * noise[:, None, None]
    values = np.where(near, patch, 0.0)
    below = np.maximum(-values - limit, 0).sum(axis=(1, 2))
    return np.minimum(below / np.maximum(np.maximum(values - limit, 0).sum(axis=(1, 2)), noise), 2.0)


def _line(patch: Floats, fwhm_px: Floats, noise: Floats) -> Floats:
    """The median along the row and along the column beyond the source, as a share of the height at the middle."""
    steps = np.abs(np.arange(-HALF_PX, HALF_PX + 1))[None, :]
    beyond = (steps > 1.2 * fwhm_px[:, None]) & (steps <= np.maximum(3.0 * fwhm_px, 7)[:, None])
    height = np.maximum(np.nan_to_num(patch[:, HALF_PX, HALF_PX]), noise)
    found = np.zeros(len(patch))
    for along in (patch.transpose(0, 2, 1), patch):
        for side in (slice(0, HALF_PX), slice(HALF_PX + 1, None)):
            # Beside the peak as well: a column may be two pixels wide.
            for shift in (-1, 0, 1):
                strip = np.where(beyond[:, side], along[:, HALF_PX + shift, side], np.nan)
                known = np.isfinite(strip).sum(axis=1) >= 3
                middle = np.nanmedian(np.where(known[:, None], strip, 0.0), axis=1)
                found = np.maximum(found, np.where(known & (middle > 1.5 * noise), middle / height, 0.0))
    return np.minimum(found, 1.0)


def _beside(places: _Places, fit: PointFit, fwhm_px: Floats, away: Floats, flux: Floats) -> dict[str, Floats]:
    """What science and template say of the place."""
    science = _point_flux(places.science, fwhm_px, fit)
    template = _point_flux(places.template, fwhm_px, fit)
    no_science = ~np.isfinite(places.science).any(axis=(1, 2))
    no_template = ~np.isfinite(places.template).any(axis=(1, 2))
    science[no_science], template[no_template] = np.nan, np.nan
    sigma = np.sqrt(np.pi) * 2 * fwhm_px / 2.3548
    shown = np.where(places.sign > 0, science, template)
    absent = np.clip(1 - shown / np.maximum(np.abs(flux), _TINY), 0, 2)
    near = (away <= (2.0 * fwhm_px)[:, None, None]) & np.isfinite(places.science)
    low = np.where(near, places.science, np.inf).min(axis=(1, 2))
    high = np.where(near, places.science, -np.inf).max(axis=(1, 2))
    deep = np.maximum(-low - 5 * np.nan_to_num(places.science_noise), 0)
    hole = np.where(near.any(axis=(1, 2)), np.minimum(deep / np.maximum(np.abs(high), _TINY), 2.0), 0.0)
    host_snr, host_away = _host(places.template, places.template_noise, fwhm_px, away)
    return {
        "absent": np.nan_to_num(absent, nan=0.0),
        "hole": hole,
        "flat": _flat(places, fwhm_px),
        "science_snr": science / (places.science_noise * sigma),
        "template_snr": template / (places.template_noise * sigma),
        "template_flux": template,
        "host_snr": np.where(no_template, np.nan, host_snr),
        "host_away_px": np.where(no_template, np.nan, host_away),
    }


def _flat(places: _Places, fwhm_px: Floats) -> Floats:
    """How far the neighbours of the highest pixel of the science are up to it, beyond what is usual; 0 to 1."""
    usual = np.exp(-0.5 / (fwhm_px / 2.3548) ** 2)
    science, high = _shoulders(places.science)
    template, _ = _shoulders(places.template)
    beyond = (science - np.maximum(template, usual)) / (1 - np.minimum(np.maximum(template, usual), 0.95))
    bright = high > 30 * np.nan_to_num(places.science_noise, nan=np.inf)
    return np.where(bright, np.clip(beyond, 0, 1), 0.0)


def _shoulders(patch: Floats) -> tuple[Floats, Floats]:
    """The mean of the neighbours of the highest pixel near the middle as a share of it, and that height."""
    reach = slice(HALF_PX - 3, HALF_PX + 4)
    near = np.nan_to_num(patch[:, reach, reach], nan=-np.inf).reshape(len(patch), -1)
    y, x = np.divmod(near.argmax(axis=1), 7)
    every, high = np.arange(len(patch)), np.maximum(near.max(axis=1), _TINY)
    around = [patch[every, y + HALF_PX - 3 + dy, x + HALF_PX - 3 + dx] for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0))]
    return np.clip(np.nan_to_num(np.mean(around, axis=0)) / high, 0, 1), high


def _host(template: Floats, noise: Floats, fwhm_px: Floats, away: Floats) -> tuple[Floats, Floats]:
    """How significant the light within three times the seeing is, and how far its brightest place is."""
    from scipy.ndimage import gaussian_filter

    smooth = gaussian_filter(np.nan_to_num(template), (0, 1.0, 1.0))
    near = (away <= np.minimum(3.0 * fwhm_px, HALF_PX)[:, None, None]) & np.isfinite(template)
    high = np.where(near, smooth, -np.inf).reshape(len(template), -1)
    peak = high.argmax(axis=1)
    # A Gaussian of one pixel leaves 0.28 of white noise.
    snr = np.where(np.isfinite(high.max(axis=1)), high.max(axis=1), 0.0) / (0.28 * np.maximum(noise, _TINY))
    distance = np.broadcast_to(away, template.shape).reshape(len(template), -1)[np.arange(len(template)), peak]
    return snr, np.where(snr > 5, distance, np.nan)
