"""Light curves of surveys, told by their columns: what times count from, and which columns flag a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.core.timescales import TimeReference, named_reference


@dataclass(frozen=True)
class Survey:
    """What the documentation of a survey says of its tables, for what the tables do not say themselves.

    Attributes
    ----------
    name : str
        As `core.quality` calls its bits.
    needs : tuple of frozenset of str
        Keys of columns; each set has to have one of its own in the table.
    bits : mapping of str to (int, frozenset of str)
        Columns of words that flag a row: which bit, and the words that set it, in lower case.
    zero : TimeReference
        What a column that is only called "time" counts from.
    units : mapping of str to str
        The unit of a column, by its key.
    """

    name: str
    needs: tuple[frozenset[str], ...]
    bits: Mapping[str, tuple[int, frozenset[str]]] = field(default_factory=dict)
    zero: TimeReference = field(default_factory=TimeReference)
    units: Mapping[str, str] = field(default_factory=dict)


_YES = frozenset({"true", "t", "1", "yes", "y"})
_SURVEYS = (
    Survey(
        name="Gaia",
        needs=(
            frozenset({"source_id"}),
            frozenset({"band"}),
            frozenset({"time"}),
            frozenset({"rejected_by_photometry"}),
        ),
        bits={"rejected_by_photometry": (1, _YES), "rejected_by_variability": (2, _YES)},
        zero=named_reference(2455197.5, "TCB", barycentric=True),
        units={"flux": "e-/s", "flux_error": "e-/s"},
    ),
    Survey(name="ZTF", needs=(frozenset({"oid"}), frozenset({"catflags"}))),
    Survey(
        name="ASAS-SN",
        needs=(frozenset({"camera"}), frozenset({"fwhm", "limit"}), frozenset({"mag", "flux"})),
        bits={"quality": (1, frozenset({"b", "bad"}))},
    ),
)


def survey_of(keys: set[str]) -> Survey | None:
    """The survey whose tables have columns of these keys; None where none does."""
    return next((survey for survey in _SURVEYS if all(names & keys for names in survey.needs)), None)
