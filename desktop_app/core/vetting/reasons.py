"""Why the instrument is suspected, as short phrases for a person."""

from collections.abc import Sequence

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.vetting.context import Context
from desktop_app.core.vetting.view import View

LEAST = 0.25
"""What adds less to the logit of the instrument is not worth a word."""
_AT_ONCE = 1.5
MOST = 5


def reasons_for(
    view: View, context: Context, shape: dict[str, Floats], names: Sequence[str], doubts: Floats
) -> list[list[tuple[float, str]]]:
    """For each event what speaks for the instrument: how much it adds to the logit, and the phrase; weightiest first.

    Parameters
    ----------
    view : View
    context : Context
    shape : mapping of str to ndarray, shape (m,)
    names : sequence of str
        Of the d numbers that ``doubts`` stem from.
    doubts : ndarray, shape (m, d)
    """
    found: list[list[tuple[float, str]]] = []
    for event, row in enumerate(doubts):
        said = [
            (float(row[place]), _phrase(names[place], event, view, context, shape))
            for place in np.argsort(-row)
            if row[place] >= LEAST
        ]
        found.append(said)
    return found


def _phrase(name: str, event: int, view: View, context: Context, shape: dict[str, Floats]) -> str:
    values = {key: float(column[event]) for key, column in context.values.items()}
    match name:
        case "gap":
            return _beside_a_gap(values, view, event)
        case "flag":
            return f"{context.flags[event]} {_when(values['flag_h'])}"
        case "flagged":
            share = values["flagged_share"]
            return "all of its rows are flagged" if share > 0.99 else f"{100 * share:.0f} % of its rows are flagged"
        case "background":
            return f"background {values['background']:.0f} sigma off"
        case "centroid":
            return f"centroid moved {values['centroid']:.0f} sigma"
        case "pointing":
            return f"pointing moved {values['pointing']:.0f} sigma"
        case "noisy":
            return f"{np.exp(values['noisy']):.1f} times the usual noise around it"
        case "red":
            return "stretches of this length often deviate as much"
        case "mirror":
            times = float(shape["mirror"][event])
            return f"the other side goes {'as far' if times < 1.2 else f'{times:.1f} times as far'} elsewhere"
        case "crossing":
            return "symmetric, like an asteroid crossing"
    return {"stray": "scattered light", "unsteady": "the star jitters", "storm": "particle storm"}[name]


def _beside_a_gap(values: dict[str, float], view: View, event: int) -> str:
    how_long = _hours(values["gap_h"]) if values["gap_h"] > _AT_ONCE * 24 * view.cadence_d else "right"
    if values["gap_after"]:
        start = view.begin[view.first[event]] == 0
        return f"{how_long} after {'the start of the data' if start else 'a gap'}"
    end = view.end[view.stop[event] - 1] == view.rows.size
    return f"{how_long} before {'the end of the data' if end else 'a gap'}"


def _when(hours: float) -> str:
    """ "3 min before" for a negative number, "meanwhile" for none."""
    if abs(hours) < 1e-6:
        return "meanwhile"
    return f"{_hours(abs(hours))} {'before' if hours < 0 else 'after'}"


def _hours(hours: float) -> str:
    return f"{60 * hours:.0f} min" if hours < 1 else f"{hours:.1f} h"
