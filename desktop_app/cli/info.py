"""``peculiar info``: what a file or folder is, what it is made of, and which of its rows are hidden and why."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.columns import add_column_options, choice_in, say_remembered
from desktop_app.cli.terminal import say, tell
from desktop_app.core.errors import ParamError, UserError
from desktop_app.core.quality import PRESETS

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.engine.inside import Inside

_ALL_HEADERS = ""


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="tell what files hold",
        description="Tells object, times, quality flags and columns of light curves; size, sky and date of images; "
        "channels of telemetry; and of every file what it is made of and whether its checksums agree. "
        "A folder that is no data set by itself is a table of its files.",
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a file or a folder")
    parser.add_argument("--part", metavar="NAME", help="the extension, frame or channel to tell of")
    parser.add_argument(
        "--quality", choices=PRESETS, default="default", help="which QUALITY bits hide a row (default: %(default)s)"
    )
    parser.add_argument(
        "--header",
        nargs="?",
        const=_ALL_HEADERS,
        metavar="HDU",
        help="also the header cards, of all HDUs or of the one with this name or number",
    )
    parser.add_argument("--search", metavar="TEXT", help="only the header cards that hold TEXT")
    parser.add_argument("--json", action="store_true", help="a JSON list with one object a file, for programs")
    parser.add_argument("--all", action="store_true", help="count and check everything, however long it takes")
    add_column_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Describe each file; 1 where one of them cannot be read."""
    files, header = _files_and_header(arguments)
    if header is None and arguments.search:
        header = _ALL_HEADERS
    failed = False
    told: list[dict[str, object]] = []
    for path in files:
        inside = _inside(path, arguments)
        failed |= inside.error is not None
        if arguments.json:
            from desktop_app.cli.info_json import as_json

            told.append(as_json(inside, header, arguments.search or ""))
        else:
            _show(inside, header, arguments.search or "")
    if arguments.json:
        import json

        say(json.dumps(told, indent=1, ensure_ascii=False))
    return int(failed)


def _files_and_header(arguments: argparse.Namespace) -> tuple[list[Path], str | None]:
    """The files, and whose header is wanted: in ``--header a.fits`` the word after it is a file."""
    files, header = list(arguments.files), arguments.header
    if header and not files and Path(header).exists():
        files, header = [Path(header)], _ALL_HEADERS
    if not files:
        raise ParamError("No file is named.", hint="Give the name of a file: peculiar info FILE")
    return files, header


def _inside(path: Path, arguments: argparse.Namespace) -> "Inside":
    from desktop_app.engine.inside import look_inside

    choice = choice_in(arguments)
    inside = look_inside(path, part=arguments.part, quality=arguments.quality, columns=choice, whole=arguments.all)
    if choice is not None and inside.error is None:
        from desktop_app.io.tables.mapping import remember_for

        remember_for(path, choice)
        say_remembered()
    return inside


def _show(inside: "Inside", header: str | None, search: str) -> None:
    from desktop_app.cli.info_view import card_lines, lines

    if inside.error is not None:
        _tell(inside.error, inside.path)
    if inside.error is None or inside.anatomy is not None:
        _say_all(lines(inside))
        if header is not None:
            _say_all(card_lines(inside, header, search))
        say("")


def _tell(error: UserError, path: Path) -> None:
    if isinstance(error, ParamError):
        raise error
    tell(error, str(path))


def _say_all(texts: Iterator[str]) -> None:
    for text in texts:
        say(text)
