"""Render the reference of alerts, docs/alerts.md, from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts.model import Alert, Group, Record
from anclora_otel.catalogue.alerts.registry import DOMAINS
from anclora_otel.catalogue.alerts.rendering import condition
from anclora_otel.catalogue.alerts.scope import Scope

TITLES = {
    "queue": "Queue",
    "analytics": "Analytics",
    "whatsapp": "WhatsApp API",
    "redis": "Redis",
    "system": "System",
    "business": "Business",
    "slo": "Objectives",
    "telemetry": "Telemetry about itself",
}
"""The heading of each domain."""

_HEAD = """\
# Alerts

<!-- Rendered from anclora_otel/catalogue/alerts by `anclora-otel rules docs`; do not edit. -->

Every alert with its default threshold. Each has a runbook, and labels `severity`, `category`, `family`, `service` and
`environment`; alerts of one family mute each other downwards. *critical*: act within 5 minutes, *warning*: within 30,
*info*: when the day is reviewed. How to change a threshold: [thresholds.md](thresholds.md).

Ratios need {ratio} events and quantiles {quantile} observations, {slow} of them slow; what has no data is quiet,
except for alerts that name an absence (†).
"""


def render_alert_reference(scope: Scope | None = None) -> str:
    """Render the whole page as Markdown, with the thresholds of a scope or the defaults."""
    scope = scope or Scope()
    head = _HEAD.format(
        ratio=scope.number(d.RATIO_MINIMUM),
        quantile=scope.number(d.QUANTILE_MINIMUM),
        slow=scope.number(d.SLOW_MINIMUM),
    )
    parts = [head]
    parts += ["\n".join(_section(TITLES[domain], groups, scope)) + "\n" for domain, groups in DOMAINS.items()]
    parts.append("\n".join(_records()) + "\n")
    return "\n".join(parts)


def _section(title: str, groups: tuple[Group, ...], scope: Scope) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield "| alert | severity | fires when | for |"
    yield "|---|---|---|---|"
    for group in groups:
        for alert in group.rules:
            if isinstance(alert, Alert):
                mark = " †" if alert.names_absence else ""
                name = f"[{alert.name}](runbooks/{alert.name}.md){mark}"
                yield f"| {name} | {alert.severity.value} | {condition(alert, scope)} | {alert.hold} |"


def _records() -> Iterator[str]:
    yield "## Recording rules"
    yield ""
    yield "Alerts and dashboards read the same records, named `level:metric:operations`."
    yield ""
    yield "| record | what it says |"
    yield "|---|---|"
    for groups in DOMAINS.values():
        for group in groups:
            for record in group.rules:
                if isinstance(record, Record):
                    yield f"| `{record.name}` | {record.meaning} |"
