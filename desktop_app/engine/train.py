"""Trains the networks whose weights ship: the road that ``peculiar train`` takes."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from desktop_app.core.errors import ParamError, ReadError, WriteError
from desktop_app.core.progress import Report, silent
from desktop_app.core.registry import Registry
from desktop_app.nets.device import chosen_device


class Training(Protocol):
    """Trains one model on the files of a folder and saves it; nothing is written before it is done."""

    def __call__(
        self, data: Path, out: Path, seed: int, report: Report, *, epochs: int, device: str
    ) -> Mapping[str, Any]:
        """The card of the model that now lies in ``out``, as `nets.weights.save_weights` takes it.

        Parameters
        ----------
        data : Path
            A folder; files in folders below it count too.
        out : Path
            The folder for weights and card.
        seed : int
            The same seed and data give the same weights on the same processor.
        report : callable
            Told the progress; may raise `JobCancelled`.
        epochs : int
            At most so many turns through the data; 0 takes what the model needs.
        device : str
            One of `nets.device.Device`.

        Raises
        ------
        FitError
            The files hold too little to train on.
        """
        ...


TRAININGS: Registry[Training] = Registry(
    "model to train",
    {
        "flares": "desktop_app.engine.train_flares:train_flares",
        "lstm_autoencoder": "desktop_app.engine.train_lstm_autoencoder:train",
        "vetting": "desktop_app.engine.train_vetting:train_vetting",
    },
)


def train(
    name: str,
    data: Path,
    out: Path,
    *,
    seed: int = 0,
    epochs: int = 0,
    device: str = "auto",
    report: Report = silent,
) -> Mapping[str, Any]:
    """Train the model called ``name`` and save it in ``out``; its card.

    Raises
    ------
    ParamError
        No such model, device, or a number out of its range.
    ReadError, WriteError
        ``data`` is no folder, or ``out`` cannot be one.
    FitError
        The files hold too little to train on.
    """
    training = TRAININGS[name]
    chosen_device(device, worth=False)
    if epochs < 0 or not 0 <= seed < 2**32:
        raise ParamError("Epochs and seed cannot be negative.", hint="Leave them out to train as the shipped weights.")
    if not data.is_dir():
        raise ReadError(f"There is no folder {data}.", hint="Name the folder with the files to learn from.")
    _check_out(out)
    return training(data, out, seed, report, epochs=epochs, device=device)


def _check_out(out: Path) -> None:
    """A long training should not end with a folder that cannot be written; nothing is made yet."""
    there = next((folder for folder in (out, *out.absolute().parents) if folder.exists()), out)
    if not there.is_dir():
        raise WriteError(f"{there} is a file, not a folder.", hint="Choose another folder.")
    if not os.access(there, os.W_OK):
        raise WriteError(f"Nothing can be written into {there}.", hint="Choose another folder.")
