"""Thousands of damaged files: each opens or is refused with a sentence, soon, and nothing grows."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.data import Dataset, curve_in
from desktop_app.core.errors import UserError
from desktop_app.core.pixels import TargetPixels
from desktop_app.core.sky_image import SkyImage
from desktop_app.io import open_file, summarise
from desktop_app.io.reader import FileSummary
from desktop_app.ui.drawing import drawing_of
from desktop_app.ui.picture import picture_of
from tests.every_kind import FILES
from tests.mutants import mutant

resource = pytest.importorskip("resource", reason="only Unix tells how much memory a process took")

# PECULIAR_MUTANTS=2000 makes it a long night.
MUTANTS = int(os.environ.get("PECULIAR_MUTANTS", "400"))
LIMIT_S = 2.0
GROWTH_LIMIT_MIB = 400


@pytest.mark.parametrize("name", list(FILES))
def test_that_a_damaged_file_opens_or_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    whole = FILES[name][1](tmp_path)
    content, slowest = whole.read_bytes(), (0.0, -1)
    look(whole)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in range(MUTANTS):
        # A name of its own: headers are kept by name and time of change.
        path = whole.with_name(f"{seed}_{whole.name}")
        path.write_bytes(mutant(content, seed))
        began = time.perf_counter()
        try:
            look(path)
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}: {error!r}") from error
        slowest = max(slowest, (time.perf_counter() - began, seed))
        path.unlink()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert slowest[0] < LIMIT_S, f"seed {slowest[1]} took {slowest[0]:.1f} s"
    assert grown < GROWTH_LIMIT_MIB, f"{grown:.0f} MiB more"


def look(path: Path) -> None:
    """All that the window and the command line ask of a file; a sentence is an answer."""
    for said in (refusal_of(summarise, path), refusal_of(open_file, path)):
        assert "Traceback" not in said


def refusal_of(ask: Callable[[Path], FileSummary | Dataset], path: Path) -> str:
    """The sentence that ``ask`` answers with; "" where it finds something."""
    try:
        found = ask(path)
    except UserError as error:
        return error.message
    if not isinstance(found, FileSummary):
        assert isinstance(found.source.header, tuple)
        assert len(found.digest) == 64
        look_closer(found)
    return ""


def look_closer(data: Dataset) -> None:
    """What the window asks next: what to draw, a frame and another aperture, a place on the sky."""
    drawing_of(data)
    curve = curve_in(data)
    if curve is not None:
        picture_of(curve)
    match data:
        case TargetPixels() if len(data):
            frames = data.frames
            with suppress(UserError):
                assert frames.frame(len(data) - 1).shape == frames.shape[1:]
                assert frames.sums(np.ones(frames.shape[1:], bool))[0].shape == (len(data),)
        case SkyImage() if data.sky is not None:
            assert data.sky.to_sky(np.zeros(2), np.zeros(2))[0].shape == (2,)
