"""Target pixel files on the command line: described, and the events of their summed light curve listed."""

import csv
import json
from pathlib import Path

import numpy as np

from tests.e2e.program import peculiar
from tests.pixel_files import CORNER, pixel_columns, pixel_file

SIZE = (5, 7)
N = 600


def write_dipping_star(folder: Path) -> Path:
    """A star whose light is a tenth less in rows 300 to 320 of its frames."""
    flux = np.array(pixel_columns(N, SIZE, "TESS")["FLUX"], np.float32)
    flux[300:321, 1:4, 2:5] *= np.float32(0.9)
    return pixel_file(folder, n=N, changes={"FLUX": flux})


def test_that_events_of_the_summed_curve_are_listed_with_the_pixels_that_were_summed(tmp_path: Path) -> None:
    out = tmp_path / "events.csv"
    run = peculiar("detect", write_dipping_star(tmp_path), "--out", out, "--no-cache")
    assert run.status == 0, run.err
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    dips = [
        (int(row["row_start"]), int(row["row_end"])) for row in rows if row["kind"] in ("dip", "transit", "eclipse")
    ]
    assert any(298 <= first <= 302 and 318 <= last <= 322 for first, last in dips), rows
    origin = json.loads((tmp_path / "events.csv.json").read_text(encoding="utf-8"))["provenance"][0]
    assert origin["flux"].startswith(f"SUM 9 px (row {CORNER[1] + 1}: {CORNER[0] + 2}-{CORNER[0] + 4}; row ")


def test_that_info_tells_frames_and_aperture(tmp_path: Path) -> None:
    run = peculiar("info", pixel_file(tmp_path, kind="TESScut", n=50))
    assert run.status == 0, run.err
    for told in ("84.29120 -80.46914", "TESS, sector 1", "50 of 7 × 5 pixels", "The pipeline chose no aperture."):
        assert told in run.out


def test_that_pixels_cut_short_are_refused_with_a_sentence(tmp_path: Path) -> None:
    path = pixel_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-60_000])
    run = peculiar("detect", path)
    assert run.status == 1
    assert "is cut short: table PIXELS promises 120 rows" in run.err
    assert "Traceback" not in run.err
