"""Files that are broken: a sentence that names the file and the way out, quickly and in little memory."""

import gzip
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import ReadError
from desktop_app.io import data_files, open_curve, suffixes, summarise
from tests.fits_files import Arrays, mission_file, write_table

IMPOSSIBLE = "1 row has an impossible time or flux, which counts as missing."
NOTHING = np.full(200, np.nan)
# 200 rows fill five blocks of 2,880 bytes to the last byte.
ROW_BYTES = 8 + 4 + 4 + 6 * 4 + 4 + 3 * 8 + 4


def refusal(path: Path) -> str:
    """What both ways of opening say; they refuse the same."""
    with pytest.raises(ReadError) as refused:
        open_curve(path)
    assert refused.value.hint
    assert path.name in refused.value.message
    return str(refused.value)


def card(keyword: str, value: object) -> bytes:
    return f"{keyword:<8}= {value!s:>20}".ljust(80).encode()


def changed(path: Path, keyword: str, value: object, *, hdu: int = 1) -> Path:
    """The file with a card of the primary header (0) or of the table (1) overwritten."""
    content = bytearray(path.read_bytes())
    at = content.index(f"{keyword:<8}=".encode(), content.index(b"XTENSION") if hdu else 0)
    content[at : at + 80] = card(keyword, value)
    path.write_bytes(content)
    return path


def test_that_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    assert "There is no file" in refusal(tmp_path / "nothing.fits")
    folder = tmp_path / "folder.fits"
    folder.mkdir()
    assert "is a folder" in refusal(folder)
    pipe = tmp_path / "pipe.fits"
    os.mkfifo(pipe)
    assert "is not a plain file" in refusal(pipe)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_that_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    path.chmod(0)
    assert "may not be read" in refusal(path)


def test_that_a_refused_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = mission_file(tmp_path)

    def refuse(*_args: object, **_keywords: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "may not be read" in refusal(path)


def test_that_a_name_no_system_can_have_is_refused() -> None:
    with pytest.raises(ReadError, match="no name that a file can have"):
        open_curve("a\0b.fits")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"  \n\n", "neither FITS nor text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "neither FITS nor text"),
        (bytes(range(256)) * 20, "neither FITS nor text"),
        (b"this is no FITS file\n", "holds no table of numbers"),
        (b"SIMPLE  =                    T", "its first header has no end"),
        (b"SIMPLE  =                    T".ljust(200_000), "its first header has no end"),
        (b"\x1f\x8b", "ends too early"),
        (b"\x1f\x8bnothing", "stream is damaged"),
        (gzip.compress(b"time,flux\n1,2\n2,3\n", mtime=0)[:-6], "ends too early"),
        (gzip.compress(b"", mtime=0), "is empty"),
    ],
)
@pytest.mark.parametrize("name", ["broken.fits", "broken.csv"])
def test_that_junk_is_refused_whatever_its_name(tmp_path: Path, content: bytes, says: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert says in refusal(path)


@pytest.mark.parametrize(
    ("keyword", "value", "says"),
    [
        ("NAXIS1", 17, "contradicts itself"),
        ("NAXIS2", 10**14, "cut short"),
        ("NAXIS2", 10**17, "NAXIS2 = 1"),
        ("NAXIS2", -5, "NAXIS2 = -5, which cannot be"),
        ("NAXIS2", "'many'", "NAXIS2 = many, which cannot be"),
        ("NAXIS2", "T", "NAXIS2 = T, which cannot be"),
        ("NAXIS", 10**9, "NAXIS = 1000000000, which cannot be"),
        ("BITPIX", 7, "BITPIX = 7"),
        ("TFIELDS", 5000, "TFIELDS = 5000, which cannot be"),
        ("TFIELDS", 3, "contradicts itself"),
        ("TFORM1", "'Z       '", "Column TIME .* TFORM = 'Z'"),
        ("TFORM1", "'999999999999D'", "contradicts itself"),
        ("TFORM1", "'A       '", "contradicts itself"),
        ("TTYPE1", "'CLOCK   '", "no light curve that Peculiar knows: its columns are CLOCK"),
        ("PCOUNT", -1, "PCOUNT = -1"),
        ("GCOUNT", 10**9, "GCOUNT"),
    ],
)
def test_that_a_header_that_lies_is_refused(tmp_path: Path, keyword: str, value: object, says: str) -> None:
    with pytest.raises(ReadError, match=says) as refused:
        open_curve(changed(mission_file(tmp_path), keyword, value))
    assert "star_lc.fits" in refused.value.message


def test_that_a_file_cut_short_says_how_many_rows_are_left(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: 50 * ROW_BYTES - 200 * ROW_BYTES])
    assert "table LIGHTCURVE promises 200 rows and 50 are there" in refusal(path)


