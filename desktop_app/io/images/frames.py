"""A folder of equally large images as one sequence in order of time: each frame is a part of it."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from hashlib import sha256
from math import isfinite
from pathlib import Path

from desktop_app.core.errors import ReadError
from desktop_app.core.sky_image import FrameSequence, SkyImage
from desktop_app.io.images.exposure import exposure_of
from desktop_app.io.images.folders import first_picture, image_names, sample
from desktop_app.io.images.image import read_picture
from desktop_app.io.images.image_file import image_file
from desktop_app.io.images.pictures import science_first
from desktop_app.io.reader import FileSummary, Reader, chosen_part
from desktop_app.io.source import version_of

FEWEST = 2
# Headers of so many are read before the first frame is shown; each takes a millisecond or two.
MOST = 10_000
_MANY = 4


@dataclass(frozen=True)
class Sequence:
    """The frames of a folder in their order, and what a person should know about it."""

    names: tuple[str, ...]
    notes: tuple[str, ...]


def accepts(path: Path, _head: bytes) -> bool:
    """Whether there are two images or more, and those that were looked at have one size, all but one of many."""
    if len(image_names(path)) < FEWEST:
        return False
    looked_at = sample(path)
    shapes = Counter(picture.shape for picture in looked_at if picture)
    odd = len(looked_at) - max(shapes.values(), default=0)
    return bool(shapes) and odd <= (1 if len(looked_at) >= _MANY else 0)


def read(path: Path, part: str | None = None) -> SkyImage:
    """One frame; the earliest where none is asked for.

    Raises
    ------
    ReadError
    ParamError
        There is no such frame.
    """
    sequence = _sequence(path, version_of(path))
    name = sequence.names[chosen_part(path.name, sequence.names, part)]
    every = FrameSequence(sequence.names, partial(read, path), partial(_state_of, path, sequence.names))
    file = image_file(path / name)
    picture = science_first(file.pictures)
    frame = read_picture(file, picture, 0, picture.parts[0])
    notes = (*sequence.notes, *frame.source.notes)
    source = replace(frame.source, path=path, part=name, parts=sequence.names, notes=notes)
    return replace(frame, source=source, sequence=every)


def _state_of(path: Path, names: tuple[str, ...]) -> str:
    """The names, sizes and times of change of the frames, as one hash."""
    return sha256(repr([(name, version_of(path / name)) for name in names]).encode()).hexdigest()


@lru_cache(maxsize=4)
def _sequence(path: Path, _version: tuple[int, int]) -> Sequence:
    names = image_names(path)
    if len(names) > MOST:
        raise ReadError(f"{path.name} has {len(names):,} frames, more than a sequence can have.", hint="Split it.")
    pictures = {name: first_picture(path / name) for name in names}
    shapes = Counter(picture.shape for picture in pictures.values() if picture)
    if not shapes:
        raise ReadError(f"{path.name} holds no image that can be read.", hint="Open its files one by one.")
    (ny, nx), _count = shapes.most_common(1)[0]
    times = {
        name: exposure_of(picture.header, picture.primary).jd
        for name, picture in pictures.items()
        if picture is not None and picture.shape == (ny, nx)
    }
    notes = []
    if left := len(names) - len(times):
        notes.append(f"{left} of {len(names)} files are left out: they are no images of {nx} × {ny} pixels.")
    if all(map(isfinite, times.values())):
        return Sequence(tuple(sorted(times, key=times.__getitem__)), tuple(notes))
    notes.append("The frames are in order of their names: not all of them tell their time.")
    return Sequence(tuple(times), tuple(notes))


def summarise(path: Path) -> FileSummary:
    """What the first frame says, and how many there are.

    Raises
    ------
    ReadError
    """
    names = image_names(path)
    first = first_picture(path / names[0]) if names else None
    if first is None:
        raise ReadError(f"{path.name} begins with a file that is no image.", hint="Open its files one by one.")
    exposure = exposure_of(first.header, first.primary)
    return FileSummary(
        path=path,
        kind="image",
        object_name=exposure.object_name,
        mission=exposure.mission,
        segment=exposure.segment,
        rows=len(names),
        shape=first.shape,
    )


READER = Reader("frames", "Folders of images as a sequence", (), accepts, read, summarise, of_folders=True)
