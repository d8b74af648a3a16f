"""The seven levels and their numbers."""

from __future__ import annotations

import pytest

from anclora_otel.catalogue.levels import COMPONENTS, LEVELS, level_of


def test_the_seven_levels() -> None:
    """Numbers as in the Node.js service, beside those of the standard library and of OpenTelemetry."""
    assert [(level.name, level.number, level.stdlib, level.severity_number) for level in LEVELS] == [
        ("fatal", 0, 50, 21),
        ("error", 1, 40, 17),
        ("warn", 2, 30, 13),
        ("info", 3, 20, 9),
        ("http", 4, 15, 8),
        ("debug", 5, 10, 5),
        ("trace", 6, 5, 1),
    ]


@pytest.mark.parametrize(("stdlib", "name"), [(99, "fatal"), (35, "warn"), (19, "http"), (7, "trace"), (0, "trace")])
def test_numbers_between(stdlib: int, name: str) -> None:
    """A number between two levels belongs to the one that shows more."""
    assert level_of(stdlib).name == name


def test_the_components() -> None:
    """Five components have a logger of their own."""
    assert COMPONENTS == ("queue", "analytics", "whatsapp", "bot", "api")
