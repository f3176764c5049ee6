"""The process that trains channels for another: a line of JSON in for each, lines about its progress out."""

import json
import os
import signal
import sys
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import IO, Any

from desktop_app.core.errors import FitError, UserError
from desktop_app.engine.train import Epoch
from desktop_app.engine.train_channels import Lesson, learn
from desktop_app.engine.training_data import Learner
from desktop_app.engine.training_kept import Kept

_PERIOD_S = 0.2


def main() -> int:
    """Train what is asked for until nobody asks any more; 0."""
    # Ctrl+C in a terminal reaches this process too; the one that asks ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as out:
        # What a library prints must not come between the lines.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        try:
            for line in sys.stdin:
                _answer(json.loads(line), out)
        except BrokenPipeError:
            # Whoever asked is gone; what is done so far is kept.
            os._exit(0)
    return 0


def lesson_of(told: Mapping[str, Any]) -> Lesson:
    """What `Lesson.told` told."""
    kept = Kept(Path(told["kept"]["out"]), told["kept"]["model"], told["kept"]["settings"])
    return Lesson(told["model"], Learner(**told["learner"]), kept)


def _answer(request: Mapping[str, Any], out: IO[str]) -> None:
    last = 0.0

    def say(message: Mapping[str, object]) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    def report(done: float, text: str) -> None:
        nonlocal last
        if monotonic() - last >= _PERIOD_S:
            last = monotonic()
            say({"done": done, "text": text})

    def told(epoch: Epoch) -> None:
        say({"epoch": asdict(epoch)})

    try:
        learn(lesson_of(request), report, told)
        say({"over": ""})
    except FitError as error:
        say({"over": error.message})
    except UserError as error:
        say({"refused": error.message, "hint": error.hint})
    except BrokenPipeError:
        raise
    except Exception:  # noqa: BLE001 - the edge of the process: a bug is told to whoever asked
        say({"bug": traceback.format_exc()})
