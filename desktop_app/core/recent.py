"""Keeps the last thing that was made of a data set, for as long as that lives."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import ref

Made = TypeVar("Made")


class Recent(Generic[Made]):
    """One entry: the last data set that was asked for, how, and what was made of it.

    Several detectors look at one curve after the other, and most of them want the same. May be asked by several
    threads; two that ask for the same at once may both make it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._data: Callable[[], object] = _nothing
        self._how: Hashable = None
        self._made: Made | None = None

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
        with self._lock:
            if self._data() is data and self._how == how and self._made is not None:
                return self._made
        made = make()
        with self._lock:
            self._data, self._how, self._made = ref(data, self._forget), how, made
        return made

    def _forget(self, gone: object) -> None:
        # Called by the collector, maybe while this very thread holds the lock: a busy entry is about to be replaced.
        if self._lock.acquire(blocking=False):
            if self._data is gone:
                self._data, self._how, self._made = _nothing, None, None
            self._lock.release()


def _nothing() -> None:
    return None
