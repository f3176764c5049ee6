"""QUALITY bits by mission, and the presets that decide which rows are looked at.

Sources: Kepler Archive Manual (KDMC-10008), table 2-3; TESS Science Data Products Description Document
(EXP-TESS-ARC-ICD-0014), table 28. The presets carry the names and values that lightkurve made common.
"""

from typing import Literal, get_args

import numpy as np

from desktop_app.core.arrays import Bools, Ints

Preset = Literal["none", "default", "hard", "hardest"]
PRESETS: tuple[Preset, ...] = get_args(Preset)

KEPLER_BITS = {
    1: "Attitude tweak",
    2: "Safe mode",
    4: "Coarse point",
    8: "Earth point",
    16: "Zero crossing",
    32: "Desaturation event",
    64: "Argabrightening",
    128: "Cosmic ray in optimal aperture",
    256: "Manual exclude",
    1024: "Sudden sensitivity dropout",
    2048: "Impulsive outlier",
    4096: "Argabrightening on CCD",
    8192: "Cosmic ray in collateral data",
    16384: "Detector anomaly",
    32768: "No fine point",
    65536: "No data",
    131072: "Rolling band in optimal aperture",
    262144: "Rolling band in full mask",
    524288: "Possible thruster firing",
    1048576: "Thruster firing",
}

TESS_BITS = {
    1: "Attitude tweak",
    2: "Safe mode",
    4: "Coarse point",
    8: "Earth point",
    16: "Argabrightening",
    32: "Desaturation event",
    64: "Cosmic ray in optimal aperture",
    128: "Manual exclude",
    256: "Discontinuity corrected",
    512: "Impulsive outlier",
    1024: "Cosmic ray in collateral data",
    2048: "Straylight",
    4096: "Scattered light",
    8192: "Planet search exclude",
    16384: "Bad calibration exclude",
    32768: "Insufficient targets for error correction",
}

_BITS = {"TESS": TESS_BITS, "Kepler": KEPLER_BITS, "K2": KEPLER_BITS}
_KEPLER_DEFAULT = 1 | 2 | 4 | 8 | 32 | 256 | 16384 | 65536 | 1048576
_KEPLER_HARD = _KEPLER_DEFAULT | 1024 | 128 | 8192 | 524288
_TESS_DEFAULT = 1 | 2 | 4 | 8 | 32 | 128
_TESS_HARD = _TESS_DEFAULT | 64 | 1024 | 2048 | 4096
_EVERY_BIT = (1 << 62) - 1
_MASKS: dict[str, dict[Preset, int]] = {
    "Kepler": {"none": 0, "default": _KEPLER_DEFAULT, "hard": _KEPLER_HARD, "hardest": _EVERY_BIT},
    "TESS": {"none": 0, "default": _TESS_DEFAULT, "hard": _TESS_HARD, "hardest": _EVERY_BIT},
}
_MASKS["K2"] = _MASKS["Kepler"]


def preset_mask(mission: str, preset: Preset) -> int:
    """The bits that ``preset`` hides for ``mission``; 0 for a mission whose bits are not known."""
    return _MASKS[mission][preset] if mission in _MASKS else 0


def quality_names(mission: str, value: int) -> list[str]:
    """The bits of ``value`` by name, as the mission names them; an unnamed bit is given as "bit 65536"."""
    names = _BITS.get(mission, {})
    bits = [1 << place for place in range(int(value).bit_length()) if value >> place & 1]
    return [names.get(bit, f"bit {bit}") for bit in bits]


def hidden_by_quality(quality: Ints, mission: str, preset: Preset) -> Bools:
    """Where ``preset`` hides a row; shape (n,)."""
    return np.not_equal(quality & preset_mask(mission, preset), 0)
