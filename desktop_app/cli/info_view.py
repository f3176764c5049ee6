"""What ``peculiar info`` says on the terminal."""

from collections.abc import Iterator, Sequence
from math import isfinite

from desktop_app.core.errors import ParamError
from desktop_app.engine.curve_facts import spaced
from desktop_app.engine.facts import Group, counted, in_short
from desktop_app.engine.inside import Inside, Listed, matches
from desktop_app.io.inside.anatomy import NOT_COUNTED, Anatomy, ColumnFacts, Section

_LABEL = 10
_WIDEST = 44
_BAD_TOLD = 8
_VERDICTS = {"good": "good", "bad": "BAD", "none": "none", "not checked": "not checked"}


def lines(inside: Inside) -> Iterator[str]:
    """All but the cards."""
    yield str(inside.path)
    if inside.files:
        yield from _folder(inside.files)
    for group in inside.groups:
        yield from _group(group)
    if inside.anatomy is not None and inside.anatomy.form != "folder":
        yield from _anatomy(inside.anatomy)


def card_lines(inside: Inside, hdu: str, search: str) -> Iterator[str]:
    """The cards of one HDU, or of all where ``hdu`` is "", that hold every word of ``search``."""
    words = search.lower().split()
    for section in chosen(inside.sections, hdu, inside.path.name):
        cards = [card for card in section.cards if matches(card, words)]
        if not cards and (words or not section.cards):
            continue
        yield f"  Header of {section.name}"
        for card in cards:
            comment = f"[{card.unit}] {card.comment}".strip() if card.unit else card.comment
            told = f"    {card.keyword:<8}  {card.value}{f'  / {comment}' if comment else ''}"
            yield printable(told.rstrip())


def chosen(sections: Sequence[Section], hdu: str, file: str) -> tuple[Section, ...]:
    """The sections called ``hdu``, or the one of that number; all for "".

    Raises
    ------
    ParamError
        There is none.
    """
    if not hdu:
        return tuple(sections)
    found = [section for section in sections if section.name.lower() == hdu.lower() or str(section.place) == hdu]
    if not found:
        names = ", ".join(section.name for section in sections[:20])
        raise ParamError(f"{file} has no HDU called {hdu!r}.", hint=f"Its HDUs are: {names or 'none'}.")
    return tuple(found)


def printable(text: str) -> str:
    """``text`` with a sign in place of what would act on a terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _group(group: Group) -> Iterator[str]:
    if group.heading:
        yield f"  {group.heading}"
    indent = "    " if group.heading else "  "
    width = _LABEL if not group.heading else min(_WIDEST, max(len(fact.label) for fact in group.facts)) + 2
    for fact in group.facts:
        first, *rest = fact.text.split("\n")
        label = f"{fact.label:<{width}}" if fact.label else ""
        yield printable(f"{indent}{label}{first}")
        for line in rest:
            yield printable(f"{indent}{'':<{width}}{line}")


def _anatomy(anatomy: Anatomy) -> Iterator[str]:
    verdict = "" if anatomy.checksum == "none" else f", checksums {_VERDICTS[anatomy.checksum]}"
    yield f"  {'File':<{_LABEL}}{anatomy.form}, {size_told(anatomy.size_bytes)}{verdict}"
    rows = [
        (str(section.place), section.name, section.kind, _size(section), _VERDICTS[section.checksum])
        for section in anatomy.sections
    ]
    yield from _table(("#", "Name", "Kind", "Size", "Checksum"), rows)
    bad = [f"    {printable(section.name)}: {section.why}" for section in anatomy.sections if section.why]
    yield from bad[:_BAD_TOLD]
    if len(bad) > _BAD_TOLD:
        yield f"    and {len(bad) - _BAD_TOLD:,} more bad checksums"
    for section in anatomy.sections:
        if section.columns and section.kind not in ("image", "compressed image"):
            yield f"  Columns of {printable(section.name)}"
            columns = [
                (column.name, column.unit, column.form, missing_told(column), span_told(column))
                for column in section.columns
            ]
            yield from _table(("Name", "Unit", "Format", "NaN", "Values"), columns)
    for text in anatomy.notes:
        yield f"  Note: {text} Use --all to look at everything."
    for text in anatomy.problems:
        yield printable(f"  Problem: {text}")


def _size(section: Section) -> str:
    if section.kind != "image" or not section.columns:
        return section.told
    (pixels,) = section.columns
    parts = (section.told, pixels.unit, missing_told(pixels) and f"{missing_told(pixels)} NaN", span_told(pixels))
    return ", ".join(part for part in parts if part)


def missing_told(column: ColumnFacts) -> str:
    """How many numbers are missing, "" where nobody counted."""
    return "" if column.missing == NOT_COUNTED else f"{column.missing:,}"


def span_told(column: ColumnFacts) -> str:
    """The range of the values, "" where there is none."""
    if not isfinite(column.low):
        return ""
    return in_short(column.low) if column.low == column.high else f"{in_short(column.low)} to {in_short(column.high)}"


def size_told(size_bytes: int) -> str:
    """ "812 bytes", "2.0 MB"."""
    if size_bytes < 1000:
        return counted(size_bytes, "byte")
    for unit in ("kB", "MB", "GB"):
        size_bytes_in = size_bytes / {"kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]
        if size_bytes_in < 999.5 or unit == "GB":
            break
    return f"{size_bytes_in:.3g} {unit}"


def _folder(files: Sequence[Listed]) -> Iterator[str]:
    known = [file.summary for file in files if file.summary]
    kinds = {kind: sum(summary.kind == kind for summary in known) for kind in dict.fromkeys(s.kind for s in known)}
    told = ", ".join(_kinds(kind, count) for kind, count in kinds.items())
    yield f"  {counted(len(files), 'file')}{f': {told}' if told else ''}"
    rows = []
    for file in files:
        if file.summary is None:
            rows.append((file.path.name, "problem", "", "", "", file.problem))
            continue
        s = file.summary
        mission = " ".join(filter(None, (s.mission, s.segment)))
        cadence = spaced(s.cadence_s) if isfinite(s.cadence_s) else ""
        rows.append((file.path.name, s.kind, s.object_name, mission, cadence, summary_size(s.rows, s.shape, s.kind)))
    yield from _table(("File", "Kind", "Object", "Mission", "Cadence", "Size"), rows)


def summary_size(rows: int, shape: Sequence[int], kind: str) -> str:
    """ "20,076 rows", "4096 × 4096", "42 channels"; "" where the headers do not say."""
    if kind == "telemetry" and shape:
        return counted(shape[-1], "channel")
    if len(shape) == 2:
        size = f"{shape[1]} × {shape[0]}"
        return size if rows in (-1, 1) else f"{rows:,} of {size}"
    return counted(rows, "row") if rows >= 0 else ""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows under heads, each column as wide as its widest cell but the last; nothing where there are no rows."""
    if not rows:
        return
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [min(_WIDEST, max(len(row[place]) for row in (heads, *rows))) for place in range(len(heads))]
    for row in (heads, *rows):
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"    {'  '.join(cells)}".rstrip()


def _kinds(kind: str, count: int) -> str:
    """ "2 light curves", "1 image"; target pixels, cut-outs and telemetry have no other plural."""
    return f"{count:,} {kind}s" if count > 1 and kind in ("light curve", "image") else f"{count:,} {kind}"
