"""Which processor computes."""

import pytest

from desktop_app.core.errors import ParamError
from desktop_app.nets import device
from desktop_app.nets.device import chosen_device


def test_that_the_processor_is_always_there() -> None:
    assert chosen_device("cpu") == "cpu"


def test_that_auto_takes_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_likely", lambda: ["cuda"])
    monkeypatch.setattr(device, "_there", lambda name: True)
    assert chosen_device("auto") == "cuda"
    monkeypatch.setattr(device, "_there", lambda name: False)
    assert chosen_device("auto") == "cpu"


def test_that_auto_does_not_even_look_for_little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_likely", lambda: pytest.fail("looked"))
    assert chosen_device("auto", worth=False) == "cpu"


@pytest.mark.parametrize("wish", ["cuda", "mps"])
def test_that_a_wish_that_cannot_be_met_is_a_sentence(wish: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_there", lambda name: False)
    with pytest.raises(ParamError, match="can be used here") as caught:
        chosen_device(wish)
    assert "cpu" in caught.value.hint


def test_that_a_device_that_does_not_exist_is_a_sentence() -> None:
    with pytest.raises(ParamError, match="no device called 'tpu'") as caught:
        chosen_device("tpu")
    assert "cuda" in caught.value.hint
