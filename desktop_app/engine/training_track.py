"""Writes the course of a training for others to show: TensorBoard's event files, offline runs of Weights & Biases."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from time import time
from typing import Any

from desktop_app.core.errors import ParamError
from desktop_app.engine.train import Epoch, Told

TRACKERS = ("tensorboard", "wandb")


@contextmanager
def tracked(names: Sequence[str], out: Path, model: str, settings: Mapping[str, object]) -> Iterator[Told]:
    """Something to tell epochs to, which writes them below ``out``; nothing is ever sent anywhere.

    Raises
    ------
    ParamError
        There is no such tracker, or it is not installed.
    """
    makers = {"tensorboard": _tensorboard, "wandb": _wandb}
    for name in names:
        if name not in makers:
            raise ParamError(f"There is no tracking called {name!r}.", hint=f"Choose from: {', '.join(TRACKERS)}.")
    with ExitStack() as stack:
        heard = [stack.enter_context(makers[name](out / name, model, settings)) for name in dict.fromkeys(names)]

        def told(epoch: Epoch) -> None:
            for one in heard:
                one(epoch)

        yield told


def _figures(epoch: Epoch) -> dict[str, float]:
    """What is written of an epoch, by name: "P-1/validation"."""
    before = f"{epoch.channel}/" if epoch.channel else ""
    figures = {"training": epoch.training, "validation": epoch.validation, "rate": epoch.rate, **epoch.figures}
    return {before + name: value for name, value in figures.items()}


@contextmanager
def _tensorboard(folder: Path, model: str, settings: Mapping[str, object]) -> Iterator[Told]:
    try:
        # The border to TensorBoard, which has no types.
        event: Any = import_module("tensorboard.compat.proto.event_pb2")
        summary: Any = import_module("tensorboard.compat.proto.summary_pb2")
        writers: Any = import_module("tensorboard.summary.writer.event_file_writer")
    except ImportError as error:
        raise ParamError("TensorBoard is not installed.", hint="pip install 'peculiar[tracking]' brings it.") from error
    folder.mkdir(parents=True, exist_ok=True)
    writer = writers.EventFileWriter(str(folder))

    def write(values: Sequence[object], step: int) -> None:
        writer.add_event(event.Event(wall_time=time(), step=step, summary=summary.Summary(value=values)))

    def told(epoch: Epoch) -> None:
        write(
            [summary.Summary.Value(tag=tag, simple_value=value) for tag, value in _figures(epoch).items()], epoch.epoch
        )

    try:
        write([_text(summary, "settings", _table(model, settings))], 0)
        yield told
    finally:
        writer.close()


def _text(summary: Any, tag: str, text: str) -> object:
    """A value of TensorBoard that its page of texts shows."""
    shapes: Any = import_module("tensorboard.compat.proto.tensor_shape_pb2")
    tensors: Any = import_module("tensorboard.compat.proto.tensor_pb2")
    shape = shapes.TensorShapeProto(dim=[shapes.TensorShapeProto.Dim(size=1)])
    tensor = tensors.TensorProto(dtype="DT_STRING", string_val=[text.encode()], tensor_shape=shape)
    plugin = summary.SummaryMetadata(plugin_data=summary.SummaryMetadata.PluginData(plugin_name="text"))
    return summary.Summary.Value(tag=tag, metadata=plugin, tensor=tensor)


def _table(model: str, settings: Mapping[str, object]) -> str:
    rows = [f"| {name} | {value} |" for name, value in {"model": model, **settings}.items()]
    return "\n".join(["| setting | value |", "|---|---|", *rows])


@contextmanager
def _wandb(folder: Path, model: str, settings: Mapping[str, object]) -> Iterator[Told]:
    try:
        wandb: Any = import_module("wandb")  # the border to wandb, whose types are of its own kind
    except ImportError as error:
        raise ParamError(
            "Weights & Biases is not installed.", hint="pip install 'peculiar[wandb]' brings it."
        ) from error
    # It makes a folder "wandb" by itself.
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Offline whatever the environment says: a person sends runs with "wandb sync", or not at all.
    run = wandb.init(
        project="peculiar",
        name=model,
        dir=str(folder.parent),
        mode="offline",
        config=dict(settings),
        settings=wandb.Settings(silent=True, console="off", disable_git=True, save_code=False),
    )

    def told(epoch: Epoch) -> None:
        run.log({"epoch": epoch.epoch, **_figures(epoch)})

    try:
        yield told
    finally:
        run.finish()


def together(*listeners: Callable[[Epoch], None]) -> Told:
    """Tells several what one is told."""

    def told(epoch: Epoch) -> None:
        for listener in listeners:
            listener(epoch)

    return told
