"""Housekeeping tables of FITS: columns of every form, clocks against astropy's, several tables in a file."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import ReadError
from desktop_app.core.telemetry import Telemetry
from desktop_app.io import READERS, open_file, summarise
from desktop_app.io.source import read_head
from tests.fits_files import mission_file
from tests.telemetry_files import housekeeping_file


def opened(path: Path, part: str | None = None) -> Telemetry:
    data = open_file(path, part=part)
    assert isinstance(data, Telemetry)
    return data


def test_that_columns_of_every_form_are_channels(tmp_path: Path) -> None:
    from astropy.io import fits

    path = housekeeping_file(tmp_path / "a.mkf")
    data = opened(path)
    assert data.names == (
        *("ANG_DIST", "POINTING[0]", "POINTING[1]", "SAA", *(f"FLAGS[{bit}]" for bit in range(8)), "MODE", "TEMP"),
    )
    assert [data.channels[n].unit for n in (0, 1, 13)] == ["deg", "deg", "K"]
    with fits.open(path) as file:
        rows = file["FILTER"].data
        np.testing.assert_array_equal(data.values[:, 0], rows["ANG_DIST"].astype(float))
        np.testing.assert_array_equal(data.values[:, 1:3], rows["POINTING"])
        np.testing.assert_array_equal(data.values[:, 3], rows["SAA"].astype(float))
        np.testing.assert_array_equal(data.values[:, 4:12], rows["FLAGS"].astype(float))
        states = data.channels[12].states
        assert [states[int(code)] for code in data.values[:, 12]] == [str(mode).strip() for mode in rows["MODE"]]
    assert np.isnan(data.values[0, 13])
    assert data.values[1:, 13].tolist() == list(range(39))
    assert any("HITS" in note for note in data.source.notes)


def test_that_terrestrial_time_becomes_utc_to_the_microsecond(tmp_path: Path) -> None:
    from astropy.time import Time

    data = opened(housekeeping_file(tmp_path / "a.mkf"))
    expected = Time(51910, 7.428703703703703e-4 + (5e8 + 0.25) / 86400, format="mjd", scale="tt").utc.unix
    assert data.clock == "utc"
    assert data.zero_unix_s + data.time[0] == pytest.approx(expected, abs=2e-6)
    np.testing.assert_array_equal(np.diff(data.time), 1.0)
    assert "The times are converted from TT to UTC." in data.source.notes


@pytest.mark.parametrize("scale", ["UTC", "TDB", "TAI", "TT"])
def test_that_every_scale_is_that_of_astropy(tmp_path: Path, scale: str) -> None:
    from astropy.io import fits
    from astropy.time import Time

    path = housekeeping_file(tmp_path / "a.fits")
    fits.setval(path, "TIMESYS", value=scale, ext=1)
    data = opened(path)
    expected = Time(51910, 7.428703703703703e-4 + (5e8 + 0.25) / 86400, format="mjd", scale=scale.lower()).utc.unix
    # A leap second between the zero and the data is counted by astropy's UTC days, not by seconds since a date.
    tolerance = 2e-6 if scale != "UTC" else 5
    assert data.zero_unix_s + data.time[0] == pytest.approx(expected, abs=tolerance)


def test_that_tables_are_parts_and_a_time_from_no_date_is_elapsed(tmp_path: Path) -> None:
    path = housekeeping_file(tmp_path / "a.mkf")
    assert opened(path).source.parts == ("FILTER", "HK")
    data = opened(path, "HK")
    assert data.clock == "elapsed"
    assert data.values[:, 0].tolist() == list(range(9))


def test_that_the_header_names_mission_and_cadence(tmp_path: Path) -> None:
    path = housekeeping_file(tmp_path / "a.mkf")
    summary = summarise(path)
    assert (summary.kind, summary.mission, summary.rows, summary.shape) == ("telemetry", "SWIFT", 40, (14,))
    assert summary.cadence_s == 1
    assert opened(path).source.mission == "SWIFT"
    assert any(card.keyword == "TIMESYS" for card in opened(path).source.header)


def test_that_light_curves_and_lists_of_photons_are_no_housekeeping(tmp_path: Path) -> None:
    from astropy.io import fits

    star = mission_file(tmp_path)
    assert not READERS["housekeeping"].accepts(star, read_head(star))
    path = housekeeping_file(tmp_path / "a.fits")
    for place in (1, 2):
        fits.setval(path, "EXTNAME", value="EVENTS", ext=place)
    assert not READERS["housekeeping"].accepts(path, read_head(path))


def test_that_a_table_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = housekeeping_file(tmp_path / "a.mkf", n=4000)
    path.write_bytes(path.read_bytes()[:20000])
    with pytest.raises(ReadError, match="cut short"):
        open_file(path)
