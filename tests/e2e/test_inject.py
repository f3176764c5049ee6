"""``peculiar inject`` as a user runs it: a map on the terminal, JSON for programs, an injected curve with its truth."""

import json
from pathlib import Path

import pytest

from desktop_app.cli.main import run
from desktop_app.io import open_curve
from tests.data import real_file
from tests.e2e.program import peculiar
from tests.e2e.stars import write_star

FEW = ("--n", "2", "--rows", "2", "--columns", "1", "--scrambles", "2")


def said(*words: str | Path) -> int:
    return run([str(word) for word in words], lambda _paths, _detect: 0)


def test_that_the_map_is_printed_and_written_as_json(tmp_path: Path) -> None:
    star = write_star(tmp_path / "star.csv")
    asked = ("--kind", "dips", "--depth", "0.01:20%", *FEW, "--json", tmp_path / "map.json")
    ran = peculiar("inject", star, *asked)
    assert ran.status == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0].startswith("4 dips injected into star.csv")
    strong, weak = (line for line in lines if line.count(" %") > 2 and "–" in line)
    assert "100 %" in strong
    assert " 0 % (" in weak
    assert len(strong) == len(weak)
    assert any(line.startswith("Suggested threshold: ") for line in lines)
    found = json.loads((tmp_path / "map.json").read_text(encoding="utf-8"))
    assert found["cells"]["found"] == [[0], [2]]
    assert len(found["injections"]) == 4
    assert found["detector"]["name"] == "ensemble"


def test_that_an_injected_curve_is_written_with_its_truth_and_tells_that_it_is_one(tmp_path: Path) -> None:
    star, out = write_star(tmp_path / "star.csv"), tmp_path / "injected.fits"
    ran = peculiar("inject", star, "--kind", "flares", "--snr", "50:100", "--out", out, "--seed", "3")
    assert ran.status == 0, ran.err
    truth = json.loads((tmp_path / "injected_truth.json").read_text(encoding="utf-8"))
    assert truth["events"]
    assert ran.out.startswith(f"{len(truth['events'])} signal")
    curve = open_curve(out)
    assert curve.source.object_name == "star (injected)"
    for event in truth["events"]:
        (span,) = event["spans"]
        rows = slice(span["row_start"], span["row_end"] + 1)
        assert curve.flux[rows].max() > 1.02
        assert event["t0"] == pytest.approx(float(curve.time[rows].mean()), abs=2.0)


def test_that_files_of_a_folder_are_pooled_and_a_broken_one_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_star(tmp_path / "a.csv")
    write_star(tmp_path / "b.csv")
    (tmp_path / "c.csv").write_text("time,flux\n1,2\n2,2\n", encoding="utf-8")
    assert said("inject", tmp_path, "--kind", "outliers", *FEW) == 1
    told = capsys.readouterr()
    assert "4 outliers injected into 2 light curves" in told.out
    assert "c.csv" in told.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--kind", "dips", "--duration", "9000h"), "longer than the curve"),
        (("--kind", "flares", "--period", "1:3"), "no period"),
        (("--depth", "1%:2%", "--snr", "3:9"), "either depths or SNR"),
        (("--depth", "80%"), "cannot be 80 % deep"),
        (("--n", "99999"), "number = 99999 is not possible"),
        (("--kind", "transits", "--period", "900:950"), "does not repeat twice"),
        (("--detector", "nobody"), "nobody"),
        (("--set", "nothing=1"), "no setting called 'nothing'"),
        (("--out", "nowhere.txt"), "does not say what to write"),
    ],
)
def test_that_what_cannot_be_done_is_told_in_a_sentence(
    words: tuple[str, ...], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    star = write_star(tmp_path / "star.csv")
    assert said("inject", star, *words) in (1, 2)
    told = capsys.readouterr().err
    assert expected in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--depth", "-1:3", "above 0"),
        ("--depth", "3:1", "larger number"),
        ("--depth", "much", "MIN:MAX"),
        ("--depth", "1:2:3", "MIN:MAX"),
        ("--depth", "1parsec", "no unit"),
        ("--duration", "0:3", "above 0"),
        ("--snr", "3ppm:9ppm", "no unit"),
        ("--kind", "aliens", "invalid choice"),
        ("--n", "0", "whole number above 0"),
        ("--rows", "few", "whole number above 0"),
    ],
)
def test_that_a_range_that_is_none_is_a_wrong_call(
    option: str, value: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        said("inject", "star.csv", f"{option}={value}")
    assert caught.value.code == 2
    assert expected in capsys.readouterr().err


def test_that_a_file_without_a_light_curve_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see\n", encoding="utf-8")
    assert said("inject", tmp_path / "notes.txt") == 1
    assert said("inject", tmp_path / "missing.fits") == 1
    told = capsys.readouterr().err
    assert "notes.txt" in told
    assert "missing.fits" in told


def test_that_columns_that_no_name_tells_apart_can_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = write_star(tmp_path / "star.csv").read_text(encoding="utf-8").splitlines()
    odd = tmp_path / "odd.csv"
    odd.write_text("\n".join(["when,how_much,pm", *lines[1:]]), encoding="utf-8")
    assert said("inject", odd, "--out", tmp_path / "out.csv") == 1
    named = ("--time", "when", "--flux", "how_much")
    assert said("inject", odd, *named, "--kind", "flares", "--snr", "50", "--out", tmp_path / "out.csv") == 0
    told = capsys.readouterr()
    assert "--time COLUMN" in told.err
    assert "injected; written to" in told.out


def test_that_units_mean_what_they_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    star = write_star(tmp_path / "star.csv")
    asked = ("--depth", "500ppm:5%", "--duration", "90min:0.25d", "--n", "1", "--rows", "1", "--columns", "1")
    assert said("inject", star, *asked, "--scrambles", "1", "--json", tmp_path / "map.json") == 0
    capsys.readouterr()
    axes = json.loads((tmp_path / "map.json").read_text(encoding="utf-8"))["axes"]
    assert axes["strength_edges"] == pytest.approx([5e-4, 0.05])
    assert axes["width_edges_d"] == pytest.approx([1.5 / 24, 0.25])


@pytest.mark.real_data
def test_that_deep_transits_in_a_quiet_kepler_star_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    star = real_file("kepler_keplerml/kplr010000285-2011177032512_llc.fits")
    words = ("--depth", "100ppm:1%", "--duration", "4h:10h", "--n", "3", "--rows", "2", "--columns", "1")
    assert said("inject", star, *words, "--scrambles", "1", "--json", tmp_path / "map.json") == 0
    capsys.readouterr()
    cells = json.loads((tmp_path / "map.json").read_text(encoding="utf-8"))["cells"]
    assert cells["share"][1][0] == 1.0
    assert cells["share"][0][0] < 1.0
