"""The names that a user gives when levels are changed, checked."""

from __future__ import annotations

from anclora_otel.catalogue.levels import STDLIB_LEVELS, level_of
from anclora_otel.errors import SettingProblem, SettingsError
from anclora_otel.settings.values import nearest

ALL = "all"
"""Stands for every logger."""

_MAX_CHARACTERS = 200


def checked_name(component: object) -> str:
    """
    Give the name of a component as it is used.

    Raises:
        SettingsError: if it is no name.

    """
    name = component.strip() if isinstance(component, str) else ""
    if not name or not name.isprintable() or len(name) > _MAX_CHARACTERS:
        problem = SettingProblem(
            "component", f"{component!r:.80}", "the name of a logger, or all", "give a name such as queue"
        )
        raise SettingsError([problem])
    return name


def checked_level(level: object) -> str:
    """
    Give the name of a level as it is used; ``warning`` is another name of ``warn``.

    Raises:
        SettingsError: if there is no such level.

    """
    name = level.strip().lower() if isinstance(level, str) else ""
    if name not in STDLIB_LEVELS:
        hint = nearest(name, STDLIB_LEVELS)
        remedy = f"did you mean {hint}?" if hint else "the level stays as it is"
        raise SettingsError([SettingProblem("level", f"{level!r:.80}", " or ".join(STDLIB_LEVELS), remedy)])
    return level_of(STDLIB_LEVELS[name]).name
