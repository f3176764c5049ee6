"""``peculiar known``: tables of planets, eclipsing binaries and flare stars that targets are compared with, offline."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import counted, say
from desktop_app.core.errors import ParamError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_COLUMNS = """the columns of a table, by any of their names, capitals do not matter; one of name, ids or ra and dec must
be there:
  name       name, object, pl_name, toi, kepoi_name ...
  ids        ids, tic, tid, kic, kepid, epic, gaia ...: "TIC 261136679; Pi Men" or the bare number in a column tic
  ra, dec    ICRS, degrees
  type       what it is, in your own words: planet, eclipsing binary, flare star
  period     days
  epoch      middle of a dip, full barycentric Julian date (2458325.5)
  duration   hours
  depth      parts per million

A target is recognised by its number or name, or within 10 arcsec."""


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="add or list tables of known objects",
        description="Targets and periods are compared with tables of known objects of your own: CSV, ECSV, VOTable "
        "or FITS files that are copied into a folder. None is needed, and nothing is fetched.",
        epilog=_COLUMNS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="?", choices=("list", "add"), default="list", help="default: %(default)s")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="the tables to add")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List the tables, or add some."""
    from desktop_app.engine.known import add_table, known_tables
    from desktop_app.paths import known_folder

    if arguments.what == "add":
        if not arguments.files:
            raise ParamError("No table is named.", hint="Give its name: peculiar known add FILE")
        for path in arguments.files:
            table = add_table(path)
            say(f"{counted(len(table.objects), 'object')} of {path.name} added." + _but(table.problem))
        return 0
    tables = known_tables()
    say(
        f"Tables of known objects in {known_folder()}:"
        if tables
        else f"No tables of known objects in {known_folder()}."
    )
    for table in tables:
        said = counted(len(table.objects), "object") + _but(table.problem) if table.objects else table.problem
        say(f"  {table.path.name}: {said}")
    return int(any(not table.objects for table in tables))


def _but(problem: str) -> str:
    return f" ({problem})" if problem else ""
