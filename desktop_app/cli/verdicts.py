"""``peculiar verdicts``: what users decided on objects, listed, told of one object, counted, written and taken."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import counted, say
from desktop_app.core.errors import ParamError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.engine.verdicts import Entry, VerdictStore

_ABOUT = """Verdicts stand in one file (SQLite) in the user's data folder; PECULIAR_VERDICTS names another. Rows are
only added to it: what is taken back stays in the history.

  list                 how everything stands, the last decided first
  history OBJECT       all that was decided on an object, by its id
  stats                how many, confirmed or not, by kind and day
  export FILE          all rows as CSV, ECSV or JSON, by the suffix of FILE; with --latest how everything stands
  import FILE...       add the rows of such files; what is known already is not taken twice, conflicts are told"""
_WIDTHS = (16, 24, 11, 12, 7)


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="list, count, export and import what was decided on objects",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_options(parser, "verdict", "json")
    actions = parser.add_subparsers(title="what to do", metavar="ACTION", dest="what", required=False)
    _add_options(actions.add_parser("list", help="how everything stands (the default)"), "verdict", "json")
    history = actions.add_parser("history", help="all that was decided on an object")
    history.add_argument("names", nargs="*", metavar="OBJECT", help="its id")
    _add_options(history, "json")
    _add_options(actions.add_parser("stats", help="how many, confirmed or not, by kind and day"), "json")
    export = actions.add_parser("export", help="write rows into a file")
    export.add_argument("names", nargs="*", metavar="FILE", help="its suffix names the format: .csv, .ecsv, .json")
    export.add_argument("--latest", action="store_true", help="how everything stands, not every row")
    _add_options(export, "verdict")
    taken = actions.add_parser("import", help="add the rows of files")
    taken.add_argument("names", nargs="*", metavar="FILE")
    parser.set_defaults(run=run)


def _add_options(parser: argparse.ArgumentParser, *names: str) -> None:
    # An option that was given before the action stays: only those that are given are set.
    if "verdict" in names:
        choices = ("interesting", "ordinary", "artefact")
        parser.add_argument("--verdict", choices=choices, default=argparse.SUPPRESS, help="only these")
    if "json" in names:
        parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked for."""
    from desktop_app.engine.verdicts import VerdictStore

    store = VerdictStore()
    actions = {"list": _list, "history": _history, "stats": _stats, "export": _export, "import": _import}
    arguments.verdict, arguments.json = getattr(arguments, "verdict", None), getattr(arguments, "json", False)
    status = actions[arguments.what or "list"](store, arguments)
    for note in store.journal.notes:
        say(note, sys.stderr)
    return status


def _list(store: "VerdictStore", arguments: argparse.Namespace) -> int:
    entries = [entry for entry in store.latest() if arguments.verdict in (None, entry.verdict)]
    if arguments.json:
        _say_json(entries)
    elif not entries:
        say(f"No verdicts in {store.path}.")
    else:
        _say_table(entries)
    return 0


def _history(store: "VerdictStore", arguments: argparse.Namespace) -> int:
    if len(arguments.names) != 1:
        raise ParamError("One object has to be named.", hint="Give its id: peculiar verdicts history stamp_00017")
    entries = store.history(arguments.names[0])
    if arguments.json:
        _say_json(entries)
    elif not entries:
        say(f"Nothing was decided on {arguments.names[0]}.")
    for entry in () if arguments.json else entries:
        act = {"decide": "", "undo": " (taken back)", "redo": " (once more)"}.get(entry.act, " (from a file)")
        said = ", ".join(one for one in (entry.verdict or "no verdict", entry.kind, entry.comment) if one)
        measured = f"  {entry.detector} {entry.score:.2f} σ" if entry.score == entry.score else ""
        say(f"{_when(entry)}  {said}{act}{measured}  {entry.subject.source}  {entry.who}".rstrip())
    return 0 if entries else 1


def _stats(store: "VerdictStore", arguments: argparse.Namespace) -> int:
    from desktop_app.engine.verdict_statistics import statistics

    told = statistics(store.latest())
    if arguments.json:
        kept = {**asdict(told), "recent": [_as_json(entry) for entry in told.recent]}
        say(json.dumps({**kept, **{name: dict(kept[name]) for name in ("verdicts", "kinds", "days")}}, indent=1))
        return 0
    say(f"{counted(told.objects, 'object')} decided on, {told.comments:,} with a comment, in {store.path}")
    for name, n in told.verdicts:
        say(f"  {name:<24} {n:>8,}")
    say(f"  {'verdict taken back':<24} {told.unclassified:>8,}")
    say(f"{counted(told.flagged, 'object')} flagged by a detector when decided on")
    for name, n in (
        ("confirmed", told.confirmed),
        ("not interesting", told.false_positives),
        ("interesting, not flagged", told.false_negatives),
    ):
        say(f"  {name:<24} {n:>8,}")
    for title, rows in (("Kinds", told.kinds), ("Days (UTC)", told.days)):
        if rows:
            say(title)
        for name, n in rows:
            say(f"  {name:<24} {n:>8,}")
    if told.recent:
        say("Last decided")
        _say_table(told.recent)
    return 0


def _export(store: "VerdictStore", arguments: argparse.Namespace) -> int:
    from desktop_app.engine.verdict_files import write_verdicts

    if len(arguments.names) != 1:
        raise ParamError("One file has to be named.", hint="Give its name: peculiar verdicts export verdicts.csv")
    entries = store.latest() if arguments.latest else store.entries()
    entries = tuple(entry for entry in entries if arguments.verdict in (None, entry.verdict))
    path = write_verdicts(entries, Path(arguments.names[0]))
    say(f"{counted(len(entries), 'row')} written to {path}.")
    return 0


def _import(store: "VerdictStore", arguments: argparse.Namespace) -> int:
    from desktop_app.engine.verdict_files import import_verdicts

    if not arguments.names:
        raise ParamError("No file is named.", hint="Give its name: peculiar verdicts import verdicts.csv")
    refused = False
    for name in arguments.names:
        merged = import_verdicts(store, Path(name))
        say(f"{name}: {counted(merged.added, 'row')} added, {merged.known:,} known already.")
        for line in (*merged.conflicts, *merged.refused):
            say(f"  {line}")
        refused |= bool(merged.refused)
    return int(refused)


def _say_table(entries: "Sequence[Entry]") -> None:
    for entry in entries:
        score = f"{entry.score:.2f}" if entry.score == entry.score else ""
        told = (_when(entry), entry.subject.object, entry.verdict or "none", entry.kind, score)
        line = "  ".join(f"{text:<{width}}" for text, width in zip(told, _WIDTHS, strict=True))
        say(f"{line}  {entry.comment.splitlines()[0] if entry.comment else ''}".rstrip())


def _say_json(entries: "Sequence[Entry]") -> None:
    say(json.dumps([_as_json(entry) for entry in entries], indent=1, ensure_ascii=False))


def _as_json(entry: "Entry") -> dict[str, object]:
    from desktop_app.engine.verdicts import row_of

    row = {name: value for name, value in row_of(entry).items() if name != "key"}
    return {name: None if value != value else value for name, value in row.items()}


def _when(entry: "Entry") -> str:
    return entry.at[:16].replace("T", " ")
