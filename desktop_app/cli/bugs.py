"""Keeps what is needed to mend a bug: the traceback in a file, a sentence for the person."""

import platform
import sys
import traceback
from datetime import UTC, datetime

from desktop_app.core.errors import UserError
from desktop_app.paths import version


def record_bug(error: Exception) -> UserError:
    """Add the traceback of ``error`` to the log in the user's log folder; what to say instead of it."""
    from platformdirs import user_log_path

    log = user_log_path("peculiar", appauthor=False) / "peculiar.log"
    when = datetime.now(UTC).isoformat(timespec="seconds")
    head = f"{when}  Peculiar {version()}, Python {platform.python_version()}, {platform.platform()}, {sys.argv[1:]}\n"
    sentence = f"Something went wrong that should not have ({type(error).__name__}: {error})."
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(head + "".join(traceback.format_exception(error)) + "\n")
    except OSError:
        return UserError(sentence, hint=f"The details could not be kept in {log}.")
    return UserError(sentence, hint=f"The details are in {log}.")
