"""Parameter sets: text in, checked values out, and sentences for what is not possible."""

import pytest

from desktop_app.core.errors import ParamError
from desktop_app.core.params import Params, setting
from desktop_app.core.registry import Registry


class Knobs(Params):
    """A few of each kind."""

    window_d: float = setting(1.0, title="Window", help="How long.", unit="d", ge=0.1, le=10)
    trees: int = setting(100, title="Trees", help="How many.", ge=1)
    harmonics: bool = setting(True, title="Harmonics", help="Whether.")


def test_that_text_from_a_command_line_is_understood() -> None:
    assert Knobs.checked({"window_d": "2.5", "trees": "7", "harmonics": "false"}) == Knobs(
        window_d=2.5, trees=7, harmonics=False
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"windw": 1}, r"no setting called 'windw'.*window_d, trees, harmonics"),
        ({"window_d": 20}, r"window_d = 20.*less than or equal to 10"),
        ({"trees": "many"}, r"trees = 'many'.*integer"),
    ],
)
def test_that_what_is_not_possible_is_said_in_a_sentence(values: dict[str, object], words: str) -> None:
    with pytest.raises(ParamError, match=words):
        Knobs.checked(values)


def test_that_title_unit_and_range_can_be_read_by_a_form() -> None:
    schema = Knobs.model_json_schema()["properties"]["window_d"]
    assert (schema["title"], schema["unit"], schema["minimum"], schema["maximum"]) == ("Window", "d", 0.1, 10)


def test_that_an_unknown_name_in_a_registry_is_answered_with_the_known_ones() -> None:
    registry: Registry[object] = Registry("colour", {"red": "math:pi", "blue": "math:e"})
    assert registry["red"] == pytest.approx(3.14159, abs=1e-5)
    assert list(registry) == ["red", "blue"]
    with pytest.raises(ParamError, match=r"no colour called 'green'.*red, blue"):
        registry["green"]
