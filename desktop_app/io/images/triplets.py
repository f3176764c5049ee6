"""Science, template and difference of one alert: by the names of the files, or by those of the HDUs."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

ROLES = ("science", "template", "difference")
# Of one family all three: a "ref" beside a "science" may be anything.
_FAMILIES = (
    ("science", "template", "difference"),
    ("sci", "ref", "diff"),
    ("cutoutScience", "cutoutTemplate", "cutoutDifference"),
    ("sci", "templ", "diff"),
    ("new", "ref", "sub"),
)
_ENDING = re.compile(r"(\.fits?|\.fts)?(\.fz|\.gz)?$", re.IGNORECASE)


def stem_of(name: str) -> str:
    """The name of a FITS file without its endings."""
    return name[: _ENDING.search(name).start()] if _ENDING.search(name) else name  # type: ignore[union-attr]


def role_of(stem: str) -> tuple[str, str]:
    """What comes before the role in the name of a file, and the role; the whole stem and "" where it names none."""
    for family in _FAMILIES:
        for word, role in zip(family, ROLES, strict=True):
            before = stem[: len(stem) - len(word)]
            if stem.lower().endswith(word.lower()) and (not before or before[-1] in "_-. "):
                return before.rstrip("_-. "), role
    return stem, ""


def files_beside(path: Path) -> dict[str, Path]:
    """The files of the alert that ``path`` belongs to, by their role in the usual order; {} where it is of none."""
    stem = stem_of(path.name)
    ending = path.name[len(stem) :]
    for family in _FAMILIES:
        for word in family:
            before = stem[: len(stem) - len(word)]
            if stem.lower().endswith(word.lower()) and (not before or before[-1] in "_-. "):
                like = _case_of(stem[len(before) :])
                others = [path.with_name(before + like(other) + ending) for other in family]
                found = {role: other for role, other in zip(ROLES, others, strict=True) if other.is_file()}
                if len(found) > 1:
                    return found
    return {}


def named_alike(names: Sequence[str]) -> dict[str, int]:
    """The places of science, template and difference among names of HDUs; {} where two of them are missing."""
    lower = [name.lower() for name in names]
    for family in _FAMILIES:
        places = {role: lower.index(w.lower()) for role, w in zip(ROLES, family, strict=True) if w.lower() in lower}
        if len(places) > 1:
            return places
    return {}


def _case_of(word: str) -> Callable[[str], str]:
    return str.upper if word.isupper() else str.title if word.istitle() else str
