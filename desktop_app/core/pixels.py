"""Target pixel files: a small picture at every cadence, read when it is looked at."""

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Protocol

import numpy as np

from desktop_app.core.apertures import aperture_name, aperture_told
from desktop_app.core.arrays import Bools, Floats, Ints, frozen_ints
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.progress import Report, silent
from desktop_app.core.quality import Preset
from desktop_app.core.sky import Sky
from desktop_app.core.source import Source

IN_OPTIMAL_APERTURE = 2
SAMPLED_FRAMES = 201
SAMPLED_NUMBERS = 5_000_000


class Frames(Protocol):
    """Pictures of one size in the order of the curve's rows; each is read from the file when it is asked for."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of frames, height and width in pixels."""
        ...

    def frame(self, row: int) -> Floats:
        """The pixels at ``row``, shape (ny, nx); NaN where the file has none. Raises `ReadError`."""
        ...

    def sums(self, mask: Bools, report: Report = silent) -> tuple[Floats, Floats]:
        """The flux in ``mask`` (ny, nx) at every row and its error, each of shape (n,). Raises `ReadError`."""
        ...


@dataclass(frozen=True, eq=False)
class TargetPixels:
    """The pixels about one target at every cadence.

    Attributes
    ----------
    source : Source
    curve : LightCurve
        The flux summed over ``aperture``; its rows are the frames, its QUALITY and preset those of the pixels.
    frames : Frames
        In ``unit``.
    unit : str
        As the file writes it.
    mission_mask : ndarray of int, shape (ny, nx)
        The pipeline's aperture bits: 1 collected, 2 in the optimal aperture.
    aperture : ndarray of bool, shape (ny, nx)
        The pixels that ``curve`` sums.
    corner : tuple of int
        Column and row of the lower left pixel on the detector.
    sky : Sky or None
        Where the pixels are on the sky.
    """

    source: Source
    curve: LightCurve
    frames: Frames
    unit: str
    mission_mask: Ints
    aperture: Bools
    corner: tuple[int, int] = (0, 0)
    sky: Sky | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "mission_mask", frozen_ints(self.mission_mask))
        n, *size = self.frames.shape
        if n != len(self.curve) or any(mask.shape != tuple(size) for mask in (self.mission_mask, self.aperture)):
            raise ValueError("frames, curve and masks do not fit together")

    def __len__(self) -> int:
        return len(self.curve)

    @cached_property
    def digest(self) -> str:
        """sha256 over what scores can depend on: the summed light curve and the aperture."""
        return sha256(f"target pixels/{self.curve.digest}".encode() + self.aperture.tobytes()).hexdigest()

    @property
    def optimal(self) -> Bools:
        """The pipeline's optimal aperture, shape (ny, nx)."""
        return (self.mission_mask & IN_OPTIMAL_APERTURE) > 0


def with_aperture(pixels: TargetPixels, aperture: Bools, report: Report = silent) -> TargetPixels:
    """``pixels`` with the light curve of another aperture.

    Parameters
    ----------
    pixels : TargetPixels
    aperture : ndarray of bool, shape (ny, nx)
    report : callable
        Told the progress; may raise `JobCancelled`.

    Raises
    ------
    ReadError
    """
    if np.array_equal(aperture, pixels.aperture):
        return pixels
    flux, flux_err = pixels.frames.sums(aperture, report)
    name = aperture_name(aperture)
    others = {key: series for key, series in pixels.curve.columns.items() if key not in _summed(pixels.curve)}
    curve = replace(
        pixels.curve,
        flux=flux,
        flux_err=flux_err,
        flux_name=name,
        flux_choices=(name,),
        flux_origin=aperture_told(aperture, pixels.corner),
        columns={name: Series(flux, pixels.unit), f"{name}_ERR": Series(flux_err, pixels.unit), **others},
    )
    return replace(pixels, aperture=aperture, curve=curve)


def sampled_frames(pixels: TargetPixels, most: int = SAMPLED_FRAMES) -> Floats:
    """At most ``most`` frames of rows that are looked at, spread evenly; shape (k, ny, nx).

    Raises
    ------
    ReadError
    """
    rows = np.flatnonzero(pixels.curve.usable)
    return frames_at(pixels.frames, rows if len(rows) else np.arange(len(pixels)), most)


def frames_at(frames: Frames, rows: Ints, most: int = SAMPLED_FRAMES) -> Floats:
    """At most ``most`` of the frames at ``rows``, spread evenly, fewer of large ones; shape (k, ny, nx).

    Raises
    ------
    ReadError
    """
    _, ny, nx = frames.shape
    count = min(most, len(rows), max(3, SAMPLED_NUMBERS // (ny * nx)))
    chosen = rows[np.linspace(0, len(rows) - 1, count).astype(np.int64)]
    return np.array([frames.frame(int(row)) for row in chosen])


def median_of(frames: Floats) -> Floats:
    """The median of ``frames``, shape (k, ny, nx); NaN where none of them has a value."""
    never = ~np.isfinite(frames).any(axis=0)
    # A pixel that was never collected would be warned of.
    filled = np.where(never, 0.0, frames)
    median = np.median(filled, axis=0) if np.isfinite(filled).all() else np.nanmedian(filled, axis=0)
    return np.where(never, np.nan, median)


def with_pixel_preset(pixels: TargetPixels, preset: Preset) -> TargetPixels:
    """``pixels`` with another choice of the QUALITY bits that hide a row."""
    return replace(pixels, curve=replace(pixels.curve, preset=preset))


def _summed(curve: LightCurve) -> tuple[str, str]:
    """The columns that hold the sum over the aperture and its error."""
    return curve.flux_name, f"{curve.flux_name}_ERR"
