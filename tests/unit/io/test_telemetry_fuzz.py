"""Thousands of damaged telemetry files: each opens or is refused with a sentence; nothing crashes, hangs or grows."""

import gc
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.telemetry import Telemetry
from desktop_app.io import open_file, summarise
from desktop_app.io.telemetry.labels import load_labels
from tests.mutants import mutant
from tests.telemetry_files import (
    arrays,
    hdf5_file,
    housekeeping_file,
    long_text,
    npy,
    packed,
    parquet_file,
    table_text,
    telemanom_folder,
)

resource = pytest.importorskip("resource", reason="only Unix tells how much memory a process took")

Maker = Callable[[Path], Path]
SLOWEST_S = 5.0
GROWTH_KIB = 400 << 10


def text_at(text: str) -> Maker:
    def make(path: Path) -> Path:
        path.write_text(text)
        return path

    return make


def array_at(path: Path) -> Path:
    path.write_bytes(npy(arrays(1, rows=30)))
    return path


MAKERS: dict[str, tuple[Maker, int]] = {
    "a.npy": (array_at, 600),
    "a.npz": (lambda path: packed(path, ("A-1",)), 600),
    "table.csv": (text_at(table_text(30)), 600),
    "table.tsv": (text_at(table_text(30, delimiter="\t", time=[f"{1.6e9 + n}" for n in range(30)])), 300),
    "long.csv": (text_at(long_text(20)), 500),
    "a.h5": (hdf5_file, 400),
    "a.mkf": (housekeeping_file, 300),
    "a.parquet": (parquet_file, 300),
}


def refusal(look: Callable[[], object]) -> ReadError | ParamError | None:
    """Why it is refused; None where it is not."""
    try:
        look()
    except (ReadError, ParamError) as error:
        return error
    return None


def every_part_that_matters(path: Path) -> None:
    data = open_file(path)
    if len(data.source.parts) > 1:
        open_file(path, part=data.source.parts[-1])


def looked_at(path: Path) -> None:
    """Open and summarise; a refusal is a sentence of bounded length with a way out."""
    for error in (refusal(lambda: every_part_that_matters(path)), refusal(lambda: summarise(path))):
        assert error is None or (error.message and error.hint), repr(error)
        assert error is None or len(error.message) < 2000


@pytest.mark.slow
@pytest.mark.parametrize("name", list(MAKERS))
def test_that_damaged_files_open_or_are_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    maker, rounds = MAKERS[name]
    path = maker(tmp_path / name)
    content = path.read_bytes()
    looked_at(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in range(rounds):
        path.write_bytes(mutant(content, seed))
        start = time.perf_counter()
        looked_at(path)
        assert time.perf_counter() - start < SLOWEST_S, f"seed {seed}"
    gc.collect()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH_KIB


@pytest.mark.slow
@pytest.mark.parametrize("name", ["x_labels.json", "labeled_anomalies.csv"])
def test_that_damaged_label_files_label_or_are_refused(tmp_path: Path, name: str) -> None:
    data = open_file(packed(tmp_path / "x.npz"))
    assert isinstance(data, Telemetry)
    telemanom_folder(tmp_path)
    content = (tmp_path / name).read_bytes()
    other = tmp_path / f"damaged_{name}"
    for seed in range(500):
        other.write_bytes(mutant(content, seed))
        error = refusal(lambda: load_labels(data, other))
        assert error is None or error.hint
