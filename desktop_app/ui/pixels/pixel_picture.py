"""What is drawn of target pixels: the median frame, one frame and its difference, made ready on a worker's thread."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cuts import Interval, symmetric
from desktop_app.core.errors import ReadError
from desktop_app.core.pixels import Frames, TargetPixels, median_of, sampled_frames
from desktop_app.ui.images.image_picture import ImagePicture, image_picture

_CUTS_PERCENT = (0.5, 99.5)


@dataclass(frozen=True, eq=False)
class PixelDrawing:
    """What is the same at every cadence.

    Attributes
    ----------
    median : ImagePicture
    sampled : int
        Of how many frames it is the median.
    cuts, difference_cuts : (float, float)
        Of many frames, so that a film of them does not flicker; for frames less the median, zero is in the middle.
    ra_deg, dec_deg : ndarray, shape (ny, nx)
        ICRS of the middle of each pixel; NaN where not known.
    """

    median: ImagePicture
    sampled: int
    cuts: Interval
    difference_cuts: Interval
    ra_deg: Floats
    dec_deg: Floats


@dataclass(frozen=True, eq=False)
class PixelFrame:
    """One cadence.

    Attributes
    ----------
    frames : Frames
        What it is a frame of.
    row : int
    frame, difference : ImagePicture
        Its pixels, and those less the median frame.
    problem : str
        Why it could not be read, "" where it could.
    """

    frames: Frames
    row: int
    frame: ImagePicture
    difference: ImagePicture
    problem: str = ""


def pixel_drawing(pixels: TargetPixels) -> PixelDrawing:
    """``pixels``, ready to be drawn.

    Raises
    ------
    ReadError
    """
    frames = sampled_frames(pixels)
    median = median_of(frames)
    nowhere = np.full(median.shape, np.nan)
    y, x = np.mgrid[: median.shape[0], : median.shape[1]]
    ra_deg, dec_deg = pixels.sky.to_sky(x, y) if pixels.sky else (nowhere, nowhere)
    return PixelDrawing(
        median=image_picture(median, unit=pixels.unit),
        sampled=len(frames),
        cuts=_cuts(frames),
        difference_cuts=symmetric(_cuts(frames - median)),
        ra_deg=ra_deg,
        dec_deg=dec_deg,
    )


def pixel_frame(pixels: TargetPixels, drawing: PixelDrawing, row: int) -> PixelFrame:
    """The frame at ``row``, ready to be drawn; an empty one with a problem where it cannot be read."""
    problem, median = "", drawing.median.pixels
    try:
        frame = pixels.frames.frame(row)
    except ReadError as error:
        frame, problem = np.full(median.shape, np.nan), str(error)
    return PixelFrame(
        frames=pixels.frames,
        row=row,
        frame=image_picture(frame, unit=pixels.unit),
        difference=image_picture(frame - median, name="difference", unit=pixels.unit),
        problem=problem,
    )


def _cuts(frames: Floats) -> Interval:
    known = frames[np.isfinite(frames)]
    if not known.size:
        return (0.0, 1.0)
    low, high = (float(cut) for cut in np.percentile(known, _CUTS_PERCENT))
    return (low, high) if high > low else (low, low + (abs(low) * 1e-6 or 1.0))
