"""Reads the settings of a training from a YAML file as OmegaConf and Hydra write them, without running anything."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.engine.training_config import flattened

_LARGEST_BYTES = 1 << 20
_WHOLE = re.compile(r"\$\{([^${}]*)\}")
_PLAIN = re.compile(r"[A-Za-z_][\w-]*(\.[\w-]+)*")
_OF_REQUEST = ("channels", "jobs", "track")
_DEEPEST = 20


@dataclass(frozen=True)
class TrainingFile:
    """What a file says.

    Attributes
    ----------
    settings : mapping of str to object
        By name with dots.
    channels, track : tuple of str
    jobs : int or None
    notes : tuple of str
        What was passed over, a sentence each.
    """

    settings: Mapping[str, object] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    jobs: int | None = None
    track: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_training_file(path: Path) -> TrainingFile:
    """The settings in ``path``; ``${...}`` is replaced by the value of the key that it names.

    Raises
    ------
    ReadError
        The file is not there, or is no YAML with names and values.
    ParamError
        It composes other files, asks for a resolver, or names a key that is not there.
    """
    content, notes = _without_hydra(_loaded(path), path.name)
    flat = {key: _resolved(value, key, flattened(content), path.name) for key, value in flattened(content).items()}
    said = TrainingFile(notes=notes)
    for name in _OF_REQUEST:
        for key in (name, f"data.{name}", f"training.{name}"):
            if key in flat:
                said = _with(said, name, flat.pop(key), key)
    return replace(said, settings=flat)


def _loaded(path: Path) -> dict[str, Any]:
    import yaml

    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ReadError(f"{path.name} is too long for settings.", hint="Name a file of a few lines.")
        content = yaml.load(path.read_text(encoding="utf-8"), _loader())
    except (OSError, UnicodeError) as error:
        raise ReadError(f"{path} cannot be read: {error}.", hint="Name a YAML file with settings.") from error
    except (yaml.YAMLError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        line = f" in line {where.line + 1}" if where else ""
        why = getattr(error, "problem", None) or "it is nested too deep"
        raise ReadError(
            f"{path.name} is no YAML{line}: {why}.", hint="Write names and values, as rate: 0.001."
        ) from error
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        raise ReadError(f"{path.name} holds no names and values.", hint="Write them as rate: 0.001.")
    return {str(key): value for key, value in content.items()}


def _loader() -> Any:  # the border to PyYAML, which has no types
    """The safe loader, for which a key that stands twice is an error, and what stands for something else as well."""
    import yaml

    class Loader(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            # A few lines of aliases can stand for gigabytes, or for themselves.
            if self.check_event(yaml.events.AliasEvent):
                raise yaml.composer.ComposerError(
                    problem="*aliases are not understood, ${group.key} is", problem_mark=self.peek_event().start_mark
                )
            return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            seen = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        problem=f"{key.value} stands there twice", problem_mark=key.start_mark
                    )
                seen.add(key.value)
            made: dict[Any, Any] = super().construct_mapping(node, deep)
            return made

    return Loader


def _without_hydra(content: dict[str, Any], file: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Without what Hydra itself reads; a list of other files to compose is refused."""
    others = [one for one in content.get("defaults") or [] if one != "_self_"]
    if others:
        raise ParamError(
            f"{file} is composed of other files (defaults: {others[0]}), which is not done here.",
            hint="Write the settings into one file: python train.py --cfg job prints what Hydra makes of it.",
        )
    passed = tuple(f"{file}: what it says about hydra is passed over." for key in content if key == "hydra")
    return {key: value for key, value in content.items() if key not in ("defaults", "hydra")}, passed


def _resolved(value: object, key: str, flat: Mapping[str, object], file: str, depth: int = 0) -> object:
    """``value`` with what ``${...}`` in it stands for; alone it keeps its type."""
    if isinstance(value, list):
        return [_resolved(one, key, flat, file, depth) for one in value]
    if not isinstance(value, str) or "${" not in value:
        return value
    if depth > _DEEPEST:
        raise ParamError(f"{key} in {file} stands for itself: {value}.", hint="Write the value.")

    def meant(name: str) -> object:
        if not _PLAIN.fullmatch(name):
            raise ParamError(
                f"{key} = {value} in {file} asks for more than the value of another key.",
                hint="Write the value; ${group.key} is understood, resolvers such as ${oc.env:...} are not.",
            )
        if name not in flat:
            raise ParamError(f"{key} = {value} in {file} names a key that is not there.", hint="Write the value.")
        return _resolved(flat[name], key, flat, file, depth + 1)

    whole = _WHOLE.fullmatch(value)
    if whole:
        return meant(whole[1])
    made = _WHOLE.sub(lambda found: str(meant(found[1])), value)
    if "${" in made:
        raise ParamError(f"{key} = {value} in {file} cannot be understood.", hint="Write the value.")
    return made


def _with(said: TrainingFile, name: str, value: object, key: str) -> TrainingFile:
    if name == "jobs":
        if not isinstance(value, int) or isinstance(value, bool):
            raise ParamError(f"{key} = {value!r} is not possible: it has to be a whole number, 1 or more.")
        return replace(said, jobs=value)
    # Null is how such files say: all of them.
    if value is not None and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise ParamError(f"{key} = {value!r} is not possible: it has to be a list of names.")
    names = tuple(value) if isinstance(value, list) else ()
    return replace(said, channels=names) if name == "channels" else replace(said, track=names)
