"""``peculiar inject``: puts signals of known truth into light curves or telemetry, and tells how many are found."""

import argparse
import json
import math
import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.arguments import add_settings, sigmas
from desktop_app.cli.columns import add_column_options, choice_in, open_chosen, say_remembered
from desktop_app.cli.found_files import files_of
from desktop_app.cli.inject_faults import add_fault_options, are_telemetry, refuse_faults, run_faults
from desktop_app.cli.terminal import counted, say, tell
from desktop_app.core.errors import ParamError, ReadError, UserError
from desktop_app.core.progress import Report, part
from desktop_app.core.quality import PRESETS

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Sequence

    from desktop_app.core.injection.plan import InjectionPlan
    from desktop_app.core.injection.results import RecoveryMap
    from desktop_app.core.light_curve import LightCurve

_KINDS = ("transits", "single-transits", "flares", "dips", "steps", "outliers")
_USUAL_KIND = "single-transits"
_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*([a-z%]*)", re.IGNORECASE)
_SHARES = {"": 100.0, "%": 1.0, "ppm": 1e-4, "ppt": 0.1}
_HOURS = {"": 1.0, "h": 1.0, "min": 1 / 60, "d": 24.0}
_DAYS = {"": 1.0, "d": 1.0, "h": 1 / 24, "min": 1 / 1440}
_NONE = {"": 1.0}


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="inject signals of known truth and tell how many are found",
        description="Puts signals of known truth into light curves, lets the detector look, and prints how many it "
        "finds by depth and duration, how many events it makes of nothing, and the threshold for a wished number of "
        "those. Several files are pooled: the injections are dealt out among them. Into telemetry faults are "
        "planted: into the last 40 % of the training stretch, and the detector learns from the rest.",
        epilog="Ranges are MIN:MAX with units (--depth 100ppm:1%, --duration 30min:12h); what is left open is chosen "
        "for the curve, from a signal to noise of 3 to 30.",
    )
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a light curve, a folder of them, or telemetry"
    )
    parser.add_argument("--kind", choices=_KINDS, help=f"what (default: {_USUAL_KIND})")
    parser.add_argument(
        "--depth", type=partial(_span, units=_SHARES), metavar="MIN:MAX", help="relative; or with %% or ppm"
    )
    parser.add_argument(
        "--snr", type=partial(_span, units=_NONE), metavar="MIN:MAX", help="rows of the map are signal to noise"
    )
    parser.add_argument(
        "--duration", type=partial(_span, units=_HOURS), metavar="MIN:MAX", help="in hours; or with min, h or d"
    )
    parser.add_argument(
        "--period", type=partial(_span, units=_DAYS), metavar="MIN:MAX", help="of transits, in days; or with h"
    )
    parser.add_argument("--across", choices=("duration", "period"), help="the columns of the map (default: duration)")
    parser.add_argument("--n", type=_count, metavar="N", help="injections in each cell of the map (default: 20)")
    parser.add_argument("--rows", type=_count, metavar="N", help="steps of depth or signal to noise (default: 5)")
    parser.add_argument("--columns", type=_count, metavar="N", help="steps of duration or period (default: 4)")
    parser.add_argument("--scrambles", type=_count, metavar="N", help="scrambled curves to count on (default: 20)")
    parser.add_argument("--scramble", choices=("blocks", "phases"), help="how they are made (default: blocks)")
    parser.add_argument("--false-events", type=float, metavar="X", help="wished per curve (default: 0.1)")
    parser.add_argument(
        "--count", choices=("all", "same-side"), help="which false events: all, or those of the signals' side"
    )
    parser.add_argument("--seed", type=int, metavar="S", help="the same seed injects the same (default: 0)")
    parser.add_argument("--detector", metavar="NAME", help="what looks; 'peculiar detectors' tells the default")
    add_settings(parser, "its settings")
    parser.add_argument("--threshold", type=sigmas, metavar="X", help="in sigma (default: the detector's own)")
    parser.add_argument("--flux", metavar="COLUMN", help="inject into this flux column (default: the best there is)")
    parser.add_argument("--part", metavar="NAME", help="this filter, aperture or table (default: the first)")
    parser.add_argument(
        "--quality", choices=PRESETS, default="default", help="which QUALITY bits hide a row (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the map and every injection here")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="CURVE",
        help="instead, write one injected light curve here (.fits, .ecsv or .csv) and its truth beside it",
    )
    add_fault_options(parser)
    add_column_options(parser, flux=False)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Inject and look; 1 where a file could not be read or nothing could be injected."""
    if are_telemetry(arguments.files):
        return run_faults(arguments)
    refuse_faults(arguments)
    from desktop_app.detectors import DEFAULT_DETECTOR, DETECTORS
    from desktop_app.engine.injected_files import check_suffix
    from desktop_app.export.writer import check_target

    plan = _plan(arguments)
    DETECTORS[arguments.detector or DEFAULT_DETECTOR].params.checked(dict(arguments.settings))
    if arguments.out:
        check_target(check_suffix(arguments.out))
    if arguments.json:
        check_target(arguments.json)
    files, failed = files_of(arguments.files)
    curves, unread = _opened(files, arguments)
    failed += unread
    if not curves:
        return 1
    if arguments.out:
        _write_one(curves, plan, arguments.out)
        return int(failed > 0)
    from desktop_app.cli.inject_view import show_map

    found = _measured(curves, plan, arguments)
    show_map(found)
    if arguments.json:
        _write_json(found, arguments.json)
    return int(failed > 0)


def _plan(arguments: argparse.Namespace) -> "InjectionPlan":
    """What the options ask for.

    Raises
    ------
    ParamError
    """
    from desktop_app.core.injection.plan import InjectionPlan

    if arguments.depth and arguments.snr:
        raise ParamError("The rows of the map are either depths or SNR.", hint="Leave --depth or --snr out.")
    kind = arguments.kind or _USUAL_KIND
    if arguments.period and kind != "transits":
        raise ParamError(f"Of {kind} there is no period.", hint="Choose --kind transits, or leave it out.")
    chosen: dict[str, object] = {"kind": kind.replace("-", " ")}
    for name in ("depth", "snr", "duration", "period"):
        if getattr(arguments, name):
            chosen[f"{name}_from"], chosen[f"{name}_to"] = getattr(arguments, name)
    if arguments.snr:
        chosen["measure"] = "SNR"
    others = {"number": arguments.n, "false_events": arguments.false_events}
    others |= {
        name: getattr(arguments, name) for name in ("across", "rows", "columns", "scrambles", "scramble", "seed")
    }
    if arguments.count:
        others["counted"] = arguments.count.replace("-", " ")
    return InjectionPlan.checked(chosen | {name: value for name, value in others.items() if value is not None})


def _opened(files: "Sequence[Path]", arguments: argparse.Namespace) -> "tuple[list[LightCurve], int]":
    """The curves that can be injected into, and how many files gave none."""
    from desktop_app.core.injection.ground import ground_of
    from desktop_app.core.progress import silent

    choice = choice_in(arguments, flux_alone=False)
    curves, failed, chosen = [], 0, False
    for path in files:
        try:
            curve, by_choice = open_chosen(path, arguments.quality, choice, arguments.flux, part=arguments.part)
            chosen |= by_choice
            ground_of(curve, silent)
            curves.append(curve)
        except ParamError:
            raise
        except UserError as error:
            failed += 1
            tell(error, str(path))
    if chosen:
        say_remembered()
    return curves, failed


def _measured(curves: "Sequence[LightCurve]", plan: "InjectionPlan", arguments: argparse.Namespace) -> "RecoveryMap":
    from desktop_app.cli.progress import progress
    from desktop_app.cli.work import ending_of, worker
    from desktop_app.core.injection.results import RecoveryMap
    from desktop_app.detectors import DEFAULT_DETECTOR
    from desktop_app.engine.inject import recovery
    from desktop_app.engine.jobs import Failed, Finished

    name, settings = arguments.detector or DEFAULT_DETECTOR, dict(arguments.settings)

    def work(report: Report) -> RecoveryMap:
        return recovery(curves, name, settings, plan, part(report, 0.0, 1.0), threshold=arguments.threshold)

    with worker() as thread, progress(1) as (report, _note):
        match ending_of(work, thread, partial(report, 0, _called(curves))):
            case Finished(result=RecoveryMap() as found):
                return found
            case Failed(error=error):
                raise error
    raise ReadError("The work was stopped.")


def _called(curves: "Sequence[LightCurve]") -> str:
    source = curves[0].source
    first = source.path.name if source.path else source.object_name
    return first if len(curves) == 1 else counted(len(curves), "curve")


def _write_one(curves: "Sequence[LightCurve]", plan: "InjectionPlan", path: Path) -> None:
    from desktop_app.engine.inject import injected_example
    from desktop_app.engine.injected_files import write_injected

    if len(curves) > 1:
        raise ParamError("--out writes one injected light curve.", hint="Name one file.")
    curve, truth = injected_example(curves[0], plan)
    written = write_injected(curve, truth, path, curves[0], plan.seed)
    say(f"{counted(len(truth), 'signal')} injected; written to {' and '.join(map(str, written))}")


def _write_json(found: "RecoveryMap", path: Path) -> None:
    from desktop_app.engine.inject_report import as_json
    from desktop_app.export.writer import write_together

    write_together({path: json.dumps(as_json(found), indent=1, ensure_ascii=False, allow_nan=False) + "\n"})
    say(f"{counted(len(found.tries), 'injection')} written to {path}", sys.stderr)


def _count(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _span(text: str, units: dict[str, float]) -> tuple[float, float]:
    """ "MIN:MAX", each a number with one of ``units``; a unit at the end alone counts for both."""
    parts = text.split(":")
    found = [_NUMBER.fullmatch(one.strip()) for one in parts]
    if len(parts) > 2 or any(match is None for match in found):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form MIN:MAX")
    words = [(match[1], match[2].lower()) for match in found if match is not None]
    last = words[-1][1]
    values = []
    for number, unit in words:
        if (unit or last) not in units:
            known = ", ".join(filter(None, units)) or "none"
            raise argparse.ArgumentTypeError(f"{unit or last!r} is no unit of it (possible: {known})")
        values.append(float(number) * units[unit or last])
    if not all(0 < value < math.inf for value in values):
        raise argparse.ArgumentTypeError(f"{text!r} has to be above 0")
    if values[0] > values[-1]:
        raise argparse.ArgumentTypeError(f"{text!r} begins with the larger number")
    return values[0], values[-1]
