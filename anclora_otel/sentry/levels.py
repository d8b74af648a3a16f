"""Sentry's five levels."""

from __future__ import annotations

import logging
from typing import Literal

SentryLevel = Literal["fatal", "error", "warning", "info", "debug"]
"""The levels that Sentry knows."""


def sentry_level(level: int) -> SentryLevel:
    """Give the level of Sentry for a level of the standard library."""
    steps: tuple[tuple[int, SentryLevel], ...] = (
        (logging.CRITICAL, "fatal"),
        (logging.ERROR, "error"),
        (logging.WARNING, "warning"),
        (logging.INFO, "info"),
    )
    for least, name in steps:
        if level >= least:
            return name
    return "debug"
