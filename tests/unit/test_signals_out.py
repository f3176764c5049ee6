"""Periodic signals where they leave the program: the terminal, ECSV, the description beside CSV."""

import json
from pathlib import Path

import numpy as np
import pytest
from astropy.table import Table

from desktop_app.cli.event_view import show_events
from desktop_app.core.detection import Detection, PeriodicSignal, Provenance, Scores
from desktop_app.core.event_table import EventTable, event_table, join_tables
from desktop_app.export import write_events
from tests.data import quiet_curve

PLANET = PeriodicSignal("transit", 3.28866, 1326.7, 0.144, 0.0072, 103.0, 14.2, {"transits": 8.0, "odd_even": 1.4})
STARS = PeriodicSignal(
    "eclipse",
    1.8385,
    1327.1,
    0.13,
    0.12,
    266.0,
    20.0,
    {
        "radius_ratio": 0.67,
        "secondary": 16.0,
        "secondary_limit": 4.6,
        "secondary_dips": 9.0,
        "secondary_depth": 0.02,
        "secondary_phase": 0.5,
        "centroid_shift": float("nan"),
    },
)


def table_of(file: str, *signals: PeriodicSignal) -> EventTable:
    """A table without events, of a curve with these signals."""
    curve = quiet_curve(50)
    provenance = Provenance(file, "0" * 64, "d", "flux", "default", "BTJD", "transits", 1, {}, 0, "cpu", "0", "2026")
    return event_table(Detection(curve, Scores(np.zeros(50), {}, signals), provenance, 5.0), ())


def test_that_the_terminal_lists_signals_below_the_events(capsys: pytest.CaptureFixture[str]) -> None:
    show_events(join_tables([table_of("a.fits", PLANET), table_of("b.fits", STARS)]))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "No events."
    planet, stars = (line.split() for line in lines[3:5])
    assert planet[:4] == ["a.fits", "transit", "3.288660", "1326.70000"]
    assert planet[-2:] == ["none", "–"]
    assert stars[:2] == ["b.fits", "eclipse"]
    assert "16.0 σ at 0.50" in lines[4]
    assert "second dip, too large" in lines[4]


def test_that_nothing_is_said_of_signals_where_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    show_events(table_of("a.fits"))
    assert capsys.readouterr().out == "No events.\n"


def test_that_ecsv_keeps_the_signals_in_its_head(tmp_path: Path) -> None:
    write_events(table_of("a.fits", PLANET), tmp_path / "list.ecsv")
    signals = Table.read(tmp_path / "list.ecsv", format="ascii.ecsv").meta["signals"]
    assert [signal["period_d"] for signal in signals] == [3.28866]
    assert signals[0]["file"] == "a.fits"
    assert signals[0]["odd_even"] == 1.4


def test_that_the_description_beside_csv_leaves_out_what_is_not_known(tmp_path: Path) -> None:
    write_events(table_of("b.fits", STARS), tmp_path / "list.csv")
    text = (tmp_path / "list.csv.json").read_text(encoding="utf-8")
    assert ": NaN" not in text
    (signal,) = json.loads(text)["signals"]
    assert signal["kind"] == "eclipse"
    assert "centroid_shift" not in signal
    assert signal["secondary"] == 16.0


def test_that_files_without_signals_say_nothing_of_them(tmp_path: Path) -> None:
    write_events(table_of("b.fits"), tmp_path / "list.csv")
    assert "signals" not in json.loads((tmp_path / "list.csv.json").read_text(encoding="utf-8"))
