"""Writes simulated pictures of every kind, and what is known of them, as folders that the readers know."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from desktop_app.core.cutouts import CutoutSet, Stamps
from desktop_app.core.errors import WriteError
from desktop_app.core.images.table import in_pixels
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.simulate_alerts import simulate_alerts
from desktop_app.core.simulate_frames import simulate_frame
from desktop_app.core.simulate_galaxies import simulate_galaxies
from desktop_app.core.simulate_planetary import simulate_planetary
from desktop_app.core.sky_image import SkyImage
from desktop_app.export.writer import write_together

TRUTH = "images.csv"
GALAXIES, STRANGE = 400, 20
ALERTS = 40
SCENES, COLD, MISMATCHED = 300, 8, 8
_KINDS = ("streak", "cosmic ray", "bad column", "saturation", "ghost", "edge")

Row = tuple[str, str, str, str]
"""File, label, kind and region_pixels: the table that ``peculiar evaluate images`` reads."""


def write_image_samples(folder: Path, *, seed: int = 0, report: Report = silent) -> list[Path]:
    """Write stamps, alerts, pairs of picture and numbers, and frames below ``folder``; the paths written.

    ``galaxies`` has 400 stamps and 20 that do not belong, with a catalogue; ``alerts`` science, template and difference
    of 40 alerts; ``planetary`` 300 pictures of ground with the numbers taken beside, 8 that show something built
    without its heat, and 8 with the numbers of another scene; ``frames`` pictures of stars and galaxies, one for each
    kind of artefact and a plain one. `TRUTH` says what each file is, and where artefacts are.

    Parameters
    ----------
    folder : Path
        Made where it does not exist; files of the same names are replaced.
    seed : int
        The same seed gives the same pictures.
    report : callable
        Told the progress; may raise `JobCancelled`.

    Raises
    ------
    WriteError
        The folder cannot be written to, or the disk is full.
    """
    sets: dict[str, Callable[[], CutoutSet]] = {
        "galaxies": lambda: simulate_galaxies(GALAXIES, STRANGE, seed=seed),
        "alerts": lambda: simulate_alerts(ALERTS, seed),
        "planetary": lambda: simulate_planetary(SCENES, cold=COLD, mismatched=MISMATCHED, seed=seed),
    }
    rows: list[Row] = []
    written: list[Path] = []
    for n, (name, simulated) in enumerate(sets.items()):
        told = part(report, n / (len(sets) + 1), (n + 1) / (len(sets) + 1))
        told(0.0, f"Simulating {name}")
        data = simulated()
        told(0.5, f"Writing {name}")
        written += _write(folder / name, dict(_files_of(data, seed)))
        rows += _rows_of(name, data)
    frames = {_frame_name(kind): simulate_frame((kind,) if kind else (), seed=seed) for kind in ("", *_KINDS)}
    written += _write(
        folder / "frames", {f"{name}.fits": _fits(made.image.pixels, made.image, seed) for name, made in frames.items()}
    )
    for name, made in frames.items():
        planted = [(one.kind, one.kind, in_pixels(one.outline)) for one in made.planted]
        rows += [(f"frames/{name}.fits", *one) for one in planted or [("normal frame", "", "")]]
    return written + _write(folder, {TRUTH: _csv(("file", "label", "kind", "region_pixels"), rows)})


def _write(folder: Path, files: Mapping[str, str | bytes]) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"The samples cannot be written to {folder}: {error.strerror or error}.",
            hint="Choose a folder of your own with some room.",
        ) from error
    return write_together({folder / name: content for name, content in files.items()})


def _files_of(data: CutoutSet, seed: int) -> Iterator[tuple[str, str | bytes]]:
    """A FITS file for each stamp of each role, and the catalogue."""
    roles: dict[str, Stamps] = {data.source.part: data.images, **data.beside}
    for role, images in roles.items():
        for name, image in zip(data.ids, images, strict=True):
            yield f"{_file_name(name, role)}.fits", _fits(image, data, seed)
    if data.columns:
        heads = ("id", *data.columns)
        cells = [series.values for series in data.columns.values()]
        rows = [
            (name.replace(" ", "_"), *(f"{value:.6g}" for value in row))
            for name, *row in zip(data.ids, *cells, strict=True)
        ]
        yield "catalogue.csv", _csv(heads, rows)


def _rows_of(folder: str, data: CutoutSet) -> Iterator[Row]:
    for role in (data.source.part, *data.beside):
        for name, truth in zip(data.ids, data.labels["truth"], strict=True):
            label = truth or "ordinary"
            if role:
                real = 0.02 if truth == "bogus" else 0.99
                label = f"{role}; drb={real}; {'asteroid' if truth == 'moving' else truth}"
            yield f"{folder}/{_file_name(name, role)}.fits", label, "", ""


def _file_name(name: str, role: str) -> str:
    plain = name.replace(" ", "_")
    return f"{plain}_{role}" if role else plain


def _frame_name(kind: str) -> str:
    return kind.replace(" ", "_") or "plain"


def _fits(image: np.ndarray, data: CutoutSet | SkyImage, seed: int) -> bytes:
    from astropy.io import fits

    hdu = fits.PrimaryHDU(image)
    cards = (
        ("ORIGIN", "Peculiar simulation", "not observed: made by Peculiar"),
        ("OBJECT", data.source.object_name or "simulated field", "scenario"),
        ("SIMSEED", seed, "seed of the simulation"),
        ("BUNIT", data.unit or "adu", "unit of the pixels"),
    )
    for keyword, value, comment in cards:
        hdu.header[keyword] = (value, comment)
    buffer = io.BytesIO()
    fits.HDUList([hdu]).writeto(buffer)
    return buffer.getvalue()


def _csv(heads: tuple[str, ...], rows: "list[Row] | list[tuple[str, ...]]") -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return buffer.getvalue()
