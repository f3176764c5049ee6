"""One line of the inspector."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """A label and what there is to say; ``heading`` starts a group."""

    label: str
    value: str
    heading: str = ""
