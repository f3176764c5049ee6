"""What can be drawn across and up on the map of objects."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Detection
from desktop_app.ui.images.object_words import measured_fact
from desktop_app.ui.scatter.map_view import MapView

_COMPONENTS = 10
UMAP = ("UMAP 1", "UMAP 2")


@dataclass(frozen=True, eq=False)
class MapColumn:
    """One number an object.

    Attributes
    ----------
    name : str
        What choosers list.
    label : str
        What stands at the axis.
    values : ndarray, shape (m,)
    """

    name: str
    label: str
    values: Floats


def columns_of(detection: Detection, laid_out: MapView) -> tuple[MapColumn, ...]:
    """Components of the subspace, a layout that was made, scores, views, measured numbers, the catalogue."""
    objects, scores, data = detection.objects, detection.scores, detection.data
    columns = [*_components(objects.space)]
    if laid_out.of is scores and laid_out.places is not None:
        columns += [MapColumn(name, name, laid_out.places[:, place]) for place, name in enumerate(UMAP)]
    columns.append(MapColumn("Score", "Score (σ)", scores.values))
    columns += [MapColumn(f"View: {name}", f"{name} (σ)", track) for name, track in scores.tracks.items()]
    columns += [_measured(name, values) for name, values in objects.numbers.items()]
    columns += [MapColumn("x", "x (px)", objects.x), MapColumn("y", "y (px)", objects.y)]
    if isinstance(data, CutoutSet):
        columns += [
            MapColumn(f"{name} (catalogue)", f"{name} ({series.unit})" if series.unit else name, series.values)
            for name, series in data.columns.items()
        ]
    once = {column.name: column for column in reversed(columns)}
    return tuple(once[name] for name in dict.fromkeys(column.name for column in columns))


def _components(space: Floats) -> list[MapColumn]:
    """The first columns of the subspace, with the share of its variance that each has."""
    known = space[np.isfinite(space).all(axis=1)] if len(space) else space
    variance = known.var(axis=0) if len(known) else np.zeros(space.shape[1])
    whole = float(variance.sum())
    made = []
    for place in range(min(space.shape[1], _COMPONENTS)):
        share = f" ({100 * variance[place] / whole:.1f} % of the variance)" if whole > 0 else ""
        made.append(MapColumn(f"Component {place + 1}", f"Component {place + 1}{share}", space[:, place]))
    return made


def _measured(name: str, values: Floats) -> MapColumn:
    label = measured_fact(name, float("nan"), "", float("nan")).label
    unit = name.split("_")[-1] if name.split("_")[-1] in ("px", "deg", "arcsec", "mag") else ""
    return MapColumn(label, f"{label} ({unit})" if unit else label, values)


def usual_axes(columns: tuple[MapColumn, ...]) -> tuple[str, str]:
    """Component 2 over component 1; without a subspace, the first measured number over the score."""
    names = [column.name for column in columns]
    if "Component 2" in names:
        return "Component 1", "Component 2"
    numbers = [name for name in names if name not in ("Score", "Component 1", "x", "y")]
    return "Score", numbers[0] if numbers else "y"
