"""Thousands of broken files: each opens or is refused with a sentence; nothing else is ever raised, nothing hangs."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.core.errors import ReadError
from desktop_app.io import open_curve, summarise
from tests.fits_files import mission_file, xray_file

Mutation = Callable[[bytes, np.random.Generator], bytes]

KEYWORDS = [
    "SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "PCOUNT", "GCOUNT", "TFIELDS", "TTYPE1", "TFORM1", "TFORM3",
    "TTYPE8", "TFORM8", "TUNIT1", "EXTNAME", "BJDREFI", "BJDREFF", "TIMESYS", "TIMEUNIT", "TIMEDEL", "TELESCOP",
    "OBJECT", "SECTOR", "RA_OBJ", "XTENSION", "DATASUM", "MJDREFI", "MJDREFF", "TIMEPIXR", "TUNIT2", "END"
]  # fmt: skip
VALUES = [
    "0", "1", "-1", "7", "999", "99999999999999999999999999", "1E400", "-1E-400", "NaN", "T", "F", "''", "'",
    "'''", "'D'", "'2D'", "'0D'", "'PD(9)'", "'1000000000E'", "'M'", "'ä'", "/", "'a&'", "2.5", "1D5", "'TIME'",
    "'PDCSAP_FLUX'"
]  # fmt: skip
ODD_FIELDS = [b"", b"nan", b"1e999", b"x", b'"', b"#", b"\t", b";", b"\xff", b"1 2", b"-", b"0x10", b"time"]
NAMES = ["time", "BTJD", "JD", "flux", "err", "mag", "x", "", "time [s]", "flux (e-/s"]
CSV = b"# made\ntime,flux,flux_err,quality\n" + b"".join(
    b"%d.5,%d.25,0.1,%d\n" % (n, 100 + n % 7, n % 3) for n in range(60)
)


def flipped(content: bytes, rng: np.random.Generator) -> bytes:
    """A few bytes set to anything."""
    changed = np.frombuffer(content, np.uint8).copy()
    places = rng.integers(0, len(changed), rng.integers(1, 20))
    changed[places] = rng.integers(0, 256, len(places))
    return changed.tobytes()


def flipped_in_headers(content: bytes, rng: np.random.Generator) -> bytes:
    """A few bytes of the first blocks set to anything that can be printed."""
    changed = np.frombuffer(content, np.uint8).copy()
    places = rng.integers(0, min(len(changed), 4 * 2880), rng.integers(1, 40))
    changed[places] = rng.integers(32, 127, len(places))
    return changed.tobytes()


def cut(content: bytes, rng: np.random.Generator) -> bytes:
    """Cut short anywhere."""
    return content[: rng.integers(0, len(content))]


def cut_out(content: bytes, rng: np.random.Generator) -> bytes:
    """A piece cut out, so that all that follows is shifted."""
    start, stop = np.sort(rng.integers(0, len(content), 2))
    return content[:start] + content[min(stop, start + 5000) :]


def card_edited(content: bytes, rng: np.random.Generator) -> bytes:
    """Some cards with values they cannot have."""
    for _ in range(rng.integers(1, 4)):
        keyword, value = str(rng.choice(KEYWORDS)), str(rng.choice(VALUES))
        at = content.find(f"{keyword:<8}=".encode(), int(rng.integers(0, 2)) * 2880)
        if at >= 0:
            card = f"{keyword:<8}= {value:>20}".ljust(80).encode("latin-1")[:80]
            content = content[:at] + card + content[at + 80 :]
    return content


def fields_edited(content: bytes, rng: np.random.Generator) -> bytes:
    """Some fields of a text table replaced."""
    lines = content.split(b"\n")
    for _ in range(rng.integers(1, 6)):
        n = int(rng.integers(0, len(lines)))
        fields = lines[n].split(b",")
        fields[int(rng.integers(0, len(fields)))] = ODD_FIELDS[int(rng.integers(0, len(ODD_FIELDS)))]
        lines[n] = b",".join(fields)
    return b"\n".join(lines)


def holds(path: Path, content: bytes) -> None:
    """The file opens, or is refused with a sentence; so is its summary."""
    path.write_bytes(content)
    for error in (refusal(with_header, path), refusal(summarise, path)):
        assert error is None or (path.name in error.message and error.hint), error


def with_header(path: Path) -> None:
    """Open the file and look at each of its cards."""
    assert all(card.hdu for card in open_curve(path).source.header)


def refusal(face: Callable[[Path], object], path: Path) -> ReadError | None:
    """What a way of opening says against the file."""
    try:
        face(path)
    except ReadError as error:
        return error
    return None


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("mutation", [flipped, flipped_in_headers, cut, cut_out, card_edited])
def test_that_a_mutated_mission_file_opens_or_is_refused(tmp_path: Path, mutation: Mutation, seed: int) -> None:
    rng = np.random.default_rng(seed)
    content = mission_file(tmp_path, mission="K2" if seed % 2 else "TESS", n=40).read_bytes()
    for n in range(200):
        holds(tmp_path / f"{n}.fits", mutation(content, rng))


@pytest.mark.parametrize("mutation", [flipped, flipped_in_headers, cut, cut_out, card_edited])
def test_that_a_mutated_rate_table_opens_or_is_refused(tmp_path: Path, mutation: Mutation) -> None:
    rng = np.random.default_rng(14)
    content = xray_file(tmp_path).read_bytes()
    for n in range(200):
        holds(tmp_path / f"{n}.lc", mutation(content, rng))


@pytest.mark.parametrize("mutation", [flipped, cut, cut_out])
def test_that_a_mutated_gzip_file_opens_or_is_refused(tmp_path: Path, mutation: Mutation) -> None:
    rng = np.random.default_rng(11)
    content = mission_file(tmp_path, n=40, name="star.fits.gz").read_bytes()
    for n in range(100):
        holds(tmp_path / f"{n}.fits.gz", mutation(content, rng))


@pytest.mark.parametrize("mutation", [flipped, cut, cut_out, card_edited])
def test_that_a_mutated_file_that_is_gzipped_again_opens_or_is_refused(tmp_path: Path, mutation: Mutation) -> None:
    rng = np.random.default_rng(12)
    content = mission_file(tmp_path, n=40).read_bytes()
    for n in range(40):
        holds(tmp_path / f"{n}.fits", gzip.compress(mutation(content, rng), 1))


@pytest.mark.parametrize("mutation", [flipped, cut, cut_out, fields_edited])
def test_that_a_mutated_text_table_opens_or_is_refused(tmp_path: Path, mutation: Mutation) -> None:
    rng = np.random.default_rng(13)
    for n in range(200):
        holds(tmp_path / f"{n}.csv", mutation(CSV, rng))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_that_any_bytes_open_or_are_refused(tmp_path: Path, content: bytes) -> None:
    holds(tmp_path / "any.dat", content)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(NAMES), max_size=5),
    rows=st.lists(st.lists(st.floats().map(repr) | st.sampled_from(["", "nan", "a", "1,5"]), max_size=5), max_size=8),
    delimiter=st.sampled_from([",", ";", "\t", " ", "|"]),
)
def test_that_any_table_opens_or_is_refused(
    tmp_path: Path, names: list[str], rows: list[list[str]], delimiter: str
) -> None:
    lines = [delimiter.join(fields) for fields in [names, *rows]]
    holds(tmp_path / "any.csv", "\n".join(lines).encode())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cards=st.lists(st.text(st.characters(max_codepoint=126), max_size=80), max_size=30))
def test_that_any_header_opens_or_is_refused(tmp_path: Path, cards: list[str]) -> None:
    lines = ["SIMPLE  =                    T", "NAXIS   =                    0", *cards, "END"]
    head = "".join(line[:80].ljust(80) for line in lines).encode()
    holds(tmp_path / "any.fits", head + b" " * (-len(head) % 2880))
