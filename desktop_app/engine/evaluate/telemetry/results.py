"""The report of an evaluation of telemetry as values: what is kept as JSON, shown as tables, and read again."""

from dataclasses import dataclass, field
from functools import lru_cache
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator

from desktop_app.core.errors import ReadError
from desktop_app.core.metrics.points import PointCounts
from desktop_app.core.metrics.sequences import EventCounts
from desktop_app.engine.evaluate.telemetry.controls import Mode
from desktop_app.paths import models

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Number = Annotated[float, BeforeValidator(lambda value: nan if value is None else value)]
"""A float whose NaN is null in JSON, which knows no NaN."""
FORMAT = 1
MARGIN = 0.05
"""By how much a detector has to exceed every control."""


@dataclass(frozen=True)
class ChannelFigures:
    """What one method is worth on one channel.

    Attributes
    ----------
    channel, group : str
    vus_pr, vus_pr_own : float
        With the fixed buffer, and with the one that the data ask for; NaN where nothing is labelled.
    roc_auc : float
    events, points : counts
    alarms : int
        Flagged events.
    delays : tuple of float
        Samples from the onset of each true event that was found to its first flagged sample.
    affiliation_precision, affiliation_recall, range_precision, range_recall : float
    nominal_events, nominal_samples : int
        False events in held-out nominal data, and the samples of those.
    seconds : float
    found : tuple of (int, int)
        The flagged events, half open; () for controls.
    """

    channel: str
    group: str
    vus_pr: Number
    vus_pr_own: Number
    roc_auc: Number
    events: EventCounts
    points: PointCounts
    alarms: int
    delays: tuple[float, ...]
    affiliation_precision: Number
    affiliation_recall: Number
    range_precision: Number
    range_recall: Number
    nominal_events: int
    nominal_samples: int
    seconds: float
    found: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class GroupFigures:
    """What one method is worth on all channels of one spacecraft, in the order of the table.

    Attributes
    ----------
    group : str
    channels, samples, true_events : int
    vus_pr, vus_pr_low, vus_pr_high : float
        Mean over channels with labels, and the bootstrap interval over channels.
    vus_pr_own : float
        The mean with the buffer that each channel's data ask for.
    event_precision, event_recall, event_f1, corrected_precision, corrected_f05 : float
        Pooled, at the deployed threshold.
    alarms_per_10k, point_false_rate : float
        On the data that are scored.
    nominal_per_10k : float
        False events in 10,000 held-out nominal samples; NaN where there are none.
    point_precision, point_recall, point_f1 : float
        Pooled, at the deployed threshold.
    roc_auc_pooled, roc_auc : float
        All scores as they are in one ranking; the mean over channels.
    delay : float
        Median samples from the onset of the events that were found.
    affiliation_precision, affiliation_recall, range_precision, range_recall : float
        Means over channels.
    seconds : float
        A channel, the median.
    events, points : counts
    """

    group: str
    channels: int
    samples: int
    true_events: int
    vus_pr: Number
    vus_pr_low: Number
    vus_pr_high: Number
    vus_pr_own: Number
    event_precision: Number
    event_recall: Number
    event_f1: Number
    corrected_precision: Number
    corrected_f05: Number
    alarms_per_10k: Number
    point_false_rate: Number
    nominal_per_10k: Number
    point_precision: Number
    point_recall: Number
    point_f1: Number
    roc_auc_pooled: Number
    roc_auc: Number
    delay: Number
    affiliation_precision: Number
    affiliation_recall: Number
    range_precision: Number
    range_recall: Number
    nominal_events: int
    nominal_samples: int
    seconds: Number
    events: EventCounts
    points: PointCounts


