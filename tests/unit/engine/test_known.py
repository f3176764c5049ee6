"""Tables of known objects of a person's own: what is read of them, and which targets, signals and events they match."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.cli.main import run as run_words
from desktop_app.core.detection import Event, PeriodicSignal
from desktop_app.core.errors import ReadError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.source import Card, Source
from desktop_app.engine.known import (
    add_table,
    ids_of,
    known_tables,
    matches_of,
    notes_on,
    read_known,
    separation_arcsec,
    signal_notes,
    with_known,
)
from desktop_app.paths import known_folder
from tests.data import quiet_curve

TABLE = """name,ra,dec,ids,type,period,epoch,duration,depth
Made-up b,84.3,-80.5,TIC 1234,planet,4.5,2458326.5,3.0,2500
Far away,10.0,20.0,,eclipsing binary,9.0,2458327.0,,
Flare star,120.0,-30.0,KIC 99; V* XX Mad,flare star,,,,
"""


def star(**changes: object) -> LightCurve:
    quiet = quiet_curve(2000)
    values = {"object_name": "TIC 1234", "mission": "TESS", **changes}
    return replace(quiet, source=Source(**values))  # type: ignore[arg-type]


def table(folder: Path, text: str = TABLE, name: str = "mine.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def signal(period_d: float) -> PeriodicSignal:
    return PeriodicSignal("transit", period_d, 1325.5, 0.1, 0.01, 20.0, 9.0)


@pytest.fixture
def added(tmp_path: Path) -> Path:
    return add_table(table(tmp_path)).path


def test_that_nothing_is_known_without_a_table() -> None:
    assert known_tables() == ()
    assert matches_of(star()) == ()
    assert notes_on(star(), (signal(4.5),)) == ()


def test_that_a_table_is_copied_and_its_columns_are_read_with_their_units(added: Path) -> None:
    assert added.parent == known_folder()
    (one,) = known_tables()
    planet = one.objects[0]
    assert (planet.name, planet.kind, planet.period_d) == ("Made-up b", "planet", 4.5)
    assert planet.duration_d == pytest.approx(0.125)
    assert planet.depth == pytest.approx(0.0025)
    assert one.objects[2].ids == {"kic 99", "v* xx mad", "flare star"}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ({"object_name": "TIC 0001234"}, {"tic 1234"}),
        ({"object_name": "1234"}, {"tic 1234"}),
        ({"object_name": "1234", "mission": "K2"}, {"epic 1234"}),
        ({"object_name": "Pi Men", "cards": lambda: (Card("PRIMARY", "TICID", "1234"),)}, {"pi men", "tic 1234"}),
        (
            {"object_name": "x", "mission": "Kepler", "cards": lambda: (Card("PRIMARY", "KEPLERID", "99"),)},
            {"x", "kic 99"},
        ),
    ],
)
def test_that_a_target_is_known_by_its_name_and_the_numbers_of_its_header(
    source: dict[str, object], names: set[str]
) -> None:
    assert ids_of(star(**source)) == names


def test_that_a_target_is_matched_by_number_and_by_place(added: Path) -> None:
    assert [match.known.name for match in matches_of(star())] == ["Made-up b"]
    near = star(object_name="someone", ra_deg=10.0, dec_deg=20.0 + 5 / 3600)
    (match,) = matches_of(near)
    assert (match.known.name, match.why) == ("Far away", "5.0 arcsec away")
    assert matches_of(star(object_name="someone", ra_deg=10.0, dec_deg=20.0 + 30 / 3600)) == ()


def test_that_separations_hold_across_zero_hours_and_away_from_the_equator() -> None:
    assert separation_arcsec(359.999, 0.0, 0.001, 0.0) == pytest.approx(7.2, rel=1e-6)
    assert separation_arcsec(10.0, 60.0, 10.01, 60.0) == pytest.approx(18.0, rel=1e-4)
    assert np.isnan(separation_arcsec(float("nan"), 0.0, 0.0, 0.0))


@pytest.mark.parametrize(
    ("period", "word"), [(4.5, "the period"), (2.25, "half the period"), (9.0, "twice the period")]
)
def test_that_a_signal_with_the_known_period_its_half_or_double_is_told(added: Path, period: float, word: str) -> None:
    (note,) = signal_notes(star(), (signal(period),))
    assert f"{word} of Made-up b (planet)" in note
    assert signal_notes(star(), (signal(period * 1.02),)) == ()


def test_that_a_neighbour_with_the_same_period_is_told_with_its_distance(added: Path) -> None:
    target = star(object_name="someone", ra_deg=10.0, dec_deg=20.0 + 1 / 60)
    (note,) = signal_notes(target, (signal(9.0),))
    assert "Far away (eclipsing binary, 1.0 arcmin away)" in note


def test_that_events_at_predicted_times_are_marked_and_others_are_not(added: Path) -> None:
    curve = star()
    predicted = 2458326.5 + 4.5 - 2457000.0
    at = int(np.searchsorted(curve.time, predicted))
    events = [
        Event(at - 2, at + 3, at, 9.0, "dip", {"depth": 0.01}),
        Event(at + 100, at + 105, at + 102, 9.0, "dip", {"depth": 0.01}),
        Event(at - 2, at + 3, at, 9.0, "flare", {"depth": -0.01}),
    ]
    on_time, late, bright = with_known(curve, events)
    assert on_time.evidence["known"] == 0.0
    assert abs(on_time.evidence["known_h"]) < 1.0
    assert "known" not in late.evidence
    assert "known" not in bright.evidence


def test_that_a_votable_and_an_ecsv_table_are_read_like_a_csv(tmp_path: Path) -> None:
    from astropy.table import Table

    made = Table({"name": ["Made-up b"], "tic": [1234], "period": [4.5], "epoch": [2458326.5]})
    made.write(tmp_path / "a.vot", format="votable")
    made.write(tmp_path / "a.ecsv", format="ascii.ecsv")
    for name in ("a.vot", "a.ecsv"):
        (one,) = read_known(tmp_path / name).objects
        assert one.ids == {"tic 1234", "made-up b"}
        assert one.has_ephemeris


def test_that_rows_that_cannot_be_used_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    text = "name,ra,dec,period\n,,,3\nGood one,10,20,abc\n,400,20,3\n"
    found = read_known(table(tmp_path, text))
    assert [one.name for one in found.objects] == ["Good one"]
    assert np.isnan(found.objects[0].period_d)
    assert found.problem == "2 of 3 rows cannot be used"


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "name,ra\n,\n", "", "\0\0\0"])
def test_that_a_table_that_names_nobody_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReadError):
        add_table(table(tmp_path, text))
    assert known_tables() == ()


def test_that_a_broken_table_is_told_in_a_sentence_and_the_others_are_used(added: Path) -> None:
    table(known_folder(), "a,b\n1,2\n", "broken.csv")
    assert [match.known.name for match in matches_of(star())] == ["Made-up b"]
    assert any(note.startswith("The table broken.csv is left out: ") for note in notes_on(star()))


def test_that_a_table_that_is_changed_is_read_again(added: Path) -> None:
    assert matches_of(star())
    added.write_text(TABLE.replace("TIC 1234", "TIC 12345"))
    assert matches_of(star()) == ()


def test_that_the_command_adds_and_lists_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_words(["known", "add", str(table(tmp_path))], lambda *_: 0) == 0
    assert run_words(["known", "list"], lambda *_: 0) == 0
    told = capsys.readouterr().out
    assert "3 objects of mine.csv added." in told
    assert "mine.csv: 3 objects" in told
    assert run_words(["known", "add"], lambda *_: 0) == 2
    assert run_words(["known", "add", str(tmp_path / "none.csv")], lambda *_: 0) == 1
