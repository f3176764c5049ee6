"""The simulated spacecraft: its channels, its commands and its faults."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from desktop_app.core.channels.cycles import cycle_rows
from desktop_app.core.channels.faults import FAULTS
from desktop_app.core.simulate_spacecraft import ORBIT_ROWS, simulate_spacecraft


@pytest.mark.parametrize("seed", range(4))
def test_that_every_kind_of_fault_comes(seed: int) -> None:
    assert {label.kind for label in simulate_spacecraft(seed=seed).labels} == set(FAULTS)


def test_that_the_values_are_nominal_but_for_the_labelled_rows() -> None:
    data, nominal = simulate_spacecraft(seed=1), simulate_spacecraft(seed=1, faults=0)
    assert nominal.labels == ()
    changed = np.array(data.values != nominal.values)
    for label in data.labels:
        changed[label.start : label.stop, data.names.index(label.channel)] = False
    assert not changed.any()
    assert data.training is not None
    assert nominal.training is not None
    np.testing.assert_array_equal(data.training.values, nominal.training.values)
    assert data.training.labels == ()


def test_that_faults_of_one_channel_are_apart() -> None:
    data = simulate_spacecraft(seed=2, rows=6000, faults=4)
    for name in data.names:
        labels = data.labels_on(name)
        assert all(after.start > before.stop for before, after in pairwise(labels))


@pytest.mark.parametrize(("rows", "training_rows", "channels"), [(500, 400, 3), (3000, 0, 7), (1000, 1000, 16)])
def test_that_any_length_and_any_number_of_channels_can_be_had(rows: int, training_rows: int, channels: int) -> None:
    data = simulate_spacecraft(rows=rows, training_rows=training_rows, channels=channels, faults=1)
    assert data.training is not None
    assert (len(data), len(data.training)) == (rows, training_rows)
    assert sum(channel.role == "measured" for channel in data.channels) == channels
    assert len(set(data.names)) == len(data.names)


def test_that_temperature_follows_the_orbit_and_each_change_of_mode_has_its_command() -> None:
    data = simulate_spacecraft(faults=0)
    assert cycle_rows(data.values[:, data.names.index("panel_degC")]) == pytest.approx(ORBIT_ROWS, abs=1)
    sent = data.values[:, [channel.role == "command" for channel in data.channels]]
    assert set(np.unique(sent)) == {0.0, 1.0}
    assert sent.sum() > 2 * len(data) / ORBIT_ROWS
    load = data.values[:, data.names.index("load_W")]
    jumps = np.flatnonzero(np.abs(np.diff(load)) > 1.0) + 1
    assert (sent[jumps].sum(axis=1) == 1).all()


def test_that_the_same_seed_gives_the_same_and_another_does_not() -> None:
    first, again, other = (simulate_spacecraft(seed=seed) for seed in (5, 5, 6))
    assert first.digest == again.digest
    assert first.labels == again.labels
    assert first.digest != other.digest
    assert replace(first, labels=()).digest == first.digest
