"""A folder of frames is one ranking, which goes on where a kill has ended it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.progress import JobCancelled
from desktop_app.core.simulate_pixels import simulate_pixels
from desktop_app.engine.cache import CUTS, ScoreCache
from desktop_app.engine.cutting import Cutting
from desktop_app.engine.events import events_of
from desktop_app.engine.sample_kinds import target_pixels_fits
from desktop_app.engine.scan import scan
from tests.image_files import TAN, write_image
from tests.star_fields import add_galaxy, star_field

SHAPE = (200, 200)
NUMBERS = {"components": 8, "neighbours": 3}


def night(folder: Path, count: int = 3, *, stars: int = 30) -> Path:
    """Frames of the same stars; a galaxy stands in the last one."""
    rng = np.random.default_rng(8)
    at = rng.uniform(20, 180, stars), rng.uniform(20, 180, stars), rng.uniform(5000, 40_000, stars)
    folder.mkdir()
    for number in range(count):
        pixels = star_field(shape=SHAPE, at=at, seed=number).image.pixels.astype(np.float64)
        if number == count - 1:
            add_galaxy(pixels, 100, 100, 3e4, 5, ratio=0.2)
        write_image(folder / f"frame{number}.fits", pixels.astype(np.float32), TAN)
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> ScoreCache:
    return ScoreCache(tmp_path / "cache")


def test_that_all_sources_of_all_frames_are_in_one_ranking_with_their_places(tmp_path: Path, cache: ScoreCache) -> None:
    folder = night(tmp_path / "night")
    detection = scan(folder, "knn", NUMBERS, Cutting(side_px=25), cache=cache)
    objects = detection.objects
    assert set(objects.frames) == {"frame0", "frame1", "frame2"}
    assert len(objects) == len(detection.cutouts) > 60
    assert detection.data.source.path == folder
    assert np.array_equal(objects.x, detection.cutouts.columns["x"].values)
    for x, y, outline in zip(objects.x, objects.y, objects.outlines, strict=True):
        corners = np.array(outline)
        if len(corners):
            assert np.hypot(*(corners.mean(axis=0) - (x, y))) < 25
    assert np.isfinite(objects.numbers["snr"]).all()
    table = events_of(detection, -np.inf)
    assert len(table) >= 0.9 * len(objects)


def test_that_a_scan_again_is_answered_from_the_cache(tmp_path: Path, cache: ScoreCache) -> None:
    folder = night(tmp_path / "night")
    first = scan(folder, "knn", NUMBERS, Cutting(side_px=25), cache=cache)
    again = scan(folder, "knn", NUMBERS, Cutting(side_px=25), cache=cache)
    assert not first.cached
    assert again.cached
    assert np.array_equal(first.scores.values, again.scores.values, equal_nan=True)
    assert first.objects.frames == again.objects.frames


def test_that_a_broken_frame_costs_a_sentence_only(tmp_path: Path, cache: ScoreCache) -> None:
    folder = night(tmp_path / "night")
    (folder / "frame1.fits").write_bytes((folder / "frame1.fits").read_bytes()[:4000])
    detection = scan(folder, "knn", NUMBERS, Cutting(side_px=25), cache=cache)
    assert set(detection.objects.frames) == {"frame0", "frame2"}
    assert any(note.startswith("frame1 is left out") for note in detection.data.source.notes)


def test_that_a_folder_of_stamps_is_ranked_as_it_is(tmp_path: Path, cache: ScoreCache) -> None:
    folder = tmp_path / "stamps"
    folder.mkdir()
    for number in range(12):
        stamp = star_field(shape=(31, 31), at=(np.array([15.0]), np.array([15.0]), np.array([2e4])), seed=number)
        write_image(folder / f"s{number}.fits", stamp.image.pixels)
    detection = scan(folder, "knn", NUMBERS, cache=cache)
    assert len(detection.cutouts) == 12
    assert not (cache.folder / CUTS).exists()


def test_that_a_folder_without_images_and_an_unknown_detector_are_sentences(tmp_path: Path, cache: ScoreCache) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReadError, match="no images in the folder empty"):
        scan(tmp_path / "empty", cache=cache)
    with pytest.raises(ParamError):
        scan(night(tmp_path / "night"), "ensemble", cache=cache)


def test_that_a_cancelled_scan_keeps_the_frames_that_were_cut(tmp_path: Path, cache: ScoreCache) -> None:
    folder = night(tmp_path / "night")

    def stop(_done: float, text: str) -> None:
        if text.startswith("frame2"):
            raise JobCancelled

    with pytest.raises(JobCancelled):
        scan(folder, "knn", NUMBERS, Cutting(side_px=25), stop, cache)
    assert len(list((cache.folder / CUTS).glob("*.npz"))) == 2


_SCAN = """
import sys
from pathlib import Path
from desktop_app.engine.cache import CUTS, ScoreCache
from desktop_app.engine.cutting import Cutting
from desktop_app.engine.scan import scan
detection = scan(Path(sys.argv[1]), "knn", {"components": 8}, Cutting(side_px=25), cache=ScoreCache(Path(sys.argv[2])))
print(len(detection.cutouts))
"""


def test_that_a_killed_scan_goes_on_where_it_was(tmp_path: Path, cache: ScoreCache) -> None:
    folder = night(tmp_path / "night", 12)
    process = subprocess.Popen([sys.executable, "-c", _SCAN, str(folder), str(cache.folder)], stdout=subprocess.PIPE)
    kept = cache.folder / CUTS
    for _ in range(6000):
        if len(list(kept.glob("*.npz"))) >= 2 or process.poll() is not None:
            break
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    before = {path.name: path.stat().st_ino for path in kept.glob("*.npz")}
    assert before
    detection = scan(folder, "knn", NUMBERS, Cutting(side_px=25), cache=cache)
    after = {path.name: path.stat().st_ino for path in kept.glob("*.npz")}
    # What was there before is the same file still.
    assert len(after) == 12
    assert before.items() <= after.items()
    assert len(set(detection.objects.frames)) == 12


def test_that_target_pixel_files_are_ranked_by_their_pictures(tmp_path: Path, cache: ScoreCache) -> None:
    folder = tmp_path / "targets"
    folder.mkdir()
    for seed in range(10):
        (folder / f"target{seed}_tp.fits").write_bytes(target_pixels_fits(simulate_pixels(seed=seed), seed))
    found = scan(folder, "knn", cache=cache)
    assert len(found.cutouts) == 10
    assert np.isfinite(found.scores.values).all()
    assert len(found.cutouts.columns) > 5
