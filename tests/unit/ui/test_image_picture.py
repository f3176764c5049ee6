"""Images of every sort are made ready to be drawn and become colours."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.core.source import Card
from desktop_app.core.stretch import STRETCHES
from desktop_app.ui.images.colour_maps import COLOUR_MAPS, colours_of
from desktop_app.ui.images.image_marks import edges_of
from desktop_app.ui.images.image_picture import drawing_of_image, image_picture
from desktop_app.ui.images.image_raster import Look, Window, coloured, rasterise_image
from desktop_app.ui.images.look_bar import LookChoice
from tests.pictures import sky_image, star_field, triplet

ODD: dict[str, NDArray[np.float64] | NDArray[np.float32]] = {
    "one pixel": np.array([[7.0]]),
    "one row": np.arange(5000.0)[None, :],
    "one column": np.arange(3000.0, dtype=np.float64)[:, None].astype(np.float32),
    "nothing known": np.full((60, 70), np.nan, np.float32),
    "everything infinite": np.full((60, 70), np.inf),
    "everything equal": np.full((60, 70), 5.0, np.float32),
    "everything zero": np.zeros((60, 70), np.float32),
    "one value": np.where(np.arange(4200).reshape(60, 70) == 99, 3.0, np.nan),
    "infinite ones": np.where(np.arange(4200).reshape(60, 70) % 7 == 0, -np.inf, np.arange(4200.0).reshape(60, 70)),
    "larger than float32": np.arange(4200.0).reshape(60, 70) * 1e300,
    "the largest of float32": np.where(np.arange(4200).reshape(60, 70) % 2, 3e38, -3e38).astype(np.float32),
    "small steps on a large level": 1e12 + np.arange(4200.0).reshape(60, 70),
    "counts": np.random.default_rng(0).poisson(2.0, (60, 70)).astype(np.float32),
}


@pytest.mark.parametrize("name", list(ODD))
@pytest.mark.parametrize("scale", [0.013, 0.37, 0.71, 1.0, 14.0])
def test_that_odd_images_are_drawn_in_every_look(name: str, scale: float) -> None:
    picture = image_picture(ODD[name])
    ny, nx = picture.shape
    raster = rasterise_image(picture, scale, Window(-0.5, nx - 0.5, -0.5, ny - 0.5))
    assert raster.values.size
    for cuts in picture.cuts.values():
        for stretch in STRETCHES:
            colours = coloured(raster.values, picture, Look(cuts, stretch))
            assert colours.shape == raster.values.shape
            assert colours.min() >= 0xFF000000


def test_that_small_steps_on_a_large_level_have_colours_of_their_own() -> None:
    picture = image_picture(ODD["small steps on a large level"])
    colours = coloured(picture.pyramid.levels[0], picture, Look(picture.cuts["min–max"], "linear"))
    assert len(np.unique(colours)) == 256


def test_that_values_become_the_colours_that_the_formula_says() -> None:
    picture = image_picture(star_field())
    low, high = cuts = picture.cuts["99 %"]
    for name in COLOUR_MAPS:
        look = Look(cuts, "sqrt", name, inverted=True)
        drawn = coloured(picture.pyramid.levels[0], picture, look)[::-1]
        shares = np.sqrt(np.clip((picture.pixels - low) / (high - low), 0, 1))
        expected = np.round(shares * 255).astype(int)
        table = {int(colour): place for place, colour in enumerate(colours_of(name, inverted=True))}
        places = np.array([table[int(colour)] for colour in drawn.reshape(-1)]).reshape(drawn.shape)
        same_colour = colours_of(name, inverted=True)[places] == colours_of(name, inverted=True)[expected]
        assert np.mean(same_colour | (np.abs(places - expected) <= 1)) == 1.0


def test_that_the_part_in_view_is_the_part_of_the_whole() -> None:
    picture = image_picture(star_field((300, 400)))
    whole = rasterise_image(picture, 0.61, Window(-0.5, 399.5, -0.5, 299.5))
    part = rasterise_image(picture, 0.61, Window(100, 200, 50, 120))
    column = round((part.window.left + 0.5) / part.step)
    row = round((part.window.bottom + 0.5) / part.step)
    height, width = part.values.shape
    np.testing.assert_allclose(part.values, whole.values[row : row + height, column : column + width], rtol=1e-5)
    assert part.holds(Window(100, 200, 50, 120))


def test_that_zscale_and_percentiles_of_an_image_are_near_those_of_all_its_pixels() -> None:
    pixels = star_field((1200, 900))
    cuts = image_picture(pixels).cuts
    assert cuts["99.5 %"] == pytest.approx(tuple(np.percentile(pixels, [0.25, 99.75])), rel=0.02)
    assert cuts["min–max"] == (pixels.min(), pixels.max())


def test_that_a_difference_has_zero_in_the_middle_of_diverging_colours() -> None:
    drawing = drawing_of_image(triplet())
    looks = {picture.name: LookChoice().look_at(picture) for picture in drawing.pictures}
    assert looks["difference"].cuts[0] == -looks["difference"].cuts[1]
    assert (looks["difference"].stretch, looks["difference"].colours) == ("linear", "diverging")
    assert looks["science"].colours == "grey"
    assert list(looks) == ["science", "template", "difference"]


def test_that_the_header_tells_telescope_and_filter() -> None:
    assert drawing_of_image(sky_image(Path("/field.fits"))).facts == ("Test 2 m", "r")


@pytest.mark.parametrize(("written", "told"), [("53.907456", "53.91 s"), ("1200.0", "1200 s"), ("long", "long")])
def test_that_an_exposure_time_has_honest_digits(written: str, told: str) -> None:
    source = replace(sky_image().source, cards=lambda: (Card("PRIMARY", "EXPTIME", written),))
    assert drawing_of_image(replace(sky_image(), source=source)).facts == (told,)


def test_that_bad_pixels_are_told_at_every_size() -> None:
    bad = np.zeros((120, 160), np.bool_)
    bad[33, 44] = True
    picture = drawing_of_image(replace(sky_image(), bad=bad)).pictures[0]
    raster = rasterise_image(picture, 0.21, Window(-0.5, 159.5, -0.5, 119.5))
    assert raster.bad is not None
    assert raster.bad[int(33.5 * 0.21), int(44.5 * 0.21)] > 0
    assert np.count_nonzero(raster.bad) == 1


def test_that_the_outline_of_a_mask_is_its_edge_in_few_lines() -> None:
    mask = np.zeros((10, 12), np.bool_)
    mask[2:5, 3:9] = True
    xs, ys = edges_of(mask)
    lines = {tuple(line) for line in np.column_stack([xs[::2], ys[::2], xs[1::2], ys[1::2]]).tolist()}
    assert lines == {(2.5, 1.5, 8.5, 1.5), (2.5, 4.5, 8.5, 4.5), (2.5, 1.5, 2.5, 4.5), (8.5, 1.5, 8.5, 4.5)}


def test_that_the_outline_of_any_mask_has_the_length_of_its_edge() -> None:
    mask = np.random.default_rng(1).random((40, 50)) < 0.4
    xs, ys = edges_of(mask)
    length = np.abs(np.diff(xs.reshape(-1, 2), axis=1)).sum() + np.abs(np.diff(ys.reshape(-1, 2), axis=1)).sum()
    padded = np.pad(mask, 1)
    assert length == np.count_nonzero(padded[1:] != padded[:-1]) + np.count_nonzero(padded[:, 1:] != padded[:, :-1])
