"""Pictures on the command line: what is found in them is listed, written, and told where it cannot be."""

from pathlib import Path

import numpy as np
import pytest

from tests.e2e.program import peculiar
from tests.pictures import tan_sky

ROUND_PX, LONG_PX = 1.6, 9.0


def write_frame(path: Path, *, seed: int = 0, odd: bool = False) -> Path:
    """Sixty round sources on a sky with positions; ``odd`` adds a long bright one."""
    from astropy.io import fits

    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:300, :320].astype(np.float64)
    pixels = 100 + rng.normal(0, 3, y.shape)
    for at_y, at_x in rng.uniform(15, 285, (60, 2)):
        pixels += rng.uniform(300, 3000) * np.exp(-((y - at_y) ** 2 + (x - at_x) ** 2) / (2 * ROUND_PX**2))
    if odd:
        pixels += 2000 * np.exp(-((y - 150) ** 2) / 8 - (x - 160) ** 2 / (2 * LONG_PX**2))
    header = fits.Header.fromstring(tan_sky(pixels.shape).cards)
    path.parent.mkdir(parents=True, exist_ok=True)
    fits.PrimaryHDU(pixels.astype(np.float32), header).writeto(path)
    return path


def test_that_a_picture_is_looked_at_and_its_events_are_written_with_their_outlines(tmp_path: Path) -> None:
    from astropy.table import Table

    frame = write_frame(tmp_path / "odd.fits", odd=True)
    # Sixty sources, some of them blends, are too few to be sure that one of them is odd.
    words = ("detect", frame, "--threshold", "1", "--out")
    run = peculiar(*words, tmp_path / "found.ecsv")
    assert run.status == 0, run.err
    table = Table.read(tmp_path / "found.ecsv")
    near = np.hypot(table["x"] - 160, table["y"] - 150) < 6
    assert near.any()
    assert table["region_sky"][near][0].startswith("POLYGON ICRS ")
    assert "objects looked at" in run.err
    assert peculiar(*words, tmp_path / "found.reg").status == 0
    assert "polygon(" in (tmp_path / "found.reg").read_text(encoding="utf-8")


def test_that_pictures_and_light_curves_have_lists_of_their_own(tmp_path: Path) -> None:
    write_frame(tmp_path / "night" / "odd.fits", odd=True)
    from tests.e2e.stars import write_star

    write_star(tmp_path / "night" / "star.csv")
    run = peculiar("detect", tmp_path / "night", "--out", tmp_path / "found.csv")
    assert run.status == 0, run.err
    assert (tmp_path / "found.csv").read_text(encoding="utf-8").startswith("file,object,event_id,kind,t_start")
    assert (tmp_path / "found_pictures.csv").read_text(encoding="utf-8").startswith("file,part,object,event_id,kind,ra")


def test_that_a_folder_of_frames_is_one_ranking(tmp_path: Path) -> None:
    for seed in (1, 2, 3):
        write_frame(tmp_path / "night" / f"frame{seed}.fits", seed=seed, odd=seed == 2)
    run = peculiar("scan", tmp_path / "night", "--top", "3")
    assert run.status == 0, run.err
    assert "stamps ranked" in run.err
    first = run.out.splitlines()[1].split()
    assert first[0] == "1"
    assert first[1] == "frame2"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--side", "0"), "not a number above 0"),
        (("--overlap", "1"), "not a share"),
        (("--detector", "tarot"), "no detector of cut-outs called 'tarot'"),
        (("--by", "catalogue"), "without a catalogue"),
    ],
)
def test_that_a_wrong_call_is_told(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    write_frame(tmp_path / "night" / "frame.fits")
    run = peculiar("scan", tmp_path / "night", *words)
    assert run.status == 2
    assert said in run.err


def test_that_a_folder_without_pictures_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = peculiar("scan", tmp_path / "empty")
    assert run.status == 1
    assert "no images in the folder" in run.err


def test_that_what_is_known_of_pictures_is_held_against_what_is_found(tmp_path: Path) -> None:
    write_frame(tmp_path / "plain.fits")
    (tmp_path / "truth.csv").write_text("file,label\nplain.fits,normal frame\n", encoding="utf-8")
    words = ("evaluate", "images", tmp_path, "--truth", tmp_path / "truth.csv", "--json", tmp_path / "figures.json")
    run = peculiar(*words)
    assert run.status == 0, run.err
    assert "Artefacts in 1 picture" in run.out
    assert '"frames"' in (tmp_path / "figures.json").read_text(encoding="utf-8")
