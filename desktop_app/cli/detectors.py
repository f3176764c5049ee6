"""``peculiar detectors``: which detectors there are, and every setting with its unit, range and default."""

import argparse
from enum import Enum, EnumType
from typing import TYPE_CHECKING, get_args

from desktop_app.cli.terminal import say
from desktop_app.core.errors import ParamError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.core.detector import DetectorSpec
    from desktop_app.detectors import Looks


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="the detectors and their settings",
        description="Lists the detectors of every kind of data, with what can be given to 'peculiar detect --set'.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List them; 0.

    Raises
    ------
    ParamError
        There is no such detector of any kind.
    """
    from desktop_app.detectors import OF_KIND

    known = [name for registry, _ in OF_KIND.values() for name in registry]
    unknown = next((name for name in arguments.names if name not in known), None)
    if unknown is not None:
        raise ParamError(
            f"There is no detector called {unknown!r}.", hint=f"Choose from: {', '.join(dict.fromkeys(known))}."
        )
    for looks, (registry, default) in OF_KIND.items():
        for name in registry:
            if not arguments.names or name in arguments.names:
                _describe(registry[name], looks, is_default=name == default)
    if not arguments.names:
        _list_encoders()
    return 0


def _list_encoders() -> None:
    """Which encoders of stamps there are, and whether they are installed."""
    from desktop_app.nets.encoders import available_encoders

    say("Encoders of stamps, for detectors of cut-outs: --set encoder=NAME")
    for encoder in available_encoders():
        say(f"  {encoder.name}: {encoder.label}, {encoder.how if encoder.here else f'not installed ({encoder.how})'}")
    say("  a file of your own (.onnx, .pt, .pt2), or a folder that 'peculiar train encoder' wrote")


def _describe(spec: "DetectorSpec", looks: "Looks", *, is_default: bool) -> None:
    from desktop_app.detectors import PLURAL

    remark = " (the default)" if is_default else ""
    say(f"{spec.name}{remark}, of {PLURAL[looks]}: {spec.label}, version {spec.version}")
    say(f"  {spec.help}")
    unit = "sigma" if spec.unit == "σ" else spec.unit
    say(f"  Threshold: {spec.threshold:g} {unit} unless --threshold says otherwise.")
    properties = spec.params.model_json_schema().get("properties", {})
    for name, field in spec.params.model_fields.items():
        unit = properties[name].get("unit", "")
        say(f"  --set {f'{name}={_text(field.default)}':<24}{field.title}{f' [{unit}]' if unit else ''}")
        say(f"      {field.description}{_possible(field.annotation, properties[name])}")


def _text(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _possible(annotation: object, schema: dict[str, object]) -> str:
    """The values that can be given: choices, or the ends of a range."""
    choices = list(annotation) if isinstance(annotation, EnumType) else get_args(annotation)
    if choices:
        return f" One of: {', '.join(map(_text, choices))}."
    ends = [f"{word} {_text(schema[key])}" for word, key in (("from", "minimum"), ("to", "maximum")) if key in schema]
    return f" {' '.join(ends).capitalize()}." if ends else ""
