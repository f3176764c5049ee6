"""Keeps the last thing that was made of a data set, for as long as that lives."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import ref

Made = TypeVar("Made")


class Recent(Generic[Made]):
    """One entry: the last data set that was asked for, how, and what was made of it.

    Several detectors look at one curve after the other, and most of them want the same. May be asked by several
    threads; two that ask for the same at once may both make it. What was made hangs on the data set itself and goes
    with it: a function called by the collector would swallow a Ctrl+C that comes just then.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._data: Callable[[], object] = _nothing
        self._name = f"_recent_{id(self)}"

    def get(self, data: object, how: Hashable, make: Callable[[], Made]) -> Made:
        """What ``make`` made of ``data`` when it was asked for last and ``how`` was the same, or makes now.

        Parameters
        ----------
        data : object
            Compared by identity; it is not kept alive, so what is made must not hold it.
        how : hashable
            All else that the outcome depends on.
        make : callable
        """
        kept: tuple[Hashable, Made] | None = vars(data).get(self._name)
        if kept is not None and kept[0] == how:
            return kept[1]
        made = make()
        with self._lock:
            last = self._data()
            if last is not None:
                vars(last).pop(self._name, None)
            vars(data)[self._name] = how, made
            self._data = ref(data)
        return made


def _nothing() -> None:
    return None
