"""What evaluations of pictures come to: one frozen value for each kind of question."""

from dataclasses import dataclass
from math import nan


@dataclass(frozen=True)
class Ranking:
    """How well one method puts the rare objects first.

    Attributes
    ----------
    method : str
    control : bool
        Whether it stands there to be beaten.
    auc, average_precision : float
    recall_5 : float
        Of the rare objects, the share in the first 5 % of the list.
    recall_100, rank_weighted_100 : float
        In the first 100.
    flagged : int
        From the threshold of the method on; -1 where it has none.
    seconds : float
    problem : str
        Why it has no figures; "" where it has.
    """

    method: str
    control: bool = False
    auc: float = nan
    average_precision: float = nan
    recall_5: float = nan
    recall_100: float = nan
    rank_weighted_100: float = nan
    flagged: int = -1
    seconds: float = nan
    problem: str = ""


@dataclass(frozen=True)
class ClassesFigures:
    """One set of cut-outs with one class held to be rare.

    Attributes
    ----------
    folder, rare : str
    stamps, of_rare : int
    thinned : bool
        Whether only every so-manieth of the class was taken, to make it rare.
    rankings : tuple of Ranking
    """

    folder: str
    rare: str
    stamps: int
    of_rare: int
    thinned: bool
    rankings: tuple[Ranking, ...]


@dataclass(frozen=True)
class FrameFigures:
    """What was found in one picture.

    Attributes
    ----------
    file : str
    expected, denied : tuple of str
        Kinds of artefacts that are known to be there, and not to be there.
    found : mapping of str to int as pairs
        How many events of each kind are flagged.
    overlaps : mapping of str to float as pairs
        Intersection over union with the outlines that are known, by kind.
    seconds : float
    problem : str
        Why it was not looked at; "" where it was.
    """

    file: str
    expected: tuple[str, ...]
    denied: tuple[str, ...] = ()
    found: tuple[tuple[str, int], ...] = ()
    overlaps: tuple[tuple[str, float], ...] = ()
    seconds: float = nan
    problem: str = ""

    @property
    def missed(self) -> tuple[str, ...]:
        """Kinds that are there and were not found."""
        there = dict(self.found)
        return () if self.problem else tuple(kind for kind in self.expected if kind not in there)

    @property
    def false(self) -> tuple[str, ...]:
        """Kinds that are not there and were found."""
        there = dict(self.found)
        return tuple(kind for kind in self.denied if kind in there)


@dataclass(frozen=True)
class AlertFigures:
    """How well one method tells real alerts from bogus ones, and which move.

    Attributes
    ----------
    folder, method : str
    control : bool
    real, bogus, moving : int
        How many the survey holds to be so, of those that were scored.
    auc : float
        Real before bogus.
    moving_auc : float
        Bodies of the solar system before all others; for a method that names kinds, by the score of those it names
        so, the others below.
    moving_named : int
        How many of them the method calls "moving"; -1 where it names no kinds.
    others_named : int
        How many others it calls so.
    problem : str
    """

    folder: str
    method: str
    control: bool
    real: int
    bogus: int
    moving: int
    auc: float = nan
    moving_auc: float = nan
    moving_named: int = -1
    others_named: int = -1
    problem: str = ""