def test_that_missing_padding_at_the_end_does_no_harm(tmp_path: Path) -> None:
    path = mission_file(tmp_path, n=190)
    before = open_curve(path).digest
    path.write_bytes(path.read_bytes()[: 190 * ROW_BYTES - 200 * ROW_BYTES])
    assert path.stat().st_size % 2880
    assert open_curve(path).digest == before


def test_that_a_damaged_gzip_file_is_told_even_where_the_table_can_be_unpacked(tmp_path: Path) -> None:
    path = mission_file(tmp_path, name="star_lc.fits.gz")
    content = bytearray(path.read_bytes())
    content[-8:] = struct.pack("<II", 1, 2)
    path.write_bytes(content)
    assert "incorrect data check" in refusal(path)


def test_that_gzip_in_several_members_is_read_to_its_end(tmp_path: Path) -> None:
    content = mission_file(tmp_path).read_bytes()
    packed = tmp_path / "members.fits.gz"
    packed.write_bytes(
        b"".join(gzip.compress(content[at : at + 5000]) for at in range(0, len(content), 5000)) + bytes(512)
    )
    assert open_curve(packed).digest == open_curve(tmp_path / "star_lc.fits").digest


def test_that_a_gzip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    start = mission_file(tmp_path).read_bytes()
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(16 << 20)
    content = packer.compress(start) + b"".join(packer.compress(block) for _ in range(6)) + packer.flush()
    bomb = tmp_path / "bomb.fits.gz"
    bomb.write_bytes(content)
    assert "unpacks to more than" in refusal(bomb)
    assert summarise(bomb).rows == 200


def test_that_images_and_pixel_files_are_told_for_what_they_are(tmp_path: Path) -> None:
    from astropy.io import fits

    image = tmp_path / "image.fits"
    fits.PrimaryHDU(np.zeros((4, 6), np.float32)).writeto(image)
    assert "its kind is image" in refusal(image)
    pixels = write_table(
        tmp_path / "pixels.fits",
        {"TIME": np.arange(5.0), "FLUX": np.ones((5, 9), np.float32)},
        primary={"TELESCOP": "TESS"},
    )
    assert "its columns are TIME, FLUX" in refusal(pixels)
    one_pixel = {"TIME": np.arange(5.0), "RAW_CNTS": np.ones(5), "FLUX": np.ones(5)}
    assert "its columns are TIME, RAW_CNTS, FLUX" in refusal(write_table(tmp_path / "pixel.fits", one_pixel))


def test_that_a_header_longer_than_any_known_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.fits"
    head = card("SIMPLE", "T") + card("BITPIX", 8) + card("NAXIS", 0)
    path.write_bytes(head + 50_000 * b"HISTORY again and again".ljust(80))
    assert "its first header has no end" in refusal(path)


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ({"PDCSAP_FLUX": NOTHING, "SAP_FLUX": NOTHING}, "No row has a flux."),
        ({"TIME": NOTHING}, "No row has a time."),
        ({"PDCSAP_FLUX": np.ones(200)}, "Every flux is the same number."),
        ({"TIME": np.r_[1e9, np.arange(199)]}, IMPOSSIBLE),
        (
            {"PDCSAP_FLUX": np.r_[np.inf, np.ones(199)]},
            IMPOSSIBLE,
        ),
    ],
)
def test_that_useless_values_open_with_a_note(tmp_path: Path, values: Arrays, note: str) -> None:
    curve = open_curve(mission_file(tmp_path, changes=values))
    assert len(curve) == 200
    assert note in curve.source.notes


