"""Tables of magnitudes: they stay magnitudes, a light curve for each band, limits kept aside."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from desktop_app.core.errors import ColumnsUnclear, ParamError, ReadError
from desktop_app.io import open_curve, summarise
from tests.survey_files import (
    SOURCE_ID,
    aavso_file,
    aavso_upload,
    asassn2_file,
    asassn_file,
    gaia_file,
    magnitude_ecsv,
    ztf_file,
)
from tests.unit.io.test_fuzz import Mutation, cut, cut_out, fields_edited, flipped, holds


def test_that_asas_sn_is_split_into_its_filters(tmp_path: Path) -> None:
    path = asassn_file(tmp_path)
    curve = open_curve(path)
    assert (curve.source.part, curve.source.parts) == ("V", ("V", "g"))
    assert (curve.flux_name, curve.flux_unit, curve.in_magnitudes) == ("mag", "mag", True)
    assert (curve.source.mission, curve.reference.name) == ("ASAS-SN", "HJD − 2457000")
    assert curve.time[0] == pytest.approx(422.08, abs=1e-9)
    assert len(curve) == 26
    assert len(open_curve(path, part="g")) == 14
    assert set(curve.row) | set(open_curve(path, part="g").row) == set(range(40))


def test_that_a_limit_is_a_row_without_a_magnitude(tmp_path: Path) -> None:
    curve = open_curve(asassn_file(tmp_path))
    limits = curve.columns["mag limit"].values
    assert np.isfinite(limits).sum() == 4
    np.testing.assert_array_equal(np.isnan(curve.flux), limits == 16.512)
    assert not curve.usable[np.isfinite(limits)].any()
    assert "4 rows are upper limits of the brightness: they have no mag, but a mag limit." in curve.source.notes
    assert np.isnan(curve.flux_err[np.isfinite(limits)]).all()
    assert curve.flux_choices == ("mag", "flux")
    assert open_curve(curve.source.path or "", flux="flux").flux_unit == "mJy"


def test_that_an_error_of_99_tells_a_limit_and_a_bad_image_is_hidden(tmp_path: Path) -> None:
    curve = open_curve(asassn2_file(tmp_path))
    assert np.flatnonzero(np.isnan(curve.flux)).tolist() == [4, 14, 24, 34]
    assert set(curve.columns["Mag limit"].values[[4, 14, 24, 34]]) == {16.9}
    assert np.flatnonzero(curve.quality).tolist() == [1, 9, 17, 25, 33]
    assert not curve.usable[[1, 9]].any()
    assert curve.usable[0]
    assert curve.source.parts == ()
    assert "The band is g." in curve.source.notes


def test_that_ztf_has_its_filters_flags_and_zero_points(tmp_path: Path) -> None:
    curve = open_curve(ztf_file(tmp_path))
    assert (curve.source.part, curve.source.parts, len(curve)) == ("zr", ("zr", "zg"), 40)
    assert (curve.source.mission, curve.source.object_name) == ("ZTF", "ZTF 686103400002000")
    assert (curve.reference.name, curve.flux_unit) == ("HJD − 2458000", "mag")
    assert set(curve.columns["magzp"].values) == {26.2}
    assert set(curve.flux_err) == {0.015}
    np.testing.assert_array_equal(curve.usable, curve.quality == 0)
    assert (curve.quality == 32768).sum() == 7
    assert (curve.source.ra_deg, curve.source.dec_deg) == (298.0025, 29.8714)


def test_that_rows_of_a_filter_keep_their_numbers_in_a_file_out_of_order(tmp_path: Path) -> None:
    path = ztf_file(tmp_path)
    head, *rows = path.read_text().splitlines()
    shuffled = [rows[n] for n in np.random.default_rng(4).permutation(len(rows))]
    path.write_text("\n".join([head, *shuffled]) + "\n")
    curve = open_curve(path, part="zg")
    assert (np.diff(curve.time) > 0).all()
    assert np.any(np.diff(curve.row) < 0)
    fields = [shuffled[row].split(",") for row in curve.row]
    assert {field[7] for field in fields} == {"zg"}
    np.testing.assert_array_equal(curve.flux, [float(field[4]) for field in fields])
    np.testing.assert_array_equal(curve.columns["mjd"].values, [float(field[3]) for field in fields])


def test_that_several_stars_of_one_filter_are_never_mixed(tmp_path: Path) -> None:
    curve = open_curve(ztf_file(tmp_path, stars=2))
    assert len(curve.source.parts) == 4
    assert curve.source.part == "zr 686103400002001"
    assert len({part.split()[0] for part in curve.source.parts}) == 2


def test_that_gaia_counts_from_its_documented_zero_and_hides_what_it_rejected(tmp_path: Path) -> None:
    path = gaia_file(tmp_path)
    curve = open_curve(path)
    assert (curve.source.part, curve.source.parts) == ("G", ("G", "BP", "RP"))
    assert curve.source.object_name == summarise(path).object_name == f"Gaia {SOURCE_ID}"
    assert (curve.reference.zero_jd, curve.reference.scale, curve.reference.barycentric) == (2455197.5, "TCB", True)
    assert (curve.flux_name, curve.flux_unit) == ("mag", "mag")
    assert curve.row.tolist() == list(range(0, 45, 3))
    assert curve.usable.tolist() == [True, False, *[True] * 13]
    blue = open_curve(path, part="BP")
    assert np.isnan(blue.flux[2])
    assert blue.quality.nonzero()[0].tolist() == [3]
    flux = open_curve(path, part="RP", flux="flux")
    assert (flux.flux_unit, set(flux.flux_err)) == ("e-/s", {6.25})


def test_that_an_unknown_band_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="no part called 'z'") as refused:
        open_curve(gaia_file(tmp_path), part="z")
    assert "G, BP, RP" in refused.value.hint


def test_that_an_aavso_download_opens_with_its_limits_and_quotes(tmp_path: Path) -> None:
    curve = open_curve(aavso_file(tmp_path))
    assert (curve.source.object_name, curve.source.parts) == ("SS CYG", ("Vis.", "V"))
    assert (curve.reference.name, len(curve)) == ("JD − 2455000", 24)
    assert np.isnan(curve.flux).sum() == 4
    assert set(curve.columns["Magnitude limit"].values[np.isnan(curve.flux)]) == {13.2}
    assert set(curve.flux_err[np.isfinite(curve.flux)]) == {0.05}


def test_that_what_an_observer_sends_to_the_aavso_opens(tmp_path: Path) -> None:
    curve = open_curve(aavso_upload(tmp_path))
    assert (curve.source.object_name, curve.reference.name, curve.flux_name) == ("SS CYG", "HJD − 2450000", "MAG")
    assert np.isnan(curve.flux).tolist() == [True, False, False]
    assert curve.flux_err[1:].tolist() == [0.003, 0.003]


def test_that_ecsv_tells_its_star_zero_point_and_band(tmp_path: Path) -> None:
    path = magnitude_ecsv(tmp_path)
    curve, said = open_curve(path), summarise(path)
    assert (curve.source.object_name, curve.source.mission, curve.source.segment) == (
        "KIC 8462852",
        "Kepler",
        "quarter 16",
    )
    assert (said.object_name, said.mission, said.segment) == ("KIC 8462852", "Kepler", "quarter 16")
    assert (curve.flux_name, curve.flux_unit) == ("mag", "mag")
    assert {"The file gives a zero point of 25.1.", "The file names the band Kp."} <= set(curve.source.notes)


def test_that_a_catalogue_of_thousands_of_stars_is_no_light_curve(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_text("name,mjd,mag\n" + "".join(f"star {n},58000,{n % 17}\n" for n in range(30_000)))
    begun = perf_counter()
    with pytest.raises(ReadError, match="30,000 stars or bands: it is a catalogue"):
        open_curve(path)
    assert perf_counter() - begun < 5.0


def test_that_an_ipac_table_opens(tmp_path: Path) -> None:
    path = tmp_path / "kelt.tbl"
    path.write_text(
        "\\fixlen = T\n\\OBJECT = 'KELT_N02_lc_000190'\n"
        "|          BJD |     MAG | MAG_ERR | FILTERCODE |\n"
        "|       double |  double |  double |       char |\n"
        "|         days |     mag |     mag |            |\n"
        "|         null |    null |    null |       null |\n"
        "  2454034.73310   9.73120   0.00110           R \n"
        "  2454034.73710      null      null           R \n"
        "  2454034.74110   9.73320   0.00120           R \n"
    )
    curve = open_curve(path)
    assert (curve.source.object_name, curve.reference.name, curve.flux_unit) == (
        "KELT_N02_lc_000190",
        "BJD − 2454000",
        "mag",
    )
    np.testing.assert_array_equal(curve.flux, [9.7312, np.nan, 9.7332])
    np.testing.assert_array_equal(curve.flux_err, [0.0011, np.nan, 0.0012])
    assert "The band is R." in curve.source.notes


def test_that_a_magnitude_of_99_is_none(tmp_path: Path) -> None:
    path = tmp_path / "star.txt"
    path.write_text("# mjd mag err\n58000.1 14.2 0.01\n58001.1 99.99 9.99\n58002.1 -99 0.01\n58003.1 14.3 0.01\n")
    assert np.isnan(open_curve(path).flux).tolist() == [False, True, True, False]


def test_that_several_magnitudes_without_the_usual_name_are_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "star.csv"
    path.write_text("HJD,Bmag,Vmag\n2450000.5,12.1,11.2\n2450001.5,12.2,11.3\n")
    with pytest.raises(ColumnsUnclear, match=r"several columns of magnitude.*: Bmag, Vmag") as unclear:
        open_curve(path)
    assert unclear.value.preview.time == "HJD"
    assert unclear.value.preview.rows[1] == ("2450001.5", "12.2", "11.3")


def test_that_a_limit_far_down_the_file_is_read_too(tmp_path: Path) -> None:
    rows = [f"{58000 + n},{14 + n % 3}" for n in range(3000)]
    path = tmp_path / "star.csv"
    path.write_text("\n".join(["mjd,mag", *rows[:2500], "60500.5,>17.5", *rows[2600:]]) + "\n")
    curve = open_curve(path)
    assert np.flatnonzero(np.isnan(curve.flux)).tolist() == [2500]
    assert curve.columns["mag limit"].values[2500] == 17.5


@pytest.mark.parametrize("make", [asassn_file, asassn2_file, ztf_file, gaia_file, aavso_file, aavso_upload])
@pytest.mark.parametrize("mutation", [flipped, cut, cut_out, fields_edited])
def test_that_a_mutated_survey_table_opens_or_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], mutation: Mutation
) -> None:
    rng = np.random.default_rng(18)
    content = make(tmp_path).read_bytes()
    for n in range(50):
        begun = perf_counter()
        holds(tmp_path / f"{n}.csv", mutation(content, rng))
        assert perf_counter() - begun < 2.0


def test_that_a_word_among_magnitudes_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "star.csv"
    path.write_text("mjd,mag\n" + 3000 * "58000,14.2\n" + "58001,cloudy\n")
    with pytest.raises(ReadError, match=r"Line 3,002 of star\.csv has 'cloudy' in column mag"):
        open_curve(path)
