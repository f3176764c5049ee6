"""How long images take to become pixels, beside a bare astropy reading of the same file in the same run."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.sky_image import SkyImage
from desktop_app.io import open_file, summarise
from desktop_app.io.images.cutouts import open_cutouts
from tests.image_files import TAN, pixels_of, write_image
from tests.perf.test_reading_speed import best_s, other_names

SIDE = 4096
STAMPS = 500


def bare(path: Path, hdu: int = 0) -> Callable[[], object]:
    """What astropy alone takes to have native floating point."""
    from astropy.io import fits

    def read() -> object:
        with fits.open(path, memmap=False) as file:
            return np.array(file[hdu].data, dtype=np.float32)

    return read


def told(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201  what the benchmark is for


@pytest.mark.parametrize("kind", ["float32", "int16", "uint16"])
def test_that_a_large_image_takes_no_longer_than_bare_astropy(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_image(tmp_path / "sky.fits", (1000 + pixels_of(-32, (SIDE, SIDE))).astype(kind), TAN)
    assert isinstance(open_file(path), SkyImage)
    rounds = [(best_s(lambda: open_file(path), 1), best_s(bare(path), 1)) for _ in range(5)]
    ours, theirs = (min(column) for column in zip(*rounds, strict=True))
    told(capsys, f"{SIDE}² {kind}: {ours * 1e3:.0f} ms, bare astropy {theirs * 1e3:.0f} ms, ratio {ours / theirs:.2f}")
    assert ours <= 1.5 * theirs


@pytest.mark.parametrize("algorithm", ["RICE_1", "GZIP_1"])
def test_that_a_compressed_image_takes_at_most_half_as_long_again_as_bare_astropy(
    tmp_path: Path, algorithm: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from astropy.io import fits

    path = tmp_path / "sky.fits.fz"
    hdu = fits.CompImageHDU(pixels_of(16, (1024, SIDE)), compression_type=algorithm)
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)
    open_file(path)
    rounds = [(best_s(lambda: open_file(path), 1), best_s(bare(path, 1), 1)) for _ in range(3)]
    ours, theirs = (min(column) for column in zip(*rounds, strict=True))
    said = f"{ours * 1e3:.0f} ms, bare astropy {theirs * 1e3:.0f} ms, ratio {ours / theirs:.2f}"
    told(capsys, f"1024 × {SIDE} {algorithm}: {said}")
    assert ours <= 1.5 * theirs


def test_that_a_summary_of_an_image_takes_little_more_than_its_bare_header(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from astropy.io import fits

    path = write_image(tmp_path / "sky.fits", pixels_of(16, (1000, 1000)), {**TAN, "OBJECT": "M 51"})
    others = other_names(path, 60)
    header = best_s(lambda: fits.getheader(path), 30)
    ours = best_s(lambda: summarise(next(others)), 60)
    told(capsys, f"summary {ours * 1e3:.2f} ms, a bare header {header * 1e3:.2f} ms, ratio {ours / header:.2f}")
    assert ours <= 4 * header


def test_that_a_stamp_takes_less_than_a_bare_astropy_reading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from astropy.io import fits
    from astropy.wcs import WCS

    folder = tmp_path / "stamps"
    folder.mkdir()
    first = write_image(folder / "s0.fits", pixels_of(-32, (63, 63)), TAN).read_bytes()
    for n in range(1, STAMPS):
        (folder / f"s{n}.fits").write_bytes(first)

    def theirs() -> None:
        for n in range(0, STAMPS, 10):
            with fits.open(folder / f"s{n}.fits") as file:
                np.array(file[0].data, np.float32)
                WCS(file[0].header).all_pix2world(31, 31, 0)

    open_cutouts(folder)
    ours_s, theirs_s = best_s(lambda: open_cutouts(folder), 2) / STAMPS, best_s(theirs, 2) / (STAMPS / 10)
    told(capsys, f"a stamp: {ours_s * 1e3:.2f} ms, bare {theirs_s * 1e3:.2f} ms, ratio {ours_s / theirs_s:.2f}")
    assert ours_s <= theirs_s
