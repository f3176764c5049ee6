"""The period of a signal looked for once more with `transitleastsquares`, where that is installed."""

from dataclasses import replace
from math import isfinite
from warnings import catch_warnings, simplefilter

import numpy as np

from desktop_app.core.detection import PeriodicSignal
from desktop_app.core.errors import ParamError
from desktop_app.core.flattened import Flattened
from desktop_app.core.progress import Report, part, silent
from desktop_app.core.transits.around import Light, light_of
from desktop_app.core.transits.fit import cleared, refine
from desktop_app.core.transits.limb import SUNLIKE

_RANGE = 0.01
_LEAST_STEPS = 40
_OVERSAMPLED = (3, 40)
_EDGE_TRANSITS = 2


def require_tls() -> None:
    """Make sure that `transitleastsquares` is there.

    Raises
    ------
    ParamError
        It is not installed.
    """
    from importlib.util import find_spec

    if find_spec("transitleastsquares") is None:
        raise ParamError(
            "The package transitleastsquares is not installed.",
            hint="Install it with 'pip install peculiar[tls]', or choose the built-in fit.",
        )


def refine_with_tls(flat: Flattened, signal: PeriodicSignal, report: Report = silent) -> PeriodicSignal:
    """``signal`` with the period, epoch and duration that `transitleastsquares` finds, fitted from there on.

    The method of Hippke & Heller (2019, A&A 623, A39) within one per cent of the period, then `refine`. In ``checks``,
    beside those of `refine`: "tls_period", "tls_snr" and "tls_radius_ratio", as the package tells them. A single dip
    has no period to look for and is only fitted.

    Parameters
    ----------
    flat : Flattened
    signal : PeriodicSignal
    report : callable
        Told the progress.

    Raises
    ------
    ParamError
        The package is not installed.
    """
    require_tls()
    if not isfinite(signal.period_d):
        return refine(flat, signal, report)
    report(0.0, "Transit least squares")
    found = _searched(light_of(cleared(flat, [signal])), signal)
    report(0.6, "Transit least squares")
    if not all(isfinite(found[name]) and found[name] > 0 for name in ("period", "duration")):
        return refine(flat, signal, part(report, 0.6, 1.0))
    start = replace(signal, period_d=found["period"], epoch=found["T0"], duration_d=found["duration"])
    fitted = refine(flat, start, part(report, 0.6, 1.0))
    told = {"tls_period": found["period"], "tls_snr": found["snr"], "tls_radius_ratio": found["rp_rs"]}
    return replace(fitted, checks={**fitted.checks, **told})


def _searched(light: Light, signal: PeriodicSignal) -> dict[str, float]:
    """What the package tells: "period", "T0", "duration", "snr" and "rp_rs", NaN where it found nothing."""
    from importlib import import_module

    package = import_module("transitleastsquares")
    span = float(light.time[-1] - light.time[0])
    with catch_warnings(), np.errstate(all="ignore"):
        # It warns of narrow ranges of periods, which is what is asked for.
        simplefilter("ignore")
        result = package.transitleastsquares(light.time, light.value, light.noise, verbose=False).power(
            period_min=(1 - _RANGE) * signal.period_d,
            period_max=min((1 + _RANGE) * signal.period_d, span),
            n_transits_min=1 if span < _EDGE_TRANSITS * signal.period_d else _EDGE_TRANSITS,
            oversampling_factor=int(np.clip(_LEAST_STEPS * signal.period_d / span, *_OVERSAMPLED)),
            u=list(SUNLIKE),
            use_threads=1,
            show_progress_bar=False,
            verbose=False,
        )
    return {name: float(getattr(result, name)) for name in ("period", "T0", "duration", "snr", "rp_rs")}
