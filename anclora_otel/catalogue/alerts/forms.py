"""Conditions that several domains share."""

from __future__ import annotations

from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts.model import Expression, Record
from anclora_otel.catalogue.alerts.promql import at_least, slow_observations
from anclora_otel.catalogue.alerts.scope import Scope, number_text
from anclora_otel.catalogue.alerts.setting import Setting
from anclora_otel.catalogue.metric import Metric


def above(record: Record, limit: Setting, comparison: str = ">", factor: float = 1) -> Expression:
    """
    Compare a record with a threshold.

    Args:
        record: what is compared.
        limit: the threshold.
        comparison: the operator.
        factor: of the threshold, where its unit is not the record's.

    """
    return lambda s: f"{record.name} {comparison} {number_text(s.value(limit) * factor)}"


def slow_quantile(
    record: Record,
    observations: Record,
    metric: Metric,
    *,
    window: Setting,
    labels: tuple[str, ...],
    bound: Setting,
    matchers: tuple[str, ...] = (),
) -> Expression:
    """
    Compare a quantile with a bound where enough was observed, and more than one call was slow.

    Args:
        record: the quantile.
        observations: how many observations it stands on.
        metric: the histogram.
        window: of the quantile.
        labels: what it is summed by.
        bound: the threshold, one of the histogram's bounds.
        matchers: what narrows the histogram.

    """

    def write(s: Scope) -> str:
        on = f"on ({', '.join(labels)})"
        slow = slow_observations(s, metric, window, labels, bound, *matchers)
        return (
            f"{record.name} > {s.number(bound)}"
            f" and {on} {observations.name} > {at_least(s, d.QUANTILE_MINIMUM)}"
            f" and {on} ({slow}) > {at_least(s, d.SLOW_MINIMUM)}"
        )

    return write


def limit_of(setting: Setting, unit: str = "") -> Expression:
    """Write a threshold for people; the unit ``%`` multiplies it."""
    if unit == "%":
        return lambda s: f"{number_text(100 * s.value(setting))} %"
    return lambda s: f"{s.value(setting):,.10g}{unit}"
