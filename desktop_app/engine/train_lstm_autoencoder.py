"""Trains the autoencoder on the quiet stretches of many stars, and calibrates its scores on stars it never saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.core.arrays import Bools
from desktop_app.core.data import curve_in
from desktop_app.core.error_scores import Errors, levels_of, row_scores
from desktop_app.core.errors import FitError, UserError
from desktop_app.core.flattened import BaselineParams, Flattened, flatten
from desktop_app.core.magnitudes import in_flux
from desktop_app.core.planted_windows import planted
from desktop_app.core.progress import Report, part, silent
from desktop_app.detectors.curves.lstm_autoencoder import (
    BATCH,
    PATIENCE,
    PERCENTILES,
    RATE,
    WINDOW,
    Scale,
    clean_of,
    errors_of,
    longest_rows,
    scales_of,
    with_planted,
)
from desktop_app.nets.device import chosen_device
from desktop_app.nets.lstm_autoencoder import Windows, fit_autoencoder, reconstruct
from desktop_app.nets.training import Arrays, Heard, Schedule, unheard
from desktop_app.nets.weights import save_weights
from desktop_app.paths import version

EPOCHS = 14
_MOST_WINDOWS = 120
_SHARES = (0.6, 0.8)
_FEWEST_STARS = 5
_SEEN = 100.0


@dataclass(frozen=True, eq=False)
class _Star:
    """A light curve as the autoencoder learns from it."""

    name: str
    flat: Flattened
    clean: Bools


def train(
    data: Path, out: Path, seed: int, report: Report, *, epochs: int = 0, device: str = "auto", heard: Heard = unheard
) -> Mapping[str, Any]:
    """Train on the files below ``data`` and save weights, calibration and card in ``out``; the card.

    Three fifths of the stars are learnt from, a fifth decides when to stop and calibrates the scores, the last fifth
    only tells how well it went: no star is in two of them.

    Parameters
    ----------
    data, out : Path
        A folder of light curves, and that for weights and card.
    seed : int
    report : callable
        Told the progress; may raise `JobCancelled`.
    epochs : int
        At most so many turns through the data; 0 for the usual number.
    device : str
        One of `nets.device.Device`.
    heard : callable
        Told of each turn.

    Raises
    ------
    FitError
        Too few stars, or too little of them is quiet.
    """
    where = chosen_device(device)
    stars = _stars_in(data, part(report, 0.0, 0.3))
    learnt, judging, unseen = _split(stars, seed)
    rng = np.random.default_rng(seed)
    pairs = [with_planted(_windows(group, rng), rng) for group in (learnt, judging)]
    how = Schedule(epochs or EPOCHS, BATCH, RATE, patience=PATIENCE, seed=seed)
    given, wanted = (pairs[0][0], pairs[1][0]), (pairs[0][1], pairs[1][1])
    arrays, history = fit_autoencoder(given, wanted, how, part(report, 0.3, 0.9), device=where, heard=heard)
    report(0.9, "Calibrating the scores")
    calibrated = _calibrated(arrays, judging)
    scores = {
        "training_loss": history.training[history.best],
        "validation_loss": history.validation[history.best],
        "epochs": history.best + 1,
        "seconds_per_epoch": round(history.seconds / len(history.training), 2),
        **_report_on(calibrated, unseen),
    }
    card = {
        "model": "lstm_autoencoder",
        "made_by": f"Peculiar {version()}",
        "command": f"peculiar train lstm_autoencoder --data {data.name} --seed {seed} --epochs {how.epochs}",
        "trained_on": _told(len(stars), learnt, judging, unseen, len(given[0])),
        "device": where,
        "scores": scores,
    }
    report(1.0, "Saving")
    save_weights(out, calibrated, card)
    return card


def _stars_in(folder: Path, report: Report) -> list[_Star]:
    """Every light curve below ``folder`` that can be read and is long enough, those of one content once."""
    from desktop_app.io import data_files, open_file

    files = data_files(folder)
    stars: dict[str, _Star] = {}
    for place, path in enumerate(files):
        report(place / len(files), f"Reading {path.name}")
        try:
            curve = curve_in(open_file(path))
            if curve is None or curve.digest in stars:
                continue
            flat = flatten(in_flux(curve), BaselineParams(), silent)
        except UserError:
            continue
        if flat.rows.size >= 4 * WINDOW:
            name = curve.source.object_name or path.stem
            stars[curve.digest] = _Star(name, flat, clean_of(flat, silent))
    return list(stars.values())


def _split(stars: Sequence[_Star], seed: int) -> tuple[list[_Star], list[_Star], list[_Star]]:
    """To learn from, to judge by, and never seen; all light curves of one star are in the same."""
    names = sorted({star.name for star in stars})
    if len(names) < _FEWEST_STARS:
        raise FitError(
            f"There are light curves of {len(names)} stars; at least {_FEWEST_STARS} are needed.",
            hint="Name a folder with more light curves, long enough for a few hundred rows each.",
        )
    share = dict(
        zip(np.random.default_rng(seed).permutation(names).tolist(), np.linspace(0, 1, len(names)), strict=True)
    )
    groups: tuple[list[_Star], list[_Star], list[_Star]] = ([], [], [])
    for star in stars:
        groups[int(np.searchsorted(_SHARES, share[star.name], side="right"))].append(star)
    return groups


def _windows(stars: Sequence[_Star], rng: np.random.Generator) -> Windows:
    """Clean windows of every scale: of one curve and scale no more than `_MOST_WINDOWS`."""
    found = []
    for star in stars:
        for scale in scales_of(star.flat, WINDOW, WINDOW, star.clean):
            n = len(scale.windows)
            chosen = rng.permutation(n)[:_MOST_WINDOWS] if n > _MOST_WINDOWS else np.arange(n)
            found.append(scale.windows[chosen])
    windows = np.concatenate(found)
    return windows[rng.permutation(len(windows))]


def _calibrated(arrays: Arrays, stars: Sequence[_Star]) -> Arrays:
    """``arrays`` with what the errors and the scores of clean rows are like."""
    clean = [_errors(arrays, scales_of(star.flat, WINDOW, WINDOW // 2, star.clean)) for star in stars]
    levels = levels_of(clean, [longest_rows(star.flat) for star in stars])
    calibrated = {**arrays, "levels": levels.astype(np.float32)}
    rows = np.concatenate([_scores(calibrated, star)[star.clean] for star in stars])
    return {**calibrated, "row_levels": np.percentile(rows, PERCENTILES).astype(np.float32)}


def _errors(arrays: Arrays, scales: list[Scale]) -> list[Errors]:
    errors, _ = errors_of(scales, lambda windows, report: reconstruct(arrays, windows, report), silent)
    return errors


def _scores(arrays: Arrays, star: _Star) -> np.ndarray:
    errors = _errors(arrays, scales_of(star.flat, WINDOW, WINDOW // 2))
    return row_scores(errors, arrays["levels"].astype(np.float64), longest_rows(star.flat), star.flat.rows.size)


def _report_on(arrays: Arrays, stars: Sequence[_Star]) -> dict[str, float]:
    """How well stars are given back that nothing was learnt from, and how little of events that do not belong there."""
    windows = _windows(stars, np.random.default_rng(0))
    made = reconstruct(arrays, windows)
    scored = np.concatenate([_scores(arrays, star)[star.clean] for star in stars])
    return {
        "unseen_error": float(np.mean(np.abs(windows - made))),
        "unseen_error_of_zeros": float(np.mean(np.abs(windows))),
        "unseen_error_of_means_of_four": _of_fours(windows - made),
        "unseen_error_of_zeros_of_means_of_four": _of_fours(windows),
        "unseen_score_percentile_99_5": float(np.percentile(scored, 99.5)),
        "unseen_share_of_planted_events_left": _left_of_planted(arrays, windows),
    }


def _of_fours(windows: Windows) -> float:
    """The mean absolute value of means over four bins: noise cancels, what is left is slow."""
    return float(np.mean(np.abs(windows.reshape(len(windows), -1, 4).mean(axis=2))))


def _left_of_planted(arrays: Arrays, windows: Windows) -> float:
    """The median share of a planted event that is still there once the reconstruction is taken away."""
    given = planted(windows, np.random.default_rng(1))
    event = given - windows
    power = np.sum(event**2, axis=1)
    left = np.sum(event * (given - reconstruct(arrays, given)), axis=1)[power > _SEEN] / power[power > _SEEN]
    return float(np.median(left)) if left.size else float("nan")


def _told(
    n: int, learnt: Sequence[_Star], judging: Sequence[_Star], unseen: Sequence[_Star], examples: int
) -> dict[str, Any]:
    missions = sorted({star.flat.data.source.mission or "other" for star in (*learnt, *judging, *unseen)})
    return {
        "light_curves": n,
        "stars_learnt_from": len({star.name for star in learnt}),
        "stars_to_stop_and_calibrate_by": len({star.name for star in judging}),
        "stars_never_seen": len({star.name for star in unseen}),
        "missions": missions,
        "examples": examples,
        "left_out": "rows of matches above 4.5 sigma, with margins; every other example has an event planted in "
        "that the network has to leave out",
        "window_bins": WINDOW,
    }
