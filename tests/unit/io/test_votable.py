"""Light curves in VOTables: read as astropy reads them, by name, UCD and TIMESYS; what is not safe is refused."""

import socket
import tracemalloc
import urllib.request
from pathlib import Path
from time import perf_counter
from typing import get_args

import numpy as np
import pytest

from desktop_app.core.errors import ColumnsUnclear, ParamError, ReadError
from desktop_app.io import READERS, open_curve, summarise
from tests.survey_files import SOURCE_ID
from tests.unit.io.test_fuzz import Mutation, cut, cut_out, flipped, holds
from tests.votable_files import Form, N, astropy_votable, gaia_votable, small_table, written


@pytest.mark.parametrize("form", get_args(Form))
@pytest.mark.parametrize("name", ["star.vot", "star.vot.gz"])
def test_that_every_column_arrives(tmp_path: Path, form: Form, name: str) -> None:
    from astropy.io.votable import parse_single_table

    path = astropy_votable(tmp_path, form, name=name)
    curve = open_curve(path)
    expected = parse_single_table(str(path)).array
    np.testing.assert_array_equal(curve.time, expected["mjd"].data)
    flux = np.where(np.arange(N) == 3, np.nan, expected["flux"].filled(np.nan))
    np.testing.assert_array_equal(curve.flux, flux)
    np.testing.assert_array_equal(curve.flux_err, expected["flux_err"].data.astype(np.float64))
    assert curve.quality.tolist() == [n % 4 for n in range(N)]
    assert (curve.reference.name, curve.flux_unit, curve.source.object_name) == ("MJD", "mJy", "AU Mic")
    assert curve.flux_choices == ("flux",)
    assert "2 rows have no flux." in curve.source.notes
    assert (summarise(path).kind, summarise(path).rows) == ("light curve", N if form == "tabledata" else -1)


def test_that_gaia_is_split_into_its_bands(tmp_path: Path) -> None:
    path = gaia_votable(tmp_path)
    curve, said = open_curve(path), summarise(path)
    assert (curve.source.parts, curve.source.part) == (("G", "BP", "RP"), "G")
    assert (curve.source.object_name, curve.source.mission, said.mission) == (f"Gaia {SOURCE_ID}", "Gaia", "Gaia")
    assert (curve.reference.label, curve.reference.zero_jd) == ("BJD − 2455197.5, TCB", 2455197.5)
    assert curve.time[0] == 1705.9437360200984
    assert (curve.flux_name, curve.flux_unit) == ("mag", "mag")
    assert curve.usable.tolist() == [True, False, *[True] * 13]
    assert np.isnan(open_curve(path, part="BP").flux[2])
    assert set(open_curve(path, part="RP", flux="flux").flux_err) == {6.25}


@pytest.mark.parametrize(
    ("timesys", "name", "zero", "scale"),
    [
        ('timeorigin="2455197.5" timescale="TCB" refposition="BARYCENTER"', "BJD − 2455197.5", 2455197.5, "TCB"),
        ('timeorigin="MJD-origin" timescale="UTC" refposition="TOPOCENTER"', "MJD", 2400000.5, "UTC"),
        ('timeorigin="2450000" timescale="TDB" refposition="HELIOCENTER"', "HJD − 2450000", 2450000.0, "TDB"),
        ('timescale="TDB" refposition="BARYCENTER"', "time", float("nan"), ""),
        ('timeorigin="yesterday" timescale="TDB" refposition="BARYCENTER"', "time", float("nan"), ""),
    ],
)
def test_that_timesys_tells_zero_and_scale(tmp_path: Path, timesys: str, name: str, zero: float, scale: str) -> None:
    fields = '<FIELD name="time" datatype="double" unit="d" ref="ts"/><FIELD name="flux" datatype="float"/>'
    inside = small_table(fields=fields, before=f'<TIMESYS ID="ts" {timesys}/>')
    curve = open_curve(written(tmp_path / "a.xml", inside))
    assert (curve.reference.name, curve.reference.scale) == (name, scale)
    np.testing.assert_equal(curve.reference.zero_jd, zero)
    assert curve.time[:2].tolist() == [0.5, 1.5]


def test_that_full_julian_dates_count_from_nearby(tmp_path: Path) -> None:
    fields = (
        '<FIELD name="obs" datatype="double" unit="d" ref="ts" ucd="time.epoch"/><FIELD name="flux" datatype="float"/>'
    )
    rows = "".join(f"<TR><TD>{2459000.5 + n}</TD><TD>{n % 3}</TD></TR>" for n in range(12))
    before = '<TIMESYS ID="ts" timeorigin="JD-origin" timescale="TDB" refposition="BARYCENTER"/>'
    curve = open_curve(written(tmp_path / "a.xml", small_table(fields=fields, rows=rows, before=before)))
    assert (curve.reference.label, curve.time[0]) == ("BJD − 2459000, TDB", 0.5)


