"""What is said of suggestions and of what was learned."""

from collections.abc import Sequence

from desktop_app.core.images.learning import Learned, Suggestion
from desktop_app.engine.verdicts import Entry
from desktop_app.ui.words import counted

_ACTS = {"decide": "", "undo": " (taken back)", "redo": " (once more)", "import": " (from a file)"}


def reason(suggestion: Suggestion, ids: Sequence[str]) -> str:
    """Why a stamp is suggested: "like 3 you called interesting: A, B, C"."""
    named = ", ".join(ids[place] for place in suggestion.like)
    match suggestion.why:
        case "alike":
            return f"like {suggestion.alike} you called interesting: {named}" if named else "like what you look for"
        case "unsure":
            return f"least sure; nearest interesting: {named}" if named else "least sure"
        case _:
            return "high score"


def short_reason(suggestion: Suggestion) -> str:
    """The same in two or three words, below the stamp."""
    match suggestion.why:
        case "alike":
            return f"like {suggestion.alike} interesting"
        case "unsure":
            return "least sure"
        case _:
            return "high score"


def learned_text(learned: Learned | None, *, learns: bool) -> str:
    """What the ranking has learned."""
    if learned is None:
        return "Detect (Ctrl+R), then label stamps: the ranking learns from each page."
    if not learns:
        return "Learning is off: the order is that of the scores."
    if not learned.weight:
        missing = "one that is not" if learned.interesting else "one interesting stamp"
        return f"Nothing learned yet: {counted(learned.labels, 'label')}; {missing} is needed."
    how = "a logistic regression" if learned.method == "logistic" else "a Gaussian process"
    return (
        f"Learned by {how} from {counted(learned.labels, 'label')}, {learned.interesting:,} of them interesting; "
        f"counts {learned.weight:.1f} times as much as the score."
    )


def entry_text(entry: Entry) -> str:
    """One row of the journal as a line: when and what."""
    return f"{entry.at[:16].replace('T', ' ')}  {said_text(entry)}{_ACTS.get(entry.act, '')}"


def said_text(entry: Entry) -> str:
    """What a row says: verdict, kind and comment."""
    said = entry.verdict or "no verdict"
    kind = f", {entry.kind}" if entry.kind else ""
    comment = f": {' '.join(entry.comment.split())}" if entry.comment else ""
    return f"{said}{kind}{comment}"
