"""QUALITY bits, by mission."""

from itertools import pairwise

import numpy as np
import pytest

from desktop_app.core.quality import (
    ASASSN_BITS,
    ELEANOR_BITS,
    GAIA_BITS,
    KEPLER_BITS,
    PRESETS,
    QLP_BITS,
    QLP_BITS_56,
    TESS_BITS,
    ZTF_BITS,
    Preset,
    hidden_by_quality,
    is_known,
    preset_mask,
    quality_names,
)
from desktop_app.core.source import Source


@pytest.mark.parametrize(
    ("value", "tess", "kepler"),
    [
        (16, "Argabrightening", "Zero crossing"),
        (128, "Manual exclude", "Cosmic ray in optimal aperture"),
        (2048, "Straylight", "Impulsive outlier"),
    ],
)
def test_that_one_bit_has_another_name_on_another_mission(value: int, tess: str, kepler: str) -> None:
    assert quality_names("TESS", value) == [tess]
    assert quality_names("Kepler", value) == quality_names("K2", value) == [kepler]


def test_that_several_bits_give_several_names_and_an_unknown_one_its_number() -> None:
    assert quality_names("TESS", 1 | 32 | 1 << 20) == ["Attitude tweak", "Desaturation event", "bit 1048576"]
    assert quality_names("", 2) == ["bit 2"]
    assert quality_names("TESS", 0) == []


@pytest.mark.parametrize(
    ("mission", "preset", "mask"),
    [
        ("TESS", "default", 175),
        ("TESS", "hard", 7407),
        ("Kepler", "default", 1130799),
        ("Kepler", "hard", 1664431),
        ("K2", "default", 1130799),
        ("TESS", "none", 0),
        ("", "hardest", 0),
    ],
)
def test_that_presets_are_those_the_field_uses(mission: str, preset: Preset, mask: int) -> None:
    assert preset_mask(mission, preset) == mask


TABLES = {
    "TESS": TESS_BITS,
    "Kepler": KEPLER_BITS,
    "QLP": QLP_BITS,
    "QLP from sector 56": QLP_BITS_56,
    "eleanor": ELEANOR_BITS,
    "Gaia": GAIA_BITS,
    "ZTF": ZTF_BITS,
    "ASAS-SN": ASASSN_BITS,
}


@pytest.mark.parametrize("table", list(TABLES))
def test_that_every_named_bit_is_hidden_by_the_hardest_preset_alone_or_by_a_milder_one_too(table: str) -> None:
    bits = np.array(list(TABLES[table]))
    hidden = [hidden_by_quality(bits, table, preset) for preset in PRESETS]
    assert not hidden[0].any()
    assert hidden[-1].all()
    for milder, harder in pairwise(hidden):
        assert not (milder & ~harder).any()
    assert is_known(table)


@pytest.mark.parametrize(
    ("table", "value", "name"),
    [
        ("QLP", 4096, "Low precision (QLP)"),
        ("QLP from sector 56", 4096, "Scattered light"),
        ("QLP from sector 56", 1 << 30, "Low precision (QLP)"),
        ("eleanor", 4096, "Flagged by eleanor"),
        ("Gaia", 2, "Rejected by variability"),
        ("ZTF", 32768, "Moonlight or clouds"),
    ],
)
def test_that_products_name_their_own_bits(table: str, value: int, name: str) -> None:
    assert quality_names(table, value) == [name]


def test_that_flags_of_nobody_are_not_known() -> None:
    assert not is_known("")
    assert Source(mission="TESS", flags="QLP").bits == "QLP"
    assert Source(mission="TESS").bits == "TESS"
