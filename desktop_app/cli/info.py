"""``peculiar info``: what a file holds, and which of its rows are hidden and why."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from desktop_app.cli.terminal import say, tell
from desktop_app.core.errors import UserError
from desktop_app.core.quality import PRESETS, hidden_by_quality, preset_mask, quality_names

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.core.light_curve import LightCurve

_DAY_S = 86400.0


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="tell what files hold",
        description="Tells the object, the flux columns, the time range, and which rows are hidden and why.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a light curve")
    parser.add_argument(
        "--quality", choices=PRESETS, default="default", help="which QUALITY bits hide a row (default: %(default)s)"
    )
    parser.add_argument("--header", action="store_true", help="also every header card")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Describe each file; 1 where one of them cannot be read."""
    from desktop_app.io import open_curve

    failed = False
    for path in arguments.files:
        try:
            curve = open_curve(path, quality=arguments.quality)
        except UserError as error:
            tell(error, str(path))
            failed = True
            continue
        for line in _lines(path, curve):
            say(line)
        if arguments.header:
            _show_header(curve)
        say("")
    return int(failed)


def _lines(path: Path, curve: "LightCurve") -> Iterator[str]:
    source = curve.source
    facts = {
        "Object": source.object_name,
        "Mission": ", ".join(filter(None, (source.mission, source.segment))) or "not told",
        "Position": _position(source.ra_deg, source.dec_deg),
        "Time": _time_range(curve),
        "Cadence": _cadence(curve),
        "Rows": f"{len(curve):,}, of which {curve.usable.sum():,} are looked at",
    }
    yield str(path)
    for name, value in facts.items():
        yield f"  {name:<10}{value}"
    yield from _hidden(curve)
    yield "  Flux columns"
    for name in curve.flux_choices or (curve.flux_name,):
        yield f"    {_flux_column(curve, name)}"
    for text in source.notes:
        yield f"  Note: {text}"


def _position(ra_deg: float, dec_deg: float) -> str:
    if not np.isfinite([ra_deg, dec_deg]).all():
        return "not told"
    hours = divmod(round(ra_deg / 15 * 3600 * 100) % (24 * 360000), 360000)
    degrees = divmod(round(abs(dec_deg) * 3600 * 10), 36000)
    ra = f"{hours[0]:02d}:{hours[1] // 6000:02d}:{hours[1] % 6000 / 100:05.2f}"
    dec = f"{'-' if dec_deg < 0 else '+'}{degrees[0]:02d}:{degrees[1] // 600:02d}:{degrees[1] % 600 / 10:04.1f}"
    return f"{ra_deg:.6f} {dec_deg:+.6f} deg (ICRS), {ra} {dec}"


def _time_range(curve: "LightCurve") -> str:
    from desktop_app.core.timescales import TimeSystem, show_time

    known = curve.time[np.isfinite(curve.time)]
    if not known.size:
        return "no row has a time"
    ends = (float(known[0]), float(known[-1]))
    native = f"{' to '.join(show_time(end, curve.reference) for end in ends)} ({np.ptp(known):.2f} d)"
    if not curve.reference.known:
        return f"{native}; the file does not say what the times count from"
    dates = " to ".join(show_time(end, curve.reference, TimeSystem.ISO) for end in ends)
    return f"{native}\n  {'':<10}{dates}"


def _cadence(curve: "LightCurve") -> str:
    steps = np.diff(curve.time[np.isfinite(curve.time)])
    if not steps.size:
        return "not known"
    step_s = float(np.median(steps)) * _DAY_S
    return f"{step_s:.1f} s" if step_s < 120 else f"{step_s / 60:.2f} min"


def _hidden(curve: "LightCurve") -> Iterator[str]:
    """Why rows are hidden, with how many; a row may be hidden for more than one reason."""
    mission, preset = curve.source.mission, curve.preset
    by_quality = hidden_by_quality(curve.quality, mission, preset)
    yield f"    {np.isnan(curve.time).sum():>9,}  without a time"
    yield f"    {(~np.isfinite(curve.flux)).sum():>9,}  without a value of {curve.flux_name}"
    yield f"    {by_quality.sum():>9,}  hidden by QUALITY, preset {preset}"
    every_bit = int(np.bitwise_or.reduce(curve.quality)) & preset_mask(mission, preset) if len(curve) else 0
    for place in range(every_bit.bit_length()):
        if every_bit >> place & 1:
            n = np.count_nonzero(curve.quality & (1 << place))
            yield f"      {n:>9,}  {quality_names(mission, 1 << place)[0]} ({1 << place})"


def _flux_column(curve: "LightCurve", name: str) -> str:
    values, unit = curve.flux, curve.flux_unit
    if name != curve.flux_name:
        values, unit = curve.columns[name].values, curve.columns[name].unit
    missing = f"{np.isnan(values).sum():,} NaN"
    return f"{name} [{unit or 'relative'}], {missing}{' (the default)' if name == curve.flux_name else ''}"


def _show_header(curve: "LightCurve") -> None:
    hdu = None
    for card in curve.source.header:
        if card.hdu != hdu:
            hdu = card.hdu
            say(f"  Header of {hdu}")
        comment = f"  / {card.comment}" if card.comment else ""
        say(f"    {card.keyword:<8}  {card.value}{comment}")
