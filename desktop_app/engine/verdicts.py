"""All that users decide on objects: a journal on disk to which rows are added, and from which none is ever taken.

>>> store = VerdictStore()
>>> subjects = subjects_of(cutouts)
>>> store.decide(subjects[:2], "interesting", kind="ring", comment="look again in r")
>>> store.standing(subjects)
>>> store.history("stamp_00017")
"""

import getpass
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import isfinite
from pathlib import Path

import numpy as np

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import ParamError
from desktop_app.engine.verdict_journal import Journal
from desktop_app.paths import verdicts_file, version

VERDICTS = ("interesting", "ordinary", "artefact")
"""What an object can be called; "" takes a verdict back."""
NEAR_ARCSEC = 1.0
"""So near to each other, two positions are those of one object."""
UNKNOWN = float("nan")
ACTS = ("decide", "undo", "redo", "import")
"""What a row of the journal can be."""
_LONGEST = 10_000


@dataclass(frozen=True)
class Subject:
    """What a verdict is about.

    Attributes
    ----------
    data : str
        A digest of what was looked at: of the pixels of a stamp, of the rows of a curve. A file that is moved or
        renamed, or gets a catalogue, keeps its verdicts.
    object : str
        Which object of it: the id of a stamp, "rows 120:140", "P-1 rows 5300:5747".
    ra_deg, dec_deg : float
        ICRS, by which the object is known in other frames; NaN where not known.
    source : str
        The name of the file or data set, for people.
    """

    data: str
    object: str
    ra_deg: float = UNKNOWN
    dec_deg: float = UNKNOWN
    source: str = ""

    @property
    def key(self) -> str:
        """What the journal finds it by."""
        return f"{self.data}:{self.object}"


@dataclass(frozen=True)
class Entry:
    """One row of the journal: how a subject stands from then on.

    Attributes
    ----------
    subject : Subject
    verdict : str
        One of `VERDICTS`, or "".
    kind, comment : str
        In the user's own words.
    score, threshold : float
        Of the detector at that moment; NaN where nothing was detected.
    detector, application, who : str
    at : str
        UTC, ISO 8601 to the millisecond.
    batch : str
        The same for all that were decided at once.
    act : str
        One of `ACTS`: whether it was decided, taken back, made again, or came from a file.
    uid : str
        Of this row alone, wherever it is copied to.
    """

    subject: Subject
    verdict: str
    kind: str = ""
    comment: str = ""
    score: float = UNKNOWN
    threshold: float = UNKNOWN
    detector: str = ""
    application: str = field(default_factory=lambda: f"Peculiar {version()}")
    who: str = field(default_factory=lambda: user_name())
    at: str = field(default_factory=lambda: now())
    batch: str = ""
    act: str = "decide"
    uid: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def flagged(self) -> bool | None:
        """Whether the detector flagged it then; None where there was none."""
        known = isfinite(self.score) and isfinite(self.threshold)
        return self.score >= self.threshold if known else None

    @property
    def says(self) -> tuple[str, str, str]:
        """Verdict, kind and comment."""
        return self.verdict, self.kind, self.comment


