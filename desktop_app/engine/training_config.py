"""Settings of a training from files and words: nested groups, dotted names, interpolation, and what may be said."""

from collections.abc import Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Any, TypeVar

from desktop_app.core.errors import ParamError
from desktop_app.core.params import Params

P = TypeVar("P", bound=Params)

GROUPS = ("model", "training", "data")
"""The groups that settings may stand in; a setting without a group is understood as well."""
OTHER_NAMES = {
    "lr": "rate",
    "learning_rate": "rate",
    "min_lr": "last_rate",
    "weight_decay": "decay",
    "batch_size": "batch",
    "num_epochs": "epochs",
    "max_epochs": "epochs",
    "optimizer": "optimiser",
    "scheduler": "schedule",
    "gradient_clip": "clip",
    "clip_grad_norm": "clip",
    "early_stopping_patience": "patience",
    "random_seed": "seed",
}
"""What others call these settings."""


def checked_settings(params: type[P], settings: Mapping[str, object]) -> P:
    """The parameter set with ``settings`` in place of defaults.

    Parameters
    ----------
    params : type
    settings : mapping of str to object
        By name ("rate"), with dots ("training.rate"), or in groups ({"training": {"rate": 0.01}}).

    Raises
    ------
    ParamError
        A name that does not exist, or a value out of its range: a sentence with the key and what is allowed.
    """
    flat: dict[str, object] = {}
    for key, value in flattened(settings).items():
        name = _field_of(params, key)
        flat[name] = str(value.value) if isinstance(value, Enum) else value
        one = {name: flat[name]}
        try:
            params.checked(one)
        except ParamError as error:
            raise ParamError(f"{key} = {value!r} is not possible: {allowed(params, name)}.", hint=error.hint) from error
    return params.checked(flat)


def flattened(settings: Mapping[str, object], before: str = "") -> dict[str, object]:
    """Groups within groups as names with dots."""
    flat: dict[str, object] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            flat.update(flattened({str(name): inner for name, inner in value.items()}, f"{before}{key}."))
        else:
            flat[f"{before}{key}"] = value
    return flat


def allowed(params: type[Params], name: str) -> str:
    """What a setting may be: "it has to be a number from 0 to 1"."""
    info: Any = params.model_fields[name]  # the border to pydantic, whose rules have no common type
    kind = info.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"choose from {', '.join(str(choice.value) for choice in kind)}"
    what = {int: "a whole number", float: "a number", bool: "true or false"}.get(kind, "a text")
    low = next((rule.ge for rule in info.metadata if getattr(rule, "ge", None) is not None), None)
    high = next((rule.le for rule in info.metadata if getattr(rule, "le", None) is not None), None)
    match low, high:
        case None, None:
            return f"it has to be {what}"
        case _, None:
            return f"it has to be {what}, {_number(low)} or more"
        case None, _:
            return f"it has to be {what}, {_number(high)} or less"
        case _:
            return f"it has to be {what} from {_number(low)} to {_number(high)}"


def _number(value: Any) -> str:  # what a rule of pydantic holds
    return str(int(value)) if float(value).is_integer() else f"{value:g}"


def as_yaml(values: Params) -> str:
    """All settings with what they mean, as a file that `training_file` reads."""
    lines = []
    for name, value in values.model_dump(mode="json").items():
        shown = str(value).lower() if isinstance(value, bool) else value if value != "" else '""'
        lines.append(f"{name}: {shown}  # {type(values).help_of(name)} ({allowed(type(values), name)})")
    return "\n".join(lines)


def _field_of(params: type[Params], key: str) -> str:
    """The field that ``key`` means.

    Raises
    ------
    ParamError
    """
    *groups, last = key.split(".")
    name = last if last in params.model_fields else OTHER_NAMES.get(last, last)
    if len(groups) > 1 or any(group not in GROUPS for group in groups):
        raise ParamError(
            f"There is no group of settings called {'.'.join(groups)!r} ({key}).",
            hint=f"The groups are: {', '.join(GROUPS)}; names without a group are understood too.",
        )
    if name not in params.model_fields:
        near = get_close_matches(last, params.model_fields, 1)
        meant = f"Do you mean {near[0]}? " if near else ""
        raise ParamError(
            f"There is no setting called {key!r}.", hint=f"{meant}The settings are: {', '.join(params.model_fields)}."
        )
    return name
