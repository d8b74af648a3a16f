"""
Take every log record along, whichever handlers there are.

The bridge stands where a logger hands a record to its handlers, and adds no handler of its own: `basicConfig` and
`dictConfig` work as ever, loggers that do not propagate (uvicorn's) are heard, and no record is taken twice.
"""

from __future__ import annotations

import functools
import logging
from typing import Protocol

_LAST_RESORT_LEVEL = logging.WARNING


class LogSink(Protocol):
    """What takes records."""

    level: int

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record; never raises."""


class _Bridge:
    """Holds the sink in use; the patch itself is made once and stays."""

    def __init__(self) -> None:
        self.sink: LogSink | None = None
        self.installed = False

    def install(self) -> None:
        if self.installed:
            return
        self.installed = True
        original = logging.Logger.callHandlers

        @functools.wraps(original)
        def call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
            if self.sink is not None:
                self.sink.emit(record)
            original(logger, record)

        logging.Logger.callHandlers = call_handlers  # type: ignore[method-assign, assignment]


_bridge = _Bridge()


def bridge_logging(sink: LogSink) -> None:
    """
    Give every record that a logger lets through to `sink` as well.

    Where nobody has configured logging yet, the root logger's level is lowered to the sink's, since it would swallow
    all below a warning; the console still shows what it showed before.
    """
    _bridge.install()
    _bridge.sink = sink
    root = logging.getLogger()
    if not root.handlers and root.level == _LAST_RESORT_LEVEL:
        root.setLevel(sink.level)


def unbridge_logging() -> None:
    """Give records to nobody but their handlers again."""
    _bridge.sink = None
