"""What the package offers is what it says."""

from __future__ import annotations

import inspect
from types import ModuleType

import pytest

import anclora_otel
from anclora_otel import logs

MODULES = (anclora_otel, logs)


@pytest.mark.parametrize(
    ("module", "name"),
    [pytest.param(module, name, id=f"{module.__name__}.{name}") for module in MODULES for name in module.__all__],
)
def test_every_exported_name_exists_and_is_documented(module: ModuleType, name: str) -> None:
    """A name in __all__ is there and has a docstring of its own."""
    assert inspect.getdoc(getattr(module, name))


@pytest.mark.parametrize("module", MODULES)
def test_the_names_are_sorted(module: ModuleType) -> None:
    """A reader finds a name where the alphabet puts it."""
    names: list[str] = module.__all__
    assert names == sorted(names, key=lambda name: (not name[0].isupper(), name))
