"""What can be chosen of injections: their kind, what the map is laid out by, and what counts."""

from enum import StrEnum


class Kind(StrEnum):
    """What is injected."""

    TRANSITS = "transits"
    SINGLE_TRANSITS = "single transits"
    FLARES = "flares"
    DIPS = "dips"
    STEPS = "steps"
    OUTLIERS = "outliers"

    @property
    def signal(self) -> str:
        """The kind of its signals."""
        return {"transits": "transit", "single transits": "transit"}.get(self.value, self.value.removesuffix("s"))

    @property
    def expected(self) -> tuple[str, ...]:
        """The kinds of event that are right for it."""
        return {
            "transits": ("transit",),
            "single transits": ("transit", "dip"),
            "flares": ("flare",),
            "dips": ("dip",),
            "steps": ("step",),
            "outliers": ("outlier", "spike"),
        }[self.value]

    @property
    def side(self) -> int:
        """1 for brighter, -1 for fainter, 0 for either."""
        return {"flares": 1, "steps": 0, "outliers": 0}.get(self.value, -1)

    @property
    def lasts(self) -> bool:
        """Whether it has a duration to choose."""
        return self not in (Kind.STEPS, Kind.OUTLIERS)


class Measure(StrEnum):
    """What the rows of the map are."""

    DEPTH = "depth"
    SNR = "SNR"


class Across(StrEnum):
    """What the columns of the map are."""

    DURATION = "duration"
    PERIOD = "period"


class Scramble(StrEnum):
    """How a curve without events is made of a real one.

    Blocks of the residual keep its outliers and its noise of every colour up to half a day; phases keep its power
    spectrum alone, and make Gaussian noise of it.
    """

    BLOCKS = "blocks"
    PHASES = "phases"


class Counted(StrEnum):
    """Which false events count: all, or those to the side that the injections go to."""

    ALL = "all"
    SAME_SIDE = "same side"
