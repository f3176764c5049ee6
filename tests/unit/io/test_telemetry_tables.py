"""Tables of telemetry in text and parquet: channels, states, labels, clocks, long tables, and what others read."""

from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.telemetry import Interval, Telemetry
from desktop_app.io import READERS, open_file, summarise
from desktop_app.io.source import read_head
from desktop_app.io.telemetry.telemetry_long import ALL
from tests.telemetry_files import START_UNIX_S, dates, long_text, parquet_file, table_text


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def opened(path: Path, part: str | None = None) -> Telemetry:
    data = open_file(path, part=part)
    assert isinstance(data, Telemetry)
    return data


def column(data: Telemetry, name: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return data.values[:, data.names.index(name)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_that_a_table_gives_its_channels_with_units_states_gaps_and_labels(tmp_path: Path, delimiter: str) -> None:
    path = written(tmp_path / "hk.csv", table_text(60, delimiter=delimiter))
    data = opened(path)
    lines = [line.split(delimiter) for line in path.read_text().splitlines()[1:]]
    assert data.names == ("voltage", "board id", "mode", "heater")
    assert data.channels[0].unit == "V"
    expected = [float(line[1]) if line[1] else np.nan for line in lines]
    np.testing.assert_array_equal(column(data, "voltage"), expected)
    assert np.isnan(column(data, "voltage")).sum() == sum(line[1] == "" for line in lines) > 0
    assert (column(data, "board id") == 3).all()
    states = data.channels[2].states
    assert [states[int(code)] for code in column(data, "mode")] == [line[3] for line in lines]
    assert data.channels[3].states == ("False", "True")
    assert data.labels == (Interval(40, 50),)
    assert data.clock == "utc"
    assert data.zero_unix_s + data.time[0] == START_UNIX_S
    np.testing.assert_array_equal(data.time - data.time[0], np.arange(60) * 0.5)


@pytest.mark.parametrize(
    ("times", "clock"),
    [
        ([f"{1.6e9 + n / 2:.3f}" for n in range(60)], "utc"),
        ([f"{1.6e12 + n * 500:.0f}" for n in range(60)], "utc"),
        ([f"{n / 2}" for n in range(60)], "elapsed"),
        ([date.replace("Z", "+00:00") for date in dates(60)], "utc"),
        ([date.replace("T", " ").rstrip("Z") for date in dates(60)], "utc"),
    ],
)
def test_that_steps_of_time_are_kept_whatever_they_count(tmp_path: Path, times: list[str], clock: str) -> None:
    data = opened(written(tmp_path / "hk.csv", table_text(60, time=times)))
    assert data.clock == clock
    np.testing.assert_allclose(np.diff(data.time), 0.5, atol=1e-9)


def test_that_rows_are_put_into_order_and_keep_their_numbers_and_labels(tmp_path: Path) -> None:
    lines = table_text(60).splitlines()
    order = np.random.default_rng(2).permutation(60)
    shuffled = opened(written(tmp_path / "a.csv", "\n".join([lines[0], *(lines[1 + n] for n in order)])))
    plain = opened(written(tmp_path / "b.csv", "\n".join(lines)))
    np.testing.assert_array_equal(shuffled.values, plain.values)
    np.testing.assert_array_equal(shuffled.time, plain.time)
    np.testing.assert_array_equal(order[shuffled.row], np.arange(60))
    assert shuffled.labels == plain.labels
    assert any("were put into order" in note for note in shuffled.source.notes)


def test_that_repeated_times_are_kept_and_rows_without_time_are_left_out(tmp_path: Path) -> None:
    text = "time,a,b,c\n2022-01-01T00:00:00Z,1,2,3\n2022-01-01T00:00:00Z,4,5,6\n,7,8,9\n2022-01-01T00:00:01Z,1,2,3\n"
    data = opened(written(tmp_path / "hk.csv", text))
    assert data.row.tolist() == [0, 1, 3]
    assert data.time.tolist() == [0, 0, 1]
    assert "1 row has the time of the row before." in data.source.notes
    assert "1 row has no time, and is left out." in data.source.notes


def test_that_a_text_among_numbers_counts_as_missing_and_is_told_of(tmp_path: Path) -> None:
    rows = [f"{date},{n},{'ERR' if n == 7 else n / 2},1" for n, date in enumerate(dates(20))]
    data = opened(written(tmp_path / "hk.csv", "\n".join(["time,a,b,c", *rows])))
    assert np.flatnonzero(np.isnan(column(data, "b"))).tolist() == [7]
    assert "1 text among the numbers counts as missing." in data.source.notes


def test_that_small_numbers_keep_their_digits_beside_empty_fields(tmp_path: Path) -> None:
    values = ["-1e-10", "3.04275e-05", "0.000012345678901234567", "-5e-184", "", "1e300"]
    rows = [f"{date},1,{value},2" for date, value in zip(dates(6), values, strict=True)]
    data = opened(written(tmp_path / "hk.csv", "\n".join(["time,a,b,c", *rows])))
    np.testing.assert_array_equal(column(data, "b"), [float(value) if value else np.nan for value in values])


def test_that_a_column_of_messages_is_left_out_with_a_note(tmp_path: Path) -> None:
    rows = [f"{date},{n},message number {n}" for n, date in enumerate(dates(1500))]
    data = opened(written(tmp_path / "log.csv", "\n".join(["time,a,text", *rows])))
    assert data.names == ("a",)
    assert any("text has more than 1,000 different texts" in note for note in data.source.notes)


def test_that_a_line_of_units_below_the_names_is_understood(tmp_path: Path) -> None:
    text = "TIMESTAMP,batt,temp\nTS,V,degC\n2022-01-01 00:00:00,12.5,20\n2022-01-01 00:01:00,12.4,21\n"
    data = opened(written(tmp_path / "logger.csv", text))
    assert [(channel.name, channel.unit) for channel in data.channels] == [("batt", "V"), ("temp", "degC")]
    assert data.cadence_s == 60


def test_that_date_and_time_of_day_in_two_columns_are_one_time(tmp_path: Path) -> None:
    text = "Date,Time,x,y\n2022-01-01,00:00:01.5,1,2\n2022-01-01,00:00:03.5,2,3\n"
    data = opened(written(tmp_path / "hk.csv", text))
    assert data.names == ("x", "y")
    assert data.zero_unix_s + data.time[0] == 1640995201.5
    assert data.cadence_s == 2


def test_that_a_table_without_times_counts_rows(tmp_path: Path) -> None:
    table = np.random.default_rng(0).normal(size=(30, 38))
    text = "\n".join(",".join(f"{value:.4f}" for value in row) for row in table)
    data = opened(written(tmp_path / "machine.txt", text))
    assert data.clock == "samples"
    np.testing.assert_allclose(data.values, table, atol=1e-4)


def test_that_decimal_commas_are_numbers(tmp_path: Path) -> None:
    text = "time;a;b;mode\n2022-01-01T00:00:00,5Z;1,5;-2,5e3;ON\n2022-01-01T00:00:01,5Z;1,6;2,6;OFF\n"
    data = opened(written(tmp_path / "hk.csv", text))
    assert column(data, "a").tolist() == [1.5, 1.6]
    assert column(data, "b").tolist() == [-2500, 2.6]
    assert data.time.tolist() == [0.5, 1.5]


def test_that_an_index_of_pandas_is_left_out(tmp_path: Path) -> None:
    rows = "\n".join(f"{n},{date},{n / 3},{n}" for n, date in enumerate(dates(5)))
    data = opened(written(tmp_path / "hk.csv", f",time,a,b\n{rows}"))
    assert data.names == ("a", "b")


def test_that_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    data = opened(written(tmp_path / "hk.csv", "time,a,a,b\n2022-01-01,1,2,3\n2022-01-02,1,2,3\n"))
    assert data.names == ("a", "a (3)", "b")


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (["0", "1", "1", "0"], (Interval(1, 3),)),
        (["False", "True", "True", "False"], (Interval(1, 3),)),
        (["normal", "spike", "drift", ""], (Interval(1, 2, "spike"), Interval(2, 3, "drift"))),
        (["0", "2", "2", "0"], (Interval(1, 3, "class 2"),)),
        (["0", "0", "0", "0"], ()),
    ],
)
def test_that_a_column_of_labels_becomes_stretches(
    tmp_path: Path, values: list[str], labels: tuple[Interval, ...]
) -> None:
    rows = "\n".join(f"{date},1,{label}" for date, label in zip(dates(4), values, strict=True))
    data = opened(written(tmp_path / "hk.csv", f"time,a,label\n{rows}\n"))
    assert data.names == ("a",)
    assert data.labels == labels


