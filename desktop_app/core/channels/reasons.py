"""Tells a person in short phrases, with numbers and units, why a stretch of a channel does not belong."""

import numpy as np

from desktop_app.core.channels.evidence import Evidence
from desktop_app.core.channels.kinds import calmer, crept, dropped, froze, louder, misses_cycle, shift_of, spiked
from desktop_app.core.channels.nominal import Nominal
from desktop_app.core.telemetry import Channel

_TOLD_SIGMAS = 100.0
_ALIKE = 0.02
_SECONDS = ((86400.0, "d"), (3600.0, "h"), (60.0, "min"))


def span_text(samples: int, cadence_s: float) -> str:
    """How long so many samples last: "40 min", or "80 samples" where the data have no times."""
    if not cadence_s > 0.0:
        return f"{samples:,} sample{'s' if samples != 1 else ''}"
    seconds = samples * cadence_s
    size, unit = next((pair for pair in _SECONDS if seconds >= 2 * pair[0]), (1.0, "s"))
    return f"{seconds / size:.3g} {unit}"


class Teller:
    """The phrases about the stretches of one channel.

    Parameters
    ----------
    found : Evidence
    nominal : Nominal
    channel : Channel
    cadence_s : float
        NaN where the rows have no times.
    """

    def __init__(self, found: Evidence, nominal: Nominal, channel: Channel, cadence_s: float) -> None:
        self._found, self._nominal, self._channel, self._cadence_s = found, nominal, channel, cadence_s
        self._since = "training" if nominal.trained else "the rest"
        shift, shifted, stays = shift_of(found, nominal)
        self._shift = shift
        self._alike = max(_ALIKE * nominal.spread, 2 * nominal.sigma)
        self._fits = {
            "dropout": dropped(found, nominal),
            "spike": spiked(found),
            "frozen": froze(found, nominal),
            "noise": louder(found) | calmer(found, nominal),
            "drift": crept(found, nominal),
            "cycle": misses_cycle(found, nominal),
            "step": shifted,
            "stays": stays,
        }

    def reasons(self, place: int, kind: str, value: float, nearest: float | None) -> tuple[str, ...]:
        """Why the stretch number ``place`` does not belong; what its kind says first.

        Parameters
        ----------
        place : int
        kind : str
        value : float
            At the peak.
        nearest : float or None
            How far the stretch most like it is from it, where that is known.
        """
        told = {
            "dropout": self._dropout,
            "spike": self._spike,
            "frozen": self._frozen,
            "limit": self._limit,
            "noise": self._noise,
            "drift": self._drift,
            "step": self._step,
            "regime": self._regime,
        }
        first = self._pattern(place, nearest) if kind == "pattern" else told[kind](place, value)
        also = "" if kind in ("limit", "dropout") or self._channel.states else self._outside(place)
        return tuple(filter(None, (first, also)))

    def _units(self, value: float) -> str:
        unit = self._channel.unit
        return f"{value:.3g} {unit}" if unit else f"{value:.3g}"

    def _span(self, place: int) -> str:
        return span_text(int(self._found.samples[place]), self._cadence_s)

    def _outside(self, place: int) -> str:
        """How far beyond the usual range it goes; "" where it does not."""
        found, nominal = self._found, self._nominal
        if not found.outside[place] > 0.0:
            return ""
        above, below = found.above[place], found.below[place]
        over = above >= below
        edge = (
            f"{'highest' if over else 'lowest'} of {self._since}, {self._units(nominal.high if over else nominal.low)}"
        )
        return f"{self._units(above if over else below)} {'above' if over else 'below'} the {edge}"

    def _limit(self, place: int, _value: float) -> str:
        return f"{self._outside(place)}, for {self._span(place)}"

    def _dropout(self, place: int, _value: float) -> str:
        missing, filled = int(self._found.missing[place]), int(self._found.filled[place])
        if missing > filled:
            return f"{missing:,} of {missing + int(self._found.samples[place]):,} samples missing"
        return f"at {self._found.fill[place]:g} for {span_text(filled, self._cadence_s)}"

    def _spike(self, place: int, _value: float) -> str:
        bump = float(self._found.bump[place])
        side = "above" if bump > 0 else "below"
        count = int(self._found.bumps[place])
        sigma = self._nominal.sigma
        sigmas = f" ({abs(bump) / sigma:.3g} sigma)" if 0 < abs(bump) <= _TOLD_SIGMAS * sigma else ""
        few = "1 sample" if count == 1 else f"{count} samples"
        return f"{few} {self._units(abs(bump))} {side} those around{sigmas}"

    def _frozen(self, place: int, _value: float) -> str:
        still = span_text(int(self._found.still[place]), self._cadence_s)
        most = span_text(self._nominal.still, self._cadence_s)
        return f"no change for {still}, at most {most} in {self._since}"

    def _noise(self, place: int, _value: float) -> str:
        return f"scatter {self._found.scatter_ratio[place]:.2g} times the usual, for {self._span(place)}"

    def _step(self, place: int, _value: float) -> str:
        shift = float(self._shift[place])
        level = f"level {self._units(abs(shift))} {'above' if shift > 0 else 'below'} before"
        return f"{level}, and stays" if self._fits["stays"][place] else f"{level}, for {self._span(place)}"

    def _drift(self, place: int, _value: float) -> str:
        rise = float(self._found.rise[place])
        return f"creeps {'up' if rise > 0 else 'down'} by {self._units(abs(rise))} in {self._span(place)}"

    def _regime(self, place: int, value: float) -> str:
        states = self._channel.states
        if states and np.isfinite(value) and 0 <= round(value) < len(states):
            return f"state {states[round(value)]} never came in {self._since}, for {self._span(place)}"
        share = float(self._found.unseen[place])
        return f"{100 * share:.0f} % of {self._span(place)} at values that never came in {self._since}"

    def _pattern(self, place: int, nearest: float | None) -> str:
        if self._fits["cycle"][place]:
            cycle = span_text(self._nominal.cycle, self._cadence_s)
            return f"a cycle of {cycle} is missing: {self._units(float(self._found.swing[place]))} from low to high"
        if nearest is None:
            return "a shape that comes but once"
        once = (
            "a shape that comes but once: the one most like it is" if nearest > self._alike else "one like it is only"
        )
        return f"{once} {self._units(nearest)} off"
