"""Who may import what, beyond what import-linter can say."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "anclora_otel"
MODULES = sorted(PACKAGE.rglob("*.py"))
MODULE_LINES = 300
UNDERSCORE_ALLOWED = {"pipeline/logs.py", "pipeline/assembly.py", "pipeline/events.py", "lifecycle/process.py"}
SDK = ("opentelemetry.sdk", "opentelemetry.exporter")
STANDARD_LIBRARY_ONLY = ("catalogue/", "errors.py", "environment_variables.py", "_guard.py")
WEB_FRAMEWORKS = ("fastapi", "starlette")


def imports(path: Path) -> set[str]:
    """Give the names of all modules that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def place(path: Path) -> str:
    """Give the path of a module within the package."""
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_who_may_import_what(path: Path) -> None:
    """The SDK belongs to the pipeline, web frameworks to the integrations, and nobody takes private names."""
    here = place(path)
    for name in imports(path):
        if name.startswith(SDK):
            assert here.startswith(("pipeline/", "testing/")), name
        if name.startswith("sentry_sdk"):
            assert here.startswith("sentry/"), name
        if name.split(".")[0] in WEB_FRAMEWORKS:
            assert here.startswith("integrations/"), name
        if not name.startswith("anclora_otel") and "._" in name and not name.startswith("__future__"):
            assert here in UNDERSCORE_ALLOWED, name
            assert "_log" in name, name


@pytest.mark.parametrize("path", [path for path in MODULES if place(path).startswith(STANDARD_LIBRARY_ONLY)], ids=place)
def test_the_ground_stands_on_the_standard_library(path: Path) -> None:
    """The catalogue and the lowest layer import nothing that must be installed."""
    foreign = {name for name in imports(path) if name.startswith(("opentelemetry", "fastapi", "redis", "yaml"))}

    assert foreign == set()


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_modules_are_short(path: Path) -> None:
    """A module holds one idea."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MODULE_LINES
