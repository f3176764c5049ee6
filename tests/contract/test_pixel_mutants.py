"""Damaged target pixel files: each opens, and can then be looked at and summed, or is refused with a sentence."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import UserError
from desktop_app.core.pixels import TargetPixels, with_aperture
from desktop_app.io import open_file, summarise
from desktop_app.ui.pixels.pixel_picture import pixel_drawing, pixel_frame
from tests.mutants import mutant
from tests.pixel_files import pixel_file

resource = pytest.importorskip("resource", reason="only Unix tells how much memory a process took")

# PECULIAR_MUTANTS=2000 makes it a long night.
MUTANTS = int(os.environ.get("PECULIAR_MUTANTS", "400"))
LIMIT_S = 2.0
GROWTH_LIMIT_MIB = 400

MAKERS: dict[str, Callable[[Path], Path]] = {
    "TESS": lambda folder: pixel_file(folder, n=40),
    "gzipped K2": lambda folder: pixel_file(folder, kind="K2", n=40, name="star_tp.fits.gz"),
    "TESScut": lambda folder: pixel_file(folder, kind="TESScut", n=40),
}


@pytest.mark.parametrize("name", list(MAKERS))
def test_that_damaged_pixels_open_and_are_summed_or_are_refused(name: str, tmp_path: Path) -> None:
    whole = MAKERS[name](tmp_path)
    content, slowest, opened = whole.read_bytes(), (0.0, -1), 0
    look(whole)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in range(MUTANTS):
        # A name of its own: headers are kept by name and time of change.
        path = whole.with_name(f"{seed}_{whole.name}")
        path.write_bytes(mutant(content, seed))
        began = time.perf_counter()
        try:
            opened += look(path)
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}: {error!r}") from error
        slowest = max(slowest, (time.perf_counter() - began, seed))
        path.unlink()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert slowest[0] < LIMIT_S, f"seed {slowest[1]} took {slowest[0]:.1f} s"
    assert grown < GROWTH_LIMIT_MIB, f"{grown:.0f} MiB more"
    # A fuzz whose files are all refused would try nothing.
    assert opened > MUTANTS // 10


def look(path: Path) -> bool:
    """All that the window asks of target pixels; whether they opened."""
    drawn, said = None, ""
    try:
        summarise(path)
        pixels = open_file(path)
        if not isinstance(pixels, TargetPixels):
            return False
        assert isinstance(pixels.source.header, tuple)
        drawing = pixel_drawing(pixels)
        last = len(pixels) - 1
        assert pixel_frame(pixels, drawing, last).problem == ""
        drawn = with_aperture(pixels, np.ones(pixels.aperture.shape, np.bool_))
    except UserError as error:
        said = error.message
    assert "Traceback" not in said
    return drawn is not None and drawn.curve.flux.shape == drawn.curve.time.shape
