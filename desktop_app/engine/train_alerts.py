"""Trains the judge of alerts on simulated ones: ``python -m desktop_app.engine.train_alerts``."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.images.difference.alert_numbers import alert_numbers
from desktop_app.core.images.difference.judge import REASONS, AlertJudge, doubts_of, powers
from desktop_app.core.images.difference.seeing import seeing_of
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.simulate_alerts import simulate_alerts
from desktop_app.detectors.cutouts.alert_weights import NAME, arrays_of
from desktop_app.nets.weights import save_weights
from desktop_app.paths import models

_SIDES = (63, 51, 81)
_RIDGE = 1e-3
_SIGMAS = np.array([-2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.3, 2.6])


def train_alerts(out: Path, seed: int = 0, report: Report = silent, *, n: int = 3000) -> Mapping[str, Any]:
    """Write a judge that learnt from simulated alerts of ``seed``, and was set on those of the next seed.

    Parameters
    ----------
    out : Path
        The folder of the weights.
    seed : int
    report : callable
    n : int
        Alerts to learn from, and as many to set the scale of the scores on.
    """
    doubts, real, made = _lesson(seed, n, part(report, 0.0, 0.4))
    weight, start = _rule(powers(doubts), real)
    plain = AlertJudge(tuple(REASONS), weight, start, np.zeros(2), np.zeros(2))
    others, others_real, others_made = _lesson(seed + 1, n, part(report, 0.4, 0.8))
    logit = _logit(plain, others)
    bogus = np.sort(logit[~others_real])
    share = np.array([_upper(sigma) for sigma in _SIGMAS])
    judge = AlertJudge(plain.names, weight, start, _rising(np.quantile(bogus, 1 - share)), _SIGMAS)
    third, third_real, third_made = _lesson(seed + 2, n, part(report, 0.8, 1.0))
    card = {
        "name": NAME,
        "what": "Tells real alerts of difference imaging from bogus ones.",
        "command": f"python -m desktop_app.engine.train_alerts --seed {seed}",
        "trained_on": {"simulated " + name: count for name, count in sorted(Counter(made).items())},
        "scale_set_on": f"{len(others_made):,} simulated alerts of seed {seed + 1}",
        "names": list(REASONS),
        "scores": {"seed": seed + 2, **_measured(judge, third, third_real, third_made)},
    }
    save_weights(out, arrays_of(judge), card)
    return card


def _lesson(seed: int, n: int, report: Report) -> tuple[Floats, Bools, tuple[str, ...]]:
    """The doubts about simulated alerts of three sizes, whether each is real, and what it is."""
    tables: list[Floats] = []
    real: list[bool] = []
    made: list[str] = []
    for turn, side in enumerate(_SIDES):
        told = part(report, turn / len(_SIDES), (turn + 1) / len(_SIDES))
        alerts = simulate_alerts(n // len(_SIDES), 100 * seed + turn, side=side, report=told)
        numbers = alert_numbers(
            alerts.images, alerts.beside["template"], alerts.beside["difference"], seeing_of(alerts.images), told
        )
        found = doubts_of(numbers)
        tables.append(np.column_stack([found[name] for name in REASONS]))
        real += [kind != "bogus" for kind in alerts.labels["truth"]]
        made += alerts.labels["made"]
    return np.concatenate(tables), np.array(real), tuple(made)


def _rule(table: Floats, real: Bools) -> tuple[Floats, float]:
    """Weights that are not negative, shape (3, d), and the start, at the best likelihood."""
    from scipy.optimize import minimize

    m, *shape = table.shape
    flat = table.reshape(m, -1)

    def loss(solution: Floats) -> tuple[float, Floats]:
        logit = solution[-1] - flat @ solution[:-1]
        miss = (1 / (1 + np.exp(-np.clip(logit, -50, 50))) - real) / m
        value = (np.logaddexp(0, logit) - real * logit).mean() + _RIDGE * (solution[:-1] ** 2).mean()
        return float(value), np.append(-miss @ flat + 2 * _RIDGE * solution[:-1] / flat.shape[1], miss.sum())

    bounds = [(0.0, None)] * flat.shape[1] + [(None, None)]
    start = np.append(np.full(flat.shape[1], 0.3), 1.0)
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 2000}).x
    return found[:-1].reshape(shape), float(found[-1])


def _logit(judge: AlertJudge, doubts: Floats) -> Floats:
    return judge.logit((powers(doubts) * judge.weight).sum(axis=1))


def _upper(sigma: float) -> float:
    """How often a normal variable is above ``sigma``."""
    from scipy.stats import norm

    return float(norm.sf(sigma))


def _rising(logits: Floats) -> Floats:
    """``logits`` made to rise strictly, for a table to be looked up in."""
    return np.maximum.accumulate(logits) + 1e-3 * np.arange(logits.size)


def _measured(judge: AlertJudge, doubts: Floats, real: Bools, made: tuple[str, ...]) -> dict[str, float]:
    """How well alerts are told that nothing was set on: the area under the curve, overall and by what they are."""
    logit = _logit(judge, doubts)
    names = np.array(made)
    flagged = judge.sigma(logit) >= 2.6
    scores = {"auc": _auc(logit[real], logit[~real])}
    scores |= {f"auc_{name}": _auc(logit[real], logit[names == name]) for name in sorted(set(names[~real].tolist()))}
    scores |= {f"auc_{name}": _auc(logit[names == name], logit[~real]) for name in sorted(set(names[real].tolist()))}
    scores |= {"real_from_2.6_sigma": float(flagged[real].mean()), "bogus_from_2.6_sigma": float(flagged[~real].mean())}
    scores |= {
        "real_called_real": float((logit[real] > 0).mean()),
        "bogus_called_real": float((logit[~real] > 0).mean()),
    }
    return {name: round(value, 4) for name, value in scores.items()}


def _auc(high: Floats, low: Floats) -> float:
    """How often one of ``high`` is above one of ``low``."""
    ordered = np.sort(low)
    below, upto = np.searchsorted(ordered, high, "left"), np.searchsorted(ordered, high, "right")
    return float((below + upto).mean() / (2 * max(low.size, 1)))


def main() -> None:
    """Train the judge that ships; its card says how well it does."""
    import argparse

    parser = argparse.ArgumentParser(description="Trains the judge of alerts on simulated ones.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=models() / NAME)
    arguments = parser.parse_args()
    train_alerts(arguments.out, arguments.seed)


if __name__ == "__main__":
    main()