def test_that_scores_in_a_column_called_anomaly_are_a_channel(tmp_path: Path) -> None:
    rows = "\n".join(f"{date},1,{n / 7:.3f}" for n, date in enumerate(dates(9)))
    data = opened(written(tmp_path / "hk.csv", f"time,a,anomaly\n{rows}\n"))
    assert data.names == ("a", "anomaly")
    assert data.labels == ()
    np.testing.assert_allclose(column(data, "anomaly"), np.arange(9) / 7, atol=1e-3)


@pytest.mark.parametrize(
    "text",
    [
        "time,flux,flux_err\n1,2,3\n2,2,3\n",
        "BJD,mag,mag_err,airmass\n2458000.5,12.1,0.1,1\n2458000.6,12.1,0.1,1\n",
        "hjd,a,b,c\n2458000.5,1,2,3\n2458000.6,1,2,3\n",
        "time,rate,error,bkg\n1,2,3,4\n2,2,3,4\n",
        "1.0 2.0 3.0\n2.0 2.0 3.0\n",
        "name,ra,dec,v,w\nstar,1,2,3,4\nother,2,3,4,5\n",
    ],
)
def test_that_tables_of_light_and_sky_are_left_to_their_readers(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "a.csv", text)
    assert not READERS["telemetry-text"].accepts(path, read_head(path))
    assert not READERS["telemetry-long"].accepts(path, read_head(path))


