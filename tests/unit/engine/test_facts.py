"""What there is to tell about each kind of data, in words and in values."""

import json
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.sky import Sky
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Interval, Telemetry
from desktop_app.core.timescales import named_reference
from desktop_app.engine.facts import Group, facts_of, sexagesimal, values_of
from desktop_app.engine.inside import look_inside, of_dataset
from desktop_app.io import open_file
from tests.data import quiet_curve
from tests.fits_files import mission_file


def text_of(groups: tuple[Group, ...], label: str) -> str:
    """What the facts say of ``label``."""
    (text,) = [fact.text for group in groups for fact in group.facts if fact.label == label]
    return text


def flagged_curve() -> LightCurve:
    """Ten cadences of TESS: three with a bit, of which two are hidden, one without time, two without flux."""
    time = 1325.0 + 0.5 * np.arange(10, dtype=np.float64)
    flux = np.ones(10)
    quality = np.zeros(10, np.int64)
    quality[2:4], quality[5] = 128, 512
    time[9], flux[6:8] = np.nan, np.nan
    return LightCurve(
        Source(object_name="a star", mission="TESS", segment="sector 1", ra_deg=84.291, dec_deg=-80.469),
        time,
        flux,
        np.full(10, 0.1),
        flux_name="PDCSAP_FLUX",
        flux_unit="e-/s",
        reference=named_reference(2457000.0, "TDB", barycentric=True),
        quality=quality,
        columns={"SAP_FLUX": Series(np.full(10, np.nan), "e-/s")},
        flux_choices=("PDCSAP_FLUX", "SAP_FLUX"),
    )


def image(sky: Sky | None) -> SkyImage:
    """Ten by twenty pixels with three NaN, taken at JD 2458000.5."""
    pixels = np.arange(200, dtype=np.float32).reshape(10, 20)
    pixels[0, :3] = np.nan
    return SkyImage(Source(object_name="a field"), pixels, "adu", sky=sky, jd=2458000.5, time_scale="UTC")


def sky() -> Sky:
    """A gnomonic projection of one arcsecond a pixel about a point in Taurus."""
    cards = {
        "NAXIS": 2,
        "NAXIS1": 20,
        "NAXIS2": 10,
        "CTYPE1": "'RA---TAN'",
        "CTYPE2": "'DEC--TAN'",
        "CRPIX1": 10.5,
        "CRPIX2": 5.5,
        "CRVAL1": 60.0,
        "CRVAL2": 20.0,
        "CDELT1": -1 / 3600,
        "CDELT2": 1 / 3600,
        "RADESYS": "'FK5'",
        "EQUINOX": 2000.0,
    }
    return Sky("".join(f"{key:<8}= {value}".ljust(80) for key, value in cards.items()))


def test_that_times_are_told_in_three_systems() -> None:
    lines = text_of(facts_of(flagged_curve()), "Time").split("\n")
    assert lines == [
        "1325.00000 BTJD to 1329.00000 BTJD (4.00 d)",
        "2018-07-25T12:00:00.000 TDB to 2018-07-29T12:00:00.000 TDB",
        "2458325.00000 BJD to 2458329.00000 BJD",
    ]


def test_that_flags_are_counted_by_name() -> None:
    groups = facts_of(flagged_curve())
    assert text_of(groups, "Manual exclude (128)") == "2 rows, hidden"
    assert text_of(groups, "Impulsive outlier (512)") == "1 row"
    assert values_of(groups)["quality"] == [
        {"bit": 128, "name": "Manual exclude", "rows": 2, "hidden": True},
        {"bit": 512, "name": "Impulsive outlier", "rows": 1, "hidden": False},
    ]


def test_that_hidden_rows_are_counted_by_reason() -> None:
    values = values_of(facts_of(flagged_curve()))
    assert values["hidden"] == {"without_time": 1, "without_flux": 2, "by_quality": 2}
    assert (values["rows"], values["rows_looked_at"]) == (10, 5)


def test_that_every_flux_column_has_unit_and_nan_count() -> None:
    assert values_of(facts_of(flagged_curve()))["flux_columns"] == [
        {"name": "PDCSAP_FLUX", "unit": "e-/s", "nan": 2, "default": True},
        {"name": "SAP_FLUX", "unit": "e-/s", "nan": 10, "default": False},
    ]


def test_that_an_image_tells_size_values_date_and_sky() -> None:
    groups = facts_of(image(sky()))
    assert text_of(groups, "Size") == "20 × 10 pixels"
    assert text_of(groups, "Values") == "3 to 199, 3 of 200 NaN"
    assert text_of(groups, "Date").startswith("2017-09-04T00:00:00.000 UTC")
    assert text_of(groups, "Projection") == "TAN (RA---TAN, DEC--TAN)"
    assert text_of(groups, "Frame") == "FK5"
    wcs = values_of(groups)["wcs"]
    assert isinstance(wcs, dict)
    assert (wcs["centre_ra_deg"], wcs["centre_dec_deg"]) == (pytest.approx(60, abs=1e-4), pytest.approx(20, abs=1e-4))
    assert text_of(groups, "Pixel") == "1 arcsec"
    assert text_of(groups, "Field") == "20″ × 10″"


