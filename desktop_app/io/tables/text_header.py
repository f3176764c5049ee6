"""What the comments on top of a text table say of its star, as ECSV and tidy hands write it."""

import re
from pathlib import Path

from desktop_app.core.source import Card, Source

_SAID = re.compile(
    r"(?:^|[{,\s])[\"']?([A-Za-z][A-Za-z0-9_ \-]{0,30}?)[\"']?\s{0,4}[:=]\s{0,4}[\"']?([^,}\"'\n]{1,80})"
)
_OBJECTS = ("object", "target", "star", "objname", "object name", "target name", "star name", "source name")
_MISSIONS = {"tess": "TESS", "kepler": "Kepler", "k2": "K2"}
_SEGMENTS = {"TESS": "sector", "Kepler": "quarter", "K2": "campaign"}
_ZERO_POINTS = ("zeropoint", "zero_point", "zero point", "magzp", "magzpt", "zp", "photzp", "magzero")
_BANDS = ("filter", "band", "passband")
_LONGEST_COMMENT = 400
_MOST_COMMENTS = 500


def source_in(path: Path, comments: tuple[str, ...]) -> Source:
    """Where the table comes from, as far as its comments tell; "" and NaN for what they do not."""
    said = _said(comments)
    mission = next(
        (
            _MISSIONS[value.lower()]
            for key in ("mission", "telescop", "telescope")
            if (value := said.get(key, "")).lower() in _MISSIONS
        ),
        "",
    )
    number = said.get(_SEGMENTS.get(mission, ""), "")
    zero = next((f"The file gives a zero point of {said[key]}." for key in _ZERO_POINTS if key in said), "")
    band = next((f"The file names the band {said[key]}." for key in _BANDS if key in said), "")
    return Source(
        path=path,
        object_name=next((said[key] for key in _OBJECTS if key in said), ""),
        mission=mission,
        segment=f"{_SEGMENTS[mission]} {number}" if number.isdecimal() else "",
        notes=tuple(filter(None, (zero, band))),
        cards=lambda: tuple(Card("comments", key.upper()[:40], value) for key, value in said.items()),
    )


def _said(comments: tuple[str, ...]) -> dict[str, str]:
    """The pairs "keyword: value" and "keyword = value" of the comments, keywords in lower case, the first of each."""
    found: dict[str, str] = {}
    for comment in comments[:_MOST_COMMENTS]:
        text = comment.lstrip("#%!\\ \t-")
        # How ECSV describes a column is no word about the star.
        if text.startswith("{name:") or len(text) > _LONGEST_COMMENT:
            continue
        for key, value in _SAID.findall(text):
            if value.strip():
                found.setdefault(key.strip().lower(), value.strip())
    return found
