"""The simulated light curves that ship."""

import json
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import WriteError
from desktop_app.core.simulate import SCENARIOS, simulate
from desktop_app.engine.sample_kinds import other_samples
from desktop_app.engine.samples import write_samples
from desktop_app.io import open_curve
from desktop_app.paths import resources


def test_that_each_scenario_is_written_as_fits_and_csv_with_its_truth(tmp_path: Path) -> None:
    written = write_samples(tmp_path / "made" / "here")
    curves = {f"{scenario}{ending}" for scenario in SCENARIOS for ending in (".fits", ".csv", "_truth.json")}
    assert {path.name for path in written} == curves | set(other_samples())
    assert sorted(tmp_path.joinpath("made", "here").iterdir()) == sorted(written)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_that_the_shipped_samples_are_what_the_generator_makes(scenario: str, tmp_path: Path) -> None:
    write_samples(tmp_path)
    shipped, made = open_curve(resources() / "samples" / f"{scenario}.fits"), open_curve(tmp_path / f"{scenario}.fits")
    for name in ("time", "flux", "flux_err", "quality", "cadence"):
        np.testing.assert_allclose(getattr(shipped, name), getattr(made, name), rtol=1e-6)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_that_a_sample_is_read_as_a_tess_light_curve_that_says_it_is_simulated(scenario: str, tmp_path: Path) -> None:
    write_samples(tmp_path, seed=3)
    curve = open_curve(tmp_path / f"{scenario}.fits")
    assert curve.source.mission == "TESS"
    assert curve.source.object_name.startswith("Simulated:")
    assert curve.reference.name == "BTJD"
    assert curve.flux_name == "PDCSAP_FLUX"
    assert 0 < np.count_nonzero(~curve.usable) < 40


def test_that_the_csv_has_the_rows_of_the_fits_without_the_flux_of_hidden_ones(tmp_path: Path) -> None:
    write_samples(tmp_path)
    curve, text = open_curve(tmp_path / "transits.fits"), open_curve(tmp_path / "transits.csv")
    np.testing.assert_array_equal(text.usable, curve.usable)
    np.testing.assert_allclose(text.time, curve.time, atol=1e-6)
    np.testing.assert_allclose(text.flux[curve.usable], curve.flux[curve.usable], rtol=1e-6)


def test_that_the_truth_names_rows_and_times_of_one_event_each(tmp_path: Path) -> None:
    write_samples(tmp_path)
    curve = open_curve(tmp_path / "all_together.fits")
    rows = json.loads((tmp_path / "all_together_truth.json").read_text())["events"]
    assert {row["kind"] for row in rows} == {"dip", "flare", "outlier"}
    for row in rows:
        assert curve.time[row["row_start"]] == pytest.approx(row["t_start"], abs=1e-6)
        assert curve.time[row["row_end"]] == pytest.approx(row["t_end"], abs=1e-6)
        assert row["t_start"] <= row["t_peak"] <= row["t_end"]


def test_that_another_seed_gives_other_curves() -> None:
    assert not np.array_equal(simulate("flares", seed=1)[0].flux, simulate("flares", seed=2)[0].flux, equal_nan=True)


def test_that_the_shipped_samples_are_small() -> None:
    files = list((resources() / "samples").iterdir())
    assert len(files) == 11
    assert sum(path.stat().st_size for path in files) < 1_400_000


def test_that_a_folder_that_cannot_be_made_gives_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WriteError, match="cannot be written"):
        write_samples(tmp_path / "file" / "below")
