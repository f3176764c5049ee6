"""A process that dies while it keeps scores leaves a cache that the next start uses."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from desktop_app.engine.cache import ScoreCache
from tests.e2e.program import environment, peculiar
from tests.e2e.stars import write_star

ROWS = 300_000
KEEPS_SCORES = f"""
import sys
import numpy as np
from pathlib import Path
from desktop_app.core.detection import Provenance, Scores
from desktop_app.engine.cache import ScoreCache

origin = Provenance("", "", "", "", "", "", "", 1, {{}}, 0, "cpu", "", "")
cache = ScoreCache(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    for number in range(4):
        track = np.full({ROWS}, float(number))
        cache.save(str(number), Scores(track, {{"baseline": track, "noise": track}}), origin)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows kills in another way")
def test_that_kill_9_during_writes_leaves_only_whole_entries(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    for _ in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", KEEPS_SCORES, str(tmp_path)], env=environment({}), stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            # Not a wait for a state: the moment of death is what is drawn by chance.
            time.sleep(rng.uniform(0.005, 0.08))
            writer.kill()
    cache = ScoreCache(tmp_path)
    entries = sorted(tmp_path.glob("*.h5"))
    assert entries
    for entry in entries:
        kept = cache.load(entry.stem)
        assert kept is not None, f"{entry.name} is broken"
        np.testing.assert_array_equal(kept[0].values, np.full(ROWS, float(entry.stem)))


def test_that_the_next_start_uses_a_cache_with_broken_and_half_written_entries(
    tmp_path: Path, user_folders: Path
) -> None:
    star, folder = write_star(tmp_path / "star.csv"), user_folders / "scores"
    first = peculiar("detect", star)
    (entry,) = folder.glob("*.h5")
    whole = entry.read_bytes()
    entry.write_bytes(whole[: len(whole) // 2])
    entry.with_suffix(".0badc0de.part").write_bytes(whole[:100])
    again, after = peculiar("detect", star), peculiar("detect", star)
    assert (again.status, again.out) == (0, first.out)
    assert "from the cache" not in again.err
    assert "from the cache" in after.err
    assert "2 files removed" in peculiar("cache", "clear").out


def test_that_a_cache_folder_that_cannot_be_made_costs_the_cache_alone(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    run = peculiar("detect", write_star(tmp_path / "star.csv"), environ={"PECULIAR_CACHE": str(tmp_path / "taken")})
    assert run.status == 0
    assert "1 event from" in run.err
