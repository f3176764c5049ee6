"""Which files on the command line are stitched to one light curve."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import say, tell
from desktop_app.core.errors import UserError

if TYPE_CHECKING:
    from desktop_app.io.reader import FileSummary


def by_object(files: Sequence[Path], *, alone: frozenset[Path]) -> tuple[list[tuple[Path, ...]], int]:
    """The files of each object together, and how many files could not be read.

    Files that name no object belong together where they were named one by one; those ``alone``, which lie in a
    folder, do not. Of several products of one sector in a folder one is taken, and the others are told.
    """
    from desktop_app.io import summarise

    groups: dict[tuple[str, ...], list[FileSummary]] = {}
    failed = 0
    for path in files:
        try:
            summary = summarise(path)
        except UserError as error:
            failed += 1
            tell(error, str(path))
            continue
        named = (summary.object_name, summary.mission)
        key = (str(path),) if not summary.object_name and path in alone else named
        groups.setdefault(key, []).append(summary)
    return [_one_a_segment(group, alone) for group in groups.values()], failed


def _one_a_segment(group: "Sequence[FileSummary]", alone: frozenset[Path]) -> tuple[Path, ...]:
    from desktop_app.io.curves.together import one_a_segment

    paths = [summary.path for summary in group]
    if not alone.isdisjoint(paths):
        chosen = {summary.path for summary in one_a_segment(group, group[0])}
        for path in paths:
            if path not in chosen:
                say(f"{path}: left out, another file shows the same sector, quarter or campaign", sys.stderr)
        return tuple(path for path in paths if path in chosen)
    return tuple(paths)
