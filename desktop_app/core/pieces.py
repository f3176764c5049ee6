"""Work on a large array in pieces, by several threads."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

MUCH = 300_000
_THREADS = min(8, os.cpu_count() or 1)


def in_pieces(doing: Callable[[int], None], starts: range, size: int) -> None:
    """Call ``doing`` for each of ``starts``; by several threads where there is much to do.

    Pieces stay in the processor's cache, and numpy lets other threads run while it works on one.
    """
    if size < MUCH:
        for first in starts:
            doing(first)
        return
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="reduction") as pool:
        for _ in pool.map(doing, starts):
            pass
