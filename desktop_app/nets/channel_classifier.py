"""A network that was shown labelled faults of many channels and says of each sample how likely it is one."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.scaling import Grid
from desktop_app.core.channels.series import Series
from desktop_app.core.channels.windows import LaidTogether, begins
from desktop_app.core.errors import FitError, ParamError, ReadError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.nets.channel_columns import columns_of, known_of, training_scale
from desktop_app.nets.channel_net import Lessons
from desktop_app.nets.training import Loss, load_arrays, seeded
from desktop_app.nets.weights import folder_of, load_weights, weights_hash

if TYPE_CHECKING:
    from torch import Tensor, nn

FEATURES = 4
UNKNOWN = -1
"""The label of steps that no sample stands at: they teach nothing."""
_SCATTER_STEPS = 32
_LEAST_STEP = 2e-3
_AT_ONCE = 256
_TIME_SHARES = (0.6, 0.8)


class ChannelClassifierParams(Params):
    """The settings of network and windows."""

    window: int = setting(128, title="Window", help="Samples of a window.", unit="samples", ge=8, le=2048)
    stride: int = setting(
        32,
        title="Stride",
        help="From the start of a window to that of the next, in training.",
        unit="samples",
        ge=1,
        le=2048,
    )
    hidden: int = setting(24, title="Hidden", help="Cells of each LSTM.", ge=2, le=512)
    layers: int = setting(2, title="Layers", help="LSTMs on top of one another.", ge=1, le=6)
    both: bool = setting(
        True, title="Both directions", help="Look at what comes after a sample as well as at what came before it."
    )
    dropout: float = setting(
        0.2, title="Dropout", help="Share of cells that are silenced in training.", ge=0.0, le=0.9, advanced=True
    )
    weight: float = setting(
        3.0,
        title="Class weight",
        help="How many times as much an anomalous sample counts as a nominal one.",
        ge=0.01,
        le=1000.0,
    )
    smoothing: int = setting(
        48,
        title="Smoothing",
        help="What is said of a sample is the mean over so many about it, so that one fault is one event.",
        unit="samples",
        ge=1,
        le=2048,
    )


class ChannelClassifier:
    """Projection, layer norm, stacked LSTMs and a head for each sample; one network for channels of every kind."""

    name = "lstm_classifier"
    params: type[Params] = ChannelClassifierParams
    supervised = True

    def lessons(self, series: Series, labels: Bools | None, params: ChannelClassifierParams) -> Lessons:
        """Windows of the earlier and the later part of the channel; no sample is in both.

        Raises
        ------
        FitError
            There are no labels, or too few samples.
        """
        if labels is None:
            raise FitError("The classifier learns from labels, and there are none.", hint="Load labels first.")
        first, second = (round(share * len(series)) for share in _TIME_SHARES)
        return Lessons(
            examples_of(series, labels, params, 0, first, stride=params.stride),
            examples_of(series, labels, params, first, second, stride=params.window),
        )

    def build(self, series: Series, params: ChannelClassifierParams) -> "nn.Module":  # noqa: ARG002  fits any channel
        """The untrained network: the same for every channel."""
        return classifier(params)

    def loss(self, params: ChannelClassifierParams) -> Loss:
        """Weighted cross-entropy of all samples with a label."""
        import torch

        def mean_loss(network: "nn.Module", batch: "tuple[Tensor, ...]") -> "Tensor":
            windows, wanted = batch
            weight = torch.tensor([1.0, params.weight], device=windows.device)
            said = network(windows).reshape(-1, 2)
            return torch.nn.functional.cross_entropy(said, wanted.reshape(-1), weight, ignore_index=UNKNOWN)

        return mean_loss

    def says(self, network: "nn.Module", series: Series, params: ChannelClassifierParams, report: Report) -> Floats:
        """How likely each sample is anomalous; shape (n,), NaN without value.

        The mean of all windows that cover it, and over the samples about it: up to it where only one direction is
        looked at.
        """
        grid, features = features_of(series)
        n = len(features)
        window = min(params.window, n)
        laid = LaidTogether(n)
        begin = begins(n, window, max(1, window // 2)) if n else np.zeros(0, np.int64)
        for low in range(0, len(begin), _AT_ONCE):
            report(low / len(begin), "Judging windows")
            some = begin[low : low + _AT_ONCE]
            laid.add(some, probabilities(network, _cut(features, some, window)))
        return grid.back(_smooth(laid.mean, params.smoothing, both=params.both), len(series))


def _smooth(said: Floats, width: int, *, both: bool) -> Floats:
    """The mean over ``width`` steps: about each, or up to it; over fewer at the ends."""
    n = said.size
    ahead = (width - 1) // 2 if both else 0
    place = np.arange(n)
    stop, start = np.minimum(place + ahead + 1, n), np.maximum(place + ahead + 1 - width, 0)
    total = np.concatenate([[0.0], np.cumsum(said)])
    return (total[stop] - total[start]) / (stop - start)


def features_of(series: Series) -> tuple[Grid, NDArray[np.float32]]:
    """What the network sees at each even step, in units of the channel's own training; shape (m, 4).

    The value, its change from the step before, how much it scatters over the last steps, and how far it lies outside
    of the training's range. What is beside each other in other channels, the commands, is not looked at, so files
    may have any number of columns. Nothing looks ahead.
    """
    scale, known = training_scale(series), known_of(series)
    columns = columns_of(series, scale, commands=False)
    usual = columns_of(known, scale, commands=False).values[:, 0].astype(np.float64)
    value = columns.values[:, 0].astype(np.float64)
    step = max(float(np.median(np.abs(np.diff(usual)))) if usual.size > 1 else 0.0, _LEAST_STEP)
    scatter = max(float(np.median(_scatter(usual))) if usual.size else 0.0, _LEAST_STEP)
    change = np.diff(value, prepend=value[:1]) / step
    low, high = (float(usual.min()), float(usual.max())) if usual.size else (0.0, 0.0)
    outside = np.maximum(np.maximum(low - value, value - high), 0.0)
    features = (
        value,
        np.sign(change) * np.log1p(np.abs(change)) / 3,
        np.clip(np.log2((_scatter(value) + _LEAST_STEP) / (scatter + _LEAST_STEP)) / 4, -3, 3),
        np.log1p(10 * outside),
    )
    return columns.grid, np.stack(features, axis=1).astype(np.float32)


def _scatter(value: Floats) -> Floats:
    """The standard deviation over the last steps up to each, fewer at the beginning; shape (m,)."""
    count = np.minimum(np.arange(1, value.size + 1), _SCATTER_STEPS)

    def mean(of: Floats) -> Floats:
        total = np.concatenate([[0.0], np.cumsum(of)])
        return (total[1:] - total[np.arange(1, value.size + 1) - count]) / count

    calm = value - value.mean() if value.size else value
    return np.sqrt(np.maximum(mean(calm**2) - mean(calm) ** 2, 0.0))


def examples_of(
    series: Series, labels: Bools, params: ChannelClassifierParams, start: int, stop: int, *, stride: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Windows that lie wholly within the samples ``start:stop``, and what each of their steps is.

    Parameters
    ----------
    series : Series
    labels : ndarray of bool, shape (n,)
    params : ChannelClassifierParams
    start, stop : int
        Rows of the series.
    stride : int

    Returns
    -------
    windows : ndarray of float32, shape (w, length, 4)
    wanted : ndarray of int64, shape (w, length)
        1 for anomalous, 0 for nominal, -1 where nothing is known.
    """
    grid, features = features_of(series)
    wanted = np.full(len(features), UNKNOWN, np.int64)
    wanted[grid.places] = labels[grid.rows]
    inside = np.flatnonzero((grid.rows >= start) & (grid.rows < stop))
    window = params.window
    empty = np.zeros((0, window, FEATURES), np.float32), np.zeros((0, window), np.int64)
    if not inside.size:
        return empty
    low, high = int(grid.places[inside[0]]), int(grid.places[inside[-1]]) + 1
    if high - low < window:
        return empty
    begin = low + begins(high - low, window, stride)
    begin = begin[grid.windows(window)[begin]]
    return _cut(features, begin, window), wanted[begin[:, None] + np.arange(window)[None, :]]


