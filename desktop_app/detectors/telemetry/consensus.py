"""Lets several detectors look at telemetry, and flags what they find rare, on average or any of them."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.fusion import Fusion, Rarity, fused, in_limits, rarity_of
from desktop_app.core.detection import Scores
from desktop_app.core.detector import Detector, DetectorSpec
from desktop_app.core.errors import FitError, ParamError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report, part
from desktop_app.core.telemetry import Telemetry

_OWN_NAME = "consensus"


class ConsensusParams(Params):
    """The settings of the consensus."""

    members: str = setting(
        "discord, limits, ewma",
        title="Members",
        help="Which detectors of telemetry look, by their names; each with its own default settings.",
    )
    combine: Fusion = setting(
        Fusion.TOGETHER,
        title="Combine",
        help="together: flags where the members on average reach their limits; any: where one of them does.",
    )


class Consensus:
    """Detectors of telemetry side by side, each measured against what it says of nominal data."""

    def __init__(self, params: ConsensusParams) -> None:
        self._params = params
        self._specs = members_of(params.members)
        self._fitted: dict[str, Detector[Telemetry]] = {}
        self._rarities: dict[str, Mapping[str, Rarity]] = {}
        self._notes: list[str] = []

    def fit(self, data: Telemetry, report: Report) -> Self:
        """Let each member learn, and see how it scores the training stretch, or the data where there is none.

        Raises
        ------
        FitError
            No member can look at the data.
        """
        reference = data.training if data.training is not None else data
        errors: list[FitError] = []
        for place, spec in enumerate(self._specs):
            told = part(report, place / len(self._specs), (place + 1) / len(self._specs))
            try:
                fitted = spec.build(spec.params()).fit(data, part(told, 0.0, 0.5))
            except FitError as error:
                errors.append(error)
                self._notes.append(f"{spec.label} does not look: {error.message}")
                continue
            self._fitted[spec.name] = fitted
            # Some detectors change as they score, as a stream does.
            scores = deepcopy(fitted).score(reference, part(told, 0.5, 1.0))
            rarities = {name: rarity_of(scores.values[:, place]) for place, name in enumerate(reference.names)}
            self._rarities[spec.name] = {name: one for name, one in rarities.items() if one is not None}
        if not self._fitted:
            raise errors[0]
        report(1.0, "Learnt")
        return self

    def score(self, data: Telemetry, report: Report) -> Scores:
        """How rare each sample is by all members, 1 where it is flagged."""
        from desktop_app.detectors import TELEMETRY_DETECTORS

        every, notes = [], list(self._notes)
        tracks: dict[str, Floats] = {}
        for place, (name, fitted) in enumerate(self._fitted.items()):
            told = part(report, place / len(self._fitted), (place + 1) / len(self._fitted))
            scores = fitted.score(data, told)
            limit = TELEMETRY_DETECTORS[name].threshold
            every.append(_rare(data, scores, self._rarities[name], limit))
            for track, values in scores.tracks.items():
                tracks.setdefault(track, values)
            notes += [note for note in scores.notes if note not in notes]
        columns = range(len(data.channels))
        rare = [fused([one[:, column] for one in every], self._params.combine) for column in columns]
        report(1.0, "Scored")
        values = np.column_stack(rare) if rare else np.zeros(data.values.shape)
        return Scores(np.where(np.isfinite(data.values), values, np.nan), tracks, notes=tuple(notes))


def members_of(names: str) -> tuple[DetectorSpec, ...]:
    """The detectors that ``names`` tells, with commas or spaces between them.

    Raises
    ------
    ParamError
        It tells none, one twice, the consensus itself, or one that there is not.
    """
    from desktop_app.detectors import TELEMETRY_DETECTORS

    told = names.replace(",", " ").split()
    others = [name for name in TELEMETRY_DETECTORS if name != _OWN_NAME]
    hint = f"Name some of {', '.join(others)}."
    if not told:
        raise ParamError("A consensus needs at least one detector.", hint=hint)
    for name in told:
        if name not in others or told.count(name) > 1:
            why = "is named twice" if told.count(name) > 1 else "cannot be a member of the consensus"
            raise ParamError(f"{name} {why}.", hint=hint)
    return tuple(TELEMETRY_DETECTORS[name] for name in told)


def _rare(data: Telemetry, scores: Scores, rarities: Mapping[str, Rarity], limit: float) -> Floats:
    """The rarity of each sample by one member, in its limits; NaN for channels it cannot judge."""
    found = np.full(data.values.shape, np.nan)
    for place, name in enumerate(data.names):
        if name in rarities:
            found[:, place] = in_limits(rarities[name], scores.values[:, place], limit)
    return found


def build(params: ConsensusParams) -> Consensus:
    """The detectors side by side.

    Raises
    ------
    ParamError
        There is no such detector.
    """
    return Consensus(params)


SPEC = DetectorSpec(
    name=_OWN_NAME,
    label="Consensus",
    help="Several detectors look, and what they find rare on average is flagged: fewer false alarms, less found.",
    kinds=(Telemetry,),
    version=1,
    params=ConsensusParams,
    build=build,
    threshold=1.0,
    finds=("spike", "step", "drift", "frozen", "noise", "regime", "pattern"),
    unit="× limit",
)
