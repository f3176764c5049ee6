"""Plain lines on the terminal: what is said, and what went wrong."""

import sys
from typing import TextIO

from desktop_app.core.errors import ColumnsUnclear, UserError


def say(text: str, stream: TextIO | None = None) -> None:
    """One line on ``stream``; standard output where not given."""
    (stream or sys.stdout).write(f"{text}\n")


def tell(error: UserError, about: str = "") -> None:
    """The sentence of ``error`` and the way out, on standard error.

    Parameters
    ----------
    about : str
        The file it happened with; left out where the sentence names it.
    """
    where = f"{about}: " if about and about not in error.message else ""
    say(f"peculiar: {where}{error.message}", sys.stderr)
    if error.hint:
        say(f"  {error.hint}", sys.stderr)
    if isinstance(error, ColumnsUnclear) and error.can_be_told:
        say("  Columns can be named: --time COLUMN --flux COLUMN.", sys.stderr)


def counted(n: int, what: str) -> str:
    """``n`` things: "1 event", "1,234 events"."""
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"
