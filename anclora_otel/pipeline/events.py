"""Emit events: log records that have a name and are none of the standard library's."""

from __future__ import annotations

import time
from collections.abc import Mapping

from opentelemetry import _logs as api
from opentelemetry.context import get_current

INSTRUMENTATION_SCOPE = "anclora_otel"


def emit_event(name: str, body: str, attributes: Mapping[str, str]) -> None:
    """
    Emit an event of level info, with the current trace, to the global logger provider.

    It comes to the collector whatever the levels of loggers are, and to neither console nor files.
    Source: OpenTelemetry specification, "Logs API", "Emit an event".

    Args:
        name: the event's name.
        body: the event in words, for people.
        attributes: what is told of it.

    """
    now = time.time_ns()
    api.get_logger(INSTRUMENTATION_SCOPE).emit(
        api.LogRecord(
            timestamp=now,
            observed_timestamp=now,
            context=get_current(),
            severity_number=api.SeverityNumber.INFO,
            severity_text="info",
            body=body,
            attributes=dict(attributes),
            event_name=name,
        )
    )
