"""A detector that knows what quiet stretches of many stars look like: an autoencoder of LSTMs and its errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.error_scores import Errors, row_scores
from desktop_app.core.errors import FitError
from desktop_app.core.flattened import EVERY_WIDTH, BaselineParams, Flattened, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import setting
from desktop_app.core.planted_windows import planted
from desktop_app.core.progress import Report, part
from desktop_app.core.window_errors import Binned, Windows, binned, clean_rows, factors, together, windows_of
from desktop_app.nets.device import Device, chosen_device
from desktop_app.nets.lstm_autoencoder import fit_autoencoder, reconstruct
from desktop_app.nets.training import Arrays, Schedule
from desktop_app.nets.weights import load_weights

WEIGHTS = "lstm_autoencoder"
WINDOW = 64
THRESHOLD = 5.0
EVENT_FROM = 4.5
"""Matches that score more are no part of what is usual."""
PERCENTILES = np.array([50.0, 80.0, 90.0, 95.0, 98.0, 99.0, 99.5, 99.8, 99.9, 99.95, 99.99])
"""Percentiles of the scores of clean rows that come with the weights."""
_LONGEST = 1.5
_HELD_BACK = 0.2
_GPU_FROM_WINDOWS = 20_000
_FEWEST = 20
_FINE_TUNING_RATE = 5e-4
BATCH, RATE, PATIENCE = 64, 5e-3, 10
"""At first the network gives back nothing at all; patience has to last until it does."""


class TrainOn(StrEnum):
    """Whose quiet stretches the autoencoder knows."""

    POPULATION = "population"
    FINE_TUNED = "fine-tuned"
    STAR = "star"


_EPOCHS = {TrainOn.FINE_TUNED: 4, TrainOn.STAR: 20}


class Rule(StrEnum):
    """What the threshold of 5 stands for."""

    SIGMA = "sigma"
    PERCENTILE = "percentile"


class LstmAutoencoderParams(BaselineParams):
    """The settings of the autoencoder."""

    train_on: TrainOn = setting(
        TrainOn.POPULATION,
        title="Trained on",
        help="Other stars; other stars and then this one; or this one alone. Of this one, what looks like an event is "
        "left out.",
    )
    rule: Rule = setting(
        Rule.SIGMA,
        title="Threshold rule",
        help="What a score of 5 means: as rare as five sigma, or beyond the percentile of clean rows.",
    )
    percentile: float = setting(
        99.5,
        title="Percentile",
        help="With the rule percentile: so many percent of the clean rows score below 5.",
        unit="%",
        ge=50.0,
        le=99.99,
    )
    window: int = setting(
        WINDOW, title="Window", help="Length of a window in bins; the longer, the slower.", ge=16, le=256, advanced=True
    )
    stride: float = setting(
        0.5,
        title="Stride",
        help="Distance from one window to the next, as a share of its length.",
        ge=0.05,
        le=1.0,
        advanced=True,
    )
    epochs: int = setting(
        0,
        title="Epochs",
        help="At most so many turns through the windows of this star; 0 takes what the training needs.",
        zero="automatic",
        ge=0,
        le=500,
        advanced=True,
    )
    weights: str = setting(
        "",
        title="Weights",
        help="A folder that 'peculiar train' wrote; nothing for those that come with the program.",
        advanced=True,
    )
    device: Device = setting(
        Device.AUTO, title="Device", help="Where to compute: auto takes a GPU where that is worth it.", advanced=True
    )
    seed: int = setting(0, title="Seed", help="The same seed gives the same scores.", ge=0, le=2**32 - 1, advanced=True)


@dataclass(frozen=True, eq=False)
class Scale:
    """One time scale of one curve: its bins, and the windows of them."""

    bins: Binned
    begin: Ints
    windows: Windows


Make = Callable[[Windows, Report], Windows]
"""From windows to their reconstructions."""


def scales_of(flat: Flattened, window: int, stride: int, keep: Bools | None = None) -> list[Scale]:
    """The time scales of a curve, the finest first; windows with nothing in a bin are left out."""
    found = []
    for factor in factors(flat.rows.size, longest_rows(flat), window):
        bins = binned(flat.curve.residual, flat.pauses, factor, keep)
        begin, windows = windows_of(bins, window, stride)
        whole = np.isfinite(windows).all(axis=1)
        found.append(Scale(bins, begin[whole], windows[whole]))
    return found


def longest_rows(flat: Flattened) -> int:
    """Rows of the longest event that the baseline leaves."""
    return max(1, round(flat.curve.window_d / _LONGEST / flat.curve.cadence_d))


def errors_of(scales: list[Scale], make: Make, report: Report) -> tuple[list[Errors], Floats]:
    """What is left of the bins less their reconstruction, and the reconstruction of the rows, in sigmas.

    Bins that no window covers are compared with the baseline alone; of the rows only those are reconstructed that a
    window of the finest scale covers, the others are NaN.
    """
    errors, model = [], np.zeros(0)
    total = max(1, sum(len(scale.windows) for scale in scales))
    done = 0
    for scale in scales:
        told = part(report, done / total, (done + len(scale.windows)) / total)
        made = together(scale.begin, make(scale.windows, told), scale.bins.value.size)
        done += len(scale.windows)
        if scale is scales[0]:
            model = made * scale.bins.scatter
        errors.append(Errors(scale.bins, scale.bins.value - np.nan_to_num(made)))
    return errors, model


def clean_of(flat: Flattened, report: Report) -> Bools:
    """The usable rows that are not part of anything like an event."""
    strong = flat.matches(EVERY_WIDTH, report).above(EVENT_FROM)
    return clean_rows(flat.rows.size, strong.start, strong.stop)


class LstmAutoencoder:
    """Scores rows by how far they are from what the autoencoder makes of the windows about them."""

    def __init__(self, params: LstmAutoencoderParams) -> None:
        self._params = params
        self._flat: Flattened | None = None
        self._clean: Bools | None = None
        self._weights: Arrays = {}

    def fit(self, data: LightCurve, report: Report) -> Self:
        """Load the weights; train them on this curve where that is asked for."""
        params = self._params
        population = params.train_on is TrainOn.POPULATION
        flat = flatten(data, params, part(report, 0.0, 0.9 if population else 0.2))
        self._flat, self._clean = flat, None
        self._weights, _ = load_weights(params.weights or WEIGHTS)
        if not population:
            self._clean = clean_of(flat, part(report, 0.2, 0.3))
            self._weights = {**self._weights, **self._trained(flat, self._clean, part(report, 0.3, 1.0))}
        return self

    def score(self, data: LightCurve, report: Report) -> Scores:
        """Robust sigmas, and as the track "model" the reconstruction in the unit of the flux."""
        flat, clean = self._flat, self._clean
        if flat is None or flat.data is not data:
            flat, clean = flatten(data, self._params, part(report, 0.0, 0.5)), None
        scales = scales_of(flat, self._params.window, self._stride)
        errors, model = errors_of(scales, self._maker(scales), part(report, 0.5, 0.9))
        report(0.9, "Scoring the rows")
        values = row_scores(errors, self._weights["levels"].astype(np.float64), longest_rows(flat), flat.rows.size)
        values = values * self._unit(values, clean)
        curve = flat.curve
        tracks = {"model": flat.spread(flat.middle + flat.unit * (curve.baseline + curve.noise * model))}
        return Scores(flat.spread(values), {**flat.tracks(), **tracks})

    @property
    def _stride(self) -> int:
        return max(1, round(self._params.stride * self._params.window))

    def _maker(self, scales: list[Scale]) -> Make:
        many = sum(len(scale.windows) for scale in scales) >= _GPU_FROM_WINDOWS
        device = chosen_device(self._params.device, worth=many)
        return lambda windows, report: reconstruct(self._weights, windows, report, device=device)

    def _unit(self, values: Floats, clean: Bools | None) -> float:
        """What scores are multiplied with, so that the threshold means what the rule says."""
        if self._params.rule is Rule.SIGMA:
            return 1.0
        if clean is not None and clean.any():
            level = float(np.percentile(values[clean], self._params.percentile))
        else:
            level = float(np.interp(self._params.percentile, PERCENTILES, self._weights["row_levels"]))
        return THRESHOLD / max(level, 1e-3)

    def _trained(self, flat: Flattened, clean: Bools, report: Report) -> Arrays:
        """The weights after training on the clean windows of this star."""
        params = self._params
        scales = scales_of(flat, params.window, max(1, self._stride // 2), clean)
        windows = np.concatenate([scale.windows for scale in scales])
        if len(windows) < _FEWEST:
            raise FitError(
                f"Only {len(windows)} windows of this light curve are free of events; at least {_FEWEST} are needed.",
                hint="Use the weights trained on other stars, or a shorter window.",
            )
        alone = params.train_on is TrainOn.STAR
        rate = RATE if alone else _FINE_TUNING_RATE
        how = Schedule(params.epochs or _EPOCHS[params.train_on], BATCH, rate, patience=PATIENCE, seed=params.seed)
        device = chosen_device(params.device)
        start = None if alone else network_arrays(self._weights)
        return train_on_windows(windows, how, report, start=start, device=device)


def network_arrays(arrays: Mapping[str, Any]) -> Arrays:
    """Those of ``arrays`` that are the network's, without what its scores are calibrated by."""
    return {name: value for name, value in arrays.items() if "." in name}


