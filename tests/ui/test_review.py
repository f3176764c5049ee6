"""The review of stamps: verdicts by keys, pages to label, likeness, filters, undo, and what a relaunch finds."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app import detectors
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Scores
from desktop_app.core.images.objects import Objects
from desktop_app.detectors.cutouts import knn
from desktop_app.engine.verdicts import VerdictStore
from desktop_app.ui.images.stamp_table import ARTEFACTS, EVERYTHING, OBJECTS
from desktop_app.ui.panels.gallery import GalleryPage
from desktop_app.ui.review.comment_dialog import CommentDialog
from desktop_app.ui.window import MainWindow
from tests.pictures import open_made, stamps
from tests.ui.conftest import open_and_wait

M, RARE, BAD = 120, 12, 6


class Told(knn.Knn):
    """A detector whose scores, kinds and space are known beforehand: stands in for one that takes longer."""

    def fit(self, data: CutoutSet, report: object) -> "Told":
        return self

    def score(self, data: CutoutSet, report: object) -> Scores:
        rng = np.random.default_rng(5)
        space = rng.standard_normal((len(data), 5))
        space[:RARE, 1] += 4.0
        values = np.abs(rng.standard_normal(len(data)))
        values[:3] = 6.0, 5.5, 5.0
        kinds = tuple("streak" if place >= len(data) - BAD else "strange" for place in range(len(data)))
        middle = np.full(len(data), 10.0)
        return Scores(values, objects=Objects(middle, middle, kinds, space=space))


@pytest.fixture
def data() -> CutoutSet:
    ra = 150 + 5 * np.arange(M) / 3600
    return replace(stamps(M, path=Path("/stamps.fits")), ra_deg=ra, dec_deg=np.full(M, 2.0), columns={})


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, data: CutoutSet) -> GalleryPage:
    return detected_page(window, qtbot, monkeypatch, data)


def detected_page(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, data: CutoutSet) -> GalleryPage:
    open_made(monkeypatch, {"": data})
    spec = replace(knn.SPEC, name="told", build=lambda params: Told(params), threshold=4.0)
    monkeypatch.setattr(detectors, "spec_of", lambda name, looks: spec)
    monkeypatch.setattr("desktop_app.engine.detect.spec_of", lambda name, looks: spec)
    assert data.source.path is not None
    open_and_wait(window, data.source.path, qtbot)
    session = window.session
    qtbot.waitUntil(lambda: session.state.spec is not None and session.state.review.of is session.state.data)
    window.session.run()
    qtbot.waitUntil(lambda: session.state.review.learned is not None and session.state.busy is None, timeout=30_000)
    made = window.centre.page
    assert isinstance(made, GalleryPage)
    window.activateWindow()
    made.grid.setFocus()
    return made


def press(page: GalleryPage, key: Qt.Key) -> None:
    QTest.keyClick(page.grid, key)


def click(page: GalleryPage, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    at = page.grid.visualRect(page.grid.stamps.index(row)).center()
    QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, modifier, at)


def verdicts(window: MainWindow) -> dict[int, str]:
    return {place: one.entry.verdict for place, one in window.session.state.review.standing.items()}


def written(window: MainWindow, qtbot: QtBot, n: int) -> None:
    qtbot.waitUntil(lambda: len(VerdictStore().entries()) == n, timeout=10_000)


def page_is(window: MainWindow, number: int) -> bool:
    page = window.session.state.review.page
    return page is not None and page.number == number


def type_filter(page: GalleryPage, text: str, qtbot: QtBot) -> list[int]:
    box = page.findChild(QLineEdit, "gallery-filter")
    assert box is not None
    box.clear()
    QTest.keyClicks(box, text)
    qtbot.waitUntil(lambda: not page._typed.isActive())
    return page.grid.stamps.places


def button(page: GalleryPage, name: str) -> QToolButton:
    found = page.findChild(QToolButton, name)
    assert found is not None
    return found


def choose_group(page: GalleryPage, group: str) -> None:
    box = page.findChild(QComboBox, "gallery-group")
    assert box is not None
    box.setCurrentText(group)
    box.textActivated.emit(group)


def test_that_detected_stamps_come_strangest_first_and_artefacts_apart(window: MainWindow, page: GalleryPage) -> None:
    places = page.grid.stamps.places
    assert places[:3] == [0, 1, 2]
    assert set(places) == set(range(M - BAD))
    shown = page.findChild(QLabel, "gallery-shown")
    assert shown is not None
    assert shown.text() == f"{M - BAD} of {M} stamps, {BAD} artefacts apart"
    choose_group(page, ARTEFACTS)
    assert set(page.grid.stamps.places) == set(range(M - BAD, M))
    choose_group(page, EVERYTHING)
    assert len(page.grid.stamps.places) == M
    choose_group(page, OBJECTS)


def test_that_keys_decide_and_go_on_and_undo_writes_a_further_row(
    window: MainWindow, page: GalleryPage, qtbot: QtBot
) -> None:
    click(page, 0)
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3):
        press(page, key)
    assert verdicts(window) == {0: "interesting", 1: "ordinary", 2: "artefact"}
    assert page.grid.currentIndex().row() == 3
    written(window, qtbot, 3)
    window.actions_by_name["undo"].trigger()
    assert verdicts(window) == {0: "interesting", 1: "ordinary"}
    window.actions_by_name["redo"].trigger()
    written(window, qtbot, 5)
    assert [entry.act for entry in VerdictStore().entries()] == ["decide", "decide", "decide", "undo", "redo"]
    first = VerdictStore().entries()[0]
    assert (first.score, first.threshold, first.detector) == (6.0, 4.0, "told")
    window.session.select_row(2)
    qtbot.waitUntil(lambda: len(window.session.state.review.history) == 3)


def test_that_many_are_decided_at_once_and_taken_back_at_once(
    window: MainWindow, page: GalleryPage, qtbot: QtBot
) -> None:
    click(page, 0)
    click(page, 2, Qt.KeyboardModifier.ShiftModifier)
    press(page, Qt.Key.Key_2)
    assert verdicts(window) == dict.fromkeys((0, 1, 2), "ordinary")
    assert len(page.grid.selected()) == 3
    written(window, qtbot, 3)
    assert len({entry.batch for entry in VerdictStore().entries()}) == 1
    press(page, Qt.Key.Key_0)
    assert verdicts(window) == {}
    window.actions_by_name["undo"].trigger()
    window.actions_by_name["undo"].trigger()
    assert verdicts(window) == {}
    written(window, qtbot, 12)


def test_that_typing_a_filter_decides_nothing(window: MainWindow, page: GalleryPage, qtbot: QtBot) -> None:
    click(page, 0)
    type_filter(page, "c 1230", qtbot)
    assert verdicts(window) == {}


def test_that_filters_know_verdicts_scores_comments_dates_and_the_sky(
    window: MainWindow, page: GalleryPage, data: CutoutSet, qtbot: QtBot
) -> None:
    window.session.review.decide([0, 5], "interesting")
    window.session.review.decide([7], "ordinary")
    window.session.review.describe([5], "ring", "a long tail")
    assert type_filter(page, "verdict = interesting", qtbot) == [0, 5]
    assert len(type_filter(page, "verdict = none", qtbot)) == M - BAD - 3
    assert type_filter(page, "score > 5.2", qtbot) == [0, 1]
    assert type_filter(page, "kind = ring", qtbot) == [5]
    assert type_filter(page, "comment ~ tail", qtbot) == [5]
    assert type_filter(page, "long tail", qtbot) == [5]
    assert set(type_filter(page, "decided > 2020-01-01", qtbot)) == {0, 5, 7}
    assert type_filter(page, "decided < 2020-01-01", qtbot) == []
    assert set(type_filter(page, 'cone(150, 2, 15.1") and score < 9', qtbot)) == {0, 1, 2, 3}
    type_filter(page, "cone(150, 2)", qtbot)
    problem = page.findChild(QLabel, "gallery-problem")
    assert problem is not None
    assert "no circle on the sky" in problem.text()
    choose_group(page, EVERYTHING)
    assert set(type_filter(page, "kind = streak", qtbot)) == set(range(M - BAD, M))


def test_that_a_comment_is_asked_for_and_kept(window: MainWindow, page: GalleryPage, qtbot: QtBot) -> None:
    click(page, 1)
    press(page, Qt.Key.Key_C)
    dialog = next(one for one in QApplication.topLevelWidgets() if isinstance(one, CommentDialog))
    text = dialog.findChild(QPlainTextEdit, "comment-text")
    assert text is not None
    QTest.keyClicks(text, "tail to the north")
    dialog.kind.setEditText("merger")
    QTest.keyClick(text, Qt.Key.Key_Tab)
    dialog.accept()
    dialog.deleteLater()
    assert window.session.state.review.standing[1].entry.says == ("", "merger", "tail to the north")
    written(window, qtbot, 1)


def test_that_a_page_is_labelled_and_the_next_one_has_learned(
    window: MainWindow, page: GalleryPage, qtbot: QtBot
) -> None:
    for number in (1, 2):
        press(page, Qt.Key.Key_N)
        qtbot.waitUntil(partial(page_is, window, number))
        assert len(page.grid.stamps.places) == 20
        assert not set(page.grid.stamps.places) & set(verdicts(window))
        assert button(page, "gallery-page-chip").text().startswith(f"Page {number}: 20 stamps")
        for place in list(page.grid.stamps.places):
            assert window.session.state.selection.row == place
            press(page, Qt.Key.Key_1 if place < RARE else Qt.Key.Key_2)
    assert len(verdicts(window)) == 40
    qtbot.waitUntil(
        lambda: window.session.state.review.learned is not None and window.session.state.review.learned.labels == 40
    )
    found = sum(verdict == "interesting" for verdict in verdicts(window).values())
    assert found >= 9
    learned = window.session.state.review.learned
    assert learned is not None
    assert learned.weight > 0
    QTest.mouseClick(button(page, "gallery-page-chip"), Qt.MouseButton.LeftButton)
    assert page.findChild(QComboBox, "gallery-sort").currentText() == "learned"  # type: ignore[union-attr]
    assert len(page.grid.stamps.places) == M - BAD
    says = window.findChild(QLabel, "review-learned")
    assert says is not None
    assert "from 40 labels" in says.text()
    assert not button(page, "gallery-page-chip").isVisible()


def test_that_suggestions_say_why(window: MainWindow, page: GalleryPage, qtbot: QtBot) -> None:
    window.session.review.decide(range(4), "interesting")
    window.session.review.decide(range(40, 80), "ordinary")
    window.docks["review"].show()
    window.docks["review"].raise_()
    ask = window.findChild(QPushButton, "review-next-page")
    assert ask is not None
    QTest.mouseClick(ask, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.state.review.page is not None)
    suggested = window.session.state.review.page
    assert suggested is not None
    assert {one.why for one in suggested.suggestions} >= {"alike", "unsure"}
    alike = next(row for row, one in enumerate(suggested.suggestions) if one.why == "alike")
    click(page, alike)
    first = page.table.item(0, 1)
    assert first is not None
    assert first.text().startswith("like ")
    assert "stamp_0000" in first.text()


def test_that_likeness_puts_all_in_order_and_its_chip_takes_that_back(
    window: MainWindow, page: GalleryPage, qtbot: QtBot
) -> None:
    before = list(page.grid.stamps.places)
    click(page, before.index(4))
    press(page, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: window.session.state.review.like is not None)
    places = page.grid.stamps.places
    assert places[0] == 4
    assert len(set(places[:RARE]) & set(range(RARE))) >= 8
    QTest.mouseClick(button(page, "gallery-like-chip"), Qt.MouseButton.LeftButton)
    assert page.grid.stamps.places == before


def test_that_those_chosen_on_the_map_are_shown_until_the_chip_is_taken_back(
    window: MainWindow, page: GalleryPage
) -> None:
    window.session.closer.look_closer([2, 7, 30])
    assert set(page.grid.stamps.places) == {2, 7, 30}
    QTest.mouseClick(button(page, "gallery-chosen-chip"), Qt.MouseButton.LeftButton)
    assert len(page.grid.stamps.places) == M - BAD


def test_that_verdicts_are_there_after_a_relaunch(
    new_window: Callable[[], MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, data: CutoutSet
) -> None:
    first = new_window()
    page = detected_page(first, qtbot, monkeypatch, data)
    click(page, 0)
    press(page, Qt.Key.Key_1)
    first.close()  # at once: what is not on the disk yet is written now
    second = new_window()
    page = detected_page(second, qtbot, monkeypatch, data)
    assert verdicts(second) == {0: "interesting"}
    assert page.grid.stamps.table is not None
    assert page.grid.stamps.table.text("verdict", 0) == "interesting"
    recent = second.review_panel.recent
    assert recent.count() == 1
    assert "stamp_00000: interesting" in recent.item(0).text()


def test_that_a_disk_that_cannot_be_written_loses_nothing(
    window: MainWindow, page: GalleryPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = VerdictStore().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir()
    click(page, 0)
    press(page, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: window.session.state.review.unwritten == 1, timeout=10_000)
    assert verdicts(window) == {0: "interesting"}
    said = window.findChild(QLabel, "review-problem")
    assert said is not None
    assert said.text().startswith("1 verdict not on the disk yet.")
    path.rmdir()
    window.session.review.write_again()
    qtbot.waitUntil(lambda: window.session.state.review.unwritten == 0, timeout=10_000)
    assert [entry.verdict for entry in VerdictStore().entries()] == ["interesting"]
    assert not said.isVisible()


def test_that_verdicts_are_exported_and_taken_from_a_file(
    window: MainWindow, page: GalleryPage, qtbot: QtBot, tmp_path: Path
) -> None:
    window.session.review.decide([3], "artefact")
    written(window, qtbot, 1)
    window.session.review.export(tmp_path / "verdicts.csv", everything=False)
    qtbot.waitUntil((tmp_path / "verdicts.csv").exists)
    text = (tmp_path / "verdicts.csv").read_text().replace("artefact", "interesting")
    (tmp_path / "theirs.csv").write_text(
        text.replace(VerdictStore().entries()[0].uid, "other").replace("2026-", "2099-")
    )
    window.session.review.take_file(tmp_path / "theirs.csv")
    qtbot.waitUntil(lambda: verdicts(window) == {3: "interesting"}, timeout=10_000)
    window.session.review.take_file(tmp_path / "missing.csv")
    qtbot.waitUntil(lambda: window.session.state.notice is not None and window.session.state.notice.level == "error")
