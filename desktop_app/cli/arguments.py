"""Words on the command line that several commands take."""

import argparse
import math


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
