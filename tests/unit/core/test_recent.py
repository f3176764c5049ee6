"""One thing is remembered, as long as what it was made of lives."""

import gc
from threading import Thread
from weakref import ref

import numpy as np
import pytest

from desktop_app.core.flattened import Bank, BaselineParams, flatten
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.core.recent import Recent
from tests.curves import curve_of


class Thing:
    """Something that can be referred to weakly."""


class Maker:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


def star(seed: int = 0) -> LightCurve:
    rng = np.random.default_rng(seed)
    time = 0.01 * np.arange(2000.0)
    return curve_of(time, 1 + 1e-3 * rng.standard_normal(2000))


def test_that_the_same_is_made_once_and_another_anew() -> None:
    recent, maker, data, other = Recent[int](), Maker(), Thing(), Thing()
    assert [recent.get(data, "so", maker), recent.get(data, "so", maker)] == [1, 1]
    assert recent.get(data, "otherwise", maker) == 2
    assert recent.get(other, "otherwise", maker) == 3
    assert recent.get(data, "otherwise", maker) == 4


def test_that_an_entry_goes_with_its_data() -> None:
    recent, data = Recent[Thing](), Thing()
    alive = ref(recent.get(data, "", Thing))
    assert alive() is not None
    del data
    gc.collect()
    assert alive() is None


def test_that_what_fails_is_not_remembered() -> None:
    recent, data = Recent[int](), Thing()

    def fails() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        recent.get(data, "", fails)
    assert recent.get(data, "", Maker()) == 1


def test_that_many_threads_get_their_own() -> None:
    recent = Recent[int]()
    things = [Thing() for _ in range(4)]
    wrong: list[int] = []

    def ask(place: int) -> None:
        wrong.extend(0 for _ in range(2000) if recent.get(things[place], place, lambda: place) != place)

    threads = [Thread(target=ask, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_that_a_curve_is_flattened_once_for_several_detectors() -> None:
    data = star()
    first = flatten(data, BaselineParams(), silent)
    again = flatten(data, BaselineParams(), silent)
    assert again.curve is first.curve
    assert again.data is data
    assert flatten(data, BaselineParams(window_d=2.0), silent).curve is not first.curve
    assert flatten(data, BaselineParams(), silent, Bank(signs=(1,))).curve is not first.curve
    assert flatten(star(), BaselineParams(), silent).curve is not first.curve


def test_that_a_flattened_curve_is_not_kept_alive() -> None:
    data = star(1)
    alive = ref(flatten(data, BaselineParams(), silent).curve)
    del data
    gc.collect()
    assert alive() is None
