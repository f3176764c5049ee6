"""The APERTURE extension of a target pixel file: which pixels were collected, and which the pipeline summed."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Ints, whole_numbers
from desktop_app.core.errors import ReadError
from desktop_app.io.fits.fits_file import Header, parse_header
from desktop_app.io.fits.fits_hdus import BLOCK, has_end

# What may stand behind the table: the aperture, and small tables of simulations.
TAIL_LIMIT_BYTES = 16 << 20
_STORED = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}


@dataclass(frozen=True, eq=False)
class PipelineAperture:
    """What the pipeline says of each pixel.

    Attributes
    ----------
    mask : ndarray of int, shape (ny, nx), or None
        None where the file does not say.
    header : Header or None
    problem : str
        Why there is no mask, "" where there is one.
    """

    mask: Ints | None
    header: Header | None
    problem: str = ""


def pipeline_aperture(tail: bytes, file: str, size: tuple[int, int]) -> PipelineAperture:
    """The aperture in what stands behind the table.

    Parameters
    ----------
    tail : bytes
    file : str
    size : (int, int)
        Height and width of a frame.
    """
    try:
        header = _find(tail, file)
        if header is None:
            return PipelineAperture(None, None, "There is no APERTURE extension.")
        axes = header.axes()
    except ReadError as error:
        return PipelineAperture(None, None, error.message)
    if axes != [size[1], size[0]]:
        of = " × ".join(map(str, axes)) or "nothing"
        return PipelineAperture(
            None, header, f"The APERTURE extension is of {of}, the frames of {size[1]} × {size[0]}."
        )
    stored = np.dtype(_STORED[header.size("BITPIX")])
    content = tail[header.data_at : header.data_at + stored.itemsize * size[0] * size[1]]
    if len(content) < stored.itemsize * size[0] * size[1]:
        return PipelineAperture(None, header, "The APERTURE extension is cut short.")
    scale, zero = header.number("BSCALE"), header.number("BZERO")
    # Damaged numbers are any numbers.
    with np.errstate(all="ignore"):
        values = np.frombuffer(content, stored).astype(np.float64).reshape(size)
        scaled = values * (1.0 if np.isnan(scale) else scale) + (0.0 if np.isnan(zero) else zero)
    return PipelineAperture(whole_numbers(scaled), header)


def _find(tail: bytes, file: str) -> Header | None:
    """The header of the first image called APERTURE; byte 0 of ``tail`` counts as the file's."""
    at, place = 0, 2
    while tail.startswith(b"XTENSION", at):
        blocks = range(at, len(tail) - BLOCK + 1, BLOCK)
        last = next((block for block in blocks if has_end(tail[block : block + BLOCK])), None)
        if last is None:
            return None
        header = parse_header(file, place, tail[at : last + BLOCK], at)
        if header.hdu.upper() == "APERTURE" and header.text("XTENSION") == "IMAGE":
            return header
        at, place = header.data_at + header.parsed.data_size_padded, place + 1
    return None
