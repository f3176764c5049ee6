"""Folders are listed by names alone: nothing hidden, no loop, no end without a sentence."""

import os
from pathlib import Path

import pytest

from desktop_app.io import data_files, listing
from desktop_app.io.listing import list_folder


def touch(path: Path, content: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path, _ in list_folder(folder, (".fits", ".csv")).files]


def test_that_files_are_told_by_their_ends_in_order_of_name(tmp_path: Path) -> None:
    for name in ("b.FITS", "a.csv", "c.txt", "sub/d.fits", "sub-2/e.fits"):
        touch(tmp_path / name)
    assert names(tmp_path) == ["a.csv", "b.FITS", "sub/d.fits", "sub-2/e.fits"]


def test_that_what_is_hidden_is_left_out(tmp_path: Path) -> None:
    touch(tmp_path / ".a.fits")
    touch(tmp_path / ".git/b.fits")
    assert names(tmp_path) == []


def test_that_every_file_has_its_time_and_size(tmp_path: Path) -> None:
    path = touch(tmp_path / "a.csv", "12345")
    ((_, version),) = list_folder(tmp_path, (".csv",)).files
    assert version == (path.stat().st_mtime_ns, 5)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_that_links_to_folders_are_followed_once(tmp_path: Path) -> None:
    touch(tmp_path / "data/a.fits")
    (tmp_path / "data/again").symlink_to(tmp_path / "data", target_is_directory=True)
    (tmp_path / "data/up").symlink_to(tmp_path, target_is_directory=True)
    found = list_folder(tmp_path / "data", (".fits",))
    assert [path.name for path, _ in found.files] == ["a.fits"]


def test_that_a_broken_link_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.fits").symlink_to(tmp_path / "gone.fits")
    assert names(tmp_path) == []


def test_that_an_absurd_folder_ends_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "FILES_LIMIT", 10)
    for number in range(8):
        touch(tmp_path / f"a/{number}.fits")
        touch(tmp_path / f"b/{number}.fits")
        touch(tmp_path / f"c/{number}.fits")
    found = list_folder(tmp_path, (".fits",))
    assert len(found.files) == 10
    assert "the rest is not listed" in found.problem
    assert tmp_path.name in found.problem


def test_that_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert list_folder(tmp_path / "none", (".fits",)).files == ()


def test_that_files_of_every_reader_are_found(tmp_path: Path) -> None:
    for name in ("a.fits", "b.fits.gz", "c.fz", "d.parquet", "e.csv", "f.doc"):
        touch(tmp_path / name)
    found = {path.name for path in data_files(tmp_path)}
    assert {"a.fits", "b.fits.gz", "d.parquet", "e.csv"} <= found
    assert "f.doc" not in found
