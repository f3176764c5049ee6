"""Where pixels are on the sky, for every kind of WCS, and what is said where it cannot be told."""

import threading
import time
import warnings

import numpy as np
import pytest

from desktop_app.core.sky import Sky, about, positions, slopes_of
from tests.image_files import TAN, Cards
from tests.pictures import tan_sky

SIP = {**TAN, "CTYPE1": "RA---TAN-SIP", "CTYPE2": "DEC--TAN-SIP"}
SIP |= {"A_ORDER": 2, "B_ORDER": 2, "A_2_0": 1e-4, "B_0_2": -2e-4, "A_1_1": 5e-5}
TPV = {**TAN, "CTYPE1": "RA---TPV", "CTYPE2": "DEC--TPV", "PV1_1": 1.01, "PV1_4": 0.02, "PV2_1": 0.99}
ROTATED = {"CDELT1": -2e-4, "CDELT2": 3e-4, "CROTA2": 30.0}
PC = {"CDELT1": -2e-4, "CDELT2": 2e-4, "PC1_1": 0.8, "PC1_2": -0.6, "PC2_1": 0.6, "PC2_2": 0.8}
BARE = {key: value for key, value in TAN.items() if not key.startswith("CD")}
GALACTIC = {**TAN, "CTYPE1": "GLON-TAN", "CTYPE2": "GLAT-TAN"}
SWAPPED = {**BARE, "CTYPE1": "DEC--TAN", "CTYPE2": "RA---TAN", "CRVAL1": 2.2, "CRVAL2": 150.1}
SWAPPED |= {"CD1_1": 0.0, "CD1_2": 1e-4, "CD2_1": -2e-4, "CD2_2": 0.0}
CUBE = {**TAN, "WCSAXES": 3, "CTYPE3": "FREQ", "CRVAL3": 1.4e9, "CDELT3": 1e6, "CRPIX3": 1.0, "CUNIT3": "Hz"}
KINDS: dict[str, Cards] = {
    "TAN": TAN,
    "SIP": SIP,
    "TPV": TPV,
    "CROTA": BARE | ROTATED,
    "PC": BARE | PC,
    "galactic": GALACTIC,
    "FK5": {**TAN, "RADESYS": "FK5", "EQUINOX": 1975.0},
    "FK4": {**TAN, "RADESYS": "FK4", "EQUINOX": 1950.0},
    "swapped": SWAPPED,
    "SIN": {**TAN, "CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN"},
    "ZPN": {**TAN, "CTYPE1": "RA---ZPN", "CTYPE2": "DEC--ZPN", "PV2_1": 1.0, "PV2_3": 42.0},
    "old SCAMP": {**TAN, "PV1_0": 1e-5, "PV1_1": 1.01, "PV1_7": 0.3, "PV2_1": 0.99, "PV2_5": 0.1},
    "AIT": {**TAN, "CTYPE1": "RA---AIT", "CTYPE2": "DEC--AIT"},
}


def header_of(cards: Cards) -> str:
    from astropy.io.fits import Header

    return str(Header(dict(cards)).tostring(endcard=False, padding=False))


def sky_of(cards: Cards) -> Sky:
    return Sky(header_of(cards))


