"""Loops that numba compiles when they are first called, and keeps compiled for later runs."""

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_one_at_a_time = Lock()


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` as machine code; plain Python until the first call, so that importing it costs nothing.

    The code lets go of Python's lock while it runs, so a window stays alive beside it, and is kept on disk. The
    function itself, for tests that want to compare, is ``compiled(function).__wrapped__``.

    Parameters
    ----------
    function : callable
        A loop over arrays and numbers that numba understands; it may call no function but numpy's and `math`'s.
    """
    made: list[Callable[P, R]] = []

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not made:
            with _one_at_a_time:
                if not made:
                    from numba import njit

                    made.append(njit(cache=True, nogil=True)(function))
        return made[0](*args, **kwargs)

    return call
