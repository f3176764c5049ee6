"""``peculiar cache``: how much is kept of earlier runs, and its removal."""

import argparse
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import counted, say

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="the scores kept of earlier runs",
        description="The scores of earlier runs are kept so that the same question is answered at once. "
        "Deleting them costs time, never data.",
    )
    parser.add_argument("action", choices=("info", "clear"), help="tell their number, size and folder; delete them")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tell or clear; 0."""
    from desktop_app.engine.cache import ScoreCache
    from desktop_app.paths import cache_folder

    cache = ScoreCache(cache_folder())
    if arguments.action == "clear":
        say(f"{counted(cache.clear(), 'file')} removed from {cache.folder}")
        return 0
    entries, n_bytes = cache.size()
    say(f"Folder   {cache.folder}")
    say(f"Entries  {entries:,}")
    say(f"Size     {n_bytes / 1e6:,.1f} MB")
    return 0
