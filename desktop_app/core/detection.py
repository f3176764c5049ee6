"""What a detector finds: scores, events cut from them, and where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.core.arrays import Floats, frozen_floats
from desktop_app.core.light_curve import LightCurve


@dataclass(frozen=True, eq=False)
class Scores:
    """How strange each row is.

    Attributes
    ----------
    values : ndarray, shape (n,)
        Robust sigmas, higher is stranger; NaN where the detector did not look, which is never an event.
    tracks : mapping of str to ndarray, shape (n,)
        What a detector knows beside the scores, by name: "baseline" and "noise" (one sigma), both in the unit of
        the flux; "step" (signed height of a step that begins at this row, in the unit of the flux, 0 elsewhere).
    """

    values: Floats
    tracks: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen_floats(self.values))
        tracks = {name: frozen_floats(track) for name, track in self.tracks.items()}
        object.__setattr__(self, "tracks", tracks)
        for name, track in tracks.items():
            if track.shape != self.values.shape:
                raise ValueError(f"track {name} has shape {track.shape}, not {self.values.shape}")


@dataclass(frozen=True)
class Event:
    """A stretch of rows that does not belong.

    Attributes
    ----------
    start, stop : int
        The rows ``start:stop`` of the dataset's arrays, half open.
    peak : int
        The row that deviates most.
    score : float
        The highest score in the stretch, robust sigmas.
    kind : str
        "dip", "flare", "spike", "step" or "outlier".
    evidence : mapping of str to float
        For light curves: "depth" (relative to the baseline, positive where fainter, negative where brighter; in
        the unit of the flux where the baseline is not positive), "duration_d", "snr", "quality" (all bits, or-ed).
    """

    start: int
    stop: int
    peak: int
    score: float
    kind: str
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Provenance:
    """All that is needed to make the same scores again.

    Attributes
    ----------
    file, sha256 : str
        The path as it was opened, and the hash of the file's bytes; "" for data made in memory.
    digest : str
        The hash of the arrays that the scores depend on.
    flux, quality_preset, time_system : str
        What was looked at, and what times count from.
    detector, detector_version : str, int
    params : mapping
        Every parameter of the detector, defaults included, as JSON types.
    seed : int
    device : str
        "cpu", "cuda" or "mps".
    application, created : str
        The version of Peculiar, and the UTC date of the scores.
    """

    file: str
    sha256: str
    digest: str
    flux: str
    quality_preset: str
    time_system: str
    detector: str
    detector_version: int
    params: Mapping[str, object]
    seed: int
    device: str
    application: str
    created: str


@dataclass(frozen=True, eq=False)
class Detection:
    """Scores of one dataset, with what made them.

    Attributes
    ----------
    data : LightCurve
    scores : Scores
    provenance : Provenance
    threshold : float
        Robust sigmas.
    cached : bool
        Whether the scores were made in an earlier run.
    pieces : tuple of Provenance
        Of a stitched curve: the same for each of its files; () for any other.
    """

    data: LightCurve
    scores: Scores
    provenance: Provenance
    threshold: float
    cached: bool = False
    pieces: tuple[Provenance, ...] = ()