def test_that_a_magnetometer_is_no_star(tmp_path: Path) -> None:
    text = "timestamp,mag_x,mag_y,mag_z\n2022-01-01T00:00:00Z,1,2,3\n2022-01-01T00:00:01Z,1,2,3\n"
    assert opened(written(tmp_path / "hk.csv", text)).names == ("mag_x", "mag_y", "mag_z")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("timestamp,x,y\n27.01.2022 00:00,1,2\n28.01.2022 00:00,1,2\n", "27.01.2022"),
        ("time,x,y,z\n2022-01-01,1,2,3\n2022-01-02,1,2\n", "Line 3"),
        ("timestamp\n2022-01-01\n2022-01-02\n", "no channel"),
        ("channel,start,end\nA,1,2\n", "list of labels"),
        ("segment,channel,mean,std\n1,A,2,3\n", "statistics of segments"),
    ],
)
def test_that_what_cannot_be_read_is_refused_with_a_way_out(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ReadError) as caught:
        open_file(written(tmp_path / "hk.csv", text))
    assert words in caught.value.message
    assert "hk.csv" in caught.value.message
    assert caught.value.hint


def test_that_channels_of_a_long_table_keep_clocks_of_their_own(tmp_path: Path) -> None:
    path = written(tmp_path / "long.csv", long_text(30))
    data = opened(path)
    assert data.source.parts == ("B-2", "B-10", "MODE", ALL)
    assert (len(data), data.channels[0].unit) == (30, "V")
    np.testing.assert_array_equal(data.values[:, 0], np.arange(30) / 4)
    assert data.labels == (Interval(10, 15),)
    slow = opened(path, "B-10")
    np.testing.assert_array_equal(slow.values[:, 0], -np.arange(0, 30, 3))
    assert slow.cadence_s == 3
    assert slow.labels == ()
    mode = opened(path, "MODE")
    states = mode.channels[0].states
    assert [states[int(code)] for code in mode.values[:, 0]] == ["IDLE", "SAFE"] * 3
    lines = path.read_text().splitlines()[1:]
    assert [lines[row].split(",")[0] for row in slow.row] == ["B-10"] * 10


def test_that_all_channels_stand_on_the_union_of_their_times_with_nothing_filled(tmp_path: Path) -> None:
    path = written(tmp_path / "long.csv", long_text(30))
    data = opened(path, ALL)
    assert len(data) == 30
    for name in ("B-2", "B-10", "MODE"):
        alone = opened(path, name)
        together = column(data, name)
        known = np.isfinite(together)
        np.testing.assert_array_equal(together[known], alone.values[:, 0])
        np.testing.assert_allclose(data.time[known] + data.zero_unix_s, alone.time + alone.zero_unix_s)
    assert data.labels == (Interval(10, 15, "anomaly", "B-2"),)


def test_that_two_values_of_a_channel_at_one_time_are_both_kept(tmp_path: Path) -> None:
    text = "timestamp,channel,value\n" + "\n".join(
        f"2022-01-01T00:00:0{second}Z,{name},{value}"
        for second, name, value in [(0, "a", 1), (0, "b", 2), (1, "a", 3), (1, "a", 4), (2, "b", 5)]
    )
    data = opened(written(tmp_path / "long.csv", text), ALL)
    assert data.time.tolist() == [0, 1, 1, 2]
    np.testing.assert_array_equal(data.values, [[1, 2], [3, np.nan], [4, np.nan], [np.nan, 5]])


def test_that_a_channel_that_a_long_table_has_not_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="B-2, B-10, MODE"):
        open_file(written(tmp_path / "long.csv", long_text()), part="nothing")


