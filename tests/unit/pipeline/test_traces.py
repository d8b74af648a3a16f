"""Sampling, redaction and export of spans."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanContext, Status, StatusCode

from anclora_otel.pipeline.accounting import ExportAccount
from anclora_otel.pipeline.traces import (
    RedactingSpanExporter,
    build_sampler,
    build_span_exporter,
    build_tracer_provider,
    redact_span,
)
from anclora_otel.settings import OtlpTarget, Settings
from anclora_otel.settings.values import SAMPLERS
from anclora_otel.testing import capture_metrics


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_standard_sampler_is_known(name: str) -> None:
    """Each name of the specification gives a sampler, and only the parent-based ones ask the parent."""
    sampler = build_sampler(Settings(sampler=name, sampler_argument=0.25))

    assert ("ParentBased" in sampler.get_description()) == name.startswith("parentbased_")


def test_a_ratio_is_taken_from_the_argument() -> None:
    """The argument of the ratio sampler arrives."""
    description = build_sampler(Settings(sampler="traceidratio", sampler_argument=0.25)).get_description()

    assert "0.25" in description


def test_a_clean_span_is_not_copied() -> None:
    """Redaction costs nothing where there is nothing to redact."""
    span = ReadableSpan("GET /properties/{reference}", attributes={"http.route": "/properties/{reference}"})

    assert redact_span(span) is span


def test_every_part_of_a_span_is_redacted() -> None:
    """Name, attributes, events, links and status are searched, and all else stays."""
    mail = "ana.garcia@example.org"
    linked = SpanContext(1, 2, is_remote=True)
    span = ReadableSpan(
        f"write to {mail}",
        attributes={"note": f"to {mail}", "count": 3},
        events=[Event(f"wrote {mail}", {"to": mail}, 17)],
        links=[Link(linked, {"to": mail}), Link(linked, {"n": 1})],
        status=Status(StatusCode.ERROR, f"{mail} refused"),
        start_time=1,
        end_time=2,
    )

    redacted = redact_span(span)

    assert "ana.garcia" not in redacted.to_json()
    assert (redacted.attributes or {})["count"] == 3
    assert (redacted.start_time, redacted.end_time, redacted.events[0].timestamp) == (1, 2, 17)
    assert redacted.status.status_code is StatusCode.ERROR
    assert [(link.context, dict(link.attributes or {})) for link in redacted.links] == [
        (linked, {"to": "[email]"}),
        (linked, {"n": 1}),
    ]


def test_exports_are_counted() -> None:
    """What the exporter took counts as exported, in the account and as a metric."""
    account = ExportAccount("traces")
    memory = InMemorySpanExporter()
    with capture_metrics() as captured:
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(RedactingSpanExporter(memory, account)))
        provider.get_tracer("t").start_span("one").end()
        items = captured.value("anclora.telemetry.items", signal="traces", outcome="exported", reason="none")

    assert (account.counts().exported, account.counts().failed, items) == (1, 0, 1)
    assert [span.name for span in memory.get_finished_spans()] == ["one"]


def test_without_an_exporter_nothing_waits() -> None:
    """OTEL_TRACES_EXPORTER=none keeps the API working and sends nothing."""
    provider = build_tracer_provider(Settings(traces="none"), Resource.get_empty(), ExportAccount("traces"))

    with provider.get_tracer("t").start_as_current_span("one") as span:
        assert span.is_recording()
    assert provider.force_flush(100)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        (OtlpTarget("http/protobuf", "http://127.0.0.1:1/v1/traces"), "opentelemetry.exporter.otlp.proto.http"),
        (OtlpTarget("grpc", "http://127.0.0.1:1"), "opentelemetry.exporter.otlp.proto.grpc"),
    ],
)
def test_the_protocol_chooses_the_exporter(target: OtlpTarget, kind: str) -> None:
    """HTTP and gRPC each have their own exporter."""
    exporter = build_span_exporter(target)
    try:
        assert type(exporter).__module__.startswith(kind)
    finally:
        exporter.shutdown()
