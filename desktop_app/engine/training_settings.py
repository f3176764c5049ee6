"""The settings that trainings of networks of channels share, and what becomes of them."""

from shlex import quote
from typing import TYPE_CHECKING, TypeVar

from desktop_app.core.params import Params, setting
from desktop_app.nets.channel_fitted import USUAL
from desktop_app.nets.device import Device
from desktop_app.nets.schedule import Fall, Optimiser, Schedule

if TYPE_CHECKING:
    from desktop_app.engine.train import TrainRequest

P = TypeVar("P", bound=Params)


class HowToTrain(Params):
    """How a network of a channel is trained."""

    epochs: int = setting(
        USUAL.epochs, title="Epochs", help="At most so many turns through the training data.", ge=1, le=10_000
    )
    batch: int = setting(USUAL.batch, title="Batch", help="Windows a step.", ge=1, le=100_000)
    rate: float = setting(USUAL.rate, title="Learning rate", help="How long steps are at the start.", ge=1e-7, le=10.0)
    patience: int = setting(
        USUAL.patience,
        title="Patience",
        help="Stop after so many epochs that were no better on validation.",
        ge=1,
        le=10_000,
    )
    optimiser: Optimiser = setting(
        USUAL.optimiser, title="Optimiser", help="How steps are made of gradients: adamw, adam or sgd.", advanced=True
    )
    schedule: Fall = setting(
        USUAL.fall,
        title="Schedule",
        help="How the learning rate falls: along a cosine, on a plateau of the validation loss, or not at all.",
        advanced=True,
    )
    last_rate: float = setting(
        USUAL.last_rate,
        title="Last rate",
        help="The learning rate at the end, or the smallest.",
        ge=0.0,
        le=10.0,
        advanced=True,
    )
    factor: float = setting(
        USUAL.factor,
        title="Factor",
        help="What a plateau multiplies the learning rate by.",
        ge=0.01,
        le=1.0,
        advanced=True,
    )
    wait: int = setting(
        USUAL.wait,
        title="Wait",
        help="So many epochs without a better one are no plateau yet.",
        ge=0,
        le=1000,
        advanced=True,
    )
    decay: float = setting(
        USUAL.decay, title="Weight decay", help="Pulls weights to zero.", ge=0.0, le=10.0, advanced=True
    )
    clip: float = setting(
        USUAL.clip, title="Clip", help="The longest gradient.", ge=0.0, le=1e6, zero="any", advanced=True
    )
    seed: int = setting(
        0, title="Seed", help="The same seed gives the same weights.", ge=0, le=2**32 - 1, advanced=True
    )
    device: Device = setting(
        Device.AUTO, title="Device", help="Where to compute; auto takes a GPU where there is one.", advanced=True
    )


def schedule_of(params: HowToTrain) -> Schedule:
    """The settings as the loop of training takes them."""
    return Schedule(
        epochs=params.epochs,
        batch=params.batch,
        rate=params.rate,
        last_rate=min(params.last_rate, params.rate),
        decay=params.decay,
        clip=params.clip,
        patience=params.patience,
        seed=params.seed,
        optimiser=params.optimiser,
        fall=params.schedule,
        factor=params.factor,
        wait=params.wait,
    )


def those_of(params: type[P], values: Params) -> P:
    """The fields of ``values`` that ``params`` has."""
    return params.model_validate({name: getattr(values, name) for name in params.model_fields})


def told_of(params: Params) -> dict[str, object]:
    """The settings as JSON takes them."""
    return params.model_dump(mode="json")


def command_of(request: "TrainRequest", params: HowToTrain) -> str:
    """The command that trains the same again."""
    usual = type(params)()
    words = ["peculiar", "train", request.model, request.data.name, f"--seed {params.seed}"]
    words += [f"--channel {quote(channel)}" for channel in request.channels]
    for name, value in told_of(params).items():
        if getattr(params, name) != getattr(usual, name) and name != "seed":
            words.append(f"--set {quote(f'{name}={value}')}")
    return " ".join(words)
