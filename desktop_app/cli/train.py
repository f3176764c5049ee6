"""``peculiar train``: learns the weights of a network anew, from a person's own files."""

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from desktop_app.cli.arguments import add_settings
from desktop_app.cli.progress import Note
from desktop_app.cli.terminal import say
from desktop_app.core.errors import UserError
from desktop_app.core.progress import Report

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.engine.train import Told, TrainRequest


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="learn the weights of a detector from files of your own",
        description="Trains a network and writes its weights, and a card that says what they were trained on and how "
        "well they do. DATA is a folder of light curves, or telemetry: a file, an archive of channels, a folder of "
        "them; or a folder of stamps with a catalogue. Ctrl+C stops it; weights are written when the training is done. "
        "A training of telemetry or of stamps that was stopped or killed goes on where it was when the same command is "
        "given again.",
    )
    parser.add_argument(
        "model",
        metavar="DETECTOR",
        help="light curves: flares, lstm_autoencoder, vetting; telemetry: lstm_autoencoder, lstm_forecaster, "
        "lstm_classifier; stamps with a catalogue: mmae, which simulates its data where none are named",
    )
    parser.add_argument("data", type=Path, nargs="?", metavar="DATA", help="what to learn from")
    parser.add_argument("--data", type=Path, dest="folder", metavar="DIR", help="the same, by name")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where to write (default: a folder DETECTOR right here)"
    )
    parser.add_argument(
        "--dated", action="store_true", help="write into a folder of DIR that is called like this moment"
    )
    _add_settings(parser)
    parser.add_argument(
        "--channel", dest="channels", action="append", default=[], metavar="NAME", help="only this channel (repeatable)"
    )
    parser.add_argument("--columns", metavar="A,B", help="of stamps only these numbers of the catalogue")
    parser.add_argument("--jobs", type=int, metavar="N", help="channels trained at once (default: 1)")
    parser.add_argument("--no-resume", action="store_true", help="begin anew, whatever an earlier training has done")
    parser.add_argument(
        "--track",
        action="append",
        default=[],
        choices=("tensorboard", "wandb"),
        help="write the losses where these show them, below DIR; nothing is sent anywhere (repeatable)",
    )
    parser.add_argument("--log", type=Path, metavar="FILE", help="add a line for each epoch to this file")
    parser.add_argument("--verbose", "-v", action="store_true", help="show a line for each epoch")
    parser.set_defaults(run=run)


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE.yaml", help="settings from a file; words override it")
    add_settings(parser, "a setting, as training.rate=0.001 (repeatable)")
    parser.add_argument("--print-config", action="store_true", help="print all settings as such a file, and stop")
    parser.add_argument("--seed", type=int, help="the same seed gives the same weights (default: 0)")
    parser.add_argument("--epochs", type=int, metavar="N", help="at most so many turns through the data")
    parser.add_argument("--device", metavar="DEVICE", help="auto, cpu, cuda or mps (default: auto)")


def run(arguments: argparse.Namespace) -> int:
    """Train, and tell what came out; 0."""
    from desktop_app.cli.bugs import record_bug
    from desktop_app.cli.progress import progress
    from desktop_app.cli.work import ending_of, worker
    from desktop_app.engine.jobs import Failed, Finished

    request, notes = _request(arguments)
    if arguments.print_config:
        say(_settings_of(request))
        return 0
    began = perf_counter()
    with worker() as thread, progress(1) as (report, note), _listening(arguments, note) as told:
        for text in notes:
            note(text)
        match ending_of(partial(_card, request, told), thread, partial(report, 0, request.model)):
            case Finished(result=dict() as card):
                lines = _told(card, request.out, perf_counter() - began)
            case Failed(error=error):
                raise error if isinstance(error, UserError) else record_bug(error)
    for line in lines:
        say(line)
    return 0


def _request(arguments: argparse.Namespace) -> "tuple[TrainRequest, tuple[str, ...]]":
    """What is asked for, and what to say about how it was understood."""
    from desktop_app.engine.train import NO_DATA, TrainRequest, training_for
    from desktop_app.engine.training_file import TrainingFile, read_training_file
    from desktop_app.engine.training_kept import dated

    data = arguments.data or arguments.folder or NO_DATA
    if data == NO_DATA:
        training_for(arguments.model, data)
    said = read_training_file(arguments.config) if arguments.config else TrainingFile()
    words = {key: getattr(arguments, key) for key in ("seed", "epochs", "device", "columns")}
    given = {key: value for key, value in words.items() if value is not None}
    out, resume = arguments.out or Path(arguments.model), not arguments.no_resume
    request = TrainRequest(
        arguments.model,
        data,
        dated(out, resume=resume) if arguments.dated else out,
        {**said.settings, **dict(arguments.settings), **given},
        tuple(arguments.channels) or said.channels,
        arguments.jobs if arguments.jobs is not None else said.jobs or 1,
        resume,
        tuple(arguments.track) or said.track,
    )
    return request, said.notes


def _settings_of(request: "TrainRequest") -> str:
    from desktop_app.engine.train import training_for
    from desktop_app.engine.training_config import as_yaml, checked_settings

    params = training_for(request.model, request.data).params
    return as_yaml(checked_settings(params, request.settings))


@contextmanager
def _listening(arguments: argparse.Namespace, note: Note) -> "Iterator[Told]":
    """Who hears of epochs: the console where it was asked for, and the log."""
    from desktop_app.engine.training_log import line_of, training_log
    from desktop_app.engine.training_track import together

    listeners: list[Told] = [lambda epoch: note(line_of(epoch))] if arguments.verbose else []
    if arguments.log is None:
        yield together(*listeners)
        return
    with training_log(arguments.log) as log:
        log.say(f"Training {arguments.model} on {arguments.data or arguments.folder}")
        yield together(*listeners, log.told)


def _card(request: "TrainRequest", told: "Told", report: Report) -> Mapping[str, Any]:
    from desktop_app.engine.train import train

    return dict(train(request, report, told))


def _told(card: Mapping[str, Any], out: Path, seconds: float) -> list[str]:
    """What is said at the end: where the weights are, and how well they do on what they have not seen."""
    scores = card.get("scores")
    lines = [f"Weights and card written to {out} ({seconds:.0f} s)."]
    if isinstance(scores, Mapping):
        lines += [f"  {name.replace('_', ' ')}: {_number(value)}" for name, value in scores.items()]
    return lines


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
