"""Words on the command line that several commands take."""

import argparse
import math
from pathlib import Path


def setting(text: str) -> tuple[str, str]:
    """A setting and its value, as ``--set`` takes them."""
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form key=value")
    return key, value


def sigmas(text: str) -> float:
    """A threshold, as ``--threshold`` takes it."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of sigmas above 0")
    return value


def add_settings(parser: argparse.ArgumentParser, what: str) -> None:
    """``--set``, which gives settings one by one; ``what`` tells whose they are."""
    parser.add_argument(
        "--set", action="append", default=[], type=setting, dest="settings", metavar="KEY=VALUE", help=what
    )


def add_detectors_and_json(parser: argparse.ArgumentParser, usual: str) -> None:
    """``--json`` and ``--detector``, which every kind of evaluation takes alike."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the report here, for programs")
    parser.add_argument(
        "--detector", nargs="+", default=[], metavar="NAME", help=f"which detectors, or all (default: {usual})"
    )


def workers(text: str) -> int:
    """A number of processes, as ``--jobs`` takes it."""
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes from 1 to 64")
    return int(text)
