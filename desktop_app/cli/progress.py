"""The progress bar with the time that remains, where somebody watches; silence where nobody does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

ReportFile = Callable[[int, str, float, str], None]
"""``report(n_done, name, done, text)``: whole files done, the one at hand, how much of it, and what is being done."""
Note = Callable[[str], None]
"""One line above the bar, on standard error."""


@contextmanager
def progress(n_files: int) -> Iterator[tuple[ReportFile, Note]]:
    """A bar for ``n_files`` files as long as the block lasts."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    bar = Progress(
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )

    def report(n_done: int, name: str, done: float, text: str) -> None:
        bar.update(task, completed=n_done + done, description=f"{name}: {text}")

    def note(text: str) -> None:
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    with bar:
        task = bar.add_task("Reading", total=n_files)
        yield report, note
