"""All that the catalogue knows of a metric or an alert, by any of its names."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from anclora_otel.catalogue.alerts import ALERTS, RECORDS, Alert, Record, Scope, alerts_named
from anclora_otel.catalogue.alerts.expansion import records_in
from anclora_otel.catalogue.alerts.rendering import condition, dashboard_url, description, runbook_url
from anclora_otel.catalogue.labels import DEFAULT_SERIES_PER_METRIC
from anclora_otel.catalogue.metric import Kind, Label, Metric
from anclora_otel.catalogue.prometheus import prometheus_label
from anclora_otel.catalogue.reference import RECORDERS
from anclora_otel.catalogue.registry import LEGACY_NAMES, METRICS

_SUFFIXES = ("", "_bucket", "_count", "_sum")


@dataclass(frozen=True)
class LabelMeaning:
    """
    A label of a metric.

    Args:
        name: as Prometheus has it.
        meaning: what it says.
        values: those that it may take, empty where it is open.
        budget: how many different values an open one may take, or None for no limit of its own.

    """

    name: str
    meaning: str
    values: tuple[str, ...]
    budget: int | None


@dataclass(frozen=True)
class MetricExplanation:
    """
    What the catalogue knows of a metric.

    Args:
        name: of the instrument.
        prometheus_name: in Prometheus.
        kind: counter, updown, gauge or histogram.
        unit: UCUM.
        meaning: what one sample says.
        recorder: what records it.
        labels: its labels.
        series_budget: series that it may have.
        query: PromQL for its current value.
        records: recording rules that read it.
        alerts: alerts that read it, by way of recording rules too.

    """

    name: str
    prometheus_name: str
    kind: str
    unit: str
    meaning: str
    recorder: str
    labels: tuple[LabelMeaning, ...]
    series_budget: int
    query: str
    records: tuple[str, ...]
    alerts: tuple[str, ...]


@dataclass(frozen=True)
class AlertExplanation:
    """
    What the catalogue knows of an alert.

    Args:
        name: of the alert.
        severity: how soon somebody must act.
        category: by which it is routed.
        family: within which the more severe mutes the less.
        summary: what it says.
        condition: when it fires.
        hold: how long the condition must last.
        description: what its notification says.
        query: its PromQL.
        records: recording rules that it reads.
        metrics: metrics that it reads, by way of recording rules too.
        runbook_url: what to do.
        dashboard_url: where to look.

    """

    name: str
    severity: str
    category: str
    family: str
    summary: str
    condition: str
    hold: str
    description: str
    query: str
    records: tuple[str, ...]
    metrics: tuple[str, ...]
    runbook_url: str
    dashboard_url: str


def explain_metric(name: str, scope: Scope) -> MetricExplanation | None:
    """
    Explain a metric, or give None where there is none of that name.

    Args:
        name: of the instrument, in Prometheus (that of a histogram's series too), or of the Node.js service.
        scope: settings of the rules.

    """
    metric = next((each for each in METRICS if name in _names(each)), LEGACY_NAMES.get(name))
    if metric is None:
        return None
    records = tuple(record.name for record in RECORDS if _reads(record.expression(scope), metric.prometheus_name))
    alerts = dict.fromkeys(alert.name for alert in ALERTS if metric in metrics_of(alert, scope))
    return MetricExplanation(
        metric.name,
        metric.prometheus_name,
        metric.kind.value,
        metric.unit,
        metric.meaning,
        RECORDERS.get(metric.name, "the SDK itself"),
        tuple(_label(label) for label in metric.labels),
        DEFAULT_SERIES_PER_METRIC,
        _query(metric),
        records,
        tuple(alerts),
    )


def explain_alert(name: str, scope: Scope) -> tuple[AlertExplanation, ...]:
    """
    Explain the alerts of a name; those of an objective are two, others one, and unknown names none.

    Args:
        name: of the alert.
        scope: settings of the rules.

    """
    return tuple(
        AlertExplanation(
            alert.name,
            alert.severity.value,
            alert.category,
            alert.family,
            alert.summary,
            condition(alert, scope),
            alert.hold,
            description(alert, scope),
            alert.expression(scope),
            tuple(dict.fromkeys(record.name for record in _records_of(alert.expression(scope), scope))),
            tuple(metric.prometheus_name for metric in metrics_of(alert, scope)),
            runbook_url(alert, scope),
            dashboard_url(alert, scope),
        )
        for alert in alerts_named(name)
    )


def metrics_of(alert: Alert, scope: Scope) -> tuple[Metric, ...]:
    """Give the metrics of the catalogue that an alert reads, by way of recording rules too."""
    expressions = [alert.expression(scope)]
    expressions += [record.expression(scope) for record in _records_of(expressions[0], scope)]
    return tuple(metric for metric in METRICS if any(_reads(text, metric.prometheus_name) for text in expressions))


def close_names(name: str) -> list[str]:
    """Give names of metrics and alerts that look like a name, the most alike first."""
    known = [*(alert.name for alert in ALERTS), *LEGACY_NAMES]
    known += [each for metric in METRICS for each in (metric.name, metric.prometheus_name)]
    by_lower = {each.lower(): each for each in known}
    close = difflib.get_close_matches(name.lower(), list(by_lower), n=3, cutoff=0.6)
    return [by_lower[each] for each in close]


def _records_of(expression: str, scope: Scope) -> Iterator[Record]:
    for record in RECORDS:
        if record.name in records_in(expression):
            yield record
            yield from _records_of(record.expression(scope), scope)


def _names(metric: Metric) -> set[str]:
    suffixes = _SUFFIXES if metric.kind is Kind.HISTOGRAM else ("",)
    return {metric.name, *(f"{metric.prometheus_name}{suffix}" for suffix in suffixes)}


@functools.lru_cache(maxsize=16_384)
def _reads(expression: str, prometheus_name: str) -> bool:
    return bool(re.search(rf"(?<![\w:]){prometheus_name}(?:_bucket|_count|_sum)?(?![\w:])", expression))


def _label(label: Label) -> LabelMeaning:
    return LabelMeaning(prometheus_label(label.key), label.meaning, label.values or (), label.budget)


def _query(metric: Metric) -> str:
    keys = ["service_name", *(prometheus_label(key) for key in metric.label_keys)]
    if metric.kind is Kind.COUNTER:
        return f"sum by ({', '.join(keys)}) (rate({metric.prometheus_name}[5m]))"
    if metric.kind is Kind.HISTOGRAM:
        return f"histogram_quantile(0.95, sum by (service_name, le) (rate({metric.prometheus_name}_bucket[5m])))"
    return f"{metric.aggregate} by ({', '.join(keys)}) ({metric.prometheus_name})"
