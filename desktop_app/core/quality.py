"""QUALITY bits by mission or product, and the presets that decide which rows are looked at.

Sources: Kepler Archive Manual (KDMC-10008), table 2-3; TESS Science Data Products Description Document
(EXP-TESS-ARC-ICD-0014), table 28. The presets carry the names and values that lightkurve made common.
Products with bits of their own: QLP marks what it takes for imprecise by bit 13 in sectors 1 to 55 and by bit 31
from sector 56 on (its data product description at MAST), beside the spacecraft's bits; eleanor by bit 13, its
"lite" curves by bits 17 and 18. Gaia and ASAS-SN have columns of yes and no, which readers turn into bits; of
those of ZTF the archive's documentation recommends to leave out bit 15.
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

QLP_BITS = TESS_BITS | {4096: "Low precision (QLP)", 65536: "QLP's own bit 17", 131072: "QLP's own bit 18"}
QLP_BITS_56 = TESS_BITS | {65536: "QLP's own bit 17", 131072: "QLP's own bit 18", 1 << 30: "Low precision (QLP)"}
ELEANOR_BITS = TESS_BITS | {
    4096: "Flagged by eleanor",
    65536: "Flagged by eleanor (bit 17)",
    131072: "Flagged by eleanor (bit 18)",
}
GAIA_BITS = {1: "Rejected by photometry", 2: "Rejected by variability"}
ZTF_BITS = {32768: "Moonlight or clouds"}
ASASSN_BITS = {1: "Bad image"}

_BITS = {
    "TESS": TESS_BITS,
    "Kepler": KEPLER_BITS,
    "K2": KEPLER_BITS,
    "QLP": QLP_BITS,
    "QLP from sector 56": QLP_BITS_56,
    "eleanor": ELEANOR_BITS,
    "Gaia": GAIA_BITS,
    "ZTF": ZTF_BITS,
    "ASAS-SN": ASASSN_BITS,
}
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
_MASKS["QLP"] = {**_MASKS["TESS"], "hard": _TESS_HARD | 4096}
_MASKS["QLP from sector 56"] = {**_MASKS["TESS"], "hard": _TESS_HARD | 1 << 30}
_MASKS["eleanor"] = {**_MASKS["TESS"], "hard": _TESS_HARD | 4096 | 65536 | 131072}
_MASKS["Gaia"] = {"none": 0, "default": 1, "hard": 1 | 2, "hardest": _EVERY_BIT}
_MASKS["ZTF"] = {"none": 0, "default": 32768, "hard": 32768, "hardest": _EVERY_BIT}
_MASKS["ASAS-SN"] = {"none": 0, "default": 1, "hard": 1, "hardest": _EVERY_BIT}


def is_known(bits: str) -> bool:
    """Whether there is a table of that name."""
    return bits in _BITS


def preset_mask(bits: str, preset: Preset) -> int:
    """The bits that ``preset`` hides in the table called ``bits`` (see `Source.bits`); 0 where they are not known."""
    return _MASKS[bits][preset] if bits in _MASKS else 0


def quality_names(bits: str, value: int) -> list[str]:
    """The bits of ``value`` by name, as the table called ``bits`` has them; an unnamed one is given as "bit 65536"."""
    names = _BITS.get(bits, {})
    set_ones = [1 << place for place in range(int(value).bit_length()) if value >> place & 1]
    return [names.get(bit, f"bit {bit}") for bit in set_ones]


def hidden_by_quality(quality: Ints, bits: str, preset: Preset) -> Bools:
    """Where ``preset`` hides a row; shape (n,)."""
    return np.not_equal(quality & preset_mask(bits, preset), 0)
