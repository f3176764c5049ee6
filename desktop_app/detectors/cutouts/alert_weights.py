"""The judge of alerts as it lies on disk, and the one that ships."""

from functools import lru_cache

import numpy as np

from desktop_app.core.errors import ReadError
from desktop_app.core.images.difference.judge import AlertJudge
from desktop_app.nets.weights import Arrays, load_weights

NAME = "alerts"


@lru_cache(maxsize=2)
def alert_judge(name: str = NAME) -> AlertJudge:
    """The judge that ships.

    Raises
    ------
    ReadError
        There is none, or its weights are not those of its card.
    """
    arrays, card = load_weights(name)
    try:
        return AlertJudge(
            names=tuple(map(str, card["names"])),
            weight=np.asarray(arrays["weight"], np.float64),
            start=float(arrays["start"][0]),
            logits=np.asarray(arrays["logits"], np.float64),
            sigmas=np.asarray(arrays["sigmas"], np.float64),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ReadError(f"The weights called {name} do not judge alerts: {error}.", hint="Install again.") from error


def arrays_of(judge: AlertJudge) -> Arrays:
    """``judge`` as arrays for the weights; its names go into the card."""
    return {
        "weight": np.asarray(judge.weight, np.float32),
        "start": np.array([judge.start], np.float32),
        "logits": np.asarray(judge.logits, np.float32),
        "sigmas": np.asarray(judge.sigmas, np.float32),
    }
