"""Every combination of the compose files, loaded once."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

from anclora_otel.stack import Places
from anclora_otel.stack.compose.files import all_combinations, load_project

PROJECT = Path(__file__).parents[4]
PLACES = Places.choose(PROJECT, os.environ)
COMBINATIONS = all_combinations()
ALL = COMBINATIONS[-1]
"""All overlays at once."""


@functools.cache
def loaded(overlays: tuple[str, ...] = ()) -> dict[str, Any]:
    """Give the project of a choice of overlays."""
    return load_project(PLACES, overlays)


def services(overlays: tuple[str, ...] = ALL) -> dict[str, dict[str, Any]]:
    """Give its services by name."""
    found: dict[str, dict[str, Any]] = loaded(overlays)["services"]
    return found


def named(overlays: tuple[str, ...]) -> str:
    """Name a choice for the list of tests."""
    return "+".join(overlays) or "base"
