"""What is looked at, worked out from the state: pure functions of the session."""

import numpy as np

from desktop_app.core.data import kind_of
from desktop_app.core.detection import Event
from desktop_app.core.pixels import TargetPixels
from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.images.object_inspection import inspect_object, inspect_place
from desktop_app.ui.inspection import Inspection, inspect_event, inspect_row
from desktop_app.ui.state import AppState, Selection
from desktop_app.ui.telemetry.telemetry_inspection import inspect_channel_event, inspect_sample
from desktop_app.ui.words import counted
from desktop_app.ui.work import Loaded


def inspection_of(state: AppState, selection: Selection) -> Inspection | None:
    """What is known of the selection."""
    if selection.event is not None and state.detection is not None and isinstance(state.data, Telemetry):
        return inspect_channel_event(state.detection, state.events, selection.event, state.marking)
    if selection.event is not None and state.detection is not None and state.detection.scores.objects is not None:
        return inspect_object(state.detection, state.events, selection.event, state.sky)
    if selection.event is not None and state.detection is not None:
        return inspect_event(state.detection, state.events, selection.event, state.system)
    objects = state.detection.scores.objects if state.detection is not None else None
    if selection.row is not None and state.detection is not None and objects is not None:
        return inspect_place(state.detection, selection.row, state.sky) if selection.row < len(objects) else None
    if selection.row is not None and state.curve is not None:
        return inspect_row(state.curve, state.detection, selection.row, state.system)
    if selection.row is not None and isinstance(state.data, Telemetry):
        detection = None if selection.training else state.detection
        return inspect_sample(state.data, selection.row, training=selection.training, detection=detection)
    return None


def row_selected(state: AppState, row: int, channel: str | None = None) -> Selection:
    """The selection after a click on ``row``: its event, where it belongs to one; of ``channel``, where given."""
    place = _event_of(state.events, row, channel)
    return Selection(None, row) if place is None else Selection(place, state.events[place].peak)


def stepped(state: AppState, step: int, *, centred: bool = True) -> Selection | None:
    """The next or previous usable cadence, also inside an event.

    None where none is selected; of target pixels, whose frames want to be leafed through, then the first or last one.
    """
    picture, row = state.picture, state.selection.row
    if isinstance(state.data, Telemetry) and row is not None:
        training = state.selection.training
        of = state.data.training if training and state.data.training is not None else state.data
        return Selection(None, int(np.clip(row + step, 0, len(of) - 1)), centred=True, training=training)
    if picture is None or not len(picture.flux) or (row is None and not isinstance(state.data, TargetPixels)):
        return None
    rows = picture.flux.rows
    place = (-1 if step > 0 else len(rows)) if row is None else int(np.searchsorted(rows, row))
    return Selection(None, int(rows[np.clip(place + step, 0, len(rows) - 1)]), centred=centred)


def same_event(state: AppState, events: tuple[Event, ...]) -> Selection:
    """The selection, on the event that now holds its row; nothing where that row is no event any more."""
    if state.selection.event is None or state.selection.row is None:
        return state.selection
    before = state.events[state.selection.event].channel if state.selection.event < len(state.events) else None
    place = _event_of(events, state.selection.row, before)
    return Selection() if place is None else Selection(place, state.selection.row)


def opened(loaded: Loaded) -> str:
    """ "Pi Mensae: 20,076 rows, 1,972 hidden (no time 815, ...)." """
    data, picture = loaded.curve, loaded.picture
    if data is None or picture is None:
        return f"{loaded.data.source.object_name}: {kind_of(loaded.data)}."
    why = ", ".join(f"{name} {n:,}" for name, n in picture.reasons)
    hidden = f"{picture.hidden:,} hidden ({why})" if picture.hidden else "none hidden"
    return f"{data.source.object_name}: {counted(len(data), 'row')} of {data.flux_name}, {hidden}."


def _event_of(events: tuple[Event, ...], row: int, channel: str | None) -> int | None:
    return next(
        (
            place
            for place, event in enumerate(events)
            if event.start <= row < event.stop and channel in (None, event.channel)
        ),
        None,
    )
