"""What is decided and learned about the stamps shown: a part of the window's state."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.images.learning import AS_SHIPPED, Learned, LearningSettings, Suggestion
from desktop_app.engine.verdict_statistics import VerdictStatistics
from desktop_app.engine.verdicts import Entry, Standing, Subject


@dataclass(frozen=True, eq=False)
class LikeOne:
    """How alike all stamps are to the one in row ``place``."""

    place: int
    likeness: Floats


@dataclass(frozen=True)
class LabelPage:
    """Stamps that the learner wants labelled, in order."""

    number: int
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, eq=False)
class ReviewState:
    """Verdicts on the stamps shown, and what follows from them.

    Attributes
    ----------
    of : CutoutSet or None
        The stamps that all of this is about; None until their verdicts are read.
    subjects : tuple of Subject
        One a stamp.
    standing : mapping of int to Standing
        What was decided, by row; rows without a verdict or a comment are left out.
    learned : Learned or None
        The ranking after the labels; None until something is detected.
    learns : bool
        Whether the ranking learns.
    settings : LearningSettings
    page : LabelPage or None
        The page to label; None where all stamps are shown.
    pages : int
        How many pages were suggested.
    like : LikeOne or None
        By likeness to which stamp the others are in order.
    history : tuple of Entry
        All that was decided on the stamp looked at, the oldest first.
    statistics : VerdictStatistics or None
        Of the stamps shown.
    everything : VerdictStatistics or None
        Of all that the user ever decided.
    unwritten : int
        How many rows are not on the disk.
    problem : str
        Why verdicts could not be read or written; "" where they could.
    """

    of: CutoutSet | None = None
    subjects: tuple[Subject, ...] = ()
    standing: Mapping[int, Standing] = field(default_factory=dict)
    learned: Learned | None = None
    learns: bool = True
    settings: LearningSettings = AS_SHIPPED
    page: LabelPage | None = None
    pages: int = 0
    like: LikeOne | None = None
    history: tuple[Entry, ...] = ()
    statistics: VerdictStatistics | None = None
    everything: VerdictStatistics | None = None
    unwritten: int = 0
    problem: str = ""

    @property
    def labels(self) -> dict[int, bool]:
        """What is learned from: the verdicts given in this frame, and whether they are "interesting"."""
        return {
            place: standing.entry.verdict == "interesting"
            for place, standing in self.standing.items()
            if standing.entry.verdict and not standing.elsewhere
        }

    @property
    def course(self) -> tuple[bool, ...]:
        """Whether what was labelled was interesting, in the order in which it was labelled."""
        given = [one.entry for one in self.standing.values() if one.entry.verdict and not one.elsewhere]
        return tuple(entry.verdict == "interesting" for entry in sorted(given, key=lambda entry: entry.at))


NOTHING_REVIEWED = ReviewState()
