"""Trains the network that judges flares, on real curves with vetted flares, planted ones, and lookalikes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.flares.calibrate import CLIP, raw_score, tail_of
from desktop_app.core.progress import Report, part
from desktop_app.engine.flare_lessons import Lessons, lessons_below
from desktop_app.nets.device import chosen_device
from desktop_app.nets.flare_net import flare_logits, learn_flares, size_of
from desktop_app.nets.training import Heard, Schedule, unheard
from desktop_app.nets.weights import Arrays, save_weights

EPOCHS = 30
_VETTED_REPEATED = 5


def train_flares(
    data: Path, out: Path, seed: int, report: Report, *, epochs: int = 0, device: str = "cpu", heard: Heard = unheard
) -> Mapping[str, Any]:
    """Train the network for flares on the light curves below ``data``, and save it with its card in ``out``.

    Flares of Davenport et al. (2014) are planted into every curve; where a table ``truth/events.csv`` with vetted
    flares lies in ``data`` or beside it, real flares and false ones are learnt from too. One star in four is held
    out: nothing of it is learnt from; the scores on the card and the calibration are those of these stars.

    Raises
    ------
    FitError
        The files are of too few stars.
    """
    rng = np.random.default_rng(seed)
    lessons, clean, stars = lessons_below(data, rng, part(report, 0.0, 0.7))
    training, validation = lessons.only(~lessons.held_out), lessons.only(lessons.held_out)
    how = Schedule(epochs=epochs or EPOCHS, seed=seed)
    arrays, history = learn_flares(
        _vetted_repeated(training).tensors,
        validation.tensors,
        how,
        part(report, 0.7, 0.99),
        device=chosen_device(device, worth=False),
        heard=heard,
    )
    tail = tail_of([(rows, _scores(arrays, noise)) for rows, noise in clean])
    card = {
        "name": "flares",
        "what": "The logarithm of the odds that a candidate of the matched filters is a flare.",
        "command": f"peculiar train flares --data {data.name} --seed {seed} --epochs {how.epochs}",
        "stars": stars,
        "learnt_from": _counts(training),
        "held_out": _counts(validation),
        "numbers": size_of(arrays),
        "best_epoch": history.best + 1,
        "clip": list(CLIP),
        "tail": {"count": tail.count, "slope": tail.slope},
        "scores": judged(arrays, validation),
    }
    save_weights(out, arrays, card)
    report(1.0, "Saved")
    return card


def _vetted_repeated(lessons: Lessons) -> Lessons:
    """Real flares and false ones are few beside planted ones, and worth more."""
    vetted = np.flatnonzero(np.isin(lessons.origin, ["vetted", "false"]))
    return lessons.only(np.concatenate([np.arange(len(lessons.flare)), np.tile(vetted, _VETTED_REPEATED)]))


def _scores(arrays: Arrays, lessons: Lessons) -> Floats:
    logits = flare_logits(arrays, lessons.windows, lessons.facts)
    return raw_score(lessons.sigmas, logits.astype(np.float64))


def _counts(lessons: Lessons) -> dict[str, int]:
    return {str(name): int(number) for name, number in zip(*np.unique(lessons.origin, return_counts=True), strict=True)}


def judged(arrays: Arrays, lessons: Lessons) -> dict[str, float]:
    """How well the network tells flares from the rest, among candidates that it has not learnt from.

    "average_precision" and "roc_auc" over all of them, the same of the filters alone ("..._of_filters"), and the share
    of vetted flares and of vetted others that it takes for flares.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    logits = flare_logits(arrays, lessons.windows, lessons.facts)
    scores = {
        "average_precision": float(average_precision_score(lessons.flare, logits)),
        "average_precision_of_filters": float(average_precision_score(lessons.flare, lessons.sigmas)),
        "roc_auc": float(roc_auc_score(lessons.flare, logits)),
        "roc_auc_of_filters": float(roc_auc_score(lessons.flare, lessons.sigmas)),
    }
    for origin in np.unique(lessons.origin):
        taken = logits[lessons.origin == origin] > 0
        scores[f"taken_for_flares_of_{origin}"] = float(taken.mean())
    return scores
