"""One evaluation of pictures from files and a table to its report, which reads the same from version to version."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path, PurePosixPath

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import ParamError, ReadError, UserError
from desktop_app.core.progress import Report, part
from desktop_app.detectors import CUTOUT_DETECTORS, DEFAULT_CUTOUT_DETECTOR, DEFAULT_IMAGE_DETECTOR, IMAGE_DETECTORS
from desktop_app.engine.evaluate.images.alerts import alert_figures, named_alike
from desktop_app.engine.evaluate.images.artefact_frames import frame_figures
from desktop_app.engine.evaluate.images.figures import AlertFigures, ClassesFigures, FrameFigures
from desktop_app.engine.evaluate.images.rare_classes import classes_figures
from desktop_app.engine.evaluate.images.truth import ImageTruth, Known, read_image_truth
from desktop_app.engine.evaluate.side_by_side import code_hash
from desktop_app.engine.evaluate.truth import find_files
from desktop_app.io import open_file, summarise
from desktop_app.paths import version

EVALUATION = 1
ALL = "all"
OF_ALERTS = "triplet"


@dataclass(frozen=True)
class Request:
    """What to evaluate, and on what.

    Attributes
    ----------
    folder, truth : Path
    detectors : tuple of str
        Names, or "all"; () for the default of each kind.
    settings : mapping of str to str
        Of the one detector that is named.
    controls : bool
    """

    folder: Path
    truth: Path
    detectors: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    controls: bool = True

    def of_cutouts(self) -> tuple[str, ...]:
        """The detectors that rank stamps."""
        if ALL in self.detectors:
            return tuple(name for name in CUTOUT_DETECTORS if name != OF_ALERTS)
        named = tuple(name for name in self.detectors if name in CUTOUT_DETECTORS and name != OF_ALERTS)
        return named if self.detectors else (DEFAULT_CUTOUT_DETECTOR,)

    def of_alerts(self) -> tuple[str, ...]:
        """The detectors that look at alerts."""
        return (OF_ALERTS,) if not self.detectors or {ALL, OF_ALERTS} & set(self.detectors) else ()

    def of_frames(self) -> str:
        """The detector that looks at single pictures."""
        return next((name for name in self.detectors if name in IMAGE_DETECTORS), DEFAULT_IMAGE_DETECTOR)

    def check(self) -> None:
        """See to it that every name and setting is known.

        Raises
        ------
        ParamError
        """
        known = {*CUTOUT_DETECTORS, *IMAGE_DETECTORS, ALL}
        unknown = [name for name in self.detectors if name not in known]
        if unknown:
            raise ParamError(
                f"There is no detector of pictures called {unknown[0]!r}.",
                hint=f"Choose from: {', '.join(sorted(known))}.",
            )
        if self.settings and len(self.detectors) != 1:
            raise ParamError("Settings can be given for one detector only.", hint="Name it with --detector NAME.")
        if self.settings:
            registry = CUTOUT_DETECTORS if self.detectors[0] in CUTOUT_DETECTORS else IMAGE_DETECTORS
            registry[self.detectors[0]].params.checked(self.settings)


@dataclass(frozen=True)
class Evaluation:
    """What came out.

    Attributes
    ----------
    request : Request
    truth : ImageTruth
    classes : tuple of ClassesFigures
    alerts : tuple of AlertFigures
    frames : tuple of FrameFigures
    no_file : tuple of str
        Files of the table that are not in the folder.
    problems : tuple of str
        Folders that could not be looked at, and why.
    code : str
        sha256 of all sources that decide what is found.
    """

    request: Request
    truth: ImageTruth
    classes: tuple[ClassesFigures, ...]
    alerts: tuple[AlertFigures, ...]
    frames: tuple[FrameFigures, ...]
    no_file: tuple[str, ...]
    problems: tuple[str, ...]
    code: str


def evaluate(request: Request, report: Report) -> Evaluation:
    """Look at every file that the table names, and hold what was found against it.

    Folders that are sets of cut-outs are ranked with each rare class in turn; folders of alerts by what their survey
    says; all other files are single pictures whose artefacts are looked for.

    Raises
    ------
    ReadError
        The table cannot be read, or none of its files is in the folder.
    ParamError
        There is no such detector or setting.
    """
    request.check()
    truth = read_image_truth(request.truth)
    places = find_files(request.folder, [one.file for one in truth.known])
    there = {name: place for name, place in places.items() if place is not None}
    if not there:
        raise ReadError(
            f"None of the files that {request.truth} names is in {request.folder}.", hint="Name their folder."
        )
    folders: dict[Path, list[Known]] = {}
    for one in truth.known:
        if one.file in there:
            folders.setdefault(there[one.file].parent, []).append(one)
    work = _Work(request)
    for n, (folder, mine) in enumerate(folders.items()):
        work.look(folder, mine, there, part(report, n / len(folders), (n + 1) / len(folders)))
    return Evaluation(
        request,
        truth,
        tuple(work.classes),
        tuple(work.alerts),
        tuple(work.frames),
        tuple(one.file for one in truth.known if places[one.file] is None),
        tuple(work.problems),
        code_hash(),
    )


class _Work:
    """What was found so far, folder by folder."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.classes: list[ClassesFigures] = []
        self.alerts: list[AlertFigures] = []
        self.frames: list[FrameFigures] = []
        self.problems: list[str] = []

    def look(self, folder: Path, mine: Sequence[Known], places: Mapping[str, Path], report: Report) -> None:
        """Look at all files of one folder that the table names."""
        report(0.0, folder.name)
        of_alerts = any(one.role for one in mine)
        try:
            if of_alerts or summarise(folder).kind == "cutouts":
                self._look_at_stamps(folder, mine, report, of_alerts=of_alerts)
                return
        except UserError as error:
            if of_alerts:
                self.problems.append(f"{folder.name}: {error.message}")
                return
        for n, one in enumerate(mine):
            told = part(report, n / len(mine), (n + 1) / len(mine))
            told(0.0, one.file)
            name = self._request.of_frames()
            settings = self._request.settings if name in self._request.detectors else {}
            self.frames.append(frame_figures(one, places[one.file], name, settings, told))

    def _look_at_stamps(self, folder: Path, mine: Sequence[Known], report: Report, *, of_alerts: bool) -> None:
        data = open_file(folder)
        if not isinstance(data, CutoutSet):
            raise ReadError(f"{folder.name} is no set of cut-outs.", hint="Its pictures have different sizes.")
        request = self._request
        if of_alerts:
            known = named_alike(mine, data.ids)
            self.alerts += alert_figures(
                folder.name,
                data,
                known,
                request.of_alerts(),
                request.settings,
                controls=request.controls,
                report=report,
            )
            return
        labels = {PurePosixPath(one.file).name.split(".")[0]: one.label for one in mine}
        self.classes += classes_figures(
            folder.name,
            data,
            labels,
            request.of_cutouts(),
            request.settings,
            controls=request.controls,
            report=report,
        )


def as_json(done: Evaluation) -> dict[str, object]:
    """The report for programs; what is not known is null."""
    return {
        "evaluation": EVALUATION,
        "application": f"Peculiar {version()}",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "folder": str(done.request.folder),
        "truth": str(done.truth.path),
        "truth_sha256": done.truth.sha256,
        "code_sha256": done.code,
        "classes": [_plain(asdict(one)) for one in done.classes],
        "alerts": [_plain(asdict(one)) for one in done.alerts],
        "frames": [
            {**_mapping(asdict(one)), "missed": list(one.missed), "false": list(one.false)} for one in done.frames
        ],
        "no_file": list(done.no_file),
        "problems": list(done.problems),
    }


def _mapping(values: Mapping[str, object]) -> dict[str, object]:
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    match value:
        case dict():
            return _mapping(value)
        case list() | tuple():
            return [_plain(one) for one in value]
        case float():
            return value if isfinite(value) else None
        case _:
            return value
