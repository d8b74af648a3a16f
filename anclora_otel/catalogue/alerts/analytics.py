"""Alerts on what reaches customers: delivery, response time, handoffs."""

from __future__ import annotations

from anclora_otel.catalogue import analytics as metrics
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts.forms import above, limit_of, slow_quantile
from anclora_otel.catalogue.alerts.model import (
    DURATION,
    PER_SECOND,
    PERCENTAGE,
    Alert,
    Expression,
    Group,
    Record,
    Severity,
)
from anclora_otel.catalogue.alerts.promql import (
    BY_ENVIRONMENT,
    BY_SERVICE,
    ENVIRONMENT,
    aggregate,
    at_least,
    observations,
    quantile,
    rate,
    ratio,
    select,
)
from anclora_otel.catalogue.alerts.scope import Scope
from anclora_otel.catalogue.alerts.setting import Setting


def _sent(s: Scope) -> str:
    # What is delivered now was sent a while ago.
    window = f"[{s.duration(d.DELIVERY)}] offset {s.duration(d.DELIVERY_DELAY)}"
    return aggregate("sum", BY_ENVIRONMENT, f"rate({select(s, metrics.ANALYTICS_MESSAGES_SENT)}{window})")


SENT = Record(
    "environment:anclora_analytics_messages_sent:rate",
    "messages sent per second, over a window that ends as long ago as delivery may take",
    _sent,
)
DELIVERED = Record(
    "environment:anclora_analytics_messages_delivered:rate",
    "messages delivered per second",
    lambda s: rate(s, metrics.ANALYTICS_MESSAGES_DELIVERED, d.DELIVERY, BY_ENVIRONMENT),
)
DELIVERY_RATIO = Record(
    "environment:anclora_analytics_messages_delivered:ratio",
    "delivered / sent",
    lambda _: ratio(DELIVERED.name, SENT.name),
)
RESPONSE_TIME_P95 = Record(
    "service:anclora_analytics_response_time_seconds:p95",
    "P95 of response time, seconds",
    lambda s: quantile(s, 0.95, metrics.ANALYTICS_RESPONSE_TIME, d.RESPONSE, BY_SERVICE),
)
RESPONSES = Record(
    "service:anclora_analytics_response_time_seconds_count:increase",
    "responses in the window of the P95",
    lambda s: observations(s, metrics.ANALYTICS_RESPONSE_TIME, d.RESPONSE, BY_SERVICE),
)
HANDOFFS = Record(
    "service:anclora_analytics_handoffs:rate",
    "handoffs to a human per second",
    lambda s: rate(s, metrics.ANALYTICS_HANDOFFS, d.RATE, BY_SERVICE),
)
RECORDS = (SENT, DELIVERED, DELIVERY_RATIO, RESPONSE_TIME_P95, RESPONSES, HANDOFFS)
"""What dashboards and alerts read, in the order of evaluation."""


def _delivery(limit: Setting) -> Expression:
    def write(s: Scope) -> str:
        enough = f"{SENT.name} * {s.seconds(d.DELIVERY)} > {at_least(s, d.RATIO_MINIMUM)}"
        return f"{DELIVERY_RATIO.name} < {s.number(limit)} and on ({ENVIRONMENT}) {enough}"

    return write


LOW_DELIVERY = Alert(
    "LowDeliveryRate",
    "DeliveryRate",
    Severity.WARNING,
    "analytics",
    "10m",
    _delivery(d.DELIVERY_WARNING),
    "Messages are not delivered.",
    "delivered / sent below <limit>",
    "Part of the customers does not get what was sent to them.",
    limit_of(d.DELIVERY_WARNING, "%"),
    PERCENTAGE,
)
CRITICAL_DELIVERY = Alert(
    "CriticalDeliveryRate",
    "DeliveryRate",
    Severity.CRITICAL,
    "analytics",
    "5m",
    _delivery(d.DELIVERY_CRITICAL),
    "Most messages are not delivered.",
    "delivered / sent below <limit>, or nothing delivered at all",
    "Most customers get nothing; WhatsApp may have blocked the number.",
    limit_of(d.DELIVERY_CRITICAL, "%"),
    PERCENTAGE,
)
HIGH_RESPONSE_TIME = Alert(
    "HighResponseTime",
    "ResponseTime",
    Severity.WARNING,
    "analytics",
    "10m",
    slow_quantile(
        RESPONSE_TIME_P95,
        RESPONSES,
        metrics.ANALYTICS_RESPONSE_TIME,
        window=d.RESPONSE,
        labels=BY_SERVICE,
        bound=d.RESPONSE_TIME,
    ),
    "Customers wait long for an answer.",
    "P95 of response time above <limit>",
    "Conversations go cold: who waits minutes asks elsewhere.",
    limit_of(d.RESPONSE_TIME, " s"),
    DURATION,
)
HIGH_HANDOFFS = Alert(
    "HighHandoffRate",
    "Handoffs",
    Severity.INFO,
    "analytics",
    "15m",
    above(HANDOFFS, d.HANDOFFS),
    "The bot hands many conversations to people.",
    "handoffs above <limit>",
    "Agents are busy with what the bot should answer.",
    limit_of(d.HANDOFFS, "/s"),
    PER_SECOND,
)

GROUPS = (
    Group("anclora_analytics_recording", "recording.yaml", RECORDS),
    Group(
        "anclora_analytics_alerts",
        "alerts.yaml",
        (LOW_DELIVERY, CRITICAL_DELIVERY, HIGH_RESPONSE_TIME, HIGH_HANDOFFS),
    ),
)
"""The rules of the domain."""
