"""Which column of a table is time, flux or error: by names and units, never by place."""

import re
from dataclasses import dataclass
from math import isnan

from desktop_app.core.errors import ReadError
from desktop_app.core.timescales import TimeReference
from desktop_app.io.time_zero import days_in, reference_in

_IN_DAYS = "Write times in days, and all numbers with a decimal point."
_TIME_NAMES = ("time", "t", "times", "time_d", "time_days", "obstime", "obs_time", "timestamp")
# What is better corrected stands first.
_FLUX_NAMES = (
    "pdcsap_flux",
    "kspsap_flux",
    "det_flux",
    "corr_flux",
    "cor_flux",
    "fcor",
    "flux_corr",
    "detrended_flux",
    "flux",
    "rel_flux",
    "relative_flux",
    "norm_flux",
    "normalized_flux",
    "sap_flux",
    "raw_flux",
    "net_rate",
    "rate",
    "count_rate",
    "counts",
)
_ERROR_ENDINGS = ("_err", "_error", "err", "error", "_unc", "_uncertainty")
_ERROR_NAMES = ("flux_err", "flux_error", "fluxerr", "e_flux", "flux_unc", "flux_uncertainty", "sigma_flux", "err_rate")
_LONE_ERROR_NAMES = ("err", "error", "e", "sigma", "uncertainty", "unc", "dy", "dflux", "std")
_QUALITY_NAMES = ("quality", "sap_quality", "qual", "quality_flag", "quality_flags", "flags", "tess_flags")
_CADENCE_NAMES = ("cadenceno", "cadence", "cadence_no", "cadence_num", "cadence_number", "cadn")
_NOT_FLUX = ("err", "unc", "bkg", "back", "sky", "sigma", "flag", "qual")
_NOT_TIME = ("err", "corr", "unc", "exp")
_MAGNITUDE = re.compile(r"mag(nitude)?s?|[a-z]mag|mag_?[a-z]+|kepmag|tmag|magpsf")


@dataclass(frozen=True)
class TextColumn:
    """One column: its name and unit as the file writes them, and its place."""

    name: str
    unit: str
    place: int

    @property
    def key(self) -> str:
        """The name in lower case, with words joined by underscores."""
        return re.sub(r"[\s.\-]+", "_", self.name.strip().lower())


@dataclass(frozen=True)
class Roles:
    """What each column of numbers is.

    Attributes
    ----------
    time : TextColumn
    reference : TimeReference
    days : float
        How many days the unit of time is.
    fluxes : tuple of TextColumn
        The preferred one first.
    errors : dict of str to TextColumn
        By the name of their flux.
    quality, cadence : TextColumn or None
    notes : tuple of str
    """

    time: TextColumn
    reference: TimeReference
    days: float
    fluxes: tuple[TextColumn, ...]
    errors: dict[str, TextColumn]
    quality: TextColumn | None = None
    cadence: TextColumn | None = None
    notes: tuple[str, ...] = ()


def roles_of(columns: tuple[TextColumn, ...], numbers: tuple[TextColumn, ...], file: str) -> Roles:
    """What the columns of the file called ``file`` are.

    Parameters
    ----------
    columns, numbers : tuple of TextColumn
        All of them, and those that hold numbers.
    file : str

    Raises
    ------
    ReadError
        Time or flux cannot be told by a name or unit; the message lists the columns.
    """
    time, reference, others = _time(columns, numbers, file)
    days = 1.0 if reference.name != "time" else days_in(time.unit)
    if isnan(days):
        raise ReadError(f"{file} counts time in {time.unit[:40]!r}, which is no unit of time.", hint=_IN_DAYS)
    fluxes = _fluxes(columns, numbers, file)
    return Roles(
        time=time,
        reference=reference,
        days=days,
        fluxes=fluxes,
        errors=_errors(fluxes, numbers),
        quality=_first(numbers, _QUALITY_NAMES),
        cadence=_first(numbers, _CADENCE_NAMES),
        notes=(f"Time is taken from {time.name}, not from {', '.join(others)}.",) if others else (),
    )


