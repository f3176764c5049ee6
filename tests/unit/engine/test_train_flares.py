"""The network for flares is learnt anew from a folder of curves."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import FitError
from desktop_app.core.flares.shapes import in_rows
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.engine.flare_lessons import lessons_below
from desktop_app.engine.train_flares import train_flares
from desktop_app.nets.weights import load_weights

ROWS, CADENCE_D = 900, 2 / 1440


@pytest.fixture(autouse=True)
def few_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    """One planting and one shuffle of each curve are enough to see that they are there."""
    for name in ("_PLANTINGS", "_SHUFFLES"):
        monkeypatch.setattr(f"desktop_app.engine.flare_lessons.{name}", 1)


def folder_of_stars(folder: Path, stars: int = 4) -> Path:
    """Curves with a flare each, a table of what is known of the flares, and a file of something else."""
    data = folder / "curves"
    (data / "truth").mkdir(parents=True)
    truth = ["file,event,name,t_start,t_mid,t_end,size,snr,source,grade"]
    for star in range(stars):
        rng = np.random.default_rng(star)
        row = np.arange(ROWS, dtype=np.float64)
        flux = 1 + 1e-3 * rng.standard_normal(ROWS) + 0.02 * in_rows(row, peak=400.0, fwhm=3.0)
        name = f"star{100004 + star}.csv"
        np.savetxt(
            data / name, np.column_stack([1500 + row * CADENCE_D, flux]), delimiter=",", header="time,flux", comments=""
        )
        start, stop = 1500 + 399 * CADENCE_D, 1500 + 408 * CADENCE_D
        grade = "hand-vetted real" if star % 2 else "hand-vetted NOT real"
        truth.append(f"curves/{name},flare,,{start},{start},{stop},,,made up,{grade}")
    (data / "truth" / "events.csv").write_text("\n".join(truth) + "\n")
    (data / "notes.txt").write_text("Nothing to see here.\n")
    return data


def test_that_lessons_tell_vetted_flares_planted_ones_and_the_rest_apart(tmp_path: Path) -> None:
    lessons, clean, stars = lessons_below(folder_of_stars(tmp_path), np.random.default_rng(0), silent)
    assert stars == 4
    assert (lessons.origin == "vetted").sum() == 2
    assert (lessons.origin == "false").sum() == 2
    assert {"planted", "lookalike", "noise", "shuffled"} <= set(lessons.origin)
    np.testing.assert_array_equal(lessons.flare > 0, np.isin(lessons.origin, ["vetted", "planted"]))
    assert clean
    assert 0 < lessons.held_out.sum() < lessons.held_out.size


def test_that_training_writes_weights_and_a_card_and_repeats_itself(tmp_path: Path) -> None:
    data = folder_of_stars(tmp_path)
    told = list[float]()
    card = train_flares(data, tmp_path / "one", 4, lambda done, _text: told.append(done), epochs=1)
    train_flares(data, tmp_path / "two", 4, silent, epochs=1)
    assert all(0 <= done <= 1 for done in told)
    assert told[-1] == 1.0
    arrays, saved = load_weights(str(tmp_path / "one"))
    again, other = load_weights(str(tmp_path / "two"))
    assert saved["sha256"] == other["sha256"]
    assert set(arrays) == set(again)
    assert saved["tail"] == card["tail"]
    assert 0 <= saved["scores"]["average_precision"] <= 1
    assert saved["stars"] == 4


def test_that_a_folder_without_light_curves_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Nothing to see here.\n")
    with pytest.raises(FitError) as told:
        train_flares(tmp_path, tmp_path / "out", 0, silent)
    assert told.value.hint
    assert not (tmp_path / "out").exists()


def test_that_a_cancel_leaves_nothing_behind(tmp_path: Path) -> None:
    def cancel(done: float, _text: str) -> None:
        if done > 0.3:
            raise JobCancelled

    data = folder_of_stars(tmp_path)
    with pytest.raises(JobCancelled):
        train_flares(data, tmp_path / "out", 0, cancel)
    assert not (tmp_path / "out").exists()
