"""How long a file takes to become arrays, beside a bare astropy reading of the same columns in the same run."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from desktop_app.io import open_curve, summarise
from tests.fits_files import mission_file

ROUNDS = 9
ROWS = 20_000


def best_s(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The fastest of some rounds, in seconds."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def other_names(path: Path, count: int) -> Iterator[Path]:
    """The file under another name each time, since headers that were parsed last are kept."""
    for n in range(count):
        other = path.with_name(f"{n}_{path.name}")
        other.hardlink_to(path)
        yield other


def bare_columns(path: Path, names: list[str]) -> list[np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """The columns as astropy gives them, as native float64."""
    from astropy.io import fits

    with fits.open(path) as file:
        rows = file[1].data
        return [np.array(rows[name], dtype=np.float64) for name in names]


@pytest.mark.parametrize("name", ["star.fits", "star.fits.gz"])
def test_that_reading_takes_at_most_half_as_long_again_as_bare_astropy(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = mission_file(tmp_path, n=ROWS, name=name)
    curve = open_curve(path)
    names = ["TIME", "CADENCENO", "QUALITY", *(column for column in curve.columns)]
    bare_columns(path, names)
    others = other_names(path, ROUNDS)
    # By turns, so that what else the machine does meets all.
    rounds = [
        (
            best_s(lambda: open_curve(next(others)), 1),
            best_s(lambda: open_curve(path), 3),
            best_s(lambda: bare_columns(path, names), 3),
        )
        for _ in range(ROUNDS)
    ]
    first, ours, bare = (min(column) for column in zip(*rounds, strict=True))
    told = (
        f"{name}, {ROWS:,} rows: {ours * 1e3:.1f} ms ({first * 1e3:.1f} ms under a name not seen before), "
        f"bare astropy {bare * 1e3:.1f} ms, ratio {ours / bare:.2f} ({first / bare:.2f})"
    )
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201  what the benchmark is for
    assert ours <= 1.5 * bare


@pytest.mark.parametrize("name", ["star.fits", "star.fits.gz"])
def test_that_a_summary_takes_at_most_half_as_long_again_as_two_bare_headers(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from astropy.io import fits

    path = mission_file(tmp_path, n=ROWS, name=name)
    others = other_names(path, 10 * ROUNDS)
    bare = best_s(lambda: [fits.getheader(path, hdu) for hdu in (0, 1)])
    ours = best_s(lambda: summarise(next(others)), 10 * ROUNDS)
    told = f"{name}: summary {ours * 1e3:.2f} ms, two bare headers {bare * 1e3:.2f} ms, ratio {ours / bare:.2f}"
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201  what the benchmark is for
    assert ours <= 1.5 * bare


def test_that_text_takes_at_most_twice_as_long_as_bare_numpy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    n = 10 * ROWS
    path = tmp_path / "star.csv"
    columns = [1325 + np.arange(n) / 720, np.ones(n), np.full(n, 0.1)]
    np.savetxt(path, np.column_stack(columns), "%.7f", ",", header="BTJD,flux,flux_err", comments="")
    ours = best_s(lambda: open_curve(path), 3)
    bare = best_s(lambda: np.loadtxt(path, delimiter=",", skiprows=1), 3)
    told = f"text, {n:,} rows: {ours * 1e3:.0f} ms, bare numpy {bare * 1e3:.0f} ms, ratio {ours / bare:.2f}"
    with capsys.disabled():
        print(f"\n{told}")  # noqa: T201  what the benchmark is for
    assert ours <= 2 * bare
