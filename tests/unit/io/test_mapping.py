"""Columns that a person chose: in every container, by name, with unit and zero, remembered and forgotten."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import ColumnsUnclear, ParamError, ReadError
from desktop_app.core.light_curve import LightCurve
from desktop_app.io import open_curve, open_file, summarise
from desktop_app.io.refusal import refusal
from desktop_app.io.source import read_head
from desktop_app.io.tables.any_table import open_table, shape_of
from desktop_app.io.tables.column_choice import ColumnChoice, forget, remember, remembered
from desktop_app.io.tables.mapping import preview, read_mapped, recalled, remember_for
from desktop_app.paths import config_folder
from tests.tables import N, odd_columns, write_fits, write_parquet, write_text, write_votable

CHOICE = ColumnChoice(time="a", flux="c", flux_err="d", quality="e", time_unit="s", zero="BTJD")


def odd_file(folder: Path, kind: str) -> Path:
    if kind == "parquet":
        pytest.importorskip("pyarrow")
    writers = {
        "text": (write_text, "csv"),
        "FITS": (write_fits, "fits"),
        "parquet": (write_parquet, "parquet"),
        "VOTable": (write_votable, "xml"),
    }
    write, suffix = writers[kind]
    return write(folder / f"odd.{suffix}", odd_columns())


@pytest.mark.parametrize("kind", ["text", "FITS", "parquet", "VOTable"])
def test_that_chosen_columns_are_read_from_every_container(tmp_path: Path, kind: str) -> None:
    path, columns = odd_file(tmp_path, kind), odd_columns()
    curve = read_mapped(path, CHOICE)
    assert np.allclose(curve.time, columns["a"] / 86400, atol=1e-9, rtol=0)
    assert np.allclose(curve.flux, columns["c"], atol=1e-11, rtol=0)
    assert np.allclose(curve.flux_err, columns["d"])
    assert np.array_equal(curve.quality, columns["e"].astype(np.int64))
    assert curve.reference.name == "BTJD"
    assert curve.reference.zero_jd == 2457000.0
    assert curve.reference.scale == "TDB"
    assert curve.flux_name == "c"
    assert len(curve) == N
    assert "time from a, flux from c ± d" in curve.source.notes[0]


@pytest.mark.parametrize("kind", ["text", "FITS", "parquet", "VOTable"])
def test_that_a_choice_is_remembered_for_tables_laid_out_alike(tmp_path: Path, kind: str) -> None:
    path = odd_file(tmp_path, kind)
    remember_for(path, CHOICE)
    other = path.with_name(f"other{path.suffix}")
    path.rename(other)
    curve = open_file(other)
    assert isinstance(curve, LightCurve)
    assert curve.flux_name == "c"
    assert summarise(other).kind == "light curve"


def test_that_the_order_of_columns_does_not_matter_and_another_name_does(tmp_path: Path) -> None:
    columns = odd_columns()
    remember_for(write_text(tmp_path / "one.csv", columns), CHOICE)
    turned = write_text(tmp_path / "turned.csv", dict(reversed(columns.items())))
    assert open_curve(turned).flux_name == "c"
    columns["f"] = columns["e"]
    other = shape_of(write_text(tmp_path / "more.csv", columns))
    assert other is not None
    assert other.key != remembered()[0].shape.key


def test_that_an_explicit_choice_goes_before_a_remembered_one(tmp_path: Path) -> None:
    path = odd_file(tmp_path, "text")
    remember_for(path, CHOICE)
    assert open_curve(path, columns=replace(CHOICE, flux="b")).flux_name == "b"


def test_that_a_remembered_choice_does_not_change_files_laid_out_otherwise(tmp_path: Path) -> None:
    remember_for(odd_file(tmp_path, "text"), CHOICE)
    star = tmp_path / "star.csv"
    star.write_text("time,flux\n1,1.0\n2,1.1\n3,1.0\n", encoding="utf-8")
    assert open_curve(star).flux_name == "flux"


def test_that_a_forgotten_choice_is_gone(tmp_path: Path) -> None:
    path = odd_file(tmp_path, "text")
    remember_for(path, CHOICE)
    assert forget(frozenset({remembered()[0].shape.key})) == 1
    assert remembered() == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b'{"schema": 99, "layouts": []}',
        b'{"schema": 1, "layouts": [{"kind": 3}]}',
        b'{"schema": 1, "layouts": [{"kind": "text", "names": [1], "folder": "", "choice": {}, "file": ""}]}',
        b'{"schema": 1, "layouts": [{"kind": "text", "names": [], "folder": 1, "choice": {}, "file": ""}]}',
        b'{"schema": 1, "layouts": [{"kind": "text", "names": [], "folder": "", "choice": {"time": 7}, "file": ""}]}',
        b'{"schema": 1, "layouts": 5}',
        b"[" * 100_000,
    ],
)
def test_that_a_broken_memory_is_empty_and_can_be_written_anew(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = odd_file(tmp_path, "text")
    config_folder().mkdir(parents=True, exist_ok=True)
    (config_folder() / "columns.json").write_bytes(content)
    with caplog.at_level(logging.INFO):
        assert remembered() == ()
    assert not content or "columns.json" in caplog.text
    remember_for(path, CHOICE)
    assert [one.choice for one in remembered()] == [CHOICE]
    assert json.loads((config_folder() / "columns.json").read_text(encoding="utf-8"))["schema"] == 1


def test_that_a_choice_that_cannot_be_kept_is_no_error(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    config_folder().parent.mkdir(parents=True, exist_ok=True)
    config_folder().write_text("a file where the folder should be", encoding="utf-8")
    shape = shape_of(odd_file(tmp_path, "text"))
    assert shape is not None
    with caplog.at_level(logging.INFO):
        remember(shape, CHOICE, "odd.csv")
    assert "is not kept" in caplog.text


def test_that_nothing_is_left_beside_the_memory(tmp_path: Path) -> None:
    remember_for(odd_file(tmp_path, "text"), CHOICE)
    assert [path.name for path in config_folder().iterdir()] == ["columns.json"]


@pytest.mark.parametrize("field", ["time", "flux", "flux_err", "quality"])
def test_that_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path, field: str) -> None:
    with pytest.raises(ParamError, match="no column 'nope'") as caught:
        read_mapped(odd_file(tmp_path, "text"), replace(CHOICE, **{field: "nope"}))
    assert "a, b, c, d, e" in caught.value.hint


def test_that_a_column_of_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match=r"remark of odd\.fits does not hold numbers"):
        read_mapped(odd_file(tmp_path, "FITS"), replace(CHOICE, flux="remark"))


def test_that_capitals_do_not_matter_where_no_other_column_differs_by_them(tmp_path: Path) -> None:
    assert read_mapped(odd_file(tmp_path, "FITS"), replace(CHOICE, time="A", flux="C")).flux_name == "c"
    columns = odd_columns()
    both = write_text(tmp_path / "both.csv", {**columns, "C": columns["b"]})
    assert np.allclose(read_mapped(both, replace(CHOICE, flux="C")).flux, columns["b"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time_unit": "fortnight"}, "no unit of time"),
        ({"zero": "noon"}, "nothing that times count from"),
        ({"zero": "-7"}, "no Julian date"),
        ({"zero": "nan"}, "no Julian date"),
        ({"flux": "a"}, "cannot both be a"),
    ],
)
def test_that_a_choice_that_cannot_be_is_refused(tmp_path: Path, change: dict[str, str], said: str) -> None:
    with pytest.raises(ParamError, match=said):
        read_mapped(odd_file(tmp_path, "text"), replace(CHOICE, **change))


@pytest.mark.parametrize(
    ("zero", "name", "jd"),
    [
        ("BKJD", "BKJD", 2454833.0),
        ("MJD", "MJD", 2400000.5),
        ("2450000", "JD − 2450000", 2450000.0),
        ("", "time", float("nan")),
    ],
)
def test_that_times_count_from_what_was_said(tmp_path: Path, zero: str, name: str, jd: float) -> None:
    reference = read_mapped(odd_file(tmp_path, "text"), replace(CHOICE, zero=zero)).reference
    assert reference.name == name
    assert np.array_equal(reference.zero_jd, jd, equal_nan=True)


def test_that_full_julian_dates_keep_their_digits(tmp_path: Path) -> None:
    columns = odd_columns()
    columns["a"] = 2458325.0 + columns["a"] / 86400 - 1325.0
    curve = read_mapped(write_fits(tmp_path / "jd.fits", columns), ColumnChoice(time="a", flux="c", zero="JD"))
    assert curve.reference.zero_jd == 2458000.0
    assert np.array_equal(curve.time, columns["a"] - 2458000.0)


def test_that_a_fits_time_without_a_unit_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="days or seconds"):
        read_mapped(odd_file(tmp_path, "FITS"), ColumnChoice(time="a", flux="c"))


def test_that_the_unit_and_keywords_of_a_fits_column_count(tmp_path: Path) -> None:
    path = write_fits(tmp_path / "unit.fits", odd_columns(), {"a": "s", "c": "Jy"})
    curve = read_mapped(path, ColumnChoice(time="a", flux="c"))
    assert np.allclose(curve.time, odd_columns()["a"] / 86400, atol=1e-9, rtol=0)
    assert curve.flux_unit == "Jy"
    assert curve.source.object_name == "TIC 42"


def test_that_what_the_names_tell_need_not_be_chosen(tmp_path: Path) -> None:
    columns = odd_columns()
    path = write_text(tmp_path / "half.csv", {"BTJD": columns["a"] / 86400, "v1": columns["b"], "v2": columns["c"]})
    curve = read_mapped(path, ColumnChoice(time="BTJD", flux="v2"))
    assert curve.reference.name == "BTJD"
    named = write_text(tmp_path / "named.csv", {"time": columns["a"], "flux": columns["b"], "v2": columns["c"]})
    assert read_mapped(named, ColumnChoice(flux="v2")).flux_name == "v2"


def test_that_a_time_that_no_name_tells_has_to_be_chosen(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no column of time"):
        read_mapped(odd_file(tmp_path, "text"), ColumnChoice(flux="c"))


def test_that_dates_can_be_the_time(tmp_path: Path) -> None:
    path = tmp_path / "dated.csv"
    rows = "\n".join(f"2020-01-01T00:{minute:02d}:00,{1 + minute / 100},{minute}" for minute in range(30))
    path.write_text(f"when,x,y\n{rows}\n", encoding="utf-8")
    curve = read_mapped(path, ColumnChoice(time="when", flux="x"))
    assert np.allclose(np.diff(curve.time), 1 / 1440)
    assert curve.reference.zero_jd == 2458849.5


def test_that_a_table_without_names_can_be_told_by_its_places(tmp_path: Path) -> None:
    path = tmp_path / "bare.txt"
    np.savetxt(path, np.column_stack(list(odd_columns().values())))
    curve = read_mapped(path, ColumnChoice(time="column 1", flux="column 3", time_unit="s"))
    assert np.allclose(curve.flux, odd_columns()["c"])


def test_that_a_choice_for_columns_without_names_holds_in_its_folder_only(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    rows = np.column_stack(list(odd_columns().values()))
    for folder in (here, there):
        folder.mkdir()
        np.savetxt(folder / "a.txt", rows)
        np.savetxt(folder / "b.txt", rows)
    remember_for(here / "a.txt", ColumnChoice(time="column 1", flux="column 3", time_unit="s"))
    assert open_curve(here / "b.txt").flux_name == "column 3"
    assert recalled(there / "a.txt") is None
    assert remembered()[0].shape.folder == str(here.resolve())


def test_that_magnitudes_by_name_stay_magnitudes(tmp_path: Path) -> None:
    columns = odd_columns()
    path = write_text(
        tmp_path / "mags.csv", {"x": columns["a"], "g_mag": 14 + columns["b"], "r_mag": 13 + columns["c"]}
    )
    curve = read_mapped(path, ColumnChoice(time="x", flux="r_mag", time_unit="s"))
    assert curve.in_magnitudes


@pytest.mark.parametrize("kind", ["text", "FITS", "parquet", "VOTable"])
def test_that_a_preview_shows_names_units_and_first_rows(tmp_path: Path, kind: str) -> None:
    seen = preview(odd_file(tmp_path, kind))
    assert seen.names[:5] == ("a", "b", "c", "d", "e")
    assert len(seen.rows) == 12
    assert float(seen.rows[3][0]) == pytest.approx(odd_columns()["a"][3])
    assert len(seen.rows[0]) == len(seen.names)


def test_that_a_preview_has_what_the_names_tell(tmp_path: Path) -> None:
    columns = odd_columns()
    path = write_text(tmp_path / "n.csv", {"flux": columns["b"], "time": columns["a"], "flux_err": columns["d"]})
    seen = preview(path)
    assert (seen.time, seen.flux, seen.flux_err) == ("time", "flux", "flux_err")


def test_that_the_table_with_the_columns_is_found_behind_others(tmp_path: Path) -> None:
    from astropy.io import fits

    path = odd_file(tmp_path, "FITS")
    columns = [fits.Column("z", "D", unit="d", array=np.arange(3.0)), fits.Column("y", "D", array=np.ones(3))]
    with fits.open(path, mode="append") as hdus:
        hdus.append(fits.BinTableHDU.from_columns(columns, name="SECOND"))
    assert len(read_mapped(path, ColumnChoice(time="Z", flux="y"))) == 3
    assert len(read_mapped(path, CHOICE)) == N
    assert open_table(path, "SECOND").shape.names == ("z", "y")
    assert open_table(path).tables == ("ODD", "SECOND")
    assert len(read_mapped(path, replace(CHOICE, table="gone"))) == N


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x03" * 50, b"SIMPLE  =", b"just words\nand more\n"])
def test_that_what_is_no_table_is_refused_and_has_no_shape(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "none.dat"
    path.write_bytes(content)
    assert shape_of(path) is None
    with pytest.raises(ReadError):
        read_mapped(path, CHOICE)


def test_that_an_earlier_choice_that_does_not_serve_says_how_to_drop_it(tmp_path: Path) -> None:
    path = odd_file(tmp_path, "text")
    remember_for(path, CHOICE)
    broken = path.read_text(encoding="utf-8").replace("\n", "\n", 1).splitlines()
    broken[250] = "1,2"
    path.write_text("\n".join(broken), encoding="utf-8")
    with pytest.raises(ReadError, match="2 columns instead of 5") as caught:
        open_file(path)
    assert "peculiar columns forget" in caught.value.hint


def test_that_a_table_of_fits_that_nobody_knows_can_be_chosen_from(tmp_path: Path) -> None:
    path = odd_file(tmp_path, "FITS")
    error = refusal(path, read_head(path))
    assert isinstance(error, ColumnsUnclear)
    assert error.preview.names[:3] == ("a", "b", "c")


@pytest.mark.parametrize("kind", ["text", "FITS", "parquet", "VOTable"])
def test_that_a_damaged_table_opens_by_the_choice_or_is_refused(tmp_path: Path, kind: str) -> None:
    path = odd_file(tmp_path, kind)
    whole = path.read_bytes()
    rng = np.random.default_rng(11)
    opened = 0
    for _ in range(120):
        damaged = bytearray(whole)
        for place in rng.integers(len(damaged), size=rng.integers(1, 12)):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged[: rng.integers(1, len(damaged))] if rng.random() < 0.3 else damaged)
        shape_of(path)
        try:
            opened += len(read_mapped(path, CHOICE)) > 0
        except (ReadError, ParamError):
            continue
    assert kind == "parquet" or opened > 0
