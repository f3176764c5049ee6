"""Which columns of a table are time and flux: the options that say it, and ``peculiar columns``, which lists them."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import counted, say
from desktop_app.core.errors import ColumnsUnclear, ParamError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.core.light_curve import LightCurve
    from desktop_app.core.quality import Preset
    from desktop_app.io.tables.column_choice import ColumnChoice

_NAMES_SHOWN = 8


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="list or forget the columns chosen for tables",
        description="Lists which columns were chosen for tables whose columns cannot be told apart by their names. "
        "A choice holds for every table of that kind with the same columns.",
        epilog="'peculiar columns forget 2' forgets the second of the list, 'peculiar columns forget all' every one.",
    )
    parser.add_argument("what", nargs="?", choices=("list", "forget"), default="list", help="default: %(default)s")
    parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="which of the list to forget, or all")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List what is kept, or forget some of it."""
    from desktop_app.io.tables.column_choice import forget, remembered

    kept = remembered()
    if arguments.what == "forget":
        places = _places(arguments.numbers, len(kept))
        say(f"{counted(forget(frozenset(kept[place].shape.key for place in places)), 'choice')} forgotten.")
        return 0
    if not kept:
        say("No columns were chosen yet. 'peculiar open FILE --time COLUMN --flux COLUMN' chooses them.")
    for number, one in enumerate(kept, start=1):
        names = ", ".join(one.shape.names[:_NAMES_SHOWN]) + (", …" if len(one.shape.names) > _NAMES_SHOWN else "")
        say(f"{number:>3}  {one.choice.said()}")
        where = f" in {one.shape.folder}" if one.shape.folder else ""
        say(f"     of {one.shape.kind} tables{where} with the columns {names} (chosen for {one.file})")
    return 0


def add_column_options(parser: argparse.ArgumentParser, *, flux: bool = True) -> None:
    """The options that say which column is what; ``--flux`` where the command has none of its own."""
    group = parser.add_argument_group(
        "columns of a table",
        "for tables whose columns cannot be told apart by their names; remembered for others alike",
    )
    group.add_argument("--time", metavar="COLUMN", default="", help="the column of time")
    if flux:
        group.add_argument("--flux", metavar="COLUMN", default="", help="the column of flux or magnitude")
    group.add_argument("--flux-err", metavar="COLUMN", default="", help="the column of its error")
    group.add_argument("--quality-column", metavar="COLUMN", default="", help="the column of quality bits")
    group.add_argument("--time-unit", metavar="UNIT", default="", help="the unit of time: d, h, min or s")
    group.add_argument(
        "--time-zero",
        metavar="ZERO",
        default="",
        help="what times count from: BTJD, BKJD, BJD, MJD, JD or a Julian date",
    )


def choice_in(arguments: argparse.Namespace, *, flux_alone: bool = True) -> "ColumnChoice | None":
    """What the options say of the columns; None where they say nothing.

    Parameters
    ----------
    flux_alone : bool
        Whether ``--flux`` without the others is such a choice.
    """
    from desktop_app.io.tables.column_choice import ColumnChoice

    flux = arguments.flux or ""
    choice = ColumnChoice(
        arguments.time, flux, arguments.flux_err, arguments.quality_column, arguments.time_unit, arguments.time_zero
    )
    alone = choice == ColumnChoice(flux=flux)
    return None if alone and not (flux and flux_alone) else choice


def open_chosen(
    path: Path, quality: "Preset", choice: "ColumnChoice | None", flux: str | None = None, *, part: str | None = None
) -> "tuple[LightCurve, bool]":
    """The light curve in ``path``, and whether columns were chosen for it, which then are remembered.

    Parameters
    ----------
    path : Path
    quality : str
        Which QUALITY bits hide a row.
    choice : ColumnChoice or None
    flux : str, optional
        Without a choice: which of the fluxes to look at. Where only the flux is unclear, it is the choice.
    part : str, optional
        Which part of the file: a filter, an aperture, a table.

    Raises
    ------
    ReadError
    ParamError
    """
    from desktop_app.io import open_curve
    from desktop_app.io.tables.column_choice import ColumnChoice
    from desktop_app.io.tables.mapping import remember_for

    if choice is None:
        try:
            return open_curve(path, part=part, flux=flux, quality=quality), False
        except ColumnsUnclear:
            if flux is None:
                raise
            choice = ColumnChoice(flux=flux)
    curve = open_curve(path, part=part, quality=quality, columns=choice)
    remember_for(path, choice)
    return curve, True


def say_remembered() -> None:
    """Tell that a choice is kept, and how it is dropped."""
    say("The columns are remembered for tables laid out alike; 'peculiar columns' lists and forgets them.", sys.stderr)


def _places(numbers: list[str], count: int) -> list[int]:
    if numbers == ["all"]:
        return list(range(count))
    if not numbers:
        raise ParamError("Nothing was said to forget.", hint="Give numbers of the list, or 'all'.")
    wrong = [number for number in numbers if not (number.isdecimal() and 1 <= int(number) <= count)]
    if wrong:
        raise ParamError(
            f"There is no choice {wrong[0]!r}.", hint=f"'peculiar columns' lists {counted(count, 'choice')}."
        )
    return [int(number) - 1 for number in numbers]
