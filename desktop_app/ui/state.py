"""All that the window shows, in one frozen value."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from desktop_app.core.arrays import Bools, Ints
from desktop_app.core.channels.marking import Marking
from desktop_app.core.data import Dataset, Seen, seen_in
from desktop_app.core.detection import Detection, Event
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.event_table import EventTable
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import Params
from desktop_app.core.quality import Preset
from desktop_app.core.timescales import TimeSystem
from desktop_app.detectors import Looks, looks_of, looks_of_spec
from desktop_app.engine.cutting_settings import Cutting
from desktop_app.engine.inside import Inside
from desktop_app.io.reader import FileSummary
from desktop_app.ui.drawing import Drawing
from desktop_app.ui.images.heat_view import NO_HEAT, HeatView
from desktop_app.ui.images.sky_facts import SkyFacts
from desktop_app.ui.injection.injection_state import NOTHING_INJECTED, InjectionState
from desktop_app.ui.inspection import Inspection
from desktop_app.ui.picture import CurvePicture, ScorePicture
from desktop_app.ui.pixels.pixel_picture import PixelFrame
from desktop_app.ui.replay.replay_state import NOTHING_REPLAYED, ReplayState
from desktop_app.ui.review.review_state import NOTHING_REVIEWED, ReviewState
from desktop_app.ui.scatter.map_view import NO_MAP, MapView
from desktop_app.ui.score_histogram import ScoreHistogram
from desktop_app.ui.score_scale import LIMITS, SIGMAS, ScoreScale, scale_of
from desktop_app.ui.signals.signal_view import NO_SIGNAL, SignalView
from desktop_app.ui.telemetry.against import NOTHING_AGAINST, AgainstState
from desktop_app.ui.telemetry.parts import NO_PARTS, Parts
from desktop_app.ui.telemetry.score_tracks import ScoreTracks
from desktop_app.ui.training.training_state import NOTHING_TRAINED, TrainingState


@dataclass(frozen=True)
class CutFrom:
    """What stamps were cut from: a picture, or a folder of them, and how."""

    path: Path
    part: str
    cutting: Cutting


@dataclass(frozen=True)
class FileEntry:
    """One file of the list; ``folder`` is the folder that was opened, None for a file opened by itself.

    Attributes
    ----------
    summary : FileSummary or None
        None until its headers were read.
    problem : str
        Why its headers could not be read, "" where they could.
    pieces : tuple of Path
        The files that a stitched light curve consists of; its ``path`` is then but a name. () for a file.
    cut : CutFrom or None
        Of stamps that were cut here: from what, and how; its ``path`` is then but a name as well.
    version : (int, int) or None
        Time of change and size of the file when it was listed, zeros once it is gone; None until somebody looked.
    gone : bool
        Whether it is no longer there.
    whole : bool
        Whether it is a folder that is one data set by itself: frames, cut-outs, channels.
    """

    path: Path
    folder: Path | None = None
    summary: FileSummary | None = None
    problem: str = ""
    pieces: tuple[Path, ...] = ()
    cut: CutFrom | None = None
    version: tuple[int, int] | None = None
    gone: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Busy:
    """What the worker does now: opening, detecting, or injecting.

    Attributes
    ----------
    done : float
        In [0, 1]; NaN where it cannot be told.
    started_s, told_s : float
        On the monotonic clock.
    """

    what: Literal["open", "detect", "inject"]
    text: str
    done: float
    started_s: float
    told_s: float

    @property
    def remaining_s(self) -> float:
        """How long it will still take at this pace; NaN for the first second and where it cannot be told."""
        spent = self.told_s - self.started_s
        return spent * (1 - self.done) / self.done if self.done > 0.02 and spent > 1.0 else float("nan")


@dataclass(frozen=True)
class Notice:
    """A line for the user: what happened, what to do, details to copy, and the name of an action to do it by."""

    level: Literal["info", "warning", "error"]
    text: str
    hint: str = ""
    details: str = ""
    action: str = ""


@dataclass(frozen=True)
class Selection:
    """What is looked at: an event by its place, and the row under the eye; None for nothing.

    ``centred`` says that the curve should move there; a click into the curve does not. ``training`` says that the row
    is one of the training stretch of telemetry.
    """

    event: int | None = None
    row: int | None = None
    centred: bool = False
    training: bool = False


@dataclass(frozen=True, eq=False)
class AppState:
    """The whole of what the panels show.

    Attributes
    ----------
    files : tuple of FileEntry
    path : Path or None
        The file shown, or on its way to be.
    data, drawing : Dataset, Drawing, or None
        What is open, and what is drawn of it where that is more than its light curve.
    curve, picture : LightCurve, CurvePicture, or None
        The light curve that ``data`` is or adds up to, and what is drawn of it.
    frame : PixelFrame or None
        Of target pixels the last frame that was looked at; that of the selected row may still be on its way.
    aperture : ndarray of bool, shape (ny, nx), or None
        Of target pixels those that are chosen; ``curve`` is their sum as soon as they are summed.
    sky : SkyFacts or None
        Where a picture is on the sky; None until its header is parsed, and for data that are no picture.
    spec, settings : DetectorSpec, Params, or None
        The chosen detector; None until it is loaded.
    detection : Detection or None
    scores, tracks : ScorePicture, ScoreTracks, or None
        What is drawn of the scores: of a light curve, or of telemetry.
    spread : ScoreHistogram or None
        How the scores of objects are spread, of a picture or of cut-outs.
    threshold : float
        In the unit of the detector.
    events : tuple of Event
        In order of time; of pictures and cut-outs the strangest first.
    marking : Marking or None
        Of telemetry with ground truth: which labels were found, and which events lie on none.
    parts : Parts
        Of telemetry of many parts: what is known of each of them.
    table : EventTable or None
    signal : SignalView
        Which of the periodic signals of ``detection`` is looked at.
    selection : Selection
    inspection : Inspection or None
    inside : Inside or None
        What the file shown is made of; None until somebody wants to see it.
    system : TimeSystem
    preset : str
        Which QUALITY bits hide a row in files opened from now on.
    busy : Busy or None
    notice : Notice or None
    recent : tuple of Path
    run_on_open : bool
    injection : InjectionState
    against : AgainstState
        One channel of telemetry against another.
    replay : ReplayState
        Telemetry as if it came in live.
    training : TrainingState
    heat : HeatView
        Which pixels of the object looked at do not belong.
    chosen : ndarray of int, shape (k,)
        Objects that somebody wants to look at more closely, as by a lasso on the map: their rows, in order.
    aimed : (float, float) or None
        The pixel that a picture was opened for.
    map : MapView
        A layout of the objects that took time.
    review : ReviewState
        What was decided on stamps, and what is learned from it.
    """

    files: tuple[FileEntry, ...] = ()
    path: Path | None = None
    data: Dataset | None = None
    drawing: Drawing | None = None
    curve: LightCurve | None = None
    picture: CurvePicture | None = None
    frame: PixelFrame | None = None
    aperture: Bools | None = None
    sky: SkyFacts | None = None
    spec: DetectorSpec | None = None
    settings: Params | None = None
    detection: Detection | None = None
    scores: ScorePicture | None = None
    tracks: ScoreTracks | None = None
    spread: ScoreHistogram | None = None
    threshold: float = 5.0
    events: tuple[Event, ...] = ()
    marking: Marking | None = None
    parts: Parts = NO_PARTS
    table: EventTable | None = None
    signal: SignalView = NO_SIGNAL
    selection: Selection = Selection()
    inspection: Inspection | None = None
    inside: Inside | None = None
    system: TimeSystem = TimeSystem.NATIVE
    preset: Preset = "default"
    busy: Busy | None = None
    notice: Notice | None = None
    recent: tuple[Path, ...] = ()
    run_on_open: bool = False
    injection: InjectionState = NOTHING_INJECTED
    against: AgainstState = NOTHING_AGAINST
    replay: ReplayState = NOTHING_REPLAYED
    training: TrainingState = NOTHING_TRAINED
    heat: HeatView = NO_HEAT
    chosen: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    aimed: tuple[float, float] | None = None
    map: MapView = NO_MAP
    review: ReviewState = NOTHING_REVIEWED

    @property
    def looked_at(self) -> Seen | None:
        """What a detector looks at: the light curve in the data, all else as it is; None where nothing is open."""
        return None if self.data is None else self.curve or seen_in(self.data)

    @property
    def looks(self) -> Looks:
        """Of which kind the detectors are to choose from; as before where nothing is open."""
        return self.looks_of_spec if self.data is None else looks_of(self.data)

    @property
    def scale(self) -> ScoreScale:
        """What scores and the threshold are counted in."""
        if self.spec is None:
            return LIMITS if self.looks == "telemetry" else SIGMAS
        return scale_of(self.spec)

    @property
    def looks_of_spec(self) -> Looks:
        """Which kind of data the chosen detector looks at."""
        return "light curve" if self.spec is None else looks_of_spec(self.spec)
