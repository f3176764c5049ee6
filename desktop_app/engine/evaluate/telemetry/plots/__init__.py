"""Pictures of an evaluation of telemetry, fit for print; matplotlib draws them without a window."""

from collections.abc import Sequence
from pathlib import Path

from desktop_app.core.errors import WriteError
from desktop_app.core.progress import Report
from desktop_app.engine.evaluate.telemetry.plots.bars import channel_bars, method_dots
from desktop_app.engine.evaluate.telemetry.plots.canvas import Kept, file_word, kept_in
from desktop_app.engine.evaluate.telemetry.plots.confusion import confusion
from desktop_app.engine.evaluate.telemetry.plots.curves import pr_curves, roc_curves
from desktop_app.engine.evaluate.telemetry.plots.timeline import timeline
from desktop_app.engine.evaluate.telemetry.predict import Place
from desktop_app.engine.evaluate.telemetry.results import Evaluation, MethodFigures

WORST = 6
"""So many channels of each detector have a timeline: those with the lowest VUS-PR, then those without labels."""
_TYPE = ".png"


def draw_plots(
    done: Evaluation, places: Sequence[Place], predictions: Path, target: Path, report: Report
) -> tuple[Path, ...]:
    """Draw every plot into the folder ``target``; what was written, in order.

    Parameters
    ----------
    done : Evaluation
    places : sequence of Place
        As they were looked at.
    predictions : Path
        The folder with the scores.
    target : Path
        Made where it is not there.
    report : callable
        Told the progress; may raise `JobCancelled`.

    Raises
    ------
    WriteError
    """
    try:
        target.mkdir(exist_ok=True)
        return tuple(_drawn(done, kept_in(done, places, predictions), target, report))
    except OSError as error:
        raise WriteError(
            f"Plots cannot be written to {target}: {error.strerror or error}.", hint="Name another folder."
        ) from error


def _drawn(done: Evaluation, kept: Kept, target: Path, report: Report) -> list[Path]:
    report(0.0, "Drawing")
    shown = [method for method in done.methods if method.groups]
    written = [
        method_dots(shown, target / f"methods{_TYPE}"),
        roc_curves(shown, kept, target / f"roc{_TYPE}"),
        pr_curves(shown, kept, target / f"precision_recall{_TYPE}"),
    ]
    detectors = [method for method in shown if not method.control]
    for number, method in enumerate(detectors):
        report((number + 1) / (len(detectors) + 1), f"Drawing {method.name}")
        written.append(confusion(method, target / f"confusion_{file_word(method.name)}{_TYPE}"))
        written.append(channel_bars(method, target / f"channels_{file_word(method.name)}{_TYPE}"))
        for place in _worst(method):
            name = f"timeline_{file_word(method.name)}_{file_word(done.channels[place].name)}{_TYPE}"
            written.append(timeline(done, method, place, kept, target / name))
            report((number + 1) / (len(detectors) + 1), f"Drawing {done.channels[place].name}")
    return written


def _worst(method: MethodFigures) -> list[int]:
    order = sorted(range(len(method.channels)), key=lambda place: (method.channels[place].vus_pr, place))
    labelled = [place for place in order if method.channels[place].vus_pr == method.channels[place].vus_pr]
    return [*labelled, *(place for place in order if place not in labelled)][:WORST]
