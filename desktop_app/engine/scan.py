"""One ranking over all sources of all frames of a folder, or over the stamps of a folder of stamps."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.data import kind_of
from desktop_app.core.detection import Detection
from desktop_app.core.errors import ReadError, UserError
from desktop_app.core.images.objects import Objects, Outline
from desktop_app.core.params import Params
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.sky_image import SkyImage
from desktop_app.engine.cache import CUTS, ScoreCache
from desktop_app.engine.cutting import Cutting, cutouts_of
from desktop_app.engine.detect import detect
from desktop_app.engine.pixel_cutouts import pixel_cutouts
from desktop_app.io import open_file, summarise
from desktop_app.io.images import cutouts
from desktop_app.io.images.folders import image_names
from desktop_app.paths import cache_folder

_SHARE_OF_CUTTING = 0.7
_LOOKED_AT = 8


def scan(
    folder: Path,
    detector: str | None = None,
    settings: Params | Mapping[str, object] | None = None,
    cutting: Cutting | None = None,
    report: Report = silent,
    cache: ScoreCache | None = None,
    *,
    threshold: float | None = None,
) -> Detection:
    """All sources of all frames of a folder in one ranking.

    Each frame is read, cut and let go, and what was cut is kept by content: a scan that was ended goes on with the
    first frame that is missing. What was left out is told in ``detection.data.source.notes``.

    Parameters
    ----------
    folder : Path
        Frames of any sizes, or stamps of one size, which are ranked as they are; or one file of either. Target pixel
        files are ranked by their median pictures, with what their light curves are like as columns.
    detector : str, optional
        One of cut-outs; the default one where not given.
    settings : Params or mapping, optional
        The detector's parameters, or some of them by name.
    cutting : Cutting, optional
        How frames are cut; by their sources where not given. Stamps are cut only where it is given.
    report : callable
        Told the progress; may raise `JobCancelled`.
    cache : ScoreCache, optional
        The user's own where not given; cut frames lie in a folder of it.
    threshold : float, optional
        From which score on stamps are flagged; the detector's own where not given.

    Returns
    -------
    Detection
        Of a `CutoutSet`. Of frames its objects tell the frame that each is in, and x, y and outline in its pixels.

    Raises
    ------
    ReadError
        There is nothing in the folder that can be read.
    FitError
        There is nothing to rank.
    ParamError
        No such detector or setting.
    """
    cache = cache or ScoreCache(cache_folder())
    stamps = _stamps_in(folder, part(report, 0.0, _SHARE_OF_CUTTING)) if cutting is None else None
    ranking = part(report, _SHARE_OF_CUTTING, 1.0)
    if stamps is not None:
        return detect(stamps, detector, settings, threshold=threshold, report=ranking, cache=cache)
    cut = cutouts_of(folder, cutting or Cutting(), part(report, 0.0, _SHARE_OF_CUTTING), kept_in=cache.folder / CUTS)
    return in_frames(detect(cut, detector, settings, threshold=threshold, report=ranking, cache=cache))


def _stamps_in(path: Path, report: Report) -> CutoutSet | None:
    """The stamps that a folder or a file is a set of; None for frames.

    Raises
    ------
    ReadError
        It is neither.
    """
    if path.is_dir():
        if cutouts.accepts(path, b""):
            return cutouts.open_cutouts(path, report=report)
        if targets := _target_pixels_in(path):
            return pixel_cutouts(targets, report)
        if not image_names(path):
            raise ReadError(f"There are no images in the folder {path.name}.", hint="Name a folder of FITS images.")
        return None
    data = open_file(path)
    if isinstance(data, CutoutSet):
        return data
    if not isinstance(data, SkyImage):
        raise ReadError(f"{path.name} holds no images: its kind is {kind_of(data)}.", hint="Scan a folder of images.")
    return None


def _target_pixels_in(folder: Path) -> list[Path]:
    """The target pixel files of a folder, where those that were looked at are all of that kind; else none."""
    paths = [folder / name for name in image_names(folder)]
    looked_at = paths[:: max(1, len(paths) // _LOOKED_AT)]
    return paths if looked_at and all(map(_is_target_pixels, looked_at)) else []


def _is_target_pixels(path: Path) -> bool:
    try:
        return summarise(path).kind == "target pixels"
    except UserError:
        return False


def in_frames(detection: Detection) -> Detection:
    """The same with its objects placed in the frames that the stamps were cut out of."""
    data, objects = detection.cutouts, detection.objects
    if not {"x", "y"} <= set(data.columns) or "frame" not in data.labels:
        return detection
    _, ny, nx = data.images.shape
    x, y = data.columns["x"].values, data.columns["y"].values
    left, low = np.floor(x + 0.5) - nx // 2, np.floor(y + 0.5) - ny // 2
    numbers = {name: data.columns[name].values for name in ("flux", "snr", "fwhm_px") if name in data.columns}
    placed = Objects(
        x=x,
        y=y,
        kinds=objects.kinds,
        outlines=tuple(
            _moved(outline, float(across), float(up))
            for outline, across, up in zip(objects.outlines, left, low, strict=True)
        ),
        ra_deg=data.ra_deg,
        dec_deg=data.dec_deg,
        numbers={**objects.numbers, **numbers},
        space=objects.space,
        frames=data.labels["frame"],
        reasons=objects.reasons,
    )
    return replace(detection, scores=replace(detection.scores, objects=placed))


def _moved(outline: Outline, x: float, y: float) -> Outline:
    return tuple((across + x, up + y) for across, up in outline)
