"""What is said of a pixel of an image, and which one a person means."""

from math import isfinite, isnan

from desktop_app.core.positions import parse_pair, parse_position, sexagesimal
from desktop_app.core.sky_image import SkyImage
from desktop_app.ui.images.image_picture import ImagePicture
from desktop_app.ui.images.sky_facts import SkyFacts
from desktop_app.ui.words import significant

_BETWEEN = "   "
_COUNTS = 1e9


def readout(data: SkyImage, pictures: tuple[ImagePicture, ...], sky: SkyFacts | None, x: float, y: float) -> str:
    """Pixel as FITS counts, values and position; why there is no position where nothing is pointed at."""
    if isnan(x):
        return sky.problem if sky is not None else ""
    column, row = round(x), round(y)
    said = [f"x {x + 1:,.1f}  y {y + 1:,.1f}"]
    if 0 <= column < pictures[0].shape[1] and 0 <= row < pictures[0].shape[0]:
        said.append("  ".join(_value(picture, column, row) for picture in pictures))
        if data.bad is not None and data.bad[row, column]:
            said.append("bad pixel")
    else:
        said.append("outside")
    if sky is not None:
        said.append(sky.problem or _position(*sky.position(x, y)))
    return _BETWEEN.join(said)


def stamp_readout(picture: ImagePicture, x: float, y: float) -> str:
    """Pixel and value in a stamp; "" outside."""
    if isnan(x) or not _inside((x, y), picture.shape):
        return ""
    return f"x {x + 1:.1f}  y {y + 1:.1f}{_BETWEEN}{_value(picture, round(x), round(y))}"


def copied_text(sky: SkyFacts | None, x: float, y: float) -> str:
    """A position to paste elsewhere: sexagesimal and degrees, or the pixel where nothing is known of the sky."""
    ra, dec = sky.position(x, y) if sky is not None else (float("nan"), float("nan"))
    if not (isfinite(ra) and isfinite(dec)):
        return f"{x + 1:.2f} {y + 1:.2f}"
    written = " ".join(sexagesimal(ra, dec)).replace("−", "-")
    return f"{written}  {ra:.6f} {dec:+.6f}"


def place_named(text: str, sky: SkyFacts | None, shape: tuple[int, int]) -> tuple[float, float] | str:
    """The pixel, counted from 0, that ``text`` names; a sentence where it names none.

    Two decimal numbers are degrees where those are in the image, else a pixel as FITS counts.
    """
    position, pair = parse_position(text), parse_pair(text)
    if position is None and pair is None:
        return f"“{text}” is neither a position nor a pixel."
    if position is not None:
        if sky is None or sky.problem:
            return f"This image has no positions: {'' if sky is None else sky.problem}."
        place = sky.pixel(*position)
        return place if _inside(place, shape) else f"{text} is not in this image."
    assert pair is not None
    for place in (sky.pixel(*pair) if sky is not None else (float("nan"),) * 2, (pair[0] - 1, pair[1] - 1)):
        if _inside(place, shape):
            return place
    return f"{text} is not in this image, neither as degrees nor as a pixel."


def _value(picture: ImagePicture, column: int, row: int) -> str:
    value = picture.value(column, row)
    name = f"{picture.name} " if picture.name else ""
    if value is None or isnan(value):
        return f"{name}no value"
    unit = f" {picture.unit}" if picture.unit else ""
    return f"{name}{_number(value)}{unit}"


def _number(value: float) -> str:
    if not isfinite(value):
        return "infinite"
    if value == round(value) and abs(value) < _COUNTS:
        return f"{value:,.0f}".replace("-", "−")
    return significant(value, 6)


def _position(ra_deg: float, dec_deg: float) -> str:
    if not (isfinite(ra_deg) and isfinite(dec_deg)):
        return "not on the sky"
    ra, dec = sexagesimal(ra_deg, dec_deg)
    return f"{ra}  {dec}{_BETWEEN}{ra_deg:.5f}°  {dec_deg:+.5f}°".replace("-", "−")


def _inside(place: tuple[float, float], shape: tuple[int, int]) -> bool:
    return -0.5 <= place[0] <= shape[1] - 0.5 and -0.5 <= place[1] <= shape[0] - 0.5
