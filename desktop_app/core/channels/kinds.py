"""Says what kind each stretch of a channel is, by rules about what was measured of it."""

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.channels.evidence import Evidence
from desktop_app.core.channels.nominal import BUMP_ROWS, Nominal
from desktop_app.core.telemetry import Channel

LONG_ROWS = 150
_MOST = 0.5
_MISSING = 0.2
_FILLED = 3
_STILL = 5
_LONGER_STILL = 1.5
_OF_EVENT = 0.15
_EVER_MOVES = 0.02
_SHIFTED = 1.2
_SHOWS = 0.02
_SUDDEN = 0.5
_RESTLESS = 0.1
_FEWEST_RESTLESS = 5
_CALM = 0.3
_CALM_ROWS = 16
_FLAT = 0.5
_OF_CYCLE = 0.4


def kinds_of(found: Evidence, nominal: Nominal, channel: Channel) -> NDArray[np.str_]:
    """The kind of each stretch, one of `CHANNEL_EVENT_KINDS`; the first rule that fits has it.

    Parameters
    ----------
    found : Evidence
    nominal : Nominal
    channel : Channel
        An enumeration has no range to leave, only states that never came.
    """
    outside = found.outside if not channel.states else np.zeros(len(found.samples))
    longer = found.samples >= LONG_ROWS
    new = found.unseen >= _MOST
    rules = (
        ("regime", new & bool(channel.states)),
        ("dropout", dropped(found, nominal)),
        ("spike", spiked(found)),
        ("frozen", froze(found, nominal)),
        ("limit", outside >= _MOST),
        ("regime", new & longer),
        ("pattern", misses_cycle(found, nominal)),
        ("noise", louder(found) | calmer(found, nominal)),
        ("step", stepped(found, nominal)),
        ("drift", crept(found, nominal)),
        ("regime", new),
        ("limit", outside > 0.0),
    )
    return np.select([fits for _, fits in rules], [np.array(name) for name, _ in rules], "pattern").astype(np.str_)


def dropped(found: Evidence, nominal: Nominal) -> Bools:
    """Values are missing, or at one that stands for none and is far from those before."""
    missing = found.missing >= _MISSING * (found.missing + found.samples)
    away = ~(np.abs(found.fill - found.before) <= _SHOWS * nominal.spread)
    outside = found.outside * found.samples
    mostly = (found.filled >= _MOST * found.samples) | (found.filled >= _MOST * outside)
    few = np.minimum(_FILLED, found.samples)
    return ((found.missing > 0) & missing) | ((found.filled >= few) & mostly & away)


def spiked(found: Evidence) -> Bools:
    """Few samples stand out of those beside them, and few are outside of the range."""
    few_outside = found.outside * found.samples <= 2 * BUMP_ROWS
    return (found.bumps > 0) & (found.bumps <= BUMP_ROWS) & few_outside


def froze(found: Evidence, nominal: Nominal) -> Bools:
    """The value stands still for longer than it ever did."""
    still = np.maximum(_LONGER_STILL * nominal.still, _STILL)
    return (nominal.moves > _EVER_MOVES) & (found.still > still) & (found.still >= _OF_EVENT * found.samples)


def louder(found: Evidence) -> Bools:
    """Many steps from sample to sample are larger than nearly all usual ones."""
    return (found.restless >= _RESTLESS) & (found.restless * found.samples >= _FEWEST_RESTLESS)


def calmer(found: Evidence, nominal: Nominal) -> Bools:
    """It is quieter than the quietest stretches that are usual."""
    return (found.samples >= _CALM_ROWS) & (found.scatter_ratio * nominal.scatter < _CALM * nominal.quiet)


def shift_of(found: Evidence, nominal: Nominal) -> tuple[Floats, Bools, Bools]:
    """By how much the level shifts, whether it does, and whether it stays."""
    bar = _SHIFTED * found.shift + _SHOWS * nominal.spread
    inside, across = found.level - found.before, found.after - found.before
    stays = np.abs(across) > bar
    back = (np.abs(inside) > bar) & ~(np.abs(found.after - found.level) <= bar)
    return np.where(stays, across, inside), stays | back, stays


def stepped(found: Evidence, nominal: Nominal) -> Bools:
    """The level shifts, most of it within three samples."""
    shift, shifted, _ = shift_of(found, nominal)
    return shifted & _sudden(found, nominal, shift) & ~crept(found, nominal)


def crept(found: Evidence, nominal: Nominal) -> Bools:
    """It rises or falls along the stretch, and not all at once."""
    bar = _SHIFTED * found.creep + _SHOWS * nominal.spread
    swing = np.maximum(found.swing - nominal.swing * nominal.spread, 0.0)
    rises = (np.abs(found.rise) > bar) & (np.abs(found.rise) >= _MOST * swing)
    return rises & ~_sudden(found, nominal, found.rise)


def _sudden(found: Evidence, nominal: Nominal, change: Floats) -> Bools:
    """Whether half of ``change`` comes within three samples, on top of what usually does."""
    usual = nominal.rush * nominal.spread
    return np.where(change > 0, found.up, -found.down) - usual >= _SUDDEN * np.abs(change)


def misses_cycle(found: Evidence, nominal: Nominal) -> Bools:
    """It is flat where a cycle would have gone up and down."""
    flat = found.swing < _FLAT * nominal.swing * nominal.spread
    return (nominal.cycle > 0) & (found.samples >= _OF_CYCLE * nominal.cycle) & flat