def test_that_an_impossible_value_is_missing_in_every_flux_that_can_be_chosen(tmp_path: Path) -> None:
    path = mission_file(tmp_path, changes={"SAP_FLUX": np.r_[np.inf, np.ones(199)]})
    assert np.isnan(open_curve(path, flux="SAP_FLUX").flux[0])


def test_that_two_rows_open_with_a_note(tmp_path: Path) -> None:
    assert "There are only 2 rows." in open_curve(mission_file(tmp_path, n=2)).source.notes


def test_that_scaled_and_null_columns_are_read_as_fits_says(tmp_path: Path) -> None:
    from astropy.io import fits

    columns = [
        fits.Column("TIME", "D", array=np.arange(4.0), unit="d"),
        fits.Column("FLUX", "I", array=np.array([1, 2, 3, 4])),
        fits.Column("BACK", "J", array=np.array([1, -9, 3, 4]), null=-9),
        fits.Column("GOOD", "L", array=np.array([True, False, True, False])),
        fits.Column("WORD", "5A", array=np.array(["a", "b", "c", "d"])),
    ]
    path = tmp_path / "scaled.fits"
    fits.BinTableHDU.from_columns(columns).writeto(path)
    fits.setval(path, "TSCAL2", value=0.5, ext=1)
    fits.setval(path, "TZERO2", value=10.0, ext=1)
    curve = open_curve(path)
    with fits.open(path) as expected:
        np.testing.assert_array_equal(curve.flux, expected[1].data["FLUX"])
    np.testing.assert_array_equal(curve.columns["BACK"].values, [1, np.nan, 3, 4])
    assert curve.columns["GOOD"].values.tolist() == [1, 0, 1, 0]
    assert "WORD" not in curve.columns


def test_that_what_stands_for_no_value_is_missing_in_a_scaled_column_too(tmp_path: Path) -> None:
    from astropy.io import fits

    columns = [
        fits.Column("TIME", "D", array=np.arange(3.0), unit="d"),
        fits.Column("FLUX", "I", array=np.array([1, -9, 3]), null=-9),
    ]
    path = tmp_path / "scaled.fits"
    fits.BinTableHDU.from_columns(columns).writeto(path)
    fits.setval(path, "TSCAL2", value=0.5, ext=1)
    fits.setval(path, "TZERO2", value=10.0, ext=1)
    np.testing.assert_array_equal(open_curve(path).flux, [10.5, np.nan, 11.5])


@pytest.mark.parametrize("name", ["'TIME    '", "''", ""])
def test_that_a_column_without_a_name_of_its_own_is_kept(tmp_path: Path, name: str) -> None:
    curve = open_curve(changed(mission_file(tmp_path), "TTYPE6", name))
    assert set(curve.columns["column 6"].values) == {200.0}


@pytest.mark.parametrize(("value", "name"), [("'TIC 7", "'TIC 7"), ("TIC 7", "TIC 7"), ("7", "7")])
def test_that_a_text_without_its_quotes_is_taken_as_it_stands(tmp_path: Path, value: str, name: str) -> None:
    source = open_curve(changed(mission_file(tmp_path), "OBJECT", value)).source
    assert source.object_name == name
    assert [card.value for card in source.header if card.keyword == "OBJECT"][1] == name


def test_that_a_card_that_is_no_card_is_passed_over_in_silence(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    content = path.read_bytes()
    at = content.index(b"TIMEREF ")
    path.write_bytes(content[:at] + b"n\xf6 card, this".ljust(80) + content[at + 80 :])
    assert len(open_curve(path).source.header) > 50


def test_that_a_folder_is_searched_by_suffix_in_order(tmp_path: Path) -> None:
    assert {".fits", ".fit", ".fits.gz", ".csv", ".txt", ".dat", ".tsv", ".ecsv"} <= set(suffixes())
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    names = ["z.FITS", "a/b/c.fits.gz", "a/x.csv", "a/notes.pdf", ".hidden.csv"]
    for name in names:
        (tmp_path / name).touch()
    assert [str(path.relative_to(tmp_path)) for path in data_files(tmp_path)] == [
        "a/b/c.fits.gz",
        "a/x.csv",
        "z.FITS",
    ]
