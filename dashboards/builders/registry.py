"""Every dashboard."""

from __future__ import annotations

from anclora_otel.catalogue.alerts import Scope
from dashboards.builders import analytics, overview, queue, system, telemetry
from dashboards.builders.model import Dashboard

BUILDERS = (overview.build, queue.build, analytics.build, system.build, telemetry.build)
"""What builds each dashboard, in the order in which they are listed."""


def build_all(scope: Scope | None = None) -> tuple[Dashboard, ...]:
    """
    Build every dashboard.

    Args:
        scope: the settings of the alerts whose thresholds are drawn; the defaults unless given.

    """
    return tuple(build(scope or Scope()) for build in BUILDERS)
