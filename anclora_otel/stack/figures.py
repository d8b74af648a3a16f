"""The figures of a running stack that tell whether it works, from Prometheus."""

from __future__ import annotations

import json
from dataclasses import dataclass

from anclora_otel.catalogue import analytics, business, queue
from anclora_otel.catalogue.metric import Metric
from anclora_otel.errors import StackError
from anclora_otel.stack.http_page import ask, prometheus_result
from anclora_otel.stack.orchestration import Stack

QUEUE_FILL_LIMIT = 0.8
"""Share of a queue of the collector above which it is trouble."""


@dataclass(frozen=True)
class Figure:
    """
    A figure.

    Args:
        name: what it is.
        value: what Prometheus says, or `None` where there is no such series.
        unit: of the value.
        query: in PromQL, to go on with.

    """

    name: str
    value: float | None
    unit: str
    query: str


@dataclass(frozen=True)
class Finding:
    """
    A statement on the health of the stack.

    Args:
        subject: what was looked at.
        healthy: whether it is as it should be.
        text: what was found.

    """

    subject: str
    healthy: bool
    text: str


_LOSSES = tuple(
    f"otelcol_exporter_{what}_failed_{items}_total"
    for what in ("send", "enqueue")
    for items in ("spans", "metric_points", "log_records")
)


def _per_second(metric: Metric) -> str:
    return f"sum(rate({metric.prometheus_name}[5m]))"


def _today(metric: Metric) -> str:
    return f"sum(increase({metric.prometheus_name}[1d]))"


_COUNTS = (
    ("messages queued", "a second", _per_second(queue.QUEUE_MESSAGES)),
    ("messages processed", "a second", _per_second(queue.QUEUE_MESSAGES_PROCESSED)),
    ("messages failed", "a second", _per_second(queue.QUEUE_MESSAGES_FAILED)),
    ("waiting", "messages", f"sum(max by (queue) ({queue.QUEUE_WAITING_MESSAGES.prometheus_name}))"),
    ("dead letter", "messages", f"sum(max by (queue) ({queue.QUEUE_DLQ_MESSAGES.prometheus_name}))"),
    (
        "processing time, P95",
        "seconds",
        f"histogram_quantile(0.95, sum by (le) (rate({queue.QUEUE_PROCESSING_DURATION.prometheus_name}_bucket[5m])))",
    ),
    ("sent in the last day", "messages", _today(analytics.ANALYTICS_MESSAGES_SENT)),
    ("delivered in the last day", "messages", _today(analytics.ANALYTICS_MESSAGES_DELIVERED)),
    ("conversions in the last day", "", _today(analytics.ANALYTICS_CONVERSIONS)),
    ("leads in the last day", "", _today(business.BUSINESS_LEADS_CAPTURED)),
)


def key_figures(stack: Stack) -> tuple[Figure, ...]:
    """
    Ask for the figures that say whether messages flow and money comes in.

    Raises:
        StackError: Prometheus does not answer.

    """
    port = stack.ports.prometheus
    return tuple(Figure(name, _only_value(port, query), unit, query) for name, unit, query in _COUNTS)


def health(stack: Stack) -> tuple[Finding, ...]:
    """Look at each component, at what Prometheus scrapes and computes, and at the collector's queues and losses."""
    findings = [Finding(each.name, each.state == "ready", each.state) for each in stack.status()]
    if stack.process_id("prometheus") is None:
        return tuple(findings)
    for subject, look in (("targets", _targets), ("rules", _rules), ("alerting", _alerting), ("collector", _collector)):
        try:
            healthy, text = look(stack.ports.prometheus)
        except StackError as error:
            healthy, text = False, str(error)
        findings.append(Finding(subject if subject != "collector" else "collector's queues", healthy, text))
    return tuple(findings)


def _targets(port: int) -> tuple[bool, str]:
    active = json.loads(ask("prometheus", port, "/api/v1/targets?state=active"))["data"]["activeTargets"]
    down = [
        f"{each['labels']['job']} ({each['lastError'] or 'not scraped yet'})"
        for each in active
        if each["health"] != "up"
    ]
    return not down, f"down: {', '.join(down)}" if down else f"{len(active)} scraped"


def _rules(port: int) -> tuple[bool, str]:
    groups = json.loads(ask("prometheus", port, "/api/v1/rules"))["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    broken = [f"{rule['name']} ({rule.get('lastError')})" for rule in rules if rule["health"] == "err"]
    return bool(rules) and not broken, f"broken: {', '.join(broken)}" if broken else f"{len(rules)} evaluated"


def _alerting(port: int) -> tuple[bool, str]:
    active = json.loads(ask("prometheus", port, "/api/v1/alertmanagers"))["data"]["activeAlertmanagers"]
    return bool(active), f"{len(active)} Alertmanager" if active else "Prometheus knows no Alertmanager"


def _collector(port: int) -> tuple[bool, str]:
    fill = _only_value(port, "max(otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)") or 0.0
    lost = sum(_only_value(port, f"sum(increase({name}[10m]))") or 0.0 for name in _LOSSES)
    healthy = fill < QUEUE_FILL_LIMIT and lost < 0.5
    return healthy, f"{fill:.0%} full, {lost:.0f} items lost in 10 minutes"


def _only_value(port: int, query: str) -> float | None:
    result = prometheus_result(port, query)
    return float(result[0]["value"][1]) if result else None
