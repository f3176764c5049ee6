"""Which column of a table is time, flux, magnitude or error: by names, UCDs and units, never by place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isnan

from desktop_app.core.errors import ColumnsUnclear, TablePreview
from desktop_app.core.timescales import TimeReference
from desktop_app.io.curves.surveys import Survey, survey_of
from desktop_app.io.curves.time_zero import days_in, reference_in
from desktop_app.io.tables.column_names import (
    BAND_NAMES,
    CADENCE_NAMES,
    ERROR_ENDINGS,
    FLUX_ERROR_NAMES,
    FLUX_NAMES,
    LONE_ERROR_NAMES,
    MAGNITUDE_ERROR_NAMES,
    MAGNITUDE_NAMES,
    NOT_TIME,
    OBJECT_NAMES,
    QUALITY_NAMES,
    TIME_NAMES,
    TextColumn,
    first_called,
    listed,
)

__all__ = ["Columns", "Roles", "TextColumn", "listed", "roles_of"]

_IN_DAYS = "Write times in days, and all numbers with a decimal point."
FirstRows = Callable[[], tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class Columns:
    """What a table tells of its columns before it is read.

    Attributes
    ----------
    file : str
        For messages.
    every, numbers : tuple of TextColumn
        All of them, and those that hold numbers.
    dates : tuple of TextColumn
        Those that hold ISO dates.
    sparse : frozenset of TextColumn
        Those of ``numbers`` that lack a value in many rows, as far as is known.
    said : mapping of TextColumn to TimeReference
        What times count from, where the file says it elsewhere than in names and units.
    first_rows : callable
        The first rows as text, a field for each of ``every``; called when a person has to look at them.
    """

    file: str
    every: tuple[TextColumn, ...]
    numbers: tuple[TextColumn, ...]
    dates: tuple[TextColumn, ...] = ()
    sparse: frozenset[TextColumn] = frozenset()
    said: Mapping[TextColumn, TimeReference] = field(default_factory=dict)
    first_rows: FirstRows = tuple

    @property
    def as_words(self) -> tuple[TextColumn, ...]:
        """Those that are read as words, whatever a person says of the others: dates, bands and objects."""
        spoken = {first_called(self.every, names) for names in (BAND_NAMES, OBJECT_NAMES)}
        return tuple(column for column in self.every if column in self.dates or column in spoken)

    def unclear(self, message: str, hint: str, *, time: str = "", flux: str = "") -> ColumnsUnclear:
        """The error that shows the columns to a person."""
        preview = TablePreview(
            tuple(column.name for column in self.every),
            tuple(column.unit for column in self.every),
            self.first_rows(),
            time=time,
            flux=flux,
        )
        return ColumnsUnclear(message, preview=preview, hint=hint)


@dataclass(frozen=True)
class Roles:
    """What each column is.

    Attributes
    ----------
    time : TextColumn
    reference : TimeReference
    days : float
        How many days the unit of time is.
    fluxes : tuple of TextColumn
        Fluxes and magnitudes, the preferred one first.
    errors : dict of str to TextColumn
        By the name of their flux.
    quality, cadence : TextColumn or None
    notes : tuple of str
    band, star : TextColumn or None
        The filter and the object of each row.
    survey : Survey or None
        Whose table it is.
    words : frozenset of TextColumn
        The columns that are to be read as words: band, object, flags, and a time that is a date.
    """

    time: TextColumn
    reference: TimeReference
    days: float
    fluxes: tuple[TextColumn, ...]
    errors: dict[str, TextColumn]
    quality: TextColumn | None = None
    cadence: TextColumn | None = None
    notes: tuple[str, ...] = ()
    band: TextColumn | None = None
    star: TextColumn | None = None
    survey: Survey | None = None
    words: frozenset[TextColumn] = frozenset()


def roles_of(columns: Columns) -> Roles:
    """What the columns are.

    Raises
    ------
    ColumnsUnclear
        Time or flux cannot be told by a name, UCD or unit; the message lists the columns.
    ReadError
        A column has the right name and holds something else.
    """
    survey = survey_of({column.key for column in columns.every})
    time, reference, others = _time(columns, survey)
    in_days = time in columns.dates or (reference.name != "time" and time not in columns.said)
    days = 1.0 if in_days else days_in(time.unit)
    if isnan(days):
        unit = f"{time.unit[:40]!r}, which is no unit of time"
        raise columns.unclear(f"{columns.file} counts time in {unit}.", _IN_DAYS, time=time.name)
    words = tuple(column for column in columns.every if column not in columns.numbers)
    band = first_called(columns.every, BAND_NAMES) or first_called(words, ("f",))
    camera = first_called(columns.every, ("camera",))
    fluxes = _fluxes(columns, time, of_survey=band is not None or camera is not None)
    quality = first_called(columns.numbers, QUALITY_NAMES)
    star = first_called(columns.every, OBJECT_NAMES)
    flags = {column for column in columns.every if survey and column.key in survey.bits}
    dated = {time} if time in columns.dates else set()
    spoken = {band, star} - {None} if band not in fluxes else {star} - {None}
    return Roles(
        time=time,
        reference=reference,
        days=days,
        fluxes=fluxes,
        errors=_errors(fluxes, columns.numbers),
        quality=None if quality in flags else quality,
        cadence=first_called(columns.numbers, CADENCE_NAMES),
        notes=(f"Time is taken from {time.name}, not from {', '.join(others)}.",) if others else (),
        band=band if band not in fluxes else None,
        star=star,
        survey=survey,
        words=frozenset(column for column in columns.every if column in flags | dated | spoken),
    )


def _time(columns: Columns, survey: Survey | None) -> tuple[TextColumn, TimeReference, list[str]]:
    """The column of time, what it counts from, and the names of other columns that are times as well."""
    timed = (*columns.numbers, *columns.dates)
    candidates = [column for column in timed if not any(word in column.key for word in NOT_TIME)]
    spelt = [
        (column, columns.said.get(column) or reference_in(f"{column.name} {column.unit}")) for column in candidates
    ]
    dated = [(column, reference) for column, reference in spelt if reference is not None]
    named = [column for name in TIME_NAMES for column in candidates if column.key == name]
    named += [column for column in candidates if column.ucd.startswith("time.epoch") and column not in named]
    known = [column for column, _ in dated]
    zero = survey.zero if survey else TimeReference()
    found = [*dated, *((column, zero) for column in named if column not in known)]
    # A column that is mostly empty is the last to take, and of several times the better corrected one is the better.
    found.sort(key=lambda pair: (_is_last_resort(pair[0], columns), not pair[1].barycentric, pair[1].name[:1] != "H"))
    if not found:
        _refuse_words(columns, TIME_NAMES)
        raise columns.unclear(
            f"{columns.file} has no column of time that can be told by its name: "
            f"its columns are {listed(columns.every)}.",
            "Name it time, or by what it counts from: BTJD, BKJD, BJD, MJD.",
        )
    time, reference = found[0]
    return time, reference, [column.name for column, _ in found[1:] if not _is_last_resort(column, columns)]


def _is_last_resort(column: TextColumn, columns: Columns) -> bool:
    return column in columns.sparse or column in columns.dates


def _fluxes(columns: Columns, time: TextColumn, *, of_survey: bool) -> tuple[TextColumn, ...]:
    """The columns of brightness; magnitudes stand first in tables that name filter or camera, as surveys' do."""
    numbers = tuple(column for column in columns.numbers if column is not time)
    fluxes, several = _chosen(numbers, FLUX_NAMES, lambda column: column.is_flux)
    magnitudes, of_several = _chosen(numbers, MAGNITUDE_NAMES, lambda column: column.is_magnitude)
    by_unit = [column for column in numbers if column.is_brightness and not column.is_flux and not column.is_magnitude]
    found = (*magnitudes, *fluxes) if of_survey else (*fluxes, *magnitudes)
    if found:
        return found
    if len(by_unit) == 1 and not several and not of_several:
        return tuple(by_unit)
    _refuse_words(columns, (*FLUX_NAMES, *MAGNITUDE_NAMES), time=time.name)
    if several or of_several:
        what, call = ("flux", "flux") if several else ("magnitude", "mag")
        raise columns.unclear(
            f"{columns.file} has several columns of {what}, and none has the usual name: "
            f"{listed(several or of_several)}.",
            f"Call the one to look at {call}.",
            time=time.name,
        )
    raise columns.unclear(
        f"{columns.file} has no column of flux that can be told by its name: its columns are {listed(columns.every)}.",
        "Name it flux, or mag where it holds magnitudes.",
        time=time.name,
    )


