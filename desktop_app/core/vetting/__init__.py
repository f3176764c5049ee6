"""Says what each event is, how sure that is, and whether the instrument made it.

`vet` adds to the evidence of an event, each where it is known:

"asymmetry", "flatness", "lopsided", "red_snr", "mirror"
    Of its shape: see `core.vetting.shape`; ``red_snr`` is no logarithm here, and ``mirror`` is "opposite" there.
"rise_d", "decay_d"
    Days from half of the peak to the peak, and back.
"alike"
    How many other events of the curve go to the same side and are about as strong and as long.
"background", "centroid", "pointing"
    How far each is off during the event, in units of what is usual for stretches of that length.
"gap_h", "flag_h"
    Hours to the nearest gap or end of the data, and to the flag that is most surprisingly near; negative for before.
"company", "company_of"
    How many other targets have an event at the same time, and how many were looked at.
"signal", "period_d", "epoch"
    Of the periodic signal that it belongs to: its number from 1 on, and of what.
"p_transit" and so on
    How likely each kind is, from one in twenty on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from desktop_app.core.arrays import Bools, Floats
from desktop_app.core.detection import Event, Scores
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.vetting.company import ALONE, Company, coincidences
from desktop_app.core.vetting.context import Context, context_of
from desktop_app.core.vetting.judge import Judge
from desktop_app.core.vetting.numbers import doubt_numbers, shape_numbers
from desktop_app.core.vetting.periodic import membership, says_of, signal_evidence, together
from desktop_app.core.vetting.reasons import MOST, reasons_for
from desktop_app.core.vetting.view import View, view_of

__all__ = ["ALONE", "ARTEFACT_FROM", "SKY", "Company", "Judge", "allowed", "vet"]

SKY = ("transit", "eclipse", "flare", "dip")
"""Kinds that speak of the star: where the instrument is more likely they become artefacts. A step, a spike or an
outlier stays what it is, whoever made it."""
ARTEFACT_FROM = 0.5
_FAINTER = ("transit", "eclipse", "dip", "step", "outlier")
_BRIGHTER = ("flare", "spike", "step", "outlier")
_TOLD = 0.05
_ON_TIME = 2.0
_STAYS = 0.25
"""What is taken off the logit of the instrument for a dip that comes back on time."""


def vet(
    data: LightCurve,
    scores: Scores,
    events: Sequence[Event],
    company: Company = ALONE,
    judge: Judge | None = None,
) -> tuple[Event, ...]:
    """``events`` with kind, probability, suspicion, reasons and further evidence, in the same order.

    Parameters
    ----------
    data : LightCurve
    scores : Scores
        What the events were cut from. Without the tracks "baseline" and "noise" the events come back as they are.
    events : sequence of Event
        As `find_events` makes them: their kinds are shapes.
    company : Company
        Events of other targets.
    judge : Judge, optional
        Trained weights. Without them there is further evidence, but no opinion.
    """
    view = view_of(data, scores, events) if events else None
    if view is None:
        return tuple(events)
    shape, context = shape_numbers(view, events), context_of(data, view)
    others = coincidences(company, data, events)
    member = membership(data, events, scores.signals)
    evidence = _evidence(shape, context, others)
    found = [
        replace(event, evidence={**event.evidence, **more, **signal_evidence(int(place), scores.signals)})
        for event, more, place in zip(events, evidence, member, strict=True)
    ]
    if judge is None:
        return tuple(found)
    likely = judge.probabilities(shape) * allowed(judge.kinds, shape)
    likely = together(likely, member, says_of(scores.signals), judge.kinds)
    on_time = np.isin(member, [place for place, kind in enumerate(says_of(scores.signals)) if kind])
    return _judged(found, view, shape, context, judge, (*others, on_time), likely)


def _judged(
    events: list[Event],
    view: View,
    shape: dict[str, Floats],
    context: Context,
    judge: Judge,
    others: tuple[Floats, Floats, Floats, Bools],
    likely: Floats,
) -> tuple[Event, ...]:
    doubts = judge.doubts(doubt_numbers(view, shape, context))
    said = reasons_for(view, context, shape, judge.doubt_names, doubts)
    alike, number, of, on_time = others
    suspicion = judge.suspicion(np.column_stack([doubts, alike, -_ON_TIME * on_time]))
    judged: list[Event] = []
    for place, event in enumerate(events):
        reasons = said[place]
        if alike[place] > 0:
            phrase = f"{number[place]:.0f} of {of[place]:.0f} other targets do the same"
            reasons = sorted([(float(alike[place]), phrase), *reasons], key=lambda pair: -pair[0])
        words = tuple(text for _, text in reasons[:MOST])
        judged.append(_with_opinion(event, judge.kinds, likely[place], float(suspicion[place]), words))
    return tuple(judged)


def allowed(kinds: Sequence[str], shape: Mapping[str, Floats]) -> Bools:
    """Whether an event can be of that kind; shape (m, kinds): to its side, and no step where the level comes back.

    Parameters
    ----------
    kinds : sequence of str
    shape : mapping of str to ndarray, shape (m,)
        The numbers "side", "is_step" and "jump" of the events.
    """
    fainter, brighter = (np.isin(kinds, names) for names in (_FAINTER, _BRIGHTER))
    stays = (shape["is_step"] > 0) | (np.abs(shape["jump"]) >= _STAYS)
    to_side = np.where(shape["side"][:, None] < 0, fainter[None, :], brighter[None, :])
    return to_side & (stays[:, None] | (np.asarray(kinds) != "step")[None, :])


def _with_opinion(
    event: Event, kinds: Sequence[str], likely: Floats, suspicion: float, reasons: tuple[str, ...]
) -> Event:
    kind = kinds[int(np.argmax(likely))]
    probability = float(likely.max())
    if kind in SKY:
        if suspicion >= ARTEFACT_FROM:
            kind, probability = "artefact", suspicion
        else:
            probability *= 1 - suspicion
    told = {f"p_{name}": float(p) for name, p in zip(kinds, likely, strict=True) if p >= _TOLD}
    return replace(
        event,
        kind=kind,
        evidence={**event.evidence, **told},
        probability=probability,
        suspicion=suspicion,
        reasons=reasons,
    )


def _evidence(
    shape: dict[str, Floats], context: Context, others: tuple[Floats, Floats, Floats]
) -> list[dict[str, float]]:
    """What is worth telling of each event; numbers that are not known are left out."""
    columns: dict[str, Floats] = {name: shape[name] for name in ("asymmetry", "flatness", "lopsided")}
    columns["mirror"] = shape["opposite"]
    columns["red_snr"] = np.exp(shape["red_snr"])
    columns |= {f"{name}_d": shape[name] * 10 ** shape["duration"] for name in ("rise", "decay")}
    columns["alike"] = np.rint(np.expm1(shape["alike"]))
    columns |= {name: context.values[name] for name in ("gap_h", "flag_h")}
    for name in ("background", "centroid", "pointing"):
        # 0 stands for a column that is not there.
        columns[name] = np.where(context.values[name] > 0, context.values[name], float("nan"))
    for name, column in zip(("company", "company_of"), others[1:], strict=True):
        columns[name] = np.where(others[2] > 0, column, float("nan"))
    size = len(shape["side"])
    return [{k: float(v[place]) for k, v in columns.items() if np.isfinite(v[place])} for place in range(size)]
