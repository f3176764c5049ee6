"""What the session does about verdicts on stamps: gives them, keeps them, takes them back, and learns from them."""

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Detection, Scores
from desktop_app.core.errors import UserError
from desktop_app.core.images.learning import Features, Method
from desktop_app.engine.verdict_files import Merged
from desktop_app.engine.verdict_statistics import statistics
from desktop_app.engine.verdicts import UNKNOWN, Entry, Standing, VerdictStore
from desktop_app.ui.bridge import Bridge, without_progress
from desktop_app.ui.review import review_work
from desktop_app.ui.review.deciding import Deciding
from desktop_app.ui.review.review_state import NOTHING_REVIEWED, LabelPage, LikeOne, ReviewState
from desktop_app.ui.words import counted

if TYPE_CHECKING:
    from desktop_app.ui.session import Session
    from desktop_app.ui.state import AppState

Update = Callable[..., None]
_NOTHING = ("", "", "")

_log = logging.getLogger("peculiar")


class ReviewVerbs(QObject):
    """Changes ``state.review``; panels and the gallery call the verbs.

    Verdicts are shown at once and written by a thread of their own, in their order; what is not on the disk when the
    window closes is written then.
    """

    def __init__(self, session: "Session", update: Update) -> None:
        super().__init__(session)
        self._session, self._update_state = session, update
        self._bridge = Bridge(self)
        self._bridge.failed.connect(session.tell_error)
        self._store: VerdictStore | None = None
        self._unwritten: dict[str, Entry] = {}
        self._features: tuple[Scores, Features] | None = None
        self._on_its_way, self._once_more = 0, False
        # Queued: what answers a change of the state is heard after that change, by every panel.
        session.changed.connect(self._on_changed, Qt.ConnectionType.QueuedConnection)

    # Verdicts

    def decide(self, places: Iterable[int], verdict: str) -> None:
        """Call the stamps in these rows "interesting", "ordinary" or "artefact"; "" takes a verdict back."""
        says = {place: (verdict, *self._says(place)[1:]) for place in self._known(places)}
        text = f"Call {counted(len(says), 'stamp')} {verdict}" if verdict else "Take the verdict back"
        self._push(text, says)

    def describe(self, places: Iterable[int], kind: str, comment: str) -> None:
        """Give the stamps in these rows a kind and a comment of the user's own words."""
        says = {place: (self._says(place)[0], kind.strip(), comment.strip()) for place in self._known(places)}
        self._push("Comment", says)

    def _known(self, places: Iterable[int]) -> list[int]:
        """The rows that there are; told where verdicts are still being read."""
        review = self._session.state.review
        if review.of is None or review.of is not self._session.state.data:
            self._session.notify("info", "The verdicts on these stamps are still being read.", "Try again at once.")
            return []
        return sorted({place for place in places if 0 <= place < len(review.subjects)})

    def _says(self, place: int) -> tuple[str, str, str]:
        """What was decided in this frame."""
        standing = self._session.state.review.standing.get(place)
        return _NOTHING if standing is None or standing.elsewhere else standing.entry.says

    def _push(self, text: str, says: Mapping[int, tuple[str, str, str]]) -> None:
        before = {place: self._says(place) for place in says}
        says = {place: said for place, said in says.items() if said != before[place]}
        if not says:
            return
        batch = uuid.uuid4().hex[:12]
        undone = partial(self._entries, {place: before[place] for place in says}, batch, "undo")
        command = Deciding(text, self._apply, undone, partial(self._decided, says, batch))
        self._session.undo_stack.push(command)

    def _decided(self, says: Mapping[int, tuple[str, str, str]], batch: str, first: bool) -> dict[int, Entry]:
        return self._entries(says, batch, "decide" if first else "redo")

    def _entries(self, says: Mapping[int, tuple[str, str, str]], batch: str, act: str) -> dict[int, Entry]:
        """Rows of the journal that say so."""
        state = self._session.state
        detection, review = state.detection, state.review
        scores = detection.scores.values if detection is not None and detection.scores.objects is not None else None
        threshold = state.threshold if scores is not None else UNKNOWN
        name = detection.provenance.detector if detection is not None and scores is not None else ""
        return {
            place: Entry(
                review.subjects[place],
                *said,
                score=float(scores[place]) if scores is not None and place < len(scores) else UNKNOWN,
                threshold=threshold,
                detector=name,
                batch=batch,
                act=act,
            )
            for place, said in says.items()
        }

    def _apply(self, entries: Mapping[int, Entry]) -> None:
        """Show rows at once, and have them written."""
        review = self._session.state.review
        standing = dict(review.standing)
        for place, entry in entries.items():
            if any(entry.says):
                standing[place] = Standing(entry)
            else:
                standing.pop(place, None)
        self._update(standing=standing)
        self._count()
        self._write(tuple(entries.values()))
        self._learn()
        row = self._session.state.selection.row
        if row is not None and row in entries:
            self._update(history=(*self._session.state.review.history, entries[row]))

    # The disk

    def write_again(self) -> None:
        """Try once more to write what could not be written."""
        self._write(())

    def _write(self, entries: tuple[Entry, ...]) -> None:
        for entry in entries:
            self._unwritten[entry.uid] = entry
        if self._unwritten:
            doing = partial(review_work.written, self._store_(), tuple(self._unwritten.values()))
            self._bridge.run_beside(without_progress(doing), self._on_written)

    def _on_written(self, made: review_work.Written) -> None:
        if made.problem is None:
            for entry in made.entries:
                self._unwritten.pop(entry.uid, None)
            self._update(everything=made.everything)
            self._tell_notes()
        elif not self._session.state.review.problem:
            # Told once: the panel shows how many rows wait.
            self._session.notify("error", made.problem.message, made.problem.hint)
        problem = "" if made.problem is None else made.problem.message
        self._update(problem=problem, unwritten=len(self._unwritten) if problem else 0)

    def _store_(self) -> VerdictStore:
        if self._store is None:
            self._store = VerdictStore()
        return self._store

    def _tell_notes(self) -> None:
        notes = self._store_().journal.notes
        while notes:
            self._session.notify("warning", notes.pop(0), "Nothing was deleted.")

    def export(self, path: Path, *, everything: bool) -> None:
        """Write the verdicts on the stamps shown, or every row of the journal, in the format that the suffix names."""
        own = [one.entry for _, one in sorted(self._session.state.review.standing.items()) if not one.elsewhere]
        doing = partial(review_work.exported, self._store_(), None if everything else own, path)
        self._bridge.run_beside(without_progress(partial(review_work.told, doing)), self._on_exported)

    def _on_exported(self, made: tuple[int, Path] | UserError) -> None:
        if isinstance(made, UserError):
            self._session.tell_error(made)
            return
        n, path = made
        self._session.notify("info", f"{counted(n, 'verdict')} written to {path.name} in {path.parent}.")

    def take_file(self, path: Path) -> None:
        """Add the verdicts of a file that was exported before, here or elsewhere."""
        doing = partial(review_work.imported, self._store_(), path)
        self._bridge.run_beside(without_progress(partial(review_work.told, doing)), self._on_imported)

    def _on_imported(self, made: Merged | UserError) -> None:
        if isinstance(made, UserError):
            self._session.tell_error(made)
            return
        for line in (*made.conflicts, *made.refused):
            _log.info("%s", line)
        more = [f"{counted(len(made.conflicts), 'conflict')}: the later verdict holds"] if made.conflicts else []
        more += [f"{counted(len(made.refused), 'row')} left out"] if made.refused else []
        text = f"{counted(made.added, 'verdict')} taken, {made.known:,} known already."
        self._session.notify("info", text, f"{'; '.join(more)}; see the log.".capitalize() if more else "")
        if isinstance(self._session.state.data, CutoutSet):
            self._read(self._session.state.data)

    # Learning

    def next_page(self) -> None:
        """Suggest the stamps whose labels are worth most, those that are likely interesting first."""
        self._learn(page=True)

    def end_page(self) -> None:
        """Show all stamps again."""
        self._update(page=None)

    def set_learns(self, on: bool) -> None:
        """Whether the ranking learns from the verdicts."""
        self._update(learns=on)
        self._learn()

    def set_method(self, method: Method) -> None:
        """How it learns."""
        self._update(settings=replace(self._session.state.review.settings, method=method))
        self._learn()

    def _learn(self, *, page: bool = False) -> None:
        state = self._session.state
        detection, review = state.detection, state.review
        if detection is None or detection.scores.objects is None or not isinstance(detection.data, CutoutSet):
            if page:
                self._session.notify("info", "Nothing is suggested before it was detected.", "Press Run (Ctrl+R).")
            return
        if review.of is not detection.data:
            return
        kept = self._features
        features = kept[1] if kept is not None and kept[0] is detection.scores else None
        if self._on_its_way and not page:
            self._once_more = True  # verdicts may come faster than lessons
            return
        self._on_its_way += 1
        labels = review.labels
        lesson = partial(review_work.lesson, detection, features, labels, review.settings)
        doing = partial(lesson, page=page, learns=review.learns)
        self._bridge.run_beside(without_progress(doing), partial(self._on_learned, page), files=True)

    def _on_learned(self, page: bool, made: review_work.Lesson) -> None:
        self._on_its_way -= 1
        self._take_lesson(page, made)
        if self._once_more and not self._on_its_way:
            self._once_more = False
            self._learn()

    def _take_lesson(self, page: bool, made: review_work.Lesson) -> None:
        detection, review = self._session.state.detection, self._session.state.review
        if detection is None or detection.scores is not made.scores:
            return
        self._features = (made.scores, made.features)
        if made.learned.labels == len(review.labels) or not review.learns:
            self._update(learned=made.learned)
        if not page:
            return
        if not made.page:
            self._session.notify("info", "There is no stamp left to label.")
            return
        number = review.pages + 1
        self._update(learned=made.learned, page=LabelPage(number, made.page), pages=number)
        self._session.select_row(made.page[0].place)

    # Likeness

    def more_like(self, place: int) -> None:
        """Put all stamps in the order of their likeness to one."""
        detection = self._session.state.detection
        if detection is None or detection.scores.objects is None or not isinstance(detection.data, CutoutSet):
            self._session.notify("info", "What is alike is known once something was detected.", "Press Run (Ctrl+R).")
        elif not detection.objects.space.shape[1]:
            self._session.notify("info", "This detector knows no likeness.", "Choose another detector.")
        elif 0 <= place < len(detection.objects):
            doing = without_progress(partial(review_work.like_one, detection, place))
            self._bridge.run_beside(doing, partial(self._on_like, detection), files=True)

    def end_like(self) -> None:
        """Put them in the chosen order again."""
        self._update(like=None)

    def _on_like(self, of: Detection, like: LikeOne) -> None:
        detection = self._session.state.detection
        if detection is not None and detection.scores is of.scores:
            self._update(like=like, page=None)

    # Following the state

    def close(self) -> None:
        """End the threads, and write what they did not get to."""
        self._bridge.close()
        if self._unwritten:
            made = review_work.written(self._store_(), tuple(self._unwritten.values()))
            if made.problem is not None:
                _log.error("%s", made.problem)

    def _on_changed(self, old: "AppState", new: "AppState") -> None:
        if new.data is not old.data:
            self._on_data(self._session.state.review, new.data)
        if new.detection is not old.detection:
            self._on_detection(old.detection, new.detection)
        if new.selection.row != old.selection.row:
            self._read_history()
        if new.threshold != old.threshold:
            self._count()

    def _on_data(self, old: ReviewState, data: object) -> None:
        same = isinstance(data, CutoutSet) and old.of is not None and data.images is old.of.images
        if same:
            self._update(of=data)  # another catalogue of the same stamps
        else:
            self._features = None
            fresh = replace(NOTHING_REVIEWED, learns=old.learns, settings=old.settings, everything=old.everything)
            self._update_state(review=replace(fresh, unwritten=old.unwritten, problem=old.problem))
        if isinstance(data, CutoutSet):
            self._read(data)

    def _read(self, data: CutoutSet) -> None:
        doing = partial(review_work.known_of, self._store_(), data)
        self._bridge.run_beside(without_progress(doing), self._on_known)

    def _on_known(self, known: review_work.Known) -> None:
        state = self._session.state
        if known.data is not state.data:
            return
        if known.problem is not None:
            self._session.notify("error", known.problem.message, known.problem.hint)
        standing = dict(known.standing)
        # What was decided since the file was read stands above what was read.
        places = {subject.key: place for place, subject in enumerate(known.subjects)}
        for entry in self._unwritten.values():
            if entry.subject.key in places:
                standing[places[entry.subject.key]] = Standing(entry)
        problem = known.problem.message if known.problem is not None else state.review.problem
        self._update(of=known.data, subjects=known.subjects, standing=standing)
        self._update(everything=known.everything, problem=problem)
        self._count()
        self._tell_notes()
        self._read_history()
        self._learn()

    def _on_detection(self, old: Detection | None, new: Detection | None) -> None:
        if new is None or old is None or new.scores is not old.scores:
            self._update(learned=None, page=None, like=None)
            self._count()
            self._learn()

    def _read_history(self) -> None:
        state = self._session.state
        row, subjects = state.selection.row, state.review.subjects
        self._update(history=())
        if state.review.of is state.data and row is not None and row < len(subjects):
            doing = partial(review_work.history_of, self._store_(), subjects[row])
            self._bridge.run_beside(without_progress(doing), partial(self._on_history, row))

    def _on_history(self, row: int, history: Sequence[Entry]) -> None:
        if self._session.state.selection.row == row:
            known = {entry.uid for entry in history}
            late = [entry for entry in self._session.state.review.history if entry.uid not in known]
            self._update(history=(*history, *late))

    def _count(self) -> None:
        """What the verdicts come to, against the scores of now."""
        state, review = self._session.state, self._session.state.review
        detection = state.detection
        of_objects = detection is not None and detection.scores.objects is not None
        values = detection.scores.values if detection is not None and of_objects else None
        latest = []
        for place, one in review.standing.items():
            if one.elsewhere:
                continue
            known = values is not None and place < len(values)
            score = float(values[place]) if values is not None and known else UNKNOWN
            latest.append(replace(one.entry, score=score, threshold=state.threshold if known else UNKNOWN))
        self._update(statistics=statistics(latest, of=len(review.subjects)))

    def _update(self, **changes: Any) -> None:
        self._update_state(review=replace(self._session.state.review, **changes))
