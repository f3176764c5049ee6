"""Which channels belong together, so that no incident is on both sides of a split, and the split."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np

from desktop_app.core.arrays import Bools
from desktop_app.core.errors import FitError
from desktop_app.core.telemetry import stretches

PARTS = ("training", "validation", "test")
_NUMBERED = re.compile(r"([A-Za-z]+)[-_ ]?\d+")
_LETTERS = re.compile(r"[A-Za-z]+")


class Groups(StrEnum):
    """What makes channels a group: their subsystem, stretches that are labelled alike, either, or nothing."""

    BOTH = "both"
    SUBSYSTEM = "subsystem"
    STRETCHES = "stretches"
    NONE = "none"


def groups_of(labels: Mapping[str, Bools], by: Groups, together: Sequence[Sequence[str]] = ()) -> dict[str, str]:
    """The group of each channel, called like its first one.

    Parameters
    ----------
    labels : mapping of str to ndarray of bool
        Which samples of each channel are labelled.
    by : Groups
        The subsystem is the letters that a name begins with: "E" of "E-12". Stretches are alike where they begin and
        end at the same samples.
    together : sequence of sequence of str
        Channels that are known to show the same incident.

    Raises
    ------
    FitError
        A channel in ``together`` is not there.
    """
    names = list(labels)
    for name in (name for some in together for name in some):
        if name not in labels:
            raise FitError(f"There is no channel called {name!r} to keep together with others.", hint="See --channel.")
    alike: dict[str, list[str]] = {}
    for name in names:
        for key in _keys(name, labels[name], by):
            alike.setdefault(key, []).append(name)
    leader = {name: name for name in names}

    def first_of(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for some in (*alike.values(), *together):
        for name in some[1:]:
            one, other = sorted((first_of(some[0]), first_of(name)), key=names.index)
            leader[other] = one
    return {name: first_of(name) for name in names}


def _keys(name: str, labels: Bools, by: Groups) -> list[str]:
    keys = []
    if by in (Groups.BOTH, Groups.SUBSYSTEM):
        keys.append(f"subsystem {subsystem_of(name)}")
    if by in (Groups.BOTH, Groups.STRETCHES):
        keys += [f"stretch {stretch}" for stretch in stretches(labels)]
    return keys


def subsystem_of(name: str) -> str:
    """The letters of a numbered name ("E" of "E-12"), else those that the name begins with, else all of it."""
    parts = name.split("/")
    numbered = next((found for found in map(_NUMBERED.fullmatch, parts) if found), None)
    if numbered:
        return numbered[1]
    letters = _LETTERS.match(parts[-1])
    return letters[0] if letters else name


def dealt(groups: Mapping[str, str], labels: Mapping[str, Bools], shares: Sequence[float], seed: int) -> dict[str, str]:
    """The part of each channel: whole groups, so that each part has about its share of the channels with labels.

    The largest group goes where most is missing, and so on; the seed decides among groups of one size.

    Raises
    ------
    FitError
        There are too few groups with labels.
    """
    size: dict[str, int] = {}
    for name, group in groups.items():
        size[group] = size.get(group, 0) + int(labels[name].any())
    wanted = [place for place, share in enumerate(shares) if share > 0]
    labelled = [group for group, count in size.items() if count]
    if len(labelled) < len(wanted):
        raise FitError(
            f"There are {len(labelled)} groups of channels with labels; {len(wanted)} are needed.",
            hint="Group by something finer (groups=none), or split every channel in time (split=time).",
        )
    order = [list(size)[place] for place in np.random.default_rng(seed).permutation(len(size))]
    order.sort(key=lambda group: -size[group])
    total, held = sum(size.values()), [0] * len(shares)
    part: dict[str, str] = {}
    for number, group in enumerate(order):
        empty = [place for place in wanted if not held[place]]
        left = sum(1 for later in order[number:] if size[later])
        # No part may stay without labels.
        choice = empty if empty and left <= len(empty) else wanted
        place = max(choice, key=lambda place: (shares[place] * total - held[place], -place))
        held[place] += size[group]
        part[group] = PARTS[place]
    return {name: part[group] for name, group in groups.items()}
