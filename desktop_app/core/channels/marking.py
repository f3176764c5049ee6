"""Holds events against ground truth for the eye: which labels were found, and which events lie on none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Bools
from desktop_app.core.detection import Event
from desktop_app.core.telemetry import Interval


@dataclass(frozen=True, eq=False)
class Marking:
    """What became of labels and events; an event is right where it shares a row with a label of its channel.

    Attributes
    ----------
    found : ndarray of bool, shape (n labels,)
        Whether an event lies on the label.
    right : ndarray of bool, shape (n events,)
        Whether the event lies on a label.
    """

    found: Bools
    right: Bools

    @property
    def hits(self) -> int:
        """How many labels were found."""
        return int(self.found.sum())

    @property
    def missed(self) -> int:
        """How many labels were not."""
        return int((~self.found).sum())

    @property
    def false(self) -> int:
        """How many events lie on no label."""
        return int((~self.right).sum())


def marking(labels: Sequence[Interval], events: Sequence[Event]) -> Marking:
    """Which of ``labels`` have an event on them, and which of ``events`` a label.

    Parameters
    ----------
    labels : sequence of Interval
        Those without a channel are about every channel.
    events : sequence of Event
        Of telemetry.
    """
    start = np.array([event.start for event in events], np.int64)
    stop = np.array([event.stop for event in events], np.int64)
    channel = np.array([event.channel for event in events], dtype=np.str_)
    found, right = np.zeros(len(labels), bool), np.zeros(len(events), bool)
    for place, label in enumerate(labels):
        on = (start < label.stop) & (stop > label.start)
        if label.channel:
            on &= channel == label.channel
        found[place] = bool(on.any())
        right |= on
    return Marking(found, right)
