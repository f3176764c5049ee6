"""Plain cards are read as astropy reads them, and all others are left to it."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.io.fits.fits_file import Header
from desktop_app.io.fits.fits_hdus import read_hdus
from desktop_app.io.fits.plain_cards import end_of_header, plain_cards
from tests.fits_files import mission_file


def header_of(*cards: str) -> Header:
    """A header of these cards."""
    text = "".join(card.ljust(80) for card in ("SIMPLE  =                    T", *cards, "END"))
    raw = text.ljust(-(-len(text) // 2880) * 2880).encode("latin-1")
    return Header("a.fits", 0, raw, 0, len(raw))


@pytest.mark.parametrize(
    ("card", "value"),
    [
        ("OBJECT  = 'a star'           / what it is", "a star"),
        ("OBJECT  = 'it''s a star'", "it's a star"),
        ("OBJECT  = 'slash / inside'", "slash / inside"),
        ("OBJECT  = '        '", ""),
        ("SECTOR  =                    7 / [1] number", 7),
        ("NAXIS1  =                 007", 7),
        ("EXPTIME =               1.5E2", 150.0),
        ("EXPTIME =               1.5D2", 150.0),
        ("GOOD    =                    F", False),
        ("NOTHING =                      / not known", None),
        ("lower   =                    3", 3),
        ("HIERARCH ESO DET ID = 'ccd'", "ccd"),
        ("COMPLEX = (1.0, 2.0)", 1 + 2j),
    ],
)
def test_that_a_value_is_what_astropy_says(card: str, value: object) -> None:
    header = header_of(card)
    keyword = card[9 : card.index("=")].strip() if card.startswith("HIERARCH") else card[:8].strip().upper()
    assert header.value(keyword) == value
    assert type(header.value(keyword)) is type(value)


def test_that_the_first_of_two_cards_counts() -> None:
    assert header_of("A       =                    1", "A       =                    2").value("A") == 1


def test_that_a_text_over_several_cards_is_put_together() -> None:
    header = header_of("LONG    = 'one &'", "CONTINUE  'two'", "AFTER   =                    1")
    assert header.value("LONG") == "one two"
    assert header.value("AFTER") == 1


@given(st.lists(st.text("ABT =/'0123456789.+-ED()&", max_size=70), max_size=12))
def test_that_no_card_is_read_otherwise_than_by_astropy(bodies: list[str]) -> None:
    raw = header_of(*(f"KEY{n}    = {body}"[:80] for n, body in enumerate(bodies))).raw
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = fits.Header.fromstring(raw)
        for keyword, value in plain_cards(raw).values.items():
            assert parsed.cards[keyword].value == value


def test_that_sizes_are_those_of_astropy(tmp_path: Path) -> None:
    groups = fits.GroupData(np.zeros((4, 3, 2), np.float32), parnames=["U"], pardata=[np.zeros(4)], bitpix=-32)
    fits.HDUList([fits.GroupsHDU(groups)]).writeto(tmp_path / "groups.fits")
    for path in (mission_file(tmp_path), tmp_path / "groups.fits"):
        with fits.open(path) as hdus:
            assert [header.data_size for header in read_hdus(path).headers] == [hdu.size for hdu in hdus]


@pytest.mark.parametrize("end", ["END", "END" + " " * 77, "END     = 1"])
def test_that_the_end_is_found_in_whole_blocks(end: str) -> None:
    raw = ("SIMPLE  =                    T".ljust(80) + end.ljust(80)).ljust(2880).encode()
    assert end_of_header(raw, 0) == 2880


def test_that_a_keyword_that_begins_like_the_end_is_none() -> None:
    raw = ("SIMPLE  =                    T".ljust(80) + "ENDTIME =                    1".ljust(80)).ljust(2880).encode()
    assert end_of_header(raw, 0) is None
