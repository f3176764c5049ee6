"""A detector of whole sequences: every frame counts, whichever is shown."""

from pathlib import Path

import numpy as np

from desktop_app.core.simulate_sequences import SequenceMake, simulate_sequence
from desktop_app.core.sky_image import SkyImage
from desktop_app.engine.cache import ScoreCache
from desktop_app.engine.detect import detect
from desktop_app.io import open_file
from tests.image_files import Cards, write_image


def frames_in(folder: Path) -> Path:
    """Three frames in FITS, an hour apart."""
    folder.mkdir()
    made = simulate_sequence(SequenceMake(frames=3, stars=40, side_px=140), seed=8)
    assert made.first.sequence is not None
    for hour, name in enumerate(made.first.sequence.names):
        cards: Cards = {"DATE-OBS": f"2024-01-01T0{hour}:00:00", "EXPTIME": 60.0}
        write_image(folder / name, np.array(made.first.sequence.open(name).pixels), cards)
    return folder


def opened(folder: Path, part: str | None = None) -> SkyImage:
    image = open_file(folder, part=part)
    assert isinstance(image, SkyImage)
    return image


def test_that_a_frame_of_a_folder_knows_the_others(tmp_path: Path) -> None:
    image = opened(frames_in(tmp_path / "night"))
    assert image.sequence is not None
    assert image.sequence.names == image.source.parts
    other = image.sequence.open(image.sequence.names[2])
    assert other.source.part == image.sequence.names[2]
    assert other.jd > image.jd


def test_that_a_sequence_is_looked_at_once_and_anew_when_a_frame_changes(tmp_path: Path) -> None:
    folder, cache = frames_in(tmp_path / "night"), ScoreCache(tmp_path / "cache")
    first = detect(opened(folder), "difference", cache=cache)
    again = detect(opened(folder, "frame_001.fits"), "difference", cache=cache)
    assert (first.cached, again.cached) == (False, True)
    np.testing.assert_array_equal(first.scores.values, again.scores.values)
    pixels = np.array(opened(folder, "frame_002.fits").pixels)
    (folder / "frame_002.fits").unlink()
    write_image(folder / "frame_002.fits", pixels + 1, {"DATE-OBS": "2024-01-01T02:00:00", "EXPTIME": 60.0})
    assert not detect(opened(folder), "difference", cache=cache).cached
