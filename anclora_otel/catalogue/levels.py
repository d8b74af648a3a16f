"""
The seven log levels, from the gravest down, with their numbers here, in the standard library and in OpenTelemetry.

Source of the severity numbers: OpenTelemetry logs data model, "Field: SeverityNumber".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

LevelName = Literal["fatal", "error", "warn", "info", "http", "debug", "trace"]

COMPONENTS = ("queue", "analytics", "whatsapp", "bot", "api")
"""The components that have a logger of their own."""


@dataclass(frozen=True)
class Level:
    """
    A log level.

    Args:
        name: as it stands in a line and in a setting.
        number: its rank, 0 for the gravest.
        stdlib: its number in the standard library's `logging`.
        severity_number: its number in the data model of OpenTelemetry.

    """

    name: LevelName
    number: int
    stdlib: int
    severity_number: int


_NUMBERS: tuple[tuple[int, int], ...] = ((50, 21), (40, 17), (30, 13), (20, 9), (15, 8), (10, 5), (5, 1))

LEVELS: tuple[Level, ...] = tuple(
    Level(name, number, stdlib, severity)
    for number, (name, (stdlib, severity)) in enumerate(zip(get_args(LevelName), _NUMBERS, strict=True))
)
"""All levels, the gravest first."""

LEVELS_BY_NAME = {level.name: level for level in LEVELS}
"""All levels by name."""

STDLIB_LEVELS: dict[str, int] = {**{level.name: level.stdlib for level in LEVELS}, "warning": 30}
"""The numbers of the standard library by every name that a setting may use."""


def level_of(stdlib: int) -> Level:
    """Give the level to which a number of the standard library belongs, such as ``warn`` for 35."""
    for level in LEVELS:
        if stdlib >= level.stdlib:
            return level
    return LEVELS[-1]
