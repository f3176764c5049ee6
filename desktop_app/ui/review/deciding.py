"""A verdict on one or many stamps, as a step that can be taken back; taking it back is a further row of the journal."""

from collections.abc import Callable, Mapping

from PySide6.QtGui import QUndoCommand

from desktop_app.engine.verdicts import Entry

Apply = Callable[[Mapping[int, Entry]], None]


class Deciding(QUndoCommand):
    """Going from what stood to what was decided.

    Parameters
    ----------
    text : str
    apply : callable
        Takes rows of the journal by row of the set, shows them and has them written.
    before, after : callable
        Make the rows: of what stood, and of what was decided, given whether it is done for the first time.
    """

    def __init__(
        self,
        text: str,
        apply: Apply,
        before: Callable[[], Mapping[int, Entry]],
        after: Callable[[bool], Mapping[int, Entry]],
    ) -> None:
        super().__init__(text)
        self._apply, self._before, self._after = apply, before, after
        self._done = False

    def redo(self) -> None:
        """Decide."""
        self._apply(self._after(not self._done))
        self._done = True

    def undo(self) -> None:
        """Take it back."""
        self._apply(self._before())
