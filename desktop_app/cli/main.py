"""From words on the command line to an exit status: 0, 1 for an error, 2 for a wrong call, 130 for Ctrl+C."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop_app.cli import (
    cache,
    columns,
    detect,
    detectors,
    evaluate,
    info,
    inject,
    known,
    replay,
    samples,
    scan,
    train,
    verdicts,
    window,
)
from desktop_app.cli.bugs import record_bug
from desktop_app.cli.terminal import say, tell
from desktop_app.core.errors import ParamError, UserError
from desktop_app.paths import version

_COMMANDS = {
    "open": window,
    "detect": detect,
    "info": info,
    "samples": samples,
    "scan": scan,
    "cache": cache,
    "columns": columns,
    "detectors": detectors,
    "evaluate": evaluate,
    "inject": inject,
    "known": known,
    "replay": replay,
    "train": train,
    "verdicts": verdicts,
}


def run(words: Sequence[str], show_window: window.ShowWindow) -> int:
    """Do what ``words`` ask for; the exit status.

    Parameters
    ----------
    words : sequence of str
        The command line without the program's name.
    show_window : callable
        ``show_window(paths, detect_on_open)`` opens the window and returns when it is closed.
    """
    _never_fail_on_a_letter()
    arguments = _parser().parse_args(_with_command(words))
    arguments.show_window = show_window
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except ParamError as error:
        tell(error)
        return 2
    except UserError as error:
        tell(error)
        return 1
    except KeyboardInterrupt:
        say("Stopped.", sys.stderr)
        return detect.INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has gone; what Python flushes at its end must go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the edge of the program: a bug is written down, not thrown at a person
        tell(record_bug(error))
        return 1
    return status


def _never_fail_on_a_letter() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _with_command(words: Sequence[str]) -> list[str]:
    """No command means the window; files without a command, as a desktop hands them over, are opened in it."""
    if not words or (words[0] not in _COMMANDS and Path(words[0]).exists()):
        return ["open", *words]
    return list(words)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="peculiar",
        description="Finds what does not belong in a light curve. Without a command the window opens.",
        epilog="'peculiar COMMAND --help' explains a command.",
    )
    parser.add_argument("--version", action="version", version=f"Peculiar {version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, module in _COMMANDS.items():
        module.add_to(commands, name)
    return parser
