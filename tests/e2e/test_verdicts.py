"""``peculiar verdicts`` from decisions to files and back."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from desktop_app.cli.main import run
from desktop_app.engine.verdicts import Subject, VerdictStore
from tests.e2e.program import peculiar


@pytest.fixture
def decided() -> VerdictStore:
    store = VerdictStore()
    subjects = [Subject("d", f"stamp_{place}", 10.0 + place, -5.0, "night.fits") for place in range(3)]
    store.decide(subjects[:2], "interesting", kind="ring", score={"stamp_0": 7.0, "stamp_1": 1.0}, threshold=4.0)
    store.decide(subjects[2:], "ordinary", comment="a double star", score={"stamp_2": 5.0}, threshold=4.0)
    store.decide(subjects[:1], "artefact")
    return store


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert run(["verdicts", *words], _no_window) == status
    return capsys.readouterr().out


def _no_window(_paths: Sequence[Path], _detect: bool) -> int:
    raise AssertionError("no window is asked for")


def test_that_verdicts_are_listed_told_and_counted(decided: VerdictStore, capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys).splitlines()
    assert [line.split()[2] for line in lines] == ["stamp_0", "stamp_2", "stamp_1"]
    assert lines[1].endswith("a double star")
    history = said(capsys, "history", "stamp_0").splitlines()
    assert ["interesting" in history[0], "artefact" in history[1]] == [True, True]
    told = json.loads(said(capsys, "stats", "--json"))
    assert told["verdicts"] == {"interesting": 1, "ordinary": 1, "artefact": 1}
    assert (told["false_positives"], told["false_negatives"]) == (1, 1)
    assert "interesting, not flagged" in said(capsys, "stats")
    assert [row["object"] for row in json.loads(said(capsys, "--verdict", "ordinary", "--json"))] == ["stamp_2"]


def test_that_they_go_to_another_machine_and_come_only_once(
    decided: VerdictStore, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "verdicts.ecsv")
    assert said(capsys, "export", path).startswith("4 rows written")
    monkeypatch.setenv("PECULIAR_VERDICTS", str(tmp_path / "other.sqlite"))
    assert "No verdicts" in said(capsys)
    assert "4 rows added, 0 known already" in said(capsys, "import", path)
    assert "0 rows added, 4 known already" in said(capsys, "import", path)
    assert len(said(capsys).splitlines()) == 3
    assert said(capsys, "export", "--latest", str(tmp_path / "now.json")).startswith("3 rows written")


def test_that_what_cannot_be_done_is_said(decided: VerdictStore, capsys: pytest.CaptureFixture[str]) -> None:
    for words, status in ((("history",), 2), (("export",), 2), (("export", "x.doc"), 2), (("import", "none.csv"), 1)):
        assert run(["verdicts", *words], _no_window) == status
        assert capsys.readouterr().err.startswith("peculiar: ")
    assert run(["verdicts", "history", "nobody"], _no_window) == 1
    assert "Nothing was decided on nobody" in capsys.readouterr().out


def test_that_the_installed_program_lists_them(decided: VerdictStore) -> None:
    done = peculiar("verdicts", "list")
    assert done.status == 0
    assert len(done.out.splitlines()) == 3
