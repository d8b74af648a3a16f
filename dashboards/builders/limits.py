"""Thresholds of panels, taken from the settings of the alerts, so that a line is where the alert fires."""

from __future__ import annotations

from anclora_otel.catalogue.alerts import Scope, Setting
from dashboards.builders.model import Limits

GREEN, ORANGE, RED = "green", "orange", "red"


def from_here(
    scope: Scope, warning: Setting | None = None, critical: Setting | None = None, factor: float = 1
) -> Limits:
    """
    Let a panel turn orange at the threshold of the warning and red at that of the critical alert.

    Args:
        scope: the settings of the alerts.
        warning: threshold of the warning.
        critical: threshold of the critical alert.
        factor: of a threshold, where its unit is not the panel's.

    """
    steps = [
        (scope.value(setting) * factor, colour) for setting, colour in ((warning, ORANGE), (critical, RED)) if setting
    ]
    return Limits(GREEN, tuple(steps))


def up_to(scope: Scope, warning: Setting, good: Setting) -> Limits:
    """Let a panel be red below the alert's threshold, orange up to the objective, and green from there on."""
    return Limits(RED, ((scope.value(warning), ORANGE), (scope.value(good), GREEN)))


def above(low: float, good: float) -> Limits:
    """Let a panel be red below one value, orange up to another, and green from there on; no alert reads them."""
    return Limits(RED, ((low, ORANGE), (good, GREEN)))


NOT_ZERO = Limits(GREEN, ((0.5, RED),))
"""Red from the first one on."""

AT_LEAST_ONE = Limits(RED, ((0.5, GREEN),))
"""Red where there is none."""
