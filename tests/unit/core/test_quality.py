"""QUALITY bits, by mission."""

import numpy as np
import pytest

from desktop_app.core.quality import KEPLER_BITS, TESS_BITS, Preset, hidden_by_quality, preset_mask, quality_names


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


@pytest.mark.parametrize(("mission", "bits"), [("TESS", TESS_BITS), ("Kepler", KEPLER_BITS)])
def test_that_hardest_hides_every_named_bit(mission: str, bits: dict[int, str]) -> None:
    assert hidden_by_quality(np.array(list(bits)), mission, "hardest").all()
