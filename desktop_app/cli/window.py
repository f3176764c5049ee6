"""``peculiar open``: the window; without a display, the samples are looked at on the terminal."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.columns import add_column_options, choice_in, open_chosen, say_remembered
from desktop_app.cli.display import has_display, why_no_window
from desktop_app.cli.terminal import say, tell
from desktop_app.core.errors import ParamError, UserError
from desktop_app.paths import resources

if TYPE_CHECKING:
    from argparse import _SubParsersAction

ShowWindow = Callable[[Sequence[Path], bool], int]
_LIST_OF_SAMPLES = "peculiar-samples-events.ecsv"


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="open files in the window (the default)",
        description="Opens the window with files or folders in it.",
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a light curve, or a folder of them")
    parser.add_argument(
        "--samples",
        action="store_true",
        help="open the samples that ship and find their events; without a display, list them on the terminal",
    )
    parser.add_argument("--labels", type=Path, help="a file of labelled stretches, shown in the telemetry opened")
    add_column_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show the window until it is closed; its exit status."""
    _choose_columns(arguments)
    _choose_labels(arguments)
    paths = [*arguments.files, *(_samples() if arguments.samples else ())]
    reason = why_no_window()
    if reason and arguments.samples:
        return _without_window(paths, reason)
    if reason:
        raise reason
    # Qt's loop never returns to Python to hear of Ctrl+C, so the system's own way holds while the window is open.
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        status: int = arguments.show_window(paths, arguments.samples)
    except ModuleNotFoundError:
        raise
    except ImportError as error:
        raise _not_loadable(error) from error
    finally:
        signal.signal(signal.SIGINT, before)
    return status


def _choose_columns(arguments: argparse.Namespace) -> None:
    """Keep what the options say of the columns, once every file was read by it: the window then opens them so."""
    choice = choice_in(arguments)
    files = [path for path in arguments.files if not path.is_dir()]
    if choice is None:
        return
    if not files:
        raise ParamError("Columns can be chosen for files only.", hint="Name a table.")
    for path in files:
        open_chosen(path, "default", choice)
    say_remembered()


def _choose_labels(arguments: argparse.Namespace) -> None:
    """Keep the labels for every file named, once it is known that they are about one of its parts."""
    if arguments.labels is None:
        return
    if not arguments.files:
        raise ParamError("Labels can be shown in telemetry only.", hint="Name the file that they are about.")
    from desktop_app.io.telemetry.labels import choose_labels

    for path in arguments.files:
        choose_labels(path, arguments.labels)


def _samples() -> list[Path]:
    folder = resources() / "samples"
    if not folder.is_dir():
        raise UserError("The samples are missing from this installation.", hint="Install Peculiar again.")
    return [folder]


def _without_window(paths: Sequence[Path], reason: UserError) -> int:
    from desktop_app.cli.detect import look_and_deliver
    from desktop_app.cli.looking import Request

    if has_display():
        tell(reason)
    say("No display, so the events of the samples are listed here instead of in the window.", sys.stderr)
    return look_and_deliver(paths, Request(out=_writable_place() / _LIST_OF_SAMPLES, always_show=True))


def _writable_place() -> Path:
    if os.access(Path.cwd(), os.W_OK):
        return Path.cwd()
    from platformdirs import user_data_path

    return user_data_path("peculiar", appauthor=False, ensure_exists=True)


def _not_loadable(error: ImportError) -> UserError:
    return UserError(
        f"No window can open: Qt does not load ({error}).",
        hint="Install the system library that it names, or use 'peculiar detect FILE', which needs no window.",
    )
