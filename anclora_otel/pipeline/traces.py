"""From settings to a tracer provider: sampling, batching, redaction, export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased, Sampler, TraceIdRatioBased
from opentelemetry.trace import Link, Status
from opentelemetry.util.types import Attributes

from anclora_otel.pipeline.accounting import ExportAccount
from anclora_otel.pipeline.span_events import record_exceptions_once
from anclora_otel.redaction import redact_attributes, redact_text
from anclora_otel.settings import OtlpTarget, Settings


class CountingSpanProcessor(SpanProcessor):
    """
    Count the spans that are put into the queue; stands before the processor that has it.

    Args:
        account: counts them.

    """

    def __init__(self, account: ExportAccount) -> None:
        self._account = account

    def on_end(self, span: ReadableSpan) -> None:
        """Count a span that is sampled, since others are not queued."""
        if span.context is not None and span.context.trace_flags.sampled:
            self._account.enter()


class RedactingSpanExporter(SpanExporter):
    """
    Take personal data out of spans in the export thread, and count what becomes of them.

    Args:
        exporter: where the redacted spans go.
        account: counts them.

    """

    def __init__(self, exporter: SpanExporter, account: ExportAccount) -> None:
        self._exporter = exporter
        self._account = account

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Redact and export a batch."""
        return self._account.export(
            len(spans),
            lambda: self._exporter.export([redact_span(span) for span in spans]),
            lambda result: result is SpanExportResult.SUCCESS,
        )

    def shutdown(self) -> None:
        """Shut the exporter down, which ends its retries."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the exporter."""
        return self._exporter.force_flush(timeout_millis)


def redact_span(span: ReadableSpan) -> ReadableSpan:
    """Give the span itself where nothing needs redaction, else a copy without personal data."""
    # Read once: each access to these properties gives another view.
    given_attributes, given_events, given_links = span.attributes, span.events, span.links
    name = redact_text(span.name)
    attributes = _redact(given_attributes)
    events = [_redact_event(event) for event in given_events]
    links = [_redact_link(link) for link in given_links]
    status = _redact_status(span.status)
    unchanged = (
        name is span.name
        and attributes is given_attributes
        and status is span.status
        and all(new is old for new, old in zip(events, given_events, strict=True))
        and all(new is old for new, old in zip(links, given_links, strict=True))
    )
    if unchanged:
        return span
    return ReadableSpan(
        name=name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        events=events,
        links=links,
        kind=span.kind,
        status=status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def build_tracer_provider(settings: Settings, resource: Resource, account: ExportAccount) -> TracerProvider:
    """Build the tracer provider; without an exporter it records nothing that leaves the process."""
    record_exceptions_once()
    provider = TracerProvider(sampler=build_sampler(settings), resource=resource, shutdown_on_exit=False)
    if settings.traces == "otlp":
        exporter = RedactingSpanExporter(build_span_exporter(settings.traces_target), account)
        provider.add_span_processor(CountingSpanProcessor(account))
        provider.add_span_processor(
            BatchSpanProcessor(
                exporter,
                max_queue_size=settings.span_queue_size,
                max_export_batch_size=min(512, settings.span_queue_size),
                schedule_delay_millis=settings.span_export_interval_seconds * 1000,
            )
        )
    return provider


def build_sampler(settings: Settings) -> Sampler:
    """Build the sampler that the standard variables name."""
    kind = settings.sampler.removeprefix("parentbased_")
    root: Sampler = ALWAYS_ON if kind == "always_on" else ALWAYS_OFF
    if kind == "traceidratio":
        root = TraceIdRatioBased(settings.sampler_argument)
    return ParentBased(root) if settings.sampler.startswith("parentbased_") else root


def build_span_exporter(target: OtlpTarget) -> SpanExporter:
    """Build the OTLP exporter for the target's protocol."""
    if target.protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter

        from anclora_otel.pipeline.grpc_target import grpc_arguments

        return GrpcSpanExporter(**grpc_arguments(target))
    return OTLPSpanExporter(
        endpoint=target.endpoint,
        headers=dict(target.headers),
        timeout=target.timeout_seconds,
        compression=Compression(target.compression),
    )


def _redact(attributes: Attributes) -> Attributes:
    return attributes if attributes is None else _typed(redact_attributes(attributes))


def _typed(attributes: Mapping[str, object]) -> Attributes:
    return attributes  # type: ignore[return-value]


def _redact_event(event: Event) -> Event:
    given_attributes = event.attributes
    name, attributes = redact_text(event.name), _redact(given_attributes)
    if name is event.name and attributes is given_attributes:
        return event
    return Event(name, attributes, event.timestamp)


def _redact_link(link: Link) -> Link:
    given_attributes = link.attributes
    attributes = _redact(given_attributes)
    return link if attributes is given_attributes else Link(link.context, attributes)


def _redact_status(status: Status) -> Status:
    if status.description is None:
        return status
    description = redact_text(status.description)
    return status if description is status.description else Status(status.status_code, description)
