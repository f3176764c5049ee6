"""A network that was shown labelled faults of many channels and says of each sample how likely it is one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.series import Series
from desktop_app.core.channels.windows import LaidTogether, begins
from desktop_app.core.errors import FitError, ParamError, ReadError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.nets.channel_net import Lessons
from desktop_app.nets.classifier_windows import FEATURES, UNKNOWN, cut, examples_of, features_of
from desktop_app.nets.training import Arrays, Judge, Loss, load_arrays, seeded
from desktop_app.nets.weights import folder_of, load_weights, weights_hash

if TYPE_CHECKING:
    from torch import Tensor, nn

_AT_ONCE = 256
_TIME_SHARES = (0.6, 0.8)


class ChannelClassifierParams(Params):
    """The settings of network and windows."""

    window: int = setting(128, title="Window", help="Samples of a window.", unit="samples", ge=8, le=2048)
    stride: int = setting(
        64,
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
            examples_of(series, labels, params.window, params.stride, slice(0, first)),
            examples_of(series, labels, params.window, params.window, slice(first, second)),
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
            laid.add(some, probabilities(network, cut(features, some, window)))
        return grid.back(_smooth(laid.mean, params.smoothing, both=params.both), len(series))


def _smooth(said: Floats, width: int, *, both: bool) -> Floats:
    """The mean over ``width`` steps: about each, or up to it; over fewer at the ends."""
    n = said.size
    ahead = (width - 1) // 2 if both else 0
    place = np.arange(n)
    stop, start = np.minimum(place + ahead + 1, n), np.maximum(place + ahead + 1 - width, 0)
    total = np.concatenate([[0.0], np.cumsum(said)])
    return (total[stop] - total[start]) / (stop - start)


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
        return revived(arrays, params, threshold)
    except (RuntimeError, KeyError, ParamError) as error:
        raise ReadError(
            f"The weights in {folder_of(weights)} are not those of an LSTM classifier.",
            hint="Train them again with 'peculiar train lstm_classifier'.",
        ) from error


def revived(arrays: Arrays, params: ChannelClassifierParams, threshold: float) -> Trained:
    """The network with these weights."""
    network = seeded(lambda: classifier(params), 0)
    load_arrays(network, arrays)
    return Trained(network, params, threshold)


def judge_by(
    windows: NDArray[np.float32],
    wanted: NDArray[np.int64],
    judged: Callable[[Floats, Bools], tuple[float, Mapping[str, float]]],
) -> Judge:
    """A judge that asks ``judged`` about the probabilities and the truth of all steps with a label.

    Parameters
    ----------
    windows, wanted : ndarray
        As `examples_of` gives them.
    judged : callable
        Of what is said and what is true, both of shape (k,): how good that is, the smaller the better, and figures.
    """
    known = wanted >= 0
    truth = wanted[known] == 1

    def judge(network: "nn.Module") -> tuple[float, Mapping[str, float]]:
        return judged(probabilities(network, windows)[known], truth)

    return judge


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
