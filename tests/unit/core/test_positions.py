"""Positions are written and read as people write them."""

import numpy as np
import pytest

from desktop_app.core.positions import parse_pair, parse_position, sexagesimal


@pytest.mark.parametrize(
    "text",
    [
        "13 29 52.704 +47 11 42.72",
        "13:29:52.704 47:11:42.72",
        "13h29m52.704s +47d11m42.72s",
        "13h 29m 52.704s, +47° 11′ 42.72″",
        "13:29:52.704,+47:11:42.72",
    ],
)
def test_that_sexagesimal_positions_are_read(text: str) -> None:
    assert parse_position(text) == pytest.approx((202.4696, 47.1952), abs=1e-7)


@pytest.mark.parametrize(
    "text", ["", "M51", "202.4 47.1", "25 00 00 +10 00 00", "10 61 00 +10 00 00", "10 00 00 +91 00 00"]
)
def test_that_what_is_no_sexagesimal_position_is_none(text: str) -> None:
    assert parse_position(text) is None


def test_that_the_south_keeps_its_sign_also_within_the_first_degree() -> None:
    assert parse_position("00 00 01 -00 30 00") == pytest.approx((15 / 3600, -0.5))
    assert parse_position("00 00 01 −00 30 00") == pytest.approx((15 / 3600, -0.5))
    assert sexagesimal(0.0, -0.5)[1] == "−00 30 00.0"


@pytest.mark.parametrize("text", ["202.4696 +47.1952", "202.4696, 47.1952", "202.4696° 47.1952°", "202.4696d,47.1952d"])
def test_that_pairs_of_numbers_are_read(text: str) -> None:
    assert parse_pair(text) == (202.4696, 47.1952)


def test_that_what_is_written_is_read_again() -> None:
    rng = np.random.default_rng(0)
    for ra, dec in zip(rng.uniform(0, 360, 200), rng.uniform(-90, 90, 200), strict=True):
        written = " ".join(sexagesimal(float(ra), float(dec)))
        read = parse_position(written)
        assert read is not None
        assert (read[0] - ra) % 360 == pytest.approx(0, abs=1e-4) or (read[0] - ra) % 360 == pytest.approx(
            360, abs=1e-4
        )
        assert read[1] == pytest.approx(dec, abs=2e-5)


def test_that_seconds_are_never_sixty() -> None:
    assert sexagesimal(359.99999999, 59.99999999) == ("00 00 00.00", "+60 00 00.0")
    assert sexagesimal(float("nan"), 0.0) == ("", "")
