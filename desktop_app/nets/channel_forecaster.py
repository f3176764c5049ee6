"""A forecaster of one telemetry channel: what the last samples and commands let one expect of the next ones."""

from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.scaling import Scale
from desktop_app.core.channels.series import Series
from desktop_app.core.channels.windows import LaidTogether
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.nets.channel_columns import columns_of, of_training, training_scale
from desktop_app.nets.channel_net import Lessons
from desktop_app.nets.training import Loss

if TYPE_CHECKING:
    from torch import Tensor, nn

_AT_ONCE = 64


class ChannelForecasterParams(Params):
    """The settings of network and sequences."""

    history: int = setting(
        100, title="History", help="Samples that a forecast looks back on.", unit="samples", ge=8, le=1024
    )
    horizon: int = setting(
        10, title="Horizon", help="Samples that are forecast from each sample on.", unit="samples", ge=1, le=256
    )
    stride: int = setting(
        10,
        title="Stride",
        help="From the start of a sequence to that of the next, in training.",
        unit="samples",
        ge=1,
        le=1024,
    )
    commands: bool = setting(
        True, title="Commands", help="Tell the network the commands beside the value; they are never scored."
    )
    hidden: int = setting(24, title="Hidden", help="Cells of each LSTM.", ge=2, le=256, advanced=True)
    layers: int = setting(1, title="Layers", help="LSTMs on top of one another.", ge=1, le=4, advanced=True)


class ChannelForecaster:
    """Learns to say what comes next, as Hundman et al. 2018 (KDD) do; what comes otherwise is strange."""

    name = "lstm_forecaster"
    params: type[Params] = ChannelForecasterParams
    supervised = False

    def lessons(self, series: Series, labels: Bools | None, params: ChannelForecasterParams) -> Lessons:  # noqa: ARG002  learns without them
        """Sequences of the training stretch, the later ones to judge by."""
        length = params.history + params.horizon
        learn, judge = of_training(series, length, params.stride, commands=params.commands)
        return Lessons((learn,), (judge,))

    def build(self, series: Series, params: ChannelForecasterParams) -> "nn.Module":
        """The untrained network; it knows the scale of the training stretch."""
        commands = series.commands.shape[1] if params.commands else 0
        return _network(params, commands, training_scale(series))

    def loss(self, params: ChannelForecasterParams) -> Loss:
        """Huber's loss of all forecasts that look back on at least half of the history."""
        from torch.nn import functional

        history, horizon = params.history, params.horizon

        def mean_loss(network: "nn.Module", batch: "tuple[Tensor, ...]") -> "Tensor":
            (sequences,) = batch
            told = network(sequences[:, :history])[:, history // 2 :]
            wanted = sequences[:, history // 2 + 1 :, 0].unfold(1, horizon, 1)
            return functional.smooth_l1_loss(told, wanted)

        return mean_loss

    def says(self, network: "nn.Module", series: Series, params: ChannelForecasterParams, report: Report) -> Floats:
        """The mean of what the ``horizon`` samples before it let one expect of each sample, in the unit of the channel.

        The network runs over blocks, each with a history before it to find its feet: a forecast looks back on
        ``history`` samples or more, but at the very beginning, and never ahead.

        Parameters
        ----------
        network : nn.Module
        series : Series
        params : ChannelForecasterParams
        report : callable
            Told after each batch; memory does not grow with the length of the series.

        Returns
        -------
        ndarray, shape (n,)
            NaN where the channel has no value, and for the first one, of which nothing was known before.
        """
        import torch

        middle, width = (float(value) for value in network.get_buffer("scale"))
        scale = Scale(middle, width)
        columns = columns_of(series, scale, commands=params.commands)
        n, history, horizon = len(columns.values), params.history, params.horizon
        together = LaidTogether(n + history + horizon)
        block = max(history, 2 * horizon)
        begin = np.arange(0, n, block)
        with torch.no_grad():
            for low in range(0, len(begin), _AT_ONCE):
                report(low / len(begin), "Forecasting")
                some = begin[low : low + _AT_ONCE]
                # Before its first sample a channel is said to have stood as it begins.
                rows = np.clip(some[:, None] + np.arange(-history, block)[None, :], 0, n - 1)
                told = network(torch.from_numpy(columns.values[rows]))[:, history:].numpy()
                at = (some[:, None] + np.arange(block)[None, :]).ravel()
                real = at < n
                together.add(1 + at[real], told.reshape(-1, horizon)[real])
        return columns.grid.back(scale.back(together.mean[:n] / 2), len(series))


def _network(params: ChannelForecasterParams, commands: int, scale: Scale) -> "nn.Module":
    import torch
    from torch import nn

    class Forecaster(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.memory = nn.LSTM(1 + commands, params.hidden, params.layers, batch_first=True)
            self.out = nn.Linear(params.hidden, params.horizon)
            self.register_buffer("scale", torch.tensor((scale.middle, scale.width)))

        def forward(self, sequences: "Tensor") -> "Tensor":
            """What comes 1, 2, ... ``horizon`` samples after each; shape (w, steps, horizon)."""
            return self.out(self.memory(sequences)[0])

    return Forecaster()
