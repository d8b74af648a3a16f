"""What an expression is written for: settings, and a clock that may run faster than that of the wall."""

from __future__ import annotations

from dataclasses import dataclass, field

from anclora_otel.catalogue.alerts.declarations import EXPORT_INTERVAL
from anclora_otel.catalogue.alerts.durations import duration_text, milliseconds
from anclora_otel.catalogue.alerts.setting import AlertSettings, Setting

MIB = 1_048_576


@dataclass(frozen=True)
class Scope:
    """
    Settings and clock of one rendering.

    Args:
        settings: thresholds, windows and selectors.
        scale: the factor by which every duration is shortened; above 1 for drills and tests.

    """

    settings: AlertSettings = field(default_factory=AlertSettings)
    scale: float = 1

    def number(self, setting: Setting) -> str:
        """Write a setting as a PromQL number."""
        return number_text(float(self.settings[setting]))

    def value(self, setting: Setting) -> float:
        """Give a numeric setting."""
        return float(self.settings[setting])

    def text(self, setting: Setting) -> str:
        """Give a setting that is text."""
        return str(self.settings[setting])

    def duration(self, duration: Setting | str) -> str:
        """Write a duration on this scope's clock."""
        return duration_text(self.milliseconds(duration) / self.scale)

    def seconds(self, duration: Setting | str) -> str:
        """Write a duration on this scope's clock as a number of seconds."""
        return number_text(self.milliseconds(duration) / self.scale / 1000)

    def milliseconds(self, duration: Setting | str) -> float:
        """Give a duration on the clock of the wall, in milliseconds."""
        return milliseconds(self.text(duration) if isinstance(duration, Setting) else duration)

    @property
    def lately(self) -> str:
        """Write the window in which a living process reports at least four times."""
        return duration_text(self.milliseconds(EXPORT_INTERVAL) * 4 / self.scale)


def number_text(number: float) -> str:
    """Write a number without exponent and without a needless fraction."""
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return text or "0"
