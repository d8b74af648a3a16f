"""The steps of a message as events."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.trace import TracerProvider

from anclora_otel import record_message_step
from anclora_otel._guard import complaints

UUID = "0f8fad5bd9cb469fa16570867728950e"


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemoryLogRecordExporter]:
    """Give what is emitted, without a global provider."""
    exporter = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    monkeypatch.setattr("anclora_otel.pipeline.events.api.get_logger", provider.get_logger)
    complaints.clear()
    yield exporter
    provider.shutdown()
    complaints.clear()


def test_a_step_is_an_event_with_both_ids_and_the_trace(exported: InMemoryLogRecordExporter) -> None:
    """The event carries the span that it happened in, and the span carries the ids."""
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("test")
    with tracer.start_as_current_span("send") as span:
        record_message_step("sent", UUID, provider_message_id="3EB0C767D26A1D2B5B6C")
    record = exported.get_finished_logs()[0].log_record

    assert (record.event_name, record.body, record.severity_text) == ("anclora.message.step", "message sent", "info")
    assert dict(record.attributes or {}) == {
        "anclora.message.step": "sent",
        "anclora.message.id": UUID,
        "anclora.message.provider_id": "3EB0C767D26A1D2B5B6C",
    }
    assert record.trace_id == span.get_span_context().trace_id
    assert getattr(span, "attributes")["anclora.message.id"] == UUID  # noqa: B009 - of the SDK's span


@pytest.mark.parametrize(
    ("step", "ids", "said"),
    [
        ("send", {"message_id": UUID}, "'send' is not recorded: expected one of accepted, taken"),
        ("sent", {}, "message step sent has no id"),
        ("sent", {"message_id": "34600111222@s.whatsapp.net"}, "no phone number"),
        ("sent", {"message_id": "34600111222"}, "no phone number"),
        ("sent", {"message_id": "x" * 129}, "1 to 128 letters"),
        ("sent", {"message_id": "a b"}, "1 to 128 letters"),
        ("sent", {"message_id": "\ud800"}, "1 to 128 letters"),
        ("sent", {"message_id": 17}, "1 to 128 letters"),
        (["sent"], {"message_id": UUID}, "is not recorded: expected one of"),
    ],
)
def test_what_is_no_step_or_no_id_is_said_once(
    exported: InMemoryLogRecordExporter,
    caplog: pytest.LogCaptureFixture,
    step: object,
    ids: dict[str, object],
    said: str,
) -> None:
    """Nothing is raised, nothing is emitted, and one line says what was expected."""
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            record_message_step(step, **ids)  # type: ignore[arg-type]

    assert exported.get_finished_logs() == ()
    assert [said in message for message in caplog.messages] == [True]
    assert "34600111222" not in caplog.text


def test_a_wrong_id_does_not_lose_the_right_one(exported: InMemoryLogRecordExporter) -> None:
    """The step is recorded by the id that can be used."""
    record_message_step("delivered", "a b", provider_message_id="3EB0")

    assert dict(exported.get_finished_logs()[0].log_record.attributes or {}) == {
        "anclora.message.step": "delivered",
        "anclora.message.provider_id": "3EB0",
    }
