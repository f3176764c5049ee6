"""What every reader promises."""

from importlib import import_module
from pathlib import Path

import pytest

import desktop_app.io
from desktop_app.io import READERS, open_curve, suffixes
from desktop_app.io.reader import Reader
from desktop_app.io.source import read_head
from tests.fits_files import mission_file


@pytest.mark.parametrize("name", list(READERS))
def test_that_an_entry_is_a_reader_of_that_name(name: str) -> None:
    reader = READERS[name]
    assert isinstance(reader, Reader)
    assert reader.name == name
    assert reader.label
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in reader.suffixes)
    assert set(reader.suffixes) <= set(suffixes())


def test_that_every_file_with_a_reader_is_registered() -> None:
    folder = Path(desktop_app.io.__file__).parent
    written = [path.relative_to(folder) for path in folder.rglob("*.py") if "\nREADER = " in path.read_text()]
    assert len(written) > 20
    readers = [import_module(".".join(("desktop_app.io", *path.with_suffix("").parts))).READER for path in written]
    assert {reader.name for reader in readers} == set(READERS)


@pytest.mark.parametrize("name", list(READERS))
@pytest.mark.parametrize("head", [b"", b"\0" * 5000, b"SIMPLE  =                    T", b"\x89PNG\r\n\x1a\n\0"])
def test_that_no_reader_takes_what_is_nothing(name: str, head: bytes, tmp_path: Path) -> None:
    assert not READERS[name].accepts(tmp_path / "a.fits", head)


def test_that_a_mission_file_is_taken_by_its_own_reader(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    head = read_head(path)
    takers = [name for name in READERS if READERS[name].accepts(path, head)]
    assert takers == ["spoc", "flux-table", "rate-table"]
    assert open_curve(path).flux_name == "PDCSAP_FLUX"


def test_that_arrays_are_read_only_and_native(tmp_path: Path) -> None:
    curve = open_curve(mission_file(tmp_path))
    for array in (curve.time, curve.flux, curve.flux_err, curve.quality, curve.cadence, curve.row):
        assert not array.flags.writeable
        assert array.dtype.isnative
    assert all(series.values.dtype.isnative for series in curve.columns.values())
