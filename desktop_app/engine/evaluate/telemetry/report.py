"""One evaluation of telemetry: predictions to disk, labels in another process, figures, checks."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from desktop_app.core.errors import ParamError
from desktop_app.core.metrics.volume import WINDOW
from desktop_app.core.progress import Report, part
from desktop_app.detectors import DEFAULT_TELEMETRY_DETECTOR, TELEMETRY_DETECTORS
from desktop_app.engine.evaluate.predict import Method
from desktop_app.engine.evaluate.side_by_side import code_hash, elsewhere
from desktop_app.engine.evaluate.telemetry.controls import CONTROLS, Mode
from desktop_app.engine.evaluate.telemetry.pooling import checks_of
from desktop_app.engine.evaluate.telemetry.predict import (
    Place,
    detector_of,
    methods_asked,
    places_in,
    predict_all,
)
from desktop_app.engine.evaluate.telemetry.results import Evaluation, FaultRow, Faults, MethodFigures
from desktop_app.engine.evaluate.telemetry.scoring import Order, Scored, score
from desktop_app.nets.weights import folder_of, weights_hash
from desktop_app.paths import version

ALL = "all"
NOT_KNOWN = "n/a"
_STREAMING_DETECTOR = "stream"


@dataclass(frozen=True)
class Request:
    """What to evaluate, and on what.

    Attributes
    ----------
    data : Path
        A file or folder of telemetry.
    labels : Path or None
        A label file in place of the labels that come with the data.
    detectors : tuple of str
        Names, such as "discord" or "discord:mode=watch", or "all"; () for the default one and the one that streams.
    settings : mapping of str to str
        Of the one detector that is named.
    threshold : float, optional
    controls : bool
    faults : int
        How many faults of each kind and size are planted into nominal data; 0 for none.
    jobs : int
        Processes side by side; 0 for one a core.
    """

    data: Path
    labels: Path | None = None
    detectors: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    threshold: float | None = None
    controls: bool = True
    faults: int = 0
    jobs: int = 0

    def methods(self) -> tuple[Method, ...]:
        """The detectors that are asked for, then the controls.

        A detector that is a control as well stands among the controls, unless it is asked for by its name.

        Raises
        ------
        ParamError
            No such detector or setting, or settings or a threshold for more than one.
        """
        own = {control.detector for control in CONTROLS.values()} if self.controls else set()
        names = [name for name in TELEMETRY_DETECTORS if name not in own] if ALL in self.detectors else self.detectors
        asked = tuple(dict.fromkeys(names or _defaults(one=bool(self.settings or self.threshold is not None))))
        if len(asked) > 1 and (self.settings or self.threshold is not None):
            raise ParamError(
                "Settings and a threshold can be given for one detector only.", hint="Name it with --detector NAME."
            )
        controls = [
            Method(name, control=True)
            for name, control in CONTROLS.items()
            if self.controls
            and control.detector not in asked
            and (control.look or control.detector in TELEMETRY_DETECTORS)
        ]
        return methods_asked(asked, self.settings, self.threshold) + tuple(controls)


def evaluate(request: Request, report: Report, *, plots: Path | None = None) -> Evaluation:
    """Look at all parts with all methods, then let another process hold what was found against the labels.

    Parameters
    ----------
    request : Request
    report : callable
        Told the progress; may raise `JobCancelled`.
    plots : Path, optional
        A folder to draw plots into.

    Raises
    ------
    ParamError
        No such detector or setting.
    ReadError
        The data cannot be read, or nothing is labelled.
    """
    # Now and not when the report is written: the sources may be edited meanwhile.
    code, began = code_hash(), perf_counter()
    methods = request.methods()
    places = places_in(request.data)
    end = 0.6 if request.faults else 0.9
    with TemporaryDirectory(prefix="peculiar-") as aside:
        kept = Path(aside)
        predict_all(places, methods, kept, request.jobs or os.cpu_count() or 1, part(report, 0.0, end))
        order = Order(kept, places, request.labels, tuple(_about(one) for one in methods), str(request.data))
        report(end, "Comparing with what is known")
        scored = elsewhere(score, order, lambda _done, _text: report(end, "Comparing with what is known"))
        done = _evaluation(request, scored, code, perf_counter() - began)
        if plots is not None:
            from desktop_app.engine.evaluate.telemetry.plots import draw_plots

            draw_plots(done, places, kept, plots, part(report, end, end + 0.05))
    if not request.faults:
        return done
    return replace(done, faults=_faults(places, methods, request.faults, part(report, end + 0.05, 1.0)))


def _evaluation(request: Request, scored: Scored, code: str, seconds: float) -> Evaluation:
    constants, selection = _constants()
    labelled = sum(bool(channel.events) for channel in scored.channels)
    groups = ", ".join(dict.fromkeys(channel.group for channel in scored.channels if channel.group))
    return Evaluation(
        data=request.data.name,
        data_sha256=scored.data_sha256,
        labels_sha256=scored.labels_sha256,
        code_sha256=code,
        constants_sha256=constants,
        selection_set=selection,
        report_set=f"{request.data.name}: {len(scored.channels)} channels, {labelled} of them labelled"
        + (f" ({groups})" if groups else ""),
        seed=0,
        window=WINDOW,
        channels=scored.channels,
        methods=scored.methods,
        checks=checks_of(scored.methods),
        application=f"Peculiar {version()}",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 1),
    )


def _defaults(*, one: bool) -> tuple[str, ...]:
    """What is evaluated where nobody chose; one detector only where settings are given."""
    causal = (_STREAMING_DETECTOR,) if _STREAMING_DETECTOR in TELEMETRY_DETECTORS and not one else ()
    return (DEFAULT_TELEMETRY_DETECTOR, *causal)


def _about(method: Method) -> MethodFigures:
    """The method as the report tells of it, without figures."""
    control = CONTROLS[method.name] if method.control else None
    label = control.label if control else method.name
    name = detector_of(method)
    told = MethodFigures(method.name, label, method.control, _modes(method))
    if not name:
        return told
    spec = TELEMETRY_DETECTORS[name]
    params = spec.params.checked(method.settings)
    weights = str(getattr(params, "weights", "")) or spec.weights
    return replace(
        told,
        settings=params.model_dump(mode="json"),
        threshold=spec.threshold if method.threshold is None else method.threshold,
        version=spec.version,
        weights=weights_hash(weights) or None,
        taught=_taught(weights),
    )


def _taught(weights: str) -> tuple[str, ...]:
    """The channels whose labels a network learnt from or was chosen by, as its card tells; () for all others."""
    card = folder_of(weights) / "card.json"
    if not weights or not card.is_file():
        return ()
    split = json.loads(card.read_text(encoding="utf-8")).get("split", {})
    return tuple(sorted({*split.get("training", ()), *split.get("validation", ())}))


def _modes(method: Method) -> tuple[Mode, ...]:
    if method.control:
        return CONTROLS[method.name].modes
    return ("streaming",) if TELEMETRY_DETECTORS[detector_of(method)].causal else ("offline",)


def _constants() -> tuple[str, str]:
    """The hash of the frozen constants, and what they were chosen on."""
    try:
        from desktop_app.core.channels import constants
    except ImportError:
        return NOT_KNOWN, NOT_KNOWN
    return constants.constants_hash(), str(getattr(constants, "SELECTION_SET", NOT_KNOWN))


def _faults(places: tuple[Place, ...], methods: tuple[Method, ...], trials: int, report: Report) -> tuple[Faults, ...]:
    """What each detector finds of faults that are planted into nominal data that it did not learn from."""
    from desktop_app.engine.inject_telemetry import fault_recall

    data = [place.open() for place in places]
    asked = [method for method in methods if not method.control]
    found = []
    for number, method in enumerate(asked):
        told = part(report, number / len(asked), (number + 1) / len(asked))
        recall = fault_recall(
            data, detector_of(method), method.settings, trials=trials, report=told, threshold=method.threshold
        )
        rows = tuple(
            FaultRow(one.kind, one.planted, one.found, one.low, one.high, one.right) for one in recall.per_kind
        )
        found.append(Faults(method.name, rows, recall.false_per_10k, recall.left_out))
    return tuple(found)
