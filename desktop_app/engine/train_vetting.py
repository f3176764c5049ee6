"""Trains the judge of events, and measures it on stars that it was not trained on: ``peculiar train vetting``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.errors import FitError
from desktop_app.core.progress import Report, part
from desktop_app.core.vetting import ARTEFACT_FROM, SKY, allowed
from desktop_app.core.vetting.judge import LEAF, Judge, softmax
from desktop_app.core.vetting.numbers import DOUBT_NAMES, SHAPE_NAMES
from desktop_app.core.vetting.periodic import together
from desktop_app.engine.vetting_examples import NOT_REAL, Example, examples_in
from desktop_app.engine.vetting_weights import arrays_of
from desktop_app.nets.weights import save_weights

KINDS = ("transit", "eclipse", "flare", "dip", "step", "spike", "outlier")
_FOLDS = 5
_TREES = 60
_RATE = 0.15
_DEPTH = 3
_LEAST_LEAF = 8
_BINS = 10
_FEW = 100
_TRUSTED = {"real": 3.0, "weak": 1.0, "injected": 1.0, "quiet": 1.0, "inverted": 0.3}
_RIDGE = 0.02


def train_vetting(
    data: Path, out: Path, seed: int, report: Report, *, epochs: int = 0, device: str = "auto"
) -> Mapping[str, Any]:
    """As `train_flares`; ``epochs`` is the number of trees of each kind, and the device is the processor."""
    del device
    examples = examples_in(data, seed, part(report, 0.0, 0.6))
    if len(examples) < _FEW or len({example.star for example in examples}) < _FOLDS:
        raise FitError(
            f"The files of {data} give only {len(examples)} events to learn from.",
            hint="Name a folder of real light curves with truth/events.csv in it or beside it.",
        )
    judge, scores = learn(examples, epochs or _TREES, seed, part(report, 0.6, 1.0))
    arrays, names = arrays_of(judge)
    origins = Counter(f"{example.origin} {example.kind}" for example in examples)
    card = {
        "name": "vetting",
        "what": "Says of an event what it is and whether the instrument made it.",
        "command": f"peculiar train vetting --data DIR --seed {seed}" + (f" --epochs {epochs}" if epochs else ""),
        "trained_on": dict(sorted(origins.items())),
        "stars": len({example.star for example in examples}),
        **names,
        **scores,
    }
    save_weights(out, arrays, card)
    return card


def learn(examples: Sequence[Example], trees: int, seed: int, report: Report) -> tuple[Judge, dict[str, Any]]:
    """A judge that learnt from all ``examples``, and how well judges do that never saw the star in question."""
    lesson = _Lesson.of(examples)
    fold = _folds(lesson.star, seed)
    logits, suspicion = np.zeros((len(examples), len(KINDS))), np.zeros(len(examples))
    for number in range(_FOLDS):
        report(number / (_FOLDS + 1), f"Trying it on other stars, {number + 1} of {_FOLDS}")
        held = fold == number
        one = _fitted(lesson, ~held, trees, seed)
        logits[held] = one.logits(lesson.shape[held])
        suspicion[held] = one.suspicion(lesson.doubt[held] * one.doubt_weight)
    temperature = _temperature(lesson, logits)
    report(_FOLDS / (_FOLDS + 1), "Learning from all stars")
    judge = replace(_fitted(lesson, np.ones(len(examples), np.bool_), trees, seed), temperature=temperature)
    likely = softmax(logits / temperature) * allowed(KINDS, dict(zip(SHAPE_NAMES, lesson.shape.T, strict=True)))
    return judge, _measured(lesson, _with_signals(examples, likely), suspicion)


@dataclass(frozen=True, eq=False)
class _Lesson:
    """The examples as arrays: tables of numbers, which kind (-1 for `NOT_REAL`), and how much each counts."""

    shape: Floats
    doubt: Floats
    kind: Ints
    star: np.ndarray
    origin: np.ndarray
    weight: Floats

    @classmethod
    def of(cls, examples: Sequence[Example]) -> "_Lesson":
        together = Counter((one.kind, one.origin, one.star) for one in examples)
        weight = [_TRUSTED[one.origin] / np.sqrt(together[one.kind, one.origin, one.star]) for one in examples]
        return cls(
            np.array([[one.shape[name] for name in SHAPE_NAMES] for one in examples]),
            np.array([[one.doubt[name] for name in DOUBT_NAMES] for one in examples]),
            np.array([-1 if one.kind == NOT_REAL else KINDS.index(one.kind) for one in examples], np.int64),
            np.array([one.star for one in examples]),
            np.array([one.origin for one in examples]),
            np.array(weight),
        )


def _folds(star: np.ndarray, seed: int) -> Ints:
    """The fold of each example: all events of a star in one, the stars dealt out by how many events they have."""
    names, counts = np.unique(star, return_counts=True)
    order = np.random.default_rng(seed).permutation(names.size)
    order = order[np.argsort(-counts[order], kind="stable")]
    dealt = np.zeros(names.size, np.int64)
    dealt[order] = np.arange(names.size) % _FOLDS
    return dealt[np.searchsorted(names, star)]


def _fitted(lesson: _Lesson, use: Bools, trees: int, seed: int) -> Judge:
    """A judge that learnt from the examples that are in ``use``."""
    feature, left, right, limit, value = _grown(lesson, use & (lesson.kind >= 0), trees, seed)
    weight, start = _rule(lesson, use)
    return Judge(
        KINDS,
        SHAPE_NAMES,
        DOUBT_NAMES,
        feature,
        left,
        right,
        limit,
        value,
        np.zeros(len(KINDS)),
        1.0,
        weight,
        start,
    )


def _grown(lesson: _Lesson, use: Bools, trees: int, seed: int) -> tuple[Ints, Ints, Ints, Floats, Floats]:
    from sklearn.ensemble import GradientBoostingClassifier

    kind = lesson.kind[use]
    weight = lesson.weight[use].copy()
    for number in np.unique(kind):
        # Rare kinds count more than their number, but less than if all were equally frequent.
        weight[kind == number] /= np.sqrt(weight[kind == number].sum())
    model = GradientBoostingClassifier(
        n_estimators=trees,
        learning_rate=_RATE,
        max_depth=_DEPTH,
        subsample=0.6,
        min_samples_leaf=_LEAST_LEAF,
        init="zero",
        random_state=seed,
    )
    model.fit(lesson.shape[use], kind, sample_weight=weight / weight.mean())
    nodes = 2 ** (_DEPTH + 1) - 1
    size = (len(KINDS), trees, nodes)
    feature, left, right = np.full(size, LEAF), np.zeros(size, np.int64), np.zeros(size, np.int64)
    limit, value = np.zeros(size), np.zeros(size)
    present = model.classes_.astype(np.int64)
    value[np.setdiff1d(np.arange(len(KINDS)), present)] = -1.0
    for turn, row in enumerate(model.estimators_):
        for place, one in zip(present if len(row) > 1 else present[1:], row, strict=True):
            grown, count = one.tree_, one.tree_.node_count
            at = (place, turn, slice(count))
            feature[at] = np.where(grown.children_left < 0, LEAF, grown.feature)
            left[at], right[at] = grown.children_left, grown.children_right
            limit[at], value[at] = grown.threshold, _RATE * grown.value[:, 0, 0]
    return feature, left, right, limit, value


def _rule(lesson: _Lesson, use: Bools) -> tuple[Floats, float]:
    """Weights that are not negative, and the start, of a logistic rule for what is not real."""
    from scipy.optimize import minimize

    sky = np.isin(lesson.kind, [KINDS.index(kind) for kind in SKY]) | (lesson.kind < 0)
    table, weight = lesson.doubt[use & sky], lesson.weight[use & sky]
    false = (lesson.kind[use & sky] < 0).astype(np.float64)
    weight = weight / weight.sum()

    def loss(solution: Floats) -> tuple[float, Floats]:
        logit = table @ solution[:-1] + solution[-1]
        chance = 1 / (1 + np.exp(-np.clip(logit, -50, 50)))
        miss = weight * (chance - false)
        slope = np.append(table.T @ miss + _RIDGE * solution[:-1] / 10, miss.sum())
        value = (weight * (np.logaddexp(0.0, logit) - false * logit)).sum() + _RIDGE * (solution[:-1] ** 2).sum() / 20
        return float(value), slope

    bounds = [(0.0, None)] * table.shape[1] + [(None, None)]
    found = minimize(loss, np.append(np.full(table.shape[1], 0.5), -2.0), jac=True, bounds=bounds, method="L-BFGS-B").x
    return found[:-1], float(found[-1])


def _temperature(lesson: _Lesson, logits: Floats) -> float:
    """What logits must be divided by for the probabilities of unseen stars to hold, at best likelihood."""
    known = lesson.kind >= 0
    choices = np.exp(np.linspace(np.log(0.5), np.log(4.0), 61))
    losses = []
    for choice in choices:
        chance = softmax(logits[known] / choice)[np.arange(known.sum()), lesson.kind[known]]
        losses.append(-(lesson.weight[known] * np.log(np.maximum(chance, 1e-12))).sum())
    return float(choices[int(np.argmin(losses))])


def _with_signals(examples: Sequence[Example], likely: Floats) -> Floats:
    """What the judge says once the dips of one signal are taken together, as `vet` does."""
    likely = likely / likely.sum(axis=1, keepdims=True)
    owner = np.array([f"{one.origin} {one.file} {one.signal}" if one.says else "" for one in examples])
    owners = [name for name in np.unique(owner) if name]
    place = np.array([owners.index(name) if name else -1 for name in owner], np.int64)
    says = [next(one.says for one, name in zip(examples, owner, strict=True) if name == wanted) for wanted in owners]
    return together(likely, place, says, KINDS)


def _measured(lesson: _Lesson, likely: Floats, suspicion: Floats) -> dict[str, Any]:
    """How well unseen stars are judged: shares that are right, and reliability diagrams, for the card."""
    named, sure = likely.argmax(axis=1), likely.max(axis=1)
    real = (lesson.kind >= 0) & (lesson.origin == "real")
    artefact = suspicion >= ARTEFACT_FROM
    right = named == lesson.kind
    scores: dict[str, Any] = {}
    for number, kind in enumerate(KINDS):
        for origin in ("real", "injected"):
            these = (lesson.kind == number) & (lesson.origin == origin)
            if these.any():
                scores[f"{kind}_{origin}_right"] = f"{int(right[these].sum())} of {int(these.sum())}"
    scores["real_right"] = float(right[real].mean()) if real.any() else float("nan")
    scores["real_called_artefact"] = float(artefact[real].mean()) if real.any() else float("nan")
    quiet = np.isin(lesson.origin, ("quiet", "real")) & (lesson.kind < 0)
    scores["not_real_called_artefact"] = float(artefact[quiet].mean()) if quiet.any() else float("nan")
    known = lesson.kind >= 0
    reliability = _reliability(sure[known], right[known], lesson.weight[known])
    sky = np.isin(lesson.kind, [KINDS.index(kind) for kind in SKY]) | ~known
    of_instrument = _reliability(suspicion[sky], ~known[sky], lesson.weight[sky])
    scores["calibration_error"] = _calibration_error(reliability)
    scores["suspicion_calibration_error"] = _calibration_error(of_instrument)
    return {"scores": scores, "reliability": reliability, "suspicion_reliability": of_instrument}


def _reliability(said: Floats, true: Bools, weight: Floats) -> list[dict[str, float]]:
    """For each tenth of what was said: how often it was true."""
    place = np.minimum((said * _BINS).astype(np.int64), _BINS - 1)
    rows = []
    for number in range(_BINS):
        here = place == number
        if here.any():
            share = weight[here] / weight[here].sum()
            rows.append(
                {
                    "from": number / _BINS,
                    "events": int(here.sum()),
                    "weight": round(float(weight[here].sum() / weight.sum()), 5),
                    "said": round(float((share * said[here]).sum()), 4),
                    "true": round(float((share * true[here]).sum()), 4),
                }
            )
    return rows


def _calibration_error(rows: Sequence[Mapping[str, float]]) -> float:
    """The mean distance between what was said and what was true (expected calibration error)."""
    return float(sum(row["weight"] * abs(row["said"] - row["true"]) for row in rows))
