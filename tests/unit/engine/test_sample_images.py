"""The simulated pictures that are written to be tried out."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import WriteError
from desktop_app.engine import sample_images
from desktop_app.engine.evaluate.images.truth import read_image_truth
from desktop_app.engine.sample_images import TRUTH, write_image_samples
from desktop_app.io import open_file


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some of each, so that it is quick."""
    for name, count in {"GALAXIES": 12, "STRANGE": 5, "ALERTS": 8, "SCENES": 10, "COLD": 2, "MISMATCHED": 2}.items():
        monkeypatch.setattr(sample_images, name, count)


def test_that_folders_open_as_what_they_are(few: None, tmp_path: Path) -> None:
    written = write_image_samples(tmp_path / "pictures", seed=3)
    assert all(path.is_file() for path in written)
    opened = {name: open_file(tmp_path / "pictures" / name) for name in ("galaxies", "alerts", "planetary")}
    assert all(isinstance(data, CutoutSet) for data in opened.values())
    galaxies, alerts, planetary = (data for data in opened.values() if isinstance(data, CutoutSet))
    assert len(galaxies) == 17
    assert {"magnitude", "colour", "radius"} <= set(galaxies.columns)
    assert np.isfinite(galaxies.columns["magnitude"].values).all()
    assert set(alerts.beside) == {"template", "difference"}
    assert len(planetary) == 14
    assert not galaxies.labels.get("truth")


def test_that_the_truth_names_every_file(few: None, tmp_path: Path) -> None:
    written = write_image_samples(tmp_path)
    known = {one.file: one for one in read_image_truth(tmp_path / TRUTH).known}
    pictures = {path.relative_to(tmp_path).as_posix() for path in written if path.suffix == ".fits"}
    assert set(known) == pictures
    assert {one.role for one in known.values()} >= {"", "science", "template", "difference"}
    assert "streak" in {one.label for one in known.values()}
    assert {one for frame in known.values() for one in frame.outlines} == {*sample_images._KINDS}


def test_that_a_seed_gives_the_same_pictures(few: None, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_image_samples(tmp_path / name, seed=seed)
    first, same, other = ((tmp_path / name / "galaxies" / "galaxy-00003.fits").read_bytes() for name in "abc")
    assert first == same
    assert first != other


def test_that_a_place_that_cannot_be_written_is_told(few: None, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(WriteError, match="cannot be written"):
        write_image_samples(tmp_path / "taken")
