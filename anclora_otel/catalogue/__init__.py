"""
The metric catalogue: every name, unit, label and bucket, once.

Recorders, `/metrics`, rules, dashboards, the reference page and the zero-initialisation derive from these constants,
and a test holds them against the metric contract.
"""

from anclora_otel.catalogue.metric import Kind, Label, Metric
from anclora_otel.catalogue.prometheus import prometheus_label, prometheus_name
from anclora_otel.catalogue.registry import (
    BY_NAME,
    DOMAINS,
    LEGACY_NAMES,
    METRICS,
    SISTERS,
    initial_label_values,
    initial_metrics,
    sisters_of,
)

__all__ = [
    "BY_NAME",
    "DOMAINS",
    "LEGACY_NAMES",
    "METRICS",
    "SISTERS",
    "Kind",
    "Label",
    "Metric",
    "initial_label_values",
    "initial_metrics",
    "prometheus_label",
    "prometheus_name",
    "sisters_of",
]
