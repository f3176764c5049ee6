"""Everything that is known of stamps, as columns: their catalogue, what was detected, decided and learned."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import ARTEFACT_KINDS, Detection
from desktop_app.core.light_curve import Series
from desktop_app.engine.verdicts import Standing
from desktop_app.ui.review.review_state import NOTHING_REVIEWED, ReviewState
from desktop_app.ui.words import significant

BY_ID, SCORE, LEARNED, INTEREST, LIKENESS = "id", "score", "learned", "interest", "likeness"
VERDICT, KIND, COMMENT, DECIDED = "verdict", "kind", "comment", "decided"
NO_VERDICT = "none"
OBJECTS, ARTEFACTS, EVERYTHING = "Objects", "Artefacts", "Everything"
GROUPS = (OBJECTS, ARTEFACTS, EVERYTHING)


@dataclass(frozen=True, eq=False)
class StampTable:
    """Columns of stamps, made when somebody asks for them.

    A column of the catalogue that is called as one of ours is "catalogue score" where both are there.

    Attributes
    ----------
    data : CutoutSet
    detection : Detection or None
        Of these stamps; one of others is not looked at.
    review : ReviewState
    threshold : float
    """

    data: CutoutSet
    detection: Detection | None = None
    review: ReviewState = NOTHING_REVIEWED
    threshold: float = float("nan")

    def __len__(self) -> int:
        return len(self.data)

    @property
    def ids(self) -> tuple[str, ...]:
        """One a stamp."""
        return self.data.ids

    @property
    def ra_deg(self) -> NDArray[np.float64]:
        """ICRS; NaN where not known."""
        return self.data.ra_deg

    @property
    def dec_deg(self) -> NDArray[np.float64]:
        """ICRS; NaN where not known."""
        return self.data.dec_deg

    @cached_property
    def found(self) -> Detection | None:
        """The detection, where it is of these stamps."""
        detection = self.detection
        if detection is None or detection.scores.objects is None or len(detection.scores.values) != len(self.data):
            return None
        return detection

    @cached_property
    def columns(self) -> Mapping[str, Series]:
        """Columns of numbers."""
        own: dict[str, Series] = {}
        if self.found is not None:
            own[SCORE] = Series(self.found.scores.values, "σ")
            learned = self.review.learned
            if learned is not None and learned.weight and len(learned.scores) == len(self.data):
                own[LEARNED], own[INTEREST] = Series(learned.scores, "σ"), Series(learned.interest)
            if self.review.like is not None and len(self.review.like.likeness) == len(self.data):
                own[LIKENESS] = Series(self.review.like.likeness)
        return {**own, **{self._renamed(name, own): column for name, column in self.data.columns.items()}}

    @cached_property
    def labels(self) -> Mapping[str, tuple[str, ...]]:
        """Columns of text."""
        own = {
            name: tuple(self._own_text(name, place) for place in range(len(self.data))) for name in self._own_texts()
        }
        return {**own, **{self._renamed(name, own): column for name, column in self.data.labels.items()}}

    @cached_property
    def names(self) -> list[str]:
        """The id and every column; those that nobody has filled in are there as well."""
        own = self._own_texts()
        texts = [*own, *(self._renamed(name, own) for name in self.data.labels)]
        return [BY_ID, *self.columns, *texts]

    @cached_property
    def artefacts(self) -> Bools:
        """Which stamps a person calls artefacts, or else the detector does."""
        made = np.zeros(len(self.data), bool)
        if self.found is not None:
            kinds = self.found.objects.kinds
            made = np.array([kind in ARTEFACT_KINDS for kind in kinds], bool)
        for place, standing in self.review.standing.items():
            if standing.entry.verdict and place < len(made):
                made[place] = standing.entry.verdict == "artefact"
        return made

    def standing(self, place: int) -> Standing | None:
        """What was decided on one stamp."""
        return self.review.standing.get(place)

    def kind(self, place: int) -> str:
        """What the user calls a stamp; else what the detector does, where it flagged it or takes it for an artefact."""
        standing = self.standing(place)
        if standing is not None and standing.entry.kind:
            return standing.entry.kind
        if self.found is None:
            return ""
        kind = self.found.objects.kinds[place]
        flagged = self.found.scores.values[place] >= self.threshold
        return kind if flagged or kind in ARTEFACT_KINDS else ""

    def text(self, column: str, place: int) -> str:
        """What one column says of one stamp, with its unit; "" for what it does not say."""
        if column in self.columns:
            series = self.columns[column]
            value = float(series.values[place])
            if value != value:
                return ""
            whole = value == round(value) and abs(value) < 1e15 and column not in (SCORE, LEARNED)
            digits = 5 if column in self.data.columns else 3
            return f"{f'{value:,.0f}' if whole else significant(value, digits)} {series.unit}".strip()
        if column in self._own_texts():
            return self._own_text(column, place)
        for name, texts in self.data.labels.items():
            if column in (name, f"catalogue {name}"):
                return texts[place]
        return ""

    def _own_texts(self) -> tuple[str, ...]:
        """Of the columns of text those that are ours: of detected stamps, and of those that somebody decided on."""
        if self.found is None and not self.review.standing:
            return ()
        return (VERDICT, KIND, COMMENT, DECIDED)

    def _own_text(self, column: str, place: int) -> str:
        if column == KIND:
            return self.kind(place)
        standing = self.standing(place)
        if standing is None:
            return ""
        entry = standing.entry
        return {VERDICT: entry.verdict, COMMENT: entry.comment, DECIDED: entry.at[:19].replace("T", " ")}[column]

    @staticmethod
    def _renamed(name: str, own: Mapping[str, object] | tuple[str, ...]) -> str:
        return f"catalogue {name}" if name in own else name
