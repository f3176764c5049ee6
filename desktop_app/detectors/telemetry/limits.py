"""Flags samples outside of the range that is nominal: the plainest check, and the control for all others."""

from collections.abc import Mapping
from functools import partial
from math import inf, isfinite
from pathlib import Path
from typing import Self

import numpy as np

from desktop_app.core.arrays import Floats, robust_sigma
from desktop_app.core.channels.ranges import Range, ranges_in
from desktop_app.core.channels.series import ChannelScores, EachChannel, Series
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError, ParamError
from desktop_app.core.params import Params, setting
from desktop_app.core.progress import Report
from desktop_app.core.telemetry import Telemetry

_FEWEST = 10
_OF_ALL = 0.05
_RARE = 0.5
_LARGEST = 1e300
_JUST_OUTSIDE = 1.0 + 1e-9
_TOLD = 5
_MOST_BYTES = 4 << 20


class LimitsParams(Params):
    """The settings of the limit check."""

    margin: float = setting(
        0.02,
        title="Margin",
        help="How far outside of the nominal range values may lie, as a share of the range.",
        ge=0.0,
        le=10.0,
    )
    sigmas: float = setting(
        5.0,
        title="Sigmas",
        help="Without a training stretch the range is the median plus and minus so many robust sigmas.",
        unit="σ",
        ge=1.0,
        le=100.0,
    )
    ranges: str = setting(
        "",
        title="Ranges",
        help="A table of channel, low, high (CSV or YAML) whose ranges hold instead; nothing for none.",
    )


class ChannelLimits:
    """The nominal range of one channel.

    Parameters
    ----------
    params : LimitsParams
    given : mapping of str to Range
        By the names of channels, where somebody gave them.
    """

    def __init__(self, params: LimitsParams, given: Mapping[str, Range]) -> None:
        self._params, self._given = params, given
        self._range, self._unit = Range(-inf, inf), 1.0

    def fit(self, series: Series, report: Report) -> Self:
        """Take the range that was given, that of the training stretch, or that of the body of the values."""
        known = series.training if series.training is not None else series
        values = known.values[np.isfinite(known.values)]
        given = self._given.get(series.channel.name)
        if given is not None:
            self._range, self._unit = given, _width(values) or 1.0
        elif values.size < _FEWEST:
            raise FitError(
                f"It has {values.size} values; a range needs {_FEWEST}.", hint="Open a longer stretch of telemetry."
            )
        else:
            trained = series.training is not None
            self._range = _trained(values, self._params) if trained else _body(values, self._params)
        report(1.0, "Range taken")
        return self

    def score(self, series: Series, report: Report) -> ChannelScores:
        """One at the edge of the range, more the further outside, in half ranges."""
        low, high = self._range.low, self._range.high
        report(1.0, "Compared")
        with np.errstate(over="ignore"):
            if isfinite(low) and isfinite(high):
                half = (high / 2 - low / 2) * _JUST_OUTSIDE
                values = np.abs(series.values - (low / 2 + high / 2)) / half
            else:
                over = low - series.values if isfinite(low) else series.values - high
                values = np.where(over > 0.0, 1.0 + over / self._unit, 1.0 / (1.0 - np.minimum(over, 0.0) / self._unit))
                values = np.where(over == 0.0, 1.0 / _JUST_OUTSIDE, values)
        edges = {name: np.full(len(series), edge if isfinite(edge) else np.nan) for name, edge in _edges(self._range)}
        return ChannelScores(np.where(np.isfinite(series.values), np.minimum(values, _LARGEST), np.nan), edges)


class LimitsOfEach(EachChannel):
    """The limit check of every channel, with the ranges of those that somebody gave."""

    def __init__(self, params: LimitsParams) -> None:
        super().__init__(partial(ChannelLimits, params, {}))
        self._params = params
        self._ranges = _read(params.ranges) if params.ranges else {}

    def fit(self, data: Telemetry, report: Report) -> Self:
        """Find each channel in the table of ranges, and take the range of the others from the data.

        Raises
        ------
        ParamError
            The table names no channel of these data.
        FitError
            No channel can be looked at.
        """
        given = _given_to(data, self._ranges)
        if self._ranges and not given:
            told = ", ".join(list(self._ranges)[:_TOLD])
            raise ParamError(
                f"{Path(self._params.ranges).name} has no range of any channel here; it names {told}.",
                hint=f"The channels are {', '.join(_measured(data)[:_TOLD])}.",
            )
        self._build = partial(ChannelLimits, self._params, given)
        return super().fit(data, report)


def _read(name: str) -> dict[str, Range]:
    path = Path(name).expanduser()
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ParamError(f"{path.name} is too large for a table of ranges.", hint="Name another file.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ParamError(
            f"The ranges cannot be read from {path}: {error.strerror or error}.", hint="Name a file that exists."
        ) from error
    except UnicodeDecodeError as error:
        raise ParamError(f"{path.name} is no text.", hint="Write the ranges as CSV or YAML in UTF-8.") from error
    return ranges_in(text, path.name)


def _given_to(data: Telemetry, ranges: Mapping[str, Range]) -> dict[str, Range]:
    """The ranges by the names of the channels; a part with a single measured channel may be called by its own name."""
    part, measured = data.source.part, _measured(data)
    given = {}
    for name in measured:
        asked = (f"{part}/{name}", name, part if len(measured) == 1 else name)
        found = next((ranges[one] for one in asked if one in ranges), None)
        if found is not None:
            given[name] = found
    return given


def _measured(data: Telemetry) -> list[str]:
    return [channel.name for channel in data.channels if channel.role == "measured"]


def _trained(values: Floats, params: LimitsParams) -> Range:
    """All that came in training, and a margin."""
    low, high = float(values.min()), float(values.max())
    with np.errstate(over="ignore"):
        margin = params.margin * (high - low) if high > low else _OF_ALL * max(abs(low), 1.0)
    return _finite(low - margin, high + margin)


def _body(values: Floats, params: LimitsParams) -> Range:
    """So many robust sigmas about the median, and at least all but one in a hundred: levels may come in turns."""
    middle = float(np.median(values / 2) * 2)
    margin = params.sigmas * robust_sigma(values / 2) * 2 or _OF_ALL * max(abs(middle), 1.0)
    low, high = np.percentile(values / 2, (_RARE, 100.0 - _RARE)) * 2
    return _finite(min(middle - margin, float(low)), max(middle + margin, float(high)))


def _finite(low: float, high: float) -> Range:
    return Range(max(low, -_LARGEST), min(high, _LARGEST))


def _width(values: Floats) -> float:
    """From the lowest to the highest usual value; 0 where there is none."""
    if not values.size:
        return 0.0
    low, high = np.percentile(values / 2, (_RARE, 100.0 - _RARE))
    return min(float(high - low) * 2, _LARGEST)


def _edges(edges: Range) -> tuple[tuple[str, float], ...]:
    return ("low", edges.low), ("high", edges.high)


def build(params: LimitsParams) -> LimitsOfEach:
    """The limit check of every channel.

    Raises
    ------
    ParamError
        The file of ranges cannot be read.
    """
    return LimitsOfEach(params)


SPEC = DetectorSpec(
    name="limits",
    label="Limits",
    help="Flags samples outside of ranges that you give, or of that of the training stretch, or far outside of the "
    "body of the values.",
    kinds=(Telemetry,),
    version=2,
    params=LimitsParams,
    build=build,
    threshold=1.0,
    finds=("spike", "step"),
    unit="× limit",
    causal=True,
)
