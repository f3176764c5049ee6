"""An autoencoder of one telemetry channel: the value comes through a narrow middle, the commands stand beside it."""

from typing import TYPE_CHECKING

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.scaling import Scale
from desktop_app.core.channels.series import Series
from desktop_app.core.channels.windows import LaidTogether, begins
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.nets.channel_columns import columns_of, of_training, training_scale
from desktop_app.nets.channel_net import Lessons
from desktop_app.nets.training import Loss

if TYPE_CHECKING:
    from torch import Tensor, nn

_AT_ONCE = 256


class ChannelAutoencoderParams(Params):
    """The settings of network and windows."""

    window: int = setting(64, title="Window", help="Samples of a window.", unit="samples", ge=8, le=1024)
    stride: int = setting(
        8, title="Stride", help="From the start of a window to that of the next.", unit="samples", ge=1, le=1024
    )
    commands: bool = setting(
        True, title="Commands", help="Tell the network the commands beside the value; they are never scored."
    )
    hidden: int = setting(16, title="Hidden", help="Cells of each LSTM.", ge=2, le=256, advanced=True)
    layers: int = setting(
        1, title="Layers", help="LSTMs on top of one another, on both sides of the middle.", ge=1, le=4, advanced=True
    )


class ChannelAutoencoder:
    """Learns to give back the value of usual windows; what it cannot give back is strange."""

    name = "lstm_autoencoder"
    params: type[Params] = ChannelAutoencoderParams
    supervised = False

    def lessons(self, series: Series, labels: Bools | None, params: ChannelAutoencoderParams) -> Lessons:  # noqa: ARG002  learns without them
        """Windows of the training stretch, the later ones to judge by."""
        learn, judge = of_training(series, params.window, params.stride, commands=params.commands)
        return Lessons((learn,), (judge,))

    def build(self, series: Series, params: ChannelAutoencoderParams) -> "nn.Module":
        """The untrained network; it knows the scale of the training stretch."""
        commands = series.commands.shape[1] if params.commands else 0
        return _network(params, commands, training_scale(series))

    def loss(self, params: ChannelAutoencoderParams) -> Loss:  # noqa: ARG002  as all networks of channels
        """Huber's loss of the value alone, however many commands there are."""
        return _loss

    def says(self, network: "nn.Module", series: Series, params: ChannelAutoencoderParams, report: Report) -> Floats:
        """What the network makes of each sample, in the unit of the channel: the mean of the windows that cover it.

        Parameters
        ----------
        network : nn.Module
        series : Series
        params : ChannelAutoencoderParams
        report : callable
            Told after each batch; memory does not grow with the length of the series.

        Returns
        -------
        ndarray, shape (n,)
            NaN where the channel has no value.
        """
        import torch

        scale = _scale_in(network)
        columns = columns_of(series, scale, commands=params.commands)
        n = len(columns.values)
        if n == 0:
            return np.full(len(series), np.nan)
        window = min(params.window, n)
        begin, together = begins(n, window, params.stride), LaidTogether(n)
        with torch.no_grad():
            for low in range(0, len(begin), _AT_ONCE):
                report(low / len(begin), "Reconstructing")
                some = begin[low : low + _AT_ONCE]
                made = network(torch.from_numpy(columns.windows(some, window)))
                together.add(some, made.numpy())
        return columns.grid.back(scale.back(together.mean / 2), len(series))


def _loss(network: "nn.Module", batch: "tuple[Tensor, ...]") -> "Tensor":
    from torch.nn import functional

    (windows,) = batch
    return functional.smooth_l1_loss(network(windows), windows[:, :, 0])


def _scale_in(network: "nn.Module") -> Scale:
    middle, width = (float(value) for value in network.get_buffer("scale"))
    return Scale(middle, width)


def _network(params: ChannelAutoencoderParams, commands: int, scale: Scale) -> "nn.Module":
    import torch
    from torch import nn

    code = max(2, params.hidden // 2)

    class Autoencoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = nn.LSTM(1 + commands, params.hidden, params.layers, batch_first=True)
            self.squeeze = nn.Linear(params.hidden, code)
            # The decoder is told how far it has come and what was commanded: neither has to pass through the middle.
            self.decoder = nn.LSTM(code + 1 + commands, params.hidden, params.layers, batch_first=True)
            self.out = nn.Linear(params.hidden, 1)
            self.register_buffer("scale", torch.tensor((scale.middle, scale.width)))

        def forward(self, windows: "Tensor") -> "Tensor":
            _, (last, _) = self.encoder(windows)
            told = torch.tanh(self.squeeze(last[-1]))
            n, steps = windows.shape[:2]
            moments = torch.linspace(-1.0, 1.0, steps, device=windows.device).expand(n, steps)[:, :, None]
            every = torch.cat([told[:, None, :].expand(n, steps, code), moments, windows[:, :, 1:]], dim=2)
            return self.out(self.decoder(every)[0])[:, :, 0]

    return Autoencoder()
