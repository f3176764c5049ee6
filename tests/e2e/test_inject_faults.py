"""``peculiar inject`` of telemetry as a user runs it: a table on the terminal, JSON for programs."""

import json
from pathlib import Path

import pytest

from desktop_app.cli.main import run
from desktop_app.paths import resources

SAMPLES = resources() / "samples"
SPACECRAFT = SAMPLES / "spacecraft.npz"


def said(*words: str | Path) -> int:
    return run([str(word) for word in words], lambda _paths, _detect: 0)


def test_that_the_faults_found_are_told_by_kind_and_size_and_written_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "faults.json"
    assert said("inject", SPACECRAFT, "--detector", "limits", "--n", "3", "--json", out) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "63 faults planted into 7 channels, limits at 1 × limit"
    assert lines[2].split() == ["Fault", "small", "medium", "large", "all", "called", "so"]
    kinds = ["spike", "step", "drift", "frozen", "dropout", "noise", "missing cycle"]
    assert [line.split("  ")[0] for line in lines[3:10]] == kinds
    assert lines[10].startswith("Without any fault: ")
    found = json.loads(out.read_text(encoding="utf-8"))
    assert len(found["faults"]) == 63
    by_kind = {count["kind"]: count for count in found["counts"] if count["size"] == "all"}
    assert list(by_kind) == kinds
    assert all(count["planted"] == 9 for count in by_kind.values())
    hits = [fault for fault in found["faults"] if fault["kind"] == "step" and fault["found"]]
    assert len(hits) == by_kind["step"]["found"] > 0
    assert all(fault["called"] for fault in hits)


def test_that_kinds_channels_and_the_seed_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--detector", "ewma", "--fault", "spike", "--fault", "step", "--channel", "gyro_dps", "--n", "2")
    faults: list[list[dict[str, object]]] = []
    for seed in ("1", "1", "2"):
        out = tmp_path / f"{len(faults)}.json"
        assert said("inject", SPACECRAFT, *asked, "--seed", seed, "--json", out) == 0
        faults.append(json.loads(out.read_text(encoding="utf-8"))["faults"])
    assert {fault["kind"] for fault in faults[0]} == {"spike", "step"}
    assert {fault["channel"] for fault in faults[0]} == {"gyro_dps value"}
    assert faults[0] == faults[1] != faults[2]
    assert "12 faults planted into gyro_dps value" in capsys.readouterr().out


def test_that_a_lower_threshold_finds_more(tmp_path: Path) -> None:
    shares = []
    for threshold in ("0.5", "3"):
        out = tmp_path / "faults.json"
        asked = ("--detector", "ewma", "--fault", "spike", "--n", "4", "--threshold", threshold, "--json", out)
        assert said("inject", SPACECRAFT, *asked) == 0
        shares.append(sum(fault["found"] for fault in json.loads(out.read_text(encoding="utf-8"))["faults"]))
    assert shares[0] > shares[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((SPACECRAFT, "--depth", "1%"), "--depth is for light curves."),
        ((SPACECRAFT, "--kind", "dips"), "--kind is for light curves."),
        ((SPACECRAFT, "--channel", "nobody"), "There is no channel nobody."),
        ((SPACECRAFT, "--detector", "flares"), "flares"),
        ((SPACECRAFT, "--detector", "ewma", "--set", "span=0"), "span = '0' is not possible"),
        ((SAMPLES / "flares.fits", "--fault", "step"), "--fault is for telemetry."),
        ((SPACECRAFT, SAMPLES / "flares.fits"), "flares.fits is no telemetry, and other files are."),
    ],
)
def test_that_what_cannot_be_planted_is_a_sentence(
    words: tuple[str | Path, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said("inject", *words) != 0
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told


def test_that_telemetry_with_too_little_that_is_nominal_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "short.csv"
    table.write_text("timestamp,bus_voltage_V\n" + "".join(f"2026-01-01T00:{n:02d}:00Z,{n}\n" for n in range(50)))
    assert said("inject", table) != 0
    assert "No channel has 100 nominal samples" in capsys.readouterr().err
