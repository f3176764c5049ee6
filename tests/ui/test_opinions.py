"""What events are, how sure that is, and what is known of the target, as a person sees it in table and inspector."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from desktop_app.core.detection import Detection, Event, PeriodicSignal
from desktop_app.core.timescales import TimeSystem
from desktop_app.engine.known import add_table
from desktop_app.ui.event_model import SHOWN
from desktop_app.ui.facts import Fact
from desktop_app.ui.inspection import inspect_event
from desktop_app.ui.opinion import instrument_facts, kind_facts, shape_facts, signal_facts
from desktop_app.ui.panels.events import EventsPanel
from desktop_app.ui.window import MainWindow
from desktop_app.ui.words import per_cent
from tests.unit.ui.test_inspection import detection_of, star

FLARE = Event(
    10,
    20,
    12,
    9.0,
    "flare",
    {
        "depth": -0.02,
        "asymmetry": -0.6,
        "lopsided": 0.4,
        "flatness": 0.9,
        "red_snr": 9.0,
        "p_flare": 0.9,
        "p_spike": 0.08,
    }
    | {"rise_d": 0.01, "decay_d": 0.05, "mirror": 0.4, "alike": 2.0, "company": 3.0, "company_of": 12.0},
    0.83,
    0.1,
    ("momentum dump 3 min before",),
)


def facts_of(window: MainWindow) -> str:
    label = window.findChild(QLabel, "inspector-facts")
    assert label is not None
    return label.text()


def table_of(window: MainWindow) -> QTableView:
    view = window.findChild(QTableView, "events-table")
    assert view is not None
    return view


def text(facts: Sequence[Fact]) -> str:
    return "\n".join(f"{fact.label}: {fact.value}" for fact in facts)


def test_that_a_kind_is_told_with_how_sure_it_is_and_what_else_it_could_be() -> None:
    assert text(kind_facts(FLARE)) == "Kind: Flare, 83 % sure\nElse: spike 8 %"
    assert text(kind_facts(replace(FLARE, probability=float("nan")))) == "Kind: Flare, by its shape alone"
    artefact = replace(FLARE, kind="artefact", probability=0.7)
    assert "By its shape: flare 90 %" in text(kind_facts(artefact))


def test_that_the_shape_of_a_flare_is_told_in_words_with_units() -> None:
    told = text(shape_facts(FLARE))
    assert "Sides: quick rise, slow return (asymmetry −0.6)" in told
    assert "Rise, decay: 14.4 min, 72 min at half height" in told
    assert "Mirror test: the strongest to the fainter side reaches 40 % of it" in told
    assert "2 other events as deep and long" in told
    dip = replace(FLARE, evidence={**FLARE.evidence, "depth": 0.02})
    assert "Bottom: flat" in text(shape_facts(dip))
    assert shape_facts(replace(FLARE, evidence={})) == []


def test_that_suspicion_comes_with_its_reasons_or_says_that_there_is_none() -> None:
    assert "Suspicion: 10 %\nWhy: momentum dump 3 min before" in text(instrument_facts(FLARE))
    assert "Other targets: 3 of 12 do the same" in text(instrument_facts(FLARE))
    assert "no reason found" in text(instrument_facts(replace(FLARE, reasons=())))


def test_that_nothing_is_quite_sure() -> None:
    assert (per_cent(0.9999), per_cent(0.0), per_cent(0.456)) == ("99 %", "1 %", "46 %")


def with_signal() -> tuple[Detection, tuple[Event, ...]]:
    detection, events = detection_of(star())
    signal = PeriodicSignal("transit", 4.5, 1348.3, 0.1, 0.02, 30.0, 9.0)
    scores = replace(detection.scores, signals=(signal,))
    event = replace(events[0], evidence={**events[0].evidence, "signal": 1.0, "period_d": 4.5})
    return replace(detection, scores=scores), (event,)


def test_that_the_signal_of_an_event_is_told_with_period_and_epoch() -> None:
    detection, (event,) = with_signal()
    told = text(signal_facts(detection, event, TimeSystem.NATIVE))
    assert "Number: 1, transit" in told
    assert "4.500000 d" in told
    assert "1348.3" in told
    assert signal_facts(detection, replace(event, evidence={}), TimeSystem.NATIVE) == []


def test_that_a_known_target_is_told_in_the_inspector(tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("name,tic,type,period,epoch\nMade-up b,1,planet,4.5,2458348.778\n")
    add_table(table)
    detection, events = detection_of(star())
    event = replace(events[0], evidence={**events[0].evidence, "known": 0.0, "known_h": 0.5})
    facts = inspect_event(detection, (event,), 0, TimeSystem.NATIVE).facts
    headings = [fact.heading for fact in facts if fact.heading]
    assert headings[0] == "Event"
    assert headings[-1] == "Known"
    assert any(fact.value.startswith("Made-up b: planet, P = 4.5 d") for fact in facts)
    assert any("predicted for Made-up b, 30 min after" in fact.value for fact in facts)


def test_that_the_table_tells_how_sure_each_kind_is_and_sorts_by_it(detected: MainWindow, qtbot: QtBot) -> None:
    view, state = table_of(detected), detected.session.state
    column = SHOWN.index("probability")
    assert view.model().headerData(column, Qt.Orientation.Horizontal) == "Sure"
    assert view.model().headerData(SHOWN.index("suspicion"), Qt.Orientation.Horizontal) == "Suspicion"
    header = view.horizontalHeader()
    at = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at, 8))
    shown = [view.model().index(row, column).data() for row in range(view.model().rowCount())]
    assert shown == [per_cent(p) for p in sorted(event.probability for event in state.events)]


def test_that_the_filter_finds_a_kind(detected: MainWindow) -> None:
    box = detected.findChild(QLineEdit, "events-filter")
    assert box is not None
    box.setFocus()
    QTest.keyClicks(box, "flare")
    rows = table_of(detected).model().rowCount()
    assert rows == sum(event.kind == "flare" for event in detected.session.state.events) > 0


def test_that_a_click_on_an_event_shows_its_opinion(detected: MainWindow) -> None:
    view = table_of(detected)
    flare = next(place for place, event in enumerate(detected.session.state.events) if event.kind == "flare")
    place = view.visualRect(view.model().index(flare, 2)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    told = facts_of(detected)
    for heading in ("Event", "Shape", "Instrument"):
        assert f"<b>{heading}</b>" in told
    assert "% sure" in told
    assert "Suspicion" in told


def test_that_events_keep_their_opinion_when_the_threshold_moves(detected: MainWindow) -> None:
    before = {event.start: event.kind for event in detected.session.state.events if event.score > 20}
    detected.session.set_threshold(8.0)
    after = {event.start: event.kind for event in detected.session.state.events}
    assert before
    assert all(after[start] == kind for start, kind in before.items())
    assert all(np.isfinite(event.probability) for event in detected.session.state.events)


@pytest.mark.parametrize("name", ["probability", "suspicion", "reasons"])
def test_that_opinions_are_copied_with_the_rows(detected: MainWindow, name: str) -> None:
    panel = detected.docks["events"].widget()
    assert isinstance(panel, EventsPanel)
    assert panel.copy_rows() == len(detected.session.state.events)
    head = QGuiApplication.clipboard().text().splitlines()[0].split("\t")
    assert head[SHOWN.index(name)] in ("Sure", "Suspicion", "Why suspected")
