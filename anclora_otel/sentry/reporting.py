"""The one way of an error: an event of its span, an issue, a line in the log, each once."""

from __future__ import annotations

import contextvars
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from opentelemetry import trace

from anclora_otel import sightings
from anclora_otel._guard import report_fault
from anclora_otel.pipeline.plain_values import safe_text
from anclora_otel.pipeline.span_events import record_on
from anclora_otel.sentry.state import state

retry_expected: contextvars.ContextVar[str] = contextvars.ContextVar("anclora_otel_retry_expected", default="")
"""What is tried again if it fails now, such as ``attempt 1 of 4``; its failure is no issue yet."""


@dataclass(frozen=True)
class Report:
    """
    What is told about an error.

    Args:
        message: the log line, without the error's own text.
        logger: name of the logger that writes it, and of the issue.
        tags: short values by which issues are searched; fields of the line too.
        extra: further values of the issue.
        handled: whether the error goes no further.
        logs: whether a line is written; not where somebody else writes it.
        waits: whether it is no issue while the job that failed will be tried again.

    """

    message: str = ""
    logger: str = "service"
    tags: Mapping[str, object] = field(default_factory=dict)
    extra: Mapping[str, object] | None = None
    handled: bool = True
    logs: bool = True
    waits: bool = False


def report(error: BaseException, about: Report) -> str | None:
    """
    Report an error wherever it was not seen yet; never raises.

    Returns:
        The id of the issue's event, or None where none was sent.

    """
    try:
        record_on(trace.get_current_span(), error)
        retry = retry_expected.get() if about.waits else ""
        event_id = None
        client = state.client
        if client is not None and not retry:
            event_id = client.capture(
                error,
                handled=about.handled,
                message=about.message,
                logger=about.logger,
                tags=about.tags,
                extra=about.extra,
            )
        if about.logs:
            _log(error, about, retry)
        return event_id
    except Exception as fault:
        report_fault("error report", fault)
        return None


def witness(error: BaseException) -> None:
    """Tell log and trace of an error that Sentry's SDK found by itself, such as an uncaught exception."""
    record_on(trace.get_current_span(), error)
    _log(error, Report("uncaught exception"), "")


def _log(error: BaseException, about: Report, retry: str) -> None:
    if sightings.is_known(error, "log"):
        return
    text = f"{type(error).__name__}: {safe_text(error)}"
    fields = {key: value for key, value in about.tags.items() if key not in _TAKEN}
    logger = logging.getLogger(about.logger)
    if retry:
        # Without a stack trace, which would tell of the span that has ended by now: so the span itself is told.
        span = sightings.span_of(error) or trace.get_current_span()
        with trace.use_span(span, end_on_exit=False, record_exception=False, set_status_on_exception=False):
            logger.warning("%s, %s: %s", about.message, retry, text, extra=fields)
    else:
        logger.error("%s%s", f"{about.message}: " if about.message else "", text, exc_info=error, extra=fields)
    # Where no bridge takes lines, nobody else remembers.
    sightings.first(error, "log")


_TAKEN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
