"""
The rules as files of Prometheus.

YAML is written by hand, since the catalogue needs nothing but the standard library: scalars as JSON strings,
expressions as literal blocks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from anclora_otel.catalogue.alerts.declarations import DASHBOARD_LINK, EVALUATION_INTERVAL, RUNBOOK_LINK
from anclora_otel.catalogue.alerts.layout import laid_out
from anclora_otel.catalogue.alerts.model import Alert, Group, Record
from anclora_otel.catalogue.alerts.promql import ENVIRONMENT
from anclora_otel.catalogue.alerts.registry import GROUPS
from anclora_otel.catalogue.alerts.scope import Scope

FILES = ("recording.yaml", "alerts.yaml", "slo.yaml", "telemetry.yaml")
"""The rendered files, in the order in which they are described."""

HEADER = "# Rendered from the catalogue by `anclora-otel rules render`; changes here are lost.\n"


def render_alert_files(scope: Scope) -> dict[str, str]:
    """
    Render every file of recording rules and alerts.

    Args:
        scope: the settings, and the factor by which every duration is shortened.

    Returns:
        The text of each file by its name.

    """
    return {file: render_groups([group for group in GROUPS if group.file == file], scope) for file in FILES}


def render_groups(groups: list[Group], scope: Scope) -> str:
    """Render groups as one file."""
    lines = ["groups:"]
    for group in groups:
        interval = scope.duration(group.interval or EVALUATION_INTERVAL)
        lines += [f"  - name: {group.name}", f"    interval: {interval}", "    rules:"]
        for rule in group.rules:
            lines += _record(rule, scope) if isinstance(rule, Record) else _alert(rule, scope)
    return HEADER + "\n".join(lines) + "\n"


def description(alert: Alert, scope: Scope) -> str:
    """Write what an alert says: value, threshold and consequence."""
    return f"{alert.value} ({condition(alert, scope)}). {alert.consequence}"


def condition(alert: Alert, scope: Scope) -> str:
    """Write when an alert fires."""
    limit = alert.limit(scope)
    return alert.condition.replace("<limit>", limit) + (f"; {limit}" if alert.category == "slo" else "")


def runbook_url(alert: Alert, scope: Scope) -> str:
    """Write the address of an alert's runbook."""
    return scope.text(RUNBOOK_LINK).replace("{alert}", alert.name)


DASHBOARDS = {
    "queue": "anclora-queue",
    "analytics": "anclora-analytics",
    "whatsapp": "anclora-analytics",
    "business": "anclora-analytics",
    "redis": "anclora-system",
    "system": "anclora-system",
    "telemetry": "anclora-telemetry",
}
"""Uid of the dashboard to look at, by the category of the alert."""


def dashboard_url(alert: Alert, scope: Scope) -> str:
    """Write the address of the dashboard to look at, with the variables of the alert."""
    address = scope.text(DASHBOARD_LINK).replace("{dashboard}", alert.dashboard or DASHBOARDS[alert.category])
    variables = "var-environment={{ $labels.environment }}&var-job={{ $labels.service }}"
    return f"{address}{'&' if '?' in address else '?'}{variables}"


def _record(record: Record, scope: Scope) -> Iterator[str]:
    yield f"      - record: {record.name}"
    yield from _literal(laid_out(record.expression(scope)))


def _alert(alert: Alert, scope: Scope) -> Iterator[str]:
    yield f"      - alert: {alert.name}"
    yield from _literal(_identified(alert, alert.expression(scope)))
    yield f"        for: {scope.duration(alert.hold)}"
    yield "        labels:"
    labels = {
        "severity": alert.severity.value,
        "category": alert.category,
        "family": alert.family,
    }
    yield from (f"          {name}: {json.dumps(text)}" for name, text in labels.items())
    yield "        annotations:"
    annotations = {
        "summary": alert.summary,
        "description": description(alert, scope),
        "runbook_url": runbook_url(alert, scope),
        "dashboard_url": dashboard_url(alert, scope),
    }
    yield from (f"          {name}: {json.dumps(text, ensure_ascii=False)}" for name, text in annotations.items())


def _identified(alert: Alert, expression: str) -> list[str]:
    """
    Give an alert its labels `service` and `environment`, of which it lacks those that its vector lacks.

    A template would not do: where it gives nothing Prometheus keeps the template itself as the label's value in
    `ALERTS_FOR_STATE`, does not find the alert there after a restart, and begins its `for` anew.
    """
    if expression.startswith("vector("):
        return [expression]
    closing = f', "service", "", "{alert.service_label}"), "environment", "", "{ENVIRONMENT}")'
    return ["label_join(label_join(", *(f"  {line}" for line in laid_out(expression)), closing]


def _literal(lines: list[str]) -> Iterator[str]:
    yield "        expr: |-"
    yield from (f"          {line}" for line in lines)
