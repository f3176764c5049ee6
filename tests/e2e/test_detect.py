"""``peculiar detect`` as a user runs it: from files to an event list, whatever the files are."""

import csv
import json
import signal
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.data import quiet_curve
from tests.e2e.program import peculiar, started
from tests.e2e.stars import DIP_ROWS, write_bad_files, write_fits, write_star
from tests.survey_files import ztf_file

BAD = (
    *("empty", "truncated", "corrupted", "text", "missing", "constant", "all NaN", "two rows", "constant text"),
    *("one column", "binary"),
)

FAINTER = ("dip", "transit", "eclipse")


def test_that_the_dip_of_a_star_is_shown_on_the_terminal(tmp_path: Path) -> None:
    run = peculiar("detect", write_star(tmp_path / "star.csv"))
    head, event, *_ = run.out.splitlines()
    assert run.status == 0
    assert head.split()[:2] == ["#", "Kind"]
    assert event.split()[0] == "1"
    assert event.split()[1] in FAINTER
    assert "1 event from" in run.err


def test_that_a_csv_list_names_the_rows_of_the_dip_as_given(tmp_path: Path) -> None:
    write_star(tmp_path / "star.csv")
    run = peculiar("detect", "star.csv", "--out", "events.csv", cwd=tmp_path)
    assert run.status == 0, run.err
    with (tmp_path / "events.csv").open(encoding="utf-8", newline="") as file:
        (event,) = csv.DictReader(file)
    assert event["file"] == "star.csv"
    assert event["kind"] in FAINTER
    assert abs(int(event["row_start"]) - DIP_ROWS.start) <= 3
    assert abs(int(event["row_end"]) - DIP_ROWS.stop + 1) <= 3
    assert json.loads((tmp_path / "events.csv.json").read_text(encoding="utf-8"))["events"] == 1


def test_that_an_ecsv_list_can_be_made_again_from_its_provenance(tmp_path: Path) -> None:
    from astropy.table import Table

    star = write_star(tmp_path / "star.csv")
    run = peculiar("detect", star, "--threshold", "7", "--set", "seed=3", "--out", tmp_path / "events.ecsv")
    assert run.status == 0, run.err
    table = Table.read(tmp_path / "events.ecsv", format="ascii.ecsv")
    origin = table.meta["provenance"][0]
    assert origin["file"] == str(star)
    assert origin["sha256"] == sha256(star.read_bytes()).hexdigest()
    assert origin["detector"] == "ensemble"
    assert origin["seed"] == origin["params"]["seed"] == 3
    assert set(table["threshold"]) == {7.0}


def test_that_a_threshold_above_the_dip_leaves_an_empty_list_with_its_columns(tmp_path: Path) -> None:
    write_star(tmp_path / "star.csv")
    run = peculiar("detect", "star.csv", "--threshold", "1000", "--out", "events.csv", cwd=tmp_path)
    assert run.status == 0
    assert (tmp_path / "events.csv").read_text(encoding="utf-8").startswith("file,object,event_id,kind,t_start")
    assert "0 events written" in run.out


def test_that_the_second_run_answers_from_the_cache_and_says_so(tmp_path: Path) -> None:
    star = write_star(tmp_path / "star.csv")
    first, second, third = peculiar("detect", star), peculiar("detect", star), peculiar("detect", star, "--no-cache")
    assert "from the cache" not in first.err
    assert "from the cache" in second.err
    assert "from the cache" not in third.err
    assert first.out == second.out == third.out


def test_that_no_cache_keeps_nothing(tmp_path: Path) -> None:
    peculiar("detect", write_star(tmp_path / "star.csv"), "--no-cache")
    assert "Entries  0" in peculiar("cache", "info").out


@pytest.mark.parametrize("kind", BAD)
def test_that_bad_input_gets_a_sentence_and_a_way_out(tmp_path: Path, kind: str) -> None:
    run = peculiar("detect", write_bad_files(tmp_path)[kind])
    sentence, hint, *rest = run.err.splitlines()
    assert run.status == 1
    assert run.out == ""
    assert sentence.startswith("peculiar: ")
    assert sentence.endswith((".", "'."))
    assert hint.startswith("  ")
    assert rest == []
    assert "Traceback" not in run.err


def test_that_bad_files_do_not_keep_the_good_ones_out_of_the_list(tmp_path: Path) -> None:
    bad = write_bad_files(tmp_path)
    good = [write_star(tmp_path / f"star {number}.csv", seed=number) for number in (1, 2)]
    run = peculiar("detect", good[0], *bad.values(), good[1], "--out", tmp_path / "events.csv")
    assert run.status == 1
    assert run.err.count("peculiar: ") == len(bad)
    with (tmp_path / "events.csv").open(encoding="utf-8", newline="") as file:
        assert {row["file"] for row in csv.DictReader(file)} == {str(path) for path in good}


