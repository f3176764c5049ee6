"""What a file is made of: sections, cards, columns and checksums, also of broken files."""

import gzip
import warnings
from pathlib import Path

import h5py
import numpy as np
import pytest
from astropy.io import fits

from desktop_app.core.errors import ReadError
from desktop_app.io.inside import anatomy as anatomy_module
from desktop_app.io.inside.anatomy import NOT_COUNTED, anatomy
from tests.data import SHARED
from tests.fits_files import mission_columns, mission_file


def write_image(path: Path, *, seed: int = 0) -> Path:
    """Two images with units and checksums: floats with two NaN, and scaled 16-bit integers with three blanks."""
    rng = np.random.default_rng(seed)
    floats = rng.normal(100, 3, (20, 30)).astype(np.float32)
    floats[3, 4:6] = np.nan
    whole = np.arange(600, dtype=np.int16).reshape(20, 30)
    whole[0, :3] = -99
    first, second = fits.PrimaryHDU(floats), fits.ImageHDU(whole, name="RAW")
    first.header["BUNIT"] = ("adu", "brightness")
    first.header["EXPTIME"] = (30.0, "[s] how long the shutter was open")
    second.header["BLANK"] = -99
    second.header["BSCALE"] = 0.5
    second.header["BZERO"] = 10.0
    fits.HDUList([first, second]).writeto(path, checksum=True)
    return path


def test_that_every_hdu_is_listed_with_what_it_is(tmp_path: Path) -> None:
    found = anatomy(mission_file(tmp_path))
    assert found.form == "FITS"
    assert [(section.name, section.kind) for section in found.sections] == [
        ("PRIMARY", "no data"),
        ("LIGHTCURVE", "table"),
    ]
    assert found.sections[1].told == "200 rows of 14 columns"
    assert sum(section.size_bytes for section in found.sections) == found.path.stat().st_size
    assert found.problems == ()


def test_that_columns_have_units_formats_and_counts(tmp_path: Path) -> None:
    columns = {column.name: column for column in anatomy(mission_file(tmp_path)).sections[1].columns}
    made = mission_columns()
    time = columns["TIME"]
    assert (time.unit, time.form, time.missing) == ("BJD - 2457000", "D", int(np.isnan(made["TIME"]).sum()))
    assert (time.low, time.high) == (np.nanmin(made["TIME"]), np.nanmax(made["TIME"]))
    assert columns["PSF_CENTR1"].missing == 200
    assert np.isnan(columns["PSF_CENTR1"].low)


def test_that_a_card_has_its_unit_apart_from_its_comment(tmp_path: Path) -> None:
    cards = {card.keyword: card for card in anatomy(write_image(tmp_path / "a.fits")).sections[0].cards}
    exposure = cards["EXPTIME"]
    assert (exposure.value, exposure.unit, exposure.comment) == ("30.0", "s", "how long the shutter was open")
    assert len(exposure.image) == 80
    assert exposure.image.startswith("EXPTIME =                 30.0 / [s]")


def test_that_pixels_are_counted_and_scaled_as_the_header_says(tmp_path: Path) -> None:
    first, second = anatomy(write_image(tmp_path / "a.fits")).sections
    assert (first.kind, first.told, first.columns[0].missing) == ("image", "30 × 20, float32", 2)
    assert first.columns[0].unit == "adu"
    (pixels,) = second.columns
    assert (pixels.missing, pixels.low, pixels.high) == (3, 10 + 0.5 * 3, 10 + 0.5 * 599)


def test_that_numbers_that_stand_for_no_value_are_missing(tmp_path: Path) -> None:
    column = fits.Column("N", "J", null=-1, array=np.array([1, -1, 3, -1], np.int32))
    flag = fits.Column("F", "L", array=np.array([True, False, True, True]))
    name = fits.Column("S", "4A", array=np.array(["a", "", "c", "d"]))
    path = tmp_path / "a.fits"
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns([column, flag, name])]).writeto(path)
    facts = {column.name: column for column in anatomy(path).sections[1].columns}
    assert (facts["N"].missing, facts["N"].low, facts["N"].high) == (2, 1, 3)
    assert (facts["F"].missing, facts["S"].missing) == (0, 1)


