"""The installers' tables say the same as the project's own, and name only what exists."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any  # the border to TOML and to Briefcase, which hand over plain dictionaries

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from desktop_app.paths import models, resources

ROOT = Path(__file__).parents[2]
FORMATS = {"linux": "system", "macOS": "app", "windows": "app"}
ICON_SIZES = (16, 32, 64, 128, 256, 512)


@pytest.fixture(params=FORMATS)
def bundle(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What Briefcase makes of ``briefcase.toml`` for one platform."""
    from briefcase.config import DraftAppConfig, parse_config
    from briefcase.console import Console

    console = Console()
    _, apps = parse_config(ROOT / "briefcase.toml", request.param, FORMATS[request.param], console)
    console.close()
    (app,) = apps.values()
    DraftAppConfig(**app)
    return app


@pytest.fixture
def project() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]


def test_that_version_licence_and_requirements_are_those_of_the_project(
    bundle: dict[str, Any], project: dict[str, Any]
) -> None:
    assert bundle["version"] == project["version"]
    assert bundle["license"] == project["license"]
    assert bundle["license_files"] == project["license-files"]
    assert sorted(bundle["requires"]) == sorted(project["dependencies"])
    assert bundle["requires-python"] == project["requires-python"]


def test_that_the_icons_exist_in_every_size_that_the_platforms_ask_for(bundle: dict[str, Any]) -> None:
    icons = {bundle["icon"], *(kind["icon"] for kind in bundle["document_type"].values())}
    wanted = [f"-{size}.png" for size in ICON_SIZES] + [".icns", ".ico"]
    assert [icon + end for icon in icons for end in wanted if not (ROOT / (icon + end)).is_file()] == []


def test_that_the_sources_exist_and_hold_the_package_that_starts(bundle: dict[str, Any]) -> None:
    assert all((ROOT / source).is_dir() for source in bundle["sources"])
    assert (ROOT / "desktop_app/packaging/peculiar/__main__.py").is_file()


def test_that_every_third_party_import_is_required(project: dict[str, Any]) -> None:
    required = {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
    homes = packages_distributions()
    unmet = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "desktop_app").rglob("*.py")
        if "packaging" not in path.parts  # runs where the installers are made, with the extra for tests
        for name in _imported(path)
        if name not in sys.stdlib_module_names and name != "desktop_app"
        if not required & {canonicalize_name(home) for home in homes.get(name, [])}
    }
    # Shiboken comes with PySide6.
    assert {entry for entry in unmet if not entry.endswith("shiboken6")} == set()


def test_that_the_shipped_folders_are_found_in_a_checkout() -> None:
    assert resources() == ROOT / "resources"
    assert models() == ROOT / "models"
    assert resources().is_dir()
    assert models().is_dir()


def test_that_the_wheel_takes_the_shipped_folders_along() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        wheel = tomllib.load(file)["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {name: f"desktop_app/_data/{name}" for name in ("resources", "models")}


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names
