"""All that can be told about one file or folder: what its data are, and what it is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from desktop_app.core.data import Dataset
from desktop_app.core.errors import ParamError, UserError
from desktop_app.core.quality import Preset
from desktop_app.engine.facts import Group, facts_of
from desktop_app.io.inside.anatomy import Anatomy, HeaderCard, Section
from desktop_app.io.reader import FileSummary
from desktop_app.io.tables.column_choice import ColumnChoice


@dataclass(frozen=True)
class Listed:
    """One file of a folder: what its headers say, or why they cannot be read."""

    path: Path
    summary: FileSummary | None
    problem: str = ""


@dataclass(frozen=True)
class Inside:
    """What there is to tell.

    Attributes
    ----------
    path : Path
    groups : tuple of Group
        About the data; () where they could not be opened.
    anatomy : Anatomy or None
        What the file is made of; None for a folder, and where there is no file.
    error : UserError or None
        Why the data could not be opened.
    files : tuple of Listed
        Of a folder that is no data set by itself.
    """

    path: Path
    groups: tuple[Group, ...] = ()
    anatomy: Anatomy | None = None
    error: UserError | None = None
    files: tuple[Listed, ...] = ()

    @property
    def sections(self) -> tuple[Section, ...]:
        """What the file is made of, () where that is not known."""
        return self.anatomy.sections if self.anatomy else ()


def look_inside(
    path: Path,
    *,
    part: str | None = None,
    quality: Preset = "default",
    columns: ColumnChoice | None = None,
    whole: bool = False,
) -> Inside:
    """What there is to tell about ``path``; what cannot be read is told in the answer, not raised.

    Parameters
    ----------
    path : Path
        A file or a folder.
    part, quality, columns
        As of `open_file`.
    whole : bool
        Count and check everything, however long it takes.

    Raises
    ------
    ParamError
        There is no such part or column.
    """
    from desktop_app.io import open_file

    found = Inside(path) if path.is_dir() else _anatomy(path, whole=whole)
    try:
        data = open_file(path, part=part, quality=quality, columns=columns)
    except ParamError:
        raise
    except UserError as error:
        files = _files_of(path) if path.is_dir() else ()
        return replace(found, files=files) if files else replace(found, error=error)
    return about(data, found)


def about(data: Dataset, found: Inside) -> Inside:
    """``found`` with what there is to tell about ``data``, and with the cards of folders, which have no anatomy."""
    anatomy = found.anatomy
    if anatomy is None and data.source.path is not None and data.source.path.is_dir():
        anatomy = Anatomy(found.path, "folder", 0, _sections_of_cards(data))
    return replace(found, groups=facts_of(data), anatomy=anatomy)


def of_dataset(data: Dataset) -> Inside:
    """What there is to tell about ``data`` that are open, and about the file they come from."""
    path = data.source.path
    if path is None:
        made = Anatomy(Path(), "several files", 0, _sections_of_cards(data)) if data.source.header else None
        return Inside(Path(), facts_of(data), made)
    return about(data, Inside(path) if path.is_dir() else _anatomy(path, whole=False))


def matches(card: HeaderCard, words: Sequence[str]) -> bool:
    """Whether the card holds each of ``words``, which are in lower case."""
    if not words:
        return True
    text = f"{card.keyword} {card.value} {card.unit} {card.comment}".lower()
    return all(word in text for word in words)


def _anatomy(path: Path, *, whole: bool) -> Inside:
    from desktop_app.io.inside.anatomy import anatomy

    try:
        return Inside(path, anatomy=anatomy(path, whole=whole))
    except UserError as error:
        return Inside(path, error=error)


def _files_of(folder: Path) -> tuple[Listed, ...]:
    from desktop_app.io import data_files, summarise

    listed = []
    for path in data_files(folder):
        try:
            listed.append(Listed(path, summarise(path)))
        except UserError as error:
            listed.append(Listed(path, None, error.message))
    return tuple(listed)


def _sections_of_cards(data: Dataset) -> tuple[Section, ...]:
    """The cards of a data set by the HDUs they stand in."""
    cards: dict[str, list[HeaderCard]] = {}
    for card in data.source.header:
        cards.setdefault(card.hdu, []).append(HeaderCard(card.keyword, card.value, "", card.comment))
    return tuple(Section(place, hdu, "header", "", 0, tuple(found)) for place, (hdu, found) in enumerate(cards.items()))
