"""FITS images of every kind become the right pixels, parts, masks, dates and names."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.sky_image import SkyImage
from desktop_app.io import open_curve, open_file, summarise
from tests.fits_files import mission_file
from tests.image_files import (
    PACKINGS,
    TAN,
    Array,
    Bitpix,
    Cards,
    pixels_of,
    write_extensions,
    write_image,
    write_packed,
)

ALL: tuple[Bitpix, ...] = (8, 16, 32, 64, -32, -64)


def opened(path: Path, part: str | None = None) -> SkyImage:
    image = open_file(path, part=part)
    assert isinstance(image, SkyImage)
    return image


def as_astropy(path: Path, hdu: int = 0) -> Array:
    from astropy.io import fits

    return np.asarray(fits.getdata(path, hdu))


@pytest.mark.parametrize("bitpix", ALL)
@pytest.mark.parametrize("ending", [".fits", ".fits.gz"])
def test_that_pixels_of_every_type_are_those_of_astropy(tmp_path: Path, bitpix: Bitpix, ending: str) -> None:
    path = write_image(tmp_path / f"sky{ending}", pixels_of(bitpix), {"BUNIT": "adu"})
    image = opened(path)
    assert image.pixels.dtype == (np.float32 if bitpix in (8, 16, -32) else np.float64)
    assert image.pixels.dtype.isnative
    assert not image.pixels.flags.writeable
    np.testing.assert_array_equal(image.pixels, as_astropy(path).astype(image.pixels.dtype))
    assert image.unit == "adu"
    summary = summarise(path)
    assert (summary.kind, summary.rows, summary.shape) == ("image", 1, (40, 50))


@pytest.mark.parametrize("kind", ["u2", "u4", "u8", "i1"])
def test_that_integers_of_the_other_sign_keep_their_values(tmp_path: Path, kind: str) -> None:
    limits = np.iinfo(kind)
    pixels = np.linspace(limits.min // 2, limits.max // 2, 300).astype(kind).reshape(15, 20)
    pixels[0, 0], pixels[0, 1] = limits.max, limits.min
    image = opened(write_image(tmp_path / "sky.fits", pixels))
    np.testing.assert_array_equal(image.pixels, pixels.astype(image.pixels.dtype))


@pytest.mark.parametrize("bitpix", [8, 16, 32, -32, -64])
def test_that_scaled_pixels_are_those_of_astropy(tmp_path: Path, bitpix: Bitpix) -> None:
    from astropy.io import fits

    path = write_image(tmp_path / "sky.fits", pixels_of(bitpix))
    for keyword, value in (("BSCALE", 0.001), ("BZERO", 37.5)):
        fits.setval(path, keyword, value=value)
    image = opened(path)
    np.testing.assert_array_equal(image.pixels, as_astropy(path).astype(image.pixels.dtype))


@pytest.mark.parametrize(("bitpix", "blank"), [(8, 0), (16, -32768), (32, 0), (64, 7)])
@pytest.mark.parametrize("zero", [0.0, 32768.0])
def test_that_blank_pixels_have_no_value(tmp_path: Path, bitpix: Bitpix, blank: int, zero: float) -> None:
    from astropy.io import fits

    pixels = pixels_of(bitpix)
    pixels[3, 5:9] = blank
    path = write_image(tmp_path / "sky.fits", pixels)
    fits.setval(path, "BLANK", value=blank)
    if zero:
        fits.setval(path, "BZERO", value=zero)
    image = opened(path)
    np.testing.assert_array_equal(np.isnan(image.pixels), pixels == blank)
    np.testing.assert_array_equal(image.pixels[5], pixels[5] + zero)


def test_that_only_whole_numbers_can_be_blank(tmp_path: Path) -> None:
    from astropy.io import fits

    path = write_image(tmp_path / "sky.fits", pixels_of(-32))
    with path.open("r+b") as file:
        file.seek(path.read_bytes().index(b"END     "))
        file.write(str(fits.Card("BLANK", 100)).encode() + b"END".ljust(80))
    image = opened(path)
    assert np.isfinite(image.pixels).all()


@pytest.mark.parametrize("packing", list(PACKINGS))
def test_that_compressed_pixels_are_those_of_astropy(tmp_path: Path, packing: str) -> None:
    path = write_packed(tmp_path / "sky.fits.fz", packing)
    image = opened(path)
    expected = as_astropy(path, 1).astype(image.pixels.dtype)
    np.testing.assert_array_equal(image.pixels, expected)
    assert not image.source.notes
    assert summarise(path).shape == (40, 50)


@pytest.mark.parametrize("packing", ["rice-float", "rice-float-dither-1", "gzip-1-float", "gzip-2-quantized"])
def test_that_compressed_pixels_without_value_stay_so(tmp_path: Path, packing: str) -> None:
    from astropy.io import fits

    pixels = pixels_of(-32)
    pixels[7, 3:9] = np.nan
    algorithm, _bitpix, told = PACKINGS[packing]
    path = tmp_path / "sky.fits"
    hdu = fits.CompImageHDU(pixels, compression_type=algorithm, **told)
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)
    np.testing.assert_array_equal(opened(path).pixels, as_astropy(path, 1))


@pytest.mark.parametrize("tile", [(1, 20, 30), (1, 7, 11), (3, 20, 30), (2, 5, 30)])
def test_that_one_plane_of_a_compressed_cube_is_unpacked(tmp_path: Path, tile: tuple[int, ...]) -> None:
    from astropy.io import fits

    pixels = pixels_of(16, (5, 20, 30))
    path = tmp_path / "cube.fits"
    hdu = fits.CompImageHDU(pixels, compression_type="RICE_1", tile_shape=tile, name="SCI")
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)
    for plane in range(5):
        np.testing.assert_array_equal(opened(path, f"SCI[{plane + 1}]").pixels, pixels[plane])


def test_that_the_planes_of_a_cube_are_its_parts(tmp_path: Path) -> None:
    pixels = pixels_of(-32, (5, 20, 300))
    path = write_image(tmp_path / "cube.fits", pixels)
    image = opened(path)
    assert image.source.parts == tuple(f"PRIMARY[{plane}]" for plane in range(1, 6))
    assert image.source.part == "PRIMARY[1]"
    for plane, part in enumerate(image.source.parts):
        np.testing.assert_array_equal(opened(path, part).pixels, pixels[plane])
    assert summarise(path).rows == 5
    with pytest.raises(ParamError, match=r"no part called 'PRIMARY\[6\]'"):
        opened(path, "PRIMARY[6]")


def test_that_axes_of_length_one_are_no_planes(tmp_path: Path) -> None:
    pixels = pixels_of(-32, (2, 1, 3, 20, 300))
    path = write_image(tmp_path / "cube.fits", pixels)
    image = opened(path, "PRIMARY[2,2]")
    np.testing.assert_array_equal(image.pixels, pixels[1, 0, 1])
    assert len(image.source.parts) == 6
    single = opened(write_image(tmp_path / "one.fits", pixels[:1, :, :1]))
    assert single.source.parts == ()
    np.testing.assert_array_equal(single.pixels, pixels[0, 0, 0])


def test_that_a_file_of_many_extensions_opens_at_its_science(tmp_path: Path) -> None:
    shapes = {"ERR": 1, "SCI": 1, "DQ": 1}
    extensions: list[tuple[Array | None, Cards]] = []
    for version in (1, 2):
        for name in shapes:
            own: Cards = {"EXTNAME": name, "EXTVER": version, **(TAN if name == "SCI" else {})}
            pixels = np.zeros((40, 50), np.int16) if name == "DQ" else pixels_of(-32, seed=version)
            if name == "DQ":
                pixels[version, 4] = 2
            extensions.append((pixels, own))
    path = write_extensions(tmp_path / "both.fits", [(None, {}), *extensions])
    image = opened(path)
    assert image.source.part == "SCI,1"
    assert image.source.parts == ("ERR,1", "SCI,1", "DQ,1", "ERR,2", "SCI,2", "DQ,2")
    assert image.bad is not None
    assert np.argwhere(image.bad).tolist() == [[1, 4]]
    second = opened(path, "ERR,2")
    assert second.bad is not None
    assert np.argwhere(second.bad).tolist() == [[2, 4]]
    assert second.sky is not None
    assert image.sky is not None
    assert second.sky.to_sky(np.array([3.0]), np.array([4.0])) == image.sky.to_sky(np.array([3.0]), np.array([4.0]))
    assert opened(path, "DQ,2").bad is None
    keywords = {(card.hdu, card.keyword) for card in image.source.header}
    assert {("PRIMARY", "SIMPLE"), ("SCI", "CTYPE1")} <= keywords
    assert summarise(path).rows == 6


def test_that_a_mask_of_another_size_is_no_mask(tmp_path: Path) -> None:
    mask = np.ones((4, 5), np.int16)
    path = write_extensions(tmp_path / "a.fits", [(pixels_of(-32), {"EXTNAME": "SCI"}), (mask, {"EXTNAME": "DQ"})])
    assert opened(path).bad is None


def test_that_a_compressed_mask_is_a_mask(tmp_path: Path) -> None:
    from astropy.io import fits

    mask = np.greater(pixels_of(-32), 105).astype(np.int16)
    hdus = [fits.PrimaryHDU(), fits.ImageHDU(pixels_of(-32), name="SCI")]
    hdus.append(fits.CompImageHDU(mask, compression_type="PLIO_1", name="MASK"))
    fits.HDUList(hdus).writeto(tmp_path / "a.fits")
    image = opened(tmp_path / "a.fits")
    assert image.bad is not None
    np.testing.assert_array_equal(image.bad, mask > 0)


def test_that_a_full_frame_image_of_tess_tells_where_and_when(tmp_path: Path) -> None:
    primary: Cards = {"TELESCOP": "TESS", "INSTRUME": "TESS Photometer", "CAMERA": 1, "CCD": 2, "SECTOR": 7}
    times: Cards = {"TSTART": 1500.0, "TSTOP": 1500.02, "BJDREFI": 2457000, "BJDREFF": 0.25, "TIMESYS": "TDB"}
    own: Cards = {"EXTNAME": "CAMERA.CCD 1.2 cal", "BUNIT": "electrons/s", **times, **TAN}
    path = write_extensions(
        tmp_path / "tess_ffic.fits", [(pixels_of(-32), own), (pixels_of(-32), {"EXTNAME": "UNCERT"})], primary
    )
    image = opened(path)
    summary = summarise(path)
    assert image.source.object_name == summary.object_name == "camera 1, CCD 2"
    assert (summary.mission, summary.segment, summary.rows) == ("TESS", "sector 7", 2)
    assert image.jd == pytest.approx(2458500.26, abs=1e-8)
    assert image.time_scale == "TDB"
    assert image.unit == "electrons/s"


@pytest.mark.parametrize(
    ("cards", "jd", "scale"),
    [
        ({"DATE-OBS": "2020-03-06T00:04:15.41", "EXPTIME": 120.0}, 2458914.5036506, "UTC"),
        ({"DATE-OBS": "2017-12-19T18:33:43.317-0700", "EXPTIME": 60.0, "MJD-OBS": 58107.065}, 2458107.5654319, "UTC"),
        ({"DATE-OBS": "05/04/87", "UT": "9:27:27.00", "EXPTIME": 600}, 2446890.8975347, "UTC"),
        ({"MJD-OBS": 59366.1708758, "EXPTIME": 300.0, "DATE-OBS": "2021-06-01"}, 2459366.6726119, "UTC"),
        ({"MJD-BEG": 59000.0, "MJD-END": 59000.5, "TIMESYS": "TT"}, 2459000.75, "TT"),
        ({"DATE-BEG": "2021-01-01T00:00:00", "DATE-END": "2021-01-01T12:00:00"}, 2459215.75, "UTC"),
        ({"EXPSTART": 59000.25, "EXPEND": 59000.75, "EXPTIME": 43200.0}, 2459001.0, "UTC"),
        (
            {"TAI": 4762302732.06, "TIMESYS": "TAI", "DATE-OBS": "2009-10-17", "EXPTIME": "53.907456"},
            2455119.744896,
            "TAI",
        ),
        ({"MJD-AVG": 55093.0, "TIMESYS": "LOCAL"}, 2455093.5, ""),
        ({"MJDSTART": 55093.0, "MJDEND": 55093.5}, 2455093.75, "UTC"),
        ({"OBSJD": 2458748.7908681, "EXPTIME": 30.0}, 2458748.7910417, "UTC"),
        ({"DATE-OBS": "2021-06-01"}, float("nan"), ""),
        ({"DATE-OBS": "2021-13-41T99:00:00"}, float("nan"), ""),
        ({"DATE-OBS": "2016-12-31T23:59:60"}, 2457754.5, "UTC"),
    ],
)
def test_that_the_middle_of_the_exposure_is_found(tmp_path: Path, cards: Cards, jd: float, scale: str) -> None:
    image = opened(write_image(tmp_path / "sky.fits", pixels_of(16), cards))
    np.testing.assert_allclose(image.jd, jd, rtol=0, atol=1e-6)
    assert image.time_scale == scale


def test_that_object_telescope_and_filter_are_told(tmp_path: Path) -> None:
    cards = {"OBJECT": "M 51", "TELESCOP": "Palomar 48-inch", "FILTER1": "CLEAR1L", "FILTER2": "F606W"}
    path = write_image(tmp_path / "m51.fits.gz", pixels_of(16), cards)
    summary = summarise(path)
    assert (summary.object_name, summary.mission, summary.segment) == ("M 51", "Palomar 48-inch", "F606W")
    kepler = summarise(
        write_image(tmp_path / "ffi.fits", pixels_of(16), {"TELESCOP": "Kepler", "QUARTER": 3, "TARGNAME": "field"})
    )
    assert (kepler.object_name, kepler.mission, kepler.segment) == ("field", "Kepler", "quarter 3")
    nameless = opened(write_image(tmp_path / "night 3.fits.gz", pixels_of(16)))
    assert nameless.source.object_name == "night 3"


@pytest.mark.parametrize("pattern", ["{}_1_{}.fits", "{}-{}.fits.gz", "{}.{}.FITS"])
@pytest.mark.parametrize(
    "family",
    [
        ("science", "template", "difference"),
        ("SCI", "REF", "DIFF"),
        ("cutoutScience", "cutoutTemplate", "cutoutDifference"),
    ],
)
def test_that_the_three_pictures_of_an_alert_stand_beside_one_another(
    tmp_path: Path, pattern: str, family: tuple[str, str, str]
) -> None:
    paths = [tmp_path / pattern.format("ZTF18a", word) for word in family]
    for seed, path in enumerate(paths):
        write_image(path, pixels_of(-32 if seed < 2 else -64, seed=seed))
    for path in paths:
        image = opened(path)
        assert list(image.beside) == ["science", "template", "difference"]
        for seed, pixels in enumerate(image.beside.values()):
            np.testing.assert_array_equal(pixels, pixels_of(-32 if seed < 2 else -64, seed=seed))


def test_that_pictures_of_other_sizes_and_broken_ones_do_not_stand_beside(tmp_path: Path) -> None:
    science = write_image(tmp_path / "a_science.fits", pixels_of(-32))
    write_image(tmp_path / "a_template.fits", pixels_of(-32, (9, 9)))
    (tmp_path / "a_difference.fits").write_bytes(science.read_bytes()[:3000])
    image = opened(science)
    assert dict(image.beside) == {}
    (tmp_path / "a_difference.fits").write_bytes(science.read_bytes())
    image = opened(science)
    assert list(image.beside) == ["science", "difference"]
    assert image.source.notes == ("The template is left out: it has 9 × 9 pixels.",)
    assert dict(opened(write_image(tmp_path / "b_science.fits", pixels_of(-32))).beside) == {}


def test_that_the_three_pictures_of_an_alert_can_be_in_one_file(tmp_path: Path) -> None:
    names = ("DIFFERENCE", "SCIENCE", "TEMPLATE")
    extensions = [(pixels_of(-32, seed=seed), {"EXTNAME": name}) for seed, name in enumerate(names)]
    image = opened(write_extensions(tmp_path / "alert.fits", extensions))
    assert image.source.part == "SCIENCE"
    assert list(image.beside) == ["science", "template", "difference"]
    np.testing.assert_array_equal(image.beside["template"], pixels_of(-32, seed=2))


def test_that_a_light_curve_with_an_aperture_stays_a_light_curve(tmp_path: Path) -> None:
    from astropy.io import fits

    path = mission_file(tmp_path)
    fits.append(path, np.ones((11, 13), np.int32), fits.Header({"EXTNAME": "APERTURE"}))
    assert open_curve(path).flux_name == "PDCSAP_FLUX"


def test_that_a_table_before_the_science_is_no_hindrance(tmp_path: Path) -> None:
    from astropy.io import fits

    table = fits.BinTableHDU.from_columns([fits.Column("NAME", "8A", array=["a", "b"])])
    path = tmp_path / "table_first.fits"
    fits.HDUList([fits.PrimaryHDU(), table, fits.ImageHDU(pixels_of(-32), name="SCI")]).writeto(path)
    np.testing.assert_array_equal(opened(path).pixels, pixels_of(-32))


@pytest.mark.parametrize(("shape", "size"), [((500,), "500"), ((1, 500), "500"), ((3000, 1), "3,000")])
def test_that_a_spectrum_is_refused_with_a_sentence(tmp_path: Path, shape: tuple[int, ...], size: str) -> None:
    path = write_image(tmp_path / "spectrum.fits", pixels_of(-32, shape))
    with pytest.raises(ReadError, match=rf"PRIMARY of spectrum.fits has one axis of {size} pixels: a spectrum"):
        open_file(path)


def test_that_random_groups_are_refused_with_a_sentence(tmp_path: Path) -> None:
    from astropy.io import fits

    groups = fits.GroupData(np.zeros((10, 1, 4), np.float32), bitpix=-32, parnames=["UU"], pardata=[np.zeros(10)])
    fits.GroupsHDU(groups).writeto(tmp_path / "uv.fits")
    with pytest.raises(ReadError, match=r"uv\.fits holds random groups"):
        open_file(tmp_path / "uv.fits")


@pytest.mark.parametrize("ending", [".fits", ".fits.gz"])
def test_that_an_image_cut_short_is_refused_and_says_by_how_much(tmp_path: Path, ending: str) -> None:
    whole = write_image(tmp_path / "whole.fits", pixels_of(-32, (100, 100)))
    import gzip

    content = whole.read_bytes()[: 2880 + 30_000]
    path = tmp_path / f"cut{ending}"
    path.write_bytes(gzip.compress(content) if ending.endswith(".gz") else content)
    with pytest.raises(ReadError, match=r"is cut short: 10,000 bytes of PRIMARY are missing\."):
        open_file(path)


def test_that_what_is_whole_opens_though_the_file_is_cut_short_behind_it(tmp_path: Path) -> None:
    path = write_extensions(tmp_path / "a.fits", [(pixels_of(-32), {"EXTNAME": n}) for n in ("SCI", "ERR")])
    path.write_bytes(path.read_bytes()[:-4000])
    image = opened(path)
    np.testing.assert_array_equal(image.pixels, pixels_of(-32))
    assert "cut short" in image.source.notes[0]
    with pytest.raises(ReadError, match="cut short"):
        open_file(path, part="ERR")


def test_that_a_cube_of_stamps_can_be_opened_as_such(tmp_path: Path) -> None:
    pixels = pixels_of(-32, (12, 20, 20))
    path = write_image(tmp_path / "cube.fits", pixels)
    assert isinstance(open_file(path), SkyImage)
    assert summarise(path).kind == "image"
    stamps = open_file(path, part="PRIMARY as stamps")
    assert isinstance(stamps, CutoutSet)
    np.testing.assert_array_equal(stamps.images, pixels)
    assert stamps.ids[:2] == ("1", "2")
    assert stamps.source.part == "PRIMARY as stamps"


@pytest.mark.parametrize("packed", [False, True])
def test_that_a_cube_with_a_row_for_each_plane_is_a_set_of_stamps(tmp_path: Path, packed: bool) -> None:
    from astropy.io import fits

    pixels = pixels_of(16, (12, 20, 20))
    columns = [
        fits.Column("NAME", "8A", array=[f"star{n}" for n in range(12)]),
        fits.Column("MAG", "E", unit="mag", array=np.arange(12.0)),
    ]
    stack = fits.CompImageHDU(pixels, name="STAMPS") if packed else fits.ImageHDU(pixels, name="STAMPS")
    path = tmp_path / "stack.fits"
    fits.HDUList([fits.PrimaryHDU(), stack, fits.BinTableHDU.from_columns(columns)]).writeto(path)
    stamps = open_file(path)
    assert isinstance(stamps, CutoutSet)
    np.testing.assert_array_equal(stamps.images, pixels)
    assert stamps.labels["NAME"][3] == "star3"
    assert stamps.columns["MAG"].unit == "mag"
    np.testing.assert_array_equal(stamps.columns["MAG"].values, np.arange(12.0))
    summary = summarise(path)
    assert (summary.kind, summary.rows, summary.shape) == ("cutouts", 12, (20, 20))
    np.testing.assert_array_equal(opened(path, "STAMPS[3]").pixels, pixels[2])


def test_that_the_lookup_tables_of_the_wcs_are_found_in_the_file(tmp_path: Path) -> None:
    from astropy.io import fits
    from astropy.wcs import WCS, DistortionLookupTable

    wcs = WCS(fits.Header(dict(TAN)))
    wcs.cpdis1 = wcs.cpdis2 = DistortionLookupTable(np.full((8, 8), 3, np.float32), (1, 1), (1, 1), (10, 10))
    hdus = wcs.to_fits(relax=True)
    hdus[0].data = pixels_of(-32)
    hdus.writeto(tmp_path / "hst.fits")
    sky = opened(tmp_path / "hst.fits").sky
    assert sky is not None
    x, y = np.array([5.0]), np.array([6.0])
    np.testing.assert_allclose(sky.to_sky(x, y)[0], wcs.pixel_to_world(x, y).ra.deg, rtol=0, atol=1e-10)
    assert sky.notes == ()


def test_that_only_so_many_planes_are_named(tmp_path: Path) -> None:
    path = write_image(tmp_path / "long.fits", np.zeros((10_500, 2, 3), np.uint8))
    image = opened(path)
    assert len([part for part in image.source.parts if "[" in part]) == 10_000
    assert image.source.notes == ("Only the first 10,000 of 10,500 planes of PRIMARY are named.",)


def test_that_a_card_that_nobody_can_parse_does_not_hide_the_others(tmp_path: Path) -> None:
    path = write_image(tmp_path / "sky.fits", pixels_of(-32), {"OBJECT": "M 51", **TAN})
    path.write_bytes(path.read_bytes().replace(b"CRPIX1  ", b"CRPI\xe41  "))
    image = opened(path)
    cards = {card.keyword: card.value for card in image.source.header}
    assert cards["OBJECT"] == "M 51"
    assert len(cards) == 18


@pytest.mark.parametrize(
    ("primary", "own", "bad"),
    [
        ({}, {}, [1, 2, 4, 5, 32]),
        ({"TELESCOP": "JWST"}, {}, [1, 5]),
        ({}, {"MP_BAD": 0, "MP_SAT": 1, "MP_DETECTED": 5, "MP_DETECTED_NEGATIVE": 6}, [1, 2, 5]),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_that_only_bits_that_make_a_pixel_bad_count(
    tmp_path: Path, primary: Cards, own: dict[str, int], bad: list[int], packed: bool
) -> None:
    from astropy.io import fits

    mask = np.zeros((40, 50), np.int32)
    mask[3, :6] = [0, 1, 2, 4, 5, 32]
    header = fits.Header()
    for keyword, value in own.items():
        header[f"HIERARCH {keyword}" if len(keyword) > 8 else keyword] = value
    flags = fits.CompImageHDU(mask, header, name="MASK") if packed else fits.ImageHDU(mask, header, name="MASK")
    hdus = [fits.PrimaryHDU(header=fits.Header(dict(primary))), fits.ImageHDU(pixels_of(-32), name="SCI"), flags]
    fits.HDUList(hdus).writeto(tmp_path / "a.fits")
    image = opened(tmp_path / "a.fits")
    assert image.bad is not None
    assert mask[image.bad].tolist() == bad
    assert opened(tmp_path / "a.fits", "MASK").bad is None


def test_that_the_scale_of_all_tiles_can_be_told_at_once(tmp_path: Path) -> None:
    from astropy.io import fits

    path = write_packed(tmp_path / "a.fits.fz", "rice-32")
    counts = as_astropy(path, 1).astype(np.float64)
    with fits.open(path, mode="update", disable_image_compression=True) as file:
        file[1].header.update({"ZBITPIX": -32, "ZSCALE": 0.5, "ZZERO": 10.0})
    np.testing.assert_array_equal(opened(path).pixels, (counts * 0.5 + 10).astype(np.float32))
