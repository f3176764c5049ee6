"""Why a stamp does not belong, in words: which view says so, and which numbers are furthest off their usual values."""

from collections.abc import Mapping, Sequence

import numpy as np

from desktop_app.core.arrays import Floats

_VIEWS = {
    "shape": "its shape as a whole",
    "residual": "what a smooth ellipse leaves over",
    "numbers": "single numbers",
    "look": "what the encoder sees",
    "patches": "its patches",
    "pixels": "its pixels",
    "catalogue": "its row of the catalogue",
}
_WORTH_SAYING = 3.0
_FROM_SIGMAS = 1.5
_MOST_NUMBERS = 3


def reasons_of(
    told: Sequence[str], tracks: Mapping[str, Floats], surprises: Floats, numbers: Mapping[str, Floats]
) -> list[tuple[str, ...]]:
    """Reasons of every stamp, the weightiest first.

    Parameters
    ----------
    told : sequence of str
        What an artefact was recognised by; "" where there is none.
    tracks : mapping of str to ndarray, shape (m,)
        Sigmas by view.
    surprises : ndarray, shape (m, d)
        -ln of the chance that each number is as far off.
    numbers : mapping of str to ndarray, shape (m,)
        The d numbers in the same order.
    """
    names = list(numbers)
    usual = {
        name: float(np.nanmedian(column)) if np.isfinite(column).any() else 0.0 for name, column in numbers.items()
    }
    views = list(tracks)
    sigmas = np.stack([tracks[view] for view in views], axis=1)
    best = np.argsort(-surprises, axis=1, kind="stable")[:, : _MOST_NUMBERS + 2]
    found = []
    for place, artefact in enumerate(told):
        view = int(sigmas[place].argmax())
        reasons = [artefact] if artefact else []
        if sigmas[place, view] >= _FROM_SIGMAS:
            reasons.append(f"{_VIEWS[views[view]]} is unusual ({sigmas[place, view]:.1f} σ)")
            chosen = [
                names[column]
                for column in best[place]
                if surprises[place, column] >= _WORTH_SAYING and np.isfinite(numbers[names[column]][place])
            ][:_MOST_NUMBERS]
            reasons += [_compared(name, float(numbers[name][place]), usual[name]) for name in chosen]
        found.append(tuple(reasons))
    return found


def _compared(name: str, value: float, usual: float) -> str:
    words = name.removesuffix("_px").replace("_", " ")
    unit = " px" if name.endswith("_px") else ""
    return f"{words} {value:.3g}{unit}, usual {usual:.3g}"
