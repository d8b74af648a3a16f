"""
Tell which handlers of a logger are the application's, and silence those that the bridge stands in for.

Silenced are the console handlers that uvicorn and gunicorn make when nobody configures them, while our console writes,
and OpenTelemetry's own handler, while our exporter sends the same records.
"""

from __future__ import annotations

import logging
from typing import Protocol

from anclora_otel._guard import complaints

_SERVERS = ("uvicorn", "gunicorn")
# Uvicorn's defaults, which its --log-config replaces. Source: uvicorn.config.LOGGING_CONFIG.
_UVICORN_FORMATS = {
    "DefaultFormatter": "%(levelprefix)s %(message)s",
    "AccessFormatter": '%(levelprefix)s %(client_addr)s - "%(request_line)s" %(status_code)s',
}


class StandsIn(Protocol):
    """What may stand in for a handler."""

    @property
    def takes_over(self) -> bool:
        """Whether the console's lines are ours."""

    @property
    def exports(self) -> bool:
        """Whether our exporter sends the records."""


class _OurConsole(logging.Filter):
    def __init__(self, owner: StandsIn) -> None:
        super().__init__()
        self._owner = owner

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - it is about the handler
        return not self._owner.takes_over


class _OurExporter(_OurConsole):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002
        return not self._owner.exports


def has_writer(logger: logging.Logger, owner: StandsIn) -> bool:
    """
    Say whether a handler of the application writes the records of a logger.

    Those handlers of the logger and of those above it that `owner` stands in for are silenced on the way.
    """
    found = False
    current: logging.Logger | None = logger
    while current is not None:
        for handler in current.handlers:
            if not _writes_nothing(handler, owner) and not _is_server_default(current, handler, owner):
                found = True
        current = current.parent if current.propagate else None
    return found


def _writes_nothing(handler: logging.Handler, owner: StandsIn) -> bool:
    if isinstance(handler, logging.NullHandler):
        return True
    kind = type(handler)
    if kind.__module__.startswith("opentelemetry."):
        _silence_export(handler, owner)
        return True
    return kind.__module__.startswith("sentry_sdk.")


def _is_server_default(logger: logging.Logger, handler: logging.Handler, owner: StandsIn) -> bool:
    if logger.name.partition(".")[0] not in _SERVERS or type(handler) is not logging.StreamHandler:
        return False
    if not (getattr(handler, "_gunicorn", False) or _is_uvicorn_default(handler.formatter)):
        return False
    if not any(type(known) is _OurConsole for known in handler.filters):
        handler.addFilter(_OurConsole(owner))
    return True


def _is_uvicorn_default(formatter: logging.Formatter | None) -> bool:
    kind = type(formatter)
    expected = _UVICORN_FORMATS.get(kind.__name__) if kind.__module__ == "uvicorn.logging" else None
    return expected is not None and getattr(formatter, "_fmt", None) == expected


def _silence_export(handler: logging.Handler, owner: StandsIn) -> None:
    if any(type(known) is _OurExporter for known in handler.filters):
        return
    handler.addFilter(_OurExporter(owner))
    if owner.exports:
        complaints.say(
            "OpenTelemetry's logging handler",
            "the application adds OpenTelemetry's LoggingHandler, while its records are exported already: the handler "
            "is left out; remove it, or set OTEL_LOGS_EXPORTER=none to export by it",
        )
