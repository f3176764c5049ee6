"""The training loop: seeded, stopped early, cancelled at once."""

from collections.abc import Callable

import numpy as np
import pytest

from desktop_app.core.errors import FitError
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.nets.training import History, Schedule, arrays_of, load_arrays, seeded, train_network

torch = pytest.importorskip("torch")
LINE = Schedule(epochs=30, batch=16, rate=0.05, seed=3)


def line(n: int = 200, seed: int = 0) -> tuple[object, object]:
    """Points of ``y = 2 x - 1`` with a little noise."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, 1)).astype(np.float32)
    y = 2 * x - 1 + 0.01 * rng.standard_normal((n, 1)).astype(np.float32)
    return torch.from_numpy(x), torch.from_numpy(y)


def squares(network: Callable[[object], object], batch: tuple[object, ...]) -> object:
    return ((network(batch[0]) - batch[1]) ** 2).mean()  # type: ignore[operator]


def trained(how: Schedule = LINE, report: object = silent) -> tuple[object, History]:
    network = seeded(lambda: torch.nn.Linear(1, 1), how.seed)
    return network, train_network(network, squares, line(), line(50, 1), how, report)  # type: ignore[arg-type]


def test_that_a_line_is_learnt() -> None:
    network, history = trained()
    arrays = arrays_of(network)  # type: ignore[arg-type]
    assert arrays["weight"][0, 0] == pytest.approx(2, abs=0.05)
    assert arrays["bias"][0] == pytest.approx(-1, abs=0.05)
    assert history.validation[history.best] == min(history.validation)
    assert len(history.training) == len(history.validation) <= LINE.epochs


def test_that_the_same_seed_gives_the_same_weights_and_another_gives_others() -> None:
    first, again, other = (arrays_of(trained(how)[0]) for how in (LINE, LINE, Schedule(1, 16, seed=4)))  # type: ignore[arg-type]
    np.testing.assert_array_equal(first["weight"], again["weight"])
    assert first["weight"] != other["weight"]


def test_that_training_leaves_the_global_generator_as_it_was() -> None:
    before = torch.random.get_rng_state()
    trained()
    assert torch.equal(before, torch.random.get_rng_state())


def test_that_it_stops_once_the_validation_loss_rises_and_keeps_the_best_weights() -> None:
    network = seeded(lambda: torch.nn.Linear(1, 1), 0)
    x, y = line()
    how = Schedule(epochs=50, batch=16, rate=0.05, patience=2)
    # What is right for validation is the opposite of what is learnt: every epoch makes it worse.
    history = train_network(network, squares, (x, y), (x, -y), how, silent)  # type: ignore[arg-type, operator]
    assert len(history.validation) == history.best + 3 < 50
    kept = float(squares(network, (x, -y)).detach())  # type: ignore[operator, attr-defined]
    assert kept == pytest.approx(min(history.validation), rel=1e-3)


def test_that_a_cancel_is_heeded_within_a_step() -> None:
    heard = []

    def cancel(done: float, text: str) -> None:
        heard.append((done, text))
        if done > 0.1:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        trained(LINE, cancel)
    assert heard[-1][0] < 0.15
    assert "Epoch" in heard[-1][1]


def test_that_nothing_to_train_on_is_told() -> None:
    network = torch.nn.Linear(1, 1)
    with pytest.raises(FitError, match="nothing to train on"):
        train_network(network, squares, line(0), line(5), LINE, silent)  # type: ignore[arg-type]


def test_that_a_loss_that_is_no_number_is_told() -> None:
    x, y = line()
    broken = (x * float("nan"), y)  # type: ignore[operator]
    with pytest.raises(FitError, match="no number"):
        train_network(torch.nn.Linear(1, 1), squares, broken, line(5), LINE, silent)  # type: ignore[arg-type]


def test_that_weights_come_back_from_arrays() -> None:
    first, _ = trained()
    second = torch.nn.Linear(1, 1)
    load_arrays(second, arrays_of(first))  # type: ignore[arg-type]
    np.testing.assert_array_equal(arrays_of(second)["weight"], arrays_of(first)["weight"])  # type: ignore[arg-type]
