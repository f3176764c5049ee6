"""All numbers about events that the judge looks at, by name."""

from collections.abc import Sequence

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Event
from desktop_app.core.vetting.context import Context
from desktop_app.core.vetting.shape import company_in_curve, shape_of
from desktop_app.core.vetting.view import Sums, View

SHAPE_NAMES = (
    "side",
    "rows",
    "duration",
    "depth",
    "snr",
    "is_step",
    "is_outlier",
    "is_spike",
    "wander",
    "cadence",
    "asymmetry",
    "peak_place",
    "rise",
    "decay",
    "flatness",
    "fill",
    "lopsided",
    "bumpy",
    "jump",
    "tail",
    "rough",
    "sharp",
    "single",
    "decays_now",
    "red_snr",
    "mirror",
    "alike",
    "deepest",
    "same_side",
)
DOUBT_NAMES = (
    "gap",
    "flag",
    "flagged",
    "background",
    "centroid",
    "pointing",
    "noisy",
    "stray",
    "unsteady",
    "storm",
    "red",
    "mirror",
    "crossing",
)
_SMOOTH_ROWS = 12
_DOES, _AS_MUCH = 3.0, 2.0
_CROSSING_D = (0.02, 1.5)


def shape_numbers(view: View, events: Sequence[Event]) -> dict[str, Floats]:
    """What the kind is judged by: `SHAPE_NAMES`, each of shape (m,) and finite."""
    shapes = np.array([event.kind for event in events])
    return {
        "side": view.sign,
        "rows": np.log(view.length.astype(np.float64)),
        "duration": np.log10(view.duration_d),
        "depth": np.log10(np.clip(np.abs(view.depth), 1e-6, 1e3)),
        "snr": np.log10(np.clip(np.abs(view.snr), 0.1, 1e5)),
        **{f"is_{kind}": (shapes == kind).astype(np.float64) for kind in ("step", "outlier", "spike")},
        "wander": np.full(len(events), np.log10(np.clip(view.wander, 1e-2, 1e4))),
        "cadence": np.full(len(events), np.log10(max(view.cadence_d, 1e-5))),
        **shape_of(view, Sums.over(view.value)),
        **company_in_curve(view),
    }


def doubt_numbers(view: View, shape: dict[str, Floats], context: Context) -> dict[str, Floats]:
    """What suspicion is judged by: `DOUBT_NAMES`, each of shape (m,), 0 where nothing speaks against the sky."""
    values = context.values
    return {
        "gap": np.maximum(values["gap_surprise"] - 2.0, 0.0),
        "flag": np.maximum(values["flag_surprise"] - 2.0, 0.0),
        "flagged": values["flagged_share"],
        **{name: _beyond(values[name], shape) for name in ("background", "centroid", "pointing")},
        "noisy": np.maximum(values["noisy"] - 0.2, 0.0),
        **{name: values[name] for name in ("stray", "unsteady", "storm")},
        "red": np.maximum(np.log(8.0) - shape["red_snr"], 0.0),
        "mirror": shape["mirror"],
        "crossing": crossing(view, shape),
    }


def _beyond(sigmas: Floats, shape: dict[str, Floats]) -> Floats:
    """How much more a companion of the flux does than the flux itself: a deep eclipse moves the centroid a little."""
    return np.where(sigmas > _DOES, np.log(np.maximum(_AS_MUCH * sigmas / np.exp(shape["red_snr"]), 1.0)), 0.0)


def crossing(view: View, shape: dict[str, Floats]) -> Floats:
    """How like a small body that drifts through the aperture: a smooth, symmetric brightening; 0 to 1, shape (m,)."""
    long_enough = (view.length >= _SMOOTH_ROWS) & (view.sign > 0)
    in_range = (view.duration_d > _CROSSING_D[0]) & (view.duration_d < _CROSSING_D[1])
    even = np.exp(-((shape["asymmetry"] / 0.15) ** 2)) * np.exp(-(((shape["peak_place"] - 0.5) / 0.15) ** 2))
    alike_sides = np.exp(-((np.log(np.maximum(shape["decay"], 0.01) / np.maximum(shape["rise"], 0.01)) / 0.6) ** 2))
    full = np.clip((shape["fill"] - 0.3) / 0.2, 0.0, 1.0)
    return np.where(long_enough & in_range, even * alike_sides * full, 0.0)