@dataclass(frozen=True)
class MethodFigures:
    """One method: what it is, and what it is worth.

    Attributes
    ----------
    name, label : str
    control : bool
    modes : tuple of str
        The tables that it stands in.
    settings : mapping
        All of them, defaults too.
    threshold, version, weights
        None for a control that is no detector; ``weights`` None where it needs none.
    output : str
        sha256 over the output of every channel.
    refused : str
        Why there is no figure; "" where there is.
    groups, channels : tuple of figures
    notes : tuple of str
    taught : tuple of str
        Channels whose labels its weights learnt from or were chosen by: their figures tell nothing of others.
    """

    name: str
    label: str
    control: bool
    modes: tuple[Mode, ...]
    settings: dict[str, object] = field(default_factory=dict)
    threshold: float | None = None
    version: int | None = None
    weights: str | None = None
    output: str = ""
    refused: str = ""
    groups: tuple[GroupFigures, ...] = ()
    channels: tuple[ChannelFigures, ...] = ()
    notes: tuple[str, ...] = ()
    taught: tuple[str, ...] = ()


@dataclass(frozen=True)
class Channel:
    """What is known to be true of one channel.

    Attributes
    ----------
    name, group : str
    samples : int
    window : int
        The buffer that its data ask for.
    events : tuple of (int, int)
        Half open.
    part : int
        Which of the parts it is in, from 0.
    columns : tuple of int
        Which measured channels of the part it is about; several where labels are about all of them.
    """

    name: str
    group: str
    samples: int
    window: int
    events: tuple[tuple[int, int], ...]
    part: int = 0
    columns: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Check:
    """Whether a detector exceeds every control by `MARGIN`.

    Attributes
    ----------
    method, mode, group, figure : str
    value : float
    control : str
        The best one.
    best : float
        What that one has.
    """

    method: str
    mode: Mode
    group: str
    figure: str
    value: Number
    control: str
    best: Number

    @property
    def passed(self) -> bool:
        """NaN on either side is not passed, but for a figure that nobody has."""
        if isnan(self.best):
            return True
        return self.value >= self.best + MARGIN


@dataclass(frozen=True)
class FaultRow:
    """Planted faults of one kind.

    Attributes
    ----------
    kind : str
    planted, found : int
    low, high : float
        Wilson's 95 % interval of the share that was found.
    right : float
        Of those found the share that is called what it is.
    """

    kind: str
    planted: int
    found: int
    low: Number
    high: Number
    right: Number


@dataclass(frozen=True)
class Faults:
    """What one detector found of planted faults."""

    method: str
    rows: tuple[FaultRow, ...]
    nominal_per_10k: Number
    left_out: int


@dataclass(frozen=True)
class Evaluation:
    """One evaluation, whole.

    Attributes
    ----------
    data : str
        The name of the file or folder.
    data_sha256, labels_sha256, code_sha256, constants_sha256 : str
        Of all values, of all true events, of the sources that decide what is found, and of the frozen constants.
    selection_set, report_set : str
        What constants were chosen on, and what these figures are of.
    seed : int
    window : int
        The fixed buffer of VUS-PR.
    channels : tuple of Channel
    methods : tuple of MethodFigures
    checks : tuple of Check
    faults : tuple of Faults
    application, created : str
    seconds : float
        The whole run.
    """

    data: str
    data_sha256: str
    labels_sha256: str
    code_sha256: str
    constants_sha256: str
    selection_set: str
    report_set: str
    seed: int
    window: int
    channels: tuple[Channel, ...]
    methods: tuple[MethodFigures, ...]
    checks: tuple[Check, ...] = ()
    faults: tuple[Faults, ...] = ()
    application: str = ""
    created: str = ""
    seconds: float = 0.0
    evaluation: int = FORMAT

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that are not passed."""
        return tuple(check for check in self.checks if not check.passed)


def as_json(done: Evaluation) -> bytes:
    """The report for programs; NaN is null."""
    return _adapter().dump_json(done, indent=1) + b"\n"


def read_results(path: Path) -> Evaluation:
    """A report that was kept.

    Raises
    ------
    ReadError
        There is no such file, or it is no report of this kind.
    """
    try:
        return _adapter().validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no report of an evaluation of telemetry"
        raise ReadError(
            f"{path} cannot be read: {said}.", hint="Make one with 'peculiar evaluate telemetry DATA --json FILE'."
        ) from error


def shipped_results() -> Path:
    """The report of the development channels that ships."""
    return models() / "telemetry_results.json"


@lru_cache(maxsize=1)
def _adapter() -> "TypeAdapter[Evaluation]":
    from pydantic import TypeAdapter

    return TypeAdapter(Evaluation)
