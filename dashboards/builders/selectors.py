"""Queries over the catalogue: every selector is narrowed by the variables that its series can be narrowed by."""

from __future__ import annotations

from anclora_otel.catalogue.alerts import Record
from anclora_otel.catalogue.labels import QUEUE
from anclora_otel.catalogue.metric import Metric
from dashboards.builders.model import Query

JOB = 'job=~"$job"'
INSTANCE = 'instance=~"$instance"'
SERVICE = 'service_name=~"$service"'
ENVIRONMENT = 'deployment_environment_name=~"$environment"'
OF_QUEUE = f'{QUEUE.key}=~"$queue"'

_LEVELS = (("service", SERVICE), ("environment", ENVIRONMENT), ("queue", OF_QUEUE), ("instance", INSTANCE))


def series(metric: Metric, *matchers: str, suffix: str = "") -> str:
    """
    Write the selector of a metric.

    Args:
        metric: of the catalogue, or a listed one of others.
        matchers: what narrows it further.
        suffix: ``_bucket``, ``_sum`` or ``_count`` of a histogram.

    """
    chosen = [JOB, INSTANCE]
    if metric.name.startswith(("anclora.", "http.")):
        chosen += [SERVICE, ENVIRONMENT]
    if QUEUE in metric.labels:
        chosen.append(OF_QUEUE)
    return f"{metric.prometheus_name}{suffix}{{{', '.join((*chosen, *matchers))}}}"


def recorded(record: Record, *matchers: str) -> str:
    """
    Write the selector of a recording rule, narrowed by the labels that its level names.

    Args:
        record: of the catalogue.
        matchers: what narrows it further.

    """
    # A pool or an exporter's instance_name is a label of its own, and no instance.
    level = record.name.split(":", 1)[0].replace("instance_name", "")
    parts = level.split("_")
    chosen = [matcher for part, matcher in _LEVELS if part in parts]
    if "service" in parts:
        chosen.append(ENVIRONMENT)
    return f"{record.name}{{{', '.join((*chosen, *matchers))}}}"


def per_second(metric: Metric, *by: str, where: tuple[str, ...] = ()) -> str:
    """Write events per second, summed over everything but the given labels."""
    return f"sum{_by(by)} (rate({series(metric, *where)}[$__rate_interval]))"


def in_range(metric: Metric, *by: str, where: tuple[str, ...] = ()) -> str:
    """Write how many events the panel's time range has seen."""
    return f"sum{_by(by)} (increase({series(metric, *where)}[$__range]))"


def quantile(share: float, metric: Metric, *by: str, where: tuple[str, ...] = ()) -> str:
    """Write a quantile of a histogram, its buckets summed over everything but the given labels."""
    buckets = series(metric, *where, suffix="_bucket")
    return f"histogram_quantile({share:g}, sum{_by((*by, 'le'))} (rate({buckets}[$__rate_interval])))"


def quantiles(metric: Metric, *shares: float, where: tuple[str, ...] = ()) -> tuple[Query, ...]:
    """Give a query for each share, with exemplars, called P50, P95 and so on."""
    return tuple(Query(quantile(share, metric, where=where), f"P{share * 100:g}", exemplars=True) for share in shares)


def buckets(metric: Metric, *matchers: str) -> Query:
    """Give the query of a heatmap: observations a second by bucket."""
    selector = series(metric, *matchers, suffix="_bucket")
    return Query(f"sum by (le) (rate({selector}[$__rate_interval]))", "{{le}}", exemplars=True)


def mean(metric: Metric, *by: str, where: tuple[str, ...] = ()) -> str:
    """Write the mean of a histogram; nothing where nothing was observed."""
    total = f"sum{_by(by)} (rate({series(metric, *where, suffix='_sum')}[$__rate_interval]))"
    count = f"sum{_by(by)} (rate({series(metric, *where, suffix='_count')}[$__rate_interval]))"
    return f"{total} / ({count} > 0)"


def ratio(part: str, whole: str) -> str:
    """Write a share; nothing where there is no whole."""
    return f"{part} / ({whole} > 0)"


def _by(labels: tuple[str, ...]) -> str:
    return f" by ({', '.join(labels)})" if labels else ""
