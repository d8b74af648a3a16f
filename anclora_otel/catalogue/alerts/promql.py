"""
The forms in which expressions are written, each free of one known fault.

A rate is taken before it is summed; a missing numerator counts as zero, a missing denominator stays missing; first
events count on a Prometheus that writes no zero at a series' start.
"""

from __future__ import annotations

from anclora_otel.catalogue.alerts.declarations import ENVIRONMENTS, QUEUES
from anclora_otel.catalogue.alerts.durations import milliseconds
from anclora_otel.catalogue.alerts.scope import Scope, number_text
from anclora_otel.catalogue.alerts.setting import Setting
from anclora_otel.catalogue.labels import QUEUE
from anclora_otel.catalogue.metric import Kind, Metric

SERVICE = "service_name"
ENVIRONMENT = "deployment_environment_name"
INSTANCE = "instance"

BY_SERVICE = (SERVICE, ENVIRONMENT)
BY_ENVIRONMENT = (ENVIRONMENT,)

HALF = 0.5
"""What stands between two counts: increase() extrapolates, so a count is never compared for equality."""


def select(scope: Scope, metric: Metric, *matchers: str, suffix: str = "") -> str:
    """Write the selector of a metric, narrowed by the selectors of the settings."""
    chosen = list(matchers)
    if scope.text(ENVIRONMENTS) and metric.name.startswith("anclora."):
        chosen.append(f'{ENVIRONMENT}=~"{scope.text(ENVIRONMENTS)}"')
    if scope.text(QUEUES) and QUEUE in metric.labels:
        chosen.append(f'{QUEUE.key}=~"{scope.text(QUEUES)}"')
    return metric.prometheus_name + suffix + (f"{{{', '.join(chosen)}}}" if chosen else "")


def identified(vector: str) -> str:
    """Let ``job`` stand in where a series has no service name, as those scraped from /metrics have none."""
    joined = f'label_join({vector}, "identity", "/", "{SERVICE}", "job")'
    return f'label_replace({joined}, "{SERVICE}", "$1", "identity", "/(.+)")'


def aggregate(operation: str, labels: tuple[str, ...], vector: str) -> str:
    """Aggregate a vector to labels."""
    inner = identified(vector) if SERVICE in labels else vector
    return f"{operation} by ({', '.join(labels)}) ({inner})"


def rate(scope: Scope, metric: Metric, window: Setting, labels: tuple[str, ...], *matchers: str) -> str:
    """Write the rate of a counter, summed."""
    _must_be(metric, Kind.COUNTER)
    return aggregate("sum", labels, f"rate({select(scope, metric, *matchers)}[{scope.duration(window)}])")


def born(scope: Scope, selector: str, window: Setting | str) -> str:
    """Write what series have that were not there before the window: all of it happened in the window."""
    # An hour of the past is enough to know a series, and bridges a gap.
    known = scope.duration(window if scope.milliseconds(window) < milliseconds("1h") else "1h")
    past = f"last_over_time({selector}[{known}] offset {scope.duration(window)})"
    return f"(last_over_time({selector}[{scope.duration(window)}]) unless {past})"


def events(
    scope: Scope,
    metric: Metric,
    window: Setting | str,
    labels: tuple[str, ...],
    *matchers: str,
    unless: str = "",
) -> str:
    """
    Write the number of events in a window, the first of a series included.

    Args:
        scope: what it is written for.
        metric: a counter.
        window: the window.
        labels: what it is summed by.
        matchers: what narrows the metric.
        unless: a vector by job and instance whose series have a past that Prometheus does not know.

    """
    _must_be(metric, Kind.COUNTER)
    selector = select(scope, metric, *matchers)
    young = born(scope, selector, window)
    if unless:
        young = f"({young} unless on (job, instance) {unless})"
    return aggregate("sum", labels, f"{young} or increase({selector}[{scope.duration(window)}])")


def or_zero(numerator: str, denominator: str) -> str:
    """Take zero where a numerator is missing and its denominator is there."""
    return f"({numerator} or 0 * {denominator})"


def ratio(numerator: str, denominator: str) -> str:
    """Divide, with a missing numerator as zero and nothing where the denominator is zero or missing."""
    return f"{or_zero(numerator, denominator)} / ({denominator} > 0)"


def lately(scope: Scope, metric: Metric, *matchers: str) -> str:
    """Write the last value of a gauge over a window that bridges a failed scrape and forgets a dead process soon."""
    _must_be(metric, Kind.GAUGE)
    return f"last_over_time({select(scope, metric, *matchers)}[{scope.lately}])"


def quantile(
    scope: Scope, share: float, metric: Metric, window: Setting, labels: tuple[str, ...], *matchers: str
) -> str:
    """Write a quantile of a histogram."""
    _must_be(metric, Kind.HISTOGRAM)
    buckets = f"rate({select(scope, metric, *matchers, suffix='_bucket')}[{scope.duration(window)}])"
    return f"histogram_quantile({number_text(share)}, {aggregate('sum', (*labels, 'le'), buckets)})"


def observations(scope: Scope, metric: Metric, window: Setting, labels: tuple[str, ...], *matchers: str) -> str:
    """Write the number of observations of a histogram in a window."""
    _must_be(metric, Kind.HISTOGRAM)
    counts = select(scope, metric, *matchers, suffix="_count")
    return aggregate("sum", labels, f"increase({counts}[{scope.duration(window)}])")


def slow_observations(
    scope: Scope, metric: Metric, window: Setting, labels: tuple[str, ...], bound: Setting, *matchers: str
) -> str:
    """Write the number of observations above a bucket bound in a window."""
    value = number_text(scope.value(bound))
    # OTLP writes le="1", a scraped page le="1.0".
    spelled = value.replace(".", "[.]")
    if "." not in value:
        spelled += f"|{value}[.]0"
    below = select(scope, metric, f'le=~"{spelled}"', *matchers, suffix="_bucket")
    fast = aggregate("sum", labels, f"increase({below}[{scope.duration(window)}])")
    return f"{observations(scope, metric, window, labels, *matchers)} - {fast}"


def at_least(scope: Scope, minimum: Setting) -> str:
    """Write the half integer below a minimum count."""
    return number_text(scope.value(minimum) - HALF)


def _must_be(metric: Metric, kind: Kind) -> None:
    if metric.kind is not kind:
        raise TypeError(f"{metric.name} is a {metric.kind.value}, not a {kind.value}")