@pytest.mark.parametrize("kind", list(KINDS))
def test_that_positions_are_those_of_astropy_in_icrs_and_lead_back(kind: str) -> None:
    from astropy.io.fits import Header
    from astropy.wcs import WCS

    sky = sky_of(KINDS[kind])
    x, y = np.array([0.0, 10.3, 40.0]), np.array([3.0, 7.7, 22.0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = WCS(Header(dict(KINDS[kind]))).pixel_to_world(x, y).icrs
    ra, dec = sky.to_sky(x, y)
    np.testing.assert_array_equal(ra, expected.ra.deg)
    np.testing.assert_array_equal(dec, expected.dec.deg)
    assert np.isfinite(ra).all()
    back = sky.to_pixel(ra, dec)
    np.testing.assert_allclose(back, (x, y), rtol=0, atol=1e-5)
    assert sky.problem == ""
    many = positions([None, sky, sky, Sky("")], 10.3, 7.7)
    np.testing.assert_allclose(many[0], [np.nan, ra[1], ra[1], np.nan], rtol=0, atol=1e-9)
    np.testing.assert_allclose(many[1], [np.nan, dec[1], dec[1], np.nan], rtol=0, atol=1e-9)


def test_that_axes_beside_the_celestial_ones_are_dropped() -> None:
    x, y = np.array([4.0]), np.array([9.0])
    assert sky_of(CUBE).to_sky(x, y) == sky_of(TAN).to_sky(x, y)
    assert np.isfinite(positions([sky_of(CUBE)], 4.0, 9.0)[0]).all()


def test_that_a_slit_has_no_position_in_its_second_axis() -> None:
    slit = {**BARE, "WCSAXES": 3, "CTYPE2": "WAVE", "CUNIT2": "m", "CTYPE3": "DEC--TAN", "CRVAL3": 2.2, "CRVAL2": 5e-7}
    sky = sky_of({**slit, "CDELT1": 1e-4, "CDELT2": 1e-10, "CDELT3": 1e-4})
    assert sky.problem == "The header has no celestial coordinates."
    assert np.isnan(sky.to_sky(np.array([1.0]), np.array([1.0]))).all()


def test_that_alternates_can_be_chosen() -> None:
    other = {f"{key}A": value for key, value in TAN.items() if key != "RADESYS"} | {"CRVAL1A": 10.0, "CRVAL2A": -40.0}
    sky = sky_of({**TAN, **other})
    assert sky.keys == ("", "A")
    ra, dec = sky.with_key("A").to_sky(np.array([9.0]), np.array([7.0]))
    np.testing.assert_allclose((ra[0], dec[0]), (10.0, -40.0), atol=1e-9)
    assert positions([sky.with_key("A")], 9.0, 7.0)[0][0] == pytest.approx(10.0)
    assert sky.with_key("A").with_key("") == sky


@pytest.mark.parametrize(
    ("cards", "scale", "north", "east"),
    [
        ({"CDELT1": -2e-4, "CDELT2": 2e-4}, 0.72, 90.0, 180.0),
        ({"CDELT1": 2e-4, "CDELT2": 2e-4}, 0.72, 90.0, 0.0),
        ({"CDELT1": -2e-4, "CDELT2": -2e-4}, 0.72, -90.0, 180.0),
        ({"CDELT1": -2e-4, "CDELT2": 2e-4, "CROTA2": 30.0}, 0.72, 120.0, -150.0),
        ({"CDELT1": -1e-4, "CDELT2": 4e-4}, 0.72, 90.0, 180.0),
    ],
)
@pytest.mark.parametrize("dec_deg", [0.0, 60.0, -89.0])
def test_that_scale_and_compass_are_those_of_the_header(
    cards: Cards, scale: float, north: float, east: float, dec_deg: float
) -> None:
    sky = sky_of({**BARE, **cards, "CRVAL2": dec_deg})
    x, y = TAN["CRPIX1"], TAN["CRPIX2"]
    at = float(x) - 1, float(y) - 1
    assert sky.scale_arcsec(*at) == pytest.approx(scale, rel=1e-6)
    assert np.cos(np.radians(sky.north_deg(*at) - north)) == pytest.approx(1, abs=1e-6)
    assert np.cos(np.radians(sky.east_deg(*at) - east)) == pytest.approx(1, abs=1e-6)


def test_that_lookup_tables_of_other_hdus_are_applied() -> None:
    from astropy.io import fits
    from astropy.wcs import WCS, DistortionLookupTable

    wcs = WCS(fits.Header(dict(TAN)))
    shifts = np.full((8, 8), 3.0, np.float32)
    wcs.cpdis1 = wcs.cpdis2 = DistortionLookupTable(shifts, (1, 1), (1, 1), (10, 10))
    hdus = wcs.to_fits(relax=True)
    header = hdus[0].header.tostring(endcard=False, padding=False)
    tables = tuple(_bytes_of(hdu) for hdu in hdus[1:])
    with_tables, without = Sky(header, tables=tables), Sky(header)
    x, y = np.array([5.0]), np.array([6.0])
    expected = wcs.pixel_to_world(x, y).icrs
    assert with_tables.problem == ""
    np.testing.assert_allclose(with_tables.to_sky(x, y)[0], expected.ra.deg, rtol=0, atol=1e-10)
    assert abs(without.to_sky(x, y)[0] - expected.ra.deg)[0] > 1e-4
    assert "distortion tables" in without.notes[0]


def _bytes_of(hdu: object) -> bytes:
    from io import BytesIO

    from astropy.io import fits

    written = BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(written)
    return written.getvalue()[2880:]


@pytest.mark.parametrize(
    "cards",
    [
        {**TAN, "CTYPE1": "RA---XXX", "CTYPE2": "DEC--XXX"},
        {**TAN, "CTYPE2": "RA---TAN"},
        {**TAN, "CD1_1": 0.0, "CD1_2": 0.0},
        {**TAN, "CTYPE1": "RA---TAB", "CTYPE2": "DEC--TAB", "PS1_0": "WCS-TABLE", "PS1_1": "COORDS"},
        {**SIP, "A_ORDER": 100000},
        {**TAN, "WCSAXES": 99},
        {**TAN, "NAXIS": 998},
        {**TAN, "CUNIT1": "furlong"},
        {**TAN, "CRVAL2": 1e300},
        {"CTYPE1": "LINEAR", "CTYPE2": "LINEAR"},
        {"CTYPE1": "RA---TAN"},
        {},
    ],
)
def test_that_a_bad_wcs_is_told_in_words_and_at_once(cards: Cards) -> None:
    sky = sky_of(cards)
    start = time.monotonic()
    nowhere = sky.to_sky(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    assert time.monotonic() - start < 5
    assert np.isnan(nowhere).all()
    assert np.isnan(sky.scale_arcsec(1.0, 2.0))
    assert np.isnan(sky.north_deg(1.0, 2.0))
    assert np.isnan(positions([sky], 1.0, 2.0)).all()


def test_that_the_problem_of_an_unknown_projection_is_named() -> None:
    assert "Its WCS cannot be used" in sky_of({**TAN, "CTYPE1": "RA---XXX", "CTYPE2": "DEC--XXX"}).problem


def test_that_warnings_are_collected_and_not_shown() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sky = sky_of({**TAN, "DATE-OBS": "26/10/92"})
        sky.to_sky(np.zeros(1), np.zeros(1))
    assert not caught
    assert any("datfix" in note for note in sky.notes)


def test_that_what_astropy_would_print_is_a_note(capfd: pytest.CaptureFixture[str]) -> None:
    sky = sky_of({**SIP, "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"})
    sky.to_sky(np.zeros(1), np.zeros(1))
    assert any("SIP" in note for note in sky.notes)
    assert capfd.readouterr() == ("", "")


def test_that_a_lean_sky_is_the_same_sky() -> None:
    cards = header_of({"OBJECT": "M 51", **SIP, "EXPTIME": 3.0})
    lean = Sky(cards).lean()
    assert len(lean.cards) == len(cards) - 160
    x, y = np.array([7.0]), np.array([8.0])
    assert lean.to_sky(x, y) == Sky(cards).to_sky(x, y)


def test_that_several_threads_ask_the_sky_at_once() -> None:
    skies = [sky_of(kind) for kind in KINDS.values()]
    found: list[bool] = []

    def ask() -> None:
        found.extend(bool(np.isfinite(sky.to_sky(np.ones(3), np.ones(3))).all()) for sky in skies)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [True] * 4 * len(skies)


def test_that_points_near_a_place_are_where_the_wcs_has_them() -> None:
    sky = tan_sky()
    middle, offsets = (70.0, 50.0), np.array([[0.0, 0.0], [12.0, 0.0], [0.0, -9.0], [-8.0, 8.0]])
    slopes = sky.slopes(np.array([middle[0]]), np.array([middle[1]]))
    assert slopes.shape == (1, 2, 2)
    ra, dec = sky.to_sky(np.array([middle[0]]), np.array([middle[1]]))
    near = about(float(ra[0]), float(dec[0]), slopes[0], offsets)
    np.testing.assert_allclose(near, sky.to_sky(*(np.array(middle) + offsets).T), atol=1e-8)
    np.testing.assert_allclose(slopes_of([sky, None], *middle)[0], slopes[0], atol=1e-12)
    assert np.isnan(slopes_of([sky, None], *middle)[1]).all()