def test_that_checksums_are_good_until_a_byte_changes(tmp_path: Path) -> None:
    path = write_image(tmp_path / "a.fits")
    assert [section.checksum for section in anatomy(path).sections] == ["good", "good"]
    content = bytearray(path.read_bytes())
    content[2880 + 40] ^= 1
    path.write_bytes(content)
    first, second = anatomy(path).sections
    assert (first.checksum, second.checksum) == ("bad", "good")
    assert "DATASUM says" in first.why
    assert anatomy(path).checksum == "bad"


def test_that_a_changed_header_is_told_apart_from_changed_data(tmp_path: Path) -> None:
    path = write_image(tmp_path / "a.fits")
    path.write_bytes(path.read_bytes().replace(b"brightness", b"Brightness"))
    first = anatomy(path).sections[0]
    assert (first.checksum, first.why) == ("bad", "the header has changed since its CHECKSUM was written")


@pytest.mark.parametrize("width", [1, 2, 3, 5, 7])
def test_that_rows_of_any_width_are_summed_in_pieces(
    width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.io.inside.fits_anatomy._PIECE_BYTES", 64)
    column = fits.Column("B", f"{width}B", array=np.arange(101 * width, dtype=np.uint8).reshape(101, width))
    path = tmp_path / "a.fits"
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns([column])]).writeto(path, checksum=True)
    table = anatomy(path).sections[1]
    assert table.checksum == "good"
    assert table.columns[0].missing == 0


def test_that_a_file_without_checksums_says_none(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    fits.PrimaryHDU(np.zeros((2, 2))).writeto(path)
    assert anatomy(path).checksum == "none"


def test_that_a_gzipped_file_is_looked_into_as_well(tmp_path: Path) -> None:
    plain = mission_file(tmp_path)
    packed = tmp_path / "b.fits.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert anatomy(packed).form == "gzipped FITS"
    assert anatomy(packed).sections == anatomy(plain).sections


def test_that_a_compressed_image_is_named_with_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.fits.fz"
    hdu = fits.CompImageHDU(np.arange(600, dtype=np.int32).reshape(20, 30), compression_type="RICE_1")
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path, checksum=True)
    section = anatomy(path).sections[1]
    assert (section.kind, section.told, section.checksum) == ("compressed image", "30 × 20, RICE_1", "good")


def test_that_a_file_that_is_cut_short_is_listed_as_far_as_it_goes(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-9000])
    found = anatomy(path)
    assert [section.name for section in found.sections] == ["PRIMARY", "LIGHTCURVE"]
    assert found.sections[1].checksum == "not checked"
    (problem,) = found.problems
    assert "is cut short" in problem
    assert "LIGHTCURVE" in problem


def test_that_cards_of_a_header_without_end_are_still_listed(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    path.write_bytes(path.read_bytes()[: 2880 + 1000])
    found = anatomy(path)
    assert found.sections[-1].kind in ("broken", "no data")
    assert found.problems
    assert found.sections[0].cards[0].keyword == "SIMPLE"


def test_that_impossible_sizes_leave_the_cards(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"NAXIS2  =                  200", b"NAXIS2  =                 -200"))
    found = anatomy(path)
    assert found.sections[1].kind == "broken"
    assert "NAXIS2 = -200" in found.problems[0]
    assert any(card.keyword == "TELESCOP" for card in found.sections[0].cards)


def test_that_what_takes_too_long_is_not_counted_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anatomy_module, "BUDGET_S", 0.0)
    path = mission_file(tmp_path, name="slow.fits")
    assert anatomy(path).notes
    whole = anatomy(path, whole=True)
    assert whole.checksum == "good"
    assert whole.sections[1].columns[0].missing != NOT_COUNTED


