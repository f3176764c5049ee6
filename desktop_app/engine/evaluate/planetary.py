"""How well pictures of ground are told from those whose numbers do not go with them, beside plain recipes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.metrics.curves import roc_auc
from desktop_app.core.pair_scores import IMAGE, TABLE
from desktop_app.core.pairs import Pairs, PairScaling
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.simulate_planetary import COLD, MISMATCHED, simulate_planetary
from desktop_app.detectors.cutouts.mmae import SPEC
from desktop_app.engine.detect import detect
from desktop_app.nets.unfused_autoencoder import unfused_errors
from desktop_app.nets.weights import weights_hash

FEWEST, USUAL = 200, 2000
DETECTION_GOAL, ALARM_GOAL, MISMATCH_GOAL = 0.99, 0.005, 0.95
OURS = "mmae"
_FIRST_SEED = 700_000
_QUARTER = 4
_REFERENCE = 2000
_PERCENTILE = 99.5
_WELL = 4095.0


@dataclass(frozen=True)
class Figures:
    """What one method reaches.

    Attributes
    ----------
    method, rule : str
        Its name, and what it flags by.
    detected : float
        The share of structures without heat that it flags.
    mismatched : float
        The share of mismatched pairs that it flags.
    false_alarms : float
        The share that it flags of a clean set.
    auc_cold, auc_mismatched : float
        How often one of these scores higher than a usual pair.
    """

    method: str
    rule: str
    detected: float
    mismatched: float
    false_alarms: float
    auc_cold: float
    auc_mismatched: float


@dataclass(frozen=True)
class PlanetaryEvaluation:
    """The figures of all methods on the same pairs.

    Attributes
    ----------
    seed, n : int
        The seed asked for, and how many usual pairs there are in each of both sets.
    weights : str
        The sha256 of the weights.
    figures : tuple of Figures
        Ours first.
    """

    seed: int
    n: int
    weights: str
    figures: tuple[Figures, ...]

    @property
    def goals(self) -> Mapping[str, bool]:
        """What is asked for, and whether ours reaches it."""
        ours = self.figures[0]
        return {
            f"detection of structures without heat at least {DETECTION_GOAL:g}": ours.detected >= DETECTION_GOAL,
            f"false alarms on a clean set at most {ALARM_GOAL:.1%}": ours.false_alarms <= ALARM_GOAL,
            f"AUC of mismatched pairs at least {MISMATCH_GOAL:g}": ours.auc_mismatched >= MISMATCH_GOAL,
        }


def evaluate_planetary(*, seed: int = 0, n: int = USUAL, report: Report = silent) -> PlanetaryEvaluation:
    """Score simulated pairs of a seed that no weights were trained on; labels are looked at afterwards."""
    first = _FIRST_SEED + 10 * seed
    report(0.0, "Simulating ground")
    mixed = simulate_planetary(n, cold=n // _QUARTER, mismatched=n // _QUARTER, seed=first)
    clean = simulate_planetary(n, seed=first + 1)
    reference = simulate_planetary(_REFERENCE, seed=first + 2)
    report(0.3, "Scoring pairs")
    found = [detect(data, OURS, {"weights": OURS}).scores for data in (mixed, clean)]
    truth = np.array(mixed.labels["truth"])
    threshold = SPEC.threshold
    figures = [_figures(OURS, f"{threshold:g} σ", found[0].values, found[1].values, threshold, truth)]
    for track in (IMAGE, TABLE):
        values = [scores.tracks[track] for scores in found]
        figures.append(_figures(f"mmae, {track} alone", f"{threshold:g} σ", values[0], values[1], threshold, truth))
    figures += _controls(mixed, clean, reference, truth)
    figures.append(_recipe(mixed, clean, reference, truth, seed, part(report, 0.5, 1.0)))
    return PlanetaryEvaluation(seed, n, weights_hash(OURS), tuple(figures))


def as_json(done: PlanetaryEvaluation) -> dict[str, object]:
    """The evaluation as JSON takes it."""
    return {**asdict(done), "goals": dict(done.goals)}


def _controls(mixed: CutoutSet, clean: CutoutSet, reference: CutoutSet, truth: NDArray[np.str_]) -> list[Figures]:
    """Plain methods; each flags what is beyond the same percentile of a further clean set."""
    scaling = PairScaling.fitted(reference, tuple(reference.columns))
    usual, *others = (scaling.applied(data) for data in (reference, mixed, clean))
    mean = np.array([image.mean() for image in reference.images])
    middle, spread = float(mean.mean()), float(mean.std())
    pixel = [np.abs(data.images.mean(axis=(1, 2)) - middle) / spread for data in (reference, mixed, clean)]
    methods = {
        "mean pixel": pixel,
        "numbers alone": _far(usual.values, [usual.values, *(one.values for one in others)]),
        "picture alone": _far(usual.briefs, [usual.briefs, *(one.briefs for one in others)]),
        "numbers from brightness, linear": _regressed(usual, [usual, *others]),
    }
    rule = f"{_PERCENTILE:g} % of clean pairs"
    return [
        _figures(name, rule, there, none, float(np.percentile(own, _PERCENTILE)), truth)
        for name, (own, there, none) in methods.items()
    ]


def _recipe(
    mixed: CutoutSet, clean: CutoutSet, reference: CutoutSet, truth: NDArray[np.str_], seed: int, report: Report
) -> Figures:
    """Both errors of autoencoders that never meet, beyond the 95th percentile of whatever is looked at."""
    table = np.column_stack([series.values for series in reference.columns.values()])

    def taken(data: CutoutSet) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        values = np.column_stack([series.values for series in data.columns.values()])
        return data.images / np.float32(_WELL), ((values - table.mean(0)) / table.std(0)).astype(np.float32)

    both = [taken(data) for data in (mixed, clean)]
    together = np.concatenate([both[0][0], both[1][0]]), np.concatenate([both[0][1], both[1][1]])
    errors = unfused_errors(taken(reference), together, seed, report)
    there, none = errors[: len(mixed)], errors[len(mixed) :]
    flagged = there > np.percentile(there, 95), none > np.percentile(none, 95)
    plain = _figures("sum of both errors, not fused", "95 % of the set itself", there, none, np.inf, truth)
    return Figures(
        plain.method,
        plain.rule,
        float(np.mean(flagged[0][truth == COLD])),
        float(np.mean(flagged[0][truth == MISMATCHED])),
        float(np.mean(flagged[1])),
        plain.auc_cold,
        plain.auc_mismatched,
    )


def _figures(method: str, rule: str, there: Floats, none: Floats, threshold: float, truth: NDArray[np.str_]) -> Figures:
    cold, swapped, usual = truth == COLD, truth == MISMATCHED, truth == ""
    return Figures(
        method,
        rule,
        float(np.mean(there[cold] >= threshold)),
        float(np.mean(there[swapped] >= threshold)),
        float(np.mean(none >= threshold)),
        _auc(there, cold, usual),
        _auc(there, swapped, usual),
    )


def _auc(values: Floats, odd: Bools, usual: Bools) -> float:
    looked = odd | usual
    return float(roc_auc(values[looked], odd[looked]))


def _far(usual: NDArray[np.float32], sets: list[NDArray[np.float32]]) -> list[Floats]:
    """Mahalanobis distances from the middle of ``usual``."""
    rows = usual.astype(np.float64)
    middle, inverse = rows.mean(0), np.linalg.pinv(np.cov(rows.T))
    return [np.sqrt(np.einsum("ij,jk,ik->i", one - middle, inverse, one - middle)) for one in sets]


def _regressed(usual: Pairs, sets: list[Pairs]) -> list[Floats]:
    """How far the numbers are from what a linear rule makes of a few statistics of the picture."""

    def given(pairs: Pairs) -> Floats:
        briefs = pairs.briefs.astype(np.float64)
        return np.column_stack([briefs, briefs**2, np.ones(len(briefs))])

    rule, *_ = np.linalg.lstsq(given(usual), usual.values.astype(np.float64), rcond=None)
    rest = [(pairs.values - given(pairs) @ rule).astype(np.float32) for pairs in sets]
    return _far(rest[0], rest)
