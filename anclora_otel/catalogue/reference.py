"""Render the reference of metrics, docs/metrics.md, from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from anclora_otel.catalogue.labels import DEFAULT_SERIES_PER_METRIC
from anclora_otel.catalogue.metric import Kind, Label, Metric
from anclora_otel.catalogue.prometheus import prometheus_label
from anclora_otel.catalogue.registry import DOMAINS, LEGACY_NAMES, SISTERS, initial_label_values

TITLES = {
    "queue": "Queue",
    "analytics": "Analytics",
    "whatsapp": "WhatsApp API",
    "redis": "Redis",
    "bot": "Bot",
    "business": "Business",
    "runtime": "Process and Python",
    "http": "HTTP server",
    "telemetry": "Telemetry about itself",
}
"""The heading of each domain."""

RECORDERS = {
    "anclora.queue.messages": "record_queue_message",
    "anclora.queue.messages.processed": "record_queue_processed",
    "anclora.queue.messages.failed": "record_queue_failed",
    "anclora.queue.errors": "record_queue_failed",
    "anclora.queue.processing.duration": "record_queue_processed, record_queue_failed",
    "anclora.queue.wait.duration": "record_queue_wait",
    "anclora.queue.waiting.messages": "observe_queue",
    "anclora.queue.active.messages": "observe_queue",
    "anclora.queue.dlq.messages": "observe_queue",
    "anclora.queue.bulk.operations": "record_bulk_operation",
    "anclora.analytics.messages.sent": "record_message_sent",
    "anclora.analytics.messages.received": "record_message_received",
    "anclora.analytics.messages.delivered": "record_message_delivered",
    "anclora.analytics.messages.read": "record_message_read",
    "anclora.analytics.conversions": "record_conversion",
    "anclora.analytics.conversion.value": "record_conversion",
    "anclora.analytics.active.conversations": "conversation_started, conversation_ended",
    "anclora.analytics.response.time": "record_response_time",
    "anclora.analytics.handoffs": "record_handoff",
    "anclora.whatsapp.api.calls": "record_whatsapp_api_call",
    "anclora.whatsapp.api.latency": "record_whatsapp_api_call",
    "anclora.whatsapp.active.instances": "set_active_instances",
    "anclora.whatsapp.rate_limit.hits": "record_rate_limit_hit",
    "anclora.whatsapp.webhooks.received": "record_webhook",
    "anclora.redis.operations": "record_redis_operation",
    "anclora.redis.latency": "record_redis_operation",
    "anclora.redis.connections": "observe_redis_pool",
    "anclora.redis.connections.max": "observe_redis_pool",
    "anclora.bot.intents.detected": "record_intent",
    "anclora.bot.intent.confidence": "record_intent",
    "anclora.bot.automated.responses": "record_automated_response",
    "anclora.business.leads.captured": "record_lead",
    "anclora.business.appointments.scheduled": "record_appointment",
    "anclora.business.property.inquiry.value": "record_property_inquiry",
    "anclora.business.sales.pipeline": "set_sales_pipeline",
    "anclora.business.high_value.sales": "record_conversion",
}
"""The public functions that record each metric; what is not listed is recorded without code."""

WITHOUT_CODE = {
    "runtime": "read by itself",
    "http": "the FastAPI instrumentation",
    "telemetry": "recorded by itself",
}
"""What records the metrics of a domain that has no recorder functions."""

_HEAD = """\
# Metrics

<!-- Rendered from anclora_otel/catalogue by `anclora-otel catalogue docs`; do not edit. -->

Every metric, once: whichever way it travels, over OTLP through the collector or scraped from `/metrics`,
Prometheus has it under the name given here, with these labels.
Units are base units: seconds, bytes, euros.

A label with a closed set of values takes no other: an unknown value becomes the one in *italics* and is
counted in `anclora_telemetry_label_violations_total`; where none is in italics, the sample is not recorded.
An open label takes, in each metric and process, as many different values as its budget says, and a metric has at
most {series} series; what comes later goes to one series `{{otel_metric_overflow="true"}}` of the metric.
Phone numbers, e-mail addresses, message ids and UUIDs are refused as label values and become `redacted`.
[Label budgets](label-budgets.md) says more.

Of gauges, the column *kind* says how to combine those of several processes: `max` or `sum`.
A counter marked *zero* exists with the value 0 from the start of a process that uses its domain.
"""


def render_reference() -> str:
    """Render the whole page as Markdown."""
    parts = [_HEAD.format(series=f"{DEFAULT_SERIES_PER_METRIC:,}")]
    parts += ["\n".join(_section(TITLES[domain], domain, metrics)) + "\n" for domain, metrics in DOMAINS.items()]
    parts.append("\n".join(_relations()) + "\n")
    return "\n".join(parts)


def _section(title: str, domain: str, metrics: Sequence[Metric]) -> Iterator[str]:
    yield f"## {title}"
    for metric in metrics:
        yield ""
        yield f"### `{metric.prometheus_name}`"
        yield ""
        yield f"{metric.meaning[0].upper()}{metric.meaning[1:]}."
        yield ""
        yield "| | |"
        yield "|---|---|"
        for name, value in _rows(domain, metric):
            yield f"| {name} | {value} |"


def _rows(domain: str, metric: Metric) -> Iterator[tuple[str, str]]:
    yield "OpenTelemetry", f"`{metric.name}`"
    yield "kind", _kind(metric)
    yield "unit", f"`{metric.unit}`"
    for label in metric.labels:
        yield f"label `{prometheus_label(label.key)}`", f"{label.meaning}: {_values(label)}"
    if metric.buckets:
        yield "buckets", ", ".join(f"{bound:,}" for bound in metric.buckets)
    yield "recorded by", _recorder(domain, metric)


def _kind(metric: Metric) -> str:
    if metric.kind is Kind.GAUGE:
        return f"gauge, {metric.aggregate}"
    return f"{metric.kind.value}, zero" if initial_label_values(metric) else metric.kind.value


def _values(label: Label) -> str:
    if label.values is None:
        return "open" if label.budget is None else f"open, up to {label.budget:,} values"
    return ", ".join(f"*`{value}`*" if value == label.fallback else f"`{value}`" for value in label.values)


def _recorder(domain: str, metric: Metric) -> str:
    names = RECORDERS.get(metric.name)
    return ", ".join(f"`{name}`" for name in names.split(", ")) if names else WITHOUT_CODE[domain]


def _relations() -> Iterator[str]:
    yield "## Metrics that come into being together"
    yield ""
    yield "A series of one brings the same series of the others into being at zero,"
    yield "so that a ratio over them has both sides:"
    yield ""
    for family in SISTERS:
        yield "- " + ", ".join(f"`{metric.prometheus_name}`" for metric in family)
    yield ""
    yield "## Names of the Node.js service"
    yield ""
    yield "Recording rules keep these answering."
    yield ""
    yield "| old name | answered by |"
    yield "|---|---|"
    for old, metric in LEGACY_NAMES.items():
        yield f"| `{old}` | `{metric.prometheus_name}` |"
