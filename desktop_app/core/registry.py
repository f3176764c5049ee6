"""Names of things that are imported when they are first asked for."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar, cast

from desktop_app.core.errors import ParamError

T = TypeVar("T")


class Registry(Generic[T]):
    """A mapping of names to ``"module:attribute"``; its order is the order in the menus.

    Parameters
    ----------
    what : str
        What an entry is, for messages: "detector", "reader".
    entries : mapping of str to str
    """

    def __init__(self, what: str, entries: Mapping[str, str]) -> None:
        self._what = what
        self._entries = dict(entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, name: str) -> T:
        """The entry called ``name``.

        Raises
        ------
        ParamError
            There is no such entry.
        """
        if name not in self._entries:
            raise ParamError(f"There is no {self._what} called {name!r}.", hint=f"Choose from: {', '.join(self)}.")
        module, attribute = self._entries[name].split(":")
        # The one border where a name becomes an object: the contract tests load every entry and check its type.
        return cast("T", getattr(import_module(module), attribute))

    def values(self) -> Iterator[T]:
        """Every entry, in order; this imports them all."""
        return (self[name] for name in self)
