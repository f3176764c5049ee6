"""Peculiar: finds what does not belong in a light curve.

>>> from desktop_app import detect, events, open_file
>>> found = detect(open_file("star.fits"))
>>> table = events(found)
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.core.stitch import stitch
    from desktop_app.engine.detect import detect
    from desktop_app.engine.events import events_of as events
    from desktop_app.export import write_events
    from desktop_app.io import open_curve, open_file

__all__ = ["detect", "events", "open_curve", "open_file", "stitch", "write_events"]

_HOMES = {
    "detect": ("desktop_app.engine.detect", "detect"),
    "events": ("desktop_app.engine.events", "events_of"),
    "open_curve": ("desktop_app.io", "open_curve"),
    "open_file": ("desktop_app.io", "open_file"),
    "stitch": ("desktop_app.core.stitch", "stitch"),
    "write_events": ("desktop_app.export", "write_events"),
}


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for: numpy and pydantic cost more than ``peculiar --help``."""
    if name == "__version__":
        from desktop_app.paths import version

        return version()
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)
