"""The base of all parameter sets: declared once, used by the form, the command line, the check and the cache key."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from desktop_app.core.errors import ParamError


class Params(BaseModel):
    """A frozen set of parameters; every field has a title, a help text and, where it is a quantity, a unit."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    @classmethod
    def checked(cls, values: Mapping[str, object]) -> Self:
        """The parameters with ``values`` in place of defaults; text such as ``"3.5"`` or ``"true"`` is understood.

        Raises
        ------
        ParamError
            A name that does not exist, or a value out of its range.
        """
        unknown = [name for name in values if name not in cls.model_fields]
        if unknown:
            raise ParamError(
                f"There is no setting called {unknown[0]!r}.", hint=f"The settings are: {', '.join(cls.model_fields)}."
            )
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]) if first["loc"] else "settings"
            raise ParamError(
                f"{name} = {first['input']!r} is not possible: {_sentence(first['msg'])}", hint=cls.help_of(name)
            ) from error

    @classmethod
    def help_of(cls, name: str) -> str:
        """What the field ``name`` does, or nothing where there is no such field."""
        field = cls.model_fields.get(name)
        return (field.description or "") if field else ""


def setting(
    default: Any,  # the border to pydantic: the type of the field checks it
    *,
    title: str,
    help: str,
    unit: str = "",
    ge: float | None = None,
    le: float | None = None,
    zero: str = "",
    advanced: bool = False,
) -> Any:
    """A field of a parameter set.

    Parameters
    ----------
    default
        What holds where nobody says otherwise.
    title, help : str
        The label in the form and the sentence under it.
    unit : str
        Shown behind the number; ``""`` for a pure number.
    ge, le : float, optional
        The smallest and largest value allowed.
    zero : str
        What 0 stands for, shown in its place: "automatic".
    advanced : bool
        Whether the form hides it until it is asked for.
    """
    extra: dict[str, Any] = {"unit": unit, "zero": zero, "advanced": advanced}
    return Field(default, title=title, description=help, ge=ge, le=le, json_schema_extra=extra)


def _sentence(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".") + "."
