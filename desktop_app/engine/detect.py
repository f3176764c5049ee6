"""The one road from a dataset to a detection; the window, the command line and the Python interface all take it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.data import Dataset, Seen, kind_of, seen_in
from desktop_app.core.detection import Detection, Provenance, Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.magnitudes import in_flux, in_unit_of
from desktop_app.core.params import Params
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.telemetry import Telemetry, without_labels
from desktop_app.core.transits.difference import on_pixels
from desktop_app.detectors import looks_of, spec_of
from desktop_app.detectors.cutouts.embedding import encoder_hash
from desktop_app.engine.cache import ScoreCache, cache_key
from desktop_app.nets.weights import weights_hash
from desktop_app.paths import cache_folder, version


def detect(
    data: Dataset,
    detector: str | None = None,
    settings: Params | Mapping[str, object] | None = None,
    *,
    threshold: float | None = None,
    report: Report = silent,
    cache: ScoreCache | None = None,
) -> Detection:
    """Score ``data``, or answer from the cache where the same was asked before.

    Parameters
    ----------
    data : Dataset
        Of target pixels the summed light curve is looked at, all else as it is.
    detector : str, optional
        A name of the registry for this kind of data; the default one of the kind where not given.
    settings : Params or mapping, optional
        The detector's parameters, or some of them by name; defaults for the rest.
    threshold : float, optional
        From which score on rows are flagged, in the unit of the detector; the detector's own where not given.
    report : callable
        Told the progress; may raise `JobCancelled`.
    cache : ScoreCache, optional
        The user's own where not given.

    Raises
    ------
    ParamError
        No such detector or setting, or a value out of range.
    FitError
        The data are too few, or not of a kind the detector looks at.
    """
    spec = spec_of(detector, looks_of(data))
    params = settings if isinstance(settings, spec.params) else spec.params.checked(_as_mapping(settings))
    seen = seen_in(data)
    if not isinstance(seen, spec.kinds):
        raise FitError(f"{spec.label} cannot look at this kind of data: {kind_of(data)}.", hint="Choose another.")
    limit = spec.threshold if threshold is None else threshold
    cache = cache or ScoreCache(cache_folder())
    report(0.0, "Looking for earlier scores")
    key = cache_key(_depends_on(seen, spec, params))
    kept = cache.load(key)
    if kept and _fits(kept[0], seen):
        scores, provenance = kept
        # The same data may have been opened from elsewhere before.
        provenance = replace(provenance, file=_file(seen), sha256=_file_hash(seen))
        return Detection(seen, scores, provenance, limit, cached=True, pieces=_of_pieces(seen, provenance))
    scores = _scored(data, seen, spec, params, part(report, 0.0, 0.99))
    provenance = _provenance(seen, spec, params)
    report(0.99, "Keeping the scores")
    cache.save(key, scores, provenance)
    return Detection(seen, scores, provenance, limit, pieces=_of_pieces(seen, provenance))


def _scored(data: Dataset, seen: Seen, spec: DetectorSpec, params: Params, report: Report) -> Scores:
    """What the detector says; it sees light as flux, and no labels."""
    detector = spec.build(params)
    if isinstance(seen, LightCurve):
        flux = in_flux(seen)
        detector = detector.fit(flux, part(report, 0.0, 0.5))
        scores = detector.score(flux, part(report, 0.5, 0.95))
        return on_pixels(data, in_unit_of(seen, scores), part(report, 0.95, 1.0))
    unlabelled = without_labels(seen) if isinstance(seen, Telemetry) else seen
    detector = detector.fit(unlabelled, part(report, 0.0, 0.5))
    return detector.score(unlabelled, part(report, 0.5, 1.0))


def _fits(scores: Scores, seen: Seen) -> bool:
    """Whether the scores can be of these data; how many objects there are in a picture only a detector knows."""
    match seen:
        case Telemetry():
            return scores.values.shape == seen.values.shape
        case SkyImage():
            return scores.objects is not None
        case CutoutSet():
            return scores.objects is not None and len(scores.values) == len(seen)
        case LightCurve():
            return scores.values.shape == (len(seen),)


def _as_mapping(settings: Params | Mapping[str, object] | None) -> Mapping[str, object]:
    return settings.model_dump() if isinstance(settings, Params) else settings or {}


def _depends_on(data: Seen, spec: DetectorSpec, params: Params) -> dict[str, object]:
    return {
        "digest": data.digest,
        "detector": spec.name,
        "version": spec.version,
        "params": params.model_dump(mode="json"),
        "device": "cpu",
        "weights": weights_hash(_weights_of(spec, params)),
        **_told_elsewhere(params),
        **_other_frames(data, spec),
    }


def _other_frames(data: Seen, spec: DetectorSpec) -> dict[str, object]:
    """The state of all frames for a detector that looks at them, whichever of them is shown."""
    if not spec.whole_sequence or not isinstance(data, SkyImage) or data.sequence is None or data.beside:
        return {}
    return {"digest": "", "sequence": data.sequence.version()}


def _told_elsewhere(params: Params) -> dict[str, object]:
    """What settings name that may change under its name: a table of ranges, further detectors, an encoder."""
    told: dict[str, object] = {}
    if ranges := str(getattr(params, "ranges", "")):
        told["ranges"] = _hash_of_file(Path(ranges).expanduser())
    for name in str(getattr(params, "members", "")).replace(",", " ").split():
        member = spec_of(name, "telemetry")
        told[f"member {name}"] = [member.version, weights_hash(member.weights)]
    if encoder := str(getattr(params, "encoder", "")):
        told["encoder"] = encoder_hash(encoder)
    return told


def _weights_of(spec: DetectorSpec, params: Params) -> str:
    """The model that is used: one of the user's own where the settings name it."""
    return str(getattr(params, "weights", "")) or spec.weights


def _provenance(data: Seen, spec: DetectorSpec, params: Params) -> Provenance:
    return Provenance(
        file=_file(data),
        sha256=_file_hash(data),
        digest=data.digest,
        flux=_flux_of(data),
        quality_preset=data.preset if isinstance(data, LightCurve) else "",
        time_system=_time_system_of(data),
        detector=spec.name,
        detector_version=spec.version,
        params=params.model_dump(mode="json"),
        seed=int(getattr(params, "seed", 0)),
        device="cpu",
        application=f"Peculiar {version()}",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        weights=weights_hash(_weights_of(spec, params)),
    )


def _time_system_of(data: Seen) -> str:
    match data:
        case LightCurve():
            return data.reference.label
        case Telemetry():
            return data.time_label
        case SkyImage():
            return f"JD ({data.time_scale})" if data.time_scale else ""
        case CutoutSet():
            return ""


def _flux_of(data: Seen) -> str:
    if not isinstance(data, LightCurve):
        return data.source.part
    origin = data.flux_origin or (f"part {data.source.part}" if data.source.part else "")
    return f"{data.flux_name} ({origin})" if origin else data.flux_name


def _of_pieces(data: Seen, provenance: Provenance) -> tuple[Provenance, ...]:
    return tuple(
        replace(provenance, file=str(source.path) if source.path else "", sha256=_hash_of_file(source.path))
        for source in (data.pieces if isinstance(data, LightCurve) else ())
    )


def _file(data: Seen) -> str:
    return str(data.source.path) if data.source.path else ""


def _file_hash(data: Seen) -> str:
    return _hash_of_file(data.source.path)


def _hash_of_file(path: Path | None) -> str:
    if path is None or not path.is_file():
        return ""
    stat = path.stat()
    return _hash_of(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _hash_of(path: Path, _changed_ns: int, _size: int) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
