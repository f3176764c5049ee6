"""Times written as ISO dates, in days since the midnight before the first."""

import re

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.arrays import Floats
from desktop_app.core.errors import ReadError
from desktop_app.core.timescales import TimeReference, named_reference
from desktop_app.io.curves.time_zero import scale_in
from desktop_app.io.tables.column_names import TextColumn

_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?(?:Z|\+00:?00)?", re.ASCII)
_ZONE = re.compile(r"(?:Z|\+00:?00)$")
_UNIX_EPOCH_JD = 2440587.5
_DAY_US = 86_400_000_000


def is_date(field: str) -> bool:
    """Whether the field is a date as ISO 8601 writes it, of UTC where it names a zone."""
    return _DATE.fullmatch(field) is not None


def days_of_dates(dates: NDArray[np.str_], column: TextColumn, file: str) -> tuple[Floats, TimeReference]:
    """Days since a midnight, NaN where there is no date, and that midnight.

    Raises
    ------
    ReadError
        A field is no date.
    """
    wrong = next((date for date in dates if date and not is_date(str(date))), None)
    if wrong is not None:
        raise _no_date(str(wrong), column, file)
    zoned = any(_ZONE.search(str(date)) for date in dates)
    plain = [_ZONE.sub("", str(date)) or "NaT" for date in dates]
    try:
        moments = np.array(plain, dtype="datetime64[us]")
    except ValueError as error:
        raise _no_date(str(error)[:60], column, file) from error
    known = ~np.isnat(moments)
    since = moments.astype(np.int64)
    midnight = int(since[known].min() // _DAY_US) if known.any() else 0
    days = np.where(known, (since - midnight * _DAY_US) / _DAY_US, np.nan)
    scale = scale_in(f"{column.name} {column.unit}") or ("UTC" if zoned else "")
    return days, named_reference(_UNIX_EPOCH_JD + midnight, scale, barycentric=False)


def _no_date(what: str, column: TextColumn, file: str) -> ReadError:
    return ReadError(
        f"Column {column.name} of {file} holds {what[:60]!r}, which is no date.",
        hint="Write dates as 2018-08-17T00:44:55, or times in days.",
    )
