"""How fast a replay goes: by the clock of the data, times a speed."""

from math import inf, isfinite

import numpy as np

from desktop_app.core.telemetry import Telemetry

SPEEDS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
LONGEST_GAP = 10.0
"""In usual steps: a longer gap in the data is not waited for."""
MOST_ROWS = 500


class Pace:
    """How many rows are due: by the clock of the data, or a sample a second where they have none, times the speed.

    Parameters
    ----------
    data : Telemetry
    first : int
        The row to begin at.
    speed : float
        From 1 to 1000; infinite for as fast as it goes.
    """

    def __init__(self, data: Telemetry, first: int = 0, speed: float = 1.0) -> None:
        steps = np.diff(data.time)
        if data.clock == "samples":
            steps = np.ones(steps.size)
        usual = float(np.median(steps[steps > 0])) if np.any(steps > 0) else 1.0
        self._due = np.concatenate(([0.0], np.cumsum(np.minimum(steps, LONGEST_GAP * usual))))
        self._clock = float(self._due[first]) if len(data) else 0.0
        self.speed = speed

    def rows_due(self, row: int, elapsed_s: float, most: int = MOST_ROWS) -> int:
        """How many rows from ``row`` on are due ``elapsed_s`` after the last call, ``most`` at most.

        What is too much for one call is not made up for later: the replay is then as fast as it can.
        """
        if self.speed == inf:
            return min(most, self._due.size - row)
        self._clock += elapsed_s * self.speed
        due = int(np.searchsorted(self._due, self._clock, side="right")) - row
        if due > most:
            self._clock = float(self._due[row + most - 1])
        return max(0, min(due, most))

    def wait_s(self, row: int) -> float:
        """How long until the row ``row`` is due; 0 at the end."""
        if self.speed == inf or row >= self._due.size or not isfinite(self.speed):
            return 0.0
        return max(0.0, (float(self._due[row]) - self._clock) / self.speed)
