"""What the injection panel shows: the plan, the last map, and the cell that is looked at."""

from dataclasses import dataclass

from desktop_app.core.injection.plan import InjectionPlan
from desktop_app.core.injection.results import RecoveryMap
from desktop_app.core.light_curve import LightCurve

Cell = tuple[int, int]
_AS_SHIPPED = InjectionPlan()


@dataclass(frozen=True, eq=False)
class InjectionState:
    """Injection and recovery in the window.

    Attributes
    ----------
    plan : InjectionPlan
        What the next run injects.
    found : RecoveryMap or None
        Of the last run; it stays when another file is shown.
    curve : LightCurve or None
        What that run injected into.
    cell : (int, int) or None
        Row and column of its map.
    """

    plan: InjectionPlan = _AS_SHIPPED
    found: RecoveryMap | None = None
    curve: LightCurve | None = None
    cell: Cell | None = None


NOTHING_INJECTED = InjectionState()
