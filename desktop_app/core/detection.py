"""What a detector finds in data of any kind: scores, events cut from them, and where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from desktop_app.core.arrays import Floats, frozen_floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.data import Seen
from desktop_app.core.images.objects import Objects, Outline
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.telemetry import Telemetry

EVENT_KINDS = ("transit", "eclipse", "flare", "dip", "step", "spike", "outlier", "artefact")
"""What an event of a light curve can be; the last is of the instrument, not of the sky."""
CHANNEL_EVENT_KINDS = ("limit", "spike", "step", "drift", "frozen", "dropout", "noise", "regime", "pattern")
"""What an event of a channel can be: outside of its range, one or few samples, a level that changed, one that creeps, a
value that no longer moves, samples that are missing or at zero, another scatter, a state that training never saw, and a
shape that comes but once."""
SKY_KINDS = ("strange", "mismatch", "transient", "variable", "moving")
"""What in a picture may be worth a look: it looks like nothing else, its picture and its numbers do not go together, it
was not there before, it is brighter or fainter than before, it is elsewhere than before."""
ARTEFACT_KINDS = ("streak", "cosmic ray", "bad column", "saturation", "ghost", "edge", "bogus")
"""What the instrument, a satellite or the reduction left in a picture; "bogus" is the leftover of a subtraction."""
IMAGE_EVENT_KINDS = (*SKY_KINDS, *ARTEFACT_KINDS)
"""What an event of a picture or of a stamp can be."""
UNKNOWN = float("nan")
_T = TypeVar("_T")


@dataclass(frozen=True)
class PeriodicSignal:
    """Dips of one shape that come back after one period.

    Attributes
    ----------
    kind : str
        "transit" or "eclipse".
    period_d, epoch, duration_d : float
        Days; ``epoch`` is the middle of one dip on the time axis of the data, ``duration_d`` from first to last
        contact.
    depth : float
        At the middle, relative to the baseline, positive where fainter.
    snr : float
        Depth over its uncertainty, all dips together.
    sde : float
        Signal detection efficiency: how far the peak of the search stands out of its spectrum, in sigmas of that.
    checks : mapping of str to float
        What was found out about it, NaN where it could not be: "transits" (dips with data), "odd_even" and
        "secondary" (differences in sigmas), "secondary_depth", "secondary_phase", "v_shape" (0 for a flat bottom, 1 for
        a V), "radius_ratio", "impact", "centroid_shift" (sigmas), "false_alarm" (chance that noise does as well).
    """

    kind: str
    period_d: float
    epoch: float
    duration_d: float
    depth: float
    snr: float
    sde: float
    checks: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Scores:
    """How strange each row is; of telemetry, each sample of each channel.

    Attributes
    ----------
    values : ndarray, shape (n,) or (n, c)
        Higher is stranger; NaN where the detector did not look, which is never an event. Of light curves robust sigmas.
        Of cut-outs one a stamp, of a picture one for each of ``objects``: sigmas of a normal distribution that are as
        unlikely as this is among what is usual.
        Of telemetry one column for each of the c channels of the data, in their order; how many times the limit that
        the detector set for the channel, so that 1 is where it flags; commands are not looked at.
    tracks : mapping of str to ndarray, of the shape of ``values``
        Of telemetry: "model" (what the detector expected, in the unit of the channel, NaN where it says nothing),
        "low" and "high" (between which it finds values usual), where it has them. Of light curves: what a detector
        knows beside the scores, by name: "baseline" and "noise" (one sigma), both in the unit of the flux; "step"
        (signed height of a step that begins at this row, in the unit of the flux, 0 elsewhere); "model" (what an
        autoencoder or a transit fit makes of the curve, in the unit of the flux, NaN where it says nothing). Of
        pictures and cut-outs what single views make of each object, in the unit of the scores.
    signals : tuple of PeriodicSignal
        What repeats, strongest first.
    notes : tuple of str
        What a person should know about how it was looked, a sentence each: "P-1: the training stretch is no
        longer like the data; train anew".
    objects : Objects or None
        Of pictures and cut-outs what was looked at, one a score; None of all else.
    """

    values: Floats
    tracks: Mapping[str, Floats] = field(default_factory=dict)
    signals: tuple[PeriodicSignal, ...] = ()
    notes: tuple[str, ...] = ()
    objects: Objects | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen_floats(self.values))
        tracks = {name: frozen_floats(track) for name, track in self.tracks.items()}
        object.__setattr__(self, "tracks", tracks)
        for name, track in tracks.items():
            if track.shape != self.values.shape:
                raise ValueError(f"track {name} has shape {track.shape}, not {self.values.shape}")
        if self.objects is not None and len(self.objects) != len(self.values):
            raise ValueError(f"{len(self.objects)} objects have {len(self.values)} scores")


@dataclass(frozen=True)
class Event:
    """A stretch of rows that does not belong.

    Attributes
    ----------
    start, stop : int
        The rows ``start:stop`` of the dataset's arrays, half open; of pictures and cut-outs one row of the objects.
    peak : int
        The row that deviates most.
    score : float
        The highest score in the stretch, in the unit of the scores.
    kind : str
        One of `EVENT_KINDS`, `CHANNEL_EVENT_KINDS` or `IMAGE_EVENT_KINDS`.
    evidence : mapping of str to float
        For light curves: "depth" (relative to the baseline, positive where fainter, negative where brighter; in
        the unit of the flux where the baseline is not positive), "duration_d", "snr", "quality" (all bits, or-ed);
        what vetting adds is told in `core.vetting`. For telemetry what `core.channels.events` measures. For pictures
        the numbers of the object.
    probability : float
        How likely it is that the kind is right, in [0, 1]; NaN where nobody judged it.
    suspicion : float
        How likely it is that the instrument made it, in [0, 1]; NaN where nobody judged it.
    reasons : tuple of str
        Why the instrument is suspected, the weightiest first; each a short phrase for a person. Of telemetry: why
        it does not belong.
    channel : str
        Of telemetry the channel it is in; "" of all else.
    outline : Outline
        Of pictures and cut-outs where it is, in pixels; () of all else.
    """

    start: int
    stop: int
    peak: int
    score: float
    kind: str
    evidence: Mapping[str, float] = field(default_factory=dict)
    probability: float = UNKNOWN
    suspicion: float = UNKNOWN
    reasons: tuple[str, ...] = ()
    channel: str = ""
    outline: Outline = ()


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
    weights : str
        The sha256 of the trained weights that were used; "" where there are none.
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
    weights: str = ""


@dataclass(frozen=True, eq=False)
class Detection:
    """Scores of one dataset, with what made them.

    Attributes
    ----------
    data : LightCurve, Telemetry, SkyImage or CutoutSet
    scores : Scores
    provenance : Provenance
    threshold : float
        In the unit of the scores.
    cached : bool
        Whether the scores were made in an earlier run.
    pieces : tuple of Provenance
        Of a stitched curve: the same for each of its files; () for any other.
    """

    data: Seen
    scores: Scores
    provenance: Provenance
    threshold: float
    cached: bool = False
    pieces: tuple[Provenance, ...] = ()

    @property
    def curve(self) -> LightCurve:
        """The light curve that was looked at.

        Raises
        ------
        TypeError
            It was something else: who calls has to know.
        """
        return _of_type(self.data, LightCurve)

    @property
    def telemetry(self) -> Telemetry:
        """The telemetry that was looked at; as `curve`."""
        return _of_type(self.data, Telemetry)

    @property
    def image(self) -> SkyImage:
        """The picture that was looked at; as `curve`."""
        return _of_type(self.data, SkyImage)

    @property
    def cutouts(self) -> CutoutSet:
        """The cut-outs that were looked at; as `curve`."""
        return _of_type(self.data, CutoutSet)

    @property
    def objects(self) -> Objects:
        """What was looked at in a picture or a set of cut-outs; as `curve`."""
        return _of_type(self.scores.objects, Objects)


def _of_type(value: object, kind: type[_T]) -> _T:
    if not isinstance(value, kind):
        raise TypeError(f"this detection has no {kind.__name__}, but {type(value).__name__}")
    return value