@dataclass(frozen=True)
class Batch:
    """What became of verdicts given at once.

    Attributes
    ----------
    entries : tuple of Entry
        The rows that were written.
    failed : tuple of (str, str)
        The objects that were left out, and why.
    """

    id: str
    entries: tuple[Entry, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Standing:
    """What holds of a subject now; ``elsewhere`` says that it was decided in another frame, at the same position."""

    entry: Entry
    elsewhere: bool = False


class VerdictStore:
    """The verdicts of a user.

    Parameters
    ----------
    path : Path, optional
        The file; the user's own where not given. It is made when the first verdict is written.
    patience_s : float
        How long another program may hold it.
    """

    def __init__(self, path: Path | None = None, *, patience_s: float = 5.0) -> None:
        self.journal = Journal(path or verdicts_file(), patience_s=patience_s)

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.journal.path

    def decide(
        self,
        subjects: Sequence[Subject],
        verdict: str,
        *,
        kind: str | None = None,
        comment: str | None = None,
        score: Mapping[str, float] | None = None,
        threshold: float = UNKNOWN,
        detector: str = "",
    ) -> Batch:
        """Decide on one or many at once; all that can be written are written together.

        Parameters
        ----------
        subjects : sequence of Subject
        verdict : str
            One of `VERDICTS`; "" takes the verdict back.
        kind, comment : str, optional
            What stands where not given.
        score : mapping of object to float, optional
        threshold, detector
            What flagged them.

        Raises
        ------
        ParamError
            No such verdict.
        WriteError
            The file cannot be written: nothing was.
        """
        checked_verdict(verdict)
        batch = uuid.uuid4().hex[:12]
        good, failed = _sorted_out(subjects)
        before = self.standing(good)
        entries = []
        for subject in good:
            stood = before.get(subject.key)
            own = stood.entry if stood is not None and not stood.elsewhere else None
            entries.append(
                Entry(
                    subject,
                    verdict,
                    (own.kind if own else "") if kind is None else kind,
                    (own.comment if own else "") if comment is None else comment,
                    (score or {}).get(subject.object, UNKNOWN),
                    threshold,
                    detector,
                    batch=batch,
                )
            )
        return Batch(batch, self.add(entries), failed)

    def add(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Write rows, all or none; those that are there already are left out. What was written.

        A row is dated after all that its subject has, so that a clock that was set back changes nothing.
        """
        if not entries:
            return ()
        with self.journal.writing() as (rows_of, write):
            last = {key: max(str(row["at"]) for row in rows) for key, rows in rows_of(_keys(entries)).items()}
            dated = [entry if entry.act == "import" else _after(entry, last) for entry in entries]
            kept = set(write([row_of(entry) for entry in dated]))
        return tuple(entry for entry in dated if entry.uid in kept)

    def standing(self, subjects: Iterable[Subject]) -> dict[str, Standing]:
        """What holds of each subject now, by its key; those that nobody decided on are left out.

        A subject without a verdict of its own has the last one within `NEAR_ARCSEC` on the sky that was given in
        another frame: subjects that are asked for together are told apart.
        """
        wanted = {subject.key: subject for subject in subjects}
        own = {key: Standing(_latest(rows)) for key, rows in self.journal.rows_of(list(wanted)).items()}
        rest = [subject for key, subject in wanted.items() if key not in own and isfinite(subject.dec_deg)]
        return {**own, **self._elsewhere(rest, set(wanted))}

    def latest(self) -> tuple[Entry, ...]:
        """What holds of every subject, the last decided first."""
        found: dict[str, Entry] = {}
        for entry in sorted(self.entries(), key=lambda one: one.at):
            found[entry.subject.key] = entry
        return tuple(sorted(found.values(), key=lambda one: one.at, reverse=True))

    def entries(self) -> tuple[Entry, ...]:
        """Every row, in the order in which they were written."""
        return tuple(entry_of(row) for row in self.journal.rows())

    def history(self, of: Subject | str) -> tuple[Entry, ...]:
        """Every row of a subject, or of all objects with that id or at its position; the oldest first."""
        if isinstance(of, Subject):
            rows = [row for found in self.journal.rows_of([of.key]).values() for row in found]
            own = [entry_of(row) for row in rows]
            near = self._near([of]) if isfinite(of.dec_deg) else []
            others = [entry for _, entry in near if entry.subject.key != of.key]
            return tuple(sorted([*own, *others], key=lambda one: one.at))
        return tuple(sorted((entry_of(row) for row in self.journal.rows_called(of)), key=lambda one: one.at))

    def _elsewhere(self, subjects: Sequence[Subject], here: set[str]) -> dict[str, Standing]:
        found: dict[str, Standing] = {}
        for subject, entry in sorted(self._near(subjects), key=lambda pair: pair[1].at):
            if entry.subject.key not in here:
                found[subject.key] = Standing(entry, elsewhere=True)
        return {key: standing for key, standing in found.items() if standing.entry.verdict}

    def _near(self, subjects: Sequence[Subject]) -> list[tuple[Subject, Entry]]:
        """Pairs of a subject and a row within `NEAR_ARCSEC` of it."""
        if not subjects:
            return []
        decs = [subject.dec_deg for subject in subjects]
        margin = NEAR_ARCSEC / 3600
        entries = [entry_of(row) for row in self.journal.rows_between(min(decs) - margin, max(decs) + margin)]
        if not entries:
            return []
        from scipy.spatial import KDTree

        tree = KDTree(_on_sphere([entry.subject for entry in entries]))
        reach = 2 * np.sin(np.radians(margin) / 2)
        pairs = tree.query_ball_point(_on_sphere(subjects), reach)
        return [(subject, entries[place]) for subject, places in zip(subjects, pairs, strict=True) for place in places]


def subjects_of(data: CutoutSet) -> tuple[Subject, ...]:
    """Every stamp as a subject, in the order of the set; its digest is that of its pixels alone."""
    source = data.source.path.name if data.source.path else data.source.object_name
    shape = f"stamp/{data.images.shape[1:]}".encode()
    found = []
    for place, name in enumerate(data.ids):
        digest = sha256(shape + np.ascontiguousarray(data.images[place]).tobytes()).hexdigest()[:32]
        found.append(Subject(digest, name, float(data.ra_deg[place]), float(data.dec_deg[place]), source))
    return tuple(found)


def subjects_called(data: CutoutSet, ids: Sequence[str]) -> tuple[tuple[Subject, ...], tuple[tuple[str, str], ...]]:
    """The stamps with those ids, and the ids that there are none of, with the reason."""
    known = dict(zip(data.ids, subjects_of(data), strict=True))
    missing = tuple((name, f"{data.source.object_name} has no stamp {name}") for name in ids if name not in known)
    return tuple(known[name] for name in ids if name in known), missing


def checked_verdict(verdict: str) -> str:
    """``verdict``, one of `VERDICTS` or ""; `ParamError` for anything else."""
    if verdict and verdict not in VERDICTS:
        raise ParamError(f"There is no verdict {verdict}.", hint=f"Verdicts are {', '.join(VERDICTS)}.")
    return verdict


def now() -> str:
    """The moment as the journal writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def user_name() -> str:
    """Who decides; "" where the system does not know."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _sorted_out(subjects: Sequence[Subject]) -> tuple[list[Subject], tuple[tuple[str, str], ...]]:
    """The subjects that can be decided on, each once, and the others with the reason."""
    good: dict[str, Subject] = {}
    failed = []
    for subject in subjects:
        if not subject.object or not subject.data:
            failed.append((subject.object or "(no id)", "it has no id" if not subject.object else "it has no digest"))
        elif len(subject.object) > _LONGEST:
            failed.append((subject.object[:40] + "…", "its id is too long"))
        elif subject.key in good:
            failed.append((subject.object, "it was named twice"))
        else:
            good[subject.key] = subject
    return list(good.values()), tuple(failed)


def _keys(entries: Sequence[Entry]) -> list[str]:
    return list(dict.fromkeys(entry.subject.key for entry in entries))


def _after(entry: Entry, last: dict[str, str]) -> Entry:
    """``entry``, dated after the last of its subject, which it is from now on."""
    before = last.get(entry.subject.key)
    if before is not None and entry.at <= before:
        later = datetime.fromisoformat(before) + timedelta(milliseconds=1)
        entry = replace(entry, at=later.isoformat(timespec="milliseconds"))
    last[entry.subject.key] = entry.at
    return entry


def _latest(rows: Sequence[Mapping[str, object]]) -> Entry:
    return entry_of(max(rows, key=lambda row: str(row["at"])))


def row_of(entry: Entry) -> dict[str, object]:
    row = {one.name: getattr(entry, one.name) for one in fields(entry) if one.name != "subject"}
    return {**row, **{one.name: getattr(entry.subject, one.name) for one in fields(Subject)}, "key": entry.subject.key}


def entry_of(row: Mapping[str, object]) -> Entry:
    subject = Subject(
        str(row["data"]), str(row["object"]), _number(row["ra_deg"]), _number(row["dec_deg"]), str(row["source"])
    )
    return Entry(
        subject,
        verdict=str(row["verdict"]),
        kind=str(row["kind"]),
        comment=str(row["comment"]),
        score=_number(row["score"]),
        threshold=_number(row["threshold"]),
        detector=str(row["detector"]),
        application=str(row["application"]),
        who=str(row["who"]),
        at=str(row["at"]),
        batch=str(row["batch"]),
        act=str(row["act"]),
        uid=str(row["uid"]),
    )


def _number(value: object) -> float:
    """NaN is kept as NULL."""
    return float(value) if isinstance(value, int | float) else UNKNOWN


def _on_sphere(subjects: Sequence[Subject]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    ra = np.radians([subject.ra_deg for subject in subjects])
    dec = np.radians([subject.dec_deg for subject in subjects])
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=1)
