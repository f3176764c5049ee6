"""A recovery map on the terminal: a table in colours for a person, aligned plain text for a pipe."""

import sys
from collections.abc import Sequence

from desktop_app.cli.terminal import counted, say
from desktop_app.core.injection.results import RecoveryMap
from desktop_app.engine.inject_report import column_label, summary_of, table_of, width_name

_GOOD, _FAIR = 0.9, 0.5


def show_map(found: RecoveryMap) -> None:
    """Print ``found`` on standard output."""
    curves = found.names[0] if len(found.names) == 1 else counted(len(found.names), "light curve")
    what = found.plan.kind.value
    say(f"{len(found.tries):,} {what} injected into {curves}, {found.detector} at {found.threshold:g} sigma")
    say("Found, with 95 % intervals:")
    table = table_of(found)
    if sys.stdout.isatty():
        _show_rich(found, table)
    else:
        _show_plain(found, table)
    for line in summary_of(found):
        say(line)


def _show_plain(found: RecoveryMap, table: Sequence[Sequence[str]]) -> None:
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    if column_label(found.grid, 0):
        say(" " * widths[0] + "  " + width_name(found.grid))
    for row in table:
        first, *others = row
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        say("  ".join(cells).rstrip())


def _show_rich(found: RecoveryMap, table: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(markup=False, highlight=False)
    shown = Table(header_style="bold", box=SIMPLE_HEAD, show_edge=False, title=width_name(found.grid), title_style="")
    for place, head in enumerate(table[0]):
        shown.add_column(head, justify="right" if place else "left", no_wrap=True)
    share = found.cells().share[::-1]
    for place, row in enumerate(table[1:]):
        styles = [_style(value) for value in share[place]] if place < len(share) else ["bold"] * (len(row) - 1)
        cells = (Text(cell, style) for cell, style in zip(row[1:], styles, strict=True))
        shown.add_row(row[0], *cells)
    console.print(shown)


def _style(share: float) -> str:
    return "green" if share >= _GOOD else "yellow" if share >= _FAIR else "red"
