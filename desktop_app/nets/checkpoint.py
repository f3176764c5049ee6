"""The state of a training on disk after each epoch: one that was killed goes on as if nothing had been."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor
    from torch.optim import Optimizer

Tensors = dict[str, "Tensor"]


@dataclass(frozen=True)
class Keep:
    """Where the state is kept, and what it belongs to.

    Attributes
    ----------
    path : Path
        A safetensors file; its header holds a card. Its folder is made where it is not there.
    mark : str
        Tells data and settings: a state with another mark is not gone on with.
    """

    path: Path
    mark: str


@dataclass(frozen=True, eq=False)
class State:
    """Everything that the next epoch depends on.

    Attributes
    ----------
    weights, best : mapping of str to Tensor
        Those after the last epoch, and those that did best so far.
    optimiser : mapping of str to Tensor
        Called "<number of the parameter>/<name>".
    chance : Tensor
        The state of torch's generator.
    course : mapping
        The losses so far, as JSON takes them.
    """

    weights: Tensors
    best: Tensors
    optimiser: Tensors
    chance: "Tensor"
    course: Mapping[str, Any]


def write_state(keep: Keep, state: State) -> None:
    """Put ``state`` in place of the last one: whole or not at all."""
    from safetensors.torch import save

    tensors = {"chance": state.chance}
    for group, found in (("weights", state.weights), ("best", state.best), ("optimiser", state.optimiser)):
        # safetensors refuses tensors that share memory, as the best weights do with the last ones at times.
        tensors |= {f"{group}/{name}": value.detach().cpu().contiguous().clone() for name, value in found.items()}
    card = {"mark": keep.mark, "course": json.dumps(dict(state.course))}
    keep.path.parent.mkdir(parents=True, exist_ok=True)
    aside = keep.path.with_suffix(".part")
    aside.write_bytes(save(tensors, card))
    aside.replace(keep.path)


def read_state(keep: Keep) -> State | None:
    """The last state with this mark; None where there is none, or none that can be read."""
    from safetensors import SafetensorError, safe_open

    groups: dict[str, Tensors] = {"weights": {}, "best": {}, "optimiser": {}}
    try:
        with safe_open(keep.path, framework="pt") as file:
            card = file.metadata() or {}
            if card.get("mark") != keep.mark:
                return None
            course = json.loads(card["course"])
            chance = file.get_tensor("chance")
            for key in file.keys():  # noqa: SIM118 - the file is no mapping
                group, _, name = key.partition("/")
                if group in groups:
                    groups[group][name] = file.get_tensor(key)
    except (OSError, ValueError, KeyError, SafetensorError):
        return None
    return State(groups["weights"], groups["best"], groups["optimiser"], chance, course)


def optimiser_tensors(optimiser: "Optimizer") -> Tensors:
    """What ``optimiser`` remembers of the steps so far."""
    import torch

    state: dict[int, dict[str, object]] = optimiser.state_dict()["state"]
    return {
        f"{number}/{name}": value
        for number, found in state.items()
        for name, value in found.items()
        if isinstance(value, torch.Tensor)
    }


def remind(optimiser: "Optimizer", tensors: Tensors) -> None:
    """Give ``optimiser`` what `optimiser_tensors` told."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        number, _, name = key.partition("/")
        state.setdefault(int(number), {})[name] = value
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