def _cut(features: NDArray[np.float32], begin: NDArray[np.int64], window: int) -> NDArray[np.float32]:
    return features[begin[:, None] + np.arange(window)[None, :]]  # (w, window, 4)


def probabilities(network: "nn.Module", windows: NDArray[np.float32]) -> Floats:
    """How likely each step of ``windows`` is anomalous; shape (w, length)."""
    import torch

    network.eval()
    device = next(network.parameters()).device
    said = np.empty(windows.shape[:2])
    with torch.no_grad():
        for low in range(0, len(windows), _AT_ONCE):
            some = torch.from_numpy(np.ascontiguousarray(windows[low : low + _AT_ONCE])).to(device)
            said[low : low + _AT_ONCE] = torch.softmax(network(some), dim=2)[:, :, 1].cpu().numpy()
    return said


@dataclass(frozen=True, eq=False)
class Trained:
    """A classifier on disk.

    Attributes
    ----------
    network : nn.Module
    params : ChannelClassifierParams
        What it was trained with.
    threshold : float
        The probability from which on samples are flagged, as it was chosen on validation data.
    """

    network: "nn.Module"
    params: ChannelClassifierParams
    threshold: float


def load_classifier(weights: str) -> Trained:
    """The classifier that ships, or that a user trained; read again only where it has changed.

    Raises
    ------
    FitError
        There is none: it has to be trained first.
    ReadError
        The weights cannot be read, or are those of something else.
    """
    if not (folder_of(weights) / "card.json").is_file():
        raise FitError(
            f"The LSTM classifier learns from labelled faults, and there are no weights of it in {weights}.",
            hint="Train it (peculiar train lstm_classifier DATA --out FOLDER) and put FOLDER into the setting Weights.",
        )
    return _loaded(weights, weights_hash(weights))


