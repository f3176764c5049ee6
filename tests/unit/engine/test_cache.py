"""The cache: what was kept comes back, and whatever is wrong with it is a miss."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.detection import Provenance, Scores
from desktop_app.core.images.objects import Objects, box
from desktop_app.engine.cache import CUTS, ScoreCache, cache_key

PROVENANCE = Provenance(
    file="a.fits",
    sha256="00",
    digest="11",
    flux="PDCSAP_FLUX",
    quality_preset="default",
    time_system="BTJD, TDB",
    detector="ensemble",
    detector_version=1,
    params={"seed": 3, "votes": 0.5},
    seed=3,
    device="cpu",
    application="Peculiar test",
    created="2026-01-01T00:00:00+00:00",
)


def _scores(n: int = 100) -> Scores:
    values = np.linspace(0.0, 9.0, n)
    values[3] = np.nan
    return Scores(values, {"baseline": np.full(n, 2.5)})


def test_that_scores_come_back_bit_for_bit(tmp_path: Path) -> None:
    cache = ScoreCache(tmp_path)
    cache.save("key", _scores(), PROVENANCE)
    kept = cache.load("key")
    assert kept is not None
    np.testing.assert_array_equal(kept[0].values, _scores().values)
    np.testing.assert_array_equal(kept[0].tracks["baseline"], _scores().tracks["baseline"])
    assert kept[1] == PROVENANCE


def test_that_objects_come_back_with_all_that_is_known_of_them(tmp_path: Path) -> None:
    objects = Objects(
        x=np.array([3.0, 9.5]),
        y=np.array([4.0, np.nan]),
        kinds=("strange", "streak"),
        outlines=(box(3, 4, 2), ()),
        ra_deg=np.array([10.0, np.nan]),
        numbers={"flux": np.array([5.0, np.nan]), "fwhm_px": np.array([2.0, 3.0])},
        space=np.arange(6.0).reshape(2, 3),
        frames=("a", "b"),
        reasons=(("too long", "Größe 3 σ"), ()),
    )
    cache = ScoreCache(tmp_path)
    cache.save("key", Scores(np.array([1.0, 7.0]), objects=objects), PROVENANCE)
    kept = cache.load("key")
    assert kept is not None
    back = kept[0].objects
    assert back is not None
    for name in ("x", "y", "ra_deg", "dec_deg", "space"):
        np.testing.assert_array_equal(getattr(back, name), getattr(objects, name))
    assert (back.kinds, back.outlines, back.frames, back.reasons) == (
        objects.kinds,
        objects.outlines,
        objects.frames,
        objects.reasons,
    )
    assert set(back.numbers) == {"flux", "fwhm_px"}
    np.testing.assert_array_equal(back.numbers["flux"], objects.numbers["flux"])


def test_that_frames_that_were_cut_count_and_are_cleared(tmp_path: Path) -> None:
    cache = ScoreCache(tmp_path)
    cache.save("key", _scores(), PROVENANCE)
    before = cache.size()
    (tmp_path / CUTS).mkdir()
    (tmp_path / CUTS / "frame.npz").write_bytes(bytes(1000))
    assert cache.size() == (before[0] + 1, before[1] + 1000)
    assert cache.clear() == 2
    assert not list((tmp_path / CUTS).iterdir())


def test_that_an_unknown_key_is_a_miss(tmp_path: Path) -> None:
    assert ScoreCache(tmp_path / "not there yet").load("key") is None


@pytest.mark.parametrize("damage", ["empty", "truncated", "text", "flipped"])
def test_that_a_damaged_entry_is_a_miss_and_can_be_kept_again(tmp_path: Path, damage: str) -> None:
    cache = ScoreCache(tmp_path)
    cache.save("key", _scores(), PROVENANCE)
    path = tmp_path / "key.h5"
    whole = path.read_bytes()
    broken = {
        "empty": b"",
        "truncated": whole[: len(whole) // 2],
        "text": b"not HDF5 at all",
        "flipped": whole[:8] + bytes(byte ^ 0xFF for byte in whole[8:600]) + whole[600:],
    }
    path.write_bytes(broken[damage])
    assert cache.load("key") is None
    cache.save("key", _scores(), PROVENANCE)
    assert cache.load("key") is not None


def test_that_an_entry_of_another_layout_is_a_miss(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "key.h5", "w") as file:
        file["something else"] = [1, 2, 3]
    assert ScoreCache(tmp_path).load("key") is None


def test_that_a_folder_that_cannot_be_made_costs_the_entry_and_not_the_run(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    cache = ScoreCache(blocked / "scores")
    cache.save("key", _scores(), PROVENANCE)
    assert cache.load("key") is None


def test_that_a_half_written_entry_of_a_killed_process_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "key.12345678.part").write_bytes(b"\x89HDF half")
    cache = ScoreCache(tmp_path)
    assert cache.load("key") is None
    cache.save("key", _scores(), PROVENANCE)
    assert cache.load("key") is not None


def test_that_the_entries_read_longest_ago_go_first(tmp_path: Path) -> None:
    cache = ScoreCache(tmp_path)
    for age, key in enumerate(("old", "older", "oldest")):
        cache.save(key, _scores(), PROVENANCE)
        os.utime(tmp_path / f"{key}.h5", (1e9 - age, 1e9 - age))
    cache.load("oldest")
    size = (tmp_path / "old.h5").stat().st_size
    ScoreCache(tmp_path, limit_bytes=3 * size).save("new", _scores(), PROVENANCE)
    assert sorted(path.stem for path in tmp_path.glob("*.h5")) == ["new", "old", "oldest"]


def test_that_clear_deletes_entries_and_leftovers_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "scores"
    cache = ScoreCache(folder)
    cache.save("key", _scores(), PROVENANCE)
    (folder / "left.part").touch()
    (folder / "notes.txt").touch()
    assert cache.size()[0] == 1
    assert cache.clear() == 2
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_that_the_key_depends_on_every_part_and_not_on_their_order() -> None:
    assert cache_key({"a": 1, "b": 2}) == cache_key({"b": 2, "a": 1})
    assert cache_key({"a": 1, "b": 2}) != cache_key({"a": 1, "b": 3})


def test_that_provenance_of_another_version_is_a_miss(tmp_path: Path) -> None:
    import h5py

    cache = ScoreCache(tmp_path)
    cache.save("key", _scores(), replace(PROVENANCE, params={}))
    with h5py.File(tmp_path / "key.h5", "a") as file:
        file.attrs["provenance"] = '{"a field": "that no longer exists"}'
    assert cache.load("key") is None
