"""``peculiar info`` as a person and as a program call it."""

import json
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from desktop_app.paths import resources
from tests.data import SHARED
from tests.e2e.program import peculiar
from tests.fits_files import mission_file

SAMPLES = sorted((resources() / "samples").glob("*.fits"))


@pytest.mark.parametrize("sample", SAMPLES[:2], ids=lambda path: path.stem)
def test_that_a_sample_is_told_with_its_hdus_and_columns(sample: Path) -> None:
    run = peculiar("info", sample)
    assert run.status == 0, run.err
    for told in ("Kind      light curve", "Quality flags", "Columns of", "BTJD", "TDB"):
        assert told in run.out


def test_that_one_hdu_is_shown_by_name_and_by_number(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    for hdu in ("lightcurve", "1"):
        run = peculiar("info", path, "--header", hdu)
        assert "Header of LIGHTCURVE" in run.out
        assert "Header of PRIMARY" not in run.out
        assert "TIMEUNIT  d" in run.out


def test_that_the_word_after_header_can_be_the_file(tmp_path: Path) -> None:
    run = peculiar("info", "--header", mission_file(tmp_path))
    assert run.status == 0
    assert "Header of PRIMARY" in run.out


def test_that_a_search_shows_only_cards_with_the_text(tmp_path: Path) -> None:
    run = peculiar("info", mission_file(tmp_path), "--search", "bjdref")
    cards = run.out.partition("  Header of LIGHTCURVE\n")[2]
    assert [line.split()[0] for line in cards.splitlines() if line] == ["BJDREFI", "BJDREFF"]


def test_that_an_unknown_hdu_is_a_wrong_call(tmp_path: Path) -> None:
    run = peculiar("info", mission_file(tmp_path), "--header", "CATALOGUE")
    assert run.status == 2
    assert "has no HDU called 'CATALOGUE'" in run.err
    assert "LIGHTCURVE" in run.err


def test_that_json_holds_the_same_for_programs(tmp_path: Path) -> None:
    run = peculiar("info", "--json", "--header", "PRIMARY", mission_file(tmp_path))
    (told,) = json.loads(run.out)
    assert (told["kind"], told["object"], told["mission"]) == ("light curve", "TIC 261136679", "TESS")
    assert told["time"]["system"] == "BTJD"
    assert told["checksum"] == "good"
    first, second = told["hdus"]
    assert {card["keyword"] for card in first["cards"]} >= {"SIMPLE", "TELESCOP"}
    assert "cards" not in second
    assert second["columns"][0] == {
        "name": "TIME",
        "unit": "BJD - 2457000",
        "format": "D",
        "nan": 4,
        "low": pytest.approx(1325.29),
        "high": pytest.approx(1325.29 + 199 / 720),
    }


def test_that_a_broken_file_is_told_in_json_too(tmp_path: Path) -> None:
    path = mission_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-9000])
    run = peculiar("info", "--json", path)
    assert run.status == 1
    (told,) = json.loads(run.out)
    assert "cut short" in told["error"]["message"]
    assert "cut short" in told["problems"][0]
    assert told["hdus"][0]["name"] == "PRIMARY"


def test_that_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    run = peculiar("info", tmp_path / "none.fits")
    assert run.status == 1
    assert "There is no file" in run.err
    assert "Traceback" not in run.err


def test_that_no_file_is_a_wrong_call() -> None:
    run = peculiar("info")
    assert run.status == 2
    assert "No file is named" in run.err


def test_that_a_folder_is_a_table_of_its_files(tmp_path: Path) -> None:
    mission_file(tmp_path, name="a.fits")
    mission_file(tmp_path, mission="Kepler", name="b.fits")
    run = peculiar("info", tmp_path)
    assert run.status == 0, run.err
    assert "2 files: 2 light curves" in run.out
    assert any("a.fits" in line and "TIC 261136679" in line and "TESS" in line for line in run.out.splitlines())


def test_that_letters_that_act_on_a_terminal_are_not_passed_on(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("# \x1b[31mred\ntime,flux\n" + "".join(f"{n}.5,1.0\n" for n in range(9)), encoding="utf-8")
    assert "\x1b" not in peculiar("info", path, "--header").out


def test_that_an_image_tells_its_pixels_even_where_nothing_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    fits.PrimaryHDU(np.array([[1.0, np.nan], [3.0, 4.0]])).writeto(path)
    assert "2 × 2, float64, 1 NaN, 1 to 4" in peculiar("info", path).out


def test_that_another_part_of_a_file_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    images = [fits.ImageHDU(np.full((4, 5 + n), n, np.float32), name=f"CHIP{n}") for n in (1, 2)]
    fits.HDUList([fits.PrimaryHDU(), *images]).writeto(path)
    run = peculiar("info", path, "--part", "CHIP2")
    assert run.status == 0, run.err
    assert "CHIP2 (2 of 2)" in run.out
    assert "7 × 4 pixels" in run.out
    unknown = peculiar("info", path, "--part", "CHIP3")
    assert unknown.status == 2
    assert "CHIP1, CHIP2" in unknown.err


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("telemetry/smap_msl_dev.npz", ("Kind      telemetry", "Channels", "E-1.train.value")),
        ("tpf/ktwo211983544-c18_lpd-targ.fits", ("Kind      target pixels", "2,490 of 7 × 5 pixels", "checksums good")),
        ("images/trailblazer/cutout_lbcb.20210407.120357.fits", ("Projection  TAN", "Warning", "LBCCHIP1 (1 of 4)")),
        ("images/alert_stamps", ("Kind      cutouts", "Cut-outs ", "science (1 of 3)")),
        ("lightcurves/k2", ("8 files: 8 light curves", "EPIC 206103150", "K2 campaign 3")),
    ],
    ids=lambda value: Path(value).name if isinstance(value, str) else "",
)
def test_that_real_files_of_every_kind_are_told_of(name: str, told: tuple[str, ...]) -> None:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real data are not here: {path}")
    run = peculiar("info", path)
    assert run.status == 0, run.err
    assert [text for text in told if text not in run.out] == []
