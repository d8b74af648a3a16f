"""What the package offers is what it says."""

from __future__ import annotations

import inspect

import pytest

import anclora_otel


@pytest.mark.parametrize("name", anclora_otel.__all__)
def test_every_exported_name_exists_and_is_documented(name: str) -> None:
    """A name in __all__ is there and has a docstring of its own."""
    assert inspect.getdoc(getattr(anclora_otel, name))


def test_the_names_are_sorted() -> None:
    """A reader finds a name where the alphabet puts it."""
    assert anclora_otel.__all__ == sorted(anclora_otel.__all__, key=lambda name: (not name[0].isupper(), name))
