"""What the telemetry says about itself."""

from __future__ import annotations

from anclora_otel.catalogue import labels
from anclora_otel.catalogue.metric import Kind, Metric

TELEMETRY_ITEMS = Metric(
    "anclora.telemetry.items",
    Kind.COUNTER,
    "{item}",
    "telemetry items by signal and outcome; reason is none unless dropped or failed",
    (labels.SIGNAL, labels.OUTCOME, labels.DROP_REASON),
)
TELEMETRY_QUEUE_SIZE = Metric(
    "anclora.telemetry.queue.size",
    Kind.GAUGE,
    "{item}",
    "items that wait for export",
    (labels.SIGNAL,),
    observable=True,
)
TELEMETRY_EXPORT_DURATION = Metric(
    "anclora.telemetry.export.duration",
    Kind.HISTOGRAM,
    "s",
    "time of an export",
    (labels.SIGNAL, labels.OUTCOME),
    buckets=(0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30),
)
TELEMETRY_LAST_SUCCESS_TIMESTAMP = Metric(
    "anclora.telemetry.last.success.timestamp",
    Kind.GAUGE,
    "s",
    "Unix time of the last accepted export",
    (labels.SIGNAL,),
    observable=True,
    aggregate="max",
)
TELEMETRY_LABEL_VIOLATIONS = Metric(
    "anclora.telemetry.label.violations",
    Kind.COUNTER,
    "{violation}",
    "label values that were refused, by metric, label and reason",
    (labels.METRIC, labels.LABEL, labels.VIOLATION_REASON),
)

METRICS = (
    TELEMETRY_ITEMS,
    TELEMETRY_QUEUE_SIZE,
    TELEMETRY_EXPORT_DURATION,
    TELEMETRY_LAST_SUCCESS_TIMESTAMP,
    TELEMETRY_LABEL_VIOLATIONS,
)
"""The metrics of the domain, in the order of the contract."""
