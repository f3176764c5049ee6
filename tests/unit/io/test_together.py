"""Which files belong together, and real sectors and quarters as one light curve."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import ReadError
from desktop_app.io import open_curve, summarise
from desktop_app.io.curves.together import by_object, one_a_segment, open_stitched
from desktop_app.io.reader import FileSummary
from tests.data import REAL, real_file
from tests.fits_files import mission_file


def _summary(name: str, segment: str, *, star: str = "TIC 42", cadence_s: float = 120.0) -> FileSummary:
    return FileSummary(Path(name), "light curve", star, "TESS", segment, cadence_s)


def test_that_files_are_gathered_by_object_and_mission() -> None:
    files = [_summary("a", "sector 1"), _summary("b", "sector 1", star="TIC 7"), _summary("c", "sector 2")]
    assert [[one.path.name for one in group] for group in by_object(files)] == [["a", "c"], ["b"]]


def test_that_images_and_files_without_an_object_are_left_out() -> None:
    files = [FileSummary(Path("i"), "image", "TIC 42"), FileSummary(Path("n"), "light curve")]
    assert by_object(files) == []


def test_that_one_file_a_segment_is_taken_the_most_alike() -> None:
    fast = _summary("spoc-s0001-fast", "sector 1", cadence_s=20.0)
    usual = _summary("spoc-s0001", "sector 1")
    slow = _summary("qlp-s0002", "sector 2", cadence_s=1800.0)
    same = _summary("spoc-s0002", "sector 2")
    files = [fast, usual, slow, same]
    assert one_a_segment(files, usual) == [usual, same]
    assert one_a_segment(files, slow) == [usual, slow]


def test_that_the_name_decides_where_the_cadence_does_not() -> None:
    like = _summary("hlsp_qlp_s0001", "sector 1")
    files = [like, _summary("hlsp_tglc_s0002", "sector 2"), _summary("hlsp_qlp_s0002", "sector 2")]
    assert [one.path.name for one in one_a_segment(files, like)] == ["hlsp_qlp_s0001", "hlsp_qlp_s0002"]


def test_that_a_file_without_a_segment_is_one_of_its_own() -> None:
    files = [_summary("a", ""), _summary("b", "")]
    assert len(one_a_segment(files, files[0])) == 2


def test_that_a_file_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    assert not open_stitched([path, path]).pieces


def test_that_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="There is no file"):
        open_stitched([mission_file(tmp_path), tmp_path / "none.fits"])


def test_that_nine_real_sectors_are_one_curve_with_every_row_of_each() -> None:
    real_file("tess_ucd_custom/0ca_tess2019082014090-s0001-0000000029780677-0000-s_lc.fits")
    paths = sorted((REAL / "tess_ucd_custom").glob("*0000000029780677*"))
    whole = open_stitched(paths)
    assert whole.source.segment == "sectors 1–6, 9, 12, 13"
    assert [len(piece.path.name) > 0 for piece in whole.pieces if piece.path] == [True] * 9
    for place, piece in enumerate(whole.pieces):
        assert piece.path is not None
        alone = open_curve(piece.path)
        rows = whole.piece == place
        assert np.array_equal(whole.row[rows], alone.row)
        assert np.array_equal(whole.time[rows], alone.time, equal_nan=True)
        assert np.median(whole.flux[rows & whole.usable]) == pytest.approx(1.0, abs=1e-12)


def test_that_products_of_one_real_sector_are_not_taken_for_several() -> None:
    real_file("tess_spoc/tess2020106103520-s0024-0000000188589164-0180-s_lc.fits.gz")
    paths = [*(REAL / "tess_hlsp").glob("*188589164*"), *(REAL / "tess_spoc").glob("*188589164*")]
    (group,) = by_object(summarise(path) for path in paths)
    assert len(group) == 3
    assert len(one_a_segment(group, group[0])) == 1
