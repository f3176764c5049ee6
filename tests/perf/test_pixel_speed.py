"""How long a target pixel file takes to open, and one of its frames, beside a bare astropy reading in the same run."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.pixels import TargetPixels
from desktop_app.io import open_file
from tests.perf.test_reading_speed import best_s
from tests.pixel_files import Kind, pixel_file

ROUNDS = 5
SHAPES: dict[str, tuple[Kind, int, tuple[int, int]]] = {
    "a sector of two minutes": ("TESS", 20_000, (11, 13)),
    "a quarter of half hours": ("Kepler", 4_500, (9, 8)),
    "a cut-out of 50 pixels": ("TESScut", 1_300, (50, 50)),
}
FRAME_LIMIT_S = 0.02


def bare_sum(path: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The flux summed with nothing but astropy and numpy."""
    from astropy.io import fits

    with fits.open(path, memmap=False) as file:
        flux = np.array(file[1].data["FLUX"], dtype=np.float64)
        mask = (np.array(file[2].data) & 2) > 0
        for name in ("TIME", "QUALITY", "CADENCENO"):
            np.array(file[1].data[name])
    return np.nansum(flux[:, mask if mask.any() else ~mask], axis=1)


def slowest_s(work: Callable[[int], object], places: list[int]) -> tuple[float, float]:
    """The median and the slowest time over all ``places``."""
    taken = []
    for place in places:
        start = time.perf_counter()
        work(place)
        taken.append(time.perf_counter() - start)
    return float(np.median(taken)), max(taken)


@pytest.mark.parametrize("ending", ["fits", "fits.gz"])
@pytest.mark.parametrize("name", list(SHAPES))
def test_that_opening_takes_at_most_twice_as_long_as_bare_astropy_and_a_frame_no_time(
    tmp_path: Path, name: str, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kind, n, size = SHAPES[name]
    path = pixel_file(tmp_path, kind=kind, n=n, size=size, name=f"star_tp.{ending}")
    pixels = open_file(path)
    assert isinstance(pixels, TargetPixels)
    # By turns, so that what else the machine does meets both.
    rounds = [(best_s(lambda: open_file(path), 1), best_s(lambda: bare_sum(path), 1)) for _ in range(ROUNDS)]
    ours, bare = (min(column) for column in zip(*rounds, strict=True))
    places = [int(place) for place in np.random.default_rng(0).integers(0, n, 300)]
    usual, slowest = slowest_s(pixels.frames.frame, places)
    drawn = np.random.default_rng(1).random(size) < 0.3
    summed = best_s(lambda: pixels.frames.sums(drawn), 3)
    told = (
        f"{name}, .{ending}, {path.stat().st_size / 1e6:.0f} MB: opens in {ours * 1e3:.0f} ms, bare astropy "
        f"{bare * 1e3:.0f} ms, ratio {ours / bare:.2f}; a frame {usual * 1e3:.3f} ms, the slowest {slowest * 1e3:.2f} "
        f"ms; another aperture {summed * 1e3:.0f} ms"
    )
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201  what the benchmark is for
    assert ours <= 2 * bare
    assert usual <= FRAME_LIMIT_S