def test_that_an_image_without_sky_says_so() -> None:
    wcs = values_of(facts_of(image(None)))
    assert wcs["wcs"] is None
    assert wcs["wcs_problem"] == "The header says nothing of the sky."


def test_that_telemetry_tells_each_channel() -> None:
    values = np.column_stack([np.arange(8.0), np.full(8, 3.0), np.full(8, np.nan)])
    values[:2, 0] = np.nan
    channels = (Channel("volt", "V"), Channel("mode", states=("off", "on")), Channel("dead"))
    telemetry = Telemetry(
        Source(),
        60.0 * np.arange(8, dtype=np.float64),
        values,
        channels,
        "utc",
        1.5e9,
        labels=(Interval(2, 4), Interval(6, 7)),
    )
    groups = facts_of(telemetry)
    assert text_of(groups, "volt") == "2 to 7 V, 25.0% NaN"
    assert text_of(groups, "mode") == "always 3, states off, on"
    assert text_of(groups, "dead") == "no value at all, 100.0% NaN"
    assert text_of(groups, "Labels") == "2 stretches of 3 rows together"
    assert text_of(groups, "Time").startswith("2017-07-14T02:40:00.000 to 2017-07-14T02:47:00.000 UTC")
    assert text_of(groups, "Cadence") == "60.0 s"


def test_that_cut_outs_tell_their_catalogue() -> None:
    cutouts = CutoutSet(
        Source(),
        np.zeros((3, 4, 5), np.float32),
        ("a", "b", "c"),
        columns={"magnitude": Series(np.array([1.0, np.nan, 2.0]), "mag")},
        labels={"class": ("star", "star", "")},
    )
    groups = facts_of(cutouts)
    assert text_of(groups, "Cut-outs") == "3 of 5 × 4 pixels"
    assert text_of(groups, "magnitude") == "[mag], 1 NaN"
    assert text_of(groups, "class") == "text, 1 different value, 1 blank"


@pytest.mark.parametrize("data", [flagged_curve(), image(sky()), image(None), quiet_curve(3)])
def test_that_values_are_json_without_nan(data: LightCurve | SkyImage) -> None:
    assert json.loads(json.dumps(values_of(facts_of(data)), allow_nan=False))["kind"]


@pytest.mark.parametrize(
    ("ra", "dec", "told"),
    [
        (0.0, 0.0, "00:00:00.00 +00:00:00.0"),
        (359.99999999, -0.5, "00:00:00.00 -00:30:00.0"),
        (84.291198, -80.469143, "05:37:09.89 -80:28:08.9"),
    ],
)
def test_that_positions_are_written_in_hours_and_degrees(ra: float, dec: float, told: str) -> None:
    assert sexagesimal(ra, dec) == told


def test_that_open_data_are_told_with_what_their_file_is_made_of(tmp_path: Path) -> None:
    inside = of_dataset(open_file(mission_file(tmp_path)))
    assert text_of(inside.groups, "Object") == "TIC 261136679"
    assert [section.name for section in inside.sections] == ["PRIMARY", "LIGHTCURVE"]


def test_that_a_file_that_cannot_be_opened_is_still_looked_into(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-9000])
    inside = look_inside(path)
    assert inside.error is not None
    assert len(inside.sections) == 2


def test_that_a_folder_of_files_is_a_list_of_them(tmp_path: Path) -> None:
    mission_file(tmp_path, name="a.fits")
    (tmp_path / "b.fits").write_bytes(b"nothing")
    good, bad = look_inside(tmp_path).files
    assert good.summary is not None
    assert good.summary.object_name == "TIC 261136679"
    assert bad.summary is None
    assert "b.fits" in bad.problem


def test_that_the_guide_names_every_key_that_programs_get(tmp_path: Path) -> None:
    from desktop_app.cli.info_json import as_json
    from desktop_app.paths import resources

    guide = (resources() / "help" / "guide.md").read_text(encoding="utf-8")
    path = mission_file(tmp_path)
    told: list[object] = [as_json(look_inside(path), "", ""), as_json(look_inside(tmp_path), None, "")]
    telemetry = Telemetry(Source(), np.arange(3.0), np.zeros((3, 1)), (Channel("a"),), labels=(Interval(0, 1),))
    cutouts = CutoutSet(Source(), np.zeros((1, 2, 2), np.float32), ("a",), labels={"class": ("star",)})
    told += [values_of(facts_of(data)) for data in (image(sky()), image(None), telemetry, cutouts)]
    assert {key for key in _keys(told) if f"`{key}`" not in guide} == set()


def _keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in _keys(inner)}
    if isinstance(value, list | tuple):
        return {key for inner in value for key in _keys(inner)}
    return set()
