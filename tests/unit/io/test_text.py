"""Light curves in text: columns are told by name and unit, or the file is refused with a sentence that lists them."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import ColumnsUnclear, ReadError
from desktop_app.io import READERS, open_curve, summarise

TIMES = [1325.1, 1325.2, 1325.3]


def written(folder: Path, text: str | bytes, name: str = "star.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "time,flux,flux_err\n1325.1,1.0,0.1\n1325.2,2.0,0.1\n1325.3,3.0,0.1\n",
        "TIME\tFLUX\tFLUX_ERR\n1325.1\t1.0\t0.1\n1325.2\t2.0\t0.1\n1325.3\t3.0\t0.1\n",
        "time;flux;err\r\n1325.1;1.0;0.1\r\n1325.2;2.0;0.1\r\n1325.3;3.0;0.1\r\n",
        "# a star\n# time flux flux_err\n 1325.1  1.0  0.1\n 1325.2  2.0  0.1\n\n 1325.3  3.0  0.1\n",
        '"t", "flux", "e"\n"1325.1","1.0","0.1"\n"1325.2","2.0","0.1"\n"1325.3","3.0","0.1"\n',
        "cadenceno,time,pdcsap_flux,pdcsap_flux_err\n7,1325.1,1,0.1\n8,1325.2,2,0.1\n9,1325.3,3,0.1\n",
        "flux_err,flux,time\n0.1,1.0,1325.1\n0.1,2.0,1325.2\n0.1,3.0,1325.3\n",
        "time [d]  flux [e-/s]  flux_err [e-/s]\n1325.1 1 0.1\n1325.2 2 0.1\n1325.3 3 0.1\n",
        "name,time,flux,flux_err\nA b,1325.1,1,0.1\nA b,1325.2,2,0.1\nA b,1325.3,3,0.1",
        "\ufefftime,flux,flux_err\n1325.1,1.0,0.1\n1325.2,2.0,0.1\n1325.3,3.0,0.1\n",
        "time,flux,flux_err\n1.3251D3,1.0D0,0.1\n1.3252D3,2.0,0.1\n1.3253D3,3.0,0.1\n",
    ],
    ids=["comma", "tab", "semicolon", "comments", "quotes", "cadence", "order", "units", "names", "bom", "fortran"],
)
def test_that_columns_are_told_by_their_names(tmp_path: Path, text: str) -> None:
    curve = open_curve(written(tmp_path, text))
    np.testing.assert_allclose(curve.time, TIMES, rtol=1e-15)
    assert curve.flux.tolist() == [1.0, 2.0, 3.0]
    assert curve.flux_err.tolist() == [0.1, 0.1, 0.1]


@pytest.mark.parametrize(
    ("column", "first", "name", "zero", "scale", "shown"),
    [
        ("BTJD", 1325.5, "BTJD", 2457000.0, "TDB", 1325.5),
        ("bkjd", 131.5, "BKJD", 2454833.0, "TDB", 131.5),
        ("time [BTJD]", 1325.5, "BTJD", 2457000.0, "TDB", 1325.5),
        ("BJD_TDB", 2458325.5, "BJD − 2458000", 2458000.0, "TDB", 325.5),
        ("time (BJD - 2454833)", 131.5, "BKJD", 2454833.0, "", 131.5),
        ("BTJD - 2457000", 1325.5, "BTJD", 2457000.0, "TDB", 1325.5),
        ("MJD", 58000.25, "MJD", 2400000.5, "", 58000.25),
        ("HJD", 2450000.5, "HJD − 2450000", 2450000.0, "", 0.5),
        ("JD-2450000", 3000.5, "JD − 2450000", 2450000.0, "", 3000.5),
        ("time", 1325.5, "time", float("nan"), "", 1325.5),
        ("BJD", 1325.5, "time", float("nan"), "", 1325.5),
    ],
)
def test_that_the_zero_of_time_is_what_the_name_says(
    tmp_path: Path, column: str, first: float, name: str, zero: float, scale: str, shown: float
) -> None:
    text = f"{column},flux\n{first},1\n{first + 1},2\n"
    curve = open_curve(written(tmp_path, text))
    assert (curve.reference.name, curve.reference.scale) == (name, scale)
    np.testing.assert_equal(curve.reference.zero_jd, zero)
    assert curve.time.tolist() == [shown, shown + 1]


def test_that_a_date_too_small_for_its_name_is_told(tmp_path: Path) -> None:
    curve = open_curve(written(tmp_path, "BJD,flux\n1325.5,1\n1326.5,2\n"))
    assert "The times are too small for BJD: what they count from is not known." in curve.source.notes


def test_that_the_better_of_two_times_is_taken_and_told(tmp_path: Path) -> None:
    curve = open_curve(written(tmp_path, "time,BTJD,flux\n0,1325.5,1\n1,1326.5,2\n"))
    assert curve.time.tolist() == [1325.5, 1326.5]
    assert "Time is taken from BTJD, not from time." in curve.source.notes


def test_that_further_columns_are_kept_with_units(tmp_path: Path) -> None:
    text = "time,flux,flux_err,sap_flux,sky (e-/s),quality,cadenceno\n1,1,0.1,5,6,128,70\n2,2,0.1,5,7,0,71\n"
    curve = open_curve(written(tmp_path, text))
    assert curve.quality.tolist() == [128, 0]
    assert curve.cadence.tolist() == [70, 71]
    assert curve.columns["sky"].values.tolist() == [6.0, 7.0]
    assert curve.columns["sky"].unit == "e-/s"
    assert open_curve(tmp_path / "star.csv", flux="sap_flux").flux.tolist() == [5.0, 5.0]
    again = open_curve(tmp_path / "star.csv", flux="flux")
    assert again.flux_err.tolist() == [0.1, 0.1]


def test_that_empty_and_missing_fields_are_kept_rows(tmp_path: Path) -> None:
    curve = open_curve(written(tmp_path, "time,flux\n1,1\n2,\n,3\n4,null\n5,N/A\n6,nan\n7,--\n"))
    np.testing.assert_array_equal(curve.flux, [1, np.nan, 3, np.nan, np.nan, np.nan, np.nan])
    assert "1 row has no time and 5 no flux." in curve.source.notes


def test_that_empty_fields_are_seen_at_both_ends_of_a_row(tmp_path: Path) -> None:
    curve = open_curve(written(tmp_path, 'flux,time,x\n1,1,\n,2,7\n3,3,"8"\r\n'))
    np.testing.assert_array_equal(curve.flux, [1, np.nan, 3])
    np.testing.assert_array_equal(curve.columns["x"].values, [np.nan, 7, 8])


def test_that_flags_without_a_mission_hide_nothing_and_say_so(tmp_path: Path) -> None:
    curve = open_curve(written(tmp_path, "time,flux,quality\n1,1,255\n2,2,0\n"))
    assert curve.usable.all()
    assert "The quality flags hide no row: without a mission their meaning is not known." in curve.source.notes


def test_that_units_of_ecsv_are_read(tmp_path: Path) -> None:
    text = (
        "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: time, unit: d, datatype: float64}\n"
        "# - {name: flux, unit: electron / s, datatype: float64}\n# schema: astropy-2.0\ntime flux\n1.0 2.0\n2.0 3.0\n"
    )
    curve = open_curve(written(tmp_path, text, "star.ecsv"))
    assert curve.flux_unit == "electron / s"


def test_that_seconds_become_days(tmp_path: Path) -> None:
    curve = open_curve(written(tmp_path, "time [s],flux\n0,1\n86400,2\n"))
    assert curve.time.tolist() == [0.0, 1.0]


def test_that_a_table_without_names_opens_where_only_the_first_column_rises(tmp_path: Path) -> None:
    curve = open_curve(written(tmp_path, "1.0 5.0 0.1\n2.0 4.0 0.1\n3.0 6.0 0.1\n"))
    assert curve.time.tolist() == [1.0, 2.0, 3.0]
    assert curve.flux.tolist() == [5.0, 4.0, 6.0]
    assert curve.flux_err.tolist() == [0.1, 0.1, 0.1]
    assert "taken for time, flux and flux_err" in curve.source.notes[0]


def test_that_order_is_asked_of_the_whole_table_without_names(tmp_path: Path) -> None:
    rows = [f"{n}.0 {n % 7}.0" for n in range(5000)]
    assert len(open_curve(written(tmp_path, "\n".join(rows)))) == 5000
    rows[4000] = "3.0 3.0"
    with pytest.raises(ReadError, match="does not rise all the way"):
        open_curve(written(tmp_path, "\n".join(rows)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('file,t_mid,how\na b,1.5,"by eye; twice"\nc,2.5,"by eye; once"\n', "its columns are file, t_mid, how"),
        ("truth,kind\n0,none\n1,flare\n", "no column of time .* its columns are truth, kind"),
        ("time,kind\n0,none\n1,flare\n", "no column of flux .* its columns are time, kind"),
        ("x,y\n1,2\n2,1\n", "no column of time .* its columns are x, y"),
        ("time,flux_a,flux_b\n1,2,3\n2,2,3\n", "several columns of flux.*flux_a, flux_b"),
        ("1,2\n2,3\n3,4\n", "does not name its 2 columns"),
        ("2,1\n1,2\n3,4\n", "does not name its 2 columns"),
        ("1,5,0.1,7\n2,4,0.1,7\n", "does not name its 4 columns"),
        ("1\n2\n3\n", "does not name its 1 columns"),
        ("time,flux\n1,2,3\n2,3,4\n", "names 2 columns .*but its first row has 3"),
        ("time,flux,flux\n1,2,3\n2,3,4\n", "two columns called flux"),
        ("time;flux\n1,5;2,5\n2,5;3,5\n", "no table of numbers.* a decimal point"),
        ("time,flux\n1 Jan 2020,2\n", "Column time of star.csv does not hold plain numbers"),
        ("time,flux\n" + 300 * "2020-01-01T00:00:00,2\n" + "2020-01-35,2\n", "column time .*'2020-01-35'|no date"),
        ("time,flux,who\n1,2,a\n2,3,b,c\n4,5\n", "Line 3 of star.csv has 4 columns instead of 3"),
        ("time,flux\n1,2\n2,3,4\n", "Line 3 of star.csv has 3 columns instead of 2"),
        ("time [fortnight],flux\n1,2\n2,3\n", "star.csv counts time in 'fortnight'"),
        ("dear diary\nnothing happened\n", "holds no table of numbers: it begins with 'dear diary'"),
        ("time,flux\n", "holds no table of numbers"),
        ('{"time": [1, 2], "flux": [3, 4]}\n', "star.csv"),
        ("time,flux\n1,2\n2,3\n3\n", "Line 4 of star.csv has 1 columns instead of 2"),
        ("time,flux\n" + 3000 * "1,2\n" + "3,cloud\n", "Line 3,002 of star.csv has 'cloud' in column flux"),
        ("time,flux\n1,2\n2,1_000\n", "Column flux of star.csv does not hold plain numbers"),
        ("time,flux\n1,2\n".encode("utf-16"), "UTF-16.* Save it as plain text"),
    ],
)
def test_that_what_cannot_be_told_apart_is_refused_with_its_columns(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ReadError, match=message) as refused:
        READERS["text"].read(path, None)
    assert "star.csv" in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    ("dates", "zero", "scale"),
    [
        (("2020-05-03T12:00:00", "2020-05-04 00:00:00"), 2458972.5, ""),
        (("2020-05-03T12:00:00Z", "2020-05-04T00:00:00.000Z"), 2458972.5, "UTC"),
    ],
)
def test_that_dates_are_times(tmp_path: Path, dates: tuple[str, str], zero: float, scale: str) -> None:
    curve = open_curve(written(tmp_path, f"time,flux\n{dates[0]},1\n,2\n{dates[1]},3\n"))
    assert (curve.reference.zero_jd, curve.reference.scale) == (zero, scale)
    np.testing.assert_array_equal(curve.time, [0.5, np.nan, 1.0])
    assert curve.flux.tolist() == [1.0, 2.0, 3.0]


def test_that_ecsv_with_dates_opens(tmp_path: Path) -> None:
    from astropy.time import Time
    from astropy.timeseries import TimeSeries

    path = tmp_path / "star.ecsv"
    moments = Time(["2020-05-03T12:00:00", "2020-05-04T00:00:00"], scale="tdb", format="isot")
    TimeSeries(time=moments, data={"flux": [1.0, 2.0]}).write(path, format="ascii.ecsv")
    curve = open_curve(path)
    assert curve.time.tolist() == [0.5, 1.0]
    assert (curve.reference.zero_jd, curve.reference.scale) == (2458972.5, "TDB")


def test_that_what_was_guessed_comes_with_the_refusal(tmp_path: Path) -> None:
    path = written(tmp_path, "# in days\nBTJD,ap1,ap2,ap3\n1,2,3,4\n2,3,4,5\n")
    with pytest.raises(ColumnsUnclear, match="no column of flux") as unclear:
        open_curve(path)
    preview = unclear.value.preview
    assert (preview.names, preview.time, preview.flux) == (("BTJD", "ap1", "ap2", "ap3"), "BTJD", "")
    assert preview.rows == (("1", "2", "3", "4"), ("2", "3", "4", "5"))


def test_that_a_long_table_is_read_in_pieces_without_loss(tmp_path: Path) -> None:
    n = 100_000
    time = 1000 + np.arange(n) / 1000
    path = tmp_path / "long.csv"
    np.savetxt(path, np.column_stack([time, np.arange(n)]), delimiter=",", header="time,flux", comments="")
    curve = open_curve(path)
    np.testing.assert_array_equal(curve.flux, np.arange(n))
    np.testing.assert_allclose(curve.time, time, rtol=1e-15)


def test_that_a_summary_reads_the_first_lines_only(tmp_path: Path) -> None:
    said = summarise(written(tmp_path, "time,flux\n" + 100_000 * "1,2\n" + "broken"))
    assert (said.kind, said.rows) == ("light curve", -1)


def test_that_gzipped_text_opens(tmp_path: Path) -> None:
    import gzip

    path = written(tmp_path, gzip.compress(b"time,flux\n1,2\n2,3\n"), "star.csv.gz")
    assert open_curve(path).flux.tolist() == [2.0, 3.0]


@pytest.mark.parametrize("delimiter", [" ", ","])
def test_that_ecsv_reads_as_astropy_reads_it(tmp_path: Path, delimiter: str) -> None:
    from astropy import units
    from astropy.table import MaskedColumn, Table

    rng = np.random.default_rng(0)
    flux = MaskedColumn(rng.standard_normal(30), mask=np.arange(30) == 4, unit=units.electron / units.s)
    time = (1325 + np.arange(30) / 48) * units.d
    made = Table({"time": time, "flux": flux, "flux_err": np.full(30, 0.1), "quality": np.arange(30)})
    made.meta["comments"] = ["made for a test"]
    path = tmp_path / "star.ecsv"
    made.write(path, delimiter=delimiter)
    curve, expected = open_curve(path), Table.read(path)
    np.testing.assert_array_equal(curve.time, expected["time"])
    np.testing.assert_array_equal(curve.flux, expected["flux"].filled(np.nan))
    np.testing.assert_array_equal(curve.flux_err, expected["flux_err"])
    np.testing.assert_array_equal(curve.quality, expected["quality"])
    assert (curve.flux_unit, curve.reference.known) == ("electron / s", False)
    assert "1 row has no flux." in curve.source.notes


@pytest.mark.parametrize(("system", "zero", "name"), [("jd", 2458000.0, "JD − 2458000"), ("mjd", 2400000.5, "MJD")])
def test_that_a_time_in_ecsv_keeps_its_zero_and_scale(tmp_path: Path, system: str, zero: float, name: str) -> None:
    from astropy.time import Time
    from astropy.timeseries import TimeSeries

    moments = Time(2458325.25 + np.arange(30) / 32, format="jd", scale="tdb")
    path = tmp_path / "star.ecsv"
    TimeSeries(time=Time(moments, format=system), data={"flux": np.arange(30.0)}).write(path)
    curve = open_curve(path)
    assert (curve.reference.name, curve.reference.zero_jd, curve.reference.scale) == (name, zero, "TDB")
    np.testing.assert_allclose(curve.time, (moments.jd1 - zero) + moments.jd2, rtol=0, atol=2e-9)
