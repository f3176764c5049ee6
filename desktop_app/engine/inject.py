"""Injects signals of known truth into light curves, lets a detector look, and tells what it found of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats, Ints
from desktop_app.core.detection import Event, Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError
from desktop_app.core.events import find_events
from desktop_app.core.injection.ground import Ground, ground_of, mirrored, scrambled
from desktop_app.core.injection.kinds import Counted
from desktop_app.core.injection.packing import Cell, Placed, packed, slack_rows
from desktop_app.core.injection.plan import Grid, InjectionPlan, Sampling, grid_of
from desktop_app.core.injection.putting import Planted, with_signals
from desktop_app.core.injection.results import LEVELS, FalseEvents, RecoveryMap, Try
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.params import Params
from desktop_app.core.progress import Report, part, silent
from desktop_app.detectors import DEFAULT_DETECTOR, DETECTORS
from desktop_app.engine.events import vetted

_PREPARING = 0.05
_NOT_PERIOD = 0.02


@dataclass(frozen=True)
class _Looking:
    """Who looks, and from which score on it counts."""

    spec: DetectorSpec
    params: Params
    threshold: float

    def scores(self, curve: LightCurve, report: Report = silent) -> Scores:
        """Those of a curve in flux."""
        built = self.spec.build(self.params).fit(curve, part(report, 0.0, 0.5))
        return built.score(curve, part(report, 0.5, 1.0))


class _Runs:
    """Counts the runs of the detector, and tells how many there will be."""

    def __init__(self, report: Report, total: int) -> None:
        self._report, self.total, self.done = report, total, 0

    def next(self, what: str) -> Report:
        """The report of the next run."""
        low, high = self.done / max(self.total, 1), (self.done + 1) / max(self.total, 1)
        self.done += 1
        text = f"{what}, run {self.done:,} of about {self.total:,}"

        def told(done: float, _text: str) -> None:
            self._report(min(low + (high - low) * done, 1.0), text)

        told(0.0, "")
        return told


def recovery(
    curves: Sequence[LightCurve] | LightCurve,
    detector: str = DEFAULT_DETECTOR,
    settings: Params | Mapping[str, object] | None = None,
    plan: InjectionPlan | None = None,
    report: Report = silent,
    *,
    threshold: float | None = None,
) -> RecoveryMap:
    """How much of what is injected into ``curves`` the detector finds, and how many events it makes of nothing.

    An injection is found where a row of it, or within `SLACK_D` days or one cadence of it, scores the threshold or
    more; of transits that repeat, at least half of those with data. They are put where the detector finds nothing
    anyway. Several go into one run where they are well apart and hold no more than three rows in a hundred.

    Parameters
    ----------
    curves : LightCurve or sequence of LightCurve
        The injections are dealt out among them.
    detector : str
        A name of the registry.
    settings : Params or mapping, optional
        The detector's parameters, or some of them by name.
    plan : InjectionPlan, optional
    report : callable
        Told the progress; may raise `JobCancelled`.
    threshold : float, optional
        The detector's own where not given.

    Raises
    ------
    ParamError
        No such detector or setting, or a range that does not fit the curves.
    FitError
        A curve cannot be looked at, or there is no room for injections.
    """
    plan = plan or InjectionPlan()
    curves = [curves] if isinstance(curves, LightCurve) else list(curves)
    spec = DETECTORS[detector]
    params = settings if isinstance(settings, spec.params) else spec.params.checked(_as_mapping(settings))
    looking = _Looking(spec, params, spec.threshold if threshold is None else threshold)
    grounds = _grounds(curves, part(report, 0.0, _PREPARING))
    grid = grid_of(plan, _usual(grounds))
    told = part(report, _PREPARING, 1.0)
    runs = _Runs(told, _total(grid, plan, len(grounds)))
    each = max(1, round(plan.scrambles / len(grounds)))
    nothing, taken = [], []
    for place, ground in enumerate(grounds):
        rng = np.random.default_rng([plan.seed, place, 0])
        counted, found = _false_events(ground, looking, plan, each, rng, runs)
        nothing.append(counted)
        taken.append(found)
    tries, left_out = _injected(grounds, grid, plan, taken, looking, runs)
    if not tries:
        raise FitError(
            f"There is no room for {plan.kind.value} in this curve: what falls on usable rows meets events that are "
            "there anyway.",
            hint="Inject shorter signals, or raise the threshold.",
        )
    false = _together(nothing, each, float(sum(ground.days for ground in grounds)), looking.threshold)
    return RecoveryMap(
        detector=spec.name,
        version=spec.version,
        settings=params.model_dump(mode="json"),
        threshold=looking.threshold,
        plan=plan,
        grid=grid,
        tries=tuple(tries),
        false=false,
        names=tuple(_name_of(curve) for curve in curves),
        left_out=left_out,
        runs=runs.done,
    )


def injected_example(
    curve: LightCurve, plan: InjectionPlan, cell: Cell | None = None, report: Report = silent
) -> tuple[LightCurve, tuple[Planted, ...]]:
    """``curve`` with signals in it, and the truth in order of time; in its own unit, with all of its columns.

    Parameters
    ----------
    cell : (int, int), optional
        One signal of this cell of the plan's map; where not given, as many as a run of `recovery` would hold, of any
        cell.

    Raises
    ------
    ParamError, FitError
        As in `recovery`.
    """
    ground = ground_of(curve, report)
    grid = grid_of(plan, _usual([ground]))
    rng = np.random.default_rng([plan.seed, 0, 1])
    cells = _dealt(grid, plan, rng) if cell is None else [cell]
    taken = np.zeros(len(curve), np.bool_)
    taken[ground.rows[ground.certain]] = True
    runs, _ = packed(ground, grid, cells[: 4 * grid.shape[0] * grid.shape[1]], taken, rng)
    if not runs:
        raise FitError(f"There is no room for {plan.kind.value} in this curve.", hint="Inject shorter signals.")
    truth = tuple(sorted((placed.planted for placed in runs[0]), key=lambda one: one.signal.t0))
    return with_signals(curve, [one.signal for one in truth]), truth


def _grounds(curves: Sequence[LightCurve], report: Report) -> list[Ground]:
    if not curves:
        raise FitError("There is no light curve to inject into.", hint="Name a file with one.")
    grounds = []
    for place, curve in enumerate(curves):
        report(place / len(curves), "Measuring the noise")
        try:
            grounds.append(ground_of(curve, part(report, place / len(curves), (place + 1) / len(curves))))
        except FitError as error:
            raise FitError(f"{_name_of(curve)}: {error.message}", hint=error.hint) from error
    return grounds


def _usual(grounds: Sequence[Ground]) -> Sampling:
    cadences = [ground.cadence_d for ground in grounds]
    spans = [float(np.ptp(ground.curve.time[ground.rows])) for ground in grounds]
    noises = [float(np.nanmedian(ground.relative_noise)) for ground in grounds]
    return Sampling(float(np.median(cadences)), float(np.min(spans)), float(np.median(noises)))


def _total(grid: Grid, plan: InjectionPlan, curves: int) -> int:
    """About how many runs there will be, before anything is placed."""
    rows, columns = grid.shape
    in_run = {"transits": 1, "steps": 2, "dips": 2, "single transits": 6}.get(plan.kind.value, 10)
    each = max(1, round(plan.scrambles / curves))
    return -(-rows * columns * plan.number // in_run) + curves * (2 + each)


def _dealt(grid: Grid, plan: InjectionPlan, rng: np.random.Generator) -> list[Cell]:
    """The cell of every injection, shuffled."""
    rows, columns = grid.shape
    cells = [(row, column) for row in range(rows) for column in range(columns)] * plan.number
    return [cells[place] for place in rng.permutation(len(cells))]


def _injected(
    grounds: Sequence[Ground],
    grid: Grid,
    plan: InjectionPlan,
    taken: Sequence[Bools],
    looking: _Looking,
    runs: _Runs,
) -> tuple[list[Try], int]:
    """Every injection with what became of it, and how many found no room."""
    cells = _dealt(grid, plan, np.random.default_rng([plan.seed, 0, 1]))
    queue: list[tuple[int, tuple[Placed, ...]]] = []
    left_out = 0
    for place, ground in enumerate(grounds):
        rng = np.random.default_rng([plan.seed, place, 2])
        packs, missed = packed(ground, grid, cells[place :: len(grounds)], taken[place], rng)
        queue += [(place, pack) for pack in packs]
        left_out += missed
    runs.total = runs.done + len(queue)
    tries: list[Try] = []
    for place, pack in queue:
        curve = with_signals(grounds[place].curve, [placed.planted.signal for placed in pack])
        scores = looking.scores(curve, runs.next(f"Injecting {plan.kind.value}"))
        events = vetted(curve, scores, looking.threshold)
        tries += [_became(placed, place, grounds[place], scores, events) for placed in pack]
    return tries, left_out


def _became(placed: Placed, place: int, ground: Ground, scores: Scores, events: Sequence[Event]) -> Try:
    truth, time = placed.planted, ground.curve.time
    spans = [slack_rows(time, span, ground.cadence_d) for span in truth.spans]
    best = np.sort([_highest(scores.values[start:stop]) for start, stop in spans])[::-1]
    done = Try(place, placed.row, placed.column, truth, float(best[-(-best.size // 2) - 1]))
    at = [event for event in events if any(event.start < stop and start < event.stop for start, stop in spans)]
    ratio = scores.signals[0].period_d / truth.signal.period_d if scores.signals else float("nan")
    done = replace(done, period_ratio=ratio)
    if not at:
        return done
    event = max(at, key=lambda one: one.score)
    start, stop = truth.spans[0]
    lasted = float(time[stop - 1] - time[start]) + ground.cadence_d
    return replace(
        done,
        kind=_kind_of(at),
        depth_ratio=event.evidence.get("depth", float("nan")) / truth.depth,
        duration_ratio=(event.evidence.get("duration_d", float("nan")) + ground.cadence_d) / lasted,
    )


def _kind_of(events: Sequence[Event]) -> str:
    """The kind that most of them have; the strongest decides where they are as many."""
    kinds = [event.kind for event in sorted(events, key=lambda one: -one.score)]
    return max(kinds, key=kinds.count)


def _highest(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if known.size else 0.0


def _false_events(
    ground: Ground, looking: _Looking, plan: InjectionPlan, scrambles: int, rng: np.random.Generator, runs: _Runs
) -> tuple[tuple[Ints, Ints, Ints], Bools]:
    """Events at each level: untouched, mirrored and scrambled; and the rows of those in the untouched curve."""
    levels = _levels(looking.threshold)
    side = plan.kind.side if plan.counted is Counted.SAME_SIDE else 0
    untouched = looking.scores(ground.curve, runs.next("Looking at the curve as it is"))
    other = mirrored(ground)
    turned = looking.scores(other, runs.next("Looking at the curve upside down"))
    counted = np.zeros(levels.size, np.int64)
    for _ in range(scrambles):
        made = scrambled(ground, plan.scramble, rng)
        counted += _counts(made, looking.scores(made, runs.next("Looking at scrambled curves")), levels, side)
    taken = np.zeros(len(ground.curve), np.bool_)
    for event in find_events(ground.curve, untouched, looking.threshold):
        taken[event.start : event.stop] = True
    return (_counts(ground.curve, untouched, levels, side), _counts(other, turned, levels, side), counted), taken


def _levels(threshold: float) -> Floats:
    return np.unique(np.append(LEVELS, threshold))


def _counts(curve: LightCurve, scores: Scores, levels: Floats, side: int) -> Ints:
    """How many events there are from each level on; where ``side`` is 1 or -1, the brighter or the fainter ones."""
    counts = np.zeros(levels.size, np.int64)
    for place in np.flatnonzero(levels <= _highest(scores.values)):
        events = find_events(curve, scores, float(levels[place]))
        counts[place] = sum(side * event.evidence["depth"] <= 0 for event in events)
    return counts


def _together(counted: Sequence[tuple[Ints, Ints, Ints]], each: int, days: float, threshold: float) -> FalseEvents:
    untouched, mirrors, scrambles = (sum(column) for column in zip(*counted, strict=True))
    n = len(counted)
    return FalseEvents(_levels(threshold), untouched, mirrors, scrambles, n, n * each, days)


def _name_of(curve: LightCurve) -> str:
    source = curve.source
    return source.path.name if source.path else source.object_name or "the curve"


def _as_mapping(settings: Params | Mapping[str, object] | None) -> Mapping[str, object]:
    return settings.model_dump() if isinstance(settings, Params) else settings or {}
