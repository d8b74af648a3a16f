"""The alerts as a whole: groups, look-up by name."""

from __future__ import annotations

from types import MappingProxyType

from anclora_otel.catalogue.alerts import analytics, business, queue, redis, slo, system, telemetry, whatsapp
from anclora_otel.catalogue.alerts.model import Alert, Group, Record

DOMAINS = MappingProxyType(
    {
        "queue": queue.GROUPS,
        "analytics": analytics.GROUPS,
        "whatsapp": whatsapp.GROUPS,
        "redis": redis.GROUPS,
        "system": system.GROUPS,
        "business": business.GROUPS,
        "slo": slo.GROUPS,
        "telemetry": telemetry.GROUPS,
    }
)
"""The groups of each domain."""

GROUPS: tuple[Group, ...] = tuple(group for groups in DOMAINS.values() for group in groups)
"""Every group."""

ALERTS: tuple[Alert, ...] = tuple(rule for group in GROUPS for rule in group.rules if isinstance(rule, Alert))
"""Every alert; those of an objective twice, critical and warning."""

RECORDS: tuple[Record, ...] = tuple(rule for group in GROUPS for rule in group.rules if isinstance(rule, Record))
"""Every recording rule."""

RECORDS_BY_NAME = MappingProxyType({record.name: record for record in RECORDS})
"""Every recording rule by its name."""


def alerts_named(name: str) -> tuple[Alert, ...]:
    """Give the alerts of a name; those of an objective are two."""
    return tuple(alert for alert in ALERTS if alert.name == name)
