"""Take errors from the log: what the application, a framework or the web server logs with an exception."""

from __future__ import annotations

import logging

from anclora_otel.pipeline.records import component_of, error_of, fields_of, message_of
from anclora_otel.sentry.levels import sentry_level
from anclora_otel.sentry.reporting import Report, report
from anclora_otel.sentry.state import state

_OWN_LOGGERS = ("anclora_otel", "sentry_sdk")


class ErrorSink:
    """
    Make an issue of each line of level error or above that has an exception, and a breadcrumb of the other lines.

    Lines without an exception are no issues: `anclora_otel.sentry.capture_message` makes one where it is wanted.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        error = error_of(record)
        if record.levelno >= logging.ERROR and isinstance(error, Exception):
            tags = {"component": component_of(record)}
            report(
                error,
                Report(message_of(record), record.name, tags, extra=fields_of(record), handled=True, logs=False),
            )
            return
        client = state.client
        if client is not None and record.levelno >= logging.INFO and not record.name.startswith(_OWN_LOGGERS):
            client.add_breadcrumb(message_of(record), record.name, sentry_level(record.levelno), None)
