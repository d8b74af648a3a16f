"""What users may set of the alerts, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Setting:
    """
    A threshold, an objective, a window or a selector.

    Args:
        section: its table in the settings file.
        name: its key there, with the unit.
        default: the value unless set; a number, or text for durations, selectors and links.
        meaning: one line for the settings file.
        low: the smallest number allowed.
        high: the largest number allowed.
        form: ``number``, ``share`` (above 0, below 1), ``duration``, ``selector`` (a regular expression, may be
            empty), ``name`` or ``link``.

    """

    section: str
    name: str
    default: float | str
    meaning: str
    low: float = 0
    high: float = float("inf")
    form: str = "number"

    @property
    def key(self) -> str:
        """Give section and name as they are written in messages."""
        return f"{self.section}.{self.name}"


@dataclass(frozen=True)
class AlertSettings:
    """
    The settings of one rendering.

    Args:
        values: what differs from the defaults, by the setting's key; check it with `settings_from` first.

    """

    values: Mapping[str, float | str] = field(default_factory=lambda: MappingProxyType({}))

    def __getitem__(self, setting: Setting) -> float | str:
        """Give the value of a setting."""
        return self.values.get(setting.key, setting.default)