def test_that_columns_are_told_by_their_ucd(tmp_path: Path) -> None:
    fields = (
        '<FIELD name="when" datatype="double" unit="s" ucd="time.epoch;obs"/>'
        '<FIELD name="much" datatype="float" unit="mJy" ucd="phot.flux;em.opt.V"/>'
        '<FIELD name="give_or_take" datatype="float" ucd="stat.error;phot.flux"/>'
        '<FIELD name="flux" datatype="boolean"/>'
    )
    rows = "".join(f"<TR><TD>{86400 * n}</TD><TD>{n % 3}</TD><TD>0.5</TD><TD>T</TD></TR>" for n in range(12))
    curve = open_curve(written(tmp_path / "a.xml", small_table(fields=fields, rows=rows)))
    assert (curve.flux_name, curve.flux_unit, curve.time[2]) == ("much", "mJy", 2.0)
    assert set(curve.flux_err) == {0.5}


def test_that_several_tables_are_parts(tmp_path: Path) -> None:
    other = '<FIELD name="ra" datatype="double"/><FIELD name="dec" datatype="double"/>'
    inside = (
        small_table(fields=other, attributes='name="positions"')
        + small_table(attributes='name="g"')
        + small_table(attributes='name="r"', rows="<TR><TD>1</TD><TD>7</TD></TR>")
    )
    path = written(tmp_path / "a.xml", inside)
    curve = open_curve(path)
    assert (curve.source.part, curve.source.parts, len(curve)) == ("g", ("g", "r"), 12)
    assert open_curve(path, part="r").flux.tolist() == [7.0]
    with pytest.raises(ParamError, match="no part called 'positions'"):
        open_curve(path, part="positions")


def test_that_the_object_and_zero_points_are_told_by_params(tmp_path: Path) -> None:
    before = (
        '<PARAM name="target" datatype="char" arraysize="*" value="V838 Mon"/>'
        '<PARAM name="ra" ucd="pos.eq.ra;meta.main" datatype="double" value="106.02" unit="deg"/>'
        '<PARAM name="dec" ucd="pos.eq.dec;meta.main" datatype="double" value="-3.85" unit="deg"/>'
        '<PARAM name="magnitudeZeroPoint" datatype="double" value="25.69" unit="mag"/>'
    )
    curve = open_curve(written(tmp_path / "a.xml", small_table(before=before)))
    assert (curve.source.object_name, curve.source.ra_deg, curve.source.dec_deg) == ("V838 Mon", 106.02, -3.85)
    assert "The file gives magnitudeZeroPoint = 25.69 mag." in curve.source.notes
    assert {card.keyword for card in curve.source.header} >= {"target", "ra", "FIELD"}


