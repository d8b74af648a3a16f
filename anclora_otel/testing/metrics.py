"""Capture what recorders write, without touching anything global."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader

from anclora_otel import instruments
from anclora_otel._guard import complaints
from anclora_otel.budgets import Budgets
from anclora_otel.pipeline.metrics import metric_views


@dataclass(frozen=True)
class Point:
    """
    A data point as it was recorded.

    Args:
        name: OpenTelemetry name of the metric.
        attributes: its attributes.
        value: the value; of a histogram the sum.
        count: of a histogram the number of measurements, else 1.

    """

    name: str
    attributes: Mapping[str, object]
    value: float
    count: int = 1


class CapturedMetrics:
    """
    What was recorded in a `capture_metrics` block, which makes it.

    Args:
        reader: collects what was recorded.

    """

    def __init__(self, reader: InMemoryMetricReader) -> None:
        self._reader = reader

    def points(self, name: str | None = None) -> list[Point]:
        """
        Give the data points of one metric, or of all.

        Args:
            name: OpenTelemetry name of the metric, such as ``anclora.queue.messages``; all metrics unless given.

        """
        data = self._reader.get_metrics_data()
        if data is None:
            return []
        found: list[Point] = []
        for resource_metrics in data.resource_metrics:
            for scope_metrics in resource_metrics.scope_metrics:
                for metric in scope_metrics.metrics:
                    if name in (None, metric.name):
                        found.extend(_point(metric.name, point) for point in metric.data.data_points)
        return found

    def value(self, name: str, **labels: str | bool) -> float | None:
        """
        Give the value of one series, or None where there is none.

        Args:
            name: OpenTelemetry name of the metric.
            labels: all labels of the series, no more and no fewer.

        """
        for point in self.points(name):
            if dict(point.attributes) == labels:
                return point.value
        return None

    def total(self, name: str) -> float:
        """
        Give the sum over all series of a metric.

        Args:
            name: OpenTelemetry name of the metric.

        """
        return sum(point.value for point in self.points(name))


@contextmanager
def capture_metrics(*, queue_name: str = "default", budgets: Budgets | None = None) -> Iterator[CapturedMetrics]:
    """
    Capture what recorders write within the block.

    Args:
        queue_name: the queue of recorders that are given none.
        budgets: how many series a metric may have; those of the catalogue unless given.

    """
    limits = budgets or Budgets()
    reader = InMemoryMetricReader()
    views = metric_views(limits.series_per_metric)
    provider = MeterProvider(metric_readers=[reader], shutdown_on_exit=False, views=views)
    complaints.clear()
    meter = provider.get_meter("capture")
    previous = instruments.use(instruments.Instruments(meter, queue_name=queue_name, budgets=limits))
    try:
        yield CapturedMetrics(reader)
    finally:
        instruments.use(previous)
        provider.shutdown()
        complaints.clear()


def _point(name: str, point: object) -> Point:
    if isinstance(point, HistogramDataPoint):
        return Point(name, dict(point.attributes or {}), point.sum, point.count)
    value: float = getattr(point, "value")  # noqa: B009 - number points of two kinds
    attributes: Mapping[str, object] = getattr(point, "attributes") or {}  # noqa: B009
    return Point(name, dict(attributes), value)