def test_that_text_has_columns_units_and_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("# made by hand\ntime (d),flux [e-/s],band\n1,2.5,g\n2,nan,r\n3,1.5,g\n", encoding="utf-8")
    (table,) = anatomy(path).sections
    assert table.told == "3 rows of 3 columns"
    assert [(c.name, c.unit, c.form, c.missing) for c in table.columns[:2]] == [
        ("time", "d", "number", 0),
        ("flux", "e-/s", "number", 1),
    ]
    assert table.columns[2].form == "text"
    assert table.cards[0].value == "made by hand"


def test_that_uneven_rows_of_text_are_counted_as_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3\n4,5\n", encoding="utf-8")
    assert anatomy(path).problems == ("1 row of a.csv has not as many fields as the first one.",)


def test_that_arrays_of_an_npz_have_type_and_shape(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez_compressed(path, one=np.array([1.0, np.nan, 3.0]), two=np.zeros((4, 3), np.int16))
    one, two = anatomy(path).sections
    assert (one.told, one.columns[0].missing, one.columns[0].high) == ("3, float64", 1, 3.0)
    assert (two.told, len(two.columns)) == ("4 × 3, int16", 3)


def test_that_pickles_in_an_npz_are_never_loaded(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, bad=np.array([{"a": 1}], dtype=object), good=np.zeros(2))
    found = anatomy(path)
    assert [section.kind for section in found.sections] == ["broken", "array"]
    assert "not plain numbers" in found.problems[0]


def test_that_datasets_of_an_hdf5_file_have_units_and_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset("house/temperature", data=np.array([1.0, np.nan, 2.0]))
        dataset.attrs["units"] = "K"
        file["elsewhere"] = h5py.ExternalLink("other.h5", "/x")
    sections = {section.name: section for section in anatomy(path).sections}
    column = sections["/house/temperature"].columns[0]
    assert (column.unit, column.missing, column.high) == ("K", 1, 2.0)
    assert sections["/elsewhere"].kind == "link"


def test_that_parquet_has_its_columns(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "a.parquet"
    parquet.write_table(arrow.table({"time": [1.0, 2.0], "flux": [None, 3.0], "band": ["g", "r"]}), path)
    (table,) = anatomy(path).sections
    assert [(c.name, c.form, c.missing) for c in table.columns] == [
        ("time", "double", 0),
        ("flux", "double", 1),
        ("band", "string", 0),
    ]


@pytest.mark.parametrize("content", [b"\x89HDF\r\n\x1a\n" + bytes(200), b"PK\x03\x04" + bytes(200), b"PAR1" + bytes(9)])
def test_that_broken_containers_are_a_problem_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_bytes(content)
    found = anatomy(path)
    assert found.problems
    assert all("Traceback" not in problem for problem in found.problems)


def test_that_a_folder_has_no_anatomy(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        anatomy(tmp_path)


@pytest.mark.parametrize("seed", range(40))
def test_that_flipped_bytes_never_raise(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    content = bytearray(write_image(tmp_path / "a.fits").read_bytes())
    for _ in range(20):
        content[rng.integers(len(content) if seed % 2 else 2880)] = rng.integers(256)
    path = tmp_path / "b.fits"
    path.write_bytes(content[: rng.integers(100, len(content))])
    found = anatomy(path)
    assert found.sections or found.problems


@pytest.mark.real_data
def test_that_counts_and_verdicts_agree_with_astropy_on_real_files() -> None:
    paths = sorted(SHARED.glob("lightcurves/kepler*/*.fits"))[::20] + sorted(SHARED.glob("tpf/*.fits"))
    if not paths:
        pytest.skip(f"the real data are not here: {SHARED}")
    compared = 0
    for path in paths:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with fits.open(path, memmap=False) as hdus:
                for section, hdu in zip(anatomy(path).sections, hdus, strict=True):
                    if "DATASUM" in hdu.header:
                        good = bool(hdu.verify_datasum()) and bool(hdu.verify_checksum())
                        assert section.checksum == ("good" if good else "bad"), (path, section.name)
                    for column in section.columns if section.kind == "table" else ():
                        values = hdu.data.field(column.name)
                        if values.dtype.kind == "f":
                            assert column.missing == np.isnan(values).sum(), (path, column)
                            compared += 1
    assert compared > 50