def test_that_a_folder_stands_for_all_light_curves_below_it(tmp_path: Path) -> None:
    (tmp_path / "stars" / "deeper").mkdir(parents=True)
    write_star(tmp_path / "stars" / "b.csv", seed=1)
    write_star(tmp_path / "stars" / "deeper" / "a.csv", seed=2)
    run = peculiar("detect", "stars", "stars/b.csv", cwd=tmp_path)
    assert run.status == 0, run.err
    assert [line.split(":")[0] for line in run.err.splitlines()] == ["stars/b.csv", "stars/deeper/a.csv"]


def test_that_a_folder_without_light_curves_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "void").mkdir()
    run = peculiar("detect", "void", cwd=tmp_path)
    assert run.status == 1
    assert "no light curves in the folder void" in run.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "the following arguments are required: FILE"),
        (("star.csv", "--set", "seed"), "not of the form key=value"),
        (("star.csv", "--set", "sede=1"), "There is no setting called 'sede'"),
        (("star.csv", "--set", "seed=much"), "seed = 'much' is not possible"),
        (("star.csv", "--detector", "tarot"), "There is no detector of light curves called 'tarot'"),
        (("star.csv", "--threshold", "-3"), "not a number of sigmas above 0"),
        (("star.csv", "--threshold", "nan"), "not a number of sigmas above 0"),
        (("star.csv", "--quality", "soft"), "invalid choice: 'soft'"),
        (("star.csv", "--out", "events.xlsx"), "does not say which format to write"),
    ],
)
def test_that_a_wrong_call_ends_with_status_2_before_any_work(words: tuple[str, ...], told: str) -> None:
    run = peculiar("detect", *words)
    assert run.status == 2
    assert told in run.err
    assert "Traceback" not in run.err


def test_that_a_flux_column_that_a_file_lacks_is_told_with_those_it_has(tmp_path: Path) -> None:
    run = peculiar("detect", write_star(tmp_path / "star.csv"), "--flux", "SAP_FLUX")
    assert run.status == 1
    assert "There is no flux column called 'SAP_FLUX'" in run.err


def test_that_a_list_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    run = peculiar("detect", write_star(tmp_path / "star.csv"), "--out", tmp_path / "nowhere" / "events.csv")
    assert run.status == 1
    assert "there is no folder" in run.err
    assert "looked at" not in run.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT between processes")
def test_that_ctrl_c_keeps_what_was_found(tmp_path: Path) -> None:
    write_star(tmp_path / "a.csv")
    write_star(tmp_path / "b.csv", n=1_000_000)
    words = ("detect", "a.csv", "b.csv", "--out", "events.csv")
    with started(*words, cwd=tmp_path) as run:
        assert run.stderr is not None
        assert run.stderr.readline().startswith("a.csv: 1 event")
        run.send_signal(signal.SIGINT)
        rest = run.stderr.read()
    assert run.returncode == 130
    assert rest == "Stopped: 1 of 2 files looked at.\n"
    assert len((tmp_path / "events.csv").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the memory of an ended process")
def test_that_ten_million_rows_are_looked_at_in_less_than_four_gigabytes(tmp_path: Path) -> None:
    import resource

    flux = quiet_curve(10_000_000).flux.copy()
    flux[5_000_000:5_000_300] -= 0.02
    run = peculiar("detect", write_fits(tmp_path / "long.fits", flux), "--out", tmp_path / "events.csv", "--no-cache")
    assert run.status == 0, run.err
    assert "10,000,000 of 10,000,000 rows looked at" in run.err
    with (tmp_path / "events.csv").open(encoding="utf-8", newline="") as file:
        deepest = max(csv.DictReader(file), key=lambda event: float(event["score"]))
    assert abs(int(deepest["row_start"]) - 5_000_000) <= 30
    assert abs(int(deepest["row_end"]) - 5_000_299) <= 30
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 4 << 20  # kilobytes


def test_that_one_filter_of_a_survey_is_looked_at_where_it_is_named(tmp_path: Path) -> None:
    path = ztf_file(tmp_path, 300)
    ran = peculiar("detect", path, "--part", "zg", "--no-cache", "--out", tmp_path / "events.ecsv")
    assert ran.status == 0, ran.err
    assert "of 100 rows looked at" in ran.err
    assert "mag (part zg)" in (tmp_path / "events.ecsv").read_text()
    missing = peculiar("detect", path, "--part", "zi")
    assert missing.status == 1
    assert "Its parts are: zr, zg." in missing.err
