"""The catalogue as a whole: domains, sisters, legacy names and look-up by name."""

from __future__ import annotations

from types import MappingProxyType

from anclora_otel.catalogue import (
    analytics,
    bot,
    business,
    http,
    queue,
    redis,
    runtime,
    telemetry,
    whatsapp,
)
from anclora_otel.catalogue.labels import CAMPAIGN_ID, DEFAULT_QUEUE, NO_CAMPAIGN, QUEUE
from anclora_otel.catalogue.metric import Kind, Label, Metric

DOMAINS = MappingProxyType(
    {
        "queue": queue.METRICS,
        "analytics": analytics.METRICS,
        "whatsapp": whatsapp.METRICS,
        "redis": redis.METRICS,
        "bot": bot.METRICS,
        "business": business.METRICS,
        "runtime": runtime.METRICS,
        "http": http.METRICS,
        "telemetry": telemetry.METRICS,
    }
)
"""The metrics of each domain, by the name that ``ANCLORA_DOMAINS`` takes."""

METRICS: tuple[Metric, ...] = tuple(metric for metrics in DOMAINS.values() for metric in metrics)
"""Every metric of the catalogue."""

BY_NAME = MappingProxyType({metric.name: metric for metric in METRICS})
"""Every metric by its OpenTelemetry name."""

SISTERS: tuple[tuple[Metric, ...], ...] = (
    (queue.QUEUE_MESSAGES_PROCESSED, queue.QUEUE_MESSAGES_FAILED),
    (
        analytics.ANALYTICS_MESSAGES_SENT,
        analytics.ANALYTICS_MESSAGES_DELIVERED,
        analytics.ANALYTICS_MESSAGES_READ,
    ),
)
"""Metrics whose series come into being together, so that a ratio over them always has both sides."""

LEGACY_NAMES = MappingProxyType(
    {
        "anclora_nodejs_heap_used_bytes": runtime.PYTHON_HEAP_USED,
        "anclora_nodejs_eventloop_lag_seconds": runtime.PYTHON_EVENTLOOP_LAG,
    }
)
"""Prometheus names of the Node.js service that recording rules keep answering, and what answers."""

ZERO_INITIALISED_SERIES_LIMIT = 20
"""Counters with at most so many possible series are written as zero at the start."""


def sisters_of(metric: Metric) -> tuple[Metric, ...]:
    """
    Give the other metrics whose series come into being together with those of a metric.

    Args:
        metric: any metric of the catalogue.

    """
    for family in SISTERS:
        if metric in family:
            return tuple(sister for sister in family if sister is not metric)
    return ()


def initial_label_values(metric: Metric) -> tuple[tuple[str, ...], ...]:
    """
    List the label values of each series that a counter starts with at zero.

    Args:
        metric: any metric of the catalogue.

    Returns:
        One tuple of label values a series, in the order of the metric's labels; empty where the metric is no
        counter, is read at collection, or has more possible series than `ZERO_INITIALISED_SERIES_LIMIT`.

    """
    if metric.kind is not Kind.COUNTER or metric.observable:
        return ()
    combinations: list[tuple[str, ...]] = [()]
    for label in metric.labels:
        values = _initial_values(label)
        if not values or len(combinations) * len(values) > ZERO_INITIALISED_SERIES_LIMIT:
            return ()
        combinations = [(*combination, value) for combination in combinations for value in values]
    return tuple(combinations)


def initial_metrics(domains: frozenset[str]) -> tuple[Metric, ...]:
    """
    List the counters that start at zero in a process.

    Args:
        domains: the domains that it uses, keys of `DOMAINS`.

    """
    chosen = [metric for domain, metrics in DOMAINS.items() if domain in domains for metric in metrics]
    if "analytics" in domains and "business" not in domains:
        chosen.append(business.BUSINESS_HIGH_VALUE_SALES)
    return tuple(metric for metric in chosen if initial_label_values(metric))


def _initial_values(label: Label) -> tuple[str, ...]:
    if label.values is not None:
        return label.values
    return {QUEUE.key: (DEFAULT_QUEUE,), CAMPAIGN_ID.key: (NO_CAMPAIGN,)}.get(label.key, ())
