"""From settings to a meter provider: OTLP by push, and the Prometheus endpoint on request."""

from __future__ import annotations

import threading
from collections.abc import Callable

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import (
    AlwaysOffExemplarFilter,
    AlwaysOnExemplarFilter,
    ExemplarFilter,
    MeterProvider,
    TraceBasedExemplarFilter,
)
from opentelemetry.sdk.metrics.export import (
    MetricExporter,
    MetricExportResult,
    MetricReader,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.util.types import Attributes
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from anclora_otel._guard import report_fault
from anclora_otel.catalogue import DOMAINS, Kind
from anclora_otel.pipeline.accounting import ExportAccount
from anclora_otel.pipeline.exemplars import redact_exemplars
from anclora_otel.settings import OtlpTarget, Settings

OWN_PREFIX = "anclora."
"""How the names of our own metrics begin."""

_EXEMPLAR_FILTERS: dict[str, type[ExemplarFilter]] = {
    "trace_based": TraceBasedExemplarFilter,
    "always_on": AlwaysOnExemplarFilter,
    "always_off": AlwaysOffExemplarFilter,
}


class CountingMetricExporter(MetricExporter):
    """
    Count what becomes of data points.

    Args:
        exporter: where they go.
        account: counts them.

    """

    def __init__(self, exporter: MetricExporter, account: ExportAccount) -> None:
        super().__init__()
        self._exporter = exporter
        self._account = account

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: object) -> MetricExportResult:
        """Export a collection, personal data in its exemplars masked."""
        redact_exemplars(metrics_data)
        return self._account.export(
            count_data_points(metrics_data),
            lambda: self._exporter.export(metrics_data, timeout_millis),
            lambda result: result is MetricExportResult.SUCCESS,
        )

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Flush the exporter."""
        return self._exporter.force_flush(timeout_millis)

    def shutdown(self, timeout_millis: float = 30_000, **_: object) -> None:
        """Shut the exporter down, which ends its retries."""
        self._exporter.shutdown(timeout_millis)


class FirstMeasurement(ExemplarFilter):
    """
    Notice the first measurement of any instrument, whoever made it.

    The SDK asks its exemplar filter about each measurement; this one passes the question on.

    Args:
        inner: decides on exemplars.
        on_first: called once, in the thread that measures.

    """

    def __init__(self, inner: ExemplarFilter, on_first: Callable[[], None]) -> None:
        self._inner = inner
        self._on_first = on_first
        self._waiting = False

    def expect(self) -> None:
        """Wait for the next measurement."""
        self._waiting = True

    def should_sample(self, value: float, time_unix_nano: int, attributes: Attributes, context: Context) -> bool:
        """Notice the measurement and let the inner filter decide."""
        if self._waiting and value:
            self._waiting = False
            self._on_first()
        return self._inner.should_sample(value, time_unix_nano, attributes, context)


class MetricsPipeline:
    """
    The meter provider of a process with its readers.

    Args:
        settings: what to read and where to send it.
        resource: who the process is.
        account: counts what becomes of data points.

    """

    def __init__(self, settings: Settings, resource: Resource, account: ExportAccount) -> None:
        self._delay_seconds = settings.first_export_delay_seconds
        self._registry = CollectorRegistry(auto_describe=False) if settings.metrics_path else None
        self._push = _build_push_reader(settings, account)
        filter_ = _EXEMPLAR_FILTERS[settings.exemplar_filter]()
        self._first_measurement = FirstMeasurement(filter_, self._export_soon)
        readers: list[MetricReader] = [] if self._push is None else [self._push]
        if self._registry is not None:
            readers.append(PrometheusMetricReader(scope_info_enabled=False, registry=self._registry))
        self.provider: MeterProvider = MeterProvider(
            metric_readers=readers,
            resource=resource,
            exemplar_filter=self._first_measurement,
            shutdown_on_exit=False,
            views=metric_views(settings.series_per_metric),
        )

    def expect_measurement(self) -> None:
        """Export soon after the next measurement, as after the zero-initialisation and in a forked child."""
        self._first_measurement.expect()

    def flush(self) -> None:
        """Collect and export now."""
        if self._push is not None:
            self._push.force_flush()

    def render(self, accept: str) -> tuple[str, bytes]:
        """
        Render the metrics for a Prometheus scrape.

        Args:
            accept: the request's Accept header; OpenMetrics where it is asked for, else the text format.

        Returns:
            The content type and the body.

        """
        encode, content_type = choose_encoder(accept)
        return content_type, encode(self._registry or CollectorRegistry())

    @property
    def serves_prometheus(self) -> bool:
        """Say whether there is anything to render."""
        return self._registry is not None

    def _export_soon(self) -> None:
        try:
            timer = threading.Timer(self._delay_seconds, self._first_export)
            timer.daemon = True
            timer.start()
        except RuntimeError as error:
            # No thread can be started while the interpreter exits; the exit itself exports.
            report_fault("first export of metrics", error)

    def _first_export(self) -> None:
        try:
            self.flush()
        except Exception as error:
            report_fault("first export of metrics", error)


def count_data_points(metrics_data: MetricsData) -> int:
    """Count the data points of a collection."""
    return sum(
        len(metric.data.data_points)
        for resource_metrics in metrics_data.resource_metrics
        for scope_metrics in resource_metrics.scope_metrics
        for metric in scope_metrics.metrics
    )


def build_metric_exporter(target: OtlpTarget) -> MetricExporter:
    """Build the OTLP exporter for the target's protocol."""
    if target.protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import (
            OTLPMetricExporter as GrpcMetricExporter,
        )

        from anclora_otel.pipeline.grpc_target import grpc_arguments

        return GrpcMetricExporter(**grpc_arguments(target))
    return OTLPMetricExporter(
        endpoint=target.endpoint,
        headers=dict(target.headers),
        timeout=target.timeout_seconds,
        compression=Compression(target.compression),
    )


def _build_push_reader(settings: Settings, account: ExportAccount) -> PeriodicExportingMetricReader | None:
    if settings.metrics != "otlp":
        return None
    return PeriodicExportingMetricReader(
        CountingMetricExporter(build_metric_exporter(settings.metrics_target), account),
        export_interval_millis=settings.metric_export_interval_seconds * 1000,
        export_timeout_millis=settings.metrics_target.timeout_seconds * 1000,
    )


def metric_views(series_per_metric: int) -> list[View]:
    """
    Keep metrics to the catalogue's labels and buckets, and to their number of series.

    Of our own metrics the budgets decide which series share the overflow series, so the SDK's limit leaves room for
    that one; of the HTTP metrics of any instrumentor the SDK decides.

    Args:
        series_per_metric: series that a metric may have, its overflow series aside.

    """
    own = View(instrument_name=f"{OWN_PREFIX}*", aggregation_cardinality_limit=series_per_metric + 1)
    return [
        own,
        *(
            View(
                instrument_name=metric.name,
                attribute_keys=set(metric.label_keys),
                aggregation=(
                    ExplicitBucketHistogramAggregation(boundaries=metric.buckets)
                    if metric.kind is Kind.HISTOGRAM
                    else None
                ),
                aggregation_cardinality_limit=series_per_metric,
            )
            for metric in DOMAINS["http"]
        ),
    ]
