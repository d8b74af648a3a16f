"""Let the errors of a process go to Sentry."""

from __future__ import annotations

from anclora_otel.integrations.isolated_requests import isolate_requests_everywhere
from anclora_otel.logs.bridge import bridge
from anclora_otel.sentry.sink import ErrorSink
from anclora_otel.sentry.starting import start_from
from anclora_otel.sentry.state import state
from anclora_otel.settings import Settings

SIGNAL = "sentry"
"""The name under which errors are flushed beside the signals of the pipeline."""


def start_errors(settings: Settings) -> None:
    """Take errors from the log and from requests, and send them where the settings name a project."""
    state.ended_by_pipeline = True
    bridge.put(SIGNAL, ErrorSink())
    isolate_requests_everywhere()
    start_from(settings)
    if state.client is not None:
        state.client.account.observe()


def flush_errors(timeout_seconds: float) -> bool:
    """Send the issues that wait."""
    return state.flush(timeout_seconds)


def end_errors(timeout_seconds: float) -> None:
    """Send the issues that wait, and end."""
    state.ended_by_pipeline = False
    state.close(timeout_seconds)
