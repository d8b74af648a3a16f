"""Alerts on the WhatsApp API and its instances."""

from __future__ import annotations

from anclora_otel.catalogue import labels, runtime
from anclora_otel.catalogue import whatsapp as metrics
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts.forms import above, limit_of, slow_quantile
from anclora_otel.catalogue.alerts.model import DURATION, PER_SECOND, Alert, Group, Record, Severity
from anclora_otel.catalogue.alerts.promql import (
    BY_ENVIRONMENT,
    BY_SERVICE,
    ENVIRONMENT,
    aggregate,
    lately,
    observations,
    quantile,
    rate,
)
from anclora_otel.catalogue.alerts.scope import Scope

SERVER_ERRORS = 'status_code=~"5..|5xx"'
NO_ANSWER = 'status_code=~"5..|5xx|timeout|connection_error"'

LATENCY_P95 = Record(
    "service:anclora_whatsapp_api_latency_seconds:p95",
    "P95 of API calls, seconds",
    lambda s: quantile(s, 0.95, metrics.WHATSAPP_API_LATENCY, d.RATE, BY_SERVICE),
)
CALLS_TIMED = Record(
    "service:anclora_whatsapp_api_latency_seconds_count:increase",
    "API calls in the window of the P95",
    lambda s: observations(s, metrics.WHATSAPP_API_LATENCY, d.RATE, BY_SERVICE),
)
ERRORS = Record(
    "service:anclora_whatsapp_api_calls_5xx:rate",
    "answers of class 5xx per second",
    lambda s: rate(s, metrics.WHATSAPP_API_CALLS, d.RATE, BY_SERVICE, SERVER_ERRORS),
)
RATE_LIMIT_HITS = Record(
    "service_instance_name:anclora_whatsapp_rate_limit_hits:rate",
    "rate-limit hits per second",
    lambda s: rate(s, metrics.WHATSAPP_RATE_LIMIT_HITS, d.RATE, (*BY_SERVICE, labels.INSTANCE_NAME.key)),
)
ACTIVE_INSTANCES = Record(
    "environment:anclora_whatsapp_active_instances:max",
    "active WhatsApp instances",
    lambda s: aggregate("max", BY_ENVIRONMENT, lately(s, metrics.WHATSAPP_ACTIVE_INSTANCES)),
)
REPORTING = Record(
    "environment:anclora_processes:group",
    "1 for each environment from which a process reports",
    lambda s: aggregate("group", BY_ENVIRONMENT, lately(s, runtime.PROCESS_START_TIME)),
)
RECORDS = (LATENCY_P95, CALLS_TIMED, ERRORS, RATE_LIMIT_HITS, ACTIVE_INSTANCES, REPORTING)
"""What dashboards and alerts read, in the order of evaluation."""


def _no_instances(_: Scope) -> str:
    return (
        f"{ACTIVE_INSTANCES.name} < 0.5"
        f" or 0 * ({REPORTING.name} unless on ({ENVIRONMENT}) {ACTIVE_INSTANCES.name})"
        f" or 0 * (absent({ACTIVE_INSTANCES.name}) unless on () {REPORTING.name})"
    )


HIGH_LATENCY = Alert(
    "HighWhatsAppAPILatency",
    "WhatsAppAPI",
    Severity.WARNING,
    "whatsapp",
    "5m",
    slow_quantile(
        LATENCY_P95,
        CALLS_TIMED,
        metrics.WHATSAPP_API_LATENCY,
        window=d.RATE,
        labels=BY_SERVICE,
        bound=d.API_LATENCY,
    ),
    "The WhatsApp API answers slowly.",
    "P95 of API latency above <limit>",
    "Sending takes longer; the queue backs up behind it.",
    limit_of(d.API_LATENCY, " s"),
    DURATION,
)
API_ERRORS = Alert(
    "WhatsAppAPIErrors",
    "WhatsAppErrors",
    Severity.WARNING,
    "whatsapp",
    "5m",
    above(ERRORS, d.API_ERRORS),
    "The WhatsApp API answers with server errors.",
    "answers of class 5xx above <limit>",
    "Messages are retried and in the end fail.",
    limit_of(d.API_ERRORS, "/s"),
    PER_SECOND,
)
RATE_LIMITED = Alert(
    "WhatsAppRateLimitHit",
    "WhatsAppLimits",
    Severity.WARNING,
    "whatsapp",
    "5m",
    above(RATE_LIMIT_HITS, d.RATE_LIMIT_HITS),
    "WhatsApp limits the rate of an instance.",
    "rate-limit hits above <limit>",
    "Messages of this instance are delayed; going on may get its number blocked.",
    limit_of(d.RATE_LIMIT_HITS, "/s"),
    PER_SECOND,
)
NO_ACTIVE_INSTANCES = Alert(
    "NoActiveInstances",
    "WhatsAppUp",
    Severity.CRITICAL,
    "whatsapp",
    "2m",
    _no_instances,
    "No WhatsApp instance is connected.",
    "no active instance, or nobody reports any",
    "Nothing can be sent or received.",
    names_absence=True,
)

GROUPS = (
    Group("anclora_whatsapp_recording", "recording.yaml", RECORDS),
    Group("anclora_whatsapp_alerts", "alerts.yaml", (HIGH_LATENCY, API_ERRORS, RATE_LIMITED, NO_ACTIVE_INSTANCES)),
)
"""The rules of the domain."""
