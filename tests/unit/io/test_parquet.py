"""Light curves in parquet: read as pyarrow reads them, and refused with a sentence where that is not there."""

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_app.core.errors import ColumnsUnclear, ReadError
from desktop_app.io import READERS, data_files, open_curve, summarise
from tests.data import real_file
from tests.unit.io.test_fuzz import Mutation, cut, cut_out, flipped, holds

N = 40
TIME = 1325.0 + np.arange(N) / 48


def parquet_file(folder: Path, columns: Mapping[str, object], units: Mapping[str, str] | None = None) -> Path:
    """A parquet file of these columns, with units in their metadata."""
    pytest.importorskip("pyarrow")
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    table = arrow.table(dict(columns))
    for name, unit in (units or {}).items():
        place = table.column_names.index(name)
        field = table.schema.field(place).with_metadata({"unit": unit})
        table = table.set_column(place, field, table.column(place))
    path = folder / "star.parquet"
    parquet.write_table(table, path)
    return path


def star(**changes: Any) -> dict[str, object]:
    rng = np.random.default_rng(0)
    flux = (1 + 1e-3 * rng.standard_normal(N)).astype(np.float32)
    return {"time": TIME, "flux": flux, "flux_err": np.full(N, 1e-3), **changes}


def test_that_every_column_arrives(tmp_path: Path) -> None:
    made = star(quality=np.arange(N), cadenceno=np.arange(N, dtype=np.int32) + 9, bkg=np.ones(N), name=["a"] * N)
    path = parquet_file(tmp_path, made, {"flux": "e-/s", "time": "d"})
    curve = open_curve(path)
    np.testing.assert_array_equal(curve.time, TIME)
    np.testing.assert_array_equal(curve.flux, np.asarray(made["flux"], np.float64))
    assert set(curve.flux_err) == {1e-3}
    assert (curve.quality[5], curve.cadence[5], curve.flux_unit, curve.source.object_name) == (5, 14, "e-/s", "a")
    assert set(curve.columns) == {"flux", "flux_err", "flux_ERR", "bkg"}
    assert (summarise(path).kind, summarise(path).rows) == ("light curve", N)
    assert data_files(tmp_path) == [path]


def test_that_no_value_is_nan_and_is_counted(tmp_path: Path) -> None:
    flux = [None, *[7] * (N - 1)]
    curve = open_curve(parquet_file(tmp_path, star(flux=flux)))
    assert np.isnan(curve.flux).tolist() == [True] + [False] * (N - 1)
    assert "1 row has no flux." in curve.source.notes


@pytest.mark.parametrize(
    ("name", "unit", "first", "zero", "step"),
    [
        ("BTJD", "", 1325.0, 2457000.0, 1 / 48),
        ("time", "BJD - 2454833", 1325.0, 2454833.0, 1 / 48),
        ("time", "s", 1325 / 86400, np.nan, 1 / 48 / 86400),
    ],
)
def test_that_time_is_what_name_and_unit_say(
    tmp_path: Path, name: str, unit: str, first: float, zero: float, step: float
) -> None:
    made = {name: TIME, "flux": np.ones(N)}
    curve = open_curve(parquet_file(tmp_path, made, {name: unit} if unit else None))
    np.testing.assert_equal(curve.reference.zero_jd, zero)
    assert (curve.time[0], curve.time[1] - curve.time[0]) == pytest.approx((first, step), rel=1e-9)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ({"a": TIME, "flux": TIME}, "no column of time .*: its columns are a, flux"),
        ({"time": TIME, "flux_a": TIME, "flux_b": TIME}, "several columns of flux, .*: flux_a, flux_b"),
        ({"time": TIME, "flux": ["x"] * N}, r"Column flux of star\.parquet does not hold plain numbers"),
        ({"time": TIME, "flux": [[1.0, 2.0]] * N}, r"Column flux of star\.parquet does not hold plain numbers"),
    ],
    ids=["no time", "two fluxes", "words", "lists"],
)
def test_that_what_cannot_be_told_apart_is_refused(tmp_path: Path, made: Mapping[str, object], message: str) -> None:
    path = parquet_file(tmp_path, made)
    for face in (open_curve, summarise):
        with pytest.raises(ReadError, match=message) as refused:
            face(path)
        assert refused.value.hint