@lru_cache(maxsize=4)
def _loaded(weights: str, _hash: str) -> Trained:
    arrays, card = load_weights(weights)
    told, threshold = card.get("settings"), card.get("threshold")
    try:
        if not isinstance(told, dict) or not isinstance(threshold, float):
            raise KeyError("settings")
        params = ChannelClassifierParams.checked({name: told[name] for name in ChannelClassifierParams.model_fields})
        network = seeded(lambda: classifier(params), 0)
        load_arrays(network, arrays)
    except (RuntimeError, KeyError, ParamError) as error:
        raise ReadError(
            f"The weights in {folder_of(weights)} are not those of an LSTM classifier.",
            hint="Train them again with 'peculiar train lstm_classifier'.",
        ) from error
    return Trained(network, params, threshold)


def classifier(params: ChannelClassifierParams) -> "nn.Module":
    """The untrained network."""
    from torch import nn

    class Classifier(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.project = nn.Linear(FEATURES, params.hidden)
            self.norm = nn.LayerNorm(params.hidden)
            drop = params.dropout if params.layers > 1 else 0.0
            self.lstm = nn.LSTM(
                params.hidden, params.hidden, params.layers, batch_first=True, dropout=drop, bidirectional=params.both
            )
            self.drop = nn.Dropout(params.dropout)
            self.narrow = nn.Linear(params.hidden * (2 if params.both else 1), params.hidden)
            self.out = nn.Linear(params.hidden, 2)

        def forward(self, windows: "Tensor") -> "Tensor":
            states, _ = self.lstm(self.norm(self.project(windows)))
            logits: Tensor = self.out(nn.functional.relu(self.narrow(self.drop(states))))
            return logits

    return Classifier()