def test_that_a_catalogue_is_no_light_curve_and_shows_its_columns(tmp_path: Path) -> None:
    fields = '<FIELD name="id" datatype="char" arraysize="*"/><FIELD name="vmag" datatype="float" unit="mag"/>'
    path = written(tmp_path / "a.xml", small_table(fields=fields, rows="<TR><TD>a</TD><TD>1</TD></TR>"))
    with pytest.raises(ColumnsUnclear, match=r"no column of time.*: its columns are id, vmag") as unclear:
        open_curve(path)
    assert unclear.value.preview.rows == (("a", "1.0"),)
    assert unclear.value.preview.units == ("", "mag")


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))
STREAM = '<STREAM encoding="base64">AAAAAAAAAAA=</STREAM>'
BAD = {
    "doctype": (written, {"inside": small_table(), "top": '<!DOCTYPE VOTABLE SYSTEM "VOTable.dtd">'}, "document type"),
    "laughs": (written, {"inside": small_table(before="&e9;"), "top": f"<!DOCTYPE VOTABLE [{BOMB}]>"}, "document type"),
    "outside": (
        written,
        {"inside": small_table(before="&x;"), "top": '<!DOCTYPE VOTABLE [<!ENTITY x SYSTEM "file:///etc/passwd">]>'},
        "document type",
    ),
    "href": (written, {"inside": small_table(data='<BINARY><STREAM href="http://x/"/></BINARY>')}, "be fetched"),
    "file": (
        written,
        {"inside": small_table(data='<BINARY2><STREAM x=">" href="file:///etc/passwd"/></BINARY2>')},
        "be fetched",
    ),
    "fits": (written, {"inside": small_table(data=f"<FITS>{STREAM}</FITS>")}, "attached FITS"),
    "parquet": (written, {"inside": small_table(data=f"<PARQUET>{STREAM}</PARQUET>")}, "attached PARQUET"),
    "rows": (written, {"inside": small_table(attributes='nrows="99999999999"')}, "99,999,999,999 rows, and 12"),
    "negative": (written, {"inside": small_table(attributes='nrows="-5"')}, "nrows = '-5'"),
    "binary rows": (
        written,
        {"inside": small_table(attributes='nrows="5000000"', data=f"<BINARY>{STREAM}</BINARY>")},
        "promises 5,000,000 rows, and 0",
    ),
    "wide": (
        written,
        {"inside": small_table(fields='<FIELD name="time" datatype="double" arraysize="900000000"/>')},
        "arraysize '900000000'",
    ),
    "wide rows": (
        written,
        {"inside": small_table(fields='<FIELD name="time" datatype="double" arraysize="90000000"/>')},
        "rows of 810,000,000 bytes",
    ),
    "nothing wide": (
        written,
        {
            "inside": small_table(
                fields='<FIELD name="time" datatype="char" arraysize="0"/>', data=f"<BINARY>{STREAM}</BINARY>"
            )
        },
        "arraysize '0'",
    ),
    "no columns": (written, {"inside": f"<TABLE><DATA><BINARY>{STREAM}</BINARY></DATA></TABLE>"}, "no columns"),
    "deep": (written, {"inside": "<RESOURCE>" * 300 + "</RESOURCE>" * 300}, "nests more than"),
    "type": (written, {"inside": small_table(fields='<FIELD name="time" datatype="pickle"/>')}, "datatype 'pickle'"),
    "no table": (written, {"inside": "<INFO name='a' value='b'/>"}, "without a table of columns"),
    "no rows": (written, {"inside": small_table(data="<TABLEDATA/>")}, "has no rows"),
    "short row": (written, {"inside": small_table(rows="<TR><TD>1</TD></TR>")}, "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(BAD))
def test_that_what_is_not_safe_or_broken_is_refused_at_once(
    tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, what, message = BAD[case]
    path = make(tmp_path / "bad.xml", **what)

    def reached(*_asked: object, **_more: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(urllib.request, "urlopen", reached)
    monkeypatch.setattr(socket, "create_connection", reached)
    open_curve(written(tmp_path / "good.xml", small_table()))
    tracemalloc.start()
    begun = perf_counter()
    with pytest.raises(ReadError, match=message) as refused:
        open_curve(path)
    assert perf_counter() - begun < 2.0
    assert tracemalloc.get_traced_memory()[1] < 64 << 20
    tracemalloc.stop()
    assert refused.value.hint
    assert "bad.xml" in refused.value.message


def test_that_other_xml_is_not_taken(tmp_path: Path) -> None:
    for text in (b"<?xml version='1.0'?><html/>", b"<svg/>", b"time,flux\n1,2\n", b""):
        assert not READERS["votable"].accepts(tmp_path / "a.xml", text)


def test_that_a_summary_reads_the_begin_only(tmp_path: Path) -> None:
    rows = "".join(f"<TR><TD>{n}.5</TD><TD>{1 + n % 3}</TD></TR>" for n in range(6000))
    path = written(tmp_path / "a.xml", small_table(rows=rows, attributes='nrows="6000"'))
    content = path.read_text()
    path.write_text(content[: len(content) - 5000])
    assert summarise(path).rows == 6000
    with pytest.raises(ReadError, match="no sound XML"):
        open_curve(path)


def edited(content: bytes, rng: np.random.Generator) -> bytes:
    """Some words of the markup replaced by others."""
    words = (
        b"double float long char boolean TD TR FIELD TABLE DATA STREAM base64 BINARY2 TABLEDATA arraysize ref nrows "
        b'* 9 href < > " &amp; &lt; ]]> <!-- xml ucd unit precision VALUES 1e400'
    ).split()
    for _ in range(rng.integers(1, 5)):
        old, new = (words[int(n)] for n in rng.integers(0, len(words), 2))
        at = content.find(old, int(rng.integers(0, len(content))))
        if at >= 0:
            content = content[:at] + new + content[at + len(old) :]
    return content


@pytest.mark.parametrize("mutation", [flipped, cut, cut_out, edited])
@pytest.mark.parametrize("form", get_args(Form))
def test_that_a_mutated_votable_opens_or_is_refused(tmp_path: Path, mutation: Mutation, form: Form) -> None:
    rng = np.random.default_rng(16)
    content = astropy_votable(tmp_path, form).read_bytes()
    for n in range(120):
        begun = perf_counter()
        holds(tmp_path / f"{n}.vot", mutation(content, rng))
        assert perf_counter() - begun < 2.0


@pytest.mark.parametrize("mutation", [flipped, cut, cut_out, edited])
def test_that_mutated_epoch_photometry_opens_or_is_refused(tmp_path: Path, mutation: Mutation) -> None:
    rng = np.random.default_rng(17)
    content = gaia_votable(tmp_path).read_bytes()
    for n in range(120):
        holds(tmp_path / f"{n}.xml", mutation(content, rng))
