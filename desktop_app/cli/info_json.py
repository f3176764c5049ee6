"""What ``peculiar info --json`` says, for programs: keys stay as they are from version to version."""

from math import isfinite

from desktop_app.cli.info_view import chosen
from desktop_app.core.errors import UserError
from desktop_app.engine.facts import number, values_of
from desktop_app.engine.inside import Inside, Listed, matches
from desktop_app.io.inside.anatomy import NOT_COUNTED, ColumnFacts, Section


def as_json(inside: Inside, hdu: str | None, search: str) -> dict[str, object]:
    """One file as an object; with the cards of the HDU where ``hdu`` is not None, of all where it is ""."""
    told: dict[str, object] = {"file": str(inside.path), "error": _error(inside.error), **values_of(inside.groups)}
    if inside.anatomy is not None:
        told |= {
            "format": inside.anatomy.form,
            "size_bytes": inside.anatomy.size_bytes,
            "checksum": inside.anatomy.checksum,
            "problems": inside.anatomy.problems,
            "not_looked_at": inside.anatomy.notes,
        }
    with_cards = set(chosen(inside.sections, hdu, inside.path.name)) if hdu is not None else set()
    words = search.lower().split()
    told["hdus"] = [_section(section, words, cards=section in with_cards) for section in inside.sections]
    if inside.files:
        told["files"] = [_listed(file) for file in inside.files]
    return told


def _error(error: UserError | None) -> dict[str, str] | None:
    return {"message": error.message, "hint": error.hint} if error else None


def _section(section: Section, words: list[str], *, cards: bool) -> dict[str, object]:
    told: dict[str, object] = {
        "number": section.place,
        "name": section.name,
        "kind": section.kind,
        "size": section.told,
        "size_bytes": section.size_bytes,
        "checksum": section.checksum,
        "checksum_problem": section.why,
        "columns": [_column(column) for column in section.columns],
    }
    if cards:
        told["cards"] = [
            {"keyword": card.keyword, "value": card.value, "unit": card.unit, "comment": card.comment}
            for card in section.cards
            if matches(card, words)
        ]
    return told


def _column(column: ColumnFacts) -> dict[str, object]:
    return {
        "name": column.name,
        "unit": column.unit,
        "format": column.form,
        "nan": None if column.missing == NOT_COUNTED else column.missing,
        "low": number(column.low),
        "high": number(column.high),
    }


def _listed(file: Listed) -> dict[str, object]:
    told: dict[str, object] = {"file": str(file.path), "problem": file.problem}
    if file.summary is None:
        return told
    s = file.summary
    return told | {
        "kind": s.kind,
        "object": s.object_name,
        "mission": s.mission,
        "segment": s.segment,
        "cadence_s": s.cadence_s if isfinite(s.cadence_s) else None,
        "rows": None if s.rows < 0 else s.rows,
        "shape": s.shape,
    }