def _chosen(
    numbers: tuple[TextColumn, ...], names: tuple[str, ...], is_of: Callable[[TextColumn], bool]
) -> tuple[tuple[TextColumn, ...], tuple[TextColumn, ...]]:
    """The columns of a kind where it is clear which comes first, the usual name first; else () and all of them."""
    known = [column for name in names for column in numbers if column.key == name and is_of(column)]
    further = [column for column in numbers if column not in known and is_of(column)]
    if known or len(further) == 1:
        return (*known, *further), ()
    return (), tuple(further)


def _refuse_words(columns: Columns, names: tuple[str, ...], *, time: str = "") -> None:
    """Refuse a table whose column has the right name and holds no plain numbers."""
    words = [column for column in columns.every if column.key in names and column not in columns.numbers]
    if words:
        raise columns.unclear(
            f"Column {words[0].name} of {columns.file} does not hold plain numbers; "
            f"its columns are {listed(columns.every)}.",
            _IN_DAYS,
            time=time,
        )


def _errors(fluxes: tuple[TextColumn, ...], numbers: tuple[TextColumn, ...]) -> dict[str, TextColumn]:
    errors: dict[str, TextColumn] = {}
    for flux in fluxes:
        own = [f"{flux.key}{ending}" for ending in ERROR_ENDINGS]
        found = first_called(numbers, (*own, f"e_{flux.key}", f"sigma_{flux.key}", f"d{flux.key}"))
        if found is None and flux is fluxes[0]:
            kind = MAGNITUDE_ERROR_NAMES if flux.is_magnitude else FLUX_ERROR_NAMES
            found = first_called(numbers, (*kind, *LONE_ERROR_NAMES)) or _by_ucd(flux, numbers)
        if found is not None and found not in fluxes:
            errors[flux.name] = found
    return errors


def _by_ucd(flux: TextColumn, numbers: tuple[TextColumn, ...]) -> TextColumn | None:
    kind = "phot.mag" if flux.is_magnitude else "phot."
    return next((column for column in numbers if column.ucd.startswith(f"stat.error;{kind}")), None)