def test_that_magnitudes_stay_what_they_are(tmp_path: Path) -> None:
    curve = open_curve(parquet_file(tmp_path, {"mjd": 58000 + TIME, "mag": 14 + np.sin(TIME), "magerr": np.ones(N)}))
    np.testing.assert_array_equal(curve.flux, 14 + np.sin(TIME))
    assert (curve.flux_name, curve.flux_unit, curve.in_magnitudes, curve.reference.name) == ("mag", "mag", True, "MJD")
    assert set(curve.flux_err) == {1.0}


def test_that_dates_are_times(tmp_path: Path) -> None:
    moments = np.datetime64("2020-05-03T12:00:00", "us") + np.arange(N) * np.timedelta64(30, "m")
    curve = open_curve(parquet_file(tmp_path, {"time": moments, "flux": np.ones(N)}))
    assert curve.reference.zero_jd == 2458972.5
    np.testing.assert_allclose(curve.time, 0.5 + np.arange(N) / 48, atol=1e-11)


def test_that_bands_are_parts(tmp_path: Path) -> None:
    made = {"mjd": 58000 + TIME, "mag": np.arange(N) + 10.0, "band": (["g"] + ["r", "r"] * N)[:N]}
    path = parquet_file(tmp_path, made)
    curve = open_curve(path)
    assert (curve.source.part, curve.source.parts, len(curve)) == ("r", ("r", "g"), N - 1)
    assert open_curve(path, part="g").row.tolist() == [0]


def test_that_a_table_of_channels_is_no_light_curve(tmp_path: Path) -> None:
    made = {"time": TIME, "bus_voltage": TIME, "wheel_speed": TIME, "temperature": TIME}
    path = parquet_file(tmp_path, made)
    assert not READERS["parquet"].accepts(path, path.read_bytes())


def test_that_unclear_columns_come_with_their_first_rows(tmp_path: Path) -> None:
    path = parquet_file(tmp_path, {"time": TIME, "flux_a": TIME, "flux_b": [None, *TIME[1:]]})
    with pytest.raises(ColumnsUnclear) as unclear:
        open_curve(path)
    preview = unclear.value.preview
    assert (preview.names, preview.time) == (("time", "flux_a", "flux_b"), "time")
    assert preview.rows[0] == ("1325.0", "1325.0", "")
    assert len(preview.rows) == 12


def test_that_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"star\.parquet has no rows"):
        open_curve(parquet_file(tmp_path, {"time": np.zeros(0), "flux": np.zeros(0)}))


@pytest.mark.parametrize("mutation", [flipped, cut, cut_out])
def test_that_a_mutated_file_opens_or_is_refused(tmp_path: Path, mutation: Mutation) -> None:
    content = parquet_file(tmp_path, star()).read_bytes()
    rng = np.random.default_rng(15)
    for n in range(200):
        holds(tmp_path / f"{n}.parquet", mutation(content, rng))


def test_that_without_pyarrow_the_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "star.parquet"
    path.write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    for face in (open_curve, summarise):
        with pytest.raises(ReadError, match="pyarrow is not installed") as refused:
            face(path)
        assert refused.value.hint == "Install it: pip install pyarrow"


@pytest.mark.real_data
def test_that_a_real_file_reads_as_pyarrow_reads_it() -> None:
    pytest.importorskip("pyarrow")
    path = real_file("tess_stitched_parquet/TIC-150428135.parquet")
    expected = import_module("pyarrow.parquet").read_table(path)
    curve = open_curve(path)
    assert len(curve) == summarise(path).rows == 18279
    np.testing.assert_array_equal(curve.time, expected["time"].to_numpy()[curve.row])
    np.testing.assert_array_equal(curve.flux, expected["flux"].to_numpy()[curve.row].astype(np.float64))
    np.testing.assert_array_equal(curve.flux_err, expected["flux_err"].to_numpy()[curve.row].astype(np.float64))
    assert (curve.source.object_name, curve.reference.known) == ("TIC-150428135", False)
