"""Choices that can be taken back."""

from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

from PySide6.QtGui import QUndoCommand

T = TypeVar("T")
MERGE_WITHIN_S = 1.0


class Choice(QUndoCommand, Generic[T]):
    """One setting going from ``old`` to ``new``; moves of the same setting in quick succession are one step.

    Parameters
    ----------
    number : int
        The same for all choices of one setting; -1 where they never merge.
    """

    def __init__(self, text: str, number: int, apply: Callable[[T], None], old: T, new: T) -> None:
        super().__init__(text)
        self._number = number
        self._apply = apply
        self._old = old
        self._new = new
        self._made_s = monotonic()

    def id(self) -> int:
        """What Qt merges by."""
        return self._number

    def redo(self) -> None:
        """Make the choice."""
        self._apply(self._new)

    def undo(self) -> None:
        """Take it back."""
        self._apply(self._old)

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take up ``other``, which was made just after this one."""
        if not isinstance(other, Choice) or other._made_s - self._made_s > MERGE_WITHIN_S:
            return False
        self._new = other._new
        self._made_s = other._made_s
        return True
