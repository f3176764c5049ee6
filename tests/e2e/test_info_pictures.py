"""``peculiar info`` on images, sequences and stamps, with and without what may be missing."""

import json
from pathlib import Path

import pytest

from tests.e2e.program import peculiar
from tests.image_files import PACKINGS, TAN, pixels_of, write_image, write_packed


@pytest.mark.parametrize("catalogue", ["", "id,mag,type\ns1,17.5,star\ns2,,galaxy\n"])
def test_that_a_folder_of_stamps_is_told(tmp_path: Path, catalogue: str) -> None:
    folder = tmp_path / "stamps"
    folder.mkdir()
    for n in range(9):
        write_image(folder / f"s{n}.fits", pixels_of(-32, (20, 24), seed=n))
    if catalogue:
        (folder / "table.csv").write_text(catalogue)
    run = peculiar("info", folder)
    assert run.status == 0, run.err
    assert "9 of 24 × 20 pixels" in run.out
    assert ("There is none." in run.out) == (catalogue == "")
    assert ("2 of 9 stamps have a row" in run.out) == (catalogue != "")


def test_that_a_sequence_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "night"
    folder.mkdir()
    for n in range(3):
        write_image(folder / f"f{n}.fits", pixels_of(16, (40, 300)), {"DATE-OBS": f"2020-01-0{n + 1}T00:00:00"})
    run = peculiar("info", folder)
    assert run.status == 0, run.err
    assert "f0.fits (1 of 3)" in run.out
    assert "2020-01-01T00:00:00" in run.out


def test_that_a_compressed_image_is_told_with_its_sky(tmp_path: Path) -> None:
    path = write_packed(tmp_path / "sky.fits.fz", next(iter(PACKINGS)), cards=TAN)
    (told,) = json.loads(peculiar("info", "--json", path).out)
    assert (told["kind"], told["size"]) == ("image", [50, 40])
    assert told["wcs"] is not None
