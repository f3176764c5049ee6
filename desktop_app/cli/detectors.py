"""``peculiar detectors``: which detectors there are, and every setting with its unit, range and default."""

import argparse
from typing import TYPE_CHECKING

from desktop_app.cli.terminal import say

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from desktop_app.core.detector import DetectorSpec


def add_to(commands: "_SubParsersAction[argparse.ArgumentParser]", name: str) -> None:
    """Make the command known."""
    parser = commands.add_parser(
        name,
        help="the detectors and their settings",
        description="Lists the detectors, with what can be given to 'peculiar detect --set'.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List them; 0."""
    from desktop_app.detectors import DEFAULT_DETECTOR, DETECTORS

    for name in arguments.names or DETECTORS:
        _describe(DETECTORS[name], " (the default)" if name == DEFAULT_DETECTOR else "")
    return 0


def _describe(spec: "DetectorSpec", remark: str) -> None:
    say(f"{spec.name}{remark}: {spec.label}, version {spec.version}")
    say(f"  {spec.help}")
    say(f"  Threshold: {spec.threshold:g} sigma unless --threshold says otherwise.")
    properties = spec.params.model_json_schema().get("properties", {})
    for name, field in spec.params.model_fields.items():
        shown = " ".join(str(part) for part in (field.default, properties[name].get("unit", "")) if part != "")
        say(f"  --set {name}={_text(field.default)}".ljust(34) + f"{field.title}: {shown}{_range(properties[name])}")
        say(f"      {field.description}")


def _text(default: object) -> str:
    return str(getattr(default, "value", default))


def _range(schema: dict[str, object]) -> str:
    if "enum" in schema:
        return f" ({', '.join(map(str, schema['enum']))})" if isinstance(schema["enum"], list) else ""
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None and high is None:
        return ""
    return f" ({'any' if low is None else low} to {'any' if high is None else high})"
