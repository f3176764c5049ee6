"""Scores samples of one channel as they come in: each is judged by what came before it, and never judged again."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.channels.stream_kernels import nearest_past, nearest_reference, nearest_within
from desktop_app.core.channels.tail import tail_limit
from desktop_app.core.errors import FitError
from desktop_app.core.params import Params, setting

LEVEL = 0.98
"""Above this share of the calm distances the tail begins (Siffer et al. 2017)."""
CALM = 10_000
"""So many distances that were not flagged tell what is usual."""
REFIT = 100
"""So many calm samples pass from one fit of the tail to the next."""
LONGER = (1, 2, 4)
"""Windows are so many times the shortest one: measured on the development channels, three do better than any one."""
OF_RANGE, OF_SIZE = 0.03, 0.02
"""Distances below are never strange: a share of the usual range; a share of the size where the range is narrower."""
CLIP = 1e4
"""In usual ranges: beyond, a value would leave its rounding errors in sums that live on."""
CREEP = 1.2
"""The limit never grows beyond so many times the worst of the reference: a slow drift cannot lift it for ever."""
CLEAR = 2.0
"""The limit lies at least so many least distances above the worst of the reference."""
GAP_STEPS = 5.0
"""So many usual steps without a value end a window."""
STALE_OF, STALE_SHARE = 1000, 0.5
"""Where more than this share of so many samples is beyond the limit, the reference is no longer like the data."""
LONGEST_REFERENCE = 20_000
_CHUNK = 512


class StreamParams(Params):
    """The settings of scoring as samples come in."""

    window: int = setting(
        25,
        title="Window",
        help="The shortest stretch that is compared with earlier ones; twice and four times as long are compared too.",
        unit="samples",
        ge=4,
        le=1000,
    )
    history: int = setting(
        20_000,
        title="History",
        help="How far back stretches of the data themselves are compared.",
        unit="samples",
        ge=400,
        le=200_000,
    )
    quarantine: int = setting(
        300,
        title="Quarantine",
        help="For so long what was flagged is not taken for usual: an anomaly then does not get used to itself.",
        unit="samples",
        ge=0,
        le=100_000,
    )
    rate: float = setting(
        1e-4,
        title="False alarm rate",
        help="The share of usual samples that may lie beyond the limit; the tail of the calm distances tells where.",
        ge=1e-7,
        le=0.01,
    )
    warm_up: int = setting(
        500,
        title="Warm-up",
        help="Without a training stretch so many samples are learnt from, and not judged.",
        unit="samples",
        ge=200,
        le=100_000,
    )

    @property
    def windows(self) -> tuple[int, ...]:
        """All lengths that are compared, in samples."""
        return tuple(times * self.window for times in LONGER)


@dataclass(frozen=True, eq=False)
class Streamed:
    """What is known of a few samples once they came in; all arrays of shape (n,).

    Attributes
    ----------
    scores : ndarray
        How many times the limit; NaN where nothing can be told: no value, warm-up, or a window after a gap that is
        not yet full.
    model : ndarray
        The end of the earlier stretch most like this one, in the unit of the channel; NaN as above.
    limit : ndarray
        Where the limit stood, as a root mean square difference in the unit of the channel; NaN before there is one.
    """

    scores: Floats
    model: Floats
    limit: Floats


class StreamScorer:
    """The state of one channel: memory and work per sample are bounded, however long the stream is.

    A sample's distance is the root mean square difference between the stretch that ends with it and the most similar
    earlier one: of the reference, or of the last samples but those in quarantine; the mean over three lengths. The
    limit is where the tail of the calm distances says that one in ten thousand would lie (Siffer et al. 2017, KDD,
    "Anomaly Detection in Streams with Extreme Value Theory"; the tail is fitted by probability-weighted moments,
    Hosking & Wallis 1987, Technometrics 29, 339). Samples pushed at once or one by one have the same scores.

    Parameters
    ----------
    params : StreamParams
    """

    def __init__(self, params: StreamParams | None = None) -> None:
        self.params = params or StreamParams()
        self._windows = np.array(self.params.windows, np.int64)
        self._early: list[tuple[float, float]] = []
        self._ready = False
        self._last_time = np.nan
        self._age = 0
        self._step = np.nan
        self._middle, self._scale, self._floor = 0.0, 1.0, 0.0
        self._recent = np.zeros(STALE_OF, bool)
        self._recent_at = 0

    @property
    def ready(self) -> bool:
        """Whether there is a reference to judge by."""
        return self._ready

    @property
    def stale(self) -> bool:
        """Whether most of what came lately is beyond the limit: the reference is no longer like the data."""
        return bool(self._recent.mean() > STALE_SHARE)

    def learn(self, time: Floats, values: Floats) -> Self:
        """Take a nominal stretch for the reference.

        Parameters
        ----------
        time, values : ndarray, shape (n,)
            NaN where there is no value; of a long stretch only the last `LONGEST_REFERENCE` values are kept.

        Raises
        ------
        FitError
            There are too few values for twice the longest window.
        """
        known = np.isfinite(values)
        time, values = time[known][-LONGEST_REFERENCE:], values[known][-LONGEST_REFERENCE:]
        fewest = 2 * int(self._windows[0])
        if values.size < fewest:
            raise FitError(
                f"It has {values.size} values to learn from; windows of {self._windows[0]} need {fewest}.",
                hint="Choose a shorter window, or give a longer training stretch.",
            )
        self._windows = self._windows[2 * self._windows <= values.size]
        self._step = float(np.median(np.diff(time))) if time.size > 1 else np.nan
        self._set_scale(values)
        self._reference = self._scaled(values)
        self._reference_age = _ages(time, self._step)
        self._begin()
        self._calibrate()
        self._ready = True
        return self

    def push(self, time: Floats, values: Floats) -> Streamed:
        """Judge the next samples.

        Parameters
        ----------
        time, values : ndarray, shape (n,)
            In order, after all that was pushed before; NaN where there is no value.
        """
        nothing = np.full(len(values), np.nan)
        found = Streamed(nothing, nothing.copy(), nothing.copy())
        known = np.flatnonzero(np.isfinite(values))
        if not self._ready:
            known = self._warm_up(time, values, known)
        for first in range(0, known.size, _CHUNK):
            rows = known[first : first + _CHUNK]
            self._advance(time[rows], values[rows], rows, found)
        return found

    # Learning

    def _set_scale(self, values: Floats) -> None:
        low, middle, high = np.percentile(values, [0.5, 50.0, 99.5])
        usual, size = float(high - low), OF_SIZE * max(1.0, abs(float(middle)))
        self._middle, self._scale = float(middle), max(usual, size)
        self._floor = (OF_RANGE * usual + max(0.0, size - usual)) / self._scale

    def _scaled(self, values: Floats) -> Floats:
        return np.clip((values - self._middle) / self._scale, -CLIP, CLIP)

    def _begin(self) -> None:
        k, m, h = self._windows.size, self._reference.size, self.params.history
        room = h + int(self._windows[-1]) + _CHUNK
        self._to_reference = np.zeros((2, k, m))
        self._to_past = np.zeros((k, h + 1))
        self._past, self._past_age = np.zeros(room), np.zeros(room, np.int64)
        self._flagged = np.zeros(room, np.bool_)
        self._calm = np.zeros(CALM)
        # samples seen, their end in the buffer, the half of `_to_reference` in use, calm samples, those since a fit
        self._at = np.zeros(5, np.int64)

    def _calibrate(self) -> None:
        """What distances are usual within the reference itself."""
        ends = np.zeros(self._reference.size)
        number = np.zeros(self._reference.size)
        for width in self._windows:
            own = nearest_within(self._reference, self._reference_age, int(width))
            known = np.isfinite(own)
            ends[known] += own[known]
            number[known] += 1
        usual = (ends / np.maximum(number, 1))[number == self._windows.size][-CALM:]
        self._calm[: usual.size] = usual
        self._at[3] = usual.size
        self._worst = float(usual.max()) if usual.size else 0.0
        self._fit()

    def _fit(self) -> None:
        known = self._calm[: min(int(self._at[3]), CALM)]
        tail = tail_limit(known, LEVEL, self.params.rate) if known.size else 0.0
        self._limit = max(min(tail, CREEP * self._worst + self._floor), self._worst + CLEAR * self._floor)
        self._at[4] = 0

    def _warm_up(self, time: Floats, values: Floats, known: Ints) -> Ints:
        """Keep the first samples to learn from; the rows that are left to judge."""
        taken = known[: self.params.warm_up - len(self._early)]
        self._early += zip(time[taken].tolist(), values[taken].tolist(), strict=True)
        if len(self._early) < self.params.warm_up:
            return known[:0]
        early = np.array(self._early)
        self._early = []
        self.learn(early[:, 0], early[:, 1])
        return known[taken.size :]

    # Judging

    def _advance(self, time: Floats, values: Floats, rows: Ints, found: Streamed) -> None:
        n = rows.size
        self._make_room(n)
        scaled, ages = self._scaled(values), self._next_ages(time)
        start = int(self._at[1])
        self._past[start : start + n], self._past_age[start : start + n] = scaled, ages
        k = self._windows.size
        near, place = np.full((n, k), np.inf), np.full((n, k), np.nan)
        nearest_reference(
            self._reference,
            self._reference_age,
            self._windows,
            self._to_reference,
            self._past,
            self._past_age,
            self._at,
            near,
            place,
        )
        distance, model, limits = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
        done = 0
        while done < n:
            stop = nearest_past(
                self._windows,
                self._to_past,
                self._past,
                self._past_age,
                self._flagged,
                self._at,
                self._calm,
                near,
                place,
                done,
                self._limit,
                self.params.quarantine,
                REFIT,
                distance,
                model,
            )
            limits[done:stop] = self._limit
            done = stop
            if self._at[4] >= REFIT:
                self._fit()
        self._note(distance, limits)
        found.scores[rows] = distance / limits
        found.model[rows] = model * self._scale + self._middle
        found.limit[rows] = limits * self._scale

    def _make_room(self, n: int) -> None:
        """Push the oldest samples out of the buffer where the next ``n`` would not fit."""
        end = int(self._at[1])
        if end + n <= self._past.size:
            return
        kept = self.params.history + int(self._windows[-1])
        for buffer in (self._past, self._past_age, self._flagged):
            buffer[:kept] = buffer[end - kept : end].copy()
        self._at[1] = kept

    def _next_ages(self, time: Floats) -> Ints:
        """How many samples without a gap end with each of the next ones."""
        before = np.concatenate(([self._last_time], time[:-1]))
        broken = time - before > GAP_STEPS * self._step
        ages = np.empty(time.size, np.int64)
        for row in range(time.size):
            self._age = 1 if broken[row] else self._age + 1
            ages[row] = self._age
        self._last_time = float(time[-1])
        return ages

    def _note(self, distance: Floats, limits: Floats) -> None:
        """Remember which of the last samples were beyond the limit."""
        beyond: Bools = distance[np.isfinite(distance)] >= limits[np.isfinite(distance)]
        places = (self._recent_at + np.arange(beyond.size)) % STALE_OF
        self._recent[places] = beyond
        self._recent_at = (self._recent_at + beyond.size) % STALE_OF


def _ages(time: Floats, step: float) -> Ints:
    """How many samples without a gap end with each sample."""
    rows = np.arange(time.size)
    broken = np.concatenate(([True], np.diff(time) > GAP_STEPS * step))[: time.size]
    return rows - np.maximum.accumulate(np.where(broken, rows, 0)) + 1