def listed(columns: tuple[TextColumn, ...]) -> str:
    """The names of the columns, for a message."""
    names = [column.name[:40] for column in columns]
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _time(
    columns: tuple[TextColumn, ...], numbers: tuple[TextColumn, ...], file: str
) -> tuple[TextColumn, TimeReference, list[str]]:
    """The column of time, what it counts from, and the names of other columns that are times as well."""
    candidates = [column for column in numbers if not any(word in column.key for word in _NOT_TIME)]
    spelt = [(column, reference_in(f"{column.name} {column.unit}")) for column in candidates]
    dated = [(column, reference) for column, reference in spelt if reference is not None]
    # A barycentric time is the better one where a file has several.
    dated.sort(key=lambda pair: not pair[1].barycentric)
    plain = [column for name in _TIME_NAMES for column in candidates if column.key == name]
    found = [*dated, *((column, TimeReference()) for column in plain if column not in [c for c, _ in dated])]
    if not found:
        _refuse_words(columns, numbers, _TIME_NAMES, file)
        raise ReadError(
            f"{file} has no column of time that can be told by its name: its columns are {listed(columns)}.",
            hint="Name it time, or by what it counts from: BTJD, BKJD, BJD, MJD.",
        )
    time, reference = found[0]
    return time, reference, [column.name for column, _ in found[1:]]


def _fluxes(columns: tuple[TextColumn, ...], numbers: tuple[TextColumn, ...], file: str) -> tuple[TextColumn, ...]:
    known = [column for name in _FLUX_NAMES for column in numbers if column.key == name]
    further = [
        column
        for column in numbers
        if "flux" in column.key and column not in known and not any(word in column.key for word in _NOT_FLUX)
    ]
    if known or len(further) == 1:
        return (*known, *further)
    _refuse_words(columns, numbers, _FLUX_NAMES, file)
    if further:
        raise ReadError(
            f"{file} has several columns of flux, and none has the usual name: {listed(tuple(further))}.",
            hint="Call the one to look at flux.",
        )
    if any(_MAGNITUDE.fullmatch(column.key) or column.unit.lower() == "mag" for column in columns):
        raise ReadError(
            f"{file} gives brightness in magnitudes, which Peculiar does not read: its columns are {listed(columns)}.",
            hint="Add a column flux = 10 ** (-0.4 * magnitude).",
        )
    raise ReadError(
        f"{file} has no column of flux that can be told by its name: its columns are {listed(columns)}.",
        hint="Name it flux.",
    )


def _refuse_words(
    columns: tuple[TextColumn, ...], numbers: tuple[TextColumn, ...], names: tuple[str, ...], file: str
) -> None:
    """Refuse a table whose column has the right name and holds no plain numbers."""
    words = [column for column in columns if column.key in names and column not in numbers]
    if words:
        raise ReadError(
            f"Column {words[0].name} of {file} does not hold plain numbers; its columns are {listed(columns)}.",
            hint=_IN_DAYS,
        )


def _errors(fluxes: tuple[TextColumn, ...], numbers: tuple[TextColumn, ...]) -> dict[str, TextColumn]:
    errors: dict[str, TextColumn] = {}
    for flux in fluxes:
        own = [f"{flux.key}{ending}" for ending in _ERROR_ENDINGS]
        found = _first(numbers, (*own, f"e_{flux.key}", f"sigma_{flux.key}", f"d{flux.key}"))
        if found is None and flux is fluxes[0]:
            found = _first(numbers, (*_ERROR_NAMES, *_LONE_ERROR_NAMES))
        if found is not None and found not in fluxes:
            errors[flux.name] = found
    return errors


def _first(columns: tuple[TextColumn, ...], names: tuple[str, ...]) -> TextColumn | None:
    return next((column for name in names for column in columns if column.key == name), None)
