"""Where the files that ship are, and where a user's own go."""

import os
from functools import lru_cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as _installed_version
from pathlib import Path

_PACKAGE = Path(__file__).parent


def resources() -> Path:
    """The folder of icons, help and samples: beside the package in a checkout or bundle, inside it in a wheel."""
    return _shipped("resources")


def models() -> Path:
    """The folder of trained weights that ship."""
    return _shipped("models")


def cache_folder() -> Path:
    """Where scores are kept; ``PECULIAR_CACHE`` moves it."""
    if moved := os.environ.get("PECULIAR_CACHE"):
        return Path(moved)
    from platformdirs import user_cache_path

    return user_cache_path("peculiar", appauthor=False) / "scores"


def config_folder() -> Path:
    """Where what the user chose is kept."""
    from platformdirs import user_config_path

    return user_config_path("peculiar", appauthor=False)


def known_folder() -> Path:
    """Where a user's tables of known objects are; ``PECULIAR_KNOWN`` moves it."""
    if moved := os.environ.get("PECULIAR_KNOWN"):
        return Path(moved)
    from platformdirs import user_data_path

    return user_data_path("peculiar", appauthor=False) / "known"


def verdicts_file() -> Path:
    """Where the verdicts of a user are; ``PECULIAR_VERDICTS`` names another file."""
    if moved := os.environ.get("PECULIAR_VERDICTS"):
        return Path(moved)
    from platformdirs import user_data_path

    return user_data_path("peculiar", appauthor=False) / "verdicts.sqlite"


@lru_cache
def version() -> str:
    """The version of Peculiar that runs."""
    try:
        return _installed_version("peculiar")
    except PackageNotFoundError:
        return "0 (not installed)"


def _shipped(name: str) -> Path:
    inside = _PACKAGE / "_data" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