def train_on_windows(
    windows: Windows, how: Schedule, report: Report, *, start: Arrays | None = None, device: str = "cpu"
) -> Arrays:
    """Weights that give clean windows back, also where an event is planted in; the last fifth decides when to stop."""
    rng = np.random.default_rng(how.seed)
    held = max(1, round(_HELD_BACK * len(windows)))
    pairs = [with_planted(some, rng) for some in (windows[:-held], windows[-held:])]
    given, wanted = zip(*pairs, strict=True)
    arrays, _ = fit_autoencoder((given[0], given[1]), (wanted[0], wanted[1]), how, report, start=start, device=device)
    return arrays


def with_planted(windows: Windows, rng: np.random.Generator) -> tuple[Windows, Windows]:
    """Each window as it is and upside down, without and with an event planted in, and what should be made of it."""
    both = np.concatenate([windows, -windows])
    return np.concatenate([both, planted(both, rng)]), np.concatenate([both, both])


SPEC = DetectorSpec(
    name="lstm_autoencoder",
    label="LSTM autoencoder",
    help="Finds what a network that knows quiet stretches of many stars cannot give back, at every time scale.",
    kinds=(LightCurve,),
    version=1,
    params=LstmAutoencoderParams,
    build=LstmAutoencoder,
    threshold=THRESHOLD,
    finds=("dip", "flare", "outlier", "spike"),
    weights=WEIGHTS,
)
