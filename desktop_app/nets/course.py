"""How far a training has come: its losses, the best weights, whether it is over, and its state to go on from."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from desktop_app.core.errors import FitError
from desktop_app.core.progress import Report
from desktop_app.nets.checkpoint import State, optimiser_tensors, remind
from desktop_app.nets.schedule import Schedule, rate_of

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer


class Course:
    """The losses so far, and the best weights."""

    def __init__(self, network: "nn.Module", how: Schedule) -> None:
        self._network = network
        self._how = how
        self.training: list[float] = []
        self.validation: list[float] = []
        self.judged: list[float] = []
        self.seconds = 0.0
        self.best = 0
        self.weights = self._copy()

    @property
    def over(self) -> bool:
        """Whether all epochs are done, or none has been better for too long."""
        done = len(self.judged)
        return done >= self._how.epochs or (done > 0 and done - 1 - self.best >= self._how.patience)

    @property
    def rate(self) -> float:
        """The learning rate of the next epoch."""
        return rate_of(self._how, self.judged)

    def add(self, training: float, validation: float, judged: float, seconds: float) -> None:
        """Take the figures of one more epoch, and its weights where it is the best.

        Raises
        ------
        FitError
            The loss is no number any more.
        """
        if not np.isfinite(training) or not np.isfinite(validation):
            raise FitError("The training came to nothing: its loss is no number.", hint="Try a smaller learning rate.")
        self.training.append(training)
        self.validation.append(validation)
        self.judged.append(judged)
        self.seconds += seconds
        if len(self.judged) == 1 or judged < self.judged[self.best]:
            self.best = len(self.judged) - 1
            self.weights = self._copy()

    def told_to(self, report: Report) -> Callable[[float], None]:
        """Says how much of the whole is done, given how much of this epoch is."""
        epoch, epochs = len(self.training), self._how.epochs
        best = f", best loss {self.validation[self.best]:.4f}" if self.validation else ""

        def told(done: float) -> None:
            report((epoch + done) / epochs, f"Epoch {epoch + 1} of {epochs}{best}")

        return told

    def state(self, optimiser: "Optimizer") -> State:
        """Everything that the next epoch depends on."""
        import torch

        course = {
            "training": self.training,
            "validation": self.validation,
            "judged": self.judged,
            "seconds": self.seconds,
            "best": self.best,
        }
        return State(self._copy(), self.weights, optimiser_tensors(optimiser), torch.get_rng_state(), course)

    def go_on(self, state: State, optimiser: "Optimizer") -> None:
        """Be where ``state`` was taken."""
        import torch

        self._network.load_state_dict(state.weights)
        remind(optimiser, state.optimiser)
        torch.set_rng_state(state.chance)
        course: Mapping[str, Any] = state.course
        self.training, self.validation = list(course["training"]), list(course["validation"])
        self.judged, self.seconds, self.best = list(course["judged"]), float(course["seconds"]), int(course["best"])
        self.weights = state.best

    def _copy(self) -> "dict[str, Tensor]":
        return {name: value.detach().clone() for name, value in self._network.state_dict().items()}
