"""How work tells its progress and hears that it is cancelled."""

from collections.abc import Callable

Report = Callable[[float, str], None]
"""``report(done, text)`` with ``done`` in [0, 1]; raises `JobCancelled` where the user has cancelled."""


class JobCancelled(BaseException):
    """Unwinds cancelled work.

    Not an `Exception`: scikit-learn would turn a cancel into "the model is misconfigured".
    """


def silent(_done: float, _text: str) -> None:
    """A report that nobody listens to."""


def part(report: Report, start: float, stop: float) -> Report:
    """A report whose [0, 1] is the stretch [start, stop] of ``report``."""

    def reported(done: float, text: str) -> None:
        report(start + (stop - start) * done, text)

    return reported
