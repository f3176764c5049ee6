"""Target pixel files as stamps with what their light curves are like."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.curve_features import UNITS, curve_features
from desktop_app.core.errors import FitError
from desktop_app.engine.pixel_cutouts import pixel_cutouts
from desktop_app.engine.sample_kinds import other_samples
from tests.data import quiet_curve


def _files(folder: Path, many: int) -> list[Path]:
    paths = []
    for seed in range(many):
        paths.append(folder / f"star{seed}_tp.fits")
        content = other_samples(seed=seed)["pixels_tp.fits"]
        assert isinstance(content, bytes)
        paths[-1].write_bytes(content)
    return paths


def test_that_files_become_stamps_with_columns_and_others_are_told(tmp_path: Path) -> None:
    paths = _files(tmp_path, 2)
    (tmp_path / "notes.txt").write_text("nothing to see")
    data = pixel_cutouts([*paths, tmp_path / "notes.txt"])
    assert len(data) == 2
    assert data.ids == ("star0_tp", "star1_tp")
    assert set(UNITS) < set(data.columns)
    assert np.isfinite(data.columns["brightness_mag"].values).all()
    assert 0 < data.columns["share_in_aperture"].values[0] < 1
    assert "1 files are left out" in data.source.notes[0]
    # The star stands in the middle of the aperture, which is the middle of the stamp.
    middle = data.images.shape[1] // 2
    assert np.unravel_index(np.nanargmax(data.images[0]), data.images[0].shape) == (middle, middle)


def test_that_a_folder_without_target_pixels_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see")
    with pytest.raises(FitError, match="target pixels"):
        pixel_cutouts([tmp_path / "notes.txt"])


def test_that_features_of_a_curve_are_those_that_were_put_in() -> None:
    from dataclasses import replace

    quiet = quiet_curve(2000, noise=1e-3)
    wave = 1 + 0.01 * np.sin(2 * np.pi * quiet.time / 2.5)
    flux = np.asarray(quiet.flux) * wave
    flux[500:505] += 0.05
    features = curve_features(replace(quiet, flux=flux))
    assert features["scatter_ppt"] == pytest.approx(1.0, rel=0.15)
    assert features["period_d"] == pytest.approx(2.5, rel=0.05)
    assert features["amplitude_ppt"] == pytest.approx(10.0, rel=0.1)
    assert features["flares_per_day"] * 40 == pytest.approx(1.0, rel=0.01)
    assert features["dips_per_day"] == 0


def test_that_a_curve_too_short_has_no_features() -> None:
    assert all(np.isnan(value) for value in curve_features(quiet_curve(20)).values())
