"""``peculiar evaluate images``: how well detectors do on pictures of which something is known."""

import argparse
import json
import sys
from collections.abc import Iterator
from functools import partial
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.arguments import add_detectors_and_json, add_settings
from desktop_app.cli.terminal import counted, say

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.engine.evaluate.images.figures import AlertFigures, ClassesFigures, FrameFigures
    from desktop_app.engine.evaluate.images.report import Evaluation

_NOT_KNOWN = "-"
Rows = list[tuple[str, ...]]


def add_to(kinds: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make ``evaluate images`` known."""
    parser = kinds.add_parser(
        name,
        help="pictures, against a table of what they show",
        description="Looks at every picture that a table names. Stamps of one folder are ranked with each rare class "
        "hidden among the others, and labels are looked at afterwards; alerts are held against the real-bogus scores "
        "and the asteroids of their survey; in all other pictures artefacts are looked for by kind and place. Plain "
        "recipes are measured beside, on the same stamps.",
        epilog="The table is a CSV with the columns file and label; a column kind names an artefact, and region_pixels "
        "the corners x y of its outline in pixels from 0.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder that the files lie in, at any depth")
    parser.add_argument("--truth", type=Path, required=True, metavar="CSV", help="what is known of the files")
    add_detectors_and_json(parser, "the default one of each kind of data")
    add_settings(parser, "a setting of the one detector; may be given several times")
    parser.add_argument("--no-controls", action="store_true", help="only the detectors: no plain recipes, no chance")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate and tell; 1 where a file or folder could not be looked at."""
    from desktop_app.cli.evaluating import awaited, check_target, write_whole
    from desktop_app.engine.evaluate.images.report import Evaluation, Request, as_json, evaluate

    request = Request(
        arguments.folder,
        arguments.truth,
        tuple(arguments.detector),
        dict(arguments.settings),
        not arguments.no_controls,
    )
    if arguments.json:
        check_target(arguments.json)
    done = awaited(partial(evaluate, request), Evaluation)
    _show(done)
    if arguments.json:
        write_whole(arguments.json, (json.dumps(as_json(done), indent=1, ensure_ascii=False) + "\n").encode())
        say(f"Report written to {arguments.json}", sys.stderr)
    return int(bool(done.problems) or any(frame.problem for frame in done.frames))


def _show(done: "Evaluation") -> None:
    from desktop_app.cli.evaluate_view import aligned

    files = len(done.truth.known)
    say(f"{done.truth.path}: {counted(files, 'file')}, {files - len(done.no_file):,} of them in {done.request.folder}")
    say(f"Code {done.code[:12]}, table {done.truth.sha256[:12]}")
    for title, rows in _tables(done):
        say("")
        say(title)
        width = len(rows[0])
        for line in aligned([(*row, *[""] * (width - len(row))) for row in rows]):
            say(line)
    for problem in done.problems:
        say(problem, sys.stderr)


def _tables(done: "Evaluation") -> Iterator[tuple[str, Rows]]:
    for one in done.classes:
        taken = ", so many of them taken that they are rare" if one.thinned else ""
        yield f"{one.folder}: {one.of_rare} of {one.stamps} stamps are {one.rare}{taken}", _of_classes(one)
    for folder in dict.fromkeys(one.folder for one in done.alerts):
        mine = [one for one in done.alerts if one.folder == folder]
        first = mine[0]
        title = f"{folder}: {first.real} alerts held to be real, {first.bogus} bogus, {first.moving} known asteroids"
        yield title, _of_alerts(mine)
    if done.frames:
        yield f"Artefacts in {counted(len(done.frames), 'picture')}", _of_frames(done.frames)


def _of_classes(one: "ClassesFigures") -> Rows:
    rows: Rows = [("method", "AUROC", "AP", "recall 5 %", "recall 100", "RWS 100", "flagged", "s")]
    for found in one.rankings:
        name = f"({found.method})" if found.control else found.method
        if found.problem:
            rows.append((name, found.problem))
            continue
        figures = (found.auc, found.average_precision, found.recall_5, found.recall_100, found.rank_weighted_100)
        flagged = str(found.flagged) if found.flagged >= 0 else _NOT_KNOWN
        rows.append((name, *map(_share, figures), flagged, f"{found.seconds:.1f}"))
    return rows


def _of_alerts(alerts: "list[AlertFigures]") -> Rows:
    rows: Rows = [("method", "real before bogus", "moving before others", "moving named", "others named so")]
    for found in alerts:
        name = f"({found.method})" if found.control else found.method
        if found.problem:
            rows.append((name, found.problem))
            continue
        named = [str(count) if count >= 0 else _NOT_KNOWN for count in (found.moving_named, found.others_named)]
        rows.append((name, _share(found.auc), _share(found.moving_auc), *named))
    return rows


def _of_frames(frames: "tuple[FrameFigures, ...]") -> Rows:
    rows: Rows = [("file", "known", "found", "missed", "not there", "overlap", "s")]
    for one in frames:
        if one.problem:
            rows.append((one.file, one.problem))
            continue
        found = ", ".join(f"{kind} ({count})" if count > 1 else kind for kind, count in one.found)
        overlaps = ", ".join(f"{kind} {_share(value)}" for kind, value in one.overlaps)
        known = ", ".join(one.expected) or _NOT_KNOWN
        told = (known, found or "nothing", ", ".join(one.missed), ", ".join(one.false), overlaps)
        rows.append((one.file, *(text or _NOT_KNOWN for text in told), f"{one.seconds:.1f}"))
    return rows


def _share(value: float) -> str:
    return _NOT_KNOWN if isnan(value) else f"{value:.3f}"
