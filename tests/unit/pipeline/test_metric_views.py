"""Metrics of other instrumentors keep to the number of series, too, and ours to their buckets."""

from __future__ import annotations

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader

from anclora_otel.catalogue.http import HTTP_SERVER_REQUEST_DURATION
from anclora_otel.catalogue.labels import HTTP_ROUTE
from anclora_otel.catalogue.queue import QUEUE_WAIT_DURATION
from anclora_otel.pipeline.metrics import metric_views
from anclora_otel.series import OVERFLOW_ATTRIBUTES


def points(reader: InMemoryMetricReader) -> list[HistogramDataPoint]:
    """Give the points of the only histogram."""
    data = reader.get_metrics_data()
    assert data is not None
    found = data.resource_metrics[0].scope_metrics[0].metrics[0].data.data_points
    return [point for point in found if isinstance(point, HistogramDataPoint)]


def test_http_metrics_share_the_same_overflow_series() -> None:
    """Routes beyond the limit go to a series with the same attribute as ours."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader], shutdown_on_exit=False, views=metric_views(2))
    histogram = provider.get_meter("http").create_histogram(HTTP_SERVER_REQUEST_DURATION.name, "s")
    for number in range(5):
        histogram.record(0.1, {HTTP_ROUTE.key: f"/{number}", "user_agent.original": "no label of the catalogue"})

    found = points(reader)
    assert [dict(point.attributes or {}) for point in found[:2]] == [{HTTP_ROUTE.key: "/0"}, {HTTP_ROUTE.key: "/1"}]
    assert [(dict(point.attributes or {}), point.count) for point in found[2:]] == [(OVERFLOW_ATTRIBUTES, 3)]


def test_own_histograms_keep_their_buckets() -> None:
    """A limit on the series changes nothing about the bounds."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader], shutdown_on_exit=False, views=metric_views(2))
    histogram = provider.get_meter("ours").create_histogram(
        QUEUE_WAIT_DURATION.name, "s", explicit_bucket_boundaries_advisory=QUEUE_WAIT_DURATION.buckets
    )
    histogram.record(0.1)

    assert tuple(points(reader)[0].explicit_bounds) == QUEUE_WAIT_DURATION.buckets
