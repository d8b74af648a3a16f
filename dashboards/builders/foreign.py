"""Metrics of the collector, of Prometheus and Loki that panels read and no rule does; seen on a running stack."""

from __future__ import annotations

from anclora_otel.catalogue.alerts import foreign
from anclora_otel.catalogue.metric import Kind, Label, Metric


def _named(name: str, kind: Kind, meaning: str, *labels: str) -> Metric:
    return Metric(name, kind, "", meaning, tuple(Label(label, "") for label in labels))


HOST_CPU = _named("system_cpu_time_seconds_total", Kind.COUNTER, "collector: host_metrics receiver", "state")
HOST_MEMORY = _named("system_memory_utilization_ratio", Kind.GAUGE, "collector: host_metrics receiver", "state")
REDIS_CLIENTS = _named("redis_clients_connected", Kind.GAUGE, "collector: redis receiver")
TARGET_INFO = _named("target_info", Kind.GAUGE, "Prometheus: one for each process that sends over OTLP")
ALERTS = _named(
    "ALERTS",
    Kind.GAUGE,
    "Prometheus: 1 while an alert is pending or firing",
    *("alertname", "alertstate", "severity", "category", "service", "environment"),
)
COLLECTOR_MEMORY = _named("otelcol_process_memory_rss_bytes", Kind.GAUGE, "collector")
PROMETHEUS_SERIES = _named("prometheus_tsdb_head_series", Kind.GAUGE, "Prometheus")
NOTIFICATIONS = _named("alertmanager_notifications_total", Kind.COUNTER, "Alertmanager", "integration")
SENT = {
    signal: _named(f"otelcol_exporter_sent_{items}_total", Kind.COUNTER, "collector", "exporter")
    for signal, items in foreign.SIGNAL_ITEMS.items()
}
ACCEPTED = {
    signal: _named(f"otelcol_receiver_accepted_{items}_total", Kind.COUNTER, "collector", "receiver", "transport")
    for signal, items in foreign.SIGNAL_ITEMS.items()
}

METRICS: tuple[Metric, ...] = (
    *foreign.METRICS,
    HOST_CPU,
    HOST_MEMORY,
    REDIS_CLIENTS,
    TARGET_INFO,
    ALERTS,
    COLLECTOR_MEMORY,
    PROMETHEUS_SERIES,
    NOTIFICATIONS,
    *SENT.values(),
    *ACCEPTED.values(),
)
"""Every metric of others that a panel may read."""
