"""A training that stops in its middle goes on from its last epoch, and ends with the same weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.progress import JobCancelled, silent
from desktop_app.nets.checkpoint import Keep, read_state
from desktop_app.nets.schedule import Fall, Optimiser, rate_of
from desktop_app.nets.training import Arrays, History, Schedule, Turn, arrays_of, seeded, train_network, unheard

torch = pytest.importorskip("torch")
HOW = Schedule(epochs=5, batch=16, rate=0.02, seed=3)


def points(n: int, seed: int) -> tuple[object, object]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, 2)).astype(np.float32)
    return torch.from_numpy(x), torch.from_numpy(x[:, :1] ** 2)


def loss(network: object, batch: tuple[object, ...]) -> object:
    return ((network(batch[0]) - batch[1]) ** 2).mean()  # type: ignore[operator]


def trained(how: Schedule, keep: Keep | None = None, stop_after: int = 99) -> tuple[Arrays, History]:
    """A network with dropout, whose training is cut off after so many epochs."""
    network = seeded(
        lambda: torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Dropout(0.3), torch.nn.Linear(8, 1)), how.seed
    )
    turns: list[Turn] = []

    def report(_done: float, _text: str) -> None:
        if len(turns) >= stop_after:
            raise JobCancelled

    history = train_network(
        network,
        loss,  # type: ignore[arg-type]
        points(90, 0),  # type: ignore[arg-type]
        points(40, 1),  # type: ignore[arg-type]
        how,
        report,
        keep=keep,
        heard=turns.append,
    )
    return arrays_of(network), history


@pytest.mark.parametrize("optimiser", list(Optimiser))
@pytest.mark.parametrize("fall", list(Fall))
def test_that_a_training_that_was_cut_off_ends_as_one_that_was_not(
    optimiser: Optimiser, fall: Fall, tmp_path: Path
) -> None:
    how = replace(HOW, optimiser=optimiser, fall=fall, wait=0)
    whole, history = trained(how)
    keep = Keep(tmp_path / "deep" / "state.safetensors", "mark")
    with pytest.raises(JobCancelled):
        trained(how, keep, stop_after=2)
    state = read_state(keep)
    assert state is not None
    assert len(state.course["training"]) == 2
    resumed, again = trained(how, keep)
    assert (again.training, again.validation, again.best) == (history.training, history.validation, history.best)
    for name in whole:
        np.testing.assert_array_equal(resumed[name], whole[name])


def test_that_a_training_that_is_over_is_not_trained_again(tmp_path: Path) -> None:
    keep = Keep(tmp_path / "state.safetensors", "mark")
    whole, _ = trained(HOW, keep)
    again, _ = trained(HOW, keep, stop_after=0)
    np.testing.assert_array_equal(again["0.weight"], whole["0.weight"])


@pytest.mark.parametrize("content", [b"", b"no tensors at all", None])
def test_that_a_state_that_is_damaged_or_of_other_settings_is_not_gone_on_with(
    content: bytes | None, tmp_path: Path
) -> None:
    keep = Keep(tmp_path / "state.safetensors", "mark")
    trained(replace(HOW, epochs=1), keep)
    if content is None:
        keep = replace(keep, mark="other settings")
    else:
        keep.path.write_bytes(content)
    assert read_state(keep) is None
    turns: list[Turn] = []
    network = seeded(lambda: torch.nn.Linear(2, 1), 0)
    data = points(40, 0)
    train_network(network, loss, data, data, HOW, silent, keep=keep, heard=turns.append)  # type: ignore[arg-type]
    assert [turn.epoch for turn in turns] == [1, 2, 3, 4, 5]


def test_that_the_learning_rate_falls_as_asked() -> None:
    how = Schedule(epochs=10, rate=1.0, last_rate=0.1, wait=1, factor=0.5)
    better, worse = [5.0, 4.0, 3.0], [1.0, 2.0, 2.0, 2.0, 2.0]
    cosine = [rate_of(how, [0.0] * epoch) for epoch in range(10)]
    assert cosine[0] == 1.0
    assert (np.diff(cosine) < 0).all()
    plateau, none = replace(how, fall=Fall.PLATEAU), replace(how, fall=Fall.NONE)
    assert rate_of(plateau, better) == rate_of(none, worse) == 1.0
    assert [rate_of(plateau, worse[:epoch]) for epoch in range(6)] == [1.0, 1.0, 1.0, 0.5, 0.5, 0.25]
    assert rate_of(plateau, [1.0] + [2.0] * 40) == 0.1


def test_that_a_judge_decides_which_weights_are_kept() -> None:
    network = seeded(lambda: torch.nn.Linear(2, 1), 0)
    data = points(40, 0)
    turns: list[Turn] = []

    def judge(_network: object) -> tuple[float, dict[str, float]]:
        # The third epoch is the best, whatever the loss says.
        return abs(len(turns) - 2.0), {"f1": 0.5}

    history = train_network(network, loss, data, data, HOW, silent, judge=judge, heard=turns.append)  # type: ignore[arg-type]
    assert history.best == 2
    assert all(turn.figures == {"f1": 0.5} for turn in turns)
    unheard(turns[0])


def test_that_a_clip_of_nothing_lets_gradients_be_as_long_as_they_are() -> None:
    network, other = (seeded(lambda: torch.nn.Linear(2, 1), 0) for _ in range(2))
    data = points(40, 0)
    far = (data[0], data[1] * 1000)  # type: ignore[operator]
    how = Schedule(epochs=1, batch=8, rate=1e-4, optimiser=Optimiser.SGD)
    train_network(network, loss, far, far, how, silent)  # type: ignore[arg-type]
    train_network(other, loss, far, far, replace(how, clip=0.0), silent)  # type: ignore[arg-type]
    start = seeded(lambda: torch.nn.Linear(2, 1), 0)
    moved = [float((net.bias - start.bias).detach()[0]) for net in (network, other)]  # type: ignore[operator]
    assert abs(moved[1]) > 10 * abs(moved[0])
