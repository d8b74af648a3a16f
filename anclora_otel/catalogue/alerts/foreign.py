"""Metrics that others define and rules read; each name was seen on a running stack at the versions in use."""

from __future__ import annotations

from anclora_otel.catalogue.metric import Kind, Label, Metric


def _named(name: str, kind: Kind, meaning: str, *labels: str) -> Metric:
    return Metric(name, kind, "", meaning, tuple(Label(label, "") for label in labels))


REDIS_UPTIME = _named("redis_uptime_seconds_total", Kind.COUNTER, "collector: redis receiver")
REDIS_MEMORY_USED = _named("redis_memory_used_bytes", Kind.GAUGE, "collector: redis receiver")
REDIS_MEMORY_LIMIT = _named("redis_maxmemory_bytes", Kind.GAUGE, "collector: redis receiver, 0 where none is set")
FILESYSTEM = _named(
    "system_filesystem_utilization_ratio",
    Kind.GAUGE,
    "collector: host_metrics receiver",
    *("device", "mountpoint", "mode", "type"),
)
UP = _named("up", Kind.GAUGE, "Prometheus: 1 where a scrape succeeded")
COLLECTOR_QUEUE_SIZE = _named("otelcol_exporter_queue_size", Kind.GAUGE, "collector", "exporter", "data_type")
COLLECTOR_QUEUE_CAPACITY = _named("otelcol_exporter_queue_capacity", Kind.GAUGE, "collector", "exporter", "data_type")
RULE_FAILURES = _named("prometheus_rule_evaluation_failures_total", Kind.COUNTER, "Prometheus", "rule_group")
NOTIFICATION_FAILURES = _named(
    "alertmanager_notifications_failed_total", Kind.COUNTER, "Alertmanager", "integration", "reason"
)

SIGNAL_ITEMS = {"traces": "spans", "metrics": "metric_points", "logs": "log_records"}
"""The word of the collector for the items of each signal."""

ENQUEUE_FAILED = {
    signal: _named(f"otelcol_exporter_enqueue_failed_{items}_total", Kind.COUNTER, "collector", "exporter")
    for signal, items in SIGNAL_ITEMS.items()
}
SEND_FAILED = {
    signal: _named(f"otelcol_exporter_send_failed_{items}_total", Kind.COUNTER, "collector", "exporter")
    for signal, items in SIGNAL_ITEMS.items()
}
REFUSED = {
    signal: _named(f"otelcol_receiver_refused_{items}_total", Kind.COUNTER, "collector", "receiver", "transport")
    for signal, items in SIGNAL_ITEMS.items()
}

METRICS: tuple[Metric, ...] = (
    REDIS_UPTIME,
    REDIS_MEMORY_USED,
    REDIS_MEMORY_LIMIT,
    FILESYSTEM,
    UP,
    COLLECTOR_QUEUE_SIZE,
    COLLECTOR_QUEUE_CAPACITY,
    RULE_FAILURES,
    NOTIFICATION_FAILURES,
    *ENQUEUE_FAILED.values(),
    *SEND_FAILED.values(),
    *REFUSED.values(),
)
"""Every metric of others that a rule may read."""
