"""What is public says what it does, what it takes and what it raises."""

from __future__ import annotations

import importlib

import pytest

from tests.unit.docstrings import problems
from tests.unit.public import PUBLIC_MODULES, public_names

NAMES = [(module, name) for module in PUBLIC_MODULES for name in public_names(module)]


@pytest.mark.parametrize("module", PUBLIC_MODULES)
def test_a_module(module: str) -> None:
    """A public module says what it is for, and its names are sorted."""
    loaded = importlib.import_module(module)

    assert (loaded.__doc__ or "").strip()
    assert public_names(module) == sorted(public_names(module), key=sorting)


@pytest.mark.parametrize(("module", "name"), NAMES, ids=str)
def test_a_name(module: str, name: str) -> None:
    """A docstring, an entry for each parameter, and one for each error of ours that is raised."""
    assert problems(module, name) == []


def sorting(name: str) -> tuple[bool, bool, str]:
    """Sort as ruff sorts ``__all__``: constants, classes, then the rest."""
    return (not name.isupper(), not name[0].isupper(), name)
