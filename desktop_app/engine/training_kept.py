"""What a training has done so far, in a folder beside its result: channels that are done, and the one in hand."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from desktop_app.core.errors import ReadError, WriteError
from desktop_app.nets.channel_weights import loaded_channels
from desktop_app.nets.checkpoint import Keep
from desktop_app.nets.weights import Arrays, load_weights, save_weights

_FOLDER = "unfinished"
_VERSION = 1

Done = tuple[Arrays, Mapping[str, Any]]
"""The weights of a channel, and what the card tells of it."""


@dataclass(frozen=True)
class Kept:
    """What is kept of the training of one model with certain settings.

    Attributes
    ----------
    out : Path
        Where the result goes to.
    model : str
    settings : mapping
        All of them, as JSON takes them.
    """

    out: Path
    model: str
    settings: Mapping[str, object]

    @property
    def folder(self) -> Path:
        """Where it is kept until the training is done."""
        return self.out / _FOLDER

    def mark(self, digest: str) -> str:
        """Tells model, settings and data: what has another mark is not gone on with."""
        told = json.dumps([_VERSION, self.model, dict(self.settings), digest], sort_keys=True)
        return sha256(told.encode()).hexdigest()

    def keep(self, key: str, digest: str) -> Keep:
        """Where the state of the training of one channel is kept."""
        return Keep(self._of(key) / "state.safetensors", self.mark(digest))

    def add(self, key: str, digest: str, arrays: Arrays, told: Mapping[str, Any]) -> None:
        """Keep a channel that is done; its state is of no more use."""
        save_weights(self._of(key), arrays, {**told, "training": digest, "mark": self.mark(digest)})
        self.keep(key, digest).path.unlink(missing_ok=True)

    def done(self, key: str, digest: str) -> Done | None:
        """A channel that is done and kept here."""
        try:
            arrays, told = load_weights(str(self._of(key).absolute()))
        except ReadError:
            return None
        if told.get("mark") != self.mark(digest):
            return None
        return arrays, {name: value for name, value in told.items() if name not in ("mark", "sha256")}

    def earlier(self) -> Mapping[str, Done]:
        """The channels of a result that lies in ``out`` already, and was made with the same settings.

        Raises
        ------
        WriteError
            What lies there is of another model or of other settings, and would be lost.
        """
        if not (self.out / "card.json").is_file():
            return {}
        try:
            by_channel, card = loaded_channels(str(self.out.absolute()))
        except ReadError:
            return {}
        if (card.get("model"), card.get("settings")) != (self.model, dict(self.settings)):
            raise WriteError(
                f"{self.out} holds weights of another training: of {card.get('model', 'something else')}, or with "
                "other settings.",
                hint="Name another folder to write to, or begin anew in its place with --no-resume.",
            )
        return {key: (by_channel[key], told) for key, told in card.get("channels", {}).items() if key in by_channel}

    def forget(self) -> None:
        """Take away what was kept."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _of(self, key: str) -> Path:
        return self.folder / quote(key, safe="")


def dated(out: Path, *, resume: bool) -> Path:
    """A folder within ``out`` that is called like this moment; the last one that is unfinished, where it may be."""
    unfinished = sorted(folder.parent for folder in out.glob(f"*/{_FOLDER}")) if resume else []
    return unfinished[-1] if unfinished else out / f"{datetime.now():%Y-%m-%dT%H-%M-%S}"
