"""The network for a channel in hand: with the weights on disk that were trained on it, or trained here and now."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.series import Series
from desktop_app.core.errors import ReadError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.nets.channel_net import ChannelNet, revive, train_channel
from desktop_app.nets.channel_weights import load_channel, loaded_channels, training_digest
from desktop_app.nets.device import Device, chosen_device, one_thread
from desktop_app.nets.training import Arrays, Schedule
from desktop_app.nets.weights import folder_of

if TYPE_CHECKING:
    from torch import nn

USUAL = Schedule(epochs=20, batch=32, rate=5e-3, patience=5)
"""How networks of one channel are trained where nobody says otherwise."""


class TrainedHereParams(Params):
    """The settings of a network that is trained on the channel in hand, unless there are weights for it."""

    epochs: int = setting(
        USUAL.epochs, title="Epochs", help="At most so many turns through the training stretch.", ge=1, le=1000
    )
    weights: str = setting(
        "",
        title="Weights",
        help="A folder that 'peculiar train' wrote, whose own settings of the network then count; nothing for those "
        "that come with the program.",
        advanced=True,
    )
    device: Device = setting(
        Device.CPU,
        title="Device",
        help="Where to train: networks of one channel are small, so cpu is fast.",
        advanced=True,
    )
    seed: int = setting(
        USUAL.seed, title="Seed", help="The same seed gives the same scores.", ge=0, le=2**32 - 1, advanced=True
    )


@dataclass(frozen=True, eq=False)
class Fitted:
    """A network that knows what is usual in a channel.

    Attributes
    ----------
    net : ChannelNet
    network : nn.Module
    params : Params
        The settings it was trained with, of the type that ``net`` takes.
    notes : tuple of str
        What a person should know about how it came to be.
    """

    net: ChannelNet
    network: "nn.Module"
    params: Params
    notes: tuple[str, ...] = ()

    def says(self, series: Series, report: Report) -> Floats:
        """What it expects of each sample, in the unit of the channel, as `ChannelNet.says`."""
        with one_thread():
            return self.net.says(self.network, series, self.params, report)


def fitted(net: ChannelNet, series: Series, params: TrainedHereParams, shipped: str, report: Report) -> Fitted:
    """The network for one channel.

    Weights on disk are taken where they hold this channel, trained on the very stretch that it has; those that ship
    only where the settings are theirs.

    Parameters
    ----------
    net : ChannelNet
    series : Series
    params : TrainedHereParams
        With the settings of ``net`` as well.
    shipped : str
        The model that ships.
    report : callable
        Told after every step of training; where it raises, the training ends at once.

    Raises
    ------
    FitError
        There is too little to learn from.
    ReadError
        The weights that the settings name cannot be read, or are not of this network.
    """
    named, notes = params.weights, []
    if named or (folder_of(shipped) / "card.json").is_file():
        arrays = load_channel(named or shipped, series.channel.name, training_digest(series))
        made_with = _settings_in(named or shipped)
        own = _settings_of(net, {**params.model_dump(), **made_with} if named else params.model_dump())
        if arrays is not None and (named or _are_theirs(params, made_with)):
            return Fitted(net, _revived(net, series, own, arrays, named or shipped), own)
        if named:
            notes.append(f"{named} holds no weights for it: they were trained anew.")
    own = _settings_of(net, params.model_dump())
    if series.training is None:
        notes.append("There is no training stretch: the network learnt from the first part of the data.")
    how = Schedule(params.epochs, USUAL.batch, USUAL.rate, patience=USUAL.patience, seed=params.seed)
    arrays, _ = train_channel(net, series, own, how, report, device=chosen_device(params.device))
    return Fitted(net, revive(net, series, own, arrays), own, tuple(notes))


def _settings_in(weights: str) -> dict[str, Any]:
    found = loaded_channels(weights)[1].get("settings", {})
    return dict(found) if isinstance(found, dict) else {}


def _settings_of(net: ChannelNet, values: dict[str, Any]) -> Params:
    return net.params.checked({name: values[name] for name in net.params.model_fields})


def _are_theirs(params: Params, made_with: dict[str, Any]) -> bool:
    """Whether training with ``params`` would give these weights."""
    told = params.model_dump(mode="json")
    return all(told[name] == value for name, value in made_with.items() if name in told and name != "device")


def _revived(net: ChannelNet, series: Series, own: Params, arrays: Arrays, weights: str) -> "nn.Module":
    try:
        return revive(net, series, own, arrays)
    except (RuntimeError, KeyError) as error:
        raise ReadError(
            f"The weights in {folder_of(weights)} are not those of a network called {net.name}.",
            hint="Train them again with 'peculiar train'.",
        ) from error