def test_that_a_long_table_that_changed_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "long.csv", long_text(30))
    assert len(opened(path)) == 30
    written(path, long_text(20))
    assert len(opened(path)) == 20


def test_that_parquet_is_read_like_text_with_all_digits(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    data = opened(parquet_file(tmp_path / "hk.parquet"))
    assert data.names == ("voltage", "count", "mode", "heater")
    assert np.flatnonzero(np.isnan(column(data, "voltage"))).tolist() == list(range(3, 60, 7))
    np.testing.assert_array_equal(column(data, "count")[:4], [0, 1, np.nan, 3])
    assert data.channels[2].states == ("IDLE", "SAFE")
    assert data.labels == (Interval(40, 50),)
    np.testing.assert_allclose(data.time, np.arange(60) * 1.500000001, rtol=0, atol=1e-12)
    summary = summarise(tmp_path / "hk.parquet")
    assert (summary.kind, summary.rows, summary.shape) == ("telemetry", 60, (4,))


def test_that_a_long_table_in_parquet_has_a_part_for_each_channel(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = {
        "timestamp": [1_643_250_037_000, 1_643_250_038_500, 1_643_250_039_000],
        "channel": ["a", "b", "a"],
        "value": [1.0, 2.0, 3.0],
        "label": ["nominal", "anomaly", "spike"],
    }
    parquet.write_table(pyarrow.table(columns), tmp_path / "long.parquet")
    data = opened(tmp_path / "long.parquet")
    assert data.source.parts == ("a", "b", ALL)
    assert data.values[:, 0].tolist() == [1, 3]
    assert data.labels == (Interval(1, 2, "spike"),)
    assert data.zero_unix_s + data.time[0] == 1_643_250_037


def test_that_light_curves_in_parquet_stay_light_curves(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"time": [1.0, 2.0], "flux": [1.0, 1.1], "flux_err": [0.1, 0.1], "quality": [0, 0]})
    parquet.write_table(table, tmp_path / "star.parquet")
    assert isinstance(open_file(tmp_path / "star.parquet"), LightCurve)


def test_that_summaries_of_text_count_channels(tmp_path: Path) -> None:
    summary = summarise(written(tmp_path / "hk.csv", table_text()))
    assert (summary.kind, summary.rows, summary.shape) == ("telemetry", -1, (4,))
    assert summarise(written(tmp_path / "long.csv", long_text())).kind == "telemetry"


numbers = st.one_of(st.none(), st.floats(-1e12, 1e12), st.integers(-(10**9), 10**9).map(float))
names = st.from_regex(r"[A-Z][A-Z0-9]{2,8}_[xyz]\d", fullmatch=True)


@given(
    st.lists(st.tuples(st.integers(0, 10**15), st.lists(numbers, min_size=4, max_size=4)), min_size=2, max_size=40),
    st.lists(names, min_size=4, max_size=4, unique=True),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_that_any_table_comes_back_as_it_was_written(
    tmp_path: Path,
    rows: list[tuple[int, list[float | None]]],
    names: list[str],
    delimiter: str,
    end: str,
) -> None:
    moments = [np.datetime64("1995-01-01", "ns") + nanoseconds for nanoseconds, _ in rows]
    lines = [delimiter.join(["timestamp", *names])]
    for moment, (_, values) in zip(moments, rows, strict=True):
        lines.append(delimiter.join([f"{moment}Z", *("" if value is None else repr(value) for value in values)]))
    path = tmp_path / "any.csv"
    path.write_bytes((end.join(lines) + end).encode())
    data = opened(path)
    table = np.array([[np.nan if value is None else value for value in values] for _, values in rows])
    order = np.argsort([moment.astype(np.int64) for moment in moments], kind="stable")
    np.testing.assert_array_equal(data.values, table[order])
    np.testing.assert_array_equal(data.row, order)
    since = [(moments[n].astype(np.int64) - int(data.zero_unix_s) * 10**9) / 1e9 for n in order]
    np.testing.assert_allclose(data.time, since, rtol=1e-15, atol=1e-9)
    assert data.names == tuple(names)


@pytest.mark.parametrize("columns", [3000, 12_000])
def test_that_tables_of_thousands_of_columns_are_answered_at_once(tmp_path: Path, columns: int) -> None:
    head = "time," + ",".join(f"channel {n} [V]" for n in range(columns))
    path = written(tmp_path / "wide.csv", head + "\n" + 3 * (",".join(["1.5"] * (columns + 1)) + "\n"))
    start = monotonic()
    try:
        found = len(opened(path).channels)
    except ReadError as error:
        found = columns if "columns" in error.message else 0
    assert found == columns
    assert monotonic() - start < 5
