"""Sentry's real SDK, a receiver, real spans and the log bridge, for one test."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer
from sentry_relay.processing import StoreNormalizer

from anclora_otel._guard import complaints
from anclora_otel.logs.bridge import bridge
from anclora_otel.logs.lines import LogLine, read_record
from anclora_otel.pipeline.span_events import record_exceptions_once
from anclora_otel.sentry import flush_sentry, init_sentry
from anclora_otel.sentry.sink import ErrorSink
from anclora_otel.sentry.state import state
from anclora_otel.stack.sentry_receiver import SentryReceiver


class _Lines:
    """Keeps the lines of level error and above, and those of level warn."""

    def __init__(self) -> None:
        self.lines: list[LogLine] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        if record.levelno >= logging.WARNING and not record.name.startswith("anclora_otel"):
            self.lines.append(read_record(record))


@dataclass
class Seen:
    """What Sentry, log and trace have seen."""

    receiver: SentryReceiver
    tracer: Tracer
    exporter: InMemorySpanExporter
    _lines: _Lines = field(default_factory=_Lines)

    @property
    def issues(self) -> list[dict[str, Any]]:
        """The events that Sentry has, each passed by its normaliser."""
        assert flush_sentry(30)
        return [normalised(event) for event in self.receiver.events]

    @property
    def lines(self) -> list[LogLine]:
        """The lines of level warn and above."""
        return self._lines.lines

    @property
    def span_events(self) -> list[tuple[ReadableSpan, str]]:
        """The spans that have an exception, each with its type, once for each event."""
        return [
            (span, str((event.attributes or {})["exception.type"]))
            for span in self.exporter.get_finished_spans()
            for event in span.events
        ]

    def assert_one_each(self) -> None:
        """Hold that there is one of each, with one trace id."""
        issue, (line,), ((span, _),) = self.only_issue(), self.lines, self.span_events
        assert span.context is not None
        trace_id = f"{span.context.trace_id:032x}"
        assert trace_id == line.trace_id == issue["contexts"]["trace"]["trace_id"]

    def only_issue(self) -> dict[str, Any]:
        """Give the only event that Sentry has."""
        (issue,) = self.issues
        return issue


def normalised(event: dict[str, Any]) -> dict[str, Any]:
    """Hold that Sentry's own normaliser has nothing to say about an event, and give the event."""
    normaliser = StoreNormalizer(
        project_id=42, received_at="2026-03-01T09:30:00Z", client="sentry.python/2", protocol_version="7"
    )
    assert not normaliser.normalize_event(event=dict(event)).get("errors")
    return event


@pytest.fixture
def seen() -> Iterator[Seen]:
    """Start it all with a project, and end it."""
    complaints.clear()
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    record_exceptions_once()
    with SentryReceiver() as receiver:
        assert init_sentry(receiver.dsn, "test", "service@1.2.3")
        found = Seen(receiver, provider.get_tracer("test"), exporter)
        bridge.put("lines", found._lines)
        bridge.put("sentry", ErrorSink())
        yield found
        bridge.clear()
        state.close(0)
    provider.shutdown()
    complaints.clear()
