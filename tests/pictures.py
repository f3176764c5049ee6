"""Images and stamps made by seeded functions, and a way to have the window open them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app import io
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.light_curve import Series
from desktop_app.core.sky import Sky
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Card, Source

CENTRE_DEG = (202.4696, 47.1952)
SCALE_ARCSEC = 0.5


def star_field(shape: tuple[int, int] = (120, 160), *, seed: int = 0, sky: float = 100.0) -> NDArray[np.float32]:
    """Noise about ``sky`` and forty stars."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    pixels = sky + 3 * rng.standard_normal(shape)
    for _ in range(40):
        y, x = rng.uniform(0, shape[0]), rng.uniform(0, shape[1])
        pixels += rng.uniform(20, 2000) * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 3)
    return pixels.astype(np.float32)


def tan_sky(shape: tuple[int, int] = (120, 160), *, ctype: str = "RA---TAN") -> Sky:
    """North up, east to the left, half an arcsecond a pixel, `CENTRE_DEG` in the middle."""
    cards = {
        "CTYPE1": f"'{ctype}'",
        "CTYPE2": "'DEC--TAN'",
        "CRVAL1": CENTRE_DEG[0],
        "CRVAL2": CENTRE_DEG[1],
        "CRPIX1": (shape[1] + 1) / 2,
        "CRPIX2": (shape[0] + 1) / 2,
        "CDELT1": -SCALE_ARCSEC / 3600,
        "CDELT2": SCALE_ARCSEC / 3600,
        "CUNIT1": "'deg'",
        "CUNIT2": "'deg'",
        "RADESYS": "'ICRS'",
    }
    return Sky("".join(f"{keyword:<8}= {value:<70}" for keyword, value in cards.items()))


def sky_image(path: Path = Path("/field.fits"), *, seed: int = 0, sky: Sky | None = None) -> SkyImage:
    """A field of stars in electrons."""
    header = (Card("PRIMARY", "TELESCOP", "Test 2 m"), Card("PRIMARY", "FILTER", "r"))
    source = Source(path=path, object_name="field", cards=lambda: header)
    return SkyImage(source, star_field(seed=seed), unit="electron", sky=sky)


def triplet(path: Path = Path("/alert.fits")) -> SkyImage:
    """Science, template and their difference, with one new star."""
    template = star_field((61, 61), seed=1)
    science = star_field((61, 61), seed=1)
    science[28:33, 28:33] += 300
    beside = {"science": science, "template": template, "difference": science - template}
    return replace(sky_image(path), pixels=science, beside=beside)


def frames(path: Path = Path("/sequence.fits"), n: int = 4) -> dict[str, SkyImage]:
    """A sequence of one field."""
    names = tuple(f"frame {place + 1}" for place in range(n))
    made = {}
    for place, name in enumerate(names):
        image = sky_image(path, seed=0)
        pixels = star_field(seed=0) + np.float32(place)
        made[name] = replace(image, pixels=pixels, source=replace(image.source, part=name, parts=names))
    return made


def stamps(m: int = 200, side: int = 21, *, seed: int = 0, path: Path = Path("/stamps")) -> CutoutSet:
    """Stars and galaxies with a catalogue: score, mag and type."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    galaxy = rng.random(m) < 0.4
    width = np.where(galaxy, 4.0, 1.5)[:, None, None]
    peak = rng.uniform(50, 500, m)[:, None, None]
    images = peak * np.exp(-(rows**2 + columns**2) / (2 * width**2)) + 5 * rng.standard_normal((m, side, side))
    return CutoutSet(
        source=Source(path=path, object_name="stamps"),
        images=images.astype(np.float32),
        ids=tuple(f"stamp_{place:05d}" for place in range(m)),
        unit="count",
        columns={"score": Series(rng.random(m)), "mag": Series(25 - 2.5 * np.log10(peak[:, 0, 0]), "mag")},
        labels={"type": tuple("galaxy" if one else "star" for one in galaxy)},
    )


def open_made(monkeypatch: pytest.MonkeyPatch, made: Mapping[str, SkyImage | CutoutSet]) -> None:
    """Every file is what ``made`` says for the asked part from now on; the first of them where none is asked for."""

    def opened(_path: Path, part: str | None = None, **_options: object) -> SkyImage | CutoutSet:
        return made[part] if part else next(iter(made.values()))

    monkeypatch.setattr(io, "open_file", opened)
