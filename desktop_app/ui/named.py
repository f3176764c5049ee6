"""A widget with its name, its tip, its role in the style, and what a screen reader says."""

from typing import TypeVar

from PySide6.QtWidgets import QWidget

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str = "", *, label: str = "", tip: str = "", role: str = "") -> W:
    """``widget``, set up.

    Parameters
    ----------
    name : str
        The object name, by which layouts and tests find it.
    label : str
        The accessible name.
    tip : str
    role : str
        "title", "muted", "badge" or "primary": what the style sheet looks for.
    """
    widget.setObjectName(name)
    if label:
        widget.setAccessibleName(label)
    if tip:
        widget.setToolTip(tip)
    if role == "primary":
        widget.setProperty("primary", True)
    elif role:
        widget.setProperty("role", role)
    return widget
